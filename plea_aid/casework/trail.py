"""Reading the audit trail: who did what, when, from where, as MCA 44-5-403 asks. Reading it is recorded too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import false, select
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import head
from plea_aid.casework.canonical import is_id, midnight, stamp, unstamp
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.tables import AuditEvent, CaseFile, User
from plea_aid.casework.visibility import closed_cases
from plea_aid.casework.work import changing, reading

LONGEST_PAGE = 1000
VERIFIED = "audit.verify"


@dataclass(frozen=True)
class EventView:
    """An event as shown."""

    seq: int
    at: datetime
    actor_id: str
    actor_name: str
    role: str
    terminal: str
    action: str
    resource_kind: str
    resource_id: str
    outcome: str
    detail: dict[str, Any]
    cause_number: str = ""
    """Of the case it is about, for who may see the list of cases."""


@dataclass(frozen=True)
class Wanted:
    """Which events are asked for; what is left empty leaves nothing out."""

    actor_id: str = ""
    action: str = ""
    denied: bool = False
    since: date | None = None
    until: date | None = None
    """The last day, by the clock of this machine."""


@dataclass(frozen=True)
class TrailState:
    """The end of the trail, how far it is anchored outside and verified, and whose events it may hold."""

    last: int
    head: str
    anchored_to: int
    anchored_at: datetime | None
    verified_to: int
    verified_at: datetime | None
    people: tuple[tuple[str, str], ...]
    """Accounts by name: (id, display name)."""


def list_events(
    db: Database,
    actor: Actor,
    *,
    case_id: str | None = None,
    limit: int = 100,
    before: int | None = None,
    wanted: Wanted | None = None,
) -> list[EventView]:
    """Return events, the newest first, of one case or of all but cases closed to the actor.

    ``before`` is the number of the last one seen.

    Raises NotAllowed, Invalid for a day that is none.
    """
    wanted = wanted or Wanted()
    query = select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(max(1, min(limit, LONGEST_PAGE)))
    if case_id is not None:
        query = query.where(col(AuditEvent.resource_id) == case_id if is_id(case_id) else false())
    if before is not None:
        query = query.where(col(AuditEvent.seq) < max(0, min(before, 2**31 - 1)))
    for column, value in ((AuditEvent.actor_id, wanted.actor_id), (AuditEvent.action, wanted.action)):
        if value:
            query = query.where(col(column) == value)
    if wanted.denied:
        query = query.where(col(AuditEvent.outcome) == "denied")
    if wanted.since:
        query = query.where(col(AuditEvent.at) >= stamp(midnight(wanted.since)))
    if wanted.until:
        query = query.where(col(AuditEvent.at) < stamp(midnight(wanted.until + timedelta(days=1))))
    with reading(db, actor) as work:
        work.require(Action.AUDIT_READ, kind="audit")
        work.record(Action.AUDIT_READ, "audit", case_id if case_id and is_id(case_id) else "")
        closed = closed_cases(work.session, actor)
        rows = [row for row in work.session.scalars(query) if not any(case in row.detail for case in closed)]
        causes = _causes(work.session, actor, rows)
        return [_view(row, causes.get(row.resource_id, "")) for row in rows]


def trail_state(db: Database, actor: Actor) -> TrailState:
    """Return the end of the trail and how far it is anchored and verified; raise NotAllowed."""
    with reading(db, actor) as work:
        work.require(Action.AUDIT_READ, kind="audit")
        work.record(Action.AUDIT_READ, "audit", "")
        last, hash_ = head(work.session)
        anchored, verified = (_latest(work.session, action) for action in ("audit.anchor", VERIFIED))
        names = select(col(User.id), col(User.display_name))
        people = sorted((row[0], row[1]) for row in work.session.execute(names))
        return TrailState(
            last=last,
            head=hash_,
            anchored_to=int(json.loads(anchored.detail)["last"]) if anchored else 0,
            anchored_at=unstamp(anchored.at) if anchored else None,
            verified_to=int(json.loads(verified.detail)["events"]) if verified else 0,
            verified_at=unstamp(verified.at) if verified else None,
            people=tuple(sorted(people, key=lambda one: one[1].casefold())),
        )


def record_verification(db: Database, actor: Actor, *, events: int, sealed_rows: int) -> None:
    """Record that the trail was verified up to event ``events`` and found whole.

    A trail that is not whole is left as it was found. Raises NotAllowed, Unavailable where nothing can be written.
    """
    with changing(db, actor) as work:
        work.require(Action.AUDIT_READ, kind="audit")
        work.record(VERIFIED, "audit", "", events=events, sealed_rows=sealed_rows)


def _latest(session: Session, action: str) -> AuditEvent | None:
    told = (col(AuditEvent.resource_id) == "", col(AuditEvent.action) == action, col(AuditEvent.outcome) == "done")
    return session.scalars(select(AuditEvent).where(*told).order_by(col(AuditEvent.seq).desc()).limit(1)).first()


def _causes(session: Session, actor: Actor, rows: Sequence[AuditEvent]) -> dict[str, str]:
    """Return the cause numbers of the cases that events are about; none to who may not see the list of cases."""
    ids = {row.resource_id for row in rows if row.resource_kind == "case" and row.resource_id}
    if not ids or not can(actor, Action.CASE_LIST):
        return {}
    query = select(col(CaseFile.id), col(CaseFile.cause_number)).where(col(CaseFile.id).in_(ids))
    return {row[0]: row[1] or "no number" for row in session.execute(query)}


def _view(row: AuditEvent, cause_number: str) -> EventView:
    return EventView(
        row.seq, unstamp(row.at), row.actor_id, row.actor_name, row.role, row.terminal, row.action,
        row.resource_kind, row.resource_id, row.outcome, json.loads(row.detail), cause_number,
    )  # fmt: skip
