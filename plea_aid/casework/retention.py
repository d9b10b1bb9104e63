"""Retention: legal holds, and disposal by one person's request and another's approval, with a certificate.

Nothing is purged in silence. A disposal deletes the rows of a case's record; the database lets a sealed row go only
once a sealed ``disposed_row`` names it, and ``verify`` accepts the absence of exactly these. The audit trail, the
ledger of releases, walls, holds and certificates stay.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import canonical, now, stamp, unstamp
from plea_aid.casework.cases import locked_case, read_case, touch
from plea_aid.casework.database import Database
from plea_aid.casework.entries import checked_words
from plea_aid.casework.errors import Invalid
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import (
    SEALED,
    CaseFile,
    DisposalCertificate,
    DisposalRequest,
    DisposedRow,
    HoldLift,
    LegalHold,
    SealedCaseTable,
    Table,
)
from plea_aid.casework.views import names_of
from plea_aid.casework.work import Work, changing, reading
from plea_aid.law.retention import Retention, RetentionClass, load_retention

KEPT = frozenset({"case_wall", "release_entry", "legal_hold", "hold_lift", "disposal_request", "disposal_certificate"})
"""Tables of a case that a disposal leaves: who could see it, what left the office, and the disposal itself."""
LONGEST = 500
"""Characters of a reason."""


@dataclass(frozen=True)
class HoldView:
    """A legal hold; lifted or not."""

    number: int
    reason: str
    asked_by: str
    placed_by_name: str
    placed_at: datetime
    lifted_reason: str = ""
    lifted_by_name: str = ""
    lifted_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether it still stands."""
        return self.lifted_at is None


@dataclass(frozen=True)
class RequestView:
    """A request for disposal."""

    number: int
    retention_class: str
    reason: str
    requested_by: str
    requested_by_name: str
    requested_at: datetime


@dataclass(frozen=True)
class CertificateView:
    """A certificate of disposal."""

    case_id: str
    number: int
    cause_number: str
    retention_class: str
    edition: str
    contents: dict[str, int]
    requested_by_name: str
    approved_by_name: str
    approved_at: datetime
    sha256: str


@dataclass(frozen=True)
class Keeping:
    """How a case's record is kept: its class, until when, its holds, and a disposal asked for or done."""

    retention_class: RetentionClass | None
    until: date | None
    """The first day on which it may be disposed of; None while it is not closed."""
    holds: tuple[HoldView, ...]
    request: RequestView | None
    """The request that waits for approval."""
    certificate: CertificateView | None

    @property
    def held(self) -> bool:
        """Whether a legal hold stands."""
        return any(hold.stands for hold in self.holds)


def keeping(db: Database, actor: Actor, case_id: str) -> Keeping:
    """Return how the record of a case is kept; raises NotAllowed or NotFound."""
    with reading(db, actor) as work:
        case = read_case(work, case_id, Action.RETENTION_READ)
        work.record(Action.RETENTION_READ, "case", case.id)
        return _keeping(work.session, case, load_retention())


def place_hold(db: Database, actor: Actor, case_id: str, reason: str, asked_by: str) -> int:
    """Place a legal hold on a case and return its number; ``asked_by`` says who asked for it, and their reference."""
    reason, asked_by = _words(reason, "why the case is held"), _words(asked_by, "who asked for the hold")
    with changing(db, actor) as work:
        locked_case(work, case_id, Action.HOLD_CHANGE)
        number = _next(work, LegalHold, case_id)
        work.seal(
            LegalHold(
                case_id=case_id, number=number, reason=reason, asked_by=asked_by, placed_by=actor.user_id,
                placed_at=stamp(now()),
            )
        )  # fmt: skip
        work.record(Action.HOLD_CHANGE, "case", case_id, placed=number)
        return number


def lift_hold(db: Database, actor: Actor, case_id: str, number: int, reason: str) -> None:
    """Lift a legal hold that stands; the reason stays on the record."""
    reason = _words(reason, "why the hold is lifted")
    with changing(db, actor) as work:
        case, _ = locked_case(work, case_id, Action.HOLD_CHANGE)
        if not any(hold.stands and hold.number == number for hold in _holds(work.session, case.id)):
            raise Invalid(f"There is no legal hold number {number} that stands.")
        work.seal(
            HoldLift(
                case_id=case_id, number=_next(work, HoldLift, case_id), hold_number=number, reason=reason,
                lifted_by=actor.user_id, lifted_at=stamp(now()),
            )
        )  # fmt: skip
        work.record(Action.HOLD_CHANGE, "case", case_id, lifted=number)


