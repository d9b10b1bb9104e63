"""The plan as a document: the contract's shape, the plan's minima, lawful options, groups, limits of the law."""

from __future__ import annotations

import json
import math
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from planner_cases import LAW, cases
from planner_law import LIMITS, build_law
from planner_oracle import beats, measures

from plea_aid.analysis.assess import assess
from plea_aid.analysis.case import Case, OptionCount
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import CaseError
from plea_aid.analysis.levels import rank
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.records import Limits
from plea_aid.planning.accountability import Accountability, shortfalls
from plea_aid.planning.plan import FrontierOption, plan
from plea_aid.planning.readings import taken_apart
from plea_aid.planning.space import baseline_of, spaces_of

slow = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def _case(*offenses: str, **more: object) -> Case:
    counts = [{"number": i, "offense": o} for i, o in enumerate(offenses, start=1)]
    return validate_case({"offense_date": "2026-03-14", "plea_date": "2026-05-02", "count": counts, **more})


def _vector(option: FrontierOption) -> tuple[tuple[int, ...], tuple[int, ...]]:
    levels = [kinds[kind] for kinds in option.consequences.values() for kind in sorted(kinds)]
    ranks = tuple(2 if level == "not-analysed" else rank(level) for level in levels)
    return ranks, measures(option.accountability, ["dui", "pfma", "stalking", "theft"])


@slow
@given(case=cases(most_counts=3))
def test_every_option_of_the_frontier_meets_the_plan_and_none_beats_another(case: Case) -> None:
    planned = plan(case, LAW)
    vectors = [_vector(o) for o in planned.frontier]
    assert len(set(vectors)) == len(vectors)
    assert not any(beats(a, b) for a in vectors for b in vectors)
    for option in planned.frontier:
        assert not shortfalls(case.plan, option.accountability)
        ended = {p.disposition.value for p in option.option.count}
        assert not any(ended & {*r.one} and ended & {*r.other} for r in LAW.limits.apart)


@slow
@given(case=cases(most_counts=3))
def test_an_offer_of_the_file_is_on_the_frontier_or_beaten(case: Case) -> None:
    planned = plan(case, LAW)
    offer = planned.baseline
    ended = {p.disposition.value for p in offer.option.count}
    known = {"guilty-plea", "nolo-contendere", "dismissed"}
    excluded = {o.id for text in case.plan.exclude for o in LAW.find(text)}
    out = any(c.offense in excluded for c in case.count)
    if shortfalls(case.plan, offer.accountability) or not ended <= known or out:
        return
    levels: dict[tuple[str, str], int] = {}
    for f in offer.findings:
        for p in f.postures:
            levels[p, f.kind] = max(levels.get((p, f.kind), 0), rank(f.level))
    columns = [(p, kind) for p, kinds in planned.frontier[0].consequences.items() for kind in sorted(kinds)]
    mine = (
        tuple(levels.get(c, 0) for c in columns),
        measures(offer.accountability, ["dui", "pfma", "stalking", "theft"]),
    )
    assert any(_vector(o) == mine or beats(_vector(o), mine) for o in planned.frontier)


@slow
@given(case=cases(most_counts=3))
def test_what_the_frontier_says_is_what_assess_says(case: Case) -> None:
    planned = plan(case, LAW)
    some = planned.frontier[:6]
    named = tuple(o.option.model_copy(update={"name": f"o{i}"}) for i, o in enumerate(some))
    analysed = {o.name: o for o in assess(case.model_copy(update={"option": named}), LAW).options}
    for i, option in enumerate(some):
        found: dict[tuple[str, str], str] = {}
        for f in analysed[f"o{i}"].findings:
            for p in f.postures:
                found[p, f.kind] = max(found.get((p, f.kind), "none"), f.level, key=rank)
        for p, kinds in option.consequences.items():
            for kind, level in kinds.items():
                assert level == found.get((p, kind), "none")


