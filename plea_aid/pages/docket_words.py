"""A docket in plain words: its columns, and what a screened row says, without the ids of the file."""

from __future__ import annotations

import re

from plea_aid.law.catalogue import Law
from plea_aid.screening.columns import REQUIRED

COLUMNS: dict[str, tuple[str, str]] = {
    "case_id": ("Cause number", "The same on every count of a case."),
    "count": ("Count number", "1, 2, 3 within its case."),
    "offense": ("Offense charged", "A citation, such as MCA 45-5-206(1)(a)."),
    "nth": ("Offense number", "1 for a first offense, 2 for a second."),
    "offense_date": ("Date of the offense", "3/14/2026 or 2026-03-14."),
    "disposition": ("How the count ends", "guilty plea, dismissed, deferred imposition; empty while it is pending."),
    "amended_offense": ("Offense pleaded to", "A citation, when it is not the one charged."),
    "jail_days": ("Jail to serve, days", "A whole number."),
    "suspended_days": ("Jail suspended, days", "A whole number."),
    "served_days": ("Expected to be served, days", "A whole number, when it is not all of the jail."),
    "fine": ("Fine, dollars", "A whole number."),
    "substance": ("Substance", "As the charging document names it."),
    "marijuana_grams": ("Marijuana, grams", "A number."),
    "loss": ("Loss, dollars", "A number."),
    "victim": ("Victim", "partner or family, minor, officer or other; never who it is."),
}
"""What each known column holds, by its name in a file: its name on the screen, and what it accepts."""
FLAGS = {
    "flag": "▲ flagged",
    "amber": "◆ possible",
    "clear": "○ unlikely or none",
    "not-analysed": "? not analysed",
}
"""What a row comes to, by the word for it in the file."""
_LEAD = re.compile(r"(Certain|Likely|Possible|Unlikely): ([^.:]+)\. ?")


def column(name: str) -> str:
    """Return the name of a known column on the screen."""
    said = COLUMNS[name][0]
    return f"{said} (needed)" if name in REQUIRED else said


def ground_name(ground: str, law: Law) -> str:
    """Return a ground's name; the id itself for one that the law no longer holds."""
    return law.grounds[ground].name if ground in law.grounds else ground


def ground_names(listed: str, law: Law) -> str:
    """Return the names of the grounds of a row."""
    return "; ".join(ground_name(ground, law) for ground in listed.split("; ") if ground)


def situations(listed: str, law: Law) -> str:
    """Return in words whom the findings of a row concern; '' for nobody."""
    named = [law.postures[posture].name for posture in listed.split("; ") if posture in law.postures]
    return "Every immigration situation" if len(named) == len(law.postures) else "; ".join(named)


def reasons(because: str, law: Law) -> tuple[list[tuple[str, list[str]]], str]:
    """Return what a row's reasons begin with, level by level with the names of its grounds, and the rest of them."""
    levels: list[tuple[str, list[str]]] = []
    while (lead := _LEAD.match(because)) and all(ground in law.grounds for ground in lead[2].split(", ")):
        levels.append((lead[1].lower(), [ground_name(ground, law) for ground in lead[2].split(", ")]))
        because = because[lead.end() :]
    return levels, because


def fault(said: str) -> str:
    """Return what is wrong with a row, its column by the name on the screen."""
    row, name, rest = _parts(said)
    return f"{row}{COLUMNS[name][0]}: {rest}" if name in COLUMNS else said


def _parts(said: str) -> tuple[str, str, str]:
    parts = re.fullmatch(r"(row \d+: )?(\w+): (.*)", said, re.DOTALL)
    return (parts[1] or "", parts[2], parts[3]) if parts else ("", "", said)