def request_disposal(
    db: Database, actor: Actor, case_id: str, reason: str, *, retention: Retention | None = None
) -> int:
    """Ask for the disposal of a case's record and return the request's number; another person approves it.

    Raises Invalid while a hold stands, before the retention period has ended, or when one is asked for already.
    """
    reason = _words(reason, "why the record is disposed of")
    retention = retention or load_retention()
    with changing(db, actor) as work:
        case, _ = locked_case(work, case_id, Action.DISPOSAL_REQUEST)
        kept = _refuse_keeping(work.session, case, retention)
        if _waiting(work.session, case.id):
            raise Invalid("A disposal is asked for already and waits for another person's approval.")
        number = _next(work, DisposalRequest, case_id)
        work.seal(
            DisposalRequest(
                case_id=case_id, number=number, retention_class=kept.id, edition=retention.id, reason=reason,
                requested_by=actor.user_id, requested_at=stamp(now()),
            )
        )  # fmt: skip
        work.record(Action.DISPOSAL_REQUEST, "case", case_id, number=number, retention_class=kept.id)
        return number


def approve_disposal(
    db: Database, actor: Actor, case_id: str, *, retention: Retention | None = None
) -> CertificateView:
    """Dispose of a case's record as another person asked, and return the certificate.

    All of it is done in one transaction, or nothing. Raises NotAllowed for whoever asked for it; Invalid while a hold
    stands or when nothing is asked for.
    """
    retention = retention or load_retention()
    with changing(db, actor) as work:
        case, _ = locked_case(work, case_id, Action.DISPOSAL_APPROVE)
        request = _waiting(work.session, case.id)
        if request is None:
            raise Invalid("Nobody asked for the disposal of this record.")
        if request.requested_by == actor.user_id:
            because = "Nobody approves the disposal they asked for: another supervisor does."
            raise work.denied(Action.DISPOSAL_APPROVE, because, "case", case.id)
        kept = _refuse_keeping(work.session, case, retention)
        rows, counts = _rows_of(work.session, case.id)
        certificate = DisposalCertificate(
            case_id=case.id, number=_next(work, DisposalCertificate, case.id), request_number=request.number,
            retention_class=kept.id, edition=retention.id, cause_number=case.cause_number or "",
            contents=canonical(counts), requested_by=request.requested_by, approved_by=actor.user_id,
            approved_at=stamp(now()),
        )  # fmt: skip
        work.seal(certificate)
        work.session.flush()
        for table, row_id, digest in rows:
            work.seal(DisposedRow(certificate_id=certificate.id, table_name=table, row_id=row_id, row_sha256=digest))
        work.session.flush()
        _delete(work.session, case.id)
        case.cause_number, case.source, case.hearing_date = None, None, None
        case.document, case.disposed_at = "{}", now()
        touch(case)
        work.record(
            Action.DISPOSAL_APPROVE, "case", case.id, certificate=certificate.number, retention_class=kept.id,
            contents=counts,
        )  # fmt: skip
        names = names_of(work.session, [request.requested_by])
        return _certificate(certificate, {**names, actor.user_id: actor.display_name})


def certificates(db: Database, actor: Actor, *, limit: int = 100) -> tuple[CertificateView, ...]:
    """Return the certificates of disposal, the last first; raises NotAllowed."""
    query = select(DisposalCertificate).order_by(col(DisposalCertificate.approved_at).desc()).limit(max(1, limit))
    with reading(db, actor) as work:
        work.require(Action.RETENTION_READ, kind="disposal")
        work.record(Action.RETENTION_READ, "disposal", "")
        rows = list(work.session.scalars(query))
        names = names_of(work.session, [one for row in rows for one in (row.requested_by, row.approved_by)])
        return tuple(_certificate(row, names) for row in rows)