def test_the_document_has_the_contracts_shape() -> None:
    document = json.loads(json.dumps(plan(_case("vile-101", "drug-104"), LAW).as_json()))
    assert set(document["law"]) == {"version", "as_of"}
    assert {"name", "findings", "accountability"} <= set(document["baseline"])
    change = document["smallest_changes"][0]
    assert {"avoids", "changes", "removed", "added", "requires", "option"} <= set(change)
    assert set(change["changes"][0]) == {"count", "field", "from", "to"}
    assert set(change["avoids"][0]) == {"ground", "postures"}
    entry = document["frontier"][0]
    assert {"option", "consequences", "accountability", "requires"} <= set(entry)
    weight = {"convictions", "jail_days", "suspended_days", "fine", "supervision_days", "counts_as_prior"}
    assert weight <= set(entry["accountability"])
    assert set(entry["consequences"]) == set(LAW.postures)
    search = document["search"]
    assert int(search["combinations"]) > len(document["frontier"])
    assert search["exhaustive"] is True
    assert search["seconds"] >= 0


def test_options_read_back_as_a_case_file() -> None:
    case = _case("vile-101", "drug-104", "rough-103")
    planned = plan(case, LAW)
    options = [o.as_json()["option"] for o in planned.frontier]
    options += [{**c.as_json()["option"], "name": f"s{i}"} for i, c in enumerate(planned.smallest)]
    again = validate_case({**case.as_document(), "option": options})
    assert assess(again, LAW).options


def test_without_an_option_the_baseline_is_a_plea_as_charged_at_the_minimum() -> None:
    baseline = plan(_case("rough-103"), LAW).baseline
    assert [(p.disposition.value, p.jail_days, p.suspended_days) for p in baseline.option.count] == [
        ("guilty-plea", 1, 0)
    ]


def test_a_deferral_of_prosecution_stands_alone() -> None:
    planned = plan(_case("vile-101", "rough-103"), LAW)
    deferred = [o for o in planned.frontier if "deferred-prosecution" in {p.disposition.value for p in o.option.count}]
    pleaded = {p.disposition.value for o in deferred for p in o.option.count}
    assert deferred
    assert pleaded <= {"deferred-prosecution", "dismissed"}


def test_no_deferral_where_the_offense_bars_it() -> None:
    planned = plan(_case("drunk-107"), LAW)
    ended = {p.disposition.value for o in planned.frontier for p in o.option.count}
    assert ended == {"guilty-plea", "dismissed"}


def _space(name: str) -> list[OptionCount]:
    case, apart = _case(name), taken_apart(LAW, date(2026, 5, 2))
    (space,) = spaces_of(case, LAW, apart, baseline_of(case, LAW, apart))
    return [c.part for c in space.choices]


def test_a_deferral_carries_the_mandatory_minimum_as_a_condition() -> None:
    assert [p.jail_days for p in _space("rough-103") if p.disposition.value == "deferred-imposition"] == [1]


def test_a_civil_infraction_only_where_there_is_no_jail() -> None:
    infractions = {name: [p.fine for p in _space(name) if p.disposition.value == "civil-infraction"] for name in _ALL}
    assert infractions == {**{name: [] for name in _ALL}, "fine-106": [300]}


_ALL = tuple(LAW.offenses)


def test_terms_add_up_when_consecutive_and_the_longest_counts_when_concurrent() -> None:
    offer = {
        "name": "offer",
        "count": [
            {"number": 1, "jail_days": 10, "suspended_days": 20, "fine": 100},
            {"number": 2, "jail_days": 5, "suspended_days": 100, "fine": 200},
        ],
    }
    consecutive = plan(_case("vile-102", "vile-102", option=[offer]), LAW).baseline.accountability
    concurrent = plan(
        _case("vile-102", "vile-102", option=[offer], plan={"concurrent": True}), LAW
    ).baseline.accountability
    assert (consecutive.jail_days, consecutive.suspended_days, consecutive.imposed_days) == (15, 120, 135)
    assert (concurrent.jail_days, concurrent.suspended_days, concurrent.imposed_days) == (10, 100, 105)
    assert consecutive.fine == concurrent.fine == 300


def test_a_plan_that_cannot_be_met_leaves_an_empty_frontier() -> None:
    planned = plan(_case("small-105", plan={"min_imposed_days": 11}), LAW)
    assert planned.frontier == ()
    assert planned.groups == ()
    assert planned.search.exhaustive


def test_keeping_a_prior_keeps_an_offense_that_counts() -> None:
    planned = plan(_case("vile-101", plan={"keep_prior_for": ["theft"]}), LAW)
    assert planned.frontier
    assert all("theft" in o.accountability.counts_as_prior for o in planned.frontier)
    assert plan(_case("small-105", plan={"keep_prior_for": ["theft"]}), LAW).frontier == ()


