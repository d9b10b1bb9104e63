"""Screen a docket file: read it, put its cases together, write every row with what it comes to."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol

from plea_aid.law.catalogue import Law
from plea_aid.screening.columns import ADDED, DocketError, mapped
from plea_aid.screening.protected import ValueCheck, check_names
from plea_aid.screening.screen import Screening, Texts
from plea_aid.screening.sources import Block, Source, open_docket

Stage = Literal["Reading", "Writing"]
Progress = Callable[[Stage, float], None]
"""Told how far a stage is, 0 to 1."""


@dataclass(frozen=True)
class Summary:
    """What a run came to."""

    rows: int
    cases: int
    flags: Mapping[str, int]
    """Rows by flag."""
    wrong: int
    first_wrong: str
    """Which row has the first error, and what it is; '' when there is none."""

    def as_json(self) -> dict[str, Any]:
        """Return the summary as plain data."""
        return {
            "rows": self.rows,
            "cases": self.cases,
            "flags": dict(self.flags),
            "errors": self.wrong,
            "first_error": self.first_wrong or None,
        }


def screen_file(
    docket: Path,
    output: Path,
    law: Law,
    day: date,
    *,
    mapping: Mapping[str, str] | None = None,
    drop: Sequence[str] = (),
    progress: Progress = lambda *_: None,
) -> Summary:
    """Screen the docket in a file and write the result; raise DocketError or OSError, and then nothing is written.

    The file is read twice: once to know its cases and to look for protected information, once to write.
    """
    check_output(docket, output)
    source = open_docket(docket)
    kept, columns = accepted(source, mapping or {}, drop)
    screening = Screening(law, day)
    check = ValueCheck()
    first = 0
    for block in source.blocks():
        check.read(block.frame[kept], first)
        screening.take(known_columns(block, columns), block.wrong)
        first += len(block.frame)
        progress("Reading", block.share)
    if not first:
        raise DocketError(["the docket has no rows beneath the names of its columns"])
    screening.settle()
    flags: Counter[str] = Counter()
    first = 0
    with writer_of(output, kept) as write:
        for block in source.blocks():
            added = screening.columns(first, first + len(block.frame))
            write(block, added)
            flags.update(added["flag"])
            first += len(block.frame)
            progress("Writing", block.share)
    return summary_of(screening, flags)


def accepted(source: Source, mapping: Mapping[str, str], drop: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the columns kept and which of them is which known one; raise DocketError."""
    columns = mapped(source.header, mapping, drop)
    kept = [name for name in source.header if name not in drop]
    check_names(kept)
    return kept, columns


def known_columns(block: Block, columns: Mapping[str, str]) -> Any:
    """Return the known columns of a block under their own names."""
    frame = block.frame[list(columns.values())]
    frame.columns = list(columns)
    return frame


def summary_of(screening: Screening, flags: Mapping[str, int]) -> Summary:
    """Return what a settled docket came to."""
    rows, cases = screening.settled
    wrong = screening.wrong_rows
    first = f"row {wrong[0] + 1}: {screening.error(int(wrong[0]))}" if len(wrong) else ""
    return Summary(len(rows), len(cases.starts) - 1, flags, len(wrong), first)


# ----- writing


class Write(Protocol):
    """Writes a block of rows with what was added to each."""

    def __call__(self, block: Block, added: Mapping[str, Texts]) -> None: ...


def check_output(docket: Path, output: Path) -> None:
    """Raise DocketError for an output that cannot be."""
    if output.suffix.lower() not in (".csv", ".parquet"):
        raise DocketError([f"--output {output}: a name that ends in .csv or .parquet is accepted"])
    if output.exists() and docket.exists() and output.samefile(docket):
        raise DocketError([f"--output {output}: that is the docket itself; give another file"])


@contextmanager
def writer_of(output: Path, kept: Sequence[str]) -> Iterator[Write]:
    """Yield a writer; the output takes its place whole, at the end, or not at all."""
    partial = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with (_csv if output.suffix.lower() == ".csv" else _parquet)(partial, kept) as write:
            yield write
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


class _Lines:
    """Takes the lines that a CSV writer writes."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


@contextmanager
def _csv(path: Path, kept: Sequence[str]) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*kept, *ADDED])

        def write(block: Block, added: Mapping[str, Texts]) -> None:
            lines: list[str] = []
            csv.writer(_Lines(lines), lineterminator="").writerows(block.frame[kept].itertuples(index=False, name=None))
            # Long reasons stand in many rows: what is added is put into CSV once for rows where it is the same.
            ends: dict[tuple[str, ...], str] = {}
            for n, end in enumerate(zip(*(added[name] for name in ADDED), strict=True)):
                said = ends.get(end)
                if said is None:
                    part: list[str] = []
                    csv.writer(_Lines(part), lineterminator="\n").writerow(end)
                    said = ends[end] = part[0]
                lines[n] = f"{lines[n]},{said}"
            file.writelines(lines)

        yield write


@contextmanager
def _parquet(path: Path, kept: Sequence[str]) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer: Any = None

    def write(block: Block, added: Mapping[str, Texts]) -> None:
        nonlocal writer
        if block.original is not None:
            columns = {name: block.original.column(block.original.schema.get_field_index(name)) for name in kept}
        else:
            columns = {name: pa.array(block.frame[name], type=pa.string()) for name in kept}
        table = pa.table({**columns, **{name: pa.array(added[name], type=pa.string()) for name in ADDED}})
        if writer is None:
            writer = pq.ParquetWriter(path, table.schema)
        writer.write_table(table)

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()
