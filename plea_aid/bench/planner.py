"""The planner's times beside brute force and CP-SAT computing the same frontier."""

from __future__ import annotations

import math
from collections.abc import Iterator

from plea_aid.bench.brute import brute_force, vectors_of
from plea_aid.bench.cases import DAY, case_of, ten_by_eight
from plea_aid.bench.row import Row, Run, timed
from plea_aid.law.load import load_law
from plea_aid.planning.frontier import frontier_of
from plea_aid.planning.plan import plan
from plea_aid.planning.readings import taken_apart
from plea_aid.planning.space import baseline_of, spaces_of

CPSAT_SECONDS = 30.0


FEW = "frontier of 3 counts"
MANY = "frontier of 12 counts x 10 dispositions x 8 sentence steps"
WHOLE = "whole plan of 12 counts, smallest changes and reasons included"
BRUTE, CPSAT, ALONE = "brute force", "CP-SAT", "the frontier alone"


def lines(run: Run) -> list[tuple[str, str]]:
    """Return what is measured beside what."""
    return [(FEW, BRUTE), (FEW, CPSAT), (MANY, CPSAT), (WHOLE, ALONE)]


def planner_rows(run: Run, cpsat_seconds: float = CPSAT_SECONDS) -> Iterator[Row]:
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
    yield Row("planner", FEW, quick, BRUTE, brute, same=known == slow)
    big = case_of(12)
    spaces = ten_by_eight(big, law, apart)
    searched, seconds = timed(lambda: frontier_of(spaces, [], big.plan, apart, law.limits.apart))
    many = math.log10(math.prod(s.size for s in spaces))
    note = f"10^{many:.0f} combinations, {len(searched.found)} options, exhaustive: {searched.exhaustive}"
    try:
        from plea_aid.bench.cpsat import cp_sat

        points, done, taken = cp_sat(law, few, apart, cpsat_seconds)
        same = points == known if done else points <= known
        yield Row("planner", FEW, quick, CPSAT, taken, at_least=not done, same=same)
        points, done, taken = cp_sat(law, spaces, apart, cpsat_seconds)
        same = points <= vectors_of(searched)
        found = f"{note}; CP-SAT found {len(points)} of them"
        yield Row("planner", MANY, seconds, CPSAT, taken, at_least=not done, same=same, note=found)
    except ImportError:
        missing = "CP-SAT is not installed (uv sync)"
        yield Row("planner", FEW, quick, CPSAT, note=missing)
        yield Row("planner", MANY, seconds, CPSAT, note=f"{note}; {missing}")
    plan(big, law)
    planned, whole = timed(lambda: plan(big, law), times=3)
    yield Row(
        "planner",
        WHOLE,
        whole,
        ALONE,
        planned.search.seconds,
        note=f"{len(planned.frontier)} options",
    )
