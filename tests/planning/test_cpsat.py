"""Beyond the counts that brute force can look through, the frontier is the one that CP-SAT finds."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from plea_aid.bench.brute import vectors_of
from plea_aid.bench.cases import DAY, case_of, ten_by_eight
from plea_aid.law.load import load_law
from plea_aid.planning.frontier import frontier_of
from plea_aid.planning.readings import taken_apart

CHOICES = 3


@pytest.mark.parametrize(("counts", "seed"), [(6, 3), (7, 1), (7, 2), (9, 1)])
def test_the_frontier_is_the_one_that_cp_sat_finds(counts: int, seed: int) -> None:
    pytest.importorskip("ortools", reason="OR-tools is not installed")
    from plea_aid.bench.cpsat import cp_sat

    law = load_law()
    apart = taken_apart(law, DAY)
    case = case_of(counts)
    rng = random.Random(seed)
    spaces = tuple(
        replace(space, choices=tuple(rng.sample(space.choices, min(CHOICES, len(space.choices)))))
        for space in ten_by_eight(case, law, apart)
    )
    searched = frontier_of(spaces, [], case.plan, apart, law.limits.apart)
    points, done, _ = cp_sat(law, spaces, apart, 120.0)
    assert searched.exhaustive
    assert done
    assert points == vectors_of(searched)
    assert len(points) > 1
