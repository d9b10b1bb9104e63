"""The law compiled for a docket: the tests that look at several counts set apart from those that look at one.

Almost every test of a ground looks at one count. Those are left to the engine, which is asked once for each kind of
count. What looks at other counts is little: is there another conviction (an exception that holds for a lone offense
only), how many counts qualify (two crimes involving moral turpitude, two misdemeanors), and what do terms add up to.
These are held here as tables, to be answered for all cases of a docket at once by arithmetic on columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.charge import Charge, Outcome, facts_of
from plea_aid.analysis.findings import Finding, NotAnalysed, findings_of
from plea_aid.analysis.levels import rank
from plea_aid.analysis.limb import Situation
from plea_aid.analysis.match import Match
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Ground, GroundException, Limb
from plea_aid.screening.marks import NAMES, NUMBER, SUM, MarkedOutcome

LONG = 100_000
"""Days of each count when only the words of a sum are wanted: enough to reach any threshold."""


@dataclass(frozen=True)
class Across:
    """A test that looks at several counts of a case."""

    limb: Limb
    burden: str
    kind: Literal["tally", "total", "both"]
    """``tally``: how many counts qualify; ``total``: what terms add up to; ``both``: that, and an offense described."""
    needs: int
    """Counts that must qualify."""
    days: int = 0
    served: bool = False
    """Add up time served instead of terms ordered."""


@dataclass(frozen=True)
class Feed:
    """A test across counts that reaches a ground: up to a level, for some postures (all of the ground's if none)."""

    across: int
    cap: int
    postures: tuple[str, ...]


class Tables:
    """The law as of one day, ready for a docket."""

    def __init__(self, law: Law, day: date) -> None:
        self.law, self.day = law, day
        self.across: list[Across] = []
        self.feeds: dict[str, tuple[Feed, ...]] = {}
        """By ground, for grounds in force that a test across counts reaches."""
        self._places: dict[tuple[str, str], int] = {}
        for ground in law.grounds.values():
            if ground.in_force.in_force(day):
                found = [f for limb in ground.limbs for f in self._feeds(limb, ground.burden, limb.postures)]
                if found:
                    self.feeds[ground.id] = tuple(found)
        self.ground_order = {name: place for place, name in enumerate(law.grounds)}
        self.postures = {g.id: law.posture_ids(g.postures) for g in law.grounds.values()}
        self.lone = tuple(e for e in law.exceptions.values() if e.only_one_ever)
        limbs = [limb for g in law.grounds.values() for limb in g.limbs]
        exceptions = [law.exceptions[name] for limb in limbs for name in limb.exceptions]
        self.ordered_steps = _steps(
            [x.ordered_at_least for x in limbs], [e.ordered_not_over for e in exceptions]
        )  # days from which a test answers differently
        self.served_steps = _steps([], [x.served_over for x in limbs])
        self.loss_over = sorted({x.loss_over for x in limbs if x.loss_over is not None})
        self.grams_over = sorted({e.grams_not_over for e in exceptions if e.grams_not_over is not None})
        self.days_that_matter = sorted(
            {d.toordinal() for o in law.offenses.values() for p in o.penalties for d in (p.from_, p.until) if d}
        )
        self.substances = frozenset(
            {"unspecified", *(e.substance for e in law.exceptions.values() if e.substance)}
            | {a for o in law.offenses.values() for f in o.record_facts if f.key == "substance" for a in f.answers}
            | {str(p.when["substance"]) for o in law.offenses.values() for p in o.penalties if "substance" in p.when}
        )
        """Answers to 'which substance?' that the law tells apart; every other one is like any other."""
        self._alone = Analyst(_of_one_count(law), day)
        self._narrowed: dict[frozenset[str], _Narrowed] = {}
        self._own = self._own_grounds()
        self._words = [self._word_ground(a) for a in self.across]
        self._met: dict[tuple[str, ...], frozenset[str]] = {}
        self._asks: dict[tuple[str, ...], frozenset[str]] = {}

    # ----- taking apart

    def _feeds(
        self, limb: Limb, burden: str, postures: tuple[str, ...], seen: frozenset[tuple[str, bool]] = frozenset()
    ) -> list[Feed]:
        cap = rank(limb.level_at_most or "certain")
        if _looks_across(limb):
            return [Feed(self._place(limb, burden), cap, postures)]
        only, found = limb.described_by == "conviction", []
        for name in limb.described_in:
            if (name, only) in seen:
                continue
            for inner in self.law.grounds[name].limbs:
                if not only or inner.basis == "conviction" or inner.described_in:
                    for feed in self._feeds(inner, burden, postures, seen | {(name, only)}):
                        found.append(replace(feed, cap=min(cap, feed.cap)))
        return found

    def _place(self, limb: Limb, burden: str) -> int:
        """Return the place of a test in ``across``; the same test in two grounds is one."""
        bare = _bare(limb)
        key = (bare.model_dump_json(exclude_defaults=True), burden if bare.any_category or bare.described_in else "")
        if key not in self._places:
            served = limb.total_served_at_least is not None
            days = limb.total_ordered_at_least or limb.total_served_at_least or 0
            kind: Literal["tally", "total", "both"] = "both" if limb.described_in else "total" if days else "tally"
            self._places[key] = len(self.across)
            self.across.append(Across(bare, burden, kind, limb.convictions_at_least or 1, days, served))
        return self._places[key]

    def _own_grounds(self) -> list[tuple[Ground, tuple[int, ...]]]:
        """Return, by burden of proof, a ground whose limbs are what one count must show in each test across counts."""
        model, found = next(iter(self.law.grounds.values())), []
        for burden in ("government", "applicant"):
            places = [n for n, a in enumerate(self.across) if a.burden == burden and a.kind != "total"]
            limbs = tuple(self.across[n].limb.model_copy(update=_NOT_ACROSS) for n in places)
            changed = {"id": f"one count, {burden}", "limbs": limbs, "authorities": (), "burden": burden}
            found.append((model.model_copy(update=changed), tuple(places)))
        return found

    def _word_ground(self, test: Across) -> Ground:
        """Return a ground of the test alone, without what is described elsewhere, to have it put in words."""
        limb = test.limb.model_copy(update={"described_in": ()})
        return self._own[0][0].model_copy(update={"id": "words", "limbs": (limb,), "burden": test.burden})

    # ----- asking the engine about a kind of count

    def own_levels(self, outcome: Outcome) -> tuple[int, ...]:
        """Return, for each test across counts, how surely this count is one that qualifies (ranks 0 to 4)."""
        levels = [rank(outcome.conviction) if a.kind == "total" else 0 for a in self.across]
        situation = Situation(self._of(outcome), (outcome,))
        for ground, places in self._own:
            for place, (_, result) in zip(places, situation.limbs(ground, ground.burden), strict=True):
                levels[place] = rank(result.level)
        return tuple(levels)

    def another(self, outcome: Outcome) -> tuple[int, ...]:
        """Return, for each lone-offense exception, whether the count is another: 0 no, 1 perhaps, 2 yes."""
        return tuple(self._another(outcome, e) for e in self.lone)

    def _another(self, outcome: Outcome, exception: GroundException) -> int:
        if outcome.conviction == "none":
            return 0
        level = self._alone.match(outcome.final, outcome, exception.category).level or "possible"
        return max(0, min(rank(level), rank(outcome.conviction), rank("likely")) - 1)

    def asks_for_another(self, outcome: Outcome) -> tuple[bool, ...]:
        """Return, for each lone-offense exception, whether another offense can make a difference to this count."""
        met = self.met(outcome)
        limbs = [limb for g in self.law.grounds.values() for limb in g.limbs if limb.exceptions]
        return tuple(
            any(e.id in x.exceptions and (not x.any_category or met.intersection(x.any_category)) for x in limbs)
            for e in self.lone
        )

    def alone(
        self, outcome: Outcome, beside: Iterable[Outcome] = ()
    ) -> tuple[tuple[Finding, ...], tuple[NotAnalysed, ...]]:
        """Return what the tests of one count find; the counts ``beside`` it defeat lone-offense exceptions."""
        others = [replace(o, number=None, scheme=f"beside {place}") for place, o in enumerate(beside)]
        return findings_of(Situation(self._of(outcome), (outcome, *others)))

    def forget(self) -> None:
        """Forget the steps on the way to what the engine was asked, so that they do not pile up over a long docket."""
        for analyst in (self._alone, *self._narrowed.values()):
            analyst.remember.forget()

    def _of(self, outcome: Outcome) -> Analyst:
        """Return an analyst that holds a charge against the limbs it can reach, and passes by all others."""
        met = self.met(outcome)
        found = self._narrowed.get(met)
        if found is None:
            found = self._narrowed[met] = _Narrowed(self._alone, met)
        return found

    def met(self, outcome: Outcome) -> frozenset[str]:
        """Return the categories that the charge, or what it ends in, may belong to."""
        key = (outcome.charged.id, outcome.final.id, str(sorted(facts_of(outcome.record).items())))
        if key not in self._met:
            charges = {outcome.charged.id: outcome.charged, outcome.final.id: outcome.final}.values()
            matches = [self._alone.match(c, outcome, name) for c in charges for name in self.law.categories]
            self._met[key] = frozenset(m.category for m in matches if m.level != "none" or m.relief_level != "none")
        return self._met[key]

    def asks_about(self, outcome: Outcome) -> frozenset[str]:
        """Return which facts and figures can make a difference to a charge, days added up left aside."""
        key = (outcome.charged.id, outcome.final.id, str(sorted(facts_of(outcome.record).items())))
        found = self._asks.get(key)
        if found is None:
            found = self._asks[key] = self._asks_about(outcome)
        return found

    def _asks_about(self, outcome: Outcome) -> frozenset[str]:
        met = self.met(outcome)
        asked = {f.key for c in (outcome.charged, outcome.final) for o in c.offenses for f in o.record_facts}
        asked |= {
            key for c in (outcome.charged, outcome.final) for o in c.offenses for p in o.penalties for key in p.when
        }
        for limb in (x for g in self.law.grounds.values() for x in g.limbs):
            if limb.any_category and not met.intersection(limb.any_category):
                continue
            exceptions = [self.law.exceptions[name] for name in limb.exceptions]
            asked |= {"victim"} if limb.relation else set()
            asked |= {"ordered"} if limb.ordered_at_least is not None else set()
            asked |= {"ordered"} if any(e.ordered_not_over is not None for e in exceptions) else set()
            asked |= {"served"} if limb.served_over is not None else set()
            asked |= {"supervised"} if limb.supervision_or_suspended else set()
            asked |= {"loss"} if limb.loss_over is not None else set()
            asked |= {"substance", "marijuana_grams"} if any(e.substance for e in exceptions) else set()
            asked |= limb.facts.keys()
        return frozenset(asked)

    def words_across(self, place: int, outcome: MarkedOutcome, counted: int) -> tuple[str, ...]:
        """Return the engine's reasons for a test across ``counted`` counts, with what this one contributes.

        The counts counted, and their sum, are marks. What each other count contributes stands with that count.
        """
        test, ground = self.across[place], self._words[place]
        if test.kind != "tally":
            outcome = replace(outcome, jail_days=LONG, suspended_days=0, served_days=LONG)
        clones = tuple(replace(outcome, scheme=f"clone {n}") for n in range(counted))
        [(_, result)] = Situation(self._of(outcome), clones).limbs(ground, test.burden)
        name = f"Count {NUMBER} ({outcome.final.cite})"
        names = re.compile(re.escape(name) + f"(?:; {re.escape(name)})*(?=\\. )")
        added = f"{' + '.join([str(LONG)] * counted)} = {LONG * counted}"
        head, *rest = result.because
        return (names.sub(NAMES, head.replace(added, SUM)), *rest)


class _Narrowed(Analyst):
    """An analyst of charges that may belong to some categories only; what it matches, the whole one remembers."""

    def __init__(self, whole: Analyst, met: frozenset[str]) -> None:
        self._whole = whole
        grounds = {
            g.id: g.model_copy(
                update={"limbs": tuple(x for x in g.limbs if not x.any_category or met.intersection(x.any_category))}
            )
            for g in whole.law.grounds.values()
        }
        super().__init__(replace(whole.law, grounds=grounds), whole.day)

    def match(self, charge: Charge, outcome: Outcome, category_id: str) -> Match:
        """Return how ``charge``, with the record of ``outcome``, meets the category."""
        return self._whole.match(charge, outcome, category_id)


_NOT_ACROSS = {
    "convictions_at_least": None,
    "separate_schemes": False,
    "total_ordered_at_least": None,
    "total_served_at_least": None,
}


def _looks_across(limb: Limb) -> bool:
    return limb.convictions_at_least is not None or _adds_up(limb)


def _adds_up(limb: Limb) -> bool:
    return limb.total_ordered_at_least is not None or limb.total_served_at_least is not None


def _bare(limb: Limb) -> Limb:
    """Return the limb without what makes no difference to its level on a count."""
    return limb.model_copy(update={"says": "", "postures": (), "authorities": (), "level_at_most": None})


def _of_one_count(law: Law) -> Law:
    """Return the law with the tests that look at one count only."""
    grounds = {
        g.id: g.model_copy(update={"limbs": tuple(x for x in g.limbs if not _looks_across(x))})
        for g in law.grounds.values()
    }
    return replace(law, grounds=grounds)


def _steps(at_least: Sequence[int | None], not_over: Sequence[int | None]) -> list[int]:
    return sorted({n for n in at_least if n is not None} | {n + 1 for n in not_over if n is not None})
