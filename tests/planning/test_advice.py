"""What would avoid a finding: each change named is tried on the engine; the planner's single changes are all named."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from planner_cases import LAW, cases

from plea_aid.analysis.analyst import analyst_of
from plea_aid.analysis.assess import assess, assess_option
from plea_aid.analysis.case import Case, Option
from plea_aid.analysis.casefile import parse_case, validate_case
from plea_aid.analysis.charge import CaseError
from plea_aid.analysis.findings import Finding
from plea_aid.analysis.levels import rank
from plea_aid.law.load import load_law
from plea_aid.planning.advice import Advice, assess_with_advice, names_no_change
from plea_aid.planning.plan import plan
from plea_aid.planning.smallest import CURED_BY_NOTHING
from plea_aid.planning.terms import POSSIBLE
from plea_aid.settings import data_dir

DAY = date(2026, 5, 2)
EXAMPLES = ("pfma", "shoplifting", "paraphernalia", "dui")
slow = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def _example(name: str) -> Case:
    return parse_case((data_dir() / "examples" / f"{name}.toml").read_text(encoding="utf-8"), "toml")


def _level(found: tuple[Finding, ...], ground: str, postures: tuple[str, ...]) -> int:
    return max((rank(f.level) for f in found if f.ground == ground and set(f.postures) & set(postures)), default=0)


@slow
@given(cases())
def test_each_change_named_does_what_is_said_of_it(case: Case) -> None:
    for option in case.option:
        try:
            found = assess_option(case, option, analyst_of(LAW, DAY))
        except CaseError:
            continue
        advice = Advice(case, option, LAW, DAY)
        for finding in (f for f in found.findings if rank(f.level) >= POSSIBLE):
            for single, level in advice.changes(finding)[0]:
                parts = tuple(single.move.part if p.number == single.change.count else p for p in option.count)
                after = assess_option(case, Option(name=option.name, count=parts), analyst_of(LAW, DAY))
                if any(n.ground == finding.ground for n in after.not_analysed):
                    assert level == POSSIBLE
                else:
                    assert _level(after.findings, finding.ground, finding.postures) == level


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_single_changes_of_the_planner_are_all_named(name: str) -> None:
    law, case = load_law(), _example(name)
    planned = plan(case, law)
    option = planned.baseline.option
    advice = Advice(case, option, law, planned.as_of)
    proved = {(target, next(iter(c.changes))) for c in planned.smallest if len(c.changes) == 1 for target in c.avoids}
    assert proved
    named = {
        ((f.ground, f.postures), single.change)
        for f in planned.baseline.findings
        if rank(f.level) >= POSSIBLE
        for single, level in advice.changes(f)[0]
        if level < POSSIBLE
    }
    assert proved <= named


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_finding_at_possible_or_above_says_what_would_avoid_it_and_nothing_else_changes(name: str) -> None:
    law, case = load_law(), _example(name)
    advised, plain = assess_with_advice(case, law), assess(case, law)
    assert [o.name for o in advised.options] == [o.name for o in plain.options]
    for one, other in zip(advised.options, plain.options, strict=True):
        assert (one.counts, one.not_analysed, one.warnings) == (other.counts, other.not_analysed, other.warnings)
        for finding, bare in zip(one.findings, other.findings, strict=True):
            told = one.name != "charge stage" and rank(finding.level) >= POSSIBLE
            assert bool(finding.avoided_by) == told
            assert (finding.ground, finding.level, finding.because) == (bare.ground, bare.level, bare.because)


def test_a_plea_does_not_cure_a_charge_stage_flag() -> None:
    document = {
        "count": [{"number": 1, "offense": "MCA 45-6-301(1)"}],
        "plea_date": "2026-05-02",
        "option": [
            {"name": "trespass", "count": [{"number": 1, "offense": "MCA 45-6-203", "suspended_days": 10}]},
        ],
    }
    result = assess_with_advice(validate_case(document), load_law())
    found = [f for f in result.options[-1].findings if f.ground == "laken-riley"]
    assert found
    assert found[0].avoided_by == (CURED_BY_NOTHING,)


def test_one_day_less_is_named_at_the_threshold_with_the_days() -> None:
    result = assess_with_advice(_example("pfma"), load_law())
    violence = next(f for f in result.options[1].findings if f.ground == "agg-felony-cov")
    assert any(said.startswith("Order 364 days or fewer on count 1 instead of 365") for said in violence.avoided_by)


def test_a_change_that_gives_up_what_the_plan_keeps_is_not_named() -> None:
    document = {
        "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
        "plea_date": "2026-05-02",
        "plan": {"min_imposed_days": 365},
        "option": [{"name": "as charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 355}]}],
    }
    result = assess_with_advice(validate_case(document), load_law())
    violence = next(f for f in result.options[1].findings if f.ground == "agg-felony-cov")
    assert not any("364 days" in said for said in violence.avoided_by)
    assert all(names_no_change(said) or "Order" not in said for said in violence.avoided_by)


def test_what_the_plan_keeps_is_named_where_every_change_gives_it_up() -> None:
    document = {
        "count": [{"number": 1, "offense": "MCA 45-6-301(1)"}],
        "plea_date": "2026-05-02",
        "prior": [{"offense": "MCA 45-6-301", "date": "2022-01-10"}],
        "plan": {"keep_prior_for": ["theft"], "keep_conviction": True},
        "option": [{"name": "as charged", "count": [{"number": 1, "suspended_days": 30}]}],
    }
    result = assess_with_advice(validate_case(document), load_law())
    said = {s for f in result.options[1].findings for s in f.avoided_by}
    assert any("gives up something that the plan keeps" in s and "a prior for theft" in s for s in said)
