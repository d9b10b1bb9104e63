"""Anchor, verify and report as they are typed: what they write and say, and one line for what is wrong."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from plea_aid.casework.accounts import first_code
from plea_aid.casework.errors import Unavailable
from plea_aid.casework.migrate import open_database
from plea_aid.cli import app
from plea_aid.settings import settings


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with one event in its trail."""
    monkeypatch.setenv("PLEA_AID_HOME", str(tmp_path))
    for name in ("DATABASE_URL", "ANCHOR_KEY_FILE"):
        monkeypatch.delenv(f"PLEA_AID_{name}", raising=False)
    settings.cache_clear()
    db = open_database()
    first_code(db)
    db.close()
    yield tmp_path
    settings.cache_clear()


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


def test_a_trail_is_anchored_verified_and_found_altered(office: Path) -> None:
    file = office / "today.anchor"
    code, said, _ = run("anchor", "-o", str(file))
    assert code == 0
    assert "events 1 to 1" in said
    key = said.split("with it: ")[1].strip()
    assert run("verify", "--anchor", str(file))[0] == 0
    code, said, _ = run("verify", "--anchor", str(file), "--public-key", key)
    assert code == 0
    assert "Events up to 1 are those that were anchored" in said
    with sqlite3.connect(office / "plea-aid.db") as connection:
        connection.execute("DROP TRIGGER audit_event_no_update")
        connection.execute("UPDATE audit_event SET terminal = 'elsewhere' WHERE seq = 1")
    code, _, said = run("verify", "--anchor", str(file))
    assert code == 2
    assert said.startswith("audit event 1: ")


def test_a_verification_is_an_event_and_a_store_that_takes_none_is_verified_all_the_same(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("verify")[1].startswith("1 events")
    code, said, _ = run("verify")
    assert (code, said.startswith("2 events")) == (0, True)

    def silent(*_: object, **__: object) -> None:
        raise Unavailable("The database did not answer.")

    monkeypatch.setattr("plea_aid.casework.trail.changing", silent)
    code, said, _ = run("verify")
    assert code == 0
    assert "3 events" in said
    assert "Nothing can be written to this store" in said


def test_what_is_wrong_with_an_anchor_is_one_line(office: Path) -> None:
    file = office / "today.anchor"
    file.write_text("{}")
    for arguments in (("anchor", "-o", str(file)), ("verify", "--anchor", str(file)), ("verify", "--anchor", "none")):
        code, _, said = run(*arguments)
        assert code == 2, arguments
        assert said.count("\n") == 1, said
        assert "Traceback" not in said
    (office / "plea-aid-anchor.key").unlink(missing_ok=True)
    assert "--public-key" in run("verify", "--anchor", str(file))[2]


def test_the_report_is_said_and_written(office: Path) -> None:
    file = office / "report.csv"
    code, said, _ = run("report", "-o", str(file))
    assert code == 0
    assert "operator\trole" in said
    assert "server\toperator" in said
    with file.open(encoding="utf-8-sig", newline="") as content:
        (row,) = csv.DictReader(content)
    assert (row["sort"], row["action"]) == ("change", "account.first-code")
    code, _, said = run("report", "--since", "yesterday")
    assert (code, said.count("\n")) == (2, 1)