def test_excluded_offenses_are_not_pleaded_to() -> None:
    kept = plan(_case("vile-102", plan={"exclude": ["MCA 99-1-105"]}), LAW)
    assert all(p.offense is None for o in kept.frontier for p in o.option.count)


def test_groups_cover_the_frontier_once() -> None:
    planned = plan(_case("vile-101", "drug-104", "drunk-107"), LAW)
    places = [p for g in planned.groups for p in g.options]
    assert sorted(places) == list(range(len(planned.frontier)))
    flags = [list(g.marks.values()).count("flag") for g in planned.groups]
    assert flags == sorted(flags)


def test_faults_of_the_case_are_named() -> None:
    with pytest.raises(UnknownOffense):
        plan(_case("no-such-offense"), LAW)
    offer = {"name": "offer", "count": [{"number": 1, "jail_days": 11}]}
    with pytest.raises(CaseError, match="maximum of 10"):
        plan(_case("small-105", option=[offer]), LAW)


def test_what_the_law_does_not_offer_is_not_proposed() -> None:
    bare = build_law(limits=Limits())
    planned = plan(_case("vile-101"), bare)
    assert [p.disposition.value for o in planned.frontier for p in o.option.count] == ["guilty-plea"]


def test_a_firearm_note_follows_the_conviction() -> None:
    planned = plan(_case("rough-103"), LAW)
    notes = {o.accountability.firearm_note: o.accountability.convictions for o in planned.frontier}
    assert notes["A firearm bar."] == 1
    assert all(convictions == 0 for note, convictions in notes.items() if not note)


def test_treatment_the_law_orders_is_said_with_its_authority() -> None:
    weight = plan(_case("rough-103"), LAW).baseline.accountability
    assert (weight.treatment_note, weight.note_authorities) == ("An assessment.", ("one",))


def test_a_plea_to_a_lesser_offense_can_leave_the_firearm_bar() -> None:
    lesser = {"name": "lesser", "count": [{"number": 1, "offense": "vile-102"}]}
    baseline = plan(_case("vile-101", option=[lesser]), LAW).baseline
    assert baseline.accountability.firearm_note == "It can remain."


def test_supervision_nobody_stated_is_the_most_the_law_allows_and_marked() -> None:
    def weight(**stated: int) -> Accountability:
        part = {"number": 1, "suspended_days": 30, **stated}
        return plan(_case("vile-101", option=[{"name": "offer", "count": [part]}]), LAW).baseline.accountability

    assert (weight().supervision_days, weight().supervision_stated) == (365, False)
    assert (weight(supervision_days=90).supervision_days, weight(supervision_days=90).supervision_stated) == (90, True)


def test_combinations_are_counted_before_anything_is_left_out() -> None:
    one, two = (plan(_case(*names), LAW).search.combinations for names in (["small-105"], ["small-105", "small-105"]))
    assert two == one * one
    assert math.log10(plan(_case(*["vile-101"] * 8), LAW).search.combinations) > 8


def test_twelve_counts_are_searched_to_the_end(real_law: Law) -> None:
    cites = [
        "45-5-206(1)(a)",
        "45-6-301(1)",
        "45-10-103",
        "61-8-1002(1)(a)",
        "45-5-201(1)(a)",
        "45-5-626",
        "45-7-302",
        "45-6-203(1)(a)",
        "45-8-101(1)(a)(i)",
        "61-5-212",
        "45-6-101(1)(a)",
        "45-7-301(1)(a)",
    ]
    planned = plan(_case(*cites), real_law)
    assert planned.search.exhaustive
    vectors = [_vector(o) for o in planned.frontier]
    assert len(set(vectors)) == len(vectors)
    assert not any(beats(a, b) for a in vectors for b in vectors)


def test_the_shipped_limits_say_what_is_not_open(real_law: Law) -> None:
    day = date(2026, 5, 2)
    dui = plan(_case("MCA 61-8-1002(1)(a)"), real_law, today=day)
    ended = {(p.offense, p.disposition.value) for o in dui.frontier for p in o.option.count}
    assert not [d for offense, d in ended if offense is None and d.startswith("deferred")]
    assert [a.cite for a in real_law.limits.agreements] == [f"MCA 46-12-211(1)({x})" for x in "abc"]
    assert "Pein" in real_law.limits.apart[0].says
    assert LIMITS["offer"]
