"""The narrowed re-run finds exactly what assessing every case in full under both laws finds."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from planted import FINDS, FINDS_NOTHING, Plant, random_document

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.assess import assess, assess_option, charge_stage
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import CaseError
from plea_aid.analysis.rerun import (
    NOT_ACCEPTED,
    UNCERTAIN,
    Change,
    Levels,
    Rerun,
    analysed_part,
    changes_between,
    levels_of,
    uses_of,
)
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law

TODAY = date(2026, 11, 22)


def in_full(document: dict[str, Any], law: Law) -> list[Levels | CaseError]:
    """Assess every option of a case by itself, nothing narrowed, nothing remembered."""
    case = validate_case(document)
    found: list[Levels | CaseError] = []
    for option in (charge_stage(case), *case.option):
        try:
            one = assess_option(case, option, Analyst(law, case.plea_date or TODAY))
            found.append(levels_of(one.findings, one.not_analysed, law))
        except CaseError as fault:
            found.append(fault)
    return found


def plainly(document: dict[str, Any], old: Law, new: Law) -> list[tuple[Any, ...]]:
    return [_shown(c) for c in changes_between(in_full(document, old), in_full(document, new))]


def narrowed(document: dict[str, Any], rerun: Rerun) -> list[tuple[Any, ...]]:
    content = analysed_part(document)
    day = date.fromisoformat(document["plea_date"]) if "plea_date" in document else TODAY
    return [_shown(c) for c in rerun.changes(content, day, rerun.touched(uses_of(content, rerun.delta.old)))]


def _shown(change: Change) -> tuple[Any, ...]:
    return change.option, change.ground, change.postures, change.before, change.after


@pytest.mark.parametrize("plant", FINDS, ids=lambda p: p.__name__)
def test_nothing_is_missed_and_nothing_made_up(plant: Plant) -> None:
    law, changed = load_law(), 0
    for seed in range(20):
        if seed >= 3 and changed >= 3:
            break
        rng = random.Random(f"{plant.__name__} {seed}")
        documents = [random_document(rng, law) for _ in range(3)]
        new = plant(rng, law, documents[0])
        rerun = Rerun(law, new)
        for document in documents:
            expected = plainly(document, law, new)
            assert narrowed(document, rerun) == expected
            changed += bool(expected)
    assert changed, "the planted changes changed nothing, so the test shows nothing"


@pytest.mark.parametrize("plant", FINDS_NOTHING, ids=lambda p: p.__name__)
def test_records_that_no_finding_is_read_from_touch_nothing(plant: Plant) -> None:
    law, rng = load_law(), random.Random(plant.__name__)
    document = random_document(rng, law)
    new = plant(rng, law, document)
    assert Rerun(law, new).touched(uses_of(analysed_part(document), law)) == frozenset()
    assert plainly(document, law, new) == []


def test_a_change_of_one_offense_leaves_the_other_cases_alone() -> None:
    law = load_law()
    from planted import _edit

    offense = law.offenses["mt-45-5-206-1-a"]
    rerun = Rerun(law, _edit(law, offense, labels=("theft",)))
    assert rerun.touched((("45-5-206(1)(a)",), ("guilty-plea",))) == rerun.delta.grounds
    assert rerun.touched((("45-5-206",), ("guilty-plea",))) == rerun.delta.grounds, "a wider citation stands for it"
    assert rerun.touched((("45-6-301(1)",), ("guilty-plea",))) == frozenset()


def test_options_that_no_rule_tells_apart_are_looked_at_once() -> None:
    law = load_law()
    from planted import _edit

    offense = law.offenses["mt-45-5-206-1-a"]
    rerun = Rerun(law, _edit(law, offense, labels=("theft",)))
    for day, jail in ((3, 111), (4, 112), (5, 113)):
        document = {
            "plea_date": f"2026-06-0{day}",
            "offense_date": f"2026-05-0{day}",
            "count": [{"number": 1, "offense": offense.cite}],
            "option": [{"name": f"Said {day}", "count": [{"number": 1, "jail_days": jail, "fine": jail}]}],
        }
        content = analysed_part(document)
        assert rerun.changes(content, date(2026, 6, day), rerun.delta.grounds)
    assert rerun.evaluated == 2, "the charge stage and one option"


def test_what_the_new_law_refuses_is_said_in_the_cases_own_numbers() -> None:
    law = load_law()
    from planted import _edit

    offense = law.offenses["mt-45-5-206-1-a"]
    tiers = tuple(p.model_copy(update={"jail_max_days": 300}) for p in offense.penalties)
    rerun = Rerun(law, _edit(law, offense, penalties=tiers))
    content = analysed_part(
        {
            "count": [{"number": 1, "offense": offense.cite}],
            "option": [{"name": "A name", "count": [{"number": 1, "jail_days": 11, "suspended_days": 340}]}],
        }
    )
    refused = [c for c in rerun.changes(content, TODAY, rerun.delta.grounds) if c.after == NOT_ACCEPTED]
    assert [c.option for c in refused] == [1]
    assert "11 + 340 = 351 days is above the maximum of 300 days" in refused[0].because[0]


def test_no_name_and_no_free_text_is_kept() -> None:
    law = load_law()
    document = {
        "cause_number": "CR-1",
        "count": [{"number": 1, "offense": "Jane Roe took it"}, {"number": 2, "offense": "MCA 45-6-301(1)"}],
        "option": [{"name": "For Jane Roe", "count": [{"number": 2}]}],
        "plan": {"min_fine": 5},
    }
    content = analysed_part(document)
    assert "For Jane Roe" not in str(content)
    assert "CR-1" not in str(content)
    assert uses_of(content, law) == (("45-6-301(1)", UNCERTAIN), ("guilty-plea",))
    assert Rerun(law, law).touched(uses_of(content, law)) == frozenset()


def test_the_levels_are_those_of_assess() -> None:
    law = load_law()
    document = random_document(random.Random(7), law)
    whole = assess(validate_case(document), law, today=TODAY)
    assert in_full(document, law) == [levels_of(o.findings, o.not_analysed, law) for o in whole.options]
