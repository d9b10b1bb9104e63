"""The chart practitioners know: every offense of the catalogue against every kind of immigration consequence.

Each offense is analysed twice as a guilty plea to a first offense, with nothing ordered and with the longest term
ordered; a charge that is a civil infraction is analysed as one. A level is the strongest for any posture.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from plea_aid.analysis.assess import Assessment, OptionAnalysis, assess
from plea_aid.analysis.case import Case
from plea_aid.analysis.classify import classify
from plea_aid.analysis.levels import rank
from plea_aid.analysis.match import Match
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Ground, Offense, Penalty
from plea_aid.notes.content import KIND_NAMES, Level
from plea_aid.planning.advice import assess_with_advice, names_no_change
from plea_aid.planning.smallest import CURED_BY_NOTHING

Column = Literal["aggravated_felony", "deportability", "inadmissibility", "relief_and_detention"]
COLUMNS: Mapping[Column, tuple[str, ...]] = {
    "aggravated_felony": ("aggravated-felony",),
    "deportability": ("deportability",),
    "inadmissibility": ("inadmissibility",),
    "relief_and_detention": ("relief-bar", "gmc", "detention", "benefit"),
}
"""The columns that hold grounds, and the kinds of ground in each."""

NEARLY_ALL = 0.9
"""A consequence that this share of the rows has alike is told once before the rows, with the exceptions."""


@dataclass(frozen=True)
class Reach:
    """How far an offense reaches into one ground: the level with nothing ordered, and with the most ordered."""

    ground: str
    bare: Level
    most: Level


@dataclass(frozen=True)
class Flip:
    """One change of plea, sentence or record, and the kinds of ground it would avoid."""

    change: str
    avoids: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One offense of the chart."""

    offense: Offense
    maximum_days: int
    """The longest term for a first offense on the day of the chart; what 'the most ordered' orders."""
    penalties: tuple[Penalty, ...]
    """The tiers in force on the day of the chart."""
    matches: tuple[Match, ...]
    reaches: tuple[Reach, ...]
    flips: tuple[Flip, ...]
    incurable: tuple[str, ...]
    """Grounds that no change to the plea avoids: the charge or arrest alone is enough."""

    @property
    def telling(self) -> tuple[Match, ...]:
        """The categories that are not a settled no."""
        return tuple(m for m in self.matches if m.level != "none")

    @property
    def authorities(self) -> tuple[str, ...]:
        """What the entry and its telling categories rest on, by id, each once."""
        cited = [*self.offense.authorities, *(a for m in self.telling for a in m.authorities)]
        return tuple(dict.fromkeys(cited))


@dataclass(frozen=True)
class Common:
    """A consequence that nearly every row has alike, and the offenses that do not have it so."""

    reach: Reach
    exceptions: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """The whole chart under one version of the law, as of one day."""

    law: Law
    day: date
    rows: tuple[Row, ...]
    common: tuple[Common, ...]
    common_flips: tuple[Flip, ...]
    unreachable: tuple[Ground, ...]
    """Grounds that no offense of the catalogue can reach, with the reason on record."""
    unreached: tuple[Ground, ...]
    """Grounds with tests that no row meets: they need more convictions, or facts no element shows."""

    def column(self, row: Row, column: Column) -> tuple[Reach, ...]:
        """Return what stands in a column of a row, strongest first, without what is told once for all rows."""
        told = {c.reach for c in self.common}
        mine = [r for r in row.reaches if r not in told and self.law.grounds[r.ground].kind in COLUMNS[column]]
        return tuple(sorted(mine, key=lambda r: (-weight(r.most), -weight(r.bare))))

    def own_flips(self, row: Row) -> tuple[Flip, ...]:
        """Return the row's changes without those told once for all rows."""
        told = {f.change for f in self.common_flips}
        return tuple(f for f in row.flips if f.change not in told)

    def shares_flips(self, row: Row) -> bool:
        """Say whether any change told once for all rows helps this row."""
        told = {f.change for f in self.common_flips}
        return any(f.change in told for f in row.flips)


