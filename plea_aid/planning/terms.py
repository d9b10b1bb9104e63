"""The grounds of federal law taken apart into terms that counts can be read against one by one.

A ground looks at a whole option: at each count alone, at how many counts qualify, at whether there is another one, and
at terms added up. Each of those is a term here; ``readings`` reads the terms on counts, and what the counts show is
then put together by arithmetic (``fold``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from plea_aid.analysis.levels import rank
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Ground, GroundException, Kind, Level, Limb

POSSIBLE = rank("possible")
CERTAIN = rank("certain")


@dataclass(frozen=True)
class Term:
    """One test of a ground with the part that looks at other counts set apart."""

    limb: Limb
    """What one count alone is read against; no cap, no tally, no sum."""
    burden: str
    needs: int = 1
    """How many counts (or schemes of misconduct) must qualify."""
    tally: bool = False
    """Priors qualify too, and at least one count of this case must be among them."""
    by_scheme: bool = False
    lone: str = ""
    """Id of an exception that holds only while no other conviction is of its category."""
    total: Literal["", "ordered", "served"] = ""
    total_needs: int = 0


@dataclass(frozen=True)
class Feed:
    """A term that can raise a consequence, up to a cap."""

    term: int
    cap: int


@dataclass(frozen=True)
class Cell:
    """Grounds for postures that are fed by the same terms and so always come to the same."""

    feeds: tuple[Feed, ...]
    unsure: frozenset[int]
    """Terms whose missing doctrine leaves the ground undecided, never clear."""
    stands_for: tuple[tuple[str, str], ...] = ()
    """Ground and posture."""


@dataclass(frozen=True)
class Consequence:
    """The highest level of one kind for one or more postures that always agree."""

    feeds: tuple[Feed, ...]
    unsure: frozenset[int]
    stands_for: tuple[tuple[str, Kind], ...]


@dataclass
class GroundTerms:
    """Every ground in force on a day as terms, with the columns (posture and kind) each of them feeds."""

    law: Law
    day: date
    sums_in_reach: bool = True
    """Whether terms ordered over the whole option can reach the sum that a ground which takes others over asks for."""
    terms: list[Term] = field(default_factory=list)
    grounds: dict[tuple[str, str], tuple[Feed, ...]] = field(default_factory=dict)
    """Feeds of a ground for a posture."""
    columns: dict[tuple[str, Kind], tuple[Feed, ...]] = field(default_factory=dict)
    lone: list[GroundException] = field(default_factory=list)
    ordered_steps: frozenset[int] = frozenset()
    """Longest terms ordered, in days, that stay under a threshold on one count."""
    served_steps: frozenset[int] = frozenset()
    ordered_total: frozenset[int] = frozenset()
    served_total: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self._index: dict[tuple[str, ...], int] = {}
        self.unsure: dict[tuple[str, str], frozenset[int]] = {}
        """Terms whose missing doctrine leaves a ground for a posture undecided, never clear."""
        for ground in self.law.grounds.values():
            if ground.in_force.in_force(self.day):
                self._take_apart(ground)
        self._steps()
        self.cells = self._cells()
        self.consequences = self._consequences()

    def _take_apart(self, ground: Ground) -> None:
        for posture in self.law.posture_ids(ground.postures):
            feeds: list[Feed] = []
            unsure: set[int] = set()
            for limb in ground.limbs:
                if limb.postures and posture not in limb.postures:
                    continue
                found = self._feeds(limb, ground.burden, frozenset({(ground.id, False)}))
                feeds += found
                if not limb.described_in:
                    unsure |= {f.term for f in found if not self.terms[f.term].tally}
            merged = _merged(feeds)
            self.grounds[ground.id, posture] = merged
            self.unsure[ground.id, posture] = frozenset(unsure)
            key = (posture, ground.kind)
            self.columns[key] = _merged((*self.columns.get(key, ()), *merged))

    def _feeds(self, limb: Limb, burden: str, seen: frozenset[tuple[str, bool]]) -> list[Feed]:
        cap = rank(limb.level_at_most) if limb.level_at_most else CERTAIN
        if not limb.described_in:
            return [Feed(self._term(limb, burden), cap)]
        if limb.total_ordered_at_least is not None and not self.sums_in_reach:
            return []
        only = limb.described_by == "conviction"
        found = []
        for name in limb.described_in:
            if (name, only) in seen:
                continue
            for inner in self.law.grounds[name].limbs:
                if not only or inner.basis == "conviction" or inner.described_in:
                    found += self._feeds(inner, burden, seen | {(name, only)})
        return [Feed(f.term, min(f.cap, cap)) for f in found]

    def _term(self, limb: Limb, burden: str) -> int:
        needed = limb.total_ordered_at_least
        lone = [e for e in limb.exceptions if self.law.exceptions[e].only_one_ever]
        tally = limb.convictions_at_least is not None
        bare = limb.model_copy(
            update={
                "says": "",
                "postures": (),
                "authorities": (),
                "level_at_most": None,
                "convictions_at_least": None,
                "separate_schemes": False,
                "within_years_of_admission": None,
                "within_years": None,
            }
        )
        if needed is not None or limb.total_served_at_least is not None:
            term = Term(
                bare,
                "",
                needs=limb.convictions_at_least or 1,
                total="ordered" if needed is not None else "served",
                total_needs=needed if needed is not None else limb.total_served_at_least or 0,
            )
        else:
            if len(lone) > 1 or (lone and tally):
                raise ValueError(
                    "the planner can read one exception for a lone offense on a limb, and none on a limb that counts "
                    f"convictions; this limb has {', '.join(lone)}: {limb.says}"
                )
            term = Term(
                bare,
                burden if limb.any_category else "",
                needs=limb.convictions_at_least or 1,
                tally=tally,
                by_scheme=tally and limb.separate_schemes,
                lone=lone[0] if lone else "",
            )
            if lone and self.law.exceptions[lone[0]] not in self.lone:
                self.lone.append(self.law.exceptions[lone[0]])
        shown = (term.burden, str(term.needs), str(tally), str(term.by_scheme), term.total, str(term.total_needs))
        key = (bare.model_dump_json(exclude_defaults=True), *shown)
        place = self._index.get(key)
        if place is None:
            place = self._index[key] = len(self.terms)
            self.terms.append(term)
        return place

    def _cells(self) -> tuple[Cell, ...]:
        alike: dict[Cell, list[tuple[str, str]]] = {}
        for key, feeds in self.grounds.items():
            alike.setdefault(Cell(feeds, self.unsure[key]), []).append(key)
        return tuple(replace(cell, stands_for=tuple(keys)) for cell, keys in alike.items())

    def _consequences(self) -> tuple[Consequence, ...]:
        alike: dict[tuple[tuple[Feed, ...], frozenset[int]], list[tuple[str, Kind]]] = {}
        for key, feeds in self.columns.items():
            posture, kind = key
            of_kind = [u for (g, p), u in self.unsure.items() if p == posture and self.law.grounds[g].kind == kind]
            alike.setdefault((feeds, frozenset().union(*of_kind)), []).append(key)
        return tuple(Consequence(feeds, unsure, tuple(keys)) for (feeds, unsure), keys in alike.items())

    def cell(self, ground: str, postures: Iterable[str]) -> Cell:
        """Return what decides a ground for the worst placed of ``postures``."""
        keys = [(ground, p) for p in postures if (ground, p) in self.grounds]
        feeds = _merged(f for key in keys for f in self.grounds[key])
        return Cell(feeds, frozenset().union(*(self.unsure[key] for key in keys)))

    def _steps(self) -> None:
        limbs = [t.limb for t in self.terms if not t.total]
        exceptions = [self.law.exceptions[e] for limb in limbs for e in limb.exceptions]
        ordered = {x.ordered_at_least - 1 for x in limbs if x.ordered_at_least is not None}
        ordered |= {e.ordered_not_over for e in exceptions if e.ordered_not_over is not None}
        self.ordered_steps = frozenset(ordered)
        self.served_steps = frozenset(x.served_over for x in limbs if x.served_over is not None)
        self.ordered_total = frozenset(t.total_needs for t in self.terms if t.total == "ordered")
        self.served_total = frozenset(t.total_needs for t in self.terms if t.total == "served")


def _merged(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """Return each term once, with its highest cap."""
    caps: dict[int, int] = {}
    for f in feeds:
        caps[f.term] = max(caps.get(f.term, 0), f.cap)
    return tuple(Feed(term, cap) for term, cap in sorted(caps.items()))


def level_of(value: int) -> Level:
    """Return the level of a rank."""
    return _LEVELS[value]


_LEVELS: tuple[Level, ...] = ("none", "unlikely", "possible", "likely", "certain")
