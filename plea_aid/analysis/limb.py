"""Evaluate the limbs of a ground: categories, labels and typed numbers, each step said with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.charge import Charge, Outcome, facts_of
from plea_aid.analysis.exception import exception_applies
from plea_aid.analysis.levels import higher, lower, rank
from plea_aid.analysis.match import Match
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Ground, Level, Limb, Offense


@dataclass(frozen=True)
class Result:
    """What a limb comes to: a level, the counts it rests on, and the reasons."""

    level: Level
    counts: tuple[int, ...] = ()
    because: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    not_analysed: bool = False


NOTHING = Result("none")


@dataclass
class Situation:
    """One option of one case, ready to be asked about grounds."""

    analyst: Analyst
    outcomes: tuple[Outcome, ...]
    _results: dict[tuple[str, str, bool], tuple[tuple[Limb, Result], ...]] = field(default_factory=dict)

    @property
    def law(self) -> Law:
        """The law the situation is read under."""
        return self.analyst.law

    def limbs(self, ground: Ground, burden: str, convictions_only: bool = False) -> tuple[tuple[Limb, Result], ...]:
        """Return each limb of ``ground`` with its result under the burden of proof named."""
        key = (ground.id, burden, convictions_only)
        found = self._results.get(key)
        if found is None:
            self._results[key] = ()  # a ground described in itself adds nothing
            found = tuple(
                (limb, _limb(self, ground, limb, burden))
                for limb in ground.limbs
                if not convictions_only or limb.basis == "conviction" or limb.described_in
            )
            self._results[key] = found
        return found


def _limb(situation: Situation, ground: Ground, limb: Limb, burden: str) -> Result:
    if limb.described_in:
        result = _described(situation, limb, burden)
        if limb.total_ordered_at_least is not None:
            result = _both(result, _total(situation, limb))
    elif limb.total_ordered_at_least is not None or limb.total_served_at_least is not None:
        result = _total(situation, limb)
    elif limb.convictions_at_least is not None:
        result = _tally(situation, limb, burden)
    else:
        result = _best([_one(situation, limb, o, burden) for o in situation.outcomes if not o.is_prior])
    if limb.level_at_most and rank(result.level) > rank(limb.level_at_most):
        result = Result(limb.level_at_most, result.counts, result.because, result.authorities, result.not_analysed)
    if result.level != "none":
        named = limb.authorities or ground.authorities
        extra: tuple[str, ...] = ()
        if limb.within_years_of_admission:
            extra = (
                f"This holds only if the offense was committed within {limb.within_years_of_admission} years of "
                "admission; after that it does not.",
            )
        if limb.within_years:
            extra = (*extra, f"It looks at the last {limb.within_years} years only.")
        result = Result(
            result.level,
            result.counts,
            (*result.because, *extra),
            tuple(dict.fromkeys((*named, *result.authorities))),
            result.not_analysed,
        )
    return result


def _both(one: Result, other: Result) -> Result:
    """Return two results that must both hold as one."""
    if "none" in (one.level, other.level):
        return NOTHING
    return Result(
        lower(one.level, other.level),
        tuple(dict.fromkeys((*one.counts, *other.counts))),
        (*one.because, *other.because),
        tuple(dict.fromkeys((*one.authorities, *other.authorities))),
    )


def _best(results: Sequence[Result]) -> Result:
    """Return the results of several counts as one: the highest level, with the counts and reasons at that level."""
    top = higher(r.level for r in results)
    missing = any(r.not_analysed for r in results)
    if top == "none":
        return Result("none", tuple(n for r in results if r.not_analysed for n in r.counts), not_analysed=missing)
    chosen = [r for r in results if r.level == top]
    return Result(
        top,
        tuple(dict.fromkeys(n for r in chosen for n in r.counts)),
        tuple(dict.fromkeys(s for r in chosen for s in r.because)),
        tuple(dict.fromkeys(a for r in chosen for a in r.authorities)),
        missing,
    )


def _one(situation: Situation, limb: Limb, outcome: Outcome, burden: str) -> Result:
    """Evaluate a limb on one count alone."""
    numbers = () if outcome.number is None else (outcome.number,)
    reached = _basis(limb, outcome)
    if reached is None:
        return NOTHING
    level, because, charges = reached
    steps = [because]
    authorities = _conviction_authorities(outcome) if limb.basis == "conviction" else []
    offenses = [o for c in charges for o in c.offenses]
    if limb.exclude_flags and all(set(o.flags) & set(limb.exclude_flags) for o in offenses):
        return NOTHING
    if limb.any_label or limb.any_flag:
        named = _named(offenses, limb)
        if not named:
            return NOTHING
        every = all(_named([o], limb) for o in offenses) or limb.basis == "charge"
        level = level if every else lower(level, "possible")
        steps.append(f"{charges[0].cite} is {' or '.join(n.replace('-', ' ') for n in named)} under local law.")
    if limb.any_category:
        match = _category(situation, limb, outcome, charges, burden)
        if match is None:
            return Result("none", numbers, not_analysed=_numbers(limb, outcome) is not None)
        category_level, category_id, found = match
        if category_level == "none":
            return NOTHING
        level = lower(level, category_level)
        steps.append(f"{situation.law.categories[category_id].name}: {category_level}. " + " ".join(found.because))
        authorities += found.authorities
    elif not (limb.any_label or limb.any_flag or limb.any_offense or _has_number(limb)):
        return NOTHING
    said = _numbers(limb, outcome)
    if said is None:
        return NOTHING
    steps += said
    for test in (_relation, _loss, _facts):
        part, sentence = test(situation, limb, outcome, charges)
        if part == "none":
            return NOTHING
        level = lower(level, part)
        if sentence:
            steps.append(sentence)
    for name in limb.exceptions:
        exception = situation.law.exceptions[name]
        applies, sentence = exception_applies(situation.analyst, situation.outcomes, exception, outcome)
        authorities += exception.authorities
        if applies == "yes":
            return NOTHING
        level = lower(level, "possible") if applies == "maybe" else level
        steps.append(sentence)
    return Result(level, numbers, tuple(steps), tuple(dict.fromkeys(authorities)))


def _conviction_authorities(outcome: Outcome) -> list[str]:
    """Return what makes the disposition a conviction in federal law; state procedure is cited with the count."""
    return [a for a in outcome.disposition.authorities if not a.startswith("mca-")]


def _named(offenses: Sequence[Offense], limb: Limb) -> list[str]:
    return [
        x
        for x in dict.fromkeys((*limb.any_label, *limb.any_flag))
        if any(x in o.labels or x in o.flags for o in offenses)
    ]


def _basis(limb: Limb, outcome: Outcome) -> tuple[Level, str, tuple[Charge, ...]] | None:
    """Return how surely the count meets the limb's basis, the step that says so, and the charges to look at."""
    rule = outcome.disposition
    if limb.basis == "conviction":
        if outcome.conviction == "none":
            return None
        said = f"{outcome.name}: {rule.name[0].lower() + rule.name[1:]}, {_conviction_words(outcome)}."
        return outcome.conviction, said, (outcome.final,)
    if limb.pending_only and rule.id != "pending":
        return None
    if limb.basis == "charge":
        amended = outcome.conviction != "none" and outcome.final.id != outcome.charged.id
        charges = (outcome.charged, outcome.final) if amended else (outcome.charged,)
        said = f"Count {outcome.number} was charged as {outcome.charged.cite}; no conviction is needed."
        if rule.id != "pending":
            said += " What becomes of the charge later does not undo that."
        return "certain", said, charges
    if outcome.conviction != "none":
        said = f"{outcome.name}: {_conviction_words(outcome)}, which shows the conduct; no conviction was needed."
        return "certain", said, (outcome.final,)
    if rule.id == "pending":
        said = f"Count {outcome.number} is pending: the conduct, if a court finds it, is enough."
        return "possible", said, (outcome.final,)
    return None


