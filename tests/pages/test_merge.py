from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plea_aid.pages import documents
from plea_aid.pages.merge import both_texts, merged, together

BASE: dict[str, Any] = {"day": "2026-01-01", "count": [{"number": 1, "fine": 5}, {"number": 2}]}


def fine(amount: int, place: int = 0):  # type: ignore[no-untyped-def]
    def change(document: dict[str, Any]) -> dict[str, Any]:
        changed = copy.deepcopy(document)
        changed["count"][place]["fine"] = amount
        return changed

    return change


def test_changes_of_different_things_are_put_together() -> None:
    theirs = {**BASE, "day": "2026-02-02"}
    assert merged(BASE, theirs, fine(9)) == {**fine(9)(BASE), "day": "2026-02-02"}


def test_changes_of_the_same_thing_are_not_guessed() -> None:
    assert merged(BASE, fine(7)(BASE), fine(9)) is None
    assert merged(BASE, {**BASE, "count": [{"number": 1}, {"number": 2}]}, fine(9)) is None


def test_the_same_change_on_both_sides_is_no_clash() -> None:
    assert merged(BASE, fine(9)(BASE), fine(9)) == fine(9)(BASE)


def test_a_row_removed_on_one_side_and_changed_on_the_other_is_not_guessed() -> None:
    shorter = {**BASE, "count": BASE["count"][1:]}
    assert merged(BASE, shorter, fine(9)) is None
    assert merged(BASE, fine(3, 1)(BASE), lambda d: {**d, "count": d["count"][:1]}) is None


def test_a_row_removed_and_another_thing_changed_are_put_together() -> None:
    found = merged(BASE, {**BASE, "day": "x"}, lambda d: {**d, "count": d["count"][:1]})
    assert found == {"day": "x", "count": BASE["count"][:1]}
    shorter = {**BASE, "count": BASE["count"][:1]}
    assert merged(BASE, shorter, fine(9)) == {**shorter, "count": [{"number": 1, "fine": 9}]}


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 1), st.integers(0, 1))
def test_what_is_put_together_holds_both_changes(mine: int, yours: int, here: int, there: int) -> None:
    theirs = fine(yours, there)(BASE)
    both = merged(BASE, theirs, fine(mine, here))
    if both is None:
        assert here == there
        assert mine != yours
    elif fine(mine, here)(BASE) == BASE:
        assert both == theirs  # nothing was changed on this side
    else:
        assert both["count"][here]["fine"] == mine
        assert here == there or both["count"][there]["fine"] == yours


CASE: dict[str, Any] = documents.with_option(
    documents.with_option(documents.with_count({"cause_number": "CR-1"}, "MCA 45-5-201(1)(a)")), "Deferred"
)


def test_options_and_counts_that_both_sides_add_are_all_kept() -> None:
    theirs = documents.with_option(CASE, "Deferred")
    both = merged(CASE, theirs, lambda d: documents.with_option(d, "Deferred"))
    assert both is not None
    assert [one["name"] for one in both["option"]] == ["As charged", "Deferred", "Deferred 2", "Deferred 3"]
    theirs = documents.with_count(CASE, "MCA 45-6-301")
    both = merged(CASE, theirs, lambda d: documents.with_count(d, "MCA 45-7-301"))
    assert both is not None
    assert [(one["number"], one["offense"]) for one in both["count"]][1:] == [(2, "MCA 45-6-301"), (3, "MCA 45-7-301")]
    assert all([part["number"] for part in one["count"]] == [1, 2, 3] for one in both["option"])


def test_a_changed_option_survives_the_removal_of_another() -> None:
    theirs = documents.without_option(CASE, 0)
    both = merged(CASE, theirs, lambda d: documents.with_part_key(d, 1, 1, "fine", 300))
    assert both is not None
    [left] = both["option"]
    assert (left["name"], left["count"][0]["fine"]) == ("Deferred", 300)
    assert merged(CASE, theirs, lambda d: documents.with_part_key(d, 0, 1, "fine", 300)) is None


def test_a_renamed_option_and_a_changed_one_are_put_together() -> None:
    theirs = documents.with_option_name(CASE, 1, "Deferred imposition")
    both = merged(CASE, theirs, lambda d: documents.with_part_key(d, 1, 1, "fine", 300))
    assert both is not None
    assert (both["option"][1]["name"], both["option"][1]["count"][0]["fine"]) == ("Deferred imposition", 300)


FACTOR: dict[str, Any] = {"factor": "harm", "weight": "some", "points": {"A": "for"}, "rationale": "One two three."}


def test_both_sides_of_a_factor_are_kept() -> None:
    mine = {**FACTOR, "rationale": "One two three. And four.", "points": {"A": "for", "B": "against"}}
    theirs = {**FACTOR, "rationale": "Zero. One two three.", "weight": "great"}
    assert merged(FACTOR, theirs, lambda _: mine) is None  # sentences are shown before they are put together
    assert together(FACTOR, mine, theirs) == {
        "factor": "harm",
        "weight": "great",
        "points": {"A": "for", "B": "against"},
        "rationale": "Zero. One two three. And four.",
    }
    assert together(FACTOR, {**mine, "weight": "little"}, theirs) is None  # two weights: a person chooses
    assert together(
        {"factor": "harm"}, {"factor": "harm", "rationale": "Mine."}, {"factor": "harm", "rationale": "Yours."}
    ) == {
        "factor": "harm",
        "rationale": "Yours. Mine.",
    }


def test_the_facts_of_a_gate_are_sentences_too() -> None:
    base = {"facts": {"element-1": "He was there."}}
    mine = {"facts": {"element-1": "He was there at noon.", "element-2": "Seen."}}
    theirs = {"facts": {"element-1": "He was there with a knife."}}
    both = together(base, mine, theirs)
    assert both is not None
    assert {"noon.", "knife."} <= set(both["facts"]["element-1"].split())
    assert both["facts"]["element-2"] == "Seen."


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), max_size=8).map(" ".join)


@given(WORDS, WORDS, WORDS)
def test_no_word_that_either_side_wrote_is_lost(base: str, mine: str, theirs: str) -> None:
    both = both_texts(base, mine, theirs).split()
    for side in (mine, theirs):
        for word in set(side.split()):
            assert both.count(word) >= side.split().count(word) - base.split().count(word), (word, both)


@given(WORDS, WORDS)
def test_a_text_that_one_side_changed_is_that_sides(base: str, mine: str) -> None:
    assert both_texts(base, mine, base) == both_texts(base, base, mine) == mine
    assert both_texts(base, mine, mine) == mine
