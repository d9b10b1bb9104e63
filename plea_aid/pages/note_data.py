"""The full case note of a case, from its draft or a frozen version: analysis, factors, gates, decision, review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from plea_aid import __version__
from plea_aid.casework.rules import Rules
from plea_aid.casework.submission import VersionView
from plea_aid.casework.views import CaseView
from plea_aid.law.catalogue import Law
from plea_aid.law.policy import factor_in_force, policy_sentence
from plea_aid.notes import NoteData, note_from_assessment
from plea_aid.notes.content import Decision, Factor, Gate, PolicyState, Profile, Review, ReviewEvent
from plea_aid.notes.equivalence import accountability, weights
from plea_aid.notes.from_case import words_of
from plea_aid.pages.analysed import Analysed
from plea_aid.pages.record_tables import factor_entries, gate_entries
from plea_aid.pages.record_words import AGREEMENTS, gate_words
from plea_aid.pages.wording import STAGES, joined, sentence

OFFICE = "City Attorney's Office, Helena, Montana"
MOVES = {
    "submit": "Submitted for review",
    "approve": "Approved",
    "return": "Returned with reasons",
    "offer": "Offer made",
    "accept": "Offer accepted",
    "reject": "Offer rejected",
    "withdraw": "Offer withdrawn",
    "enter": "Entered by the court",
    "reopen": "Reopened",
}
_REVIEWERS = ("approve", "return")
_STATES = {
    "considered": "considered",
    "not-applicable": "not applicable",
    "no-information": "no information",
}
_POINTS = {"for": "for", "against": "against", "neutral": "neutral on"}


def draft_content(view: CaseView, analysed: Analysed, law: Law, rules: Rules) -> dict[str, Any]:
    """Return a draft in the shape in which a version is frozen."""
    return {
        "document": view.document,
        "analysis": analysed.assessment(law).as_json(),
        "checklist": {
            "factors": [{"id": f, "label": rules.factor_label(f)} for f in rules.factor_ids],
            "gates": [{"id": g, "label": rules.gate_label(g)} for g in rules.gate_ids],
        },
        "factors": factor_entries(view),
        "gates": gate_entries(view),
        "decision": {
            "chosen_option": view.decision.chosen_option,
            "rationale": view.decision.rationale,
            "change_explanation": view.decision.change_explanation,
            "signed_by_name": view.decision.signed_by_name,
        }
        if view.decision
        else None,
    }


def note_data(
    content: Mapping[str, Any],
    view: CaseView,
    analysed: Analysed,
    law: Law,
    profile: Profile,
    version: VersionView | None = None,
) -> NoteData:
    """Return the data of the note; raise NoteError when a note cannot be made of it.

    ``analysed`` is of the content's own document; ``version`` is the frozen version it comes from, if any.
    """
    analysis = content["analysis"]
    as_of = date.fromisoformat(analysis["law"]["as_of"])
    return note_from_assessment(
        analysis,
        content["document"],
        law_words=words_of(law),
        policy=_policy(law, as_of),
        profile=profile,
        office=OFFICE,
        prepared_on=version.submitted_at.date() if version else view.updated_at.date(),
        stage=STAGES[view.stage],
        law_review="drafted; not yet reviewed by an attorney",
        accountability=accountability(weights(law, analysed.case, analysed.options)) if analysed.case else (),
        unverified=tuple(dict.fromkeys(u for o in analysis["options"] for c in o["counts"] for u in c["unverified"])),
        factors=[_factor(f, content["factors"].get(f["id"])) for f in content["checklist"]["factors"]],
        gates=[_gate(g, content["gates"].get(g["id"])) for g in content["checklist"]["gates"]],
        decision=_decision(content),
        review=_review(view),
        analysis_version=version.number if version else None,
        program_version=version.program_version if version else __version__,
        content_hash=version.sha256 if version else None,
    )


def _policy(law: Law, as_of: date) -> PolicyState:
    status = law.policy.section_status(5, as_of) if law.policy else None
    return PolicyState(
        resolution_title=law.policy.title if law.policy else "No policy on file",
        section_5_in_force=factor_in_force(law, as_of),
        since=status.from_ if status else None,
        sentence=policy_sentence(law, as_of),
    )


def _factor(listed: Mapping[str, str], entry: Mapping[str, Any] | None) -> Factor:
    if entry is None:
        return Factor(name=listed["label"], state="not answered yet")
    points = [f"{_POINTS[p]} '{option}'" for option, p in entry["points"].items()]
    return Factor(
        name=listed["label"],
        state=_STATES[entry["state"]],
        points=joined(points),
        weight=entry["weight"],
        rationale=entry["rationale"],
    )


def _gate(listed: Mapping[str, str], entry: Mapping[str, Any] | None) -> Gate:
    state, detail = gate_words(listed["id"], entry)
    return Gate(name=listed["label"], state=state, detail=detail)


def _decision(content: Mapping[str, Any]) -> Decision | None:
    decided = content["decision"]
    if not decided:
        return None
    agreement = (content["gates"].get("plea-agreement") or {}).get("type")
    rationale = decided["rationale"]
    if decided["change_explanation"]:
        rationale += f"\nWhy it changed: {decided['change_explanation']}"
    return Decision(
        chosen_option=decided["chosen_option"],
        rationale=f"{rationale}\nSigned by {decided['signed_by_name']}.",
        agreement_type=AGREEMENTS.get(agreement or "", ""),
    )


def _review(view: CaseView) -> Review | None:
    if not view.steps:
        return None
    return Review(
        state=STAGES[view.stage],
        events=tuple(
            ReviewEvent(
                action=MOVES.get(step.move, sentence(step.move)),
                by_name=step.by_name,
                by_role="supervising attorney" if step.move in _REVIEWERS else "for the office",
                at=_moment(step.at),
                reasons=step.reasons,
            )
            for step in view.steps
        ),
    )


def _moment(at: datetime) -> datetime:
    return at.replace(microsecond=0)
