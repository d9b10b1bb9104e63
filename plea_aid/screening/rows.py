"""Read rows of a docket into columns of numbers: which kind of count each is, or what is wrong with it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from plea_aid.analysis.case import Disposition
from plea_aid.analysis.charge import CaseError, beyond_the_law, number_of
from plea_aid.screening.columns import REQUIRED, Column, readers
from plea_aid.screening.kinds import Kinds
from plea_aid.screening.sources import Texts
from plea_aid.screening.tables import Tables

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
MANNERS = tuple(d.value for d in Disposition)
BLANK = -1
_SALTS = ("plea aid docket1", "plea aid docket2")


@dataclass
class Rows:
    """Some rows of a docket, one element a row: some 60 bytes each, whatever the docket says."""

    case: npt.NDArray[np.uint64]
    """Two hashes of the case_id: 128 bits stand for the text."""
    kind: Places
    """Place in the kinds; BLANK for a row with an error."""
    error: Ints
    """Place of the sentence that says what is wrong; BLANK for nothing."""
    number: npt.NDArray[np.int16]
    manner: npt.NDArray[np.int8]
    """Place in MANNERS."""
    jail: Places
    suspended: Places
    served: Places
    loss: npt.NDArray[np.float64]
    """Not a number where it is not stated; so are grams."""
    grams: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.kind)


@dataclass
class _Values:
    """The distinct values of a column in a block, and which of them each row has."""

    codes: npt.NDArray[np.intp]
    found: list[Any]

    def each(self, meaning: Callable[[Any], float], dtype: Any = np.int64) -> npt.NDArray[Any]:
        """Return a number for each row."""
        return np.array([meaning(v) for v in self.found], dtype=dtype)[self.codes]

    def or_else(self, blank: float, dtype: Any = np.int64) -> npt.NDArray[Any]:
        """Return the number of each row, ``blank`` where there is none."""
        return self.each(lambda v: blank if v is None else v, dtype)


@dataclass(frozen=True)
class _Base:
    """A charge with its number, its day and its facts: how much the law allows, or what is wrong."""

    place: int
    """The same for charges that the law does not tell apart."""
    asks: tuple[bool, ...] = (False,) * 5
    """Which of the figures asked about can make a difference."""
    days: int = 0
    fine: int = 0
    nth: int = 1
    cite: str = ""
    wrong: str = ""


class Placed(Protocol):
    """Keeps sentences."""

    def place(self, text: str) -> int:
        """Return where a sentence is kept."""


class _Met(dict[Any, int]):
    """Numbers things in the order they are met."""

    def place(self, thing: Any) -> int:
        return self.setdefault(thing, len(self))


class RowReader:
    """Reads blocks of rows; what it has read once (a value, a charge, a kind of count) it does not read again."""

    def __init__(self, tables: Tables, errors: Placed) -> None:
        self.tables = tables
        self.kinds = Kinds(tables)
        self.errors = errors
        self._columns: dict[str, Column] = readers()
        self._charges, self._substances, self._victims, self._laws = _Met(), _Met(), _Met(), _Met()
        self._bases: dict[tuple[int, ...], _Base] = {}
        self._kind_places: dict[tuple[int, ...], int] = {}
        alike = [(r.is_conviction, r.id == "pending") for r in (tables.law.dispositions[m] for m in MANNERS)]
        self._alike = np.array([alike.index(a) for a in alike], dtype=np.int64)

    def read(self, given: Mapping[str, Texts]) -> Rows:
        """Return the rows of known columns."""
        error = np.full(len(given["case_id"]), BLANK, dtype=np.int64)
        columns = {name: self._values(given, name, error) for name in self._columns}
        for name in ("offense", "amended_offense"):
            self._mark_values(error, columns[name], [self._charge_error(name, v) for v in columns[name].found])
        case_id = given["case_id"]
        cases = _Values(case_id.indices.to_numpy(), [text.strip() for text in case_id.dictionary.to_pylist()])
        missing = "case_id is empty; each row needs the id of its case"
        empty = cases.each(lambda text: not text, np.bool_)
        error[empty] = self.errors.place(missing) if empty.any() else BLANK
        rows = _rows(columns, cases, error)
        block = _Block(columns, rows)
        self._allow(block)
        self._sort(block)
        return rows

    # ----- values, and what is wrong with them

    def _values(self, given: Mapping[str, Texts], name: str, error: Ints) -> _Values:
        if name not in given:
            return _Values(np.zeros(len(error), dtype=np.intp), [None])
        pairs = [self._columns[name].value(text) for text in given[name].dictionary.to_pylist()]
        values = _Values(given[name].indices.to_numpy(), [v for v, _ in pairs])
        missing = f"{name} is empty; each row needs one" if name in REQUIRED else ""
        self._mark_values(error, values, [w or (missing if v is None else "") for v, w in pairs])
        return values

    def _charge_error(self, name: str, text: str | None) -> str:
        charge = self.kinds.charge(text) if text is not None else ""
        return f"{name}: {charge}" if charge and isinstance(charge, str) else ""

    def _mark_values(self, error: Ints, values: _Values, wrong: Sequence[str]) -> None:
        if any(wrong):
            each = np.array([self.errors.place(w) if w else BLANK for w in wrong], dtype=np.int64)[values.codes]
            np.copyto(error, each, where=(error == BLANK) & (each != BLANK))

    # ----- what the law says of the charge

    def _allow(self, block: _Block) -> None:
        """Find how much the law allows each row's charge, and put an error where more is given."""
        t, rows, columns = self.tables, block.rows, block.columns
        good = block.good()
        meanings = [
            columns["offense"].each(self._charge_place),
            columns["amended_offense"].each(self._charge_place),
            columns["nth"].or_else(1),
            columns["offense_date"].each(lambda d: bisect_right(t.days_that_matter, (d or t.day).toordinal())),
            columns["substance"].each(
                lambda v: BLANK if v is None else self._substances.place(self.kinds.substance(v))
            ),
            columns["victim"].each(lambda v: BLANK if v is None else self._victims.place(v)),
        ]
        first, inverse = distinct([m[good] for m in meanings])
        bases = [self._base(tuple(int(m[row]) for m in meanings), block, row) for row in good[first]]
        limits = np.array([(b.place, b.days, b.fine, self._wrong(b)) for b in bases], dtype=np.int64).reshape(-1, 4)
        block.base[good], days, fines, wrong = limits[inverse].T
        block.asks[good] = np.array([b.asks for b in bases], dtype=np.bool_).reshape(-1, len(_ASKED))[inverse]
        rows.error[good] = wrong
        ordered, fine = rows.jail[good] + rows.suspended[good], columns["fine"].or_else(0)[good]
        doubtful = (wrong == BLANK) & ((ordered > days) | (fine > fines) | (rows.served[good] > ordered))
        which = good[doubtful]
        figures = (rows.number, rows.manner, rows.jail, rows.suspended, rows.served)
        given = zip(*(f[which].tolist() for f in figures), fine[doubtful].tolist(), strict=True)
        for row, place, (number, manner, *ordered_and_paid) in zip(
            which, inverse[doubtful].tolist(), given, strict=True
        ):
            base = bases[place]
            beyond = beyond_the_law(base.days, base.fine, base.nth, MANNERS[manner], *ordered_and_paid)
            if beyond:
                rows.error[row] = self.errors.place(f"count {number}, {base.cite}: {beyond}")

    def _charge_place(self, text: str | None) -> int:
        charge = self.kinds.charge(text) if text is not None else ""
        return BLANK if isinstance(charge, str) else self._charges.place(charge.id)

    def _wrong(self, base: _Base) -> int:
        return self.errors.place(base.wrong) if base.wrong else BLANK

    def _base(self, key: tuple[int, ...], block: _Block, row: int) -> _Base:
        found = self._bases.get(key)
        if found is None:
            try:
                outcome = self.kinds.outcome({k: v for k, v in block.values(row).items() if k not in _FIGURES})
                place = self._laws.place(self.kinds.law_key(outcome))
                asked = self.tables.asks_about(outcome)
                nth = number_of(key[2], outcome.charged, outcome.final)
                found = _Base(
                    place,
                    tuple(name in asked for name in _ASKED),
                    outcome.maximum_days,
                    outcome.fine_max,
                    nth,
                    outcome.final.cite,
                )
            except CaseError as fault:
                found = _Base(BLANK, wrong="; ".join(fault.problems))
            self._bases[key] = found
        return found

    # ----- which kind of count

    def _sort(self, block: _Block) -> None:
        """Give every row that is in order its kind."""
        t, rows, good = self.tables, block.rows, block.good()
        if not len(good):
            return
        suspended, manner = rows.suspended[good], rows.manner[good]
        asked_about = (
            ((suspended > 0) | (manner == _DEFERRED)).astype(np.int64),
            np.searchsorted(t.ordered_steps, rows.jail[good] + suspended, side="right"),
            np.searchsorted(t.served_steps, rows.served[good], side="right"),
            _over(t.loss_over, rows.loss[good]),
            _over(t.grams_over, rows.grams[good]),
        )
        figures = [np.where(asks, f, 0) for asks, f in zip(block.asks[good].T, asked_about, strict=True)]
        meanings = [block.base[good], self._alike[manner], *figures]
        first, inverse = distinct(meanings)
        found = [self._kind(tuple(int(m[n]) for m in meanings), block, int(good[n])) for n in first]
        rows.kind[good] = np.array(found, dtype=np.int32)[inverse]

    def _kind(self, key: tuple[int, ...], block: _Block, row: int) -> int:
        found = self._kind_places.get(key)
        if found is None:
            found = self._kind_places[key] = self.kinds.place(block.values(row))
        return found


