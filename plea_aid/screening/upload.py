"""A docket in memory: screened for a person to look through, to export, and to open cases from."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from plea_aid.analysis.case import Disposition
from plea_aid.law.catalogue import Law
from plea_aid.screening.columns import DocketError, case_parts, option_of, readers
from plea_aid.screening.progress import Progress, of_the_whole
from plea_aid.screening.protected import ValueCheck
from plea_aid.screening.run import Summary, accepted, known_columns, summary_of
from plea_aid.screening.screen import Screening
from plea_aid.screening.sources import Source, as_frame, open_docket

MOST_ROWS = 200_000
"""Rows that a page takes; the command takes any number."""
_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r|%]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class Screened:
    """A docket with what each row comes to."""

    frame: pd.DataFrame
    """The columns kept and those that screening adds."""
    columns: Mapping[str, str]
    """Known column -> column of the docket."""
    summary: Summary
    digest: str


@contextmanager
def stored(name: str, content: bytes) -> Iterator[Path]:
    """Yield a file that holds an upload and is gone afterwards; only the ending of its name is used."""
    with tempfile.TemporaryDirectory(prefix="plea-aid-docket-") as folder:
        path = Path(folder) / f"docket{Path(name).suffix.lower()}"
        path.write_bytes(content)
        yield path


def peek(name: str, content: bytes, rows: int = 5) -> tuple[list[str], list[list[str]]]:
    """Return the header of an upload and its first rows; raise DocketError."""
    with stored(name, content) as path:
        source = open_docket(path, block=rows)
        first = next(iter(source.blocks()), None)
        return source.header, [] if first is None else as_frame(first.columns).to_numpy().tolist()


def screen_upload(
    name: str,
    content: bytes,
    law: Law,
    day: date,
    *,
    mapping: Mapping[str, str],
    drop: Sequence[str] = (),
    progress: Progress = lambda *_: None,
) -> Screened:
    """Return a docket screened; raise DocketError."""
    tell = of_the_whole(progress)
    with stored(name, content) as path:
        source = open_docket(path)
        kept, columns = accepted(source, mapping, drop)
        frame, screening = _read(source, kept, columns, Screening(law, day), tell)
    if frame.empty:
        raise DocketError(["the docket has no rows beneath the names of its columns"])
    screening.settle(lambda share: tell("Screening", share))
    parts = []
    for start in range(0, len(frame), 20_000):
        parts.append(as_frame(screening.columns(start, min(start + 20_000, len(frame)))))
        tell("Writing", (start + 20_000) / len(frame))
    screened = pd.concat([frame, pd.concat(parts, ignore_index=True)], axis=1)
    summary = summary_of(screening, Counter(screened["flag"]))
    return Screened(screened, columns, summary, hashlib.sha256(content).hexdigest())


def _read(
    source: Source, kept: list[str], columns: dict[str, str], screening: Screening, progress: Progress
) -> tuple[pd.DataFrame, Screening]:
    check, frames, read = ValueCheck(), [], 0
    for block in source.blocks():
        kept_columns = {name: block.columns[name] for name in kept}
        check.read(kept_columns, read)
        read += len(block)
        if read > MOST_ROWS:
            raise DocketError([f"the docket has more than {MOST_ROWS:,} rows; plea-aid screen takes any number"])
        screening.take(known_columns(block, columns), block.wrong)
        frames.append(as_frame(kept_columns))
        progress("Reading", block.share)
    return (pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()), screening


def export_csv(frame: pd.DataFrame) -> bytes:
    """Return rows as CSV for a spreadsheet: what a spreadsheet would run as a formula begins with an apostrophe."""
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow([_harmless(str(name)) for name in frame.columns])
    out.writerows([_harmless(str(value)) for value in row] for row in frame.itertuples(index=False, name=None))
    return file.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text.strip()) else text


def case_documents(screened: Screened, rows: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Return, by case_id, a case file for each case that a row chosen belongs to, with all its rows in order.

    Rows with an error are left out; a case without any other row is not among them.
    """
    columns = screened.columns
    chosen = {screened.frame[columns["case_id"]].iloc[row].strip() for row in rows}
    ids = screened.frame[columns["case_id"]].str.strip()
    good = screened.frame[ids.isin(chosen) & (screened.frame["error"] == "")]
    reads = readers()
    documents: dict[str, dict[str, Any]] = {}
    for case_id, part in good.groupby(ids[good.index], sort=False):
        values = [
            {known: reads[known].value(row[columns[known]])[0] for known in reads if known in columns}
            for row in part.to_dict("records")
        ]
        documents[str(case_id)] = _document(str(case_id), values)
    return documents


def _document(case_id: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    pairs = [case_parts(row) for row in rows]
    document: dict[str, Any] = {
        "cause_number": case_id,
        "count": [count.model_dump(mode="json", exclude_defaults=True) for count, _ in pairs],
    }
    if any(part.disposition is not Disposition.PENDING for _, part in pairs):
        option = option_of(part for _, part in pairs).model_dump(mode="json", exclude_defaults=True)
        document["option"] = [{**option, "name": "As in the docket"}]
    return document
