"""The note of a case on record: of its draft, or of a frozen version as it stood after any step of its review.

The note of a version is a function of the frozen row and of the sealed steps beside it, and of nothing else: no law
file, no clock, no later change of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from plea_aid import __version__
from plea_aid.casework.canonical import unstamp
from plea_aid.casework.printed import made_with
from plea_aid.casework.submission import VersionView
from plea_aid.casework.views import CaseView, StepView
from plea_aid.notes.assemble import CHARGE_STAGE, note_from_assessment
from plea_aid.notes.content import (
    Accountability,
    Decision,
    Factor,
    Gate,
    NoteData,
    NoteWords,
    PolicyState,
    Profile,
    Review,
    ReviewEvent,
)
from plea_aid.notes.equivalence import Weight, accountability
from plea_aid.notes.record_words import (
    AGREEMENTS,
    ENDED,
    FACTOR_STATES,
    MOVES,
    STAGES,
    gate_words,
    joined,
    sentence,
)
from plea_aid.notes.render import render_note
from plea_aid.notes.view import day
from plea_aid.planning.weighing import vector_of

_POINTS = {"for": "for", "against": "against", "neutral": "neutral on"}
_MAKER = {"program": "the program", "typst": "the typesetter", "layout": "the note's layout"}


def note_of_draft(
    content: Mapping[str, Any], view: CaseView, profile: Profile, only: Sequence[str] | None = None
) -> NoteData:
    """Return the note of a case as it stands; ``content`` is what would be frozen.

    ``only`` names the options to be shown; every option without it. Raises NoteError.
    """
    return _note(content, profile, only, stage=view.stage, steps=view.steps, prepared_on=view.updated_at.date())


def note_of_version(
    version: VersionView,
    steps: Iterable[StepView],
    profile: Profile,
    *,
    through: int | None = None,
    only: Sequence[str] | None = None,
) -> NoteData:
    """Return the note of a frozen version with what became of it, up to step ``through`` (all by default).

    ``steps`` are the case's; those of earlier versions are told as its history. Raises NoteError.
    """
    told = story_of(version, steps, through)
    return _note(
        version.content,
        profile,
        only,
        stage=told[-1].to_stage if told else "submitted",
        steps=told,
        prepared_on=version.submitted_at.date(),
        version=version,
    )


def full_note(version: VersionView, steps: Sequence[StepView]) -> bytes:
    """Return the PDF of the whole note of a frozen version; raise NoteError."""
    return render_note(note_of_version(version, steps, "internal"))


def steps_of(version: VersionView, steps: Iterable[StepView], through: int | None = None) -> list[StepView]:
    """Return the moves that were about a version, up to step ``through``."""
    return [s for s in steps if s.version_number == version.number and (through is None or s.number <= through)]


def story_of(version: VersionView, steps: Iterable[StepView], through: int | None = None) -> list[StepView]:
    """Return every move of the case up to the last one about a version: earlier versions' moves are its history."""
    told = list(steps)
    mine = steps_of(version, told, through)
    return [step for step in told if mine and step.number <= mine[-1].number]


def made_otherwise(version: VersionView) -> str:
    """Return in a sentence what has changed since the version was frozen in what sets a note; nothing if nothing has.

    The words of the note are frozen and stay. Its bytes are the same only while the three makers are.
    """
    then, now = version.content.get("made_with", {}), made_with()
    changed = [
        f"{name} ({then.get(key, 'unknown')} then, {now[key]} now)"
        for key, name in _MAKER.items()
        if then.get(key) != now[key]
    ]
    if not changed:
        return ""
    return (
        f"Since this version was frozen, {joined(changed)} changed. The note says the same of the case, but its file "
        "need not be the same to the byte; install the program version named in it to reproduce the file."
    )


