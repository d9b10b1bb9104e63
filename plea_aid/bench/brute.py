"""The frontier by brute force: every combination, every pair compared."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from plea_aid.law.catalogue import Law
from plea_aid.planning.fold import Item, cell_levels
from plea_aid.planning.frontier import Frontier
from plea_aid.planning.readings import TakenApart
from plea_aid.planning.space import Choice, CountSpace


def brute_force(law: Law, spaces: Sequence[CountSpace], apart: TakenApart) -> set[tuple[int, ...]]:
    """Return the vectors of the frontier by looking at every combination and comparing all pairs."""
    rows = set()
    for choices in itertools.product(*(s.choices for s in spaces)):
        if stand_apart(law, choices):
            continue
        levels = cell_levels(apart, [Item(c.outcome.scheme, c.reading) for c in choices])
        rows.add((tuple(_consequences(apart, levels)), weight_of(choices)))
    kept = {
        (a, b)
        for a, b in rows
        if not any(
            (x, y) != (a, b)
            and all(i <= j for i, j in zip(x, a, strict=True))
            and all(i >= j for i, j in zip(y, b, strict=True))
            for x, y in rows
        )
    }
    return {(*a, *b) for a, b in kept}


def _consequences(apart: TakenApart, levels: Sequence[int]) -> list[int]:
    by_key: dict[tuple[str, str], int] = {}
    for cell, level in zip(apart.cells, levels, strict=True):
        for ground, posture in cell.stands_for:
            key = (posture, apart.law.grounds[ground].kind)
            by_key[key] = max(by_key.get(key, 0), level)
    return [by_key[c.stands_for[0]] for c in apart.consequences]


FAMILIES = ("dui", "pfma", "stalking", "theft")


def weight_of(choices: Sequence[Choice]) -> tuple[int, ...]:
    """Return the measures of an option: terms and fines added up, what is kept as 1 or 0."""
    shares = [c.share for c in choices]
    return (
        sum(s.conviction for s in shares),
        sum(s.jail_days for s in shares),
        sum(s.imposed_days for s in shares),
        sum(s.fine for s in shares),
        sum(s.supervision_days for s in shares),
        int(any(s.restitution for s in shares)),
        *(int(any(f in s.priors for s in shares)) for f in FAMILIES),
    )


def stand_apart(law: Law, choices: Sequence[Choice]) -> bool:
    """Say whether the dispositions cannot stand in one agreement."""
    ended = {c.part.disposition.value for c in choices}
    return any(ended & {*rule.one} and ended & {*rule.other} for rule in law.limits.apart)


def vectors_of(found: Frontier) -> set[tuple[int, ...]]:
    """Return the planner's frontier as vectors."""
    return {(*f.levels, *weight_of(f.choices)) for f in found.found}
