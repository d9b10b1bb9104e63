"""What one count shows by itself for one limb of a ground: categories, labels and typed numbers, each step said.

Most of it does not depend on the count's number or on its days: that part, its standing, is worked out once for all
counts with the same charge, record, disposition and maximum, and remembered by the analyst.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from plea_aid.analysis.analyst import Analyst, looks_at_one
from plea_aid.analysis.charge import Charge, Outcome, facts_of
from plea_aid.analysis.exception import exception_applies
from plea_aid.analysis.levels import lower, rank
from plea_aid.analysis.match import Match
from plea_aid.law.records import Ground, Level, Limb, Offense

Basis = Literal["conviction", "charge", "conduct shown", "conduct pending"]


@dataclass(frozen=True)
class Result:
    """What a limb comes to: a level, the counts it rests on, and the reasons."""

    level: Level
    counts: tuple[int, ...] = ()
    because: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    not_analysed: bool = False


NOTHING = Result("none")


@dataclass(frozen=True)
class Standing:
    """What a count shows for a limb, apart from its number, the days ordered and served, and other counts."""

    basis: Basis
    level: Level
    before: tuple[str, ...]
    """Steps said before the numbers."""
    numbers: tuple[str, ...] | None
    """Steps of the numbers that are met; None where the days ordered or served have a say."""
    after: tuple[str, ...]
    authorities: tuple[str, ...]
    not_analysed: bool = False
    known: dict[tuple[object, ...], Result] = field(default_factory=dict, compare=False)
    """What a count shows, by its number and the steps that its days and the other counts add."""


_Place = tuple[str, int, Limb, Standing]
"""A ground, the place of a limb in it, the limb, and the standing of a count for it."""


class Profile:
    """The standings of every count with the same charge, record, disposition and maximum."""

    def __init__(self, analyst: Analyst, outcome: Outcome) -> None:
        self._analyst, self._outcome = analyst, outcome
        # A limb or ground is kept with what is known of it, so that its identity is not given to another.
        self._standings: dict[tuple[int, str], tuple[Limb, Standing | None]] = {}
        self._near: dict[str, tuple[list[_Place], list[_Place]]] = {}
        self._settled: dict[tuple[str, int | None], tuple[tuple[str, int, Result], ...]] = {}
        self._live: dict[tuple[int, str], tuple[Ground, tuple[tuple[int, Standing], ...]]] = {}

    def near(self, burden: str, outcome: Outcome, others: Sequence[Outcome]) -> Iterator[tuple[str, int, Result]]:
        """Yield what a count shows for the limbs that look at one count: the ground in force, the limb's place in it,
        and the result.

        ``burden`` is that of another ground that takes these over, where it is not their own; empty for each ground's
        own.
        """
        known = self._near.get(burden)
        if known is None:
            known = self._near[burden] = self._places(burden)
        settled = self._settled.get((burden, outcome.number))
        if settled is None:
            if len(self._settled) >= _KEPT:
                self._settled.clear()
            settled = self._settled[burden, outcome.number] = tuple(self._shown(known[0], outcome, others))
        yield from settled
        yield from self._shown(known[1], outcome, others)

    def _places(self, burden: str) -> tuple[list[_Place], list[_Place]]:
        """Return the limbs that can show something: those that show the same whatever the days and the other counts
        are, and the rest.
        """
        same: list[_Place] = []
        rest: list[_Place] = []
        for ground, _, _ in self._analyst.grounds:
            if burden and (burden == ground.burden or ground.id not in self._analyst.taken_over):
                continue
            for place, standing in self.live(ground, burden or ground.burden):
                limb = ground.limbs[place]
                settled = standing.numbers is not None and (not limb.exceptions or standing.not_analysed)
                (same if settled else rest).append((ground.id, place, limb, standing))
        return same, rest

    def _shown(
        self, places: Sequence[_Place], outcome: Outcome, others: Sequence[Outcome]
    ) -> Iterator[tuple[str, int, Result]]:
        for ground_id, place, limb, standing in places:
            result = shown(self._analyst, limb, standing, outcome, others)
            if result is not NOTHING:
                yield ground_id, place, result

    def live(self, ground: Ground, burden: str) -> tuple[tuple[int, Standing], ...]:
        """Return, for the limbs of ``ground`` that look at one count alone, the places that can show something."""
        key = (id(ground), burden)
        known = self._live.get(key)
        if known is None:
            found = []
            for place, limb in enumerate(ground.limbs):
                standing = self.standing(limb, burden) if looks_at_one(limb) else None
                if standing is not None:
                    found.append((place, standing))
            known = self._live[key] = (ground, tuple(found))
        return known[1]

    def standing(self, limb: Limb, burden: str) -> Standing | None:
        """Return the standing for a limb; None when the count can show nothing for it."""
        key = (id(limb), burden)
        known = self._standings.get(key)
        if known is None:
            known = self._standings[key] = (limb, _standing(self._analyst, limb, self._outcome, burden))
        return known[1]


def profile_of(analyst: Analyst, outcome: Outcome) -> Profile:
    """Return the profile of the counts that stand as ``outcome`` does."""
    key = (
        outcome.charged.id,
        outcome.final.id,
        analyst.facts(outcome.record),
        outcome.record.loss,
        outcome.record.marijuana_grams,
        outcome.conviction,
        outcome.disposition.id,
        outcome.maximum_days,
        outcome.felony,
        outcome.supervised,
    )
    return analyst.remember(key, lambda: Profile(analyst, outcome))


def shown(analyst: Analyst, limb: Limb, standing: Standing, outcome: Outcome, others: Sequence[Outcome]) -> Result:
    """Return what a count shows for a limb, its own days and the other counts looked at.

    The same answer is the same object every time, so that what answers come to together can be remembered by them.
    """
    steps = standing.numbers if standing.numbers is not None else _numbers(limb, outcome)
    if steps is None:
        return NOTHING
    level, authorities = standing.level, standing.authorities
    exceptions: tuple[str, ...] = ()
    if limb.exceptions and not standing.not_analysed:
        for name in limb.exceptions:
            exception = analyst.law.exceptions[name]
            applies, sentence = exception_applies(analyst, others, exception, outcome)
            authorities += exception.authorities
            if applies == "yes":
                return NOTHING
            level = lower(level, "possible") if applies == "maybe" else level
            exceptions += (sentence,)
        authorities = tuple(dict.fromkeys(authorities))
    key = (outcome.number or outcome.name, steps, exceptions)
    found = standing.known.get(key)
    if found is None:
        if len(standing.known) >= _KEPT:
            standing.known.clear()
        counts = () if outcome.number is None else (outcome.number,)
        if standing.not_analysed:
            found = Result("none", counts, not_analysed=True)
        else:
            because = (_said(standing.basis, outcome), *standing.before, *steps, *standing.after, *exceptions)
            found = Result(level, counts, tuple(dict.fromkeys(because)), authorities)
        standing.known[key] = found
    return found


def meets_numbers(limb: Limb, standing: Standing, outcome: Outcome) -> bool:
    """Say whether the count's maximum and its days are what the limb asks for."""
    return standing.numbers is not None or _numbers(limb, outcome) is not None


