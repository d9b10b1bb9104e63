"""Whether a person wants the guide of the walk: kept with the account, so that a closed guide stays closed."""

from __future__ import annotations

from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import NotFound
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import User
from plea_aid.casework.work import changing, reading


def guide_wanted(db: Database, actor: Actor) -> bool | None:
    """Return whether the actor wants the guide, None when they have not said; raise NotAllowed."""
    with reading(db, actor) as work:
        work.require(Action.GUIDE_KEEP, kind="user", id_=actor.user_id)
        user = work.session.get(User, actor.user_id)
        return None if user is None else user.guide_shown


def keep_guide(db: Database, actor: Actor, *, shown: bool) -> None:
    """Remember whether the actor wants the guide; raise NotAllowed, NotFound."""
    with changing(db, actor) as work:
        work.require(Action.GUIDE_KEEP, kind="user", id_=actor.user_id)
        user = work.session.get(User, actor.user_id)
        if user is None:
            raise NotFound("There is no such account.")
        user.guide_shown = shown
        work.record(Action.GUIDE_KEEP, "user", user.id, shown=shown)
