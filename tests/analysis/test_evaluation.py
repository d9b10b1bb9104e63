"""Published outcomes, run in the open: agreement must hold, and every disagreement must be named and reasoned."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from plea_aid.analysis.evaluate import evaluate, parse_entries
from plea_aid.law.load import load_law
from plea_aid.settings import data_dir

TABLES = sorted((data_dir() / "evaluation").glob("*.toml"))


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_agreement_with_published_outcomes(path: Path) -> None:
    result = evaluate(parse_entries(path.read_text(encoding="utf-8")), load_law(), date(2026, 11, 22))
    unexplained = [
        f"{v.entry.id}: {v.entry.ask} {v.entry.expected}, {v.level}"
        for v in result.disagreements
        if not v.entry.exception
    ]
    assert unexplained == []
    assert result.agreeing >= 0.97 * len(result.verdicts)


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_an_exception_that_is_no_longer_needed_is_removed(path: Path) -> None:
    result = evaluate(parse_entries(path.read_text(encoding="utf-8")), load_law(), date(2026, 11, 22))
    assert [v.entry.id for v in result.verdicts if v.agrees and v.entry.exception] == []