_KEPT = 2_000
"""So many answers of one standing are remembered at most."""


def conviction_authorities(outcome: Outcome) -> list[str]:
    """Return what makes the disposition a conviction in federal law; state procedure is cited with the count."""
    return [a for a in outcome.disposition.authorities if not a.startswith("mca-")]


def _standing(analyst: Analyst, limb: Limb, outcome: Outcome, burden: str) -> Standing | None:
    reached = _basis(limb, outcome)
    if reached is None:
        return None
    basis, level, charges = reached
    before: list[str] = []
    authorities = conviction_authorities(outcome) if limb.basis == "conviction" else []
    offenses = [o for c in charges for o in c.offenses]
    if limb.exclude_flags and all(set(o.flags) & set(limb.exclude_flags) for o in offenses):
        return None
    if limb.any_label or limb.any_flag:
        named = _named(offenses, limb)
        if not named:
            return None
        every = all(_named([o], limb) for o in offenses) or limb.basis == "charge"
        level = level if every else lower(level, "possible")
        before.append(f"{charges[0].cite} is {' or '.join(n.replace('-', ' ') for n in named)} under local law.")
    elif not (limb.any_category or limb.any_offense or _has_number(limb)):
        return None
    numbers: tuple[str, ...] | None = None
    if not _looks_at_days(limb):
        numbers = _numbers(limb, outcome)
        if numbers is None:
            return None
    if limb.any_category:
        match = _category(analyst, limb, outcome, charges, burden)
        if match is None:
            return Standing(basis, "none", (), numbers, (), (), not_analysed=True)
        category_level, category_id, found = match
        if category_level == "none":
            return None
        level = lower(level, category_level)
        before.append(f"{analyst.law.categories[category_id].name}: {category_level}. " + " ".join(found.because))
        authorities += found.authorities
    after: list[str] = []
    for test in (_relation, _loss, _facts):
        part, sentence = test(limb, outcome, charges)
        if part == "none":
            return None
        level = lower(level, part)
        if sentence:
            after.append(sentence)
    return Standing(basis, level, tuple(before), numbers, tuple(after), tuple(dict.fromkeys(authorities)))


