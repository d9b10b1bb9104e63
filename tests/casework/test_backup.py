"""A backup holds everything, reads back, and comes back whole on either database; a bad one is refused."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from plea_aid.casework import accounts, cases, migrate, signin, submission
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.backup_file import Header, TableShape, write_backup
from plea_aid.casework.backups import STORED, kind_of, make_backup, shapes
from plea_aid.casework.database import Database, open_for_migration
from plea_aid.casework.errors import CaseworkError, Invalid, NotAllowed
from plea_aid.casework.keyring import MasterKeys, new_master_key
from plea_aid.casework.restoring import Restored, restore_backup
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import AuditEvent, Table
from plea_aid.casework.views import CaseView

from .conftest import DOCUMENT, People
from .every_table import fill_every_table
from .writer import count_up

SERVER = accounts.server_actor()
KEYS = MasterKeys((new_master_key(),), "the test")


@pytest.fixture
def full(db: Database, people: People, rules: Rules, case: CaseView, fill: Any) -> Database:
    """A database with a submitted case and a row in every table."""
    ready = fill(case.id)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    fill_every_table(db, people.supervisor)
    assert verify_chain(db).ok
    return db


def contents(url_or_db: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as a backup holds it: past any encryption of a field."""
    db = Database(url_or_db) if isinstance(url_or_db, str) else url_or_db
    found = {}
    with db.read() as session:
        for shape in shapes():
            table = Table.metadata.tables[shape.name]
            columns = [sa.type_coerce(table.c[name], STORED[kind]) for name, kind in shape.columns]
            found[shape.name] = [
                tuple(row) for row in session.execute(sa.select(*columns).order_by(*table.primary_key))
            ]
    if isinstance(url_or_db, str):
        db.close()
    return found


def restore(url: str, file: Path, **how: bool) -> Restored:
    return restore_backup(url, SERVER, file, KEYS, **how)


def test_every_table_and_column_is_in_a_backup(full: Database) -> None:
    """What the database has, the backup has: a table or a type that it does not know fails here."""
    there = sa.inspect(full.engine)
    listed = {shape.name: [name for name, _ in shape.columns] for shape in shapes()}
    assert set(there.get_table_names()) - {"alembic_version"} == set(listed)
    for name, columns in listed.items():
        assert {c["name"] for c in there.get_columns(name)} == set(columns)
    for table in Table.metadata.tables.values():
        assert {kind_of(c) for c in table.columns} <= set(STORED)
        # Keys are made by the program; a key counted by the database would have to be set on after a restore.
        assert not any(c.identity or c.server_default is not None for c in table.columns), table.name
    assert all(contents(full).values()), "a table without a row proves nothing"


def test_a_restore_drill(full: Database, people: People, other_url: str, tmp_path: Path) -> None:
    """The whole way, into the same kind of database and into the other."""
    file = tmp_path / "office.backup"
    before = contents(full)
    made = make_backup(full, SERVER, file, KEYS)
    assert made.rows == sum(len(rows) for rows in before.values())
    assert file.stat().st_mode & 0o077 == 0
    done = restore(other_url, file)
    assert done.kept is None
    assert done.events == len(before["audit_event"])
    after = contents(other_url)
    last = after["audit_event"].pop()
    assert "database.restore" in last
    for name in ("sign_in_session", "setup_code"):
        assert len(after.pop(name)) == len(before.pop(name))
    assert after == before
    back = migrate.open_database(other_url)
    assert verify_chain(back).ok
    names = [row.cause_number for row in cases.list_cases(back, people.prosecutor).rows]
    assert DOCUMENT["cause_number"] in names
    cases.create_case(back, people.prosecutor, {"cause_number": "CR-2027-1"})
    assert verify_chain(back).ok
    back.close()


def test_a_backup_under_writing_holds_one_moment(
    db: Database, people: People, case: CaseView, other_url: str, tmp_path: Path
) -> None:
    stop = threading.Event()
    saved = []

    def write(number: int) -> None:
        actor = replace(people.paralegal, session_id=f"window {number}")
        while not stop.is_set():
            count_up(db, actor, case.id, 1)
            saved.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        files = []
        for number in range(3):
            at_least = len(saved)
            files.append((at_least, tmp_path / f"{number}.backup"))
            make_backup(db, SERVER, files[-1][1], KEYS)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len(saved) > 3
    for number, (at_least, file) in enumerate(files):
        restore(other_url, file, replace=number > 0)
        back = Database(other_url)
        view = cases.open_case(back, people.auditor, case.id)
        # Every save that was acknowledged before, and each whole: the number and the version go together.
        assert view.document.get("plan", {}).get("min_fine", 0) >= at_least
        assert view.document_version == view.document.get("plan", {}).get("min_fine", 0) + 1
        assert verify_chain(back).ok
        back.close()


