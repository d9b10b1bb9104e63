"""The footprint of one count: everything its levels can depend on, and nothing else.

Two counts with the same footprint come to the same levels in every option, whatever stands beside them, so long as no
sum of days over the whole option reaches a total that a ground asks for. Words, sources and counts' numbers are left
out, which is why a footprint serves to say whether levels change and for nothing that is shown.
"""

from __future__ import annotations

from collections.abc import Hashable

from plea_aid.analysis.analyst import Analyst, looks_at_one
from plea_aid.analysis.charge import Outcome
from plea_aid.analysis.exception import answer_alone, weight_for_others
from plea_aid.analysis.single import Standing, meets_numbers, profile_of
from plea_aid.law.records import Ground, Limb

Footprint = tuple[tuple[int, Hashable], ...]


_OF_ONE_COUNT = {
    "maximum_at_least", "maximum_over", "maximum_not_over", "ordered_at_least", "served_over", "felonies_at_least",
    "supervision_or_suspended", "any_category", "any_label", "any_flag", "any_offense", "exclude_flags", "relation",
    "loss_over", "facts", "pending_only", "says", "authorities",
}  # fmt: skip
"""Fields of a limb that ask about one count, which its footprint answers; ``says`` and ``authorities`` are words."""


class Footprints:
    """Footprints of counts and priors for the grounds of one analyst's law."""

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst
        law = analyst.law
        burdens = tuple(dict.fromkeys(g.burden for g in law.grounds.values()))
        limbs = [
            limb if looks_at_one(limb) else analyst.bare(limb)
            for ground in law.grounds.values()
            for limb in ground.limbs
            if looks_at_one(limb) or limb.convictions_at_least is not None
        ]
        self._asked = tuple((limb, burden) for limb in limbs for burden in burdens)
        named = {name for limb in limbs for name in limb.exceptions}
        self._exceptions = tuple(e for e in law.exceptions.values() if e.id in named and e.only_one_ever)

        self.across: Hashable = (
            tuple(self._across(ground) for ground in law.grounds.values()),
            tuple((e.id, e.substance is None) for e in self._exceptions),
        )
        """What is asked of several counts together, and for whom: where two laws do not differ in it, an option whose
        counts have the same footprints under both comes to the same levels."""

    def _across(self, ground: Ground) -> Hashable:
        postures, in_force = self._analyst.law.posture_ids(ground.postures), self._analyst.has(ground)
        limbs = tuple(str(sorted(limb.model_dump(exclude=_OF_ONE_COUNT).items())) for limb in ground.limbs)
        return ground.id, ground.burden, postures, in_force, limbs

    def of(self, outcome: Outcome) -> Footprint:
        """Return the footprint of an outcome; empty when nothing can come of it, alone or beside others."""
        profile = profile_of(self._analyst, outcome)
        found: list[tuple[int, Hashable]] = []
        for place, (limb, burden) in enumerate(self._asked):
            standing = profile.standing(limb, burden)
            if standing is not None:
                read = self._read(limb, standing, outcome)
                if read is not None:
                    found.append((place, read))
        for place, exception in enumerate(self._exceptions, start=len(self._asked)):
            weight = weight_for_others(self._analyst, exception, outcome)
            if weight != "none":
                found.append((place, weight))
        return tuple(found)

    def _read(self, limb: Limb, standing: Standing, outcome: Outcome) -> Hashable:
        if not meets_numbers(limb, standing, outcome):
            return None
        if standing.not_analysed:
            return "not-analysed"
        exceptions = tuple(
            answer_alone(self._analyst, self._analyst.law.exceptions[name], outcome) for name in limb.exceptions
        )
        return standing.level, exceptions
