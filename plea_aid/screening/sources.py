"""Read a docket from CSV, Parquet or XLSX, block by block, every row and value as it stands."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from plea_aid.screening.columns import DocketError

BLOCK = 100_000
"""Rows read at a time."""
MOST_COLUMNS = 1_000
_BYTES = 2 * 1024 * 1024
"""Bytes of CSV read at a time; pyarrow keeps several such pieces ready."""
MOST_PARTS = 1000
"""Files within a workbook."""
LARGEST_SHEET = 512 * 1024 * 1024
"""Bytes that an XLSX file may unpack to."""
ACCEPTED = (".csv", ".parquet", ".xlsx")
csv.field_size_limit(10_000_000)


Texts = Any
"""A column as text: a pyarrow DictionaryArray of int32 places among distinct strings; '' is a blank, none is null."""


@dataclass
class Block:
    """Rows side by side: every column of the docket as text, and what is wrong with a row by itself."""

    columns: dict[str, Texts]
    wrong: dict[int, str] = field(default_factory=dict)
    original: pa.RecordBatch | None = None
    """The same rows as a batch of typed columns, where the file has types."""
    share: float = 0.0
    """How far into the docket the block ends, 0 to 1."""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def as_columns(frame: pd.DataFrame) -> dict[str, Texts]:
    """Return the columns of a frame of text."""
    values = {str(name): frame[name].to_numpy(dtype=object) for name in frame.columns}
    return {name: pa.array(texts, type=pa.string()).dictionary_encode() for name, texts in values.items()}


def as_frame(columns: Mapping[str, Texts]) -> pd.DataFrame:
    """Return columns as a frame of text."""
    return pd.DataFrame({name: np.array(c.dictionary.to_pylist() or [""], dtype=object)[c.indices.to_numpy()]
                         for name, c in columns.items()}, dtype=object)  # fmt: skip


@dataclass
class Source:
    """A docket that can be read as often as wanted."""

    header: list[str]
    blocks: Callable[[], Iterator[Block]]


def open_docket(path: Path, *, block: int = BLOCK) -> Source:
    """Return the docket in a file; raise DocketError or OSError."""
    kind = path.suffix.lower()
    if kind not in ACCEPTED:
        raise DocketError([f"a docket ends in {', '.join(ACCEPTED)}; '{path.name}' does not"])
    if path.stat().st_size == 0:
        raise DocketError(["the file is empty; a docket begins with the names of its columns"])
    if kind == ".csv":
        return _csv(path, block)
    return _parquet(path, block) if kind == ".parquet" else _xlsx(path, block)


# ----- CSV


def _csv(path: Path, block: int) -> Source:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(_records(file), None)
    if not header:
        raise DocketError(["the first line is empty; a docket begins with the names of its columns"])

    _few(header)
    return Source(header, lambda: _csv_blocks(path, header, block))


def _csv_blocks(path: Path, header: list[str], block: int) -> Iterator[Block]:
    """Yield the rows as pyarrow reads them; from where it gives up, as the reader does that says what is wrong."""
    size, done = path.stat().st_size, 0
    try:
        for found in _quickly(path, header, block, size):
            yield found
            done += len(found)
        return
    except (pa.ArrowException, _Odd):
        pass
    with path.open("rb") as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        records = _records(file)
        for _ in range(1 + done):
            next(records, None)
        for rows in _portions(records, block):
            wrong = _fit(rows, len(header))
            yield Block(_as_texts(rows, header), wrong, None, min(1.0, raw.tell() / size))


class _Odd(Exception):
    """Text that pyarrow would read otherwise than a CSV reader that takes what it is given."""


class _Watched(io.RawIOBase):
    """Bytes of a file, passed on as they are; a null byte stops the reading."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def read(self, size: int = -1) -> bytes:
        found: bytes = self._raw.read(size)
        if b"\0" in found:
            raise _Odd
        return found

    def readable(self) -> bool:
        return True


