"""The planner's answers found the slow way: every option of a space, put to the engine that assesses cases."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.case import Plan
from plea_aid.analysis.charge import Outcome
from plea_aid.analysis.levels import rank
from plea_aid.analysis.limb import Situation
from plea_aid.law.catalogue import Law
from plea_aid.planning.accountability import Accountability, shortfalls, weigh
from plea_aid.planning.space import Choice, CountSpace
from plea_aid.planning.terms import POSSIBLE

Vector = tuple[tuple[int, ...], tuple[int, ...]]
"""Consequences (lower is better) and weight (higher is better)."""


def engine_levels(analyst: Analyst, outcomes: Iterable[Outcome]) -> dict[tuple[str, str], int]:
    """Return the highest rank of each kind for each posture, clear ones left out, as the engine finds them."""
    situation = Situation(analyst, tuple(outcomes))
    law = analyst.law
    found: dict[tuple[str, str], int] = {}
    for ground in law.grounds.values():
        if not ground.in_force.in_force(analyst.day):
            continue
        for limb, result in situation.limbs(ground, ground.burden):
            level = rank(result.level)
            if result.not_analysed and not limb.described_in:
                level = max(level, POSSIBLE)
            for posture in law.posture_ids(ground.postures):
                if level and (not limb.postures or posture in limb.postures):
                    key = (posture, ground.kind)
                    found[key] = max(found.get(key, 0), level)
    return found


def measures(weight: Accountability, families: Sequence[str]) -> tuple[int, ...]:
    """Return the weight as numbers of which more is more."""
    return (
        weight.convictions,
        weight.jail_days,
        weight.imposed_days,
        weight.fine,
        weight.supervision_days,
        int(weight.restitution_available),
        *(int(f in weight.counts_as_prior) for f in families),
    )


def vector(analyst: Analyst, plan: Plan, choices: Sequence[Choice], priors: Sequence[Outcome]) -> Vector:
    """Return the vector of one option, by the engine."""
    law = analyst.law
    levels = engine_levels(analyst, [*(c.outcome for c in choices), *priors])
    columns = [(p, g.kind) for g in law.grounds.values() for p in law.postures]
    weight = weigh(law, plan, [c.share for c in choices], [c.outcome for c in choices])
    families = sorted({f for o in law.offenses.values() for f in o.counts_as_prior})
    return tuple(levels.get(key, 0) for key in dict.fromkeys(columns)), measures(weight, families)


def together(law: Law, choices: Sequence[Choice]) -> bool:
    """Say whether the dispositions can stand in one agreement."""
    ended = {c.part.disposition.value for c in choices}
    return not any(ended & {*rule.one} and ended & {*rule.other} for rule in law.limits.apart)


def every_vector(
    analyst: Analyst, plan: Plan, spaces: Sequence[CountSpace], priors: Sequence[Outcome]
) -> dict[Vector, tuple[Choice, ...]]:
    """Return the vectors of all options that meet the plan, each with one option that has it."""
    found = {}
    for choices in itertools.product(*(s.choices for s in spaces)):
        weight = weigh(analyst.law, plan, [c.share for c in choices], [c.outcome for c in choices])
        if together(analyst.law, choices) and not shortfalls(plan, weight):
            found[vector(analyst, plan, choices, priors)] = choices
    return found


def beats(one: Vector, other: Vector) -> bool:
    """Say whether ``one`` is nowhere worse than ``other`` and somewhere better."""
    return (
        one != other
        and all(a <= b for a, b in zip(one[0], other[0], strict=True))
        and all(a >= b for a, b in zip(one[1], other[1], strict=True))
    )


def unbeaten(vectors: Iterable[Vector]) -> set[Vector]:
    """Return the vectors that no other beats."""
    pool = list(vectors)
    return {v for v in pool if not any(beats(other, v) for other in pool)}
