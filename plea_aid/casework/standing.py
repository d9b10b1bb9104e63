"""Whether a sign-in still stands: asked when a page is drawn, and again within every service's own transaction.

A page can act long after it was drawn: a button of a screen left open, a part of a page that draws itself alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import is_id, now
from plea_aid.casework.tables import SignInSession, User
from plea_aid.settings import settings


def why_over(
    *, revoked_at: datetime | None, expires_at: datetime, last_seen_at: datetime, active: bool, moment: datetime
) -> str | None:
    """Return why a session is over at ``moment``, as its holder is told; None while it stands."""
    if revoked_at is not None or not active:
        return "Your session was ended; please sign in again."
    if moment >= expires_at:
        return "Your session has reached its longest time; please sign in again."
    if moment - last_seen_at >= timedelta(minutes=settings().idle_minutes):
        return "Your session ended because nothing was done for a while; please sign in again."
    return None


def why_not_standing(session: Session, actor: Actor) -> str | None:
    """Return why ``actor`` cannot act any more, though a page still knows them; None when they can.

    Whoever acts without a session (the server's own commands, a sign-in under way) is not held to one.
    """
    if not is_id(actor.session_id):
        return None
    one, user = SignInSession, User
    found = session.execute(
        select(col(one.revoked_at), col(one.expires_at), col(one.last_seen_at), col(user.active), col(user.role))
        .join(user, col(user.id) == col(one.user_id))
        .where(col(one.id) == actor.session_id, col(user.id) == actor.user_id)
    ).first()
    if found is None:
        return "You are not signed in."
    revoked_at, expires_at, last_seen_at, active, role = found
    over = why_over(
        revoked_at=revoked_at, expires_at=expires_at, last_seen_at=last_seen_at, active=active, moment=now()
    )
    return over or (None if role == actor.role else "Your role was changed; please reload the page.")
