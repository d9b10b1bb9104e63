"""Screen a docket file: read it, put its cases together, write every row with what it comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from plea_aid.law.catalogue import Law
from plea_aid.screening.columns import DocketError, mapped
from plea_aid.screening.progress import Progress, of_the_whole
from plea_aid.screening.protected import ValueCheck, check_names
from plea_aid.screening.screen import Screening
from plea_aid.screening.sources import Block, Source, Texts, open_docket
from plea_aid.screening.waiting import waiting_beside
from plea_aid.screening.writing import Writer, writer_of


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

    The file is read once. What is to be written again, and what was read of each row, waits in files without a name
    beside the output: a row is known to be the last of its case only when the whole docket was read.
    """
    check_output(docket, output)
    source = open_docket(docket)
    kept, columns = accepted(source, mapping or {}, drop)
    tell = of_the_whole(progress)
    with writer_of(output) as write, waiting_beside(output) as waiting:
        screening = Screening(law, day, waiting)
        for block in read_once(source, kept, write, tell):
            screening.take(known_columns(block, columns), block.wrong)
        screening.settle(lambda share: tell("Screening", share))
        flags = write_all(write, screening.columns, len(waiting), tell)
        return summary_of(screening, flags)


def read_once(source: Source, kept: Sequence[str], write: Writer, progress: Progress) -> Iterator[Block]:
    """Yield the blocks of a docket, looked through for protected information and kept to be written; raise DocketError.

    Only the columns ``kept`` are looked at and will be written.
    """
    check, read = ValueCheck(), 0
    for block in source.blocks():
        check.read({name: block.columns[name] for name in kept}, read)
        write.keep(block, kept)
        yield block
        read += len(block)
        progress("Reading", block.share)
    if not read:
        raise DocketError(["the docket has no rows beneath the names of its columns"])


def write_all(
    write: Writer, added_to: Callable[[int, int], dict[str, Texts]], size: int, progress: Progress
) -> Counter[str]:
    """Write every row kept with what ``added_to`` adds from one row up to another; return the rows by flag."""
    flags: Counter[str] = Counter()
    done = 0
    for rows in write.kept():
        added = added_to(done, done + rows.num_rows)
        write.rows(rows, added)
        flags.update(counts_of(added["flag"]))
        done += rows.num_rows
        progress("Writing", done / size)
    return flags


def accepted(source: Source, mapping: Mapping[str, str], drop: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the columns kept and which of them is which known one; raise DocketError."""
    columns = mapped(source.header, mapping, drop)
    kept = [name for name in source.header if name not in drop]
    check_names(kept)
    return kept, columns


def known_columns(block: Block, columns: Mapping[str, str]) -> dict[str, Texts]:
    """Return the known columns of a block under their own names."""
    return {known: block.columns[name] for known, name in columns.items()}


def counts_of(texts: Texts) -> dict[str, int]:
    """Return how many rows have each value."""
    return {one["values"]: one["counts"] for one in pc.value_counts(texts.cast(pa.string())).to_pylist()}


def summary_of(screening: Screening, flags: Mapping[str, int]) -> Summary:
    """Return what a settled docket came to."""
    first = screening.first_wrong
    said = f"row {first[0] + 1}: {first[1]}" if first else ""
    return Summary(len(screening.waiting), screening.cases, flags, screening.wrong, said)


def check_output(docket: Path, output: Path) -> None:
    """Raise DocketError for an output that cannot be."""
    if output.suffix.lower() not in (".csv", ".parquet"):
        raise DocketError([f"--output {output}: a name that ends in .csv or .parquet is accepted"])
    if output.exists() and docket.exists() and output.samefile(docket):
        raise DocketError([f"--output {output}: that is the docket itself; give another file"])
