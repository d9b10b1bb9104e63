"""The fictional example cases that travel with the program."""

from __future__ import annotations

from pathlib import Path

import tomli
from sqlalchemy import select
from sqlmodel import col

from plea_aid.casework.actors import Actor
from plea_aid.casework.cases import insert_case
from plea_aid.casework.database import Database
from plea_aid.casework.errors import NotFound
from plea_aid.casework.permissions import Action
from plea_aid.casework.rules import validated
from plea_aid.casework.tables import CaseFile
from plea_aid.casework.visibility import BEYOND_WALLS, is_closed_to
from plea_aid.casework.work import changing
from plea_aid.settings import data_dir


def load_examples(db: Database, actor: Actor, folder: Path | None = None) -> tuple[str, ...]:
    """Give the actor their own copy of every example case and return the ids; asked twice, they stay the same.

    Raises NotFound when no examples travel with the program, NotAllowed.
    """
    folder = folder or data_dir() / "examples"
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise NotFound("There are no example cases in this installation.")
    documents = {file.stem: validated(tomli.loads(file.read_text(encoding="utf-8"))) for file in files}
    keys = {f"example:{actor.user_id}:{name}": content for name, content in documents.items()}
    with changing(db, actor) as work:
        work.require(Action.EXAMPLES_LOAD, kind="case")
        query = select(col(CaseFile.source), col(CaseFile.id)).where(col(CaseFile.source_key).in_(keys))
        # Also a copy that was handed on and closed to its first owner is not made twice.
        found = work.session.execute(query.execution_options(**{BEYOND_WALLS: True}))
        there: dict[str | None, str] = {row[0]: row[1] for row in found}
        for key, content in keys.items():
            if key not in there:
                there[key] = insert_case(work, content, source_key=key, example=True).id
        return tuple(there[key] for key in keys if not is_closed_to(work.session, actor, there[key]))