def _keeping(session: Session, case: CaseFile, retention: Retention) -> Keeping:
    kept = retention.class_of(case.stage, example=case.example) if case.disposed_at is None else None
    request = _waiting(session, case.id)
    certified = session.scalars(select(DisposalCertificate).where(col(DisposalCertificate.case_id) == case.id)).first()
    people = [request.requested_by] if request else []
    people += [certified.requested_by, certified.approved_by] if certified else []
    names = names_of(session, people)
    return Keeping(
        retention_class=kept,
        until=kept.until(case.updated_at.date()) if kept else None,
        holds=_holds(session, case.id),
        request=RequestView(
            request.number, request.retention_class, request.reason, request.requested_by,
            names[request.requested_by], unstamp(request.requested_at),
        )
        if request
        else None,
        certificate=_certificate(certified, names) if certified else None,
    )  # fmt: skip


def _refuse_keeping(session: Session, case: CaseFile, retention: Retention) -> RetentionClass:
    """Return the class of a record that may be disposed of now; raise Invalid for one that is to be kept."""
    found = _keeping(session, case, retention)
    if found.held:
        raise Invalid("A legal hold stands on this case, so nothing of it is disposed of.")
    if found.retention_class is None or found.until is None:
        raise Invalid(f"The case is {case.stage}: its record is not closed, so no retention period has begun.")
    if found.until > date.today():
        raise Invalid(f"This record is kept until {found.until.isoformat()} ({found.retention_class.name}).")
    return found.retention_class


def _holds(session: Session, case_id: str) -> tuple[HoldView, ...]:
    placed = list(session.scalars(select(LegalHold).where(col(LegalHold.case_id) == case_id)))
    lifted = {one.hold_number: one for one in session.scalars(select(HoldLift).where(col(HoldLift.case_id) == case_id))}
    names = names_of(session, [h.placed_by for h in placed] + [one.lifted_by for one in lifted.values()])
    found = []
    for hold in sorted(placed, key=lambda one: one.number):
        lift = lifted.get(hold.number)
        found.append(
            HoldView(
                hold.number, hold.reason, hold.asked_by, names[hold.placed_by], unstamp(hold.placed_at),
                lift.reason if lift else "", names[lift.lifted_by] if lift else "",
                unstamp(lift.lifted_at) if lift else None,
            )
        )  # fmt: skip
    return tuple(found)


def _waiting(session: Session, case_id: str) -> DisposalRequest | None:
    answered = select(col(DisposalCertificate.request_number)).where(col(DisposalCertificate.case_id) == case_id)
    query = select(DisposalRequest).where(
        col(DisposalRequest.case_id) == case_id, col(DisposalRequest.number).not_in(answered)
    )
    return session.scalars(query.order_by(col(DisposalRequest.number).desc())).first()


def disposable_tables() -> list[Any]:
    """Return the tables that hold the record of a case, those that refer to others first."""
    return [
        table
        for table in reversed(Table.metadata.sorted_tables)
        if "case_id" in table.columns and table.name not in KEPT
    ]


def _rows_of(session: Session, case_id: str) -> tuple[list[tuple[str, str, str]], dict[str, int]]:
    """Return the sealed rows of a case by table, id and hash, and how many rows each table holds of it."""
    sealed: list[tuple[str, str, str]] = []
    counts: dict[str, int] = {}
    for table in disposable_tables():
        where = table.c.case_id == case_id
        count = session.execute(select(func.count()).select_from(table).where(where)).scalar_one()
        if count:
            counts[table.name] = int(count)
        if table.name in SEALED:
            found = session.execute(select(table.c.id, table.c.sha256).where(where).order_by(table.c.id))
            sealed += [(table.name, row_id, digest) for row_id, digest in found]
    return sealed, counts


def _delete(session: Session, case_id: str) -> None:
    for table in disposable_tables():
        session.execute(delete(table).where(table.c.case_id == case_id))


def _next(work: Work, model: type[SealedCaseTable], case_id: str) -> int:
    query = select(func.max(col(model.number))).where(col(model.case_id) == case_id)
    return int(work.session.execute(query).scalar_one_or_none() or 0) + 1


def _words(text: str, what: str) -> str:
    text = checked_words(text).strip()
    if not text or len(text) > LONGEST:
        raise Invalid(f"Say in up to {LONGEST} characters {what}.")
    return text


def _certificate(row: DisposalCertificate, names: dict[str, str]) -> CertificateView:
    return CertificateView(
        row.case_id, row.number, row.cause_number, row.retention_class, row.edition, json.loads(row.contents),
        names[row.requested_by], names[row.approved_by], unstamp(row.approved_at), row.sha256,
    )  # fmt: skip