_ASKED = ("supervised", "ordered", "served", "loss", "marijuana_grams")
_FIGURES = frozenset({"jail_days", "suspended_days", "served_days", "fine", "loss", "marijuana_grams"})
_DEFERRED = MANNERS.index("deferred-imposition")


class _Block:
    """A block of rows being read."""

    def __init__(self, columns: dict[str, _Values], rows: Rows) -> None:
        self.columns, self.rows = columns, rows
        self.base = np.full(len(rows), BLANK, dtype=np.int64)
        self.asks = np.zeros((len(rows), len(_ASKED)), dtype=np.bool_)
        """By row and figure asked about: whether it can make a difference."""

    def good(self) -> npt.NDArray[np.intp]:
        """Return the rows without an error."""
        return np.flatnonzero(self.rows.error == BLANK)

    def values(self, row: int) -> dict[str, Any]:
        """Return what is stated in a row, by column."""
        pairs = ((name, column.found[column.codes[row]]) for name, column in self.columns.items())
        return {name: value for name, value in pairs if value is not None}


def _rows(columns: dict[str, _Values], cases: _Values, error: Ints) -> Rows:
    jail = columns["jail_days"].or_else(0, np.int32)
    served = columns["served_days"].or_else(BLANK, np.int32)
    ids = np.array(cases.found, dtype=object)
    hashes = [pd.util.hash_array(ids, hash_key=salt, categorize=False) for salt in _SALTS]
    return Rows(
        case=np.stack(hashes, axis=1)[cases.codes],
        kind=np.full(len(error), BLANK, dtype=np.int32),
        error=error,
        number=columns["count"].or_else(0, np.int16),
        manner=columns["disposition"].each(lambda v: MANNERS.index(v or "pending"), np.int8),
        jail=jail,
        suspended=columns["suspended_days"].or_else(0, np.int32),
        served=np.where(served == BLANK, jail, served),
        loss=columns["loss"].or_else(np.nan, np.float64),
        grams=columns["marijuana_grams"].or_else(np.nan, np.float64),
    )


def _over(limits: list[float], values: npt.NDArray[np.float64]) -> Ints:
    """Return how many limits each value is over; BLANK where there is no value."""
    return np.where(np.isnan(values), BLANK, np.searchsorted(limits, values, side="left"))


def distinct(columns: Sequence[npt.NDArray[Any]]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return where each distinct combination of the columns first stands, and which combination each row has."""
    codes, size = _ranked(columns[0])
    for column in columns[1:]:
        more, values = _ranked(column)
        if size * values >= 2**62:
            codes, size = _ranked(codes)
        codes, size = codes * values + more, size * values
    codes = pd.factorize(codes)[0]
    first = np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1)) if len(codes) else codes
    return first, codes.astype(np.intp)


def _ranked(column: npt.NDArray[Any]) -> tuple[Ints, int]:
    """Return numbers from 0 that tell the values apart, and how many they are at most."""
    if column.dtype.kind in "iub" and len(column):
        least, most = int(column.min()), int(column.max())
        if most - least < 4096:
            return column.astype(np.int64) - least, most - least + 1
    codes, values = pd.factorize(column)
    return codes.astype(np.int64), max(1, len(values))