def _looks_at_days(limb: Limb) -> bool:
    return limb.ordered_at_least is not None or limb.served_over is not None


def _named(offenses: Sequence[Offense], limb: Limb) -> list[str]:
    return [
        x
        for x in dict.fromkeys((*limb.any_label, *limb.any_flag))
        if any(x in o.labels or x in o.flags for o in offenses)
    ]


def _basis(limb: Limb, outcome: Outcome) -> tuple[Basis, Level, tuple[Charge, ...]] | None:
    """Return how the count meets the limb's basis, how surely, and the charges to look at."""
    rule = outcome.disposition
    if limb.basis == "conviction":
        return None if outcome.conviction == "none" else ("conviction", outcome.conviction, (outcome.final,))
    if limb.pending_only and rule.id != "pending":
        return None
    if limb.basis == "charge":
        amended = outcome.conviction != "none" and outcome.final.id != outcome.charged.id
        return "charge", "certain", (outcome.charged, outcome.final) if amended else (outcome.charged,)
    if outcome.conviction != "none":
        return "conduct shown", "certain", (outcome.final,)
    if rule.id == "pending":
        return "conduct pending", "possible", (outcome.final,)
    return None


def _said(basis: Basis, outcome: Outcome) -> str:
    """Return the step that says how the count meets the basis."""
    rule = outcome.disposition
    if basis == "conviction":
        return f"{outcome.name}: {rule.name[0].lower() + rule.name[1:]}, {_conviction_words(outcome)}."
    if basis == "charge":
        said = f"Count {outcome.number} was charged as {outcome.charged.cite}; no conviction is needed."
        if rule.id != "pending":
            said += " What becomes of the charge later does not undo that."
        return said
    if basis == "conduct shown":
        return f"{outcome.name}: {_conviction_words(outcome)}, which shows the conduct; no conviction was needed."
    return f"Count {outcome.number} is pending: the conduct, if a court finds it, is enough."


def _conviction_words(outcome: Outcome) -> str:
    if outcome.conviction == "certain":
        return "a conviction for immigration purposes"
    return "which may be a conviction for immigration purposes"


def _category(
    analyst: Analyst, limb: Limb, outcome: Outcome, charges: tuple[Charge, ...], burden: str
) -> tuple[Level, str, Match] | None:
    """Return the best category match of the limb, or None when every one of them is not analysed."""
    best: tuple[Level, str, Match] | None = None
    for charge in charges:
        for category_id in limb.any_category:
            match = analyst.match(charge, outcome, category_id)
            level = match.relief_level if burden == "applicant" else match.level
            if level is not None and (best is None or rank(level) > rank(best[0])):
                best = (level, category_id, match)
    return best


def _has_number(limb: Limb) -> bool:
    return limb.supervision_or_suspended or any(
        x is not None
        for x in (
            limb.maximum_at_least,
            limb.maximum_over,
            limb.ordered_at_least,
            limb.served_over,
            limb.felonies_at_least,
        )
    )


