"""What the limbs of a ground come to over a whole option: the best count, convictions counted, terms added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from plea_aid.analysis.analyst import Analyst, looks_at_one
from plea_aid.analysis.charge import Outcome
from plea_aid.analysis.levels import higher, lower, rank
from plea_aid.analysis.single import NOTHING, Profile, Result, conviction_authorities, profile_of, shown
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Ground, Limb


@dataclass
class Situation:
    """One option of one case, ready to be asked about grounds."""

    analyst: Analyst
    outcomes: tuple[Outcome, ...]
    _results: dict[tuple[str, str, bool], tuple[tuple[Limb, Result], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._near: dict[str, dict[str, list[tuple[int, Result]]]] = {}
        self._profiled: list[tuple[Outcome, Profile]] = [(o, profile_of(self.analyst, o)) for o in self.outcomes]

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
            found = self._results[key] = self._limbs(ground, burden, convictions_only)
        return found

    def _limbs(self, ground: Ground, burden: str, convictions_only: bool) -> tuple[tuple[Limb, Result], ...]:
        """Return each limb with its result; where all look at each count alone, remembered by what the counts show."""
        if not self.analyst.looks_at_each(ground) or not self._is_near(ground, burden):
            return self._each(ground, burden, convictions_only)
        alone = self.near("" if burden == ground.burden else burden).get(ground.id, ())
        key = (ground.id, convictions_only, *(x for place, result in alone for x in (place, id(result))))
        known: tuple[tuple[tuple[Limb, Result], ...], object] = self.analyst.remember(
            key, lambda: (self._each(ground, burden, convictions_only), alone)
        )
        return known[0]

    def _each(self, ground: Ground, burden: str, convictions_only: bool) -> tuple[tuple[Limb, Result], ...]:
        alone = self._alone(ground, burden)
        return tuple(
            (limb, self._limb(ground, limb, burden, alone.get(place, ())))
            for place, limb in enumerate(ground.limbs)
            if not convictions_only or limb.basis == "conviction" or limb.described_in
        )

    def near(self, burden: str = "") -> Mapping[str, Sequence[tuple[int, Result]]]:
        """Return what the counts show for the limbs that look at one count: by ground in force, the limb's place with
        each result.

        ``burden`` is that of another ground that takes these over; empty for each ground's own.
        """
        found = self._near.get(burden)
        if found is None:
            found = self._near[burden] = {}
            for outcome, profile in self._profiled:
                if outcome.is_prior:
                    continue
                for ground_id, place, result in profile.near(burden, outcome, self.outcomes):
                    found.setdefault(ground_id, []).append((place, result))
        return found

    def _is_near(self, ground: Ground, burden: str) -> bool:
        """Say whether ``near`` holds what the counts show for the ground under the burden."""
        return self.analyst.has(ground) and (burden == ground.burden or ground.id in self.analyst.taken_over)

    def _alone(self, ground: Ground, burden: str) -> dict[int, list[Result]]:
        """Return, by the limb's place, what each count of the case shows for the limbs that look at one count."""
        found: dict[int, list[Result]] = {}
        if self._is_near(ground, burden):
            for place, result in self.near("" if burden == ground.burden else burden).get(ground.id, ()):
                found.setdefault(place, []).append(result)
            return found
        for outcome, profile in self._profiled:
            if outcome.is_prior:
                continue
            for place, standing in profile.live(ground, burden):
                result = shown(self.analyst, ground.limbs[place], standing, outcome, self.outcomes)
                if result is not NOTHING:
                    found.setdefault(place, []).append(result)
        return found

    def _limb(self, ground: Ground, limb: Limb, burden: str, alone: Sequence[Result]) -> Result:
        if looks_at_one(limb):
            return self._kept(ground, limb, alone, lambda: _best(alone)) if alone else NOTHING
        if not limb.described_in and limb.convictions_at_least is not None and not _adds_up(limb):
            qualifying = self._qualifying(limb, burden)
            if len(qualifying) < limb.convictions_at_least:
                return NOTHING
            schemes = tuple((o.scheme, o.is_prior) for o, _ in qualifying)
            results = [result for _, result in qualifying]
            return self._kept(ground, limb, results, lambda: _tally(limb, qualifying), schemes)
        if not limb.described_in:
            result = _total(self, limb)
        else:
            inner = self._described(limb, burden)
            if not inner:
                return NOTHING
            if not _adds_up(limb):
                results = [r for _, found in inner for r in found]
                return self._kept(ground, limb, results, lambda: _taken_over(limb, inner))
            result = _both(_taken_over(limb, inner), _total(self, limb))
        if result.level == "none":
            return NOTHING
        finished = _finished(ground, limb, result)
        return self.analyst.remember((id(limb), ground.id, finished), lambda: (finished, limb))[0]

    def _kept(
        self,
        ground: Ground,
        limb: Limb,
        rests_on: Sequence[Result],
        work_out: Callable[[], Result],
        besides: tuple[object, ...] = (),
    ) -> Result:
        """Return what a limb comes to on results, remembered by them: the same results are the same objects.

        They are kept with what they come to, so that their identity is not given to others.
        """
        key = (id(limb), ground.id, *map(id, rests_on), *besides)
        known: tuple[Result, object] = self.analyst.remember(
            key, lambda: (_finished(ground, limb, work_out()), (limb, rests_on))
        )
        return known[0]

    def _qualifying(self, limb: Limb, burden: str) -> list[tuple[Outcome, Result]]:
        bare = self.analyst.bare(limb)
        found = []
        for outcome, profile in self._profiled:
            standing = profile.standing(bare, burden)
            if standing is not None:
                single = shown(self.analyst, bare, standing, outcome, self.outcomes)
                if single.level != "none":
                    found.append((outcome, single))
        return found

    def _described(self, limb: Limb, burden: str) -> list[tuple[Ground, tuple[Result, ...]]]:
        """Return the grounds that the limb takes over with what they come to, those that come to nothing left out."""
        only = limb.described_by == "conviction"
        found = []
        own, taken_over = self.near(), self.near(burden)
        for ground, one_by_one in self.analyst.described(limb):
            if not one_by_one or ground.id in (own if burden == ground.burden else taken_over):
                results = tuple(r for _, r in self.limbs(ground, burden, only) if r.level != "none")
                if results:
                    found.append((ground, results))
        return found