def _quickly(path: Path, header: list[str], block: int, size: int) -> Iterator[Block]:
    misfits: dict[int, list[str]] = {}
    first = 0

    def misfit(row: Any) -> str:
        # Rows are numbered from 1, the header's own, and blank lines are not counted.
        try:
            misfits[row.number - 2] = next(csv.reader(io.StringIO(row.text, newline="")))
        except csv.Error:
            return "error"  # a cell beyond all measure: the careful reader says where
        return "skip"

    with path.open("rb") as raw:
        reader = pa_csv.open_csv(
            _Watched(raw),
            pa_csv.ReadOptions(use_threads=False, block_size=_BYTES),
            pa_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=misfit),
            pa_csv.ConvertOptions(
                column_types={name: pa.dictionary(pa.int32(), pa.string()) for name in header},
                strings_can_be_null=False,
            ),
        )
        if reader.schema.names != header:
            raise _Odd
        for piece, batch in enumerate(itertools.chain(reader, (None,)), start=1):
            share = min(1.0, piece * _BYTES / size)  # the file itself is read ahead
            rows = 0 if batch is None else batch.num_rows
            if misfits and min(misfits) <= first + rows:
                mixed = _with_misfits(batch, misfits, first)
                for part in _portions(iter(mixed), block):
                    wrong = _fit(part, len(header))
                    yield Block(_as_texts(part, header), wrong, None, share)
                first += len(mixed)
                continue
            for start in range(0, rows, block):
                part = batch.slice(start, block)
                yield Block({name: _compact(part.column(n)) for n, name in enumerate(header)}, {}, None, share)
            first += rows


def _with_misfits(batch: pa.RecordBatch | None, misfits: dict[int, list[str]], first: int) -> list[list[str]]:
    """Return the rows of a batch that begins with row ``first``, those too short or too long in their places."""
    good = zip(*(column.to_pylist() for column in batch.columns), strict=True) if batch is not None else ()
    found: list[list[str]] = []
    for row in itertools.chain(map(list, good), (None,)):
        while first + len(found) in misfits:
            found.append(misfits.pop(first + len(found)))
        if row is not None:
            found.append(row)
    return found


def _compact(column: Any) -> Texts:
    """Return a column with the values of its own rows only."""
    if len(column.dictionary) <= len(column):
        return column
    return column.cast(pa.string()).dictionary_encode()


def _records(file: Any) -> Iterator[list[str]]:
    """Yield the rows of CSV text that are not blank; raise DocketError with the line where it cannot be read."""
    reader = csv.reader(_clean(file))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise DocketError([f"line {reader.line_num + 1}: not readable as text: UTF-8 is accepted"]) from None
        except csv.Error as fault:
            raise DocketError([f"line {reader.line_num + 1}: not readable as CSV: {fault}"]) from None
        if row:
            yield row


def _clean(file: Any) -> Iterator[str]:
    for number, line in enumerate(file, start=1):
        if "\0" in line:
            raise DocketError([f"line {number}: holds a null byte, so it is not text; CSV as UTF-8 is accepted"])
        yield line


def _portions(records: Iterator[list[Any]], size: int) -> Iterator[list[list[Any]]]:
    rows: list[list[Any]] = []
    for row in records:
        rows.append(row)
        if len(rows) == size:
            yield rows
            rows = []
    if rows:
        yield rows


def _fit(rows: list[list[str]], width: int) -> dict[int, str]:
    """Make every row as wide as the header; return what was wrong with those that were not."""
    wrong = {}
    for place, row in enumerate(rows):
        if len(row) == width:
            continue
        said = f"the row has {len(row)} values where the header names {width} columns"
        if len(row) > width:
            said += f"; left over: {', '.join(row[width:])[:200]}"
        wrong[place] = said
        rows[place] = row[:width] + [""] * (width - len(row))
    return wrong


