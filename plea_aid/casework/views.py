"""Cases as the services hand them out: plain, frozen, complete, nothing that still hangs on a database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from plea_aid.casework.audit import authors
from plea_aid.casework.canonical import unstamp
from plea_aid.casework.entries import FactorEntry, Gate, parsed_gate
from plea_aid.casework.permissions import Action
from plea_aid.casework.review import EDITABLE
from plea_aid.casework.tables import (
    CaseFile,
    CaseVersion,
    DecisionRow,
    FactorRow,
    GateRow,
    ReviewStep,
    User,
)
from plea_aid.casework.visibility import closed_to

AUTHORING = (Action.CASE_CHANGE, Action.CASE_WEIGH, Action.CASE_DECIDE, Action.CASE_SUBMIT)
"""Who has done any of these on a case has part in the analysis and does not review it."""


@dataclass(frozen=True)
class FactorView:
    """A factor's entry, who saved it last and when."""

    entry: FactorEntry
    version: int
    by: str
    by_name: str
    at: datetime


@dataclass(frozen=True)
class GateView:
    """A gate's entry, who saved it last and when."""

    entry: Gate
    version: int
    by: str
    by_name: str
    at: datetime


@dataclass(frozen=True)
class DecisionView:
    """The decision in force."""

    number: int
    chosen_option: str
    rationale: str
    change_explanation: str
    signed_by: str
    signed_by_name: str
    signed_at: datetime


@dataclass(frozen=True)
class StepView:
    """One move of the case through review."""

    number: int
    move: str
    from_stage: str
    to_stage: str
    version_number: int | None
    by: str
    by_name: str
    by_role: str
    """Name and role as they were when the move was made."""
    at: datetime
    reasons: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class VersionSummary:
    """A frozen version without its content."""

    number: int
    law_version: str
    policy_version: str
    program_version: str
    submitted_by: str
    submitted_by_name: str
    submitted_at: datetime
    sha256: str


@dataclass(frozen=True)
class CaseFacts:
    """What permissions and the state machine ask of a case."""

    owner_id: str
    stage: str
    submitted_by: str | None
    review_required: bool
    authors: frozenset[str] = frozenset()
    closed_to: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CaseView:
    """A whole case as it stands."""

    id: str
    cause_number: str | None
    stage: str
    owner_id: str
    owner_name: str
    version: int
    """Grows with every change in the case; review moves expect it."""
    document_version: int
    """Grows with every change of the document; ``update_document`` expects it."""
    document: dict[str, Any]
    hearing_date: date | None
    example: bool
    submitted_by: str | None
    submitted_at: datetime | None
    review_required: bool
    created_at: datetime
    updated_at: datetime
    factors: dict[str, FactorView] = field(default_factory=dict)
    gates: dict[str, GateView] = field(default_factory=dict)
    decision: DecisionView | None = None
    submitted_choice: str | None = None
    """The option that was chosen when the case was last submitted."""
    steps: tuple[StepView, ...] = ()
    versions: tuple[VersionSummary, ...] = ()
    authors: frozenset[str] = frozenset()
    closed_to: frozenset[str] = frozenset()
    """Ids of the colleagues to whom the case is closed."""

    @property
    def editable(self) -> bool:
        """True while the case, its factors, gates and decision may change."""
        return self.stage in EDITABLE

    @property
    def option_names(self) -> tuple[str, ...]:
        """The options' names, in their order."""
        return option_names(self.document)


@dataclass(frozen=True)
class CaseRow:
    """A case in a list."""

    id: str
    cause_number: str | None
    stage: str
    owner_id: str
    owner_name: str
    version: int
    hearing_date: date | None
    example: bool
    submitted_by: str | None
    submitted_at: datetime | None
    updated_at: datetime


