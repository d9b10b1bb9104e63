"""A docket is read once, and quickly, as the plain reader of CSV reads it; a row that does not fit keeps its place."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plea_aid.screening import sources
from plea_aid.screening.sources import as_frame, open_docket
from plea_aid.screening.writing import writer_of

TEXTS = st.text(alphabet="ab \",\n\r'é;0", max_size=6)
ODD = st.text(alphabet='ab",\n0', max_size=12)


def read(path: Path) -> tuple[list[list[str]], set[int]]:
    """Return every row and the places of those said to be wrong."""
    rows: list[list[str]] = []
    wrong: set[int] = set()
    for block in open_docket(path, block=3).blocks():
        wrong |= {len(rows) + place for place in block.wrong}
        rows += as_frame(block.columns).to_numpy().tolist()
    return rows, wrong


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.one_of(st.lists(TEXTS, min_size=3, max_size=3), st.lists(TEXTS, min_size=1, max_size=5), ODD)),
    st.booleans(),
)
def test_every_row_is_read_as_the_plain_reader_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[list[str] | str], small: bool
) -> None:
    monkeypatch.setattr(sources, "_BYTES", 64 if small else 8_000_000)
    file = io.StringIO(newline="")
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["x", "y", "z"])
    for line in lines:
        file.write(f"{line}\n") if isinstance(line, str) else out.writerow(line)
    path = tmp_path / "d.csv"
    path.write_text(file.getvalue(), encoding="utf-8", newline="")
    with path.open(encoding="utf-8", newline="") as given_:
        expected = [row for row in list(csv.reader(given_))[1:] if row]
    rows, wrong = read(path)
    if expected:  # a quotation that the file never closes: the last line's end is no part of it
        rows[-1], expected[-1] = ([value.rstrip("\n") for value in last] for last in (rows[-1], expected[-1]))
    assert rows == [[*row, "", "", ""][:3] for row in expected]
    assert wrong == {place for place, row in enumerate(expected) if len(row) != 3}


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=20))
def test_what_is_written_reads_back_as_it_was(tmp_path: Path, rows: list[list[str]]) -> None:
    path, output = tmp_path / "d.csv", tmp_path / "out.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["x", "y"], *rows])
    with writer_of(output) as write:
        for block in open_docket(path).blocks():
            write.keep(block, ["y", "x"])
        for kept in write.kept():
            write.rows(
                kept, dict.fromkeys(("flag", "level", "grounds", "postures", "because", "error"), kept.column(1))
            )
    with output.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == [[y, x, *[x] * 6] for x, y in rows]
