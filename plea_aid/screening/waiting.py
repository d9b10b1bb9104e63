"""What is known of each row, kept on disk until the whole docket was read.

The rows of a case may stand anywhere in a docket, so what a row comes to is known only at the end. Until then each row
waits as a record of fixed size. The records of a block stand side by side by the share of the cases that they belong
to, so that whole cases can be read again, some shares at a time, and whole blocks too. In memory are one block or some
shares, and the bounds of the shares, whatever the size of the docket.
"""

from __future__ import annotations

import io
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from plea_aid.screening.rows import BLANK, Rows

SHARES = 1024
"""Shares of the cases that a case may be of, by its hash."""
AT_ONCE = 100_000
"""Rows put together at a time, more only where a single share has more."""
_REMEMBERED = 10_000
"""Sentences kept in mind so that they are written once."""

RECORD = np.dtype(
    [
        ("place", "<i4"), ("case", "<u8", (2,)), ("kind", "<i4"), ("error", "<i8"), ("number", "<i2"),
        ("manner", "i1"), ("jail", "<i4"), ("suspended", "<i4"), ("served", "<i4"), ("loss", "<f8"), ("grams", "<f8"),
        ("alike", "<i4"), ("told", "<i8"), ("incomplete", "?"),
    ]
)  # fmt: skip
"""A row: its place in its block; what was read of it, as in Rows; and, once its case is whole, the place of its answer
(BLANK with an error), what the answer says of several counts together (BLANK if nothing), and whether another row of
the case has an error. 77 bytes."""
Records = npt.NDArray[Any]


class Sentences:
    """Sentences in a file, each known by where it stands; one that comes again soon is not written again."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._end = file, 0
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int:
        """Return where a sentence stands."""
        found = self._places.get(text)
        if found is None:
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
            said = text.encode()
            self._file.seek(self._end)
            self._file.write(len(said).to_bytes(4, "little") + said)
            found = self._places[text] = self._end
            self._end += 4 + len(said)
        return found

    def text(self, place: int) -> str:
        """Return the sentence that stands at a place; '' for BLANK."""
        if place == BLANK:
            return ""
        self._file.seek(place)
        return self._file.read(int.from_bytes(self._file.read(4), "little")).decode()


@dataclass
class WholeCases:
    """The rows of some cases, in the order of the docket."""

    records: Records
    rows: npt.NDArray[np.int64]
    """Where each stands in the docket."""
    pieces: list[tuple[int, int]]
    """Where the records stand in the file, and how many there."""


class Waiting:
    """The records of a docket, and the sentences that they speak of."""

    def __init__(self, records: IO[bytes] | None = None, sentences: IO[bytes] | None = None) -> None:
        self._file = records or io.BytesIO()
        self.sentences = Sentences(sentences or io.BytesIO())
        self._starts = [0]
        """Where each block starts, and where the next one will."""
        self._bounds: list[npt.NDArray[np.int32]] = []
        """By block: where each share starts in it, and its end."""
        self._block: tuple[int, Records] | None = None

    def __len__(self) -> int:
        return self._starts[-1]

    def keep(self, rows: Rows) -> None:
        """Keep the rows of the next block."""
        share = (rows.case[:, 0] % np.uint64(SHARES)).astype(np.int64)
        order = np.argsort(share, kind="stable")
        records = np.empty(len(rows), dtype=RECORD)
        records["place"] = order
        for each in fields(Rows):
            records[each.name] = getattr(rows, each.name)[order]
        self._file.seek(len(self) * RECORD.itemsize)
        self._file.write(records.tobytes())
        self._bounds.append(np.append(0, np.cumsum(np.bincount(share, minlength=SHARES))).astype(np.int32))
        self._starts.append(len(self) + len(rows))

    def cases(self) -> Iterator[WholeCases]:
        """Yield all rows, some whole cases at a time."""
        sizes = sum((np.diff(b).astype(np.int64) for b in self._bounds), np.zeros(SHARES, dtype=np.int64))
        first = 0
        while first < SHARES:
            last = first + max(1, int(np.searchsorted(np.cumsum(sizes[first:]), AT_ONCE, side="right")))
            if sizes[first:last].any():
                yield self._shares(first, last)
            first = last

    def _shares(self, first: int, last: int) -> WholeCases:
        pieces, records, rows = [], [], []
        for start, bounds in zip(self._starts, self._bounds, strict=False):
            low, high = int(bounds[first]), int(bounds[last])
            if low < high:
                found = self._read(start + low, high - low)
                found = found[np.argsort(found["place"], kind="stable")]
                pieces.append((start + low, high - low))
                records.append(found)
                rows.append(start + found["place"].astype(np.int64))
        return WholeCases(np.concatenate(records), np.concatenate(rows), pieces)

    def put_back(self, cases: WholeCases) -> None:
        """Keep what was found out of some cases."""
        self._block, done = None, 0
        for start, size in cases.pieces:
            self._file.seek(start * RECORD.itemsize)
            self._file.write(cases.records[done : done + size].tobytes())
            done += size

    def rows(self, start: int, stop: int) -> Records:
        """Return the records of the rows from ``start`` up to ``stop``."""
        found: list[Records] = []
        while start < stop or not found:
            block = bisect_right(self._starts, start, hi=len(self._starts) - 1) - 1
            first, end = self._starts[block], min(stop, self._starts[block + 1])
            found.append(self._whole(block)[start - first : end - first])
            start = end
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _whole(self, block: int) -> Records:
        if self._block is None or self._block[0] != block:
            start, end = self._starts[block : block + 2]
            found = self._read(start, end - start)
            in_order = np.empty_like(found)
            in_order[found["place"]] = found
            self._block = block, in_order
        return self._block[1]

    def _read(self, start: int, size: int) -> Records:
        self._file.seek(start * RECORD.itemsize)
        return np.frombuffer(self._file.read(size * RECORD.itemsize), dtype=RECORD)


@contextmanager
def waiting_beside(output: Path) -> Iterator[Waiting]:
    """Yield what waits beside an output, in files without a name that are gone with this process however it ends."""
    with tempfile.TemporaryFile(dir=output.parent) as records, tempfile.TemporaryFile(dir=output.parent) as sentences:
        yield Waiting(records, sentences)


def as_rows(records: Records) -> Rows:
    """Return what was read of rows, by column."""
    return Rows(**{each.name: np.ascontiguousarray(records[each.name]) for each in fields(Rows)})
