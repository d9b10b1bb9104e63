"""The analyst: reads charges under one law as of one day, remembering what has been worked out."""

from __future__ import annotations

from datetime import date

from plea_aid.analysis.case import Record
from plea_aid.analysis.charge import Charge, Outcome, facts_of
from plea_aid.analysis.match import Match
from plea_aid.analysis.memory import Memory
from plea_aid.analysis.reader import Facts, Reader
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Ground, Limb

_KEPT = 50_000
"""So many things are remembered at most."""


class Analyst:
    """Matches charges with categories as of one day, remembering what it has already worked out."""

    def __init__(self, law: Law, day: date, reader: Reader | None = None) -> None:
        self.law, self.day = law, day
        self.reader = reader or Reader(law, day)
        """Of the same law, the grounds apart, as of the same day; one of its own by default."""
        self.remember = Memory(_KEPT)
        self.grounds: tuple[tuple[Ground, tuple[str, ...], bool], ...] = tuple(
            (g, self.law.posture_ids(g.postures), all(looks_at_one(limb) for limb in g.limbs))
            for g in self.law.grounds.values()
            if g.in_force.in_force(self.day)
        )
        """The grounds in force on the day, with the ids of their postures and whether they look at each count alone."""
        self.taken_over = frozenset(n for g in self.law.grounds.values() for limb in g.limbs for n in limb.described_in)
        """The ids of the grounds that a limb of another takes over."""
        self._one_by_one = {id(g): one_by_one for g, _, one_by_one in self.grounds}
        self._described: dict[int, tuple[Limb, tuple[tuple[Ground, bool], ...]]] = {}
        self._bare: dict[int, tuple[Limb, Limb]] = {}

    def facts(self, record: Record) -> Facts:
        """Return the facts a record names, in an order of their own."""
        given = facts_of(record)
        return tuple(sorted(given.items(), key=str)) if given else ()

    def has(self, ground: Ground) -> bool:
        """Say whether the ground is one of the law's that is in force on the day."""
        return id(ground) in self._one_by_one

    def looks_at_each(self, ground: Ground) -> bool:
        """Say whether the ground is in force on the day and all its limbs look at each count alone."""
        return self._one_by_one.get(id(ground), False)

    def described(self, limb: Limb) -> tuple[tuple[Ground, bool], ...]:
        """Return the grounds that the limb takes over and that have a test, and whether each is one in force that looks
        at each count alone.
        """
        known = self._described.get(id(limb))
        if known is None:
            grounds = [g for g in (self.law.grounds[name] for name in limb.described_in) if g.limbs]
            known = self._described[id(limb)] = (limb, tuple((g, self._one_by_one.get(id(g), False)) for g in grounds))
        return known[1]

    def match(self, charge: Charge, outcome: Outcome, category_id: str) -> Match:
        """Return how ``charge``, with the record of ``outcome``, meets the category."""
        return self.reader.match(charge, self.facts(outcome.record), category_id)

    def matches(self, charge: Charge, outcome: Outcome) -> tuple[Match, ...]:
        """Return how ``charge``, with the record of ``outcome``, meets every category, in the law's order."""
        facts = self.facts(outcome.record)
        return self.remember(
            (charge.id, facts), lambda: tuple(self.match(charge, outcome, name) for name in self.law.categories)
        )

    def bare(self, limb: Limb) -> Limb:
        """Return a limb that counts convictions as it is read on each of them."""
        known = self._bare.get(id(limb))
        if known is None:
            alone = {"convictions_at_least": None, "separate_schemes": False, "level_at_most": None}
            known = self._bare[id(limb)] = (limb, limb.model_copy(update=alone))
        return known[1]


def analyst_of(law: Law, day: date) -> Analyst:
    """Return the analyst of this process for a law and a day; what it worked out for one case serves the next."""
    known: dict[date, Analyst] = law.memory.setdefault(Analyst, {})
    found = known.get(day)
    if found is None:
        while len(known) >= _DAYS_KEPT:
            known.pop(next(iter(known)), None)
        found = known[day] = Analyst(law, day)
    return found


_DAYS_KEPT = 8


def looks_at_one(limb: Limb) -> bool:
    """Say whether the limb looks at each count alone: it adds nothing up and takes nothing over."""
    return not limb.described_in and (
        limb.total_ordered_at_least is None and limb.total_served_at_least is None and limb.convictions_at_least is None
    )
