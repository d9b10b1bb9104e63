"""A docket screened over a Dask cluster of two workers on this machine is the docket screened in one process."""

from __future__ import annotations

import csv
import random
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from plea_aid.cli import app
from plea_aid.law.load import load_law
from plea_aid.screening import sources
from plea_aid.screening.run import screen_file

pytest.importorskip("dask.dataframe", reason="the extra 'cluster' is not installed")
distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")

from plea_aid.screening import cluster  # noqa: E402 - after it is known that Dask is there

HEADER = ["case_id", "count", "offense", "disposition", "jail_days", "suspended_days", "division"]
OFFENSES = ["MCA 45-5-206(1)(a)", "MCA 45-6-301(1)", "MCA 45-7-302", "MCA 61-8-1002(1)(a)", "MCA 1-2-3"]
DAY = date(2026, 11, 22)


def docket(path: Path) -> Path:
    """Write a docket whose cases stand apart, with rows that are wrong, too short, or of no case."""
    chance = random.Random(7)
    rows = [
        [f"C{case}", str(n), chance.choice(OFFENSES), "guilty-plea", "", str(chance.choice((30, 180))), 'a "b", c']
        for case in range(90)
        for n in range(1, chance.choice((2, 3, 4)))
    ]
    chance.shuffle(rows)
    rows[5:5] = [["", "1", "MCA 45-7-302", "", "", "", ""], [" C1 ", "9", "MCA 45-7-302"], ["C2", "1", "x", *"1234567"]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def test_two_workers_write_what_one_process_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_BYTES", 3_000)
    given, law = docket(tmp_path / "docket.csv"), load_law()
    assert len(list(sources.open_docket(given).blocks())) > 2
    (tmp_path / "out").mkdir()
    alone, together = tmp_path / "out" / "alone.csv", tmp_path / "out" / "together.csv"
    stages: list[str] = []
    expected = screen_file(given, alone, law, DAY)
    found = cluster.screen_on_cluster(
        given, together, law, DAY, progress=lambda stage, _: stages.append(stage), worker_memory="600MiB"
    )
    assert found == expected
    assert found.wrong > 3
    assert together.read_bytes() == alone.read_bytes()
    assert list(dict.fromkeys(stages)) == ["Reading", "Screening", "Writing"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["alone.csv", "together.csv"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"], "no scheduler answers"),
        (["--engine", "dask", "--scheduler", "nonsense://x"], "no scheduler answers"),
        (["--scheduler", "tcp://127.0.0.1:9"], "--scheduler goes with --engine dask"),
        (["--worker-memory", "600MiB"], "--worker-memory goes with --engine dask and without --scheduler"),
        (["--engine", "dask", "--worker-memory", "much"], "--worker-memory 'much': an amount as 600MiB is accepted"),
    ],
)
def test_a_cluster_that_is_not_there_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(app, ["screen", str(docket(tmp_path / "d.csv")), "-o", str(out), *options])
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not out.exists()


def test_a_scheduler_without_workers_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    options = {"n_workers": 0, "processes": False, "host": "127.0.0.1", "dashboard_address": None}
    given, out, law = docket(tmp_path / "d.csv"), tmp_path / "o.csv", load_law()
    with (
        distributed.LocalCluster(**options, protocol="tcp") as empty,
        pytest.raises(OSError, match="it has no worker"),
    ):
        cluster.screen_on_cluster(given, out, law, DAY, scheduler=empty.scheduler_address)


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    options = ["-o", str(tmp_path / "out.csv"), "--engine", "dask"]
    done = CliRunner().invoke(app, ["screen", str(docket(tmp_path / "d.csv")), *options])
    assert done.exit_code == 2
    assert "needs the extra 'cluster': pip install 'plea-aid[cluster]'" in done.stderr
