"""Signing in: sessions that the server keeps and can end, whatever cookie a browser still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import col

from plea_aid.casework import throttle
from plea_aid.casework.actors import NOBODY, Actor
from plea_aid.casework.canonical import faulty_text, is_id, now
from plea_aid.casework.credentials import new_token, password_fits, token_hash
from plea_aid.casework.database import Database
from plea_aid.casework.errors import NotFound, SessionEnded, SignInFailed
from plea_aid.casework.permissions import Action
from plea_aid.casework.standing import why_over
from plea_aid.casework.tables import SignInSession, User
from plea_aid.casework.work import Work, changing, reading
from plea_aid.settings import settings

_SEEN_EVERY = timedelta(minutes=1)  # a click does not cost a write
_REFUSED = "The user name or the password is not right."


@dataclass(frozen=True)
class SignedIn:
    """An open session; the token is shown this once and only its hash is kept."""

    token: str
    actor: Actor
    expires_at: datetime


@dataclass(frozen=True)
class SessionView:
    """A session as shown to who may end it."""

    id: str
    user_id: str
    display_name: str
    terminal: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


def sign_in(db: Database, user_name: str, password: str, terminal: str = "") -> SignedIn:
    """Open a session; raise SignInFailed, with the same words for a wrong name and a wrong password.

    After five failures in a row each further attempt under that name waits (``throttle``).
    """
    terminal = plain_terminal(terminal)
    with changing(db, nobody_at(terminal)) as work:
        throttle.count_attempt(work, user_name)
        key = "" if faulty_text(user_name) else user_name.strip().casefold()
        user = work.session.scalars(select(User).where(col(User.user_key) == key, col(User.active))).first()
    if not password_fits(user.password_hash if user else None, password) or user is None:
        with changing(db, nobody_at(terminal)) as work:
            raise work.denied("session.open", _REFUSED, "user", user.id if user else "", error=SignInFailed)
    token, row = new_session(user, terminal)
    actor = actor_of(user, row)
    with changing(db, nobody_at(terminal)) as work:
        work.actor = actor  # whose session is not there before this work is done
        # The account may have been closed, or its password voided, while the hash was computed.
        unchanged = (col(User.id) == user.id, col(User.active), col(User.password_hash) == user.password_hash)
        if work.session.execute(select(col(User.id)).where(*unchanged).with_for_update()).first() is None:
            raise work.denied("session.open", _REFUSED, "user", user.id, error=SignInFailed)
        throttle.forget_attempts(work.session, user_name)
        work.session.add(row)
        work.record("session.open", "session", row.id, by="password")
    return SignedIn(token, actor, row.expires_at)


def resume(db: Database, token: str) -> Actor:
    """Return who holds ``token``; raise SessionEnded when the session is over. Costs one read."""
    moment = now()
    with db.read() as session:
        found = session.execute(
            select(SignInSession, User)
            .join(User, col(User.id) == col(SignInSession.user_id))
            .where(col(SignInSession.token_hash) == token_hash(token))
        ).first()
        if found is None:
            raise SessionEnded("You are not signed in.")
        row, user = found
        over = why_over(
            revoked_at=row.revoked_at,
            expires_at=row.expires_at,
            last_seen_at=row.last_seen_at,
            active=user.active,
            moment=moment,
        )
        if over:
            raise SessionEnded(over)
        actor = actor_of(user, row)
    if moment - row.last_seen_at >= _SEEN_EVERY:
        with db.write() as session:
            session.execute(update(SignInSession).where(col(SignInSession.id) == row.id).values(last_seen_at=moment))
    return actor


def sign_out(db: Database, token: str) -> None:
    """End the session that ``token`` opens; nothing happens when it is over already."""
    try:
        actor = resume(db, token)
    except SessionEnded:
        return
    with changing(db, actor) as work:
        work.session.execute(
            update(SignInSession).where(col(SignInSession.id) == actor.session_id).values(revoked_at=now())
        )
        work.record("session.close", "session", actor.session_id)


def list_sessions(db: Database, actor: Actor) -> list[SessionView]:
    """Return everyone's open sessions, the latest used first; raise NotAllowed."""
    with reading(db, actor) as work:
        work.require(Action.SESSION_LIST, kind="session")
        work.record(Action.SESSION_LIST, "session", "")
        return _open_sessions(work, None)