def chart_of(law: Law, day: date) -> Chart:
    """Return the chart of the whole catalogue as of ``day``, in the order of the code."""
    rows = tuple(_row(o, law, day) for o in sorted(law.offenses.values(), key=_place))
    in_force = [g for g in law.grounds.values() if g.in_force.in_force(day)]
    reached = {r.ground for row in rows for r in row.reaches}
    return Chart(
        law=law,
        day=day,
        rows=rows,
        common=_common(rows),
        common_flips=_common_flips(rows),
        unreachable=tuple(g for g in in_force if g.unreachable),
        unreached=tuple(g for g in in_force if not g.unreachable and g.id not in reached),
    )


def _place(offense: Offense) -> tuple[object, ...]:
    """Sort by jurisdiction, state first, then by citation with numbers as numbers."""
    pieces = re.findall(r"\d+|[A-Za-z]+", offense.cite)
    return (offense.jurisdiction != "montana", offense.jurisdiction, *((not p.isdigit(), p.zfill(8)) for p in pieces))


def _row(offense: Offense, law: Law, day: date) -> Row:
    longest = law.penalty(offense, 1, day, {}).jail_max_days
    assessment = _assessed(offense, law, day, longest)
    bare, most = assessment.options[-2:]
    return Row(
        offense=offense,
        maximum_days=longest,
        penalties=tuple(p for p in offense.penalties if p.in_force(day)) or offense.penalties,
        matches=classify(offense, law, day),
        reaches=_reaches(bare, most, law),
        flips=_flips(most),
        incurable=tuple(dict.fromkeys(f.ground for f in most.findings if CURED_BY_NOTHING in f.avoided_by)),
    )


def _assessed(offense: Offense, law: Law, day: date, longest: int) -> Assessment:
    civil = offense.grade == "infraction"
    plea = "civil-infraction" if civil else "guilty-plea"
    return assess_with_advice(_bare_and_most(offense, day, plea, 0 if civil else longest), law)


def reaches_of(offense: Offense, law: Law, day: date, disposition: str) -> tuple[Reach, ...]:
    """Return how far a first offense reaches into each ground when it ends in ``disposition``.

    The most that can be ordered is the offense's maximum, or nothing where the disposition confines no one.
    """
    longest = law.penalty(offense, 1, day, {}).jail_max_days if law.dispositions[disposition].confines else 0
    bare, most = assess(_bare_and_most(offense, day, disposition, longest), law).options[-2:]
    return _reaches(bare, most, law)


def _bare_and_most(offense: Offense, day: date, disposition: str, most: int) -> Case:
    plea = {"number": 1, "disposition": disposition}
    case = {
        "count": [{"number": 1, "offense": offense.id}],
        "plea_date": day,
        "option": [
            {"name": "nothing ordered", "count": [plea]},
            {"name": "the most ordered", "count": [{**plea, "jail_days": most}]},
        ],
    }
    return Case.model_validate(case)


def _reaches(bare: OptionAnalysis, most: OptionAnalysis, law: Law) -> tuple[Reach, ...]:
    one, other = _strongest(bare), _strongest(most)
    named = [g for g in law.grounds if g in one or g in other]
    return tuple(Reach(g, one.get(g, "none"), other.get(g, "none")) for g in named)


def _strongest(option: OptionAnalysis) -> dict[str, Level]:
    """Return each ground's strongest level for any posture."""
    found: dict[str, Level] = {n.ground: "not-analysed" for n in option.not_analysed}
    for f in option.findings:
        if weight(f.level) > weight(found.get(f.ground, "none")):
            found[f.ground] = f.level
    return found


def weight(level: Level) -> int:
    """Order levels by strength; what was not analysed stands with ``possible``, never with ``none``."""
    return rank("possible") if level == "not-analysed" else rank(level)