def _adds_up(limb: Limb) -> bool:
    return limb.total_ordered_at_least is not None or limb.total_served_at_least is not None


def _tally(limb: Limb, qualifying: Sequence[tuple[Outcome, Result]]) -> Result:
    """Count convictions of a kind over the counts and the priors, each scheme once where the ground says so."""
    wanted = limb.convictions_at_least or 1
    by_scheme: dict[str, tuple[Outcome, Result]] = {}
    for place, item in enumerate(sorted(qualifying, key=lambda q: -rank(q[1].level))):
        key = item[0].scheme if limb.separate_schemes else str(place)
        by_scheme.setdefault(key, item)
    counted = list(by_scheme.values())
    current = higher(r.level for o, r in counted if not o.is_prior)
    if len(counted) < wanted or current == "none":
        return NOTHING
    names = "; ".join(o.name for o, _ in counted)
    joined = " (each scheme of misconduct counted once)" if limb.separate_schemes else ""
    merged = len(qualifying) - len(counted)
    steps = [f"{len(counted)} convictions count{joined}: {names}. {wanted} or more are needed: met."]
    if merged:
        steps.append(f"{merged} more belong to the same scheme and are not counted again.")
    steps += [s for _, r in counted for s in r.because]
    return Result(
        lower(counted[wanted - 1][1].level, current),
        tuple(sorted({o.number for o, _ in qualifying if o.number is not None})),
        tuple(dict.fromkeys(steps)),
        tuple(dict.fromkeys(a for _, r in counted for a in r.authorities)),
    )


def _finished(ground: Ground, limb: Limb, result: Result) -> Result:
    """Return the result under the limb's cap, with the limb's own authorities and what it says about time."""
    if result.level == "none":
        return result
    if limb.level_at_most and rank(result.level) > rank(limb.level_at_most):
        result = Result(limb.level_at_most, result.counts, result.because, result.authorities, result.not_analysed)
    named = limb.authorities or ground.authorities
    extra: tuple[str, ...] = ()
    if limb.within_years_of_admission:
        extra = (
            f"This holds only if the offense was committed within {limb.within_years_of_admission} years of "
            "admission; after that it does not.",
        )
    if limb.within_years:
        extra = (*extra, f"It looks at the last {limb.within_years} years only.")
    return Result(
        result.level,
        result.counts,
        (*result.because, *extra),
        tuple(dict.fromkeys((*named, *result.authorities))),
        result.not_analysed,
    )


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
    if not results:
        return NOTHING
    top = higher(r.level for r in results) if len(results) > 1 else results[0].level
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
    authorities = tuple(dict.fromkeys(a for o in mine for a in conviction_authorities(o)))
    over = f"{len(convictions)} conviction{'s' if len(convictions) > 1 else ''}"
    said = f"The {what} over {over} add up: {added} = {sum(days)} days, {needed} days or more: met."
    return Result(level, tuple(o.number for o in mine if o.number is not None), (said,), authorities)


def _taken_over(limb: Limb, inner: Sequence[tuple[Ground, Sequence[Result]]]) -> Result:
    """Take over what other grounds came to: the ground reaches every offense they describe."""
    results = []
    for ground, found in inner:
        best = _best(found)
        lead = f"The offense is described in {ground.citation} ({ground.name[0].lower() + ground.name[1:]})."
        reasons = [s for s in best.because if not (limb.ignoring_admission_window and s.startswith("This holds only"))]
        results.append(Result(best.level, best.counts, (lead, *reasons), (*ground.authorities, *best.authorities)))
    return _best(results)