def own_sessions(db: Database, actor: Actor) -> list[SessionView]:
    """Return the actor's own open sessions, the latest used first; raise NotAllowed."""
    with reading(db, actor) as work:
        work.require(Action.SESSION_OWN, kind="session")
        return _open_sessions(work, actor.user_id)


def end_session(db: Database, actor: Actor, session_id: str) -> None:
    """End someone's session at once; raise NotAllowed, NotFound."""
    with changing(db, actor) as work:
        work.require(Action.SESSION_END, kind="session", id_=session_id if is_id(session_id) else "")
        _end(work, Action.SESSION_END, session_id, None)


def end_own_session(db: Database, actor: Actor, session_id: str) -> None:
    """End one of the actor's own sessions at once; raise NotAllowed, NotFound."""
    with changing(db, actor) as work:
        work.require(Action.SESSION_OWN, kind="session", id_=session_id if is_id(session_id) else "")
        _end(work, Action.SESSION_OWN, session_id, actor.user_id)


def end_other_sessions(db: Database, actor: Actor) -> int:
    """End every session of the actor but the one that asks, and return how many were open; raise NotAllowed."""
    with changing(db, actor) as work:
        work.require(Action.SESSION_OWN, kind="session")
        others = [one for one in _open_sessions(work, actor.user_id) if one.id != actor.session_id]
        for one in others:
            _end(work, Action.SESSION_OWN, one.id, actor.user_id)
        return len(others)


def _open_sessions(work: Work, user_id: str | None) -> list[SessionView]:
    moment = now()
    query = (
        select(SignInSession, col(User.display_name))
        .join(User, col(User.id) == col(SignInSession.user_id))
        .where(
            col(SignInSession.revoked_at).is_(None),
            col(SignInSession.expires_at) > moment,
            col(SignInSession.last_seen_at) > moment - timedelta(minutes=settings().idle_minutes),
            col(User.active),
        )
        .order_by(col(SignInSession.last_seen_at).desc())
    )
    if user_id is not None:
        query = query.where(col(SignInSession.user_id) == user_id)
    return [
        SessionView(row.id, row.user_id, name, row.terminal, row.created_at, row.last_seen_at, row.expires_at)
        for row, name in work.session.execute(query)
    ]


def _end(work: Work, action: Action, session_id: str, user_id: str | None) -> None:
    row = work.session.get(SignInSession, session_id if is_id(session_id) else "")
    if row is None or user_id not in (None, row.user_id):
        raise NotFound("There is no such session.")
    row.revoked_at = row.revoked_at or now()
    work.record(action, "session", session_id)


def plain_terminal(text: str) -> str:
    """Return a terminal mark as it is kept: printable ASCII, at most 100 characters."""
    return "".join(c for c in text if " " <= c <= "~")[:100]


def new_session(user: User, terminal: str, proof: str | None = None) -> tuple[str, SignInSession]:
    """Return a fresh token and the row, not yet stored, of the session that it opens."""
    token = new_token()
    expires = now() + timedelta(hours=settings().session_hours)
    row = SignInSession(
        token_hash=token_hash(token), user_id=user.id, terminal=terminal, proof=proof, expires_at=expires
    )
    return token, row


def actor_of(user: User, row: SignInSession) -> Actor:
    """Return the operator that an open session stands for."""
    return Actor(user.id, user.user_name, user.display_name, user.role, row.terminal, row.id)


def nobody_at(terminal: str) -> Actor:
    """Return the operator of a sign-in that has not succeeded yet."""
    return Actor(NOBODY.user_id, NOBODY.user_name, NOBODY.display_name, NOBODY.role, terminal)
