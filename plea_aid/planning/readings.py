"""Counts read against the terms of the grounds, one count at a time, by the same engine that assesses a case.

A term is the ground's limb without the part that looks at other counts. Putting together what the counts show only
ever rises: another conviction, a higher level or a longer term never lowers a finding. That is what lets the planner
drop a beaten part of an option for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.case import Case
from plea_aid.analysis.charge import Outcome, facts_of, resolve_charge
from plea_aid.analysis.levels import rank
from plea_aid.analysis.limb import Situation
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Ground, GroundException, Limb
from plea_aid.planning.terms import POSSIBLE, Consequence, GroundTerms, Term

_DAYS_KEPT = 4
_READINGS_KEPT = 50_000
_WITH_EXCEPTION = "with the exception"


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


class TakenApart(GroundTerms):
    """The terms of every ground in force on a day, and what counts show when they are read against them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._analyst = Analyst(_alone(self.law), self.day)
        self._synthetic = _synthetic_grounds(self.law, self.terms)
        self._readings: dict[tuple[object, ...], Reading] = {}
        self._reach: dict[tuple[object, ...], list[tuple[Ground, tuple[int, ...]]]] = {}

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
            columns=tuple(self._by_itself(c, levels, unknown) for c in self.consequences),
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

    def _by_itself(self, column: Consequence, levels: Sequence[tuple[int, int, int]], unknown: set[int]) -> int:
        """Return what one count reaches by itself; a ground left unanalysed counts as possible, never as clear."""
        level = POSSIBLE if column.unsure & unknown else 0
        for feed in column.feeds:
            term = self.terms[feed.term]
            if levels[feed.term][0] and not (term.lone or term.tally or term.total):
                level = max(level, min(levels[feed.term][0], feed.cap))
        return level


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
