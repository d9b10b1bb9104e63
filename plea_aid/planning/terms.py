"""The grounds of federal law taken apart into terms that counts can be read against one by one.

A ground looks at a whole option: at each count alone, at how many counts qualify, at whether there is another one, and
at terms added up. Each of those is a term here. A term is read on one count at a time by the same engine that assesses
a case (the ground's limb without the part that looks at other counts), and what the counts show is then put together
by arithmetic. The arithmetic only ever rises: another conviction, a higher level or a longer term never lowers a
finding. That is what lets the planner drop a beaten part of an option for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.case import Case
from plea_aid.analysis.charge import Outcome, facts_of, resolve_charge
from plea_aid.analysis.levels import rank
from plea_aid.analysis.limb import Situation
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
class Reading:
    """What one count shows: for each term a level if there is no, perhaps one, or surely another, as ranks 0 to 4."""

    levels: tuple[tuple[int, int, int], ...]
    not_analysed: frozenset[int]
    others: tuple[int, ...]
    """For each lone exception: does this count make another? 0 no, 1 perhaps, 2 surely."""
    conviction: int
    ordered_days: int
    served_days: int
    columns: tuple[int, ...] = ()
    """What it reaches by itself in each column of ``TakenApart.consequences``."""


@dataclass(frozen=True)
class Consequence:
    """The highest level of one kind for one or more postures that always agree."""

    feeds: tuple[Feed, ...]
    unsure: frozenset[int]
    stands_for: tuple[tuple[str, Kind], ...]


@dataclass
class TakenApart:
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
        self._direct: set[tuple[int, str, str]] = set()
        self.unsure: dict[tuple[str, str], frozenset[int]] = {}
        """Terms whose missing doctrine leaves a ground for a posture undecided, never clear."""
        for ground in self.law.grounds.values():
            if ground.in_force.in_force(self.day):
                self._take_apart(ground)
        self._steps()
        self.cells = self._cells()
        self.consequences = self._consequences()
        apart = _alone(self.law)
        self._analyst = Analyst(apart, self.day)
        self._synthetic = _synthetic_grounds(self.law, self.terms)
        self._readings: dict[tuple[object, ...], Reading] = {}
        self._reach: dict[tuple[object, ...], list[tuple[Ground, tuple[int, ...]]]] = {}

    # ----- taking apart

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

    def _alone(self, column: Consequence, levels: Sequence[tuple[int, int, int]], unknown: set[int]) -> int:
        """Return what one count reaches by itself; a ground left unanalysed counts as possible, never as clear."""
        level = POSSIBLE if column.unsure & unknown else 0
        for feed in column.feeds:
            term = self.terms[feed.term]
            if levels[feed.term][0] and not (term.lone or term.tally or term.total):
                level = max(level, min(levels[feed.term][0], feed.cap))
        return level

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

    # ----- reading counts

    def read(self, outcome: Outcome) -> Reading:
        """Return what one count, or one prior, shows by itself. Readings are remembered by what they depend on."""
        key = (
            outcome.is_prior,
            outcome.charged.id,
            outcome.final.id,
            tuple(sorted(facts_of(outcome.record).items(), key=str)),
            outcome.record.loss,
            outcome.record.marijuana_grams,
            outcome.conviction,
            outcome.disposition.id == "pending",
            outcome.maximum_days,
            outcome.felony,
            outcome.ordered_days,
            outcome.served_days,
            outcome.supervised,
        )
        found = self._readings.get(key)
        if found is None:
            if len(self._readings) >= _READINGS_KEPT:
                self._readings.clear()
            found = self._readings[key] = self._read(outcome)
        return found

    def _read(self, outcome: Outcome) -> Reading:
        single = replace(outcome, number=0) if outcome.is_prior else outcome
        situation = Situation(self._analyst, (single,))
        levels: list[tuple[int, int, int]] = [(0, 0, 0)] * len(self.terms)
        unknown: set[int] = set()
        for ground, places in self._within_reach(single):
            for place, (limb, result) in zip(places, situation.limbs(ground, ground.burden), strict=True):
                level = rank(result.level)
                if result.not_analysed:
                    unknown.add(place)
                if not self.terms[place].lone:
                    levels[place] = (level, level, level)
                elif limb.says == _WITH_EXCEPTION:
                    # The level while there is no other; without the exception it is what 'surely another' gives.
                    without = levels[place][2]
                    perhaps = without if level == without else min(without, POSSIBLE)
                    levels[place] = (level, perhaps, without)
                else:
                    levels[place] = (0, 0, level)
        return Reading(
            levels=tuple(levels),
            not_analysed=frozenset(unknown),
            others=tuple(self._other(single, e) for e in self.lone),
            conviction=rank(outcome.conviction),
            ordered_days=outcome.ordered_days,
            served_days=outcome.served_days,
            columns=tuple(self._alone(c, levels, unknown) for c in self.consequences),
        )

    def _within_reach(self, outcome: Outcome) -> list[tuple[Ground, tuple[int, ...]]]:
        """Return the synthetic grounds without the limbs whose category, label or flag the charge does not have."""
        facts = tuple(sorted(facts_of(outcome.record).items(), key=str))
        key = (outcome.charged.id, outcome.final.id, facts)
        found = self._reach.get(key)
        if found is None:
            charges = (outcome.charged, outcome.final)
            matches = [self._analyst.match(c, outcome, name) for c in charges for name in self.law.categories]
            met = {m.category for m in matches if m.level != "none" or m.relief_level != "none"}
            offenses = [o for c in charges for o in c.offenses]
            names = {x for o in offenses for x in (*o.labels, *o.flags)}
            found = self._reach[key] = [_kept(ground, places, met, names) for ground, places in self._synthetic]
        return found

    def _other(self, outcome: Outcome, exception: GroundException) -> int:
        if outcome.conviction == "none":
            return 0
        level = self._analyst.match(outcome.final, outcome, exception.category).level or "possible"
        return max(0, min(rank(level), rank(outcome.conviction), rank("likely")) - 1)


def taken_apart(law: Law, day: date, case: Case | None = None) -> TakenApart:
    """Return the grounds of ``law`` on ``day`` taken apart; what was read under them is remembered in the process.

    Of a ground that takes others over and asks for a sum of terms besides, the sum is not read: where no option of
    ``case`` can reach it the ground is left out, exactly; where one can (or no case is given) the ground stands at the
    level of those it takes over, which is never too low.
    """
    in_reach = case is None or _sums_in_reach(law, case)
    known: dict[tuple[date, bool], TakenApart] = law.memory.setdefault(TakenApart, {})
    found = known.get((day, in_reach))
    if found is None:
        while len(known) >= _DAYS_KEPT:
            known.pop(next(iter(known)), None)
        found = known[day, in_reach] = TakenApart(law, day, in_reach)
    return found


def _sums_in_reach(law: Law, case: Case) -> bool:
    """Say whether the longest terms of every offense a count could end in, with the priors', reach such a sum."""
    limbs = [x for g in law.grounds.values() for x in g.limbs if x.described_in]
    sums = [x.total_ordered_at_least for x in limbs if x.total_ordered_at_least is not None]
    if not sums:
        return False
    longest = sum(p.sentence_days for p in case.prior)
    for count in case.count:
        named = [count.offense, *(p.offense for o in case.option for p in o.count if p.number == count.number)]
        offenses = [o for text in named if text for o in resolve_charge(law, text).offenses]
        offenses += [x for o in offenses for a in o.alternatives for x in law.find(a.offense)]
        longest += max(p.jail_max_days for o in offenses for p in o.penalties)
    return longest >= min(sums)


