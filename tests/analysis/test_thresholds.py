"""One day, one dollar, one gram less flips exactly what the law says it flips."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plea_aid.analysis.assess import Assessment, assess
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.levels import rank
from plea_aid.law.load import load_law


def run(
    charge: str, *, record: dict[str, Any] | None = None, prior: list[Any] | None = None, **part: Any
) -> Assessment:
    return assess(
        validate_case(
            {
                "plea_date": "2026-05-02",
                "offense_date": "2026-03-14",
                "count": [{"number": 1, "offense": charge, "record": record or {}}],
                "prior": prior or [],
                "option": [{"name": "plea", "count": [{"number": 1, **part}]}],
            }
        ),
        load_law(),
    )


def level(result: Assessment, ground: str, posture: str = "") -> str:
    found = [
        f.level for f in result.options[-1].findings if f.ground == ground and (not posture or posture in f.postures)
    ]
    return max(found, key=rank, default="none")


@given(jail=st.integers(0, 365), ordered=st.integers(0, 365))
@settings(max_examples=60, deadline=None)
def test_one_year_ordered_is_reached_by_the_sum_and_only_then(jail: int, ordered: int) -> None:
    jail = min(jail, ordered)
    result = run("MCA 45-5-206(1)(a)", jail_days=jail, suspended_days=ordered - jail)
    assert (level(result, "agg-felony-cov") != "none") == (ordered >= 365)


@pytest.mark.parametrize(("served", "flag"), [(90, False), (91, True)])
def test_daca_counts_time_to_be_served_over_ninety_days(served: int, flag: bool) -> None:
    result = run("MCA 45-7-302", jail_days=served)
    assert (rank(level(result, "bar-daca", "daca")) >= rank("likely")) == flag  # type: ignore[arg-type]


@pytest.mark.parametrize(("grams", "flag"), [(30, False), (30.5, True)])
def test_thirty_grams_is_a_line_for_deportability_but_not_for_inadmissibility(grams: float, flag: bool) -> None:
    result = run("MCA 45-10-103", record={"substance": "marijuana", "marijuana_grams": grams}, fine=200)
    assert (rank(level(result, "dep-controlled-substance", "lpr")) >= rank("likely")) == flag  # type: ignore[arg-type]
    assert rank(level(result, "inadm-controlled-substance", "undocumented-ewi")) >= rank("likely")  # type: ignore[arg-type]


def test_the_petty_offense_exception_and_what_destroys_it() -> None:
    theft = "MCA 45-6-301(1)"
    alone = run(theft, suspended_days=180)
    assert level(alone, "inadm-cimt", "undocumented-ewi") == "none"
    after_theft = run(theft, prior=[{"offense": theft, "date": "2022-01-10"}], suspended_days=30)
    assert rank(level(after_theft, "inadm-cimt", "undocumented-ewi")) >= rank("likely")  # type: ignore[arg-type]
    after_dui = run(theft, prior=[{"offense": "MCA 61-8-1002(1)(a)", "date": "2022-01-10"}], suspended_days=30)
    assert level(after_dui, "inadm-cimt", "undocumented-ewi") == "none"


def test_a_six_month_maximum_is_outside_the_one_crime_ground_and_a_year_is_inside() -> None:
    assert level(run("MCA 45-6-301(1)", jail_days=10), "dep-cimt-one") == "none"


def test_two_thefts_count_unless_they_are_one_scheme() -> None:
    theft = "MCA 45-6-301(1)"
    prior = [{"offense": theft, "date": "2015-01-10"}]
    apart = run(theft, prior=prior)
    assert rank(level(apart, "dep-cimt-two", "lpr")) >= rank("likely")  # type: ignore[arg-type]
    together = run(theft, prior=[{**prior[0], "same_scheme_as": 1}])
    assert level(together, "dep-cimt-two", "lpr") == "none"


def test_the_numbers_stand_in_the_reason() -> None:
    result = run("MCA 45-5-206(1)(a)", jail_days=10, suspended_days=355)
    reasons = [s for f in result.options[-1].findings if f.ground == "agg-felony-cov" for s in f.because]
    assert any("10 + 355 = 365 days" in s and "365 days or more" in s for s in reasons), reasons


def test_the_charge_stage_is_always_first_and_holds_no_conviction() -> None:
    result = run("MCA 45-6-301(1)", jail_days=1)
    stage = result.options[0]
    assert stage.name == "charge stage"
    assert all(c.outcome.conviction == "none" for c in stage.counts)
    assert any(f.ground == "laken-riley" for f in stage.findings)
