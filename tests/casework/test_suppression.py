"""No small count is shown, and none that is left out can be worked out: held against trying every possible table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from plea_aid.casework.suppression import Withheld, withhold

LEAST = 4


def tables() -> st.SearchStrategy[list[list[int]]]:
    def of(width: int) -> st.SearchStrategy[list[list[int]]]:
        row = st.lists(st.sampled_from([0, 0, 1, 1, 2, 3, 5, 7]), min_size=width, max_size=width)
        return st.lists(row.filter(lambda r: sum(r) >= LEAST), min_size=1, max_size=3)

    return st.integers(1, 3).flatmap(of)


def possible(rows: list[list[int]], shown: Withheld) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every table that shows the same: the row totals, the grand total, what is shown; what is not is not zero."""

    def fill(row: list[int], seen: tuple[int | None, ...]) -> list[tuple[int, ...]]:
        choices = [range(1, sum(row) + 1) if one is None else (one,) for one in seen]
        return [found for found in itertools.product(*choices) if sum(found) == sum(row)]

    for found in itertools.product(*(fill(r, s) for r, s in zip(rows, shown.rows, strict=True))):
        totals = [sum(column) for column in zip(*found, strict=True)]
        if all(t == s if s is not None else t for t, s in zip(totals, shown.totals, strict=True)):
            yield found


@settings(max_examples=300, deadline=None)
@given(tables())
def test_nothing_left_out_can_be_worked_out(rows: list[list[int]]) -> None:
    shown = withhold(rows, LEAST)
    for row, seen in zip([*rows, [sum(c) for c in zip(*rows, strict=True)]], [*shown.rows, shown.totals], strict=True):
        for count, one in zip(row, seen, strict=True):
            assert one in (None, count)
            assert one is None or one == 0 or one >= LEAST
    if all(one is None for seen in shown.rows for one in seen):
        return
    others = list(possible(rows, shown))
    for i, seen in enumerate(shown.rows):
        for j, one in enumerate(seen):
            if one is None:
                assert len({found[i][j] for found in others}) > 1, (rows, shown)


def test_a_table_without_small_counts_is_shown_whole() -> None:
    shown = withhold([[5, 0, 9], [7, 8, 0]], LEAST)
    assert shown == Withheld(((5, 0, 9), (7, 8, 0)), (12, 8, 9))


def test_a_lone_small_count_takes_others_with_it() -> None:
    shown = withhold([[1, 20, 30], [10, 20, 30]], LEAST)
    hidden = [(i, j) for i, row in enumerate(shown.rows) for j, one in enumerate(row) if one is None]
    assert (0, 0) in hidden
    assert sum(i == 0 for i, _ in hidden) >= 2
    assert sum(j == 0 for _, j in hidden) + (shown.totals[0] is None) >= 2
