"""An export holds everything of the office, says what each column is, and carries no credential."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from plea_aid.casework import accounts, cases, submission, walls
from plea_aid.casework.column_words import WITHHELD, meanings, models
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotAllowed
from plea_aid.casework.exporting import export_office
from plea_aid.casework.rules import Rules
from plea_aid.casework.submission import VersionView
from plea_aid.casework.tables import AuditEvent, Table
from plea_aid.casework.views import CaseView, StepView

from .conftest import People
from .every_table import fill_every_table

SERVER = accounts.server_actor()


@pytest.fixture
def full(db: Database, people: People, rules: Rules, case: CaseView, fill: Any) -> Database:
    """A database with a submitted case and a row in every table."""
    ready = fill(case.id)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    fill_every_table(db, people.supervisor)
    return db


@pytest.mark.parametrize("table", sorted(Table.metadata.tables))
def test_every_table_and_column_says_what_it_holds(table: str) -> None:
    """A new column needs a line beneath it in the tables, or a name that means the same everywhere."""
    words = meanings(models()[table])
    assert words.table
    assert [name for name, meaning in words.columns.items() if not meaning] == []


def test_credentials_are_left_out() -> None:
    for table in Table.metadata.tables.values():
        for column in table.columns:
            if re.search(r"password|token|secret|code_hash|wrapped", column.name):
                assert (table.name, column.name) in WITHHELD


@pytest.mark.parametrize("name", ["office.zip", "office"])
def test_everything_of_the_office_is_in_an_export(full: Database, name: str, case: CaseView, tmp_path: Path) -> None:
    done = export_office(full, SERVER, tmp_path / name)
    folder = done.target
    if name.endswith(".zip"):
        folder = tmp_path / "unpacked"
        zipfile.ZipFile(done.target).extractall(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest() == done.sha256
    listed = {one["path"]: one["sha256"] for one in manifest["files"]}
    there = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert there == {*listed, "manifest.json"}
    assert all(hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest for path, digest in listed.items())
    tables = {one["name"]: one for one in manifest["tables"]}
    assert set(tables) == set(sa.inspect(full.engine).get_table_names()) - {"alembic_version"}
    for table, said in tables.items():
        lines = [json.loads(one) for one in (folder / f"tables/{table}.jsonl").read_text().splitlines()]
        with (folder / f"tables/{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(lines) == len(rows) == said["rows"] > 0
        kept = [one["name"] for one in said["columns"] if one["kind"] != "left out"]
        assert list(rows[0]) == kept
        assert set(lines[0]) == set(kept)
    whole = json.loads((folder / f"cases/CR-2026-0412-{case.id}.json").read_text(encoding="utf-8"))
    assert whole["document"] == case.document
    assert len(whole["versions"]) == 1
    everything = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())
    assert "It is just." in everything


def test_the_note_of_each_submitted_version_is_in_an_export(full: Database, case: CaseView, tmp_path: Path) -> None:
    def note_of(version: VersionView, steps: Sequence[StepView]) -> bytes:
        return f"%PDF version {version.number}, {len(steps)} step".encode()

    done = export_office(full, SERVER, tmp_path / "with", note_of)
    manifest = json.loads((done.target / "manifest.json").read_text(encoding="utf-8"))
    path = f"notes/CR-2026-0412-{case.id}-v1.pdf"
    content = (done.target / path).read_bytes()
    assert content == b"%PDF version 1, 1 step"
    listed = {one["path"]: one["sha256"] for one in manifest["files"]}
    assert listed[path] == hashlib.sha256(content).hexdigest()
    assert not (export_office(full, SERVER, tmp_path / "without").target / "notes").exists()

    def refuses(_version: VersionView, _steps: Sequence[StepView]) -> bytes:
        raise ValueError("The note cannot be set.")

    failed = export_office(full, SERVER, tmp_path / "failed", refuses).target
    manifest = json.loads((failed / "manifest.json").read_text(encoding="utf-8"))
    assert {"path": path, "because": "The note cannot be set."} in manifest["notes_not_made"]
    assert (failed / f"cases/CR-2026-0412-{case.id}.json").is_file()


def test_a_spreadsheet_runs_nothing_from_an_export(db: Database, people: People, tmp_path: Path) -> None:
    view = cases.create_case(db, people.prosecutor, {"cause_number": "=2+5+cmd|' /C calc'!A0"})
    folder = export_office(db, people.supervisor, tmp_path / "office").target
    with (folder / "tables/case_file.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["cause_number"] == "'=2+5+cmd|' /C calc'!A0"
    [line] = (folder / "tables/case_file.jsonl").read_text().splitlines()
    assert json.loads(line)["cause_number"] == view.cause_number
    assert [file.name for file in (folder / "cases").iterdir()] == [f"2-5-cmd-C-calc-A0-{view.id}.json"]


def test_a_case_closed_to_someone_is_in_no_export_of_theirs(
    db: Database, people: People, case: CaseView, tmp_path: Path
) -> None:
    walls.close_to(db, people.prosecutor, case.id, people.supervisor.user_id, "A relative is the complainant.")
    with pytest.raises(NotAllowed, match="closed"):
        export_office(db, people.supervisor, tmp_path / "office.zip")
    assert not list(tmp_path.glob("*.zip*"))
    assert export_office(db, people.other_supervisor, tmp_path / "office.zip").rows


def test_only_who_may_exports_and_it_is_recorded(db: Database, people: People, case: CaseView, tmp_path: Path) -> None:
    for actor in (people.prosecutor, people.paralegal, people.auditor, people.administrator):
        with pytest.raises(NotAllowed):
            export_office(db, actor, tmp_path / "office.zip")
    assert not list(tmp_path.glob("*.zip*"))
    done = export_office(db, people.supervisor, tmp_path / "office.zip")
    with db.read() as session:
        query = sa.select(AuditEvent).where(AuditEvent.action == "office.export").order_by(AuditEvent.seq)
        events = session.scalars(query).all()
    assert [one.outcome for one in events] == ["denied"] * 4 + ["done"]
    assert json.loads(events[-1].detail)["manifest"] == done.sha256
    with pytest.raises(Invalid, match="already"):
        export_office(db, people.supervisor, tmp_path / "office.zip")