def test_a_database_with_work_in_it_is_not_overwritten(
    full: Database, people: People, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "office.backup"
    make_backup(full, SERVER, file, KEYS)
    later = cases.create_case(full, people.prosecutor, {"cause_number": "CR-LATER-1"})
    full.close()
    before = contents(database_url)
    with pytest.raises(Invalid, match="--replace"):
        restore(database_url, file)
    assert contents(database_url) == before
    done = restore(database_url, file, replace=True)
    assert done.kept
    back = Database(database_url)
    with pytest.raises(CaseworkError):
        cases.open_case(back, people.prosecutor, later.id)
    event = trail_end(back)
    assert json.loads(event.detail)["replaced"]["seq"] == before["audit_event"][-1][0]
    back.close()
    kept = Database(f"sqlite:///{done.kept}") if back.is_sqlite else Database(database_url, schema=done.kept.split()[1])
    assert contents(kept) == before
    assert verify_chain(kept).ok
    kept.close()


def trail_end(db: Database) -> AuditEvent:
    with db.read() as session:
        return session.scalars(select(AuditEvent).where(AuditEvent.action == "database.restore")).all()[-1]


def test_a_database_in_use_is_not_replaced(full: Database, people: People, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    make_backup(full, SERVER, file, KEYS)
    cases.list_cases(full, people.auditor)
    before = contents(full)
    with pytest.raises(Invalid, match="in use"):
        restore(database_url, file, replace=True)
    assert contents(full) == before


def test_nobody_stays_signed_in_and_no_old_code_comes_back(
    db: Database, people: People, other_url: str, tmp_path: Path
) -> None:
    user, code = accounts.add_user(db, SERVER, {"user_name": "ada", "display_name": "Ada", "role": "prosecutor"})
    accounts.use_code(db, "ada", code, "a long enough sentence")
    token = signin.sign_in(db, "ada", "a long enough sentence").token
    unused = accounts.issue_code(db, SERVER, people.paralegal.user_id)
    make_backup(db, SERVER, tmp_path / "office.backup", KEYS)
    restore(other_url, tmp_path / "office.backup")
    back = Database(other_url)
    with pytest.raises(NotAllowed):
        signin.resume(back, token)
    with pytest.raises(NotAllowed):
        accounts.use_code(back, "paralegal", unused, "a long enough sentence")
    assert signin.sign_in(back, "ada", "a long enough sentence").actor.user_id == user.id
    back.close()


def test_only_who_may_makes_or_restores_one(db: Database, people: People, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    for actor in (people.prosecutor, people.supervisor, people.paralegal, people.auditor):
        with pytest.raises(NotAllowed):
            make_backup(db, actor, file, KEYS)
    assert not list(tmp_path.glob("*.backup*"))
    make_backup(db, people.administrator, file, KEYS)
    with pytest.raises(NotAllowed):
        restore_backup(database_url, people.administrator, file, KEYS, replace=True)


def test_a_backup_replaces_no_file(db: Database, people: People, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    file.write_text("something else")
    with pytest.raises(Invalid, match="already"):
        make_backup(db, SERVER, file, KEYS)
    assert file.read_text() == "something else"
    with pytest.raises(FileNotFoundError):
        make_backup(db, SERVER, tmp_path / "no such folder" / "office.backup", KEYS)


@pytest.fixture
def backup(full: Database, tmp_path: Path) -> bytes:
    make_backup(full, SERVER, tmp_path / "whole.backup", KEYS)
    return (tmp_path / "whole.backup").read_bytes()


def refused(url: str, content: bytes, tmp_path: Path, keys: MasterKeys | None = KEYS) -> str:
    """Restore these bytes and return the one line that refuses them; nothing may come of it."""
    file = tmp_path / "given.backup"
    file.write_bytes(content)
    with pytest.raises(CaseworkError) as refusal:
        restore_backup(url, SERVER, file, keys)
    said = str(refusal.value)
    assert "\n" not in said
    place = Database(url)
    assert sa.inspect(place.engine).get_table_names() == []
    assert not list(tmp_path.rglob("*.restoring*"))
    place.close()
    return said


def test_a_damaged_or_shortened_file_is_refused(backup: bytes, other_url: str, tmp_path: Path) -> None:
    dice = random.Random(7)
    for at in [0, 25, 60, *dice.sample(range(len(backup)), 12)]:
        damaged = bytearray(backup)
        damaged[at] ^= 1 << dice.randrange(8)
        refused(other_url, bytes(damaged), tmp_path)
    for length in (0, 1, 21, 100, len(backup) // 2, len(backup) - 1):
        refused(other_url, backup[:length], tmp_path)
    refused(other_url, backup + b"more", tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 something", b"SQLite format 3\x00" * 200, b"PGDMP" * 100])
def test_a_foreign_file_is_refused(content: bytes, tmp_path: Path) -> None:
    refused(f"sqlite:///{tmp_path / 'elsewhere' / 'office.db'}", content, tmp_path)


def test_a_backup_of_another_key_is_refused(backup: bytes, other_url: str, tmp_path: Path) -> None:
    other = new_master_key()
    said = refused(other_url, backup, tmp_path, MasterKeys((other,), "the key file"))
    assert KEYS.first.fingerprint in said
    refused(other_url, backup, tmp_path, None)
    assert restore_backup(other_url, SERVER, tmp_path / "given.backup", MasterKeys((other, KEYS.first), "both")).rows


def forged(tmp_path: Path, tables: tuple[TableShape, ...], rows: dict[str, list[list[Any]]], **header: Any) -> bytes:
    """A backup under the right key that says something else."""
    stated = {"revision": migrate.newest(), "head_seq": 0, "head_hash": "0" * 64, **header}
    file = tmp_path / "forged"
    with file.open("wb") as raw:
        full_header = Header(program="plea-aid 9", database="sqlite", made_at="", tables=tables, **stated)
        write_backup(raw, KEYS, full_header, lambda table: rows.get(table.name, []))
    return file.read_bytes()


def test_a_newer_or_unfitting_backup_is_refused(other_url: str, tmp_path: Path) -> None:
    assert "newer" in refused(other_url, forged(tmp_path, shapes(), {}, revision="9999"), tmp_path)
    assert "newer" in refused(other_url, forged(tmp_path, shapes(), {}, format=2), tmp_path)
    strange = TableShape("strange", (("id", "text"),))
    assert "strange" in refused(other_url, forged(tmp_path, (strange,), {}), tmp_path)
    sessions = next(one for one in shapes() if one.name == "sign_in_session")
    row = [None if kind == "moment" else {"text": "x", "integer": 1}.get(kind) for _, kind in sessions.columns]
    said = refused(other_url, forged(tmp_path, (sessions,), {"sign_in_session": [row]}), tmp_path)
    assert "sign_in_session" in said


def test_a_backup_whose_trail_was_altered_is_named_and_taken_only_on_request(
    full: Database, other_url: str, tmp_path: Path
) -> None:
    with full.write() as session:
        open_for_migration(session.connection())
        drop = (
            "DROP TRIGGER audit_event_no_update"
            if full.is_sqlite
            else "DROP TRIGGER audit_event_no_change ON audit_event"
        )
        session.execute(sa.text(drop))
        session.execute(sa.text("UPDATE audit_event SET actor_name = 'someone else' WHERE seq = 2"))
    make_backup(full, SERVER, tmp_path / "altered.backup", KEYS)
    content = (tmp_path / "altered.backup").read_bytes()
    assert "audit event 2" in refused(other_url, content, tmp_path)
    restore(other_url, tmp_path / "altered.backup", accept_altered=True)
    back = Database(other_url)
    assert [fault.place for fault in verify_chain(back).faults] == ["audit event 2"]
    back.close()


def test_a_fault_on_the_way_leaves_the_old_database(
    full: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever step fails, what stood there stands there, and nothing half done lies beside it."""
    make_backup(full, SERVER, tmp_path / "office.backup", KEYS)
    full.close()
    before = contents(database_url)

    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    for step in ("migrate.upgrade", "_fill", "_verified", "_begin_again"):
        with monkeypatch.context() as patch:
            patch.setattr(f"plea_aid.casework.restoring.{step}", fail)
            with pytest.raises(OSError, match="No space"):
                restore(database_url, tmp_path / "office.backup", replace=True)
        assert contents(database_url) == before, step
        assert not list(tmp_path.glob("*restor*")), step
    db = Database(database_url)
    assert verify_chain(db).ok
    if not db.is_sqlite:
        with db.read() as session:
            schemas = session.execute(sa.text("SELECT nspname FROM pg_namespace")).scalars().all()
        assert not [name for name in schemas if "restor" in name]
    db.close()


def test_a_disk_that_loses_bytes_makes_no_backup(
    full: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(file: Any, *arguments: Any) -> Any:
        summary = write_backup(file, *arguments)
        file.truncate(file.tell() - 3)
        return summary

    monkeypatch.setattr("plea_aid.casework.backups.write_backup", lose)
    with pytest.raises(CaseworkError, match="damaged or was cut short"):
        make_backup(full, SERVER, tmp_path / "office.backup", KEYS)
    assert not list(tmp_path.glob("office.backup*"))