def option_names(document: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of a document's options, in their order."""
    return tuple(option["name"] for option in document.get("option", ()))


def substituted(document: dict[str, Any], option: str) -> list[tuple[int, str]]:
    """Return the count numbers and offenses that an option puts in place of what was charged."""
    charged = {count["number"]: count["offense"] for count in document.get("count", ())}
    return [
        (part["number"], part["offense"])
        for one in document.get("option", ())
        if one["name"] == option
        for part in one.get("count", ())
        if part.get("offense") and part["offense"] != charged.get(part["number"])
    ]


def facts_of(session: Session, row: CaseFile) -> CaseFacts:
    """Return what permissions ask of a case, its authors taken from the audit trail."""
    who = authors(session, row.id, AUTHORING)
    shut_out = closed_to(session, row.id)
    return CaseFacts(row.owner_id, row.stage, row.submitted_by, row.review_required, who, shut_out)


def names_of(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Return the display names of accounts by id."""
    wanted = {one for one in ids if one}
    query = select(col(User.id), col(User.display_name)).where(col(User.id).in_(wanted))
    return {row[0]: row[1] for row in session.execute(query)}


def view_of(session: Session, row: CaseFile) -> CaseView:
    """Return the whole case of ``row``."""
    factors = session.scalars(select(FactorRow).where(col(FactorRow.case_id) == row.id)).all()
    gates = session.scalars(select(GateRow).where(col(GateRow.case_id) == row.id)).all()
    decisions = decisions_of(session, row.id)
    decision = decisions[-1] if decisions else None
    steps = session.scalars(
        select(ReviewStep).where(col(ReviewStep.case_id) == row.id).order_by(col(ReviewStep.number))
    ).all()
    versions = _versions(session, row.id)
    people = [row.owner_id, decision.signed_by if decision else None]
    people += [one.saved_by for one in factors] + [one.saved_by for one in gates]
    people += [one.moved_by for one in steps] + [one[4] for one in versions]
    names = names_of(session, people)
    return CaseView(
        id=row.id,
        cause_number=row.cause_number,
        stage=row.stage,
        owner_id=row.owner_id,
        owner_name=names[row.owner_id],
        version=row.version,
        document_version=row.document_version,
        document=json.loads(row.document),
        hearing_date=row.hearing_date,
        example=row.example,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        review_required=row.review_required,
        created_at=row.created_at,
        updated_at=row.updated_at,
        factors={
            one.factor: FactorView(
                FactorEntry.model_validate_json(one.content), one.version, one.saved_by, names[one.saved_by],
                one.saved_at,
            )
            for one in factors
        },
        gates={
            one.gate: GateView(
                parsed_gate(json.loads(one.content)), one.version, one.saved_by, names[one.saved_by], one.saved_at
            )
            for one in gates
        },
        decision=_decision_view(decision, names) if decision else None,
        submitted_choice=submitted_choice(decisions, versions[-1][5] if versions else None),
        steps=tuple(_step_view(one, names) for one in steps),
        versions=tuple(
            VersionSummary(number, law, policy, program, by, names[by], unstamp(at), digest)
            for number, law, policy, program, by, at, digest in versions
        ),
        authors=authors(session, row.id, AUTHORING),
        closed_to=closed_to(session, row.id),
    )  # fmt: skip


def decisions_of(session: Session, case_id: str) -> list[DecisionRow]:
    """Return every decision signed in a case, in order; the last one is in force."""
    query = select(DecisionRow).where(col(DecisionRow.case_id) == case_id)
    return list(session.scalars(query.order_by(col(DecisionRow.number))))


def submitted_choice(decisions: Sequence[DecisionRow], submitted_at: str | None) -> str | None:
    """Return the option chosen by the decision in force at ``submitted_at``, the moment of the last submission."""
    before = [one.chosen_option for one in decisions if submitted_at and one.signed_at <= submitted_at]
    return before[-1] if before else None


def _versions(session: Session, case_id: str) -> list[tuple[int, str, str, str, str, str, str]]:
    query = (
        select(
            col(CaseVersion.number), col(CaseVersion.law_version), col(CaseVersion.policy_version),
            col(CaseVersion.program_version), col(CaseVersion.submitted_by), col(CaseVersion.submitted_at),
            col(CaseVersion.sha256),
        )
        .where(col(CaseVersion.case_id) == case_id)
        .order_by(col(CaseVersion.number))
    )  # fmt: skip
    return [tuple(row) for row in session.execute(query)]


def _decision_view(row: DecisionRow, names: dict[str, str]) -> DecisionView:
    return DecisionView(
        row.number, row.chosen_option, row.rationale, row.change_explanation, row.signed_by,
        names[row.signed_by], unstamp(row.signed_at),
    )  # fmt: skip


def _step_view(row: ReviewStep, names: dict[str, str]) -> StepView:
    detail = json.loads(row.detail)
    by = detail.pop("by", {})
    return StepView(
        row.number, row.move, row.from_stage, row.to_stage, row.version_number, row.moved_by,
        by.get("name", names[row.moved_by]), by.get("role", ""), unstamp(row.moved_at), row.reasons, detail,
    )  # fmt: skip