def _conviction_words(outcome: Outcome) -> str:
    if outcome.conviction == "certain":
        return "a conviction for immigration purposes"
    return "which may be a conviction for immigration purposes"


def _category(
    situation: Situation, limb: Limb, outcome: Outcome, charges: tuple[Charge, ...], burden: str
) -> tuple[Level, str, Match] | None:
    """Return the best category match of the limb, or None when every one of them is not analysed."""
    best: tuple[Level, str, Match] | None = None
    for charge in charges:
        for category_id in limb.any_category:
            match = situation.analyst.match(charge, outcome, category_id)
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


def _numbers(limb: Limb, outcome: Outcome) -> list[str] | None:
    """Return the arithmetic steps that are met, or None when one is not."""
    most, ordered, served = outcome.maximum_days, outcome.ordered_days, outcome.served_days
    tests: list[tuple[int | None, Callable[[int], bool], str]] = [
        (limb.maximum_at_least, lambda n: most >= n, f"maximum possible {most} days, {{n}} days or more: met"),
        (limb.maximum_over, lambda n: most > n, f"maximum possible {most} days, more than {{n}} days: met"),
        (limb.maximum_not_over, lambda n: most <= n, f"maximum possible {most} days, not more than {{n}} days: met"),
        (
            limb.ordered_at_least,
            lambda n: ordered >= n,
            f"term ordered {outcome.ordered_words}, {{n}} days or more, suspended time counted: met",
        ),
        (limb.served_over, lambda n: served > n, f"time to be served {served} days, more than {{n}} days: met"),
        (limb.felonies_at_least, lambda _: outcome.felony, "a felony: met"),
    ]
    steps = []
    for threshold, met, words in tests:
        if threshold is None:
            continue
        if not met(threshold):
            return None
        steps.append(words[0].upper() + words[1:].format(n=threshold) + ".")
    if limb.supervision_or_suspended:
        if not outcome.supervised:
            return None
        steps.append("The option carries suspended time, a deferral or supervision: met.")
    return steps