def _as_texts(rows: list[list[str]], header: list[str]) -> dict[str, Texts]:
    columns = zip(header, zip(*rows, strict=True), strict=True)
    return {name: pa.array(values, type=pa.string()).dictionary_encode() for name, values in columns}


# ----- Parquet


def _parquet(path: Path, block: int) -> Source:
    def opened() -> Any:
        try:
            return pq.ParquetFile(path)
        except Exception as fault:  # a damaged file makes the reader raise all sorts
            raise _unreadable("Parquet", fault) from None

    file = opened()
    header = _few(list(file.schema_arrow.names))

    def blocks() -> Iterator[Block]:
        again, done = opened(), 0
        for batch in _whole(again.iter_batches(batch_size=block), "Parquet"):
            done += batch.num_rows
            texts = _whole((_typed(batch.column(n)) for n in range(len(header))), "Parquet")
            columns = dict(zip(header, texts, strict=True))
            yield Block(columns, {}, batch, done / max(1, again.metadata.num_rows))

    return Source(header, blocks)


def _typed(column: Any) -> Texts:
    """Return a column of typed values as text."""
    try:
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    except pa.ArrowException:  # lists and the like
        return pa.array([_text(v) for v in column.to_pylist()], type=pa.string()).dictionary_encode()
    values = [*(_text(v) for v in coded.dictionary.to_pylist()), ""]
    places = coded.indices.cast(pa.int32()).fill_null(len(values) - 1)
    return pa.DictionaryArray.from_arrays(places, pa.array(values, type=pa.string()))


# ----- XLSX


def _xlsx(path: Path, block: int) -> Source:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            size = sum(entry.file_size for entry in parts)
    except zipfile.BadZipFile:
        raise DocketError(["not readable as XLSX: an Excel workbook is accepted"]) from None
    if len(parts) > MOST_PARTS:
        raise DocketError([f"the workbook has {len(parts):,} parts; {MOST_PARTS:,} are accepted; use CSV"])
    if size > LARGEST_SHEET:
        most = LARGEST_SHEET // 1024 // 1024
        raise DocketError([f"the workbook unpacks to {size // 1024 // 1024:,} MB; {most} MB are accepted; use CSV"])

    def rows() -> Iterator[list[str]]:
        return _whole(cells(), "XLSX")

    def cells() -> Iterator[list[str]]:
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0] if book.worksheets else None
            for row in sheet.iter_rows(values_only=True) if sheet else ():
                found = [_text(v) for v in row]
                if any(found):
                    yield found
        finally:
            book.close()

    header = next(rows(), None)
    if header is None:
        raise DocketError(["the first sheet is empty; a docket begins with the names of its columns"])
    while header and not header[-1]:
        header.pop()
    _few(header)

    def blocks() -> Iterator[Block]:
        records = rows()
        next(records, None)
        trimmed = (row[: len(header)] if not any(row[len(header) :]) else row for row in records)
        for found in _portions(trimmed, block):
            wrong = _fit(found, len(header))
            yield Block(_as_texts(found, header), wrong, None, 0.5)

    return Source(header, blocks)


def _whole(read: Iterator[Any], kind: str) -> Iterator[Any]:
    """Yield what a library reads; whatever a damaged file makes it raise becomes a DocketError."""
    try:
        yield from read
    except Exception as fault:
        raise _unreadable(kind, fault) from None


def _unreadable(kind: str, fault: Exception) -> DocketError:
    said = (str(fault).splitlines() or [""])[0]
    return DocketError([f"not readable as {kind}{': ' if said else ''}{said[:200]}; the file may be damaged"])


def _few(header: list[str]) -> list[str]:
    if len(header) > MOST_COLUMNS:
        raise DocketError([f"the docket names {len(header):,} columns; {MOST_COLUMNS:,} are accepted"])
    return header


def _text(value: Any) -> str:
    """Return a typed value as the text that means it."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
