"""``plea-aid screen`` as another office's script uses it."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from plea_aid.cli import app
from plea_aid.commands import docket
from plea_aid.screening import sources, waiting
from plea_aid.screening.progress import seconds_left

HEADER = ["case_id", "count", "offense", "disposition", "jail_days", "suspended_days", "attorney"]
ROWS = [
    ["CR-1", "1", "MCA 45-5-206(1)(a)", "guilty-plea", "10", "355", "Doe, J."],
    ["CR-2", "1", "MCA 45-6-301(1)", "guilty-plea", "", "30", ""],
    ["CR-3", "1", "MCA 45-7-302", "dismissed", "", "", 'said "no"'],
    ["CR-2", "2", "MCA 45-6-301(1)", "guilty-plea", "", "30", "=1+1"],
]


def plea_aid(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, which has read the law and the detectors already."""
    done = CliRunner().invoke(app, arguments)
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def as_a_program(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as another office's script does."""
    command = [sys.executable, "-m", "plea_aid", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def write(path: Path, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_row_is_written_in_order_with_other_columns_untouched(tmp_path: Path) -> None:
    docket, out = write(tmp_path / "docket.csv", ROWS), tmp_path / "out.csv"
    done = as_a_program("screen", str(docket), "-o", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    found = read(out)
    assert list(found[0]) == [*HEADER, "flag", "level", "grounds", "postures", "because", "error"]
    assert [[row[name] for name in HEADER] for row in found] == ROWS
    assert found[0]["flag"] == "flag"
    assert found[2]["flag"] == "amber"  # dismissed, but a visa can be revoked over a charge
    # The two thefts are rows apart and of one case, so each is one of two.
    assert all("dep-cimt-two" in found[n]["grounds"].split("; ") for n in (1, 3))
    assert "2 convictions count" in found[1]["because"]
    assert "agg-felony-cov" in found[0]["grounds"]


def test_bad_rows_are_written_with_their_error_and_the_run_exits_3(tmp_path: Path) -> None:
    bad = [
        *ROWS,
        ["CR-5", "1", "MCA 1-2-3", "guilty-plea", "", "", ""],
        ["CR-6", "1", "MCA 45-6-301(1)", "guilty", "", "", ""],
        ["CR-7", "1", "MCA 45-5-206(1)(a)", "guilty-plea", "366", "", ""],
        ["CR-8", "1", "MCA 45-7-302"],
        ["CR-9", "1", "MCA 45-7-302", "pending", "", "", "", "more"],
        ["", "1", "MCA 45-7-302", "", "", "", ""],
        ["CR-10", "one", "MCA 45-7-302", "", "", "", ""],
        ["CR-11", "1", "MCA 45-7-302", "", "", "", ""],
        ["CR-11", "1", "MCA 45-7-302", "", "", "", ""],
    ]
    docket, out = write(tmp_path / "docket.csv", bad), tmp_path / "out.csv"
    done = as_a_program("screen", str(docket), "-o", str(out))
    assert done.returncode == 3
    assert done.stderr.startswith(
        f"{docket}: 8 rows have an error; first: row 5: offense: 'MCA 1-2-3' is not an offense"
    )
    assert len(done.stderr.splitlines()) == 1
    found = read(out)
    assert len(found) == len(bad)
    assert [bool(row["error"]) for row in found] == [False] * 4 + [True] * 7 + [False, True]
    assert {row["flag"] for row in found if row["error"]} == {"not-analysed"}
    assert "above the maximum of 365 days" in found[6]["error"]
    assert "left over: more" in found[8]["error"]
    assert "has an error" in found[11]["because"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("DOB", "x", "looks like a birth date"),
        ("Immigration_Status", "", "immigration"),
        ("countryOfBirth", "", "birth place"),
        ("note", "SSN 123-45-6789", "looks like a social security number"),
        ("note", "he is a citizen of Chile", "national origin"),
    ],
)
def test_protected_information_stops_the_run_unless_dropped(tmp_path: Path, column: str, value: str, said: str) -> None:
    rows = [[*row, value if n == 2 else ""] for n, row in enumerate(ROWS)]
    docket, out = write(tmp_path / "docket.csv", rows, [*HEADER, column]), tmp_path / "out.csv"
    done = plea_aid("screen", str(docket), "-o", str(out))
    assert done.returncode == 2
    assert said in done.stderr
    assert f"--drop {column}" in done.stderr
    assert "123-45" not in done.stderr
    assert not out.exists()
    assert plea_aid("screen", str(docket), "-o", str(out), "--drop", column).returncode == 0
    assert column not in read(out)[0]


def test_one_protected_value_late_in_a_docket_is_found(tmp_path: Path) -> None:
    rows = [[f"CR-{n:05d}", "1", "MCA 45-7-302", "", "", "", f"{n:09d}"] for n in range(3000)]
    rows[2741][6] = "123-45-6789"
    done = plea_aid("screen", str(write(tmp_path / "d.csv", rows)), "-o", str(tmp_path / "out.csv"))
    assert done.returncode == 2
    assert "column 'attorney', row 2742" in done.stderr


def test_columns_can_be_mapped_and_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table(
        {"Cause": ["A", "A"], "Ct": [1, 2], "Statute": ["45-6-301(1)", "45-6-301(1)"], "offense": [None, 3.5],
         "jail_days": [10.0, None], "disposition": ["guilty-plea", None]}
    )  # fmt: skip
    pq.write_table(table, tmp_path / "d.parquet")
    out = tmp_path / "out.parquet"
    done = plea_aid(
        "screen", str(tmp_path / "d.parquet"), "-o", str(out), "--json",
        "--map", "case_id=Cause", "--map", "count=Ct", "--map", "offense=Statute",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 2
    found = pq.read_table(out)
    assert found.select(table.column_names).equals(table)
    assert found.column("error").to_pylist() == ["", ""]


def test_a_workbook_is_read_as_a_csv_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    typed: list[list[Any]] = [
        [*r[:1], int(r[1]), *r[2:4], *(int(v) if v else None for v in r[4:6]), r[6]] for r in ROWS
    ]
    for row in [HEADER, *typed]:
        book.active.append(row)
    book.save(tmp_path / "d.xlsx")
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    done = plea_aid("screen", str(tmp_path / "d.xlsx"), "-o", str(one))
    assert done.returncode == 0, done.stderr
    assert plea_aid("screen", str(write(tmp_path / "d.csv", ROWS)), "-o", str(other)).returncode == 0
    assert [r["because"] for r in read(one)] == [r["because"] for r in read(other)]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("d.csv", b"", "the file is empty"),
        ("d.csv", b"case_id,count\n1,1\n", "the column offense missing"),
        ("d.csv", b"case_id,count,offense,offense\n", "appears twice"),
        ("d.csv", b"case_id,count,offense\n", "no rows"),
        ("d.csv", b"case_id,count,offense,flag\n1,1,1,1\n", "one that screening writes"),
        ("d.csv", b"case_id,count,offense\nA,1,\x00\n", "line 2: holds a null byte"),
        ("d.csv", b"case_id,count,offense\nA,1,\xff\n", "UTF-8 is accepted"),
        ("d.parquet", b"no", "not readable as Parquet"),
        ("d.xlsx", b"PK no", "not readable as XLSX"),
        ("d.txt", b"x", "a docket ends in .csv, .parquet, .xlsx"),
    ],
)
def test_what_is_no_docket_is_one_line(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = plea_aid("screen", str(tmp_path / name), "-o", str(tmp_path / "out.csv"))
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out.csv").exists()


def test_in_parts_it_says_the_same_and_tells_how_far_the_whole_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The rows of each case stand far apart, in other blocks; every twelfth case names a count twice and again.
    rows = [[f"CR-{n % 48}", str(1 + n // 48), *ROWS[n * 7 % 4][2:]] for n in range(192)]
    rows = [[row[0], "2", *row[2:]] if n >= 96 and not n % 12 else row for n, row in enumerate(rows)]
    given = write(tmp_path / "d.csv", rows)
    whole = plea_aid("screen", str(given), "-o", str(tmp_path / "whole.csv"))
    monkeypatch.setattr(sources, "_BYTES", 1_000)
    monkeypatch.setattr(waiting, "AT_ONCE", 40)
    monkeypatch.setattr(docket, "_LINE_EVERY", 0.0)
    done = plea_aid("screen", str(given), "-o", str(tmp_path / "parts.csv"))
    assert done.returncode == 3
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    *lines, bad = done.stderr.splitlines()
    assert bad == whole.stderr.strip()
    assert "8 rows have an error; first: row 97: count 2 stands in this case already" in bad
    said = [re.fullmatch(r"(\w+): (\d+)% of the whole, about (?:-:--|\d+:\d\d) left", n) for n in lines]
    stages, shares = zip(*(one.groups() for one in said if one), strict=True)
    assert all(said)
    assert list(dict.fromkeys(stages)) == ["Reading", "Screening", "Writing"]
    assert all(stages.count(stage) > 2 for stage in ("Reading", "Screening"))
    assert list(map(int, shares)) == sorted(map(int, shares))
    assert shares[-1] == "100"
    assert seconds_left(0.25, 10.0) == 30.0
    assert seconds_left(0.001, 1.0) is None


def test_a_workbook_that_unpacks_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from plea_aid.screening import sources
    from plea_aid.screening.columns import DocketError

    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.save(tmp_path / "d.xlsx")
    monkeypatch.setattr(sources, "LARGEST_SHEET", 1000)
    with pytest.raises(DocketError, match="unpacks to"):
        sources.open_docket(tmp_path / "d.xlsx")
    monkeypatch.setattr(sources, "MOST_PARTS", 3)
    with pytest.raises(DocketError, match="parts; 3 are accepted"):
        sources.open_docket(tmp_path / "d.xlsx")
