"""The frontier against brute force: the engine is asked about every option of the space."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planner_cases import LAW, any_parts, cases, thinned
from planner_oracle import beats, engine_levels, every_vector, unbeaten, vector

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.case import Case, Option
from plea_aid.analysis.charge import outcomes
from plea_aid.planning.fold import Item, all_levels
from plea_aid.planning.frontier import frontier_of
from plea_aid.planning.readings import taken_apart
from plea_aid.planning.skyline import undominated
from plea_aid.planning.space import baseline_of, spaces_of

DAY = date(2026, 5, 2)
ANALYST = Analyst(LAW, DAY)
APART = taken_apart(LAW, DAY)
slow = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def _priors(case: Case) -> list:
    found = outcomes(LAW, Option(name="x"), case.count, case.prior, case.offense_date, DAY)
    return [o for o in found if o.is_prior]


@slow
@given(case=cases(), seed=st.integers(0, 10_000))
def test_the_frontier_is_what_brute_force_finds(case: Case, seed: int) -> None:
    spaces = thinned(spaces_of(case, LAW, APART, baseline_of(case, LAW, APART)), seed, 300)
    priors = _priors(case)
    found = frontier_of(spaces, priors, case.plan, APART, LAW.limits.apart)
    mine = [vector(ANALYST, case.plan, f.choices, priors) for f in found.found]
    assert found.exhaustive
    assert len(mine) == len(set(mine))
    assert set(mine) == unbeaten(every_vector(ANALYST, case.plan, spaces, priors))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(most_counts=5), seed=st.integers(0, 10_000))
def test_five_counts_with_more_choices(case: Case, seed: int) -> None:
    spaces = thinned(spaces_of(case, LAW, APART, baseline_of(case, LAW, APART)), seed, 1500)
    priors = _priors(case)
    found = frontier_of(spaces, priors, case.plan, APART, LAW.limits.apart)
    mine = {vector(ANALYST, case.plan, f.choices, priors) for f in found.found}
    assert mine == unbeaten(every_vector(ANALYST, case.plan, spaces, priors))


@slow
@given(case=cases(), seed=st.integers(0, 10_000))
def test_the_levels_of_a_found_option_are_the_engines(case: Case, seed: int) -> None:
    spaces = thinned(spaces_of(case, LAW, APART, baseline_of(case, LAW, APART)), seed, 2000)
    priors = _priors(case)
    found = frontier_of(spaces, priors, case.plan, APART, LAW.limits.apart)
    for item in found.found[:10]:
        shown = {k: v for keys, v in zip(found.columns, item.levels, strict=True) for k in keys if v}
        assert shown == engine_levels(ANALYST, [*(c.outcome for c in item.choices), *priors])


@slow
@given(case=cases(with_option=False), seed=st.integers(0, 10_000))
def test_the_arithmetic_on_terms_is_the_engines(case: Case, seed: int) -> None:
    """Whatever the dispositions, bond forfeitures and pending counts included."""
    option = Option(name="x", count=any_parts(case, seed))
    outs = outcomes(LAW, option, case.count, case.prior, case.offense_date, DAY)
    items = [Item(o.scheme, APART.read(o), o.is_prior) for o in outs]
    mine: dict[tuple[str, str], int] = {}
    for (ground, posture), level in all_levels(APART, items).items():
        key = (posture, LAW.grounds[ground].kind)
        mine[key] = max(mine.get(key, 0), level)
    assert mine == engine_levels(ANALYST, outs)


@slow
@given(case=cases(), seed=st.integers(0, 10_000), more=st.integers(0, 10_000))
def test_a_larger_space_never_loses_ground(case: Case, seed: int, more: int) -> None:
    """Every option of a part of the space is met or beaten by one of the whole space's frontier."""
    spaces = spaces_of(case, LAW, APART, baseline_of(case, LAW, APART))
    priors = _priors(case)
    part, whole = (
        frontier_of(s, priors, case.plan, APART, LAW.limits.apart) for s in (thinned(spaces, seed, 200), spaces)
    )
    best = [vector(ANALYST, case.plan, f.choices, priors) for f in whole.found]
    for item in part.found[:8]:
        mine = vector(ANALYST, case.plan, item.choices, priors)
        assert any(other == mine or beats(other, mine) for other in best)


@given(st.integers(0, 10_000))
@settings(max_examples=150, deadline=None)
def test_undominated_rows_are_what_comparing_all_pairs_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 80))
    costs = rng.integers(0, rng.integers(1, 5) + 1, (rows, rng.integers(1, 90))).astype(np.uint8)
    if rng.random() < 0.5:
        costs = costs[rng.integers(0, 3, rows) % rows]
    gains = rng.integers(0, rng.integers(1, 2000) + 1, (rows, rng.integers(1, 9))).astype(np.int32)
    near = rng.integers(0, 3, rows).astype(np.int32)
    kept = undominated(costs, gains, near)
    for i in range(rows):
        no_worse = (costs <= costs[i]).all(axis=1) & (gains >= gains[i]).all(axis=1)
        same = (costs == costs[i]).all(axis=1) & (gains == gains[i]).all(axis=1)
        assert (i in kept) == (not (no_worse & ~same).any() and i == _nearest(same, near))


def _nearest(same: np.ndarray, near: np.ndarray) -> int:
    places = np.flatnonzero(same)
    return int(places[np.argmin(near[places])])
