"""Submission and review: frozen versions, and the moves of the state machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from plea_aid import __version__
from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import canonical, now, stamp, unstamp
from plea_aid.casework.cases import expect_version, locked_case, read_case, shown_id, touch
from plea_aid.casework.comparable import keep_families
from plea_aid.casework.database import Database
from plea_aid.casework.entries import Outcome, checked_words, parsed
from plea_aid.casework.errors import Invalid, NotFound
from plea_aid.casework.frozen import content_of
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.readiness import missing
from plea_aid.casework.review import MOVES, Rule, rule_for
from plea_aid.casework.rules import Document, Rules, office_rules
from plea_aid.casework.signoff import law_review, sign_offs
from plea_aid.casework.stored import store_version
from plea_aid.casework.tables import CaseFile, CaseVersion, ReviewStep
from plea_aid.casework.views import CaseView, names_of, view_of
from plea_aid.casework.work import Work, changing, reading
from plea_aid.law.load import load_law

_MOVE_OF_RESULT = {
    "offered": "offer",
    "accepted": "accept",
    "rejected": "reject",
    "withdrawn": "withdraw",
    "entered": "enter",
}


@dataclass(frozen=True)
class VersionView:
    """A frozen version, whole."""

    case_id: str
    number: int
    content: dict[str, Any]
    law_version: str
    policy_version: str
    program_version: str
    submitted_by: str
    submitted_by_name: str
    submitted_at: datetime
    sha256: str

    @property
    def review_required(self) -> bool:
        """Whether a supervisor had to review it."""
        return bool(self.content["review"]["required"])


def moves_open(view: CaseView, actor: Actor) -> tuple[str, ...]:
    """Return the moves this person may make on this case now."""
    possible = (rule_for(view.stage, rule.move, review_required=view.review_required) for rule in MOVES)
    open_now = [rule.move for rule in possible if rule and can(actor, rule.action, view)]
    return tuple(dict.fromkeys(open_now))


def submit(
    db: Database, actor: Actor, case_id: str, expected_version: int, *, rules: Rules | None = None
) -> VersionView:
    """Freeze the case as it stands and hand it to review; return the frozen version.

    ``expected_version`` is the version of the case that the person saw. Raises Invalid with everything that is
    missing, Conflict when the case has changed, NotAllowed, NotFound.
    """
    rules = rules or office_rules()
    view = _seen(db, actor, case_id, expected_version)
    faults = missing(view, rules)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise Invalid(f"The analysis cannot be submitted yet. {faults[0]}{more}.", faults)
    analysis = rules.analyse(view.document)
    because = rules.review_because(view, analysis)
    signed = law_review(load_law(), sign_offs(db, actor, "offense"), analysis)
    content = content_of(view, rules, analysis, because, signed)
    with changing(db, actor) as work:
        row, _ = locked_case(work, case_id, Action.CASE_SUBMIT)
        expect_version(row, expected_version)
        rule = _rule(row, "submit")
        version = CaseVersion(
            case_id=case_id,
            number=_last_version(work.session, case_id) + 1,
            content=canonical(content),
            law_version=rules.law_version,
            policy_version=rules.policy_version,
            program_version=__version__,
            submitted_by=actor.user_id,
            submitted_at=stamp(now()),
        )
        work.seal(version)
        work.session.flush()
        store_version(work.session, version, content, load_law())
        row.submitted_by, row.submitted_at = actor.user_id, unstamp(version.submitted_at)
        row.review_required = bool(because)
        keep_families(work.session, case_id, rules.families(view.document), row.submitted_at)
        _step(work, row, rule, version.number, "", {})
        return version_view(version, actor.display_name)


def approve(db: Database, actor: Actor, case_id: str, expected_version: int, note: str = "") -> None:
    """Approve the submitted version. Nobody approves what they submitted, own or had part in."""
    _move(db, actor, case_id, expected_version, "approve", note)


def return_(
    db: Database, actor: Actor, case_id: str, expected_version: int, reasons: str, kinds: Sequence[str] = ()
) -> None:
    """Return the submitted version with reasons; its author works on.

    ``kinds`` says, in the office's list, what it is about: that much of a return is counted in the office's figures.
    """
    known = {one.id for one in load_law().figure_rules(date.today()).return_kinds}
    if not known.issuperset(kinds):
        raise Invalid(f"A return is about one of: {', '.join(sorted(known))}.")
    detail = {"kinds": sorted(set(kinds))} if kinds else None
    _move(db, actor, case_id, expected_version, "return", reasons, detail)


def reopen(db: Database, actor: Actor, case_id: str, expected_version: int, reasons: str) -> None:
    """Take a case back to draft with reasons; what was submitted stays, later work becomes a new version."""
    _move(db, actor, case_id, expected_version, "reopen", reasons)


def record_outcome(
    db: Database, actor: Actor, case_id: str, expected_version: int, outcome: Outcome | dict[str, Any]
) -> None:
    """Record that the offer was made, what became of it, and what the court did.

    Raises Invalid when the case is not at that point, Conflict, NotAllowed, NotFound.
    """
    outcome = parsed(Outcome, outcome, "The outcome")
    detail = outcome.model_dump(mode="json", exclude={"result", "note"}, exclude_defaults=True)
    _move(db, actor, case_id, expected_version, _MOVE_OF_RESULT[outcome.result], outcome.note, detail)


def open_version(db: Database, actor: Actor, case_id: str, number: int) -> VersionView:
    """Return a frozen version; raise NotFound or NotAllowed."""
    with reading(db, actor) as work:
        read_case(work, case_id, Action.CASE_READ)
        query = select(CaseVersion).where(col(CaseVersion.case_id) == case_id, col(CaseVersion.number) == number)
        row = work.session.scalars(query).first() if 0 < number < 1_000_000 else None
        if row is None:
            raise NotFound(f"There is no version {number} of this case.")
        work.record(Action.CASE_READ, "case", case_id, version=number)
        return version_view(row, names_of(work.session, [row.submitted_by])[row.submitted_by])


def _seen(db: Database, actor: Actor, case_id: str, expected_version: int) -> CaseView:
    with reading(db, actor) as work:
        case_id = shown_id(case_id)
        row = work.session.get(CaseFile, case_id)
        if row is None:
            work.require(Action.CASE_SUBMIT, kind="case", id_=case_id)
            raise work.no_such_case(Action.CASE_SUBMIT, case_id)
        view = view_of(work.session, row)
        work.require(Action.CASE_SUBMIT, view, kind="case", id_=case_id)
        _rule(row, "submit")
        expect_version(row, expected_version)
        return view


def _move(
    db: Database,
    actor: Actor,
    case_id: str,
    expected_version: int,
    move: str,
    reasons: str,
    detail: Document | None = None,
) -> None:
    reasons = checked_words(reasons)
    action = next(rule.action for rule in MOVES if rule.move == move)
    with changing(db, actor) as work:
        row, _ = locked_case(work, case_id, action)
        expect_version(row, expected_version)
        rule = _rule(row, move)
        if rule.reasons and not reasons.strip():
            raise Invalid("Please give the reasons in words; they become part of the record.")
        _step(work, row, rule, _last_version(work.session, case_id), reasons, detail or {})


def _rule(row: CaseFile, move: str) -> Rule:
    rule = rule_for(row.stage, move, review_required=row.review_required)
    if rule is None:
        raise Invalid(f"The case is {row.stage}, and from there '{move}' is not the next step.")
    return rule


def _step(work: Work, row: CaseFile, rule: Rule, version: int, reasons: str, detail: Document) -> None:
    query = select(func.max(col(ReviewStep.number))).where(col(ReviewStep.case_id) == row.id)
    last = work.session.execute(query).scalar_one_or_none() or 0
    work.seal(
        ReviewStep(
            case_id=row.id,
            number=last + 1,
            move=rule.move,
            from_stage=row.stage,
            to_stage=rule.to,
            version_number=version,
            moved_by=work.actor.user_id,
            moved_at=stamp(now()),
            reasons=reasons,
            detail=canonical({**detail, "by": {"name": work.actor.display_name, "role": work.actor.role}}),
        )
    )
    row.stage = rule.to
    touch(row)
    work.record(rule.action, "case", row.id, move=rule.move, to=rule.to, version=version)


def _last_version(session: Session, case_id: str) -> int:
    query = select(func.max(col(CaseVersion.number))).where(col(CaseVersion.case_id) == case_id)
    return session.execute(query).scalar_one_or_none() or 0


def version_view(row: CaseVersion, name: str) -> VersionView:
    """Return a frozen version as it is handed out; ``name`` is the submitter's."""
    return VersionView(
        row.case_id, row.number, json.loads(row.content), row.law_version, row.policy_version,
        row.program_version, row.submitted_by, name, unstamp(row.submitted_at), row.sha256,
    )  # fmt: skip
