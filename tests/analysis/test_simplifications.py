"""Known simplifications, each pinned by a test that says what changes when it is mended."""

from __future__ import annotations

from typing import Any

from plea_aid.analysis.assess import OptionAnalysis, assess
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.levels import rank
from plea_aid.law.load import load_law


def plea(charge: str, *, offense_date: str = "2026-03-14", **part: Any) -> OptionAnalysis:
    case = {
        "plea_date": "2026-05-02",
        "offense_date": offense_date,
        "count": [{"number": 1, "offense": charge}],
        "option": [{"name": "plea", "count": [{"number": 1, **part}]}],
    }
    return assess(validate_case(case), load_law()).options[-1]


def test_the_date_of_admission_is_never_asked() -> None:
    """The five-year window is said, not tested: the program would have to know something about a person."""
    found = [f for f in plea("MCA 45-6-332").findings if f.ground == "dep-cimt-one"]
    found += [f for f in plea("MCA 45-5-206(1)(a)").findings if f.ground == "dep-cimt-one"]
    assert found
    assert all(
        any("only if the offense was committed within 5 years of admission" in b for b in f.because) for f in found
    )


def test_a_prior_has_no_record_of_its_own() -> None:
    """A prior is classified with its record open; a prior whose subsection matters stays possible at most."""
    case = {
        "count": [{"number": 1, "offense": "MCA 45-6-301(1)"}],
        "prior": [{"offense": "MCA 45-5-504(1)", "date": "2020-01-01"}],
        "option": [{"name": "plea", "count": [{"number": 1}]}],
    }
    option = assess(validate_case(case), load_law()).options[-1]
    levels = [f.level for f in option.findings if f.ground == "dep-cimt-two"]
    assert max(levels, key=rank, default="none") == "possible"


def test_conspiracy_does_not_reach_the_one_year_crime_of_violence() -> None:
    """8 U.S.C. 1101(a)(43)(U) adds conspiracies; the category alone is asked, and it has no answer for them."""
    option = plea("conspiracy to commit MCA 45-5-206(1)(a)", jail_days=10, suspended_days=355)
    levels = [f.level for f in option.findings if f.ground == "agg-felony-cov"]
    assert all(rank(level) <= rank("possible") for level in levels)


def test_an_attempt_has_the_maximum_of_the_offense_attempted() -> None:
    """MCA 45-4-103 was not read; the maximum of the completed offense is the ceiling that research reports."""
    completed, attempted = plea("MCA 45-7-302"), plea("attempted MCA 45-7-302")
    assert attempted.counts[0].outcome.maximum_days == completed.counts[0].outcome.maximum_days


def test_an_offense_charged_before_it_was_in_force_is_analysed_with_a_warning() -> None:
    """The catalogue holds one text of each section; an older text is analysed with today's elements, and said."""
    option = plea("MCA 45-6-206", offense_date="2020-01-01")
    assert any("in force on 2020-01-01" in w for w in option.warnings)
