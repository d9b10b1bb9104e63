"""Write a screened docket: the rows as they were read, in order, with what was added to each."""

from __future__ import annotations

import csv
import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from plea_aid.screening.columns import ADDED
from plea_aid.screening.sources import Block, Texts

_AT_ONCE = 15_000
"""Rows put into words and written at a time; reasons are long."""


class Out(Protocol):
    """An output of one kind."""

    def of(self, block: Block, kept: Sequence[str]) -> pa.RecordBatch:
        """Return what is to be written again of a block."""

    def write(self, rows: pa.RecordBatch, added: Mapping[str, Texts]) -> None:
        """Write rows with what was added to each."""

    def close(self) -> None:
        """Finish the file."""


class Writer:
    """Keeps rows on disk while the docket is read, then writes each with what was added to it."""

    def __init__(self, out: Out, waiting: IO[bytes]) -> None:
        self._out, self._waiting = out, waiting
        self._keeping: Any = None

    def keep(self, block: Block, kept: Sequence[str]) -> None:
        """Keep the rows of a block, of which the columns ``kept`` will be written."""
        batch = self._out.of(block, kept)
        if self._keeping is None:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            self._keeping = pa.ipc.new_stream(self._waiting, batch.schema, options=options)
        self._keeping.write_batch(batch)

    def kept(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows kept, in order."""
        if self._keeping is None:
            return
        self._keeping.close()
        self._waiting.seek(0)
        with pa.ipc.open_stream(self._waiting) as stream:
            for batch in stream:
                size = max(1, math.ceil(batch.num_rows / max(1, math.ceil(batch.num_rows / _AT_ONCE))))
                for start in range(0, batch.num_rows, size):
                    yield batch.slice(start, size)

    def rows(self, rows: pa.RecordBatch, added: Mapping[str, Texts]) -> None:
        """Write rows with what was added to each."""
        self._out.write(rows, added)


@contextmanager
def writer_of(output: Path) -> Iterator[Writer]:
    """Yield a writer; the output takes its place whole, at the end, or not at all."""
    partial = output.with_name(f".{output.name}.{os.getpid()}.part")
    # Without a name, what waits is gone with this process however it ends.
    with tempfile.TemporaryFile(dir=output.parent) as waiting:
        try:
            out: Out = _Csv(partial) if output.suffix.lower() == ".csv" else _Parquet(partial)
            try:
                yield Writer(out, waiting)
            finally:
                out.close()
            partial.replace(output)
        finally:
            partial.unlink(missing_ok=True)


class _Csv:
    """Lines are joined by column: a value is put into CSV once for all rows of a block that have it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._begun = False

    def of(self, block: Block, kept: Sequence[str]) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([block.columns[name] for name in kept], names=list(kept))

    def write(self, rows: pa.RecordBatch, added: Mapping[str, Texts]) -> None:
        if not self._begun:
            self._file.write(_line([*rows.schema.names, *ADDED]))
            self._begun = True
        columns = [_in_csv(column) for column in rows.columns]
        columns += [_in_csv(added[name], end="\n" if name == ADDED[-1] else "") for name in ADDED]
        lines = _joined(*columns, by=",")
        _, ends, text = lines.buffers()
        if text is not None:
            first, last = (int.from_bytes(ends[8 * n : 8 * n + 8].to_pybytes(), "little") for n in (0, len(lines)))
            self._file.write(memoryview(text)[first:last])

    def close(self) -> None:
        self._file.close()


def _line(values: Sequence[str]) -> bytes:
    made: list[str] = []
    csv.writer(_Lines(made), lineterminator="\n").writerow(values)
    return made[0].encode()


class _Lines:
    """Takes the lines that a CSV writer writes."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


_QUOTE = pa.scalar('"', pa.large_string())


def _joined(*texts: Any, by: str = "") -> Any:
    return pc.binary_join_element_wise(*texts, pa.scalar(by, pa.large_string()))


def _in_csv(texts: Texts, end: str = "") -> Any:
    values = texts.dictionary.cast(pa.large_string())
    odd = pc.match_substring_regex(values, '[,"\r\n]')
    if pc.any(odd).as_py():
        doubled = pc.replace_substring(values, '"', '""')
        values = pc.if_else(odd, _joined(_QUOTE, doubled, _QUOTE), values)
    if end:
        values = _joined(values, pa.scalar(end, pa.large_string()))
    return values.take(texts.indices)


class _Parquet:
    """Columns keep the types they were read with."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None

    def of(self, block: Block, kept: Sequence[str]) -> pa.RecordBatch:
        if block.original is None:
            columns = [block.columns[name].cast(pa.string()) for name in kept]
        else:
            columns = [block.original.column(block.original.schema.get_field_index(name)) for name in kept]
        return pa.RecordBatch.from_arrays(columns, names=list(kept))

    def write(self, rows: pa.RecordBatch, added: Mapping[str, Texts]) -> None:
        columns = dict(zip(rows.schema.names, rows.columns, strict=True))
        table = pa.table({**columns, **{name: added[name].cast(pa.string()) for name in ADDED}})
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema)
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
