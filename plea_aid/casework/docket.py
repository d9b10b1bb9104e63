"""What the program keeps of a docket: which columns mean what, that it was screened, and the cases opened from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import canonical, now, sha256
from plea_aid.casework.cases import OWNING_ROLES, insert_case
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid
from plea_aid.casework.permissions import Action
from plea_aid.casework.rules import validated
from plea_aid.casework.tables import CaseFile, DocketColumns
from plea_aid.casework.visibility import BEYOND_WALLS, is_closed_to
from plea_aid.casework.work import changing, reading

_DOCKET_LOCK = 0x444F434B
MOST_AT_ONCE = 200
"""Cases that are opened from a docket in one go."""


@dataclass(frozen=True)
class Opened:
    """Cases of a docket that are in the program now."""

    new: tuple[str, ...]
    """Ids of the cases made."""
    there: tuple[str, ...]
    """Ids of the cases that an earlier import made and the actor may open."""
    kept_away: int
    """How many were not made a second time and are not the actor's to open."""


def remembered_columns(db: Database, actor: Actor, header: Sequence[str]) -> dict[str, str] | None:
    """Return which column meant what in the last docket with this header; None for a header not seen before."""
    with reading(db, actor) as work:
        work.require(Action.DOCKET_SCREEN, kind="docket")
        work.record(Action.DOCKET_SCREEN, "docket", "", columns_of=header_key(header))
        row = work.session.get(DocketColumns, header_key(header))
        return None if row is None else dict(json.loads(row.mapping))


def record_screening(
    db: Database, actor: Actor, header: Sequence[str], columns: Mapping[str, str], *, rows: int, cases: int, digest: str
) -> None:
    """Record that a docket (by its hash) was screened, and remember its columns for the next one like it."""
    with changing(db, actor) as work:
        work.require(Action.DOCKET_SCREEN, kind="docket")
        _one_at_a_time(work.session)
        mapping = canonical(dict(columns))
        row = work.session.get(DocketColumns, header_key(header))
        if row is None:
            row = DocketColumns(header_key=header_key(header), mapping=mapping, saved_by=actor.user_id)
            work.session.add(row)
        elif row.mapping != mapping:
            row.mapping, row.saved_by, row.saved_at = mapping, actor.user_id, now()
        work.record(Action.DOCKET_SCREEN, "docket", "", rows=rows, cases=cases, sha256=digest)


def open_as_cases(db: Database, actor: Actor, documents: Mapping[str, Mapping[str, Any]]) -> Opened:
    """Open cases of a docket, by their case_id there; one that an import has made already is not made again.

    Raises Invalid for a document that does not fit the grammar, or too many; NotAllowed.
    """
    if len(documents) > MOST_AT_ONCE:
        raise Invalid(f"{len(documents)} cases are chosen; {MOST_AT_ONCE} can be opened at once.")
    contents = {source_key(name): validated(document) for name, document in documents.items()}
    with changing(db, actor) as work:
        work.require(Action.CASE_CREATE, kind="case")
        if actor.role not in OWNING_ROLES:
            raise Invalid("A case belongs to a prosecutor or a supervisor; one of them can open cases from a docket.")
        _one_at_a_time(work.session)
        query = select(col(CaseFile.source), col(CaseFile.id)).where(col(CaseFile.source_key).in_(contents))
        # A case closed to the actor is not made a second time either.
        found = work.session.execute(query.execution_options(**{BEYOND_WALLS: True})).all()
        there: dict[str | None, str] = {row[0]: row[1] for row in found}
        new = [insert_case(work, content, source_key=key).id for key, content in contents.items() if key not in there]
        mine = [case_id for case_id in there.values() if not is_closed_to(work.session, actor, case_id)]
        return Opened(tuple(new), tuple(mine), len(there) - len(mine))


def _one_at_a_time(session: Session) -> None:
    """Wait until nobody else imports: what they made is then seen and not made again. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _DOCKET_LOCK})


def source_key(case_id: str) -> str:
    """Return the mark by which a case of a docket is known again."""
    return f"docket:{sha256(case_id.strip())}"


def header_key(header: Sequence[str]) -> str:
    """Return the mark by which a header is known again."""
    return sha256(canonical(list(header)))
