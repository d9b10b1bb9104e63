"""Dates as people type them: a text field that any keyboard fills, read strictly."""

from __future__ import annotations

import re
from datetime import date

ACCEPTED = "a date such as 3/14/2026 or 2026-03-14"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_SLASHES = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_WORDS = re.compile(r"^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")


def read_day(text: str) -> date | None:
    """Return the date that ``text`` names, None for an empty text; raise ValueError with one sentence.

    Month before day, as it is written in Montana; the year has four digits so that no century is guessed.
    """
    typed = text.strip()
    if not typed:
        return None
    try:
        return date(*_parts(typed.lower()))
    except ValueError:
        raise ValueError(f"'{typed}' is not a date this program reads; please type {ACCEPTED}.") from None


def typed_day(on: date | str | None) -> str:
    """Return a date as it is typed: 3/14/2026; an empty text for none."""
    if not on:
        return ""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    return f"{day.month}/{day.day}/{day.year}"


def _parts(text: str) -> tuple[int, int, int]:
    if found := _ISO.match(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _SLASHES.match(text):
        return int(found[3]), int(found[1]), int(found[2])
    if (found := _WORDS.match(text)) and found[1][:3] in _MONTHS:
        return int(found[3]), _MONTHS.index(found[1][:3]) + 1, int(found[2])
    raise ValueError