def _relation(situation: Situation, limb: Limb, outcome: Outcome, charges: tuple[Charge, ...]) -> tuple[Level, str]:
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


def _loss(situation: Situation, limb: Limb, outcome: Outcome, charges: tuple[Charge, ...]) -> tuple[Level, str]:
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


def _facts(situation: Situation, limb: Limb, outcome: Outcome, charges: tuple[Charge, ...]) -> tuple[Level, str]:
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


def _tally(situation: Situation, limb: Limb, burden: str) -> Result:
    """Count convictions of a kind over the counts and the priors, each scheme once where the ground says so."""
    wanted = limb.convictions_at_least or 1
    qualifying: list[tuple[Level, Outcome, Result]] = []
    for outcome in situation.outcomes:
        single = _one(situation, _without_tally(limb), outcome, burden)
        if single.level != "none":
            qualifying.append((single.level, outcome, single))
    by_scheme: dict[str, tuple[Level, Outcome, Result]] = {}
    for place, item in enumerate(sorted(qualifying, key=lambda q: -rank(q[0]))):
        key = item[1].scheme if limb.separate_schemes else str(place)
        by_scheme.setdefault(key, item)
    counted = list(by_scheme.values())
    if len(counted) < wanted or not any(o.number is not None for _, o, _ in counted[: len(counted)]):
        return NOTHING
    level = counted[wanted - 1][0]
    current = higher(lv for lv, o, _ in counted if o.number is not None)
    level = lower(level, current)
    if level == "none":
        return NOTHING
    names = "; ".join(o.name for _, o, _ in counted)
    joined = " (each scheme of misconduct counted once)" if limb.separate_schemes else ""
    merged = len(qualifying) - len(counted)
    steps = [f"{len(counted)} convictions count{joined}: {names}. {wanted} or more are needed: met."]
    if merged:
        steps.append(f"{merged} more belong to the same scheme and are not counted again.")
    steps += [s for _, _, r in counted for s in r.because]
    return Result(
        level,
        tuple(sorted({o.number for _, o, _ in qualifying if o.number is not None})),
        tuple(dict.fromkeys(steps)),
        tuple(dict.fromkeys(a for _, _, r in counted for a in r.authorities)),
    )


def _without_tally(limb: Limb) -> Limb:
    return limb.model_copy(update={"convictions_at_least": None, "separate_schemes": False, "level_at_most": None})


def _total(situation: Situation, limb: Limb) -> Result:
    """Add up terms ordered, or time served, over every conviction."""
    convictions = [o for o in situation.outcomes if o.conviction != "none"]
    mine = [o for o in convictions if o.number is not None]
    if not mine or len(convictions) < (limb.convictions_at_least or 1):
        return NOTHING
    if limb.total_ordered_at_least is not None:
        days, needed, what = [o.ordered_days for o in convictions], limb.total_ordered_at_least, "terms ordered"
    else:
        days, needed, what = [o.served_days for o in convictions], limb.total_served_at_least or 0, "time served"
    if sum(days) < needed:
        return NOTHING
    added = " + ".join(str(d) for d in days)
    level = higher(o.conviction for o in mine)
    authorities = tuple(dict.fromkeys(a for o in mine for a in _conviction_authorities(o)))
    over = f"{len(convictions)} conviction{'s' if len(convictions) > 1 else ''}"
    said = f"The {what} over {over} add up: {added} = {sum(days)} days, {needed} days or more: met."
    return Result(level, tuple(o.number for o in mine if o.number is not None), (said,), authorities)


def _described(situation: Situation, limb: Limb, burden: str) -> Result:
    """Take over what other grounds came to: the ground reaches every offense they describe."""
    results = []
    only = limb.described_by == "conviction"
    for ground_id in limb.described_in:
        ground = situation.law.grounds[ground_id]
        inner = _best([r for _, r in situation.limbs(ground, burden, convictions_only=only)])
        if inner.level == "none":
            continue
        lead = f"The offense is described in {ground.citation} ({ground.name[0].lower() + ground.name[1:]})."
        reasons = [s for s in inner.because if not (limb.ignoring_admission_window and s.startswith("This holds only"))]
        results.append(Result(inner.level, inner.counts, (lead, *reasons), (*ground.authorities, *inner.authorities)))
    return _best(results)
