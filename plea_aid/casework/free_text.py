"""Free text on its way into the database: what the Section 2 guard finds in it is refused, whichever service brings it.

Only what is new in a row is read, so that a text stored before a detector knew it does not stand in the way of
everything else in its case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect
from sqlmodel import Session

from plea_aid.casework.errors import Find, Invalid, Sensitive
from plea_aid.privacy.detectors import GuardDataError
from plea_aid.privacy.guard import load_guard

WORDS: dict[str, tuple[str, ...]] = {
    "decision_entry": ("chosen_option", "rationale", "change_explanation"),
    "review_step": ("reasons",),
    "case_wall": ("reason", "lifted_reason"),
    "law_sign_off": ("note",),
    "sealed_text": ("place", "reason"),
    "release_entry": ("authority",),
    "legal_hold": ("reason", "asked_by"),
    "hold_lift": ("reason",),
    "disposal_request": ("reason",),
}
"""Columns that hold what a person wrote, by table."""
DOCUMENTS: dict[str, tuple[str, ...]] = {
    "case_file": ("document",),
    "factor_entry": ("content",),
    "gate_entry": ("content",),
    "review_step": ("detail",),
}
"""Columns that hold JSON with such words among its texts, by table."""
NUMBERS_ONLY: dict[str, tuple[str, ...]] = {"user_account": ("display_name",), "release_entry": ("recipient",)}
"""Columns with names of people of the office or of recipients: read for numbers only, for a name may be any word."""
NUMBER_KINDS = frozenset({"ssn", "itin", "a-number", "passport-visa", "birth-date"})


def refuse_sensitive(session: Session, _context: Any = None, _instances: Any = None) -> None:
    """Raise Sensitive when a row about to be written holds, in words that are new, what Section 2 protects.

    Raises Invalid when the guard's data cannot be used: then nothing that a person wrote is stored.
    """
    finds = [find for row in (*session.new, *session.dirty) for find in _finds(row)]
    if finds:
        raise Sensitive(tuple(finds))


def look_over(place: str, text: str, only: frozenset[str] | None = None) -> Find | None:
    """Return what the guard finds in a text written for ``place``, of the kinds ``only`` if given; None for nothing.

    Raises Invalid when the guard's data cannot be used.
    """
    if not text.strip():
        return None
    try:
        guard = load_guard()
        hits = [hit for hit in guard.scan(text) if only is None or hit.kind in only]
    except GuardDataError as fault:
        raise Invalid(f"Nothing was saved: texts cannot be looked over for sensitive information. {fault}") from fault
    if not hits:
        return None
    kinds = dict.fromkeys(guard.kinds[hit.kind] for hit in hits)
    return Find(place, text, tuple(hits), tuple(kinds), guard.replace(text, hits))


def _finds(row: Any) -> Iterator[Find]:
    for place, text, only in _new_texts(row):
        find = look_over(place, text, only)
        if find:
            yield find


def _new_texts(row: Any) -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Return the texts of a row that it did not hold before, each with its place and the kinds to look for."""
    table = row.__tablename__
    for columns, only in ((WORDS, None), (NUMBERS_ONLY, NUMBER_KINDS)):
        for column in columns.get(table, ()):
            before, after = _change(row, column)
            if after != before:
                yield column.replace("_", " "), after, only
    for column in DOCUMENTS.get(table, ()):
        before, after = _change(row, column)
        known = {text for _, text in _texts(json.loads(before or "{}"))}
        new = {text: place for place, text in _texts(json.loads(after or "{}")) if text not in known}
        yield from ((place, text, None) for text, place in new.items())


def _change(row: Any, column: str) -> tuple[str, str]:
    """Return what the column held and what it is about to hold; the same twice when nothing changes."""
    history = inspect(row).attrs[column].history
    if not history.added:
        return "", ""
    return (history.deleted[0] or "") if history.deleted else "", history.added[0] or ""


def _texts(content: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Return every text of plain data with its place, the keys among them: an option's name is one."""
    if isinstance(content, str):
        yield place, content
    elif isinstance(content, dict):
        for key, value in content.items():
            below = f"{place}, {key}" if place else key
            yield place or key, key
            yield from _texts(value, below)
    elif isinstance(content, list):
        for number, value in enumerate(content, 1):
            yield from _texts(value, f"{place} {number}".strip())
