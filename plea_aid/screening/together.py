"""Put the counts of each case together: what the tests across counts come to, for all cases at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from plea_aid.screening.kinds import Kinds
from plea_aid.screening.rows import BLANK, Places, RowReader, Rows, distinct
from plea_aid.screening.tables import Across

Ints = npt.NDArray[np.int64]
MOST_COUNTS = 60
"""Counts that one case may have, as in a case file."""


@dataclass
class Cases:
    """The rows of a docket by case, and what each row comes to among the other counts of its case."""

    order: npt.NDArray[np.intp]
    """Rows, those of a case side by side and in the order of the docket."""
    starts: npt.NDArray[np.intp]
    """Where each case begins in ``order``; one more at the end."""
    case: Places
    """The case of each row."""
    levels: npt.NDArray[np.int8]
    """By row and test across counts: what the case comes to, 0 where the row is not among the counts."""
    others: npt.NDArray[np.int8]
    """By row and lone-offense exception: whether there is another such offense, 0 no, 1 perhaps, 2 yes."""
    incomplete: npt.NDArray[np.bool_]
    """By row: another row of the case has an error."""
    alike: Places
    """Rows with the same number are of one kind and come to the same among the counts of their cases."""

    names: Places
    """By case: cases with the same number have the same counts by number and kind, in the same order."""
    sums: Places
    """By case: the same, and the same days."""

    def rows_of(self, row: int) -> npt.NDArray[np.intp]:
        """Return the rows of the case that ``row`` belongs to, in the order of the docket."""
        case = self.case[row]
        return self.order[self.starts[case] : self.starts[case + 1]]


def put_together(rows: Rows, reader: RowReader) -> Cases:
    """Return the cases of all rows; rows that a case cannot hold get their error in ``rows``."""
    order, starts, case = _by_case(rows.case)
    _check_cases(rows, reader, order, starts, case)
    count = len(starts) - 1
    good = rows.kind != BLANK
    kinds, kind = reader.kinds, np.where(good, rows.kind, 0)
    bad_cases = np.bincount(case[~good], minlength=count) > 0
    size = len(rows)
    if not good.any():
        nothing, none = np.zeros((size, 0), dtype=np.int8), np.zeros(count, dtype=np.int32)
        return Cases(order, starts, case, nothing, nothing, ~good & False, np.zeros(size, dtype=np.int32), none, none)
    conviction = np.where(good, kinds.conviction[kind], 0)
    levels = np.zeros((size, len(reader.tables.across)), dtype=np.int8)
    for place, test in enumerate(reader.tables.across):
        own = np.where(good, kinds.own[kind, place], 0)
        levels[:, place] = _across(test, own, conviction, rows, case, count)
    others = _others(kinds, kind, good, case, count)
    alike = distinct([rows.kind, *others.T, *levels.T])[1].astype(np.int32)
    named = distinct([rows.kind, np.where(good, rows.number, BLANK)])[1]
    added_up = distinct([named, rows.jail, rows.suspended, rows.served])[1]
    names, sums = (_sequences(each[order], starts) for each in (named, added_up))
    return Cases(order, starts, case, levels, others, good & bad_cases[case], alike, names, sums)


def _sequences(values: Ints, starts: npt.NDArray[np.intp]) -> Places:
    """Return, by case, a number that is the same for cases whose rows have the same values one after the other."""
    sizes = np.diff(starts)
    found = distinct([sizes])[1]
    for place in range(int(sizes.max())):
        longer = np.flatnonzero(sizes > place)
        # Cases told apart already stay apart: their numbers take part in telling them apart further.
        apart = distinct([found[longer], values[starts[:-1][longer] + place]])[1]
        found[longer] = apart + len(sizes) * (place + 1)
    return distinct([found])[1].astype(np.int32)


def _by_case(
    hashes: npt.NDArray[np.uint64],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Places]:
    order = np.lexsort((hashes[:, 1], hashes[:, 0]))
    sorted_ = hashes[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (sorted_[1:] != sorted_[:-1]).any(axis=1)
    case = np.empty(len(order), dtype=np.int32)
    case[order] = np.cumsum(new) - 1
    return order, np.append(np.flatnonzero(new), len(order)), case


def _check_cases(
    rows: Rows, reader: RowReader, order: npt.NDArray[np.intp], starts: npt.NDArray[np.intp], case: Places
) -> None:
    """Give an error to a count whose number another row of the case has, and to counts beyond what a case can hold."""
    number = rows.number[order].astype(np.int64)
    key = case[order].astype(np.int64) * 1024 + number
    by_number = np.argsort(key, kind="stable")
    again = np.zeros(len(order), dtype=np.bool_)
    again[by_number[1:]] = key[by_number[1:]] == key[by_number[:-1]]
    beyond = np.arange(len(order)) - np.repeat(starts[:-1], np.diff(starts)) >= MOST_COUNTS
    for place in np.flatnonzero((again | beyond) & (rows.error[order] == BLANK)):
        row = order[place]
        said = f"count {rows.number[row]} stands in this case already; each count of a case needs its own number"
        if beyond[place]:
            said = f"the case has more than {MOST_COUNTS} counts; {MOST_COUNTS} are accepted"
        rows.error[row], rows.kind[row] = reader.errors.place(said), BLANK


def _across(test: Across, own: Ints, conviction: Ints, rows: Rows, case: Places, count: int) -> npt.NDArray[np.int8]:
    """Return what a test across counts comes to for each row; 0 for rows that are not among the counts it rests on."""
    if test.kind == "tally":
        return np.where(own > 0, _nth_highest(own, test.needs, case, count)[case], 0).astype(np.int8)
    convicted = conviction > 0
    days = rows.served if test.served else rows.jail + rows.suspended
    total = np.bincount(case, weights=np.where(convicted, days, 0), minlength=count)
    enough = (total >= test.days) & (np.bincount(case, weights=convicted, minlength=count) >= test.needs)
    level = np.where(enough, _nth_highest(conviction, 1, case, count), 0)
    if test.kind == "total":
        return np.where(convicted, level[case], 0).astype(np.int8)
    described = _nth_highest(own, 1, case, count)
    among = convicted | ((own > 0) & (own == described[case]))
    return np.where(among, np.minimum(level, described)[case], 0).astype(np.int8)


def _nth_highest(own: Ints, needs: int, case: Places, count: int) -> Ints:
    """Return, by case, the level that ``needs`` of its counts reach."""
    level = np.zeros(count, dtype=np.int64)
    for least in range(1, 5):
        level[np.bincount(case[own >= least], minlength=count) >= needs] = least
    return level


def _others(kinds: Kinds, kind: Ints, good: npt.NDArray[np.bool_], case: Places, count: int) -> npt.NDArray[np.int8]:
    found = np.zeros((len(kind), kinds.another.shape[1]), dtype=np.int8)
    for place in range(found.shape[1]):
        own = np.where(good, kinds.another[kind, place], 0)
        asks = good & kinds.asks[kind, place]
        for sure in (1, 2):
            more = np.bincount(case[own >= sure], minlength=count)[case] - (own >= sure)
            found[asks & (more > 0), place] = sure
    return found
