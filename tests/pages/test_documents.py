from __future__ import annotations

import copy

import pytest

from plea_aid.analysis.casefile import validate_case
from plea_aid.pages import documents

TWO = {
    "cause_number": "CR-1",
    "count": [{"number": 1, "offense": "MCA 45-6-301"}, {"number": 2, "offense": "MCA 45-5-201", "same_scheme_as": 1}],
    "prior": [{"offense": "MCA 45-6-301", "date": "2022-01-10", "same_scheme_as": 1}],
    "option": [{"name": "As charged", "count": [{"number": 1}, {"number": 2}]}],
}


@pytest.fixture(autouse=True)
def unchanged() -> object:
    """Every change returns a new document; what it was given stays as it was."""
    before = copy.deepcopy(TWO)
    yield
    assert before == TWO


def test_a_new_count_joins_every_option_so_that_nothing_is_left_out() -> None:
    changed = documents.with_count(TWO, "MCA 61-8-1002(1)(a)")
    assert [c["number"] for c in changed["count"]] == [1, 2, 3]
    assert changed["option"][0]["count"][2] == {"number": 3, "disposition": "guilty-plea"}
    validate_case(changed)


def test_a_removed_count_leaves_no_reference_behind() -> None:
    changed = documents.without_count(TWO, 1)
    assert [c["number"] for c in changed["count"]] == [2]
    assert "same_scheme_as" not in changed["count"][0]
    assert "same_scheme_as" not in changed["prior"][0]
    assert changed["option"][0]["count"] == [{"number": 2}]
    validate_case(changed)


def test_without_its_last_count_a_case_is_a_beginning_again() -> None:
    changed = documents.without_count(documents.without_count(TWO, 1), 2)
    assert changed == {"cause_number": "CR-1"}


def test_a_copy_has_a_name_of_its_own_each_time() -> None:
    once = documents.with_copy(TWO, 0)
    twice = documents.with_copy(once, 0)
    assert [o["name"] for o in twice["option"]] == ["As charged", "As charged, changed", "As charged, changed 2"]
    validate_case(twice)


def test_an_option_is_not_renamed_to_the_name_of_another() -> None:
    twins = documents.with_copy(TWO, 0)
    with pytest.raises(ValueError, match="another option named 'As charged'"):
        documents.with_option_name(twins, 1, "  As   charged ")
    with pytest.raises(ValueError, match="name"):
        documents.with_option_name(twins, 1, "   ")
    assert documents.with_option_name(twins, 1, "Time served")["option"][1]["name"] == "Time served"


def test_a_count_an_option_did_not_mention_is_pending_until_something_is_said_of_it() -> None:
    silent = {**TWO, "option": [{"name": "One count", "count": [{"number": 2}]}]}
    assert documents.part_of(silent["option"][0], 1)["disposition"] == "pending"
    changed = documents.with_part_key(silent, 0, 1, "fine", 100)
    assert changed["option"][0]["count"] == [{"number": 1, "disposition": "pending", "fine": 100}, {"number": 2}]


def test_grams_of_marijuana_go_when_the_substance_is_another() -> None:
    grams = documents.with_fact(documents.with_fact(TWO, 1, "substance", "marijuana"), 1, "marijuana_grams", 20)
    assert grams["count"][0]["record"] == {"substance": "marijuana", "marijuana_grams": 20}
    assert documents.with_fact(grams, 1, "substance", "cocaine")["count"][0]["record"] == {"substance": "cocaine"}
    assert "record" not in documents.with_fact(grams, 1, "substance", None)["count"][0]
