"""Sealed texts: what Section 2 protects and the record must have nonetheless, kept apart from it.

The record itself, every frozen version, note, search and release holds only the placeholder ``[sealed text 3]``.
The words are read one at a time, by who has the case or supervises it, and each reading is in the audit trail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import now, stamp, unstamp
from plea_aid.casework.cases import locked_case, read_case
from plea_aid.casework.database import Database
from plea_aid.casework.entries import checked_words
from plea_aid.casework.errors import Invalid, NotFound
from plea_aid.casework.free_text import look_over
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import SealedText
from plea_aid.casework.views import facts_of, names_of
from plea_aid.casework.work import changing, reading

PLACEHOLDER = re.compile(r"\[sealed text (\d{1,6})\]")
LONGEST_REASON = 500
"""Characters."""


@dataclass(frozen=True)
class SealedTextView:
    """A sealed text without its words: which, where, of what kinds, by whom and why."""

    number: int
    place: str
    kinds: tuple[str, ...]
    reason: str
    sealed_by_name: str
    sealed_at: datetime

    @property
    def placeholder(self) -> str:
        """What stands in the record."""
        return placeholder(self.number)


def placeholder(number: int) -> str:
    """Return what stands in the record for a sealed text."""
    return f"[sealed text {number}]"


def seal_text(db: Database, actor: Actor, case_id: str, text: str, reason: str, *, place: str) -> SealedTextView:
    """Keep a text of a case apart, sealed; the caller puts its placeholder where the text was to stand.

    The reason must not itself hold what Section 2 protects (Sensitive). Raises Invalid without a reason or for a
    text in which nothing is found, NotAllowed, NotFound.
    """
    text, reason = checked_words(text), checked_words(reason).strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(f"Say in up to {LONGEST_REASON} characters why the record must have this text.")
    find = look_over(place, text)
    if find is None:
        raise Invalid("Nothing in this text needs a seal; it can be saved as it is.")
    with changing(db, actor) as work:
        locked_case(work, case_id, Action.TEXT_SEAL)
        query = select(func.max(col(SealedText.number))).where(col(SealedText.case_id) == case_id)
        row = SealedText(
            case_id=case_id,
            number=(work.session.execute(query).scalar_one_or_none() or 0) + 1,
            content=text,
            place=place,
            kinds=",".join(dict.fromkeys(hit.kind for hit in find.hits)),
            reason=reason,
            sealed_by=actor.user_id,
            sealed_at=stamp(now()),
        )
        work.seal(row)
        work.record(
            Action.TEXT_SEAL, "case", case_id, number=row.number, place=place, kinds=row.kinds.split(","), reason=reason
        )
        return _view(row, actor.display_name)


def sealed_texts(db: Database, actor: Actor, case_id: str) -> tuple[SealedTextView, ...]:
    """Return which texts of a case are sealed, by whom and why, without their words; raise NotAllowed, NotFound."""
    with reading(db, actor) as work:
        read_case(work, case_id, Action.CASE_READ)
        work.record(Action.CASE_READ, "case", case_id)
        query = select(SealedText).where(col(SealedText.case_id) == case_id).order_by(col(SealedText.number))
        rows = list(work.session.scalars(query))
        names = names_of(work.session, [row.sealed_by for row in rows])
        return tuple(_view(row, names[row.sealed_by]) for row in rows)


def open_sealed_text(db: Database, actor: Actor, case_id: str, number: int) -> str:
    """Return the words of a sealed text; the reading is recorded first. Raises NotAllowed or NotFound."""
    with reading(db, actor) as work:
        case = read_case(work, case_id, Action.TEXT_READ)
        query = select(SealedText).where(col(SealedText.case_id) == case_id, col(SealedText.number) == number)
        row = work.session.scalars(query).first() if 0 < number < 1_000_000 else None
        if row is None:
            raise NotFound("There is no such sealed text.")
        work.require(Action.TEXT_READ, facts_of(work.session, case), kind="case", id_=case_id)
        work.record(Action.TEXT_READ, "case", case_id, number=number)
        return row.content


def _view(row: SealedText, name: str) -> SealedTextView:
    return SealedTextView(row.number, row.place, tuple(row.kinds.split(",")), row.reason, name, unstamp(row.sealed_at))
