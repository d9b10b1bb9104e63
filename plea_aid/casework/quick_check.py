"""The quick check: an analysis of nobody's case, of which nothing is kept but that the page was used."""

from __future__ import annotations

from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action
from plea_aid.casework.work import reading


def record_quick_check(db: Database, actor: Actor) -> None:
    """Record that the actor uses the quick check, and nothing of what they check; raise NotAllowed."""
    with reading(db, actor) as work:
        work.require(Action.QUICK_CHECK, kind="law")
        work.record(Action.QUICK_CHECK, "law", "")
