"""Ethical walls: what a person may know of. One condition, put on every query of a piece of work.

Whoever works in someone's name (``work``) sees a database in which the cases closed to them do not exist: lists,
searches, figures, comparisons and imports need not think of it. A query written with ``text`` or on a bare table
is the exception; it uses ``open_to`` itself.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, event, exists, select
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.tables import AuditEvent, CaseFile, CaseWall, Table

BEYOND_WALLS = "plea_aid_beyond_walls"
"""Execution option of the few queries that must see every case: what they find is not shown."""


def open_to(actor: Actor, case_id: Any) -> ColumnElement[bool]:
    """Return the condition that the case named by the column ``case_id`` is not closed to ``actor``."""
    closed = (
        col(CaseWall.case_id) == case_id,
        col(CaseWall.user_id) == actor.user_id,
        col(CaseWall.lifted_at).is_(None),
    )
    return ~exists().where(*closed)


def is_closed_to(session: Session, actor: Actor, case_id: str) -> bool:
    """Say whether a case is closed to ``actor``."""
    query = select(col(CaseWall.id)).where(
        col(CaseWall.case_id) == case_id, col(CaseWall.user_id) == actor.user_id, col(CaseWall.lifted_at).is_(None)
    )
    return session.execute(query).first() is not None


def closed_to(session: Session, case_id: str) -> frozenset[str]:
    """Return the ids of the people to whom a case is closed."""
    query = select(col(CaseWall.user_id)).where(col(CaseWall.case_id) == case_id, col(CaseWall.lifted_at).is_(None))
    return frozenset(session.execute(query).scalars())


def closed_cases(session: Session, actor: Actor) -> frozenset[str]:
    """Return the ids of the cases that are closed to ``actor``, to leave them out of what a query did not."""
    query = select(col(CaseWall.case_id)).where(
        col(CaseWall.user_id) == actor.user_id, col(CaseWall.lifted_at).is_(None)
    )
    return frozenset(session.execute(query).scalars())


def confine(session: Session, actor: Actor) -> None:
    """Leave the cases closed to ``actor``, and all that belongs to them, out of every query of ``session``."""
    walled = (col(CaseWall.user_id) == actor.user_id, col(CaseWall.lifted_at).is_(None))
    if not actor.user_id or session.execute(select(col(CaseWall.id)).where(*walled).limit(1)).first() is None:
        return
    conditions = [with_loader_criteria(model, open_to(actor, key)) for model, key in _keys_of_cases()]

    @event.listens_for(session, "do_orm_execute")
    def _leave_out(state: ORMExecuteState) -> None:
        asks = (state.is_select or state.is_update or state.is_delete) and not state.is_column_load
        if asks and not state.execution_options.get(BEYOND_WALLS):
            state.statement = state.statement.options(*conditions)


def _keys_of_cases() -> list[tuple[type[Any], Any]]:
    """Return every mapped class that belongs to a case, with the column that names the case."""
    own = [mapper.class_ for mapper in Table._sa_registry.mappers if issubclass(mapper.class_, Table)]
    return [
        (CaseFile, col(CaseFile.id)),
        (AuditEvent, col(AuditEvent.resource_id)),
        *((one, one.case_id) for one in own if hasattr(one, "case_id") and one is not CaseWall),
    ]
