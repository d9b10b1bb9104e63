"""The planner's times beside brute force and CP-SAT computing the same frontier."""

from __future__ import annotations

import math
from collections.abc import Iterator

from plea_aid.bench.brute import brute_force, vectors_of
from plea_aid.bench.cases import DAY, case_of, ten_by_eight
from plea_aid.bench.row import Row, timed
from plea_aid.law.load import load_law
from plea_aid.planning.frontier import frontier_of
from plea_aid.planning.plan import plan
from plea_aid.planning.space import baseline_of, spaces_of
from plea_aid.planning.terms import taken_apart

CPSAT_SECONDS = 30.0


def planner_rows(cpsat_seconds: float = CPSAT_SECONDS) -> Iterator[Row]:
    """Yield the planner's rows: three counts beside brute force and CP-SAT, then twelve counts beside CP-SAT.

    The big case is twelve different counts with ten dispositions and eight sentence steps each. CP-SAT is stopped on
    it after ``cpsat_seconds``; the ratio is then a lower bound.
    """
    law = load_law()
    apart = taken_apart(law, DAY)
    few_counts = case_of(3)
    few = spaces_of(few_counts, law, apart, baseline_of(few_counts, law, apart))
    mine, quick = timed(lambda: frontier_of(few, [], few_counts.plan, apart, law.limits.apart))
    known = vectors_of(mine)
    slow, brute = timed(lambda: brute_force(law, few, apart), times=1)
    yield Row("planner", "frontier of 3 counts", quick, "brute force", brute, same=known == slow)
    big = case_of(12)
    spaces = ten_by_eight(big, law, apart)
    searched, seconds = timed(lambda: frontier_of(spaces, [], big.plan, apart, law.limits.apart))
    many = math.log10(math.prod(s.size for s in spaces))
    note = f"10^{many:.0f} combinations, {len(searched.found)} options, exhaustive: {searched.exhaustive}"
    what = "frontier of 12 counts x 10 dispositions x 8 sentence steps"
    try:
        from plea_aid.bench.cpsat import cp_sat

        points, done, taken = cp_sat(law, few, apart, cpsat_seconds)
        same = points == known if done else points <= known
        yield Row("planner", "frontier of 3 counts", quick, "CP-SAT", taken, at_least=not done, same=same)
        points, done, taken = cp_sat(law, spaces, apart, cpsat_seconds)
        same = points <= vectors_of(searched)
        found = f"{note}; CP-SAT found {len(points)} of them"
        yield Row("planner", what, seconds, "CP-SAT", taken, at_least=not done, same=same, note=found)
    except ImportError:
        yield Row("planner", what, seconds, note=f"{note}; CP-SAT is not installed (pip install ortools)")
    plan(big, law)
    planned, whole = timed(lambda: plan(big, law), times=3)
    yield Row(
        "planner",
        "whole plan of 12 counts, smallest changes and reasons included",
        whole,
        "the frontier alone",
        planned.search.seconds,
        note=f"{len(planned.frontier)} options",
    )