def _note(
    content: Mapping[str, Any],
    profile: Profile,
    only: Sequence[str] | None,
    *,
    stage: str,
    steps: Sequence[StepView],
    prepared_on: date,
    version: VersionView | None = None,
) -> NoteData:
    printed, analysis, document = content["printed"], content["analysis"], content["document"]
    if only is not None:
        analysis = {**analysis, "options": [o for o in analysis["options"] if o["name"] in (*only, CHARGE_STAGE)]}
        document = {**document, "option": [o for o in document.get("option", ()) if o["name"] in only]}
    words = {**printed["words"], "posture_groups": dict(printed["words"]["posture_groups"])}
    policy = printed["policy"]
    return note_from_assessment(
        analysis,
        document,
        law_words=NoteWords.model_validate(words),
        policy=PolicyState(
            resolution_title=policy["title"],
            section_5_in_force=policy["in_force"],
            since=policy["since"],
            sentence=policy["sentence"],
        ),
        profile=profile,
        office=printed["office"],
        prepared_on=prepared_on,
        stage=STAGES[stage],
        law_review=printed["law_review"],
        accountability=_accountability(content["document"], document, printed["weights"]),
        unverified=tuple(dict.fromkeys(u for o in analysis["options"] for c in o["counts"] for u in c["unverified"])),
        factors=[factor_said(f, content["factors"].get(f["id"])) for f in content["checklist"]["factors"]],
        gates=[_gate(g, content["gates"].get(g["id"])) for g in content["checklist"]["gates"]],
        decision=_decision(content),
        review=_review(content, stage, steps),
        analysis_version=version.number if version else None,
        program_version=version.program_version if version else __version__,
        content_hash=version.sha256 if version else None,
    )


def _accountability(
    whole: Mapping[str, Any], shown: Mapping[str, Any], weights: Mapping[str, Any]
) -> tuple[Accountability, ...]:
    """Return the weight of each option shown, in the case file's order; the file's first option is the baseline."""
    names = [option["name"] for option in shown.get("option", ()) if option["name"] in weights]
    vectors = accountability([Weight(name, vector_of(weights[name]), "") for name in names])
    baseline = next((option["name"] for option in whole.get("option", ())), None)
    return tuple(one.model_copy(update={"is_baseline": one.option == baseline}) for one in vectors)


def factor_said(listed: Mapping[str, str], entry: Mapping[str, Any] | None) -> Factor:
    """Return what was said about a factor of the checklist; ``entry`` as it is stored, None for no answer."""
    remark = listed.get("remark", "")
    name = f"{listed['label']}. {remark}" if remark else listed["label"]
    if entry is None:
        return Factor(name=name, state="not answered yet")
    return Factor(
        name=name,
        state=FACTOR_STATES[entry["state"]],
        points=joined([f"{_POINTS[p]} '{option}'" for option, p in entry["points"].items()]),
        directions=entry["points"],
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
    signed = day(unstamp(decided["signed_at"]).date())
    return Decision(
        chosen_option=decided["chosen_option"],
        rationale=f"{rationale}\nSigned by {decided['signed_by_name']} on {signed} (UTC).",
        agreement_type=AGREEMENTS.get(agreement or "", ""),
    )


def _review(content: Mapping[str, Any], stage: str, steps: Sequence[StepView]) -> Review | None:
    if not steps:
        return None
    return Review(
        state=STAGES[stage],
        because=tuple(content["review"]["because"]),
        events=tuple(
            ReviewEvent(
                action=f"{MOVES.get(step.move, sentence(step.move))} (version {step.version_number})",
                by_name=step.by_name,
                by_role=step.by_role,
                at=_moment(step.at),
                reasons="\n".join(filter(None, (outcome_words(step.detail), step.reasons))),
            )
            for step in steps
        ),
    )


def outcome_words(detail: Mapping[str, Any]) -> str:
    """Return what was recorded of an outcome, in words."""
    said = [day(date.fromisoformat(detail["on"]))] if detail.get("on") else []
    said += [ENDED[detail["ended"]]] if detail.get("ended") else []
    said += [AGREEMENTS[detail["agreement_type"]]] if detail.get("agreement_type") else []
    said += [f"the court: {detail['court_action']}"] if detail.get("court_action") else []
    return "; ".join(said) + "." if said else ""


def _moment(at: datetime) -> datetime:
    return at.replace(microsecond=0)