def _flips(option: OptionAnalysis) -> tuple[Flip, ...]:
    """Return each change that would avoid a finding, with the kinds of ground it avoids."""
    avoided: dict[str, dict[str, None]] = {}
    for finding in option.findings:
        for change in finding.avoided_by:
            if names_no_change(change):
                continue
            avoided.setdefault(_of_the_charge(change), {})[KIND_NAMES[finding.kind]] = None
    return tuple(Flip(change, tuple(kinds)) for change, kinds in avoided.items())


def _of_the_charge(change: str) -> str:
    """Say it of any charge: the analysis of a case numbers its counts and repeats the term it compares with."""
    said = re.sub(r"\bcount 1\b", "the charge", change)
    said = re.sub(r" instead of [\d,]+( days)?", "", said)
    return re.sub(r"\b0 days or fewer\b", "no days", said)


def _common(rows: Iterable[Row]) -> tuple[Common, ...]:
    every = list(rows)
    counted = Counter(r for row in every for r in row.reaches)
    return tuple(
        Common(reach, tuple(row.offense.cite for row in every if reach not in row.reaches))
        for reach, times in counted.items()
        if times >= NEARLY_ALL * len(every)
    )


def _common_flips(rows: Iterable[Row]) -> tuple[Flip, ...]:
    """Return the changes that help more than half of the rows that anything helps."""
    helped = [row for row in rows if row.flips]
    counted = Counter(f.change for row in helped for f in row.flips)
    shared = [change for change, times in counted.items() if 2 * times > len(helped)]
    kinds = {c: {k: None for row in helped for f in row.flips if f.change == c for k in f.avoids} for c in shared}
    return tuple(Flip(change, tuple(kinds[change])) for change in shared)


def tier_words(penalty: Penalty) -> str:
    """Say one tier in plain words: '2nd: to 180 days, $1,500'. Days and whole dollars."""
    jail = f"to {_term_words(penalty.jail_max_days)}" if penalty.jail_max_days else "no jail"
    when = " and ".join(key.replace("_", " ") + ("" if v is True else f" {v}") for key, v in penalty.when.items())
    return "".join(
        [
            _ordinal(penalty.nth),
            f" ({when})" if when else "",
            f": {jail}, ${penalty.fine_max:,}",
            ", felony" if penalty.felony else "",
            "" if penalty.verified else " [not verified]",
        ]
    )


def _term_words(days: int) -> str:
    """Say a term: whole years from two years on, days below, where a day more or less decides."""
    return f"{days // 365} years" if days >= 730 and days % 365 == 0 else f"{days:,} days"


def _ordinal(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


def maximum_words(row: Row) -> tuple[str, ...]:
    """Return the tiers of a row in words, by offense number."""
    return tuple(tier_words(p) for p in sorted(row.penalties, key=lambda p: (p.nth, len(p.when))))


def court_words(offense: Offense) -> str:
    """Say what the city court has to do with the offense."""
    said = {
        "municipal": "",
        "outside": "outside the city court",
        "unverified": "whether the city court has jurisdiction is not verified",
    }
    return "; ".join(piece for piece in (offense.grade, said[offense.court]) if piece)


def level_words(reach: Reach, maximum_days: int) -> str:
    """Say the two levels of a reach: 'possible', or 'none; likely with 365 days ordered'."""
    if reach.bare == reach.most:
        return plain(reach.most)
    return f"{plain(reach.bare)}; {plain(reach.most)} with {maximum_days} days ordered"


def plain(level: Level) -> str:
    """A level as a word on paper: 'not analysed'."""
    return level.replace("-", " ")


def cimt_level(row: Row) -> Level:
    """The level of the crime involving moral turpitude category, for which the chart has a column of its own."""
    return next((m.level or "not-analysed" for m in row.matches if m.category == "cimt"), "not-analysed")
