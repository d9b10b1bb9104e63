"""Reading the audit trail: who did what, when, from where, as MCA 44-5-403 asks. Reading it is recorded too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, select
from sqlmodel import col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import is_id, unstamp
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import AuditEvent
from plea_aid.casework.visibility import closed_cases
from plea_aid.casework.work import reading

LONGEST_PAGE = 1000


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


def list_events(
    db: Database, actor: Actor, *, case_id: str | None = None, limit: int = 100, before: int | None = None
) -> list[EventView]:
    """Return events, the newest first, of one case or of all but cases closed to the actor.

    ``before`` is the number of the last one seen.

    Raises NotAllowed.
    """
    query = select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(max(1, min(limit, LONGEST_PAGE)))
    if case_id is not None:
        query = query.where(col(AuditEvent.resource_id) == case_id if is_id(case_id) else false())
    if before is not None:
        query = query.where(col(AuditEvent.seq) < max(0, min(before, 2**31 - 1)))
    with reading(db, actor) as work:
        work.require(Action.AUDIT_READ, kind="audit")
        work.record(Action.AUDIT_READ, "audit", case_id if case_id and is_id(case_id) else "")
        closed = closed_cases(work.session, actor)
        rows = work.session.scalars(query)
        return [_view(row) for row in rows if not any(case in row.detail for case in closed)]


def _view(row: AuditEvent) -> EventView:
    return EventView(
        row.seq, unstamp(row.at), row.actor_id, row.actor_name, row.role, row.terminal, row.action,
        row.resource_kind, row.resource_id, row.outcome, json.loads(row.detail),
    )  # fmt: skip
