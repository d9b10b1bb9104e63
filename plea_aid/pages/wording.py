"""Words the screens share: one word for one thing, in sentence case, no word left to guess."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plea_aid.analysis.levels import KINDS, SHAPES
from plea_aid.law.records import Kind
from plea_aid.notes.record_words import STAGES, joined, sentence
from plea_aid.notes.view import counted, day, days, dollars

__all__ = ["KINDS", "SHAPES", "STAGES", "counted", "day", "days", "dollars", "joined", "sentence"]

LEVEL_COLOURS: dict[str, str] = {
    # Pale blue to orange to dark red, each step darker: tells apart with every common colour-blindness and in grey
    # print. Words and shapes say the same, so colour is never needed.
    "certain": "#8f1d14",
    "likely": "#c8511b",
    "possible": "#eab13a",
    "unlikely": "#c3dcee",
    "none": "#f4f6f8",
    "not-analysed": "#d9d2e9",
}
LEVEL_INK: dict[str, str] = {"certain": "#ffffff", "likely": "#ffffff"}
NTH = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


def level(name: str) -> str:
    """Return a level as shape and word: '▲ likely'."""
    return f"{SHAPES[name]} {name.replace('-', ' ')}"


def nth(number: int) -> str:
    """Return an offense number in words: 'First offense'."""
    return f"{NTH[number - 1]} offense" if number <= len(NTH) else f"Offense number {number}"


def kind(name: Kind) -> str:
    """Return a kind of ground in words."""
    return KINDS[name]


def answer(text: str) -> str:
    """Return an answer's id as words: 'stay-away' as 'stay away', 'true' as 'yes'."""
    return {"true": "Yes", "false": "No", "unspecified": "The record names none"}.get(text, sentence(text))


def family_words(name: str) -> str:
    """Return the name of a family of offenses as a heading: 'Protection order', 'DUI'."""
    return "DUI" if name == "dui" else sentence(name)


def fault_words(line: str, option: str = "") -> str:
    """Return a fault of the engine as a sentence; the option it stands beside need not be named again."""
    shorter = line.removeprefix(f"option '{option}', ") if option else line
    return plain(f"{shorter[:1].upper()}{shorter[1:].rstrip('.')}.")


def plain(text: str) -> str:
    """Return ``text`` with every sign of Markdown made literal, so that what was typed is shown as typed."""
    return re.sub(r"([\\`*_{}\[\]<>#+\-.!|~$:])", r"\\\1", text)


def address(email: str) -> str:
    """Return an e-mail address to show; as code, since Markdown makes a link of any other."""
    return f"`{email.replace('`', '')}`"


def clock(moment: datetime, zone: str | None) -> str:
    """Return a moment as the person's own clock shows it: 'Nov 22, 5:41 PM'."""
    local = moment.astimezone(_zone(zone))
    return f"{local:%b} {local.day}, {local.hour % 12 or 12}:{local:%M %p}"


def last_moment(moment: datetime, zone: str | None) -> str:
    """Return a moment of today as its time alone, '5:41 PM'; another as ``clock`` does."""
    local = moment.astimezone(_zone(zone))
    today = datetime.now(local.tzinfo).date()
    return f"{local.hour % 12 or 12}:{local:%M %p}" if local.date() == today else clock(moment, zone)


def short_day(on: date) -> str:
    """Return a date in a few letters: 'Nov 22, 2026'."""
    return f"{on:%b} {on.day}, {on.year}"


def short_iso(on: str) -> str:
    """Return a stored date in a few letters."""
    return short_day(date.fromisoformat(on))


def _zone(name: str | None) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
