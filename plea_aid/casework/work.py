"""One piece of work: a transaction in someone's name, with its permissions checked and its events written.

Denials are written too, in a transaction of their own, since the refused one is undone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlmodel import Session

from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import Entry, append, sealed_hash
from plea_aid.casework.database import Database
from plea_aid.casework.errors import NotAllowed, NotFound, SessionEnded
from plea_aid.casework.free_text import refuse_sensitive
from plea_aid.casework.permissions import Action, CaseFacts, can
from plea_aid.casework.standing import why_not_standing
from plea_aid.casework.tables import SealedTable
from plea_aid.casework.visibility import confine, is_closed_to

READ_WINDOW_SECONDS = 300.0
"""A page that draws itself again within this time is the same inquiry of the same sign-in, recorded once."""


class Work:
    """What a service uses while it works; cases closed to the actor are in none of its queries."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session = session
        self.actor = actor
        """Whose name the events are written in; a sign-in learns it on the way."""
        self.entries: list[Entry] = []
        self.denial: Entry | None = None
        self._sealed: list[dict[str, str]] = []
        confine(session, actor)

    def require_standing(self) -> None:
        """Raise SessionEnded when the actor's sign-in was ended since the page that asks was drawn."""
        because = why_not_standing(self.session, self.actor)
        if because:
            raise self.denied("session.use", because, "session", self.actor.session_id, error=SessionEnded)

    def require(self, action: Action, resource: CaseFacts | None = None, *, kind: str = "", id_: str = "") -> None:
        """Raise NotAllowed, with the reason, unless the actor may do ``action`` on ``resource``."""
        verdict = can(self.actor, action, resource)
        if not verdict:
            refusal = self.denied(action, verdict.because, kind, id_)
            refusal.action = str(action)
            raise refusal

    def denied(
        self,
        action: Action | str,
        because: str,
        kind: str = "",
        id_: str = "",
        error: type[NotAllowed] = NotAllowed,
    ) -> NotAllowed:
        """Return the error to raise for a refusal that is no matter of role; it is recorded as a denial."""
        self.denial = Entry(str(action), kind, id_, "denied", {"because": because})
        return error(because)

    def no_such_case(self, action: Action, case_id: str) -> NotFound:
        """Return the error to raise for a case that is not there or is closed to the actor.

        The actor cannot tell the one from the other; the audit trail can.
        """
        closed = is_closed_to(self.session, self.actor, case_id)
        because = "The case is closed to this person." if closed else "There is no such case."
        self.denial = Entry(str(action), "case", case_id, "denied", {"because": because})
        return NotFound("There is no such case.")

    def seal(self, row: SealedTable) -> None:
        """Store a row that never changes; the next recorded event carries its hash."""
        row.sha256 = sealed_hash(row)
        self.session.add(row)
        self._sealed.append({"table": str(row.__tablename__), "id": row.id, "sha256": row.sha256})

    def record(self, action: Action | str, kind: str, id_: str, **detail: Any) -> None:
        """Note an event; it is written with the transaction."""
        if self._sealed:
            detail["sealed"], self._sealed = self._sealed, []
        self.entries.append(Entry(str(action), kind, id_, "done", detail))


@contextmanager
def changing(db: Database, actor: Actor) -> Iterator[Work]:
    """Run a change in one transaction; all of it is stored, events included, or nothing is.

    Raises Sensitive, and nothing is stored, when a row holds new words that Section 2 protects (``free_text``).
    """
    work: Work | None = None
    try:
        with db.write() as session:
            event.listen(session, "before_flush", refuse_sensitive)
            work = Work(session, actor)
            work.require_standing()
            yield work
            session.flush()
            append(session, work.actor, work.entries)
    except (NotAllowed, NotFound):
        _write_denial(db, work)
        raise


@contextmanager
def reading(db: Database, actor: Actor) -> Iterator[Work]:
    """Read one moment of the database; what was read is recorded before the caller gets it."""
    work: Work | None = None
    try:
        with db.read() as session:
            work = Work(session, actor)
            work.require_standing()
            yield work
    except (NotAllowed, NotFound):
        _write_denial(db, work)
        raise
    fresh = _recent(db).fresh(actor, work.entries)
    if fresh:
        with db.write() as session:
            append(session, actor, fresh)
        _recent(db).remember(actor, fresh)


def _write_denial(db: Database, work: Work | None) -> None:
    if work is not None and work.denial is not None:
        with db.write() as session:
            append(session, work.actor, [work.denial])


class _RecentReads:
    """Which reads each sign-in has had recorded lately, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, ...], float] = {}

    def fresh(self, actor: Actor, entries: list[Entry]) -> list[Entry]:
        since = time.monotonic() - READ_WINDOW_SECONDS
        with self._lock:
            return [one for one in entries if self._seen.get(_mark(actor, one), since) <= since]

    def remember(self, actor: Actor, entries: list[Entry]) -> None:
        moment = time.monotonic()
        with self._lock:
            if len(self._seen) > 10_000:
                self._seen = {k: v for k, v in self._seen.items() if v > moment - READ_WINDOW_SECONDS}
            self._seen |= {_mark(actor, one): moment for one in entries}


def _mark(actor: Actor, entry: Entry) -> tuple[str, ...]:
    who = (actor.user_id, actor.session_id)
    return (*who, entry.action, entry.resource_kind, entry.resource_id, repr(entry.detail))


_recent_by_database: WeakKeyDictionary[Database, _RecentReads] = WeakKeyDictionary()


def _recent(db: Database) -> _RecentReads:
    return _recent_by_database.setdefault(db, _RecentReads())