_DAYS_KEPT = 4
_WITH_EXCEPTION = "with the exception"
_READINGS_KEPT = 50_000


def _merged(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """Return each term once, with its highest cap."""
    caps: dict[int, int] = {}
    for f in feeds:
        caps[f.term] = max(caps.get(f.term, 0), f.cap)
    return tuple(Feed(term, cap) for term, cap in sorted(caps.items()))


def _alone(law: Law) -> Law:
    """Return the law with every exception read as if no other conviction could defeat it."""
    exceptions = {name: e.model_copy(update={"only_one_ever": False}) for name, e in law.exceptions.items()}
    return replace(law, exceptions=exceptions)


def _synthetic_grounds(law: Law, terms: Sequence[Term]) -> list[tuple[Ground, tuple[int, ...]]]:
    """Return one ground for each burden of proof that holds every term to be read on a count, and their places."""
    found = []
    for burden in ("government", "applicant"):
        limbs: list[Limb] = []
        places: list[int] = []
        for place, term in enumerate(terms):
            if term.total or (term.burden or "government") != burden:
                continue
            if term.lone:
                kept = tuple(e for e in term.limb.exceptions if e != term.lone)
                limbs.append(term.limb.model_copy(update={"exceptions": kept}))
                limbs.append(term.limb.model_copy(update={"says": _WITH_EXCEPTION}))
                places += [place, place]
            else:
                limbs.append(term.limb)
                places.append(place)
        ground = next(iter(law.grounds.values())).model_copy(
            update={"id": f"terms of the {burden}", "limbs": tuple(limbs), "authorities": (), "burden": burden}
        )
        found.append((ground, tuple(places)))
    return found


def _kept(
    ground: Ground, places: Sequence[int], categories: set[str], names: set[str]
) -> tuple[Ground, tuple[int, ...]]:
    pairs = [
        (limb, place)
        for limb, place in zip(ground.limbs, places, strict=True)
        if (not limb.any_category or categories.intersection(limb.any_category))
        and (not (limb.any_label or limb.any_flag) or names.intersection((*limb.any_label, *limb.any_flag)))
    ]
    return ground.model_copy(update={"limbs": tuple(x for x, _ in pairs)}), tuple(p for _, p in pairs)


def level_of(value: int) -> Level:
    """Return the level of a rank."""
    return _LEVELS[value]


_LEVELS: tuple[Level, ...] = ("none", "unlikely", "possible", "likely", "certain")
