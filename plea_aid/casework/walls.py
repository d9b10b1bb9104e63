"""Closing a case to named colleagues, and opening it to them again. Somebody always remains who can open it.

The attorney who has the case or a supervising attorney closes it, with a reason, when a colleague has a conflict of
interest. To that colleague the case is then not there (``visibility``); the same people open it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import is_id, now
from plea_aid.casework.cases import OWNING_ROLES, case_for, locked_case, shown_id
from plea_aid.casework.database import Database
from plea_aid.casework.entries import checked_words
from plea_aid.casework.errors import Invalid, NotFound
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import CaseFile, CaseWall, User
from plea_aid.casework.visibility import BEYOND_WALLS, closed_to
from plea_aid.casework.work import changing, reading

LONGEST_REASON = 1000
"""Characters."""


@dataclass(frozen=True)
class WallView:
    """A case closed to one colleague, now or once."""

    id: str
    user_id: str
    name: str
    reason: str
    raised_by_name: str
    raised_at: datetime
    lifted_by_name: str | None
    lifted_at: datetime | None
    lifted_reason: str

    @property
    def stands(self) -> bool:
        """True while the case is closed to them."""
        return self.lifted_at is None


@dataclass(frozen=True)
class Colleague:
    """Someone a case can be closed to."""

    id: str
    name: str


def close_to(db: Database, actor: Actor, case_id: str, user_id: str, reason: str) -> None:
    """Close a case to a colleague from now on.

    Raises Invalid without a reason, for whoever has the case, for someone it is closed to already and when nobody
    would remain who can open it again; NotAllowed, NotFound.
    """
    reason = _said(reason)
    with changing(db, actor) as work:
        row, facts = locked_case(work, case_id, Action.WALL_CHANGE)
        user = work.session.get(User, user_id) if is_id(user_id) else None
        if user is None:
            raise NotFound("There is no such account.")
        if user.id == row.owner_id:
            raise Invalid("The attorney who has the case cannot be shut out of it; hand it over first.")
        if user.id in facts.closed_to:
            raise Invalid(f"The case is closed to {user.display_name} already.")
        if not lifters(work.session, row, facts.closed_to | {user.id}):
            raise Invalid("Then nobody would remain who could open the case again; hand it over first.")
        work.session.add(CaseWall(case_id=row.id, user_id=user.id, reason=reason, raised_by=actor.user_id))
        work.record(Action.WALL_CHANGE, "case", row.id, closed_to=user.id)


def open_again(db: Database, actor: Actor, case_id: str, wall_id: str, reason: str) -> None:
    """Open a case again to a colleague; raise Invalid without a reason, NotAllowed, NotFound."""
    reason = _said(reason)
    with changing(db, actor) as work:
        row, _ = locked_case(work, case_id, Action.WALL_CHANGE)
        wall = work.session.get(CaseWall, wall_id if is_id(wall_id) else "")
        if wall is None or wall.case_id != row.id or wall.lifted_at is not None:
            raise NotFound("The case is not closed to that person; it may have been opened in between.")
        wall.lifted_by, wall.lifted_at, wall.lifted_reason = actor.user_id, now(), reason
        work.record(Action.WALL_CHANGE, "case", row.id, opened_to=wall.user_id)


def list_walls(db: Database, actor: Actor, case_id: str) -> list[WallView]:
    """Return to whom a case is or was closed, the latest first; raise NotAllowed, NotFound."""
    case_id = shown_id(case_id)
    named, raiser, lifter = aliased(User), aliased(User), aliased(User)
    query = (
        select(CaseWall, col(named.display_name), col(raiser.display_name), col(lifter.display_name))
        .join(named, col(named.id) == col(CaseWall.user_id))
        .join(raiser, col(raiser.id) == col(CaseWall.raised_by))
        .outerjoin(lifter, col(lifter.id) == col(CaseWall.lifted_by))
        .where(col(CaseWall.case_id) == case_id)
        .order_by(col(CaseWall.raised_at).desc(), col(CaseWall.id).desc())
    )
    with reading(db, actor) as work:
        case_for(work, case_id, Action.WALL_LIST)
        work.record(Action.WALL_LIST, "case", case_id)
        return [
            WallView(
                wall.id, wall.user_id, name, wall.reason, by, wall.raised_at, opener, wall.lifted_at, wall.lifted_reason
            )
            for wall, name, by, opener in work.session.execute(query)
        ]


def list_colleagues(db: Database, actor: Actor, case_id: str) -> list[Colleague]:
    """Return whom a case can be closed to: everyone but who has it and those it is closed to, by name."""
    case_id = shown_id(case_id)
    with reading(db, actor) as work:
        row, facts = case_for(work, case_id, Action.WALL_CHANGE)
        work.record(Action.USER_LIST, "case", case_id)
        query = select(User).where(col(User.id).not_in(facts.closed_to | {row.owner_id}))
        found = [Colleague(user.id, f"{user.display_name} ({user.user_name})") for user in work.session.scalars(query)]
        return sorted(found, key=lambda one: one.name.casefold())  # names are encrypted: the database cannot sort them


def lifters(session: Session, row: CaseFile, shut_out: frozenset[str]) -> frozenset[str]:
    """Return who could open a case again that is closed to ``shut_out``: supervisors, and who has the case."""
    query = select(col(User.id), col(User.role)).where(col(User.active), col(User.role).in_(OWNING_ROLES))
    able = {user for user, role in session.execute(query) if role == "supervisor" or user == row.owner_id}
    return frozenset(able - shut_out)


def some_case_is_shut_for_good(session: Session) -> bool:
    """Say whether some case is closed to colleagues and nobody could open it to them."""
    closed = select(col(CaseWall.case_id)).where(col(CaseWall.lifted_at).is_(None))
    query = select(CaseFile).where(col(CaseFile.id).in_(closed)).execution_options(**{BEYOND_WALLS: True})
    rows = session.scalars(query).all()
    return any(not lifters(session, row, closed_to(session, row.id)) for row in rows)


def _said(reason: str) -> str:
    reason = checked_words(reason).strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(
            f"Please give the reason in words, at most {LONGEST_REASON} characters; it becomes part of the record."
        )
    return reason
