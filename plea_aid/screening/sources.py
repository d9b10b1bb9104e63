"""Read a docket from CSV, Parquet or XLSX, block by block, every row and value as it stands."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from plea_aid.screening.columns import DocketError

BLOCK = 50_000
"""Rows read at a time."""
MOST_COLUMNS = 1_000
LARGEST_SHEET = 512 * 1024 * 1024
"""Bytes that an XLSX file may unpack to."""
ACCEPTED = (".csv", ".parquet", ".xlsx")
csv.field_size_limit(10_000_000)


@dataclass
class Block:
    """Rows side by side: every column of the docket as text, and what is wrong with a row by itself."""

    frame: pd.DataFrame
    wrong: dict[int, str] = field(default_factory=dict)
    original: Any = None
    """The same rows as a batch of typed columns, where the file has types."""
    share: float = 0.0
    """How far into the docket the block ends, 0 to 1."""


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

    def blocks() -> Iterator[Block]:
        size = path.stat().st_size
        with path.open("rb") as raw:
            file = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            records = _records(file)
            next(records, None)
            for rows in _portions(records, block):
                wrong = _fit(rows, len(header))
                yield Block(_frame(rows, header), wrong, None, min(1.0, raw.tell() / size))

    return Source(header, blocks)


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


def _frame(rows: list[list[str]], header: list[str]) -> pd.DataFrame:
    return pd.DataFrame(dict(zip(header, zip(*rows, strict=True), strict=True)), dtype=object)


# ----- Parquet


def _parquet(path: Path, block: int) -> Source:
    import pyarrow.parquet as pq

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
            values = _whole((batch.column(n).to_pylist() for n in range(len(header))), "Parquet")
            columns = {name: [_text(v) for v in column] for name, column in zip(header, values, strict=True)}
            share = done / max(1, again.metadata.num_rows)
            yield Block(pd.DataFrame(columns, dtype=object), {}, batch, share)

    return Source(header, blocks)


# ----- XLSX


def _xlsx(path: Path, block: int) -> Source:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile:
        raise DocketError(["not readable as XLSX: an Excel workbook is accepted"]) from None
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
            yield Block(_frame(found, header), wrong, None, 0.5)

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