def _numbers(limb: Limb, outcome: Outcome) -> tuple[str, ...] | None:
    """Return the arithmetic steps that are met, or None when one is not."""
    most, ordered, served = outcome.maximum_days, outcome.ordered_days, outcome.served_days
    if not (
        (limb.maximum_at_least is None or most >= limb.maximum_at_least)
        and (limb.maximum_over is None or most > limb.maximum_over)
        and (limb.maximum_not_over is None or most <= limb.maximum_not_over)
        and (limb.ordered_at_least is None or ordered >= limb.ordered_at_least)
        and (limb.served_over is None or served > limb.served_over)
        and (limb.felonies_at_least is None or outcome.felony)
        and (not limb.supervision_or_suspended or outcome.supervised)
    ):
        return None
    steps = []
    if limb.maximum_at_least is not None:
        steps.append(f"Maximum possible {most} days, {limb.maximum_at_least} days or more: met.")
    if limb.maximum_over is not None:
        steps.append(f"Maximum possible {most} days, more than {limb.maximum_over} days: met.")
    if limb.maximum_not_over is not None:
        steps.append(f"Maximum possible {most} days, not more than {limb.maximum_not_over} days: met.")
    if limb.ordered_at_least is not None:
        steps.append(
            f"Term ordered {outcome.ordered_words}, {limb.ordered_at_least} days or more, suspended time counted: met."
        )
    if limb.served_over is not None:
        steps.append(f"Time to be served {served} days, more than {limb.served_over} days: met.")
    if limb.felonies_at_least is not None:
        steps.append("A felony: met.")
    if limb.supervision_or_suspended:
        steps.append("The option carries suspended time, a deferral or supervision: met.")
    return tuple(steps)


def _relation(limb: Limb, outcome: Outcome, charges: tuple[Charge, ...]) -> tuple[Level, str]:
    """The victim's relation: an element, or what the record shows; courts differ on whether facts may show it."""
    if not limb.relation:
        return "certain", ""
    elements = [w.elements.get("victim", ()) for c in charges for o in c.offenses for w in o.ways]
    if elements and all(v and set(v) <= set(limb.relation) for v in elements):
        return "certain", "The relation to the victim is an element of the offense."
    named = (outcome.record.victim or "unspecified").strip().lower()
    if named in limb.relation:
        return "likely", "The record of conviction would show the relation to the victim (Tokatly v. Ashcroft)."
    if named == "unspecified":
        return "possible", (
            "The relation to the victim is not an element and the record is open: the Ninth Circuit looks at the "
            "record of conviction only, the Board at the facts."
        )
    return "none", ""


def _loss(limb: Limb, outcome: Outcome, charges: tuple[Charge, ...]) -> tuple[Level, str]:
    if limb.loss_over is None:
        return "certain", ""
    loss = outcome.record.loss
    if loss is None:
        over = outcome.maximum_days > 365 or outcome.felony
        if over:
            return "possible", f"The loss is not stated; the ground needs more than ${limb.loss_over:,.0f}."
        return "unlikely", (
            f"The loss is not stated; a misdemeanor of this kind rarely exceeds ${limb.loss_over:,.0f}, which the "
            "ground needs."
        )
    if loss > limb.loss_over:
        return "certain", f"Loss ${loss:,.2f}, more than ${limb.loss_over:,.0f}: met."
    return "none", ""


def _facts(limb: Limb, outcome: Outcome, charges: tuple[Charge, ...]) -> tuple[Level, str]:
    """Facts of the record the limb turns on: met, not met, or not known (never clear)."""
    given = facts_of(outcome.record)
    level: Level = "certain"
    for key, wanted in limb.facts.items():
        answer = given.get(key)
        said = str(answer).lower() if isinstance(answer, bool) else answer
        if said is None or said == "unspecified":
            level = lower(level, "possible")
        elif said != wanted:
            return "none", ""
    open_ = "The record does not settle a fact this turns on, so the answer stays open."
    return level, "" if level == "certain" else open_
