from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plea_aid.pages.merge import merged

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


def test_rows_added_or_removed_on_either_side_are_not_guessed() -> None:
    shorter = {**BASE, "count": BASE["count"][1:]}
    assert merged(BASE, shorter, fine(9)) is None
    assert merged(BASE, {**BASE, "day": "x"}, lambda d: {**d, "count": d["count"][:1]}) is None


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 1), st.integers(0, 1))
def test_what_is_put_together_holds_both_changes(mine: int, yours: int, here: int, there: int) -> None:
    theirs = fine(yours, there)(BASE)
    both = merged(BASE, theirs, fine(mine, here))
    if both is None:
        assert here == there
        assert mine != yours
    else:
        assert both["count"][here]["fine"] == mine
        assert here == there or both["count"][there]["fine"] == yours
