"""Read a pasted charging list ('PFMA 1st; theft 45-6-301; DUI 2nd') into counts of the catalogue.

A piece names one offense, or several to choose from, or none. Nothing is guessed: what could be read in two ways is
asked, and what could not be read stays in the writer's hands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from plea_aid.analysis.charge import resolve_charge
from plea_aid.analysis.charge_names import cited, of_grade, worded
from plea_aid.analysis.charge_text import HIGHEST_NTH, MOST_TIMES, ChargeText, clean, take_apart
from plea_aid.law.catalogue import Law
from plea_aid.law.shorthand import Form

LONGEST_LIST = 6000
"""Letters."""
MOST_COUNTS = 60
"""As many as a case file holds."""
MOST_CHOICES = 12
_BREAKS = re.compile(
    r"[;\n\r\u2028\u2029•]+|(?<=\s)(?=(?:counts?|cts?)\b[\s.#]*(?:\d{1,3}|[ivx]+)\s*[:.)])", re.IGNORECASE
)
_COMMAS = re.compile(r"[,\t]+")
_ANDS = re.compile(r"\s+(?:and|plus)\s+|\s*[&+]\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Choice:
    """An offense that a piece may stand for, as a case file names it."""

    offense: str
    title: str


@dataclass(frozen=True)
class Piece:
    """One piece of a charging list: what it says and what of the catalogue it can stand for."""

    text: str
    choices: tuple[Choice, ...] = ()
    nth: int = 1
    number: int | None = None
    times: int = 1
    as_cited: bool = False
    """True where the first choice is the citation as it stands, with every subsection under it."""
    notes: tuple[str, ...] = ()
    fault: str = ""
    """Why no offense could be read; empty where there is one to take or to choose."""
    sure: bool = False
    """True where a citation, short form or title names the offenses, and not only words that occur in them."""

    @property
    def offense(self) -> str | None:
        """Return the offense that is taken unless the writer chooses another; None where a choice has to be made."""
        return self.choices[0].offense if self.sure and (len(self.choices) == 1 or self.as_cited) else None


@dataclass(frozen=True)
class Taken:
    """A piece with the offense it was taken for."""

    piece: Piece
    offense: str


def numbered(taken: Sequence[Taken], used: Collection[int] = ()) -> tuple[dict[str, Any], ...]:
    """Return the counts as a case file holds them; each keeps the number the list gives it while that one is free."""
    given = [one.piece.number for one in taken if one.piece.times == 1]
    kept = {n for n in given if n and given.count(n) == 1} - set(used)
    following = max([0, *used, *kept]) + 1
    counts: list[dict[str, Any]] = []
    for one in taken:
        for _ in range(one.piece.times):
            number = one.piece.number if one.piece.number in kept and one.piece.times == 1 else following
            following += number == following
            count = {"number": number, "offense": one.offense}
            counts.append({**count, "nth": one.piece.nth} if one.piece.nth != 1 else count)
    return tuple(counts)


def read_list(law: Law, text: str, day: date | None = None) -> tuple[Piece, ...]:
    """Return the pieces of a charging list in their order; raise ValueError for one that is too long.

    Semicolons and line ends part the pieces; commas and 'and' do where each side names an offense of its own.
    ``day`` decides which penalties make a charge a felony, today when it is None.
    """
    if len(text) > LONGEST_LIST:
        raise ValueError(f"the list has {len(text):,} letters; up to {LONGEST_LIST:,} are accepted")
    on = day or date.today()
    pieces = [piece for part in _BREAKS.split(text) if clean(part).strip(" .,-*") for piece in _read(law, part, on)]
    counts = sum(piece.times for piece in pieces if not piece.fault)
    if counts > MOST_COUNTS:
        raise ValueError(f"the list has {counts} counts; a case holds up to {MOST_COUNTS}")
    return tuple(pieces)


def _read(law: Law, text: str, on: date) -> list[Piece]:
    """Return the pieces of what stands between two semicolons."""
    whole = _piece(law, [take_apart(law, text)], on)
    if whole.sure and not whole.fault:
        return [whole]
    for separator in (_COMMAS, _ANDS):
        parts = _joined(law, [take_apart(law, part) for part in separator.split(text) if part and clean(part)], on)
        if len(parts) < 2:
            continue
        found = [_piece(law, part, on) for part in parts]
        if all(p.choices for p in found) or sum(p.sure for p in found) > 1:
            return [one for p in found for one in (_read(law, p.text, on) if p.fault else [p])]
    return [whole]


def _joined(law: Law, parts: Sequence[ChargeText], on: date) -> list[list[ChargeText]]:
    """Return the parts, those that belong to one charge together: 'theft, 45-6-301, 1st offense' is one."""
    groups: list[list[ChargeText]] = []
    for part in parts:
        if groups and (part.says_nothing_alone or _same_charge(law, groups[-1], part, on)):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _same_charge(law: Law, before: Sequence[ChargeText], part: ChargeText, on: date) -> bool:
    """Say whether one side is words and the other a citation, and both name the same offense."""
    cited = any(p.sections for p in before)
    worded = any(p.words for p in before)
    if not ((worded and not cited and part.sections and not part.words) or (cited and not worded and part.words)):
        return False
    if part.words and part.sections:
        return False
    both = _piece(law, [*before, part], on)
    return both.sure and not both.fault and not any(note.startswith("Not read") for note in both.notes)


def _piece(law: Law, parts: Sequence[ChargeText], on: date) -> Piece:
    """Return what one or several parts of one charge stand for."""
    said = parts[0] if len(parts) == 1 else _together(parts)
    bare = Piece(said.text, number=said.number, times=said.times, nth=said.nths[0] if said.nths else 1)
    if not said.sections and not said.words:
        return replace(bare, fault="It names no offense.")
    if len(said.sections) > 1:
        return replace(bare, fault=f"It has {len(said.sections)} citations: put a semicolon between the charges.")
    if said.several:
        return replace(bare, fault="It lists subsections: give each a charge of its own, or cite what they share.")
    if len(said.nths) > 1 or len({one.form for one in said.forms}) > 1:
        return replace(bare, fault="It says two things of one charge: put a semicolon between the charges.")
    if not 1 <= bare.nth <= HIGHEST_NTH:
        return replace(bare, fault=f"Offense numbers from 1 to {HIGHEST_NTH} are accepted.")
    if said.times > MOST_TIMES:
        return replace(bare, fault=f"One charge can stand up to {MOST_TIMES} times.")
    found = cited(law, said) if said.sections else worded(law, said)
    if isinstance(found, str):
        return replace(bare, fault=found)
    cites = found.cites if found.literal else of_grade(law, found.cites, said, on)
    if not cites:
        return replace(bare, fault=f"None of the offenses it names is a {said.grade}.")
    if len(cites) > MOST_CHOICES:
        return replace(bare, fault=f"{len(cites)} offenses fit: add the citation, or another word.")
    notes = (*(form.note for form in said.forms if form.note), *found.notes)
    return replace(
        bare,
        choices=tuple(_choice(law, cite, None if found.literal else said.form) for cite in cites),
        as_cited=len(cites) > 1 and cites[0] == found.wide,
        sure=found.sure,
        notes=tuple(dict.fromkeys(notes)),
    )


def _choice(law: Law, cite: str, form: Form | None) -> Choice:
    inchoate = {"attempt": "attempted", "conspiracy": "conspiracy to commit", "solicitation": "solicitation of"}
    begins = inchoate.get(form or "")
    offense = f"{begins} {cite}" if begins else cite
    charge = resolve_charge(law, offense)
    return Choice(offense, charge.title)


def _together(parts: Sequence[ChargeText]) -> ChargeText:
    """Return several parts of one charge as one."""
    first = parts[0]
    return replace(
        first,
        text=", ".join(p.text for p in parts if p.text),
        sections=tuple(dict.fromkeys(s for p in parts for s in p.sections)),
        several=any(p.several for p in parts),
        code=next((p.code for p in parts if p.code), ""),
        nths=tuple(dict.fromkeys(n for p in parts for n in p.nths)),
        times=max(p.times for p in parts),
        grade=next((p.grade for p in parts if p.grade), None),
        forms=tuple({f.form: f for p in parts for f in p.forms}.values()),
        words=" ".join(p.words for p in parts if p.words),
        whole=" ".join(p.whole for p in parts if p.whole),
    )
