"""Run a table of published outcomes through the engine and report agreement, family by family, in the open.

An entry asks one question: a category or ground, of an offense given as elements or of a case. The published
outcome is ``yes`` (the engine must flag: likely or certain), ``no`` (it must not flag) or ``depends`` (it must
answer possible).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import tomli
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plea_aid.analysis.assess import Assessment, assess
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import CaseError
from plea_aid.analysis.classify import classify
from plea_aid.analysis.draft import DRAFT_ID, draft_of, with_draft
from plea_aid.analysis.levels import flagged, higher
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Level

CONVICTION = "conviction"


class Entry(BaseModel):
    """One published outcome: of elements (``way``) or of a case file (``case``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    case_name: str = Field(default="", alias="name")
    family: str = ""
    ask: str = ""
    """A category id, a ground id, or ``conviction``."""
    expected: Literal["yes", "no", "depends"] | None = None
    posture: str = ""
    case: Mapping[str, Any] | None = None
    way: tuple[Mapping[str, Any], ...] = ()
    ways_are: Literal["elements", "means", "unknown"] = "means"
    maximum_days: int = 180
    ordered_days: int = 0
    record: Mapping[str, Any] = {}
    not_expressible: str = ""
    exception: str = ""
    """Why the engine is right to differ, or a known simplification: named, never silent."""
    note: str = ""
    authority: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the engine said of one entry."""

    entry: Entry
    level: Level | None
    agrees: bool


@dataclass(frozen=True)
class Agreement:
    """The verdicts of a whole table."""

    verdicts: tuple[Verdict, ...]
    skipped: tuple[Entry, ...]

    @property
    def agreeing(self) -> int:
        """How many entries agree."""
        return sum(v.agrees for v in self.verdicts)

    @property
    def disagreements(self) -> tuple[Verdict, ...]:
        """The entries that differ, explained or not."""
        return tuple(v for v in self.verdicts if not v.agrees)

    def by_family(self) -> dict[str, tuple[int, int]]:
        """Return, by family, how many agree of how many."""
        table: dict[str, tuple[int, int]] = {}
        for v in self.verdicts:
            right, total = table.get(v.entry.family or "other", (0, 0))
            table[v.entry.family or "other"] = (right + v.agrees, total + 1)
        return dict(sorted(table.items()))

    def as_json(self) -> dict[str, Any]:
        """Return the agreement as plain data."""
        return {
            "entries": len(self.verdicts),
            "agreeing": self.agreeing,
            "families": {k: {"agreeing": a, "entries": n} for k, (a, n) in self.by_family().items()},
            "disagreements": [
                {
                    "id": v.entry.id,
                    "name": v.entry.case_name,
                    "ask": v.entry.ask,
                    "expected": v.entry.expected,
                    "level": v.level or "not-analysed",
                    "exception": v.entry.exception,
                }
                for v in self.disagreements
            ],
            "not_expressible": [{"id": e.id, "why": e.not_expressible} for e in self.skipped],
        }


def parse_entries(text: str) -> tuple[Entry, ...]:
    """Return the entries of an evaluation file (TOML, ``[[entry]]``); raise CaseError."""
    try:
        raw = tomli.loads(text)
    except tomli.TOMLDecodeError as fault:
        raise CaseError([f"not readable as TOML: {fault}"]) from None
    rows = raw.get("entry")
    if not isinstance(rows, list) or set(raw) - {"entry"}:
        raise CaseError(["an evaluation file holds [[entry]] tables and nothing else"])
    found, problems = [], []
    for place, row in enumerate(rows, start=1):
        try:
            found.append(Entry.model_validate(row))
        except ValidationError as fault:
            problems += [
                f"entry {place} ({row.get('id', 'no id')}): {'.'.join(map(str, e['loc']))}: {e['msg']}"
                for e in fault.errors()
            ]
    if problems:
        raise CaseError(problems)
    return tuple(found)


def evaluate(entries: tuple[Entry, ...], law: Law, day: date) -> Agreement:
    """Return what the engine says of every entry; raise CaseError naming an entry that cannot be run."""
    verdicts, skipped = [], []
    for entry in entries:
        if entry.not_expressible:
            skipped.append(entry)
            continue
        try:
            level = _level(entry, law, day)
        except CaseError as fault:
            raise CaseError([f"entry {entry.id}: {line}" for line in fault.problems]) from None
        verdicts.append(Verdict(entry, level, _agrees(entry.expected, level)))
    return Agreement(tuple(verdicts), tuple(skipped))


def _agrees(expected: str | None, level: Level | None) -> bool:
    if level is None:
        return False
    if expected == "depends":
        return level == "possible"
    return flagged(level) == (expected == "yes")


def _level(entry: Entry, law: Law, day: date) -> Level | None:
    if entry.case is not None:
        return _level_of_case(entry, assess(validate_case(dict(entry.case)), law, today=day))
    draft = draft_of(
        {
            "cite": entry.id,
            "title": entry.case_name or entry.id,
            "ways_are": entry.ways_are,
            "grade": "felony" if entry.maximum_days > 365 else "misdemeanor",
            "way": [dict(w) for w in entry.way],
            "penalty": [{"jail_max_days": entry.maximum_days, "fine_max": 100_000, "felony": entry.maximum_days > 365}],
        },
        law,
        day,
    )
    if entry.ask in law.categories:
        return next(m.level for m in classify(draft, with_draft(law, draft), day) if m.category == entry.ask)
    count = {"number": 1, "offense": DRAFT_ID, "record": dict(entry.record)}
    part = {"number": 1, "jail_days": entry.ordered_days}
    case = validate_case({"count": [count], "option": [{"name": "plea", "count": [part]}]})
    return _level_of_case(entry, assess(case, with_draft(law, draft), today=day))


def _level_of_case(entry: Entry, assessment: Assessment) -> Level | None:
    """Return the level of the last option of the case for what the entry asks."""
    option = assessment.options[-1]
    if entry.ask == CONVICTION:
        return higher(c.outcome.conviction for c in option.counts)
    for_category = [m.level for c in option.counts for m in c.matches if m.category == entry.ask]
    if for_category:
        return None if None in for_category else higher(x for x in for_category if x)
    if any(n.ground == entry.ask for n in option.not_analysed):
        return None
    return higher(
        f.level for f in option.findings if f.ground == entry.ask and (not entry.posture or entry.posture in f.postures)
    )
