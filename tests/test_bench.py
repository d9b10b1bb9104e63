"""The table of figures: what is shown, what is refused, and that a wrong answer is no figure."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from plea_aid.bench import table
from plea_aid.bench.row import Row, timed
from plea_aid.cli import app


def test_a_ratio_says_how_many_times_as_long_the_baseline_takes() -> None:
    row = Row("planner", "three counts", 0.002, "brute force", 2.0, at_least=True, same=True)
    assert row.ratio == pytest.approx(1000)
    assert "| planner | three counts | 2 ms | brute force | 2 s | at least 1e+03 | yes |  |" in table.markdown([row])


def test_a_figure_without_a_baseline_has_no_ratio() -> None:
    assert Row("guard", "ssn", note="recall 1.000").ratio is None


def test_times_are_shown_in_the_unit_a_person_reads() -> None:
    assert [table.shown(x) for x in (None, 2.5, 0.0123, 4.5e-6, 7e-9)] == ["", "2.5 s", "12.3 ms", "4.5 µs", "7 ns"]


def test_timed_returns_the_result_and_a_median() -> None:
    found = iter(range(3))
    result, seconds = timed(lambda: next(found), times=3)
    assert result == 2
    assert seconds >= 0


def test_an_unknown_subject_gets_one_line() -> None:
    done = CliRunner().invoke(app, ["bench", "speed"])
    assert done.exit_code == 2
    assert done.stderr.startswith("bench: 'speed' is not measured; accepted: ")
    assert len(done.stderr.splitlines()) == 1


def test_two_ways_that_differ_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Row("planner", "frontier", 1.0, "brute force", 2.0, same=False)
    monkeypatch.setattr(table, "SUBJECTS", {"planner": lambda: [wrong]})
    done = CliRunner().invoke(app, ["bench", "planner"])
    assert done.exit_code == 2
    assert "| NO |" in done.stdout
