"""What was submitted or recorded cannot be changed through the program, and a change made around it is found."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from plea_aid.casework import cases, releases, retention, sealed_texts, signoff, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import Head, verify_chain
from plea_aid.casework.database import Database, open_for_migration
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import SEALED, AuditEvent, Table
from plea_aid.casework.views import CaseView
from plea_aid.law.entry_hash import hash_of_entry
from plea_aid.law.load import load_law

from ..conftest import POSTGRES
from .conftest import People
from .test_retention import disposed_example

SEALED_TABLES = [*SEALED, "audit_event"]
THEFT = "mt-45-6-301-1"
Fill = Callable[..., CaseView]


@pytest.fixture
def submitted(db: Database, people: People, rules: Rules, case: CaseView, fill: Fill) -> CaseView:
    """A case with one row at least in every sealed table."""
    ready = fill(case.id)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    law = load_law()
    signoff.sign_off(db, people.supervisor, "offense", THEFT, hash_of_entry(law, "offense", THEFT), "Read.", law=law)
    sealed_texts.seal_text(db, people.prosecutor, case.id, "DOB 3/4/1991", "The court asked.", place="a note")
    gone = disposed_example(db, people)
    assert retention.keeping(db, people.auditor, gone).certificate
    asked = {"profile": "public-record", "recipient": "A citizen", "basis": "public-information", "authority": "By law"}
    request = releases.checked_request(asked)
    releases.record_release(db, people.prosecutor, case.id, request, document_sha256="a" * 64, lines=["one"])
    return cases.open_case(db, people.prosecutor, case.id)


def columns(table: str) -> list[str]:
    return [column.name for column in Table.metadata.tables[table].columns]


def rows(db: Database, table: str) -> list[Any]:
    with db.read() as session:
        return list(session.execute(text(f"SELECT * FROM {table} ORDER BY 1")).all())


@pytest.mark.parametrize("table", SEALED_TABLES)
def test_no_sql_through_the_programs_connection_changes_a_sealed_row(
    kind: str, db: Database, submitted: CaseView, table: str
) -> None:
    before = rows(db, table)
    assert before
    key = "seq" if table == "audit_event" else "id"
    names = ", ".join(columns(table))
    attempts = [f"UPDATE {table} SET {column} = {column}" for column in columns(table)]
    attempts += [f"DELETE FROM {table}", f"DELETE FROM {table} WHERE {key} IS NOT NULL"]
    attempts += [
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE true "
        f"ON CONFLICT ({key}) DO UPDATE SET {names.split(', ')[-1]} = 'x'"
    ]
    if kind == "sqlite":
        attempts += [
            f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table}",
            f"REPLACE INTO {table} ({names}) SELECT {names} FROM {table}",
            f"UPDATE OR IGNORE {table} SET {key} = {key}",
            f"UPDATE OR REPLACE {table} SET {key} = {key}",
        ]
        if table != "audit_event":
            others = ", ".join(f"'{i}x'" if name == "id" else name for i, name in enumerate(columns(table)))
            attempts += [f"REPLACE INTO {table} ({names}) SELECT {others} FROM {table}"]
    else:
        attempts += [f"TRUNCATE {table} CASCADE", f"WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT * FROM gone"]
    for attempt in attempts:
        with pytest.raises(DBAPIError, match="sealed"), db.write() as session:
            session.execute(text(attempt))
    assert rows(db, table) == before
    assert verify_chain(db).ok


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_sealing_does_not_depend_on_a_switch_of_the_connection(db: Database, submitted: CaseView) -> None:
    before = rows(db, "case_version")
    names = ", ".join(columns("case_version"))
    with db.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA recursive_triggers=OFF")
        for values in (names, names.replace("id,", "'another id',", 1)):
            with pytest.raises(DBAPIError, match="sealed"):
                connection.exec_driver_sql(f"REPLACE INTO case_version ({names}) SELECT {values} FROM case_version")
            connection.rollback()
        connection.invalidate()
    assert rows(db, "case_version") == before


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("table", SEALED_TABLES)
def test_no_driver_call_and_no_change_of_the_schema_gets_past_the_seal(
    db: Database, submitted: CaseView, table: str
) -> None:
    before = rows(db, table)
    column = columns(table)[-1]
    attempts = [
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"UPDATE main.{table} SET {column} = {column}",
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} RENAME TO aside",
        f"ALTER TABLE {table} DROP COLUMN {column}",
        *(f"DROP TRIGGER {table}_no_{name}" for name in ("update", "delete", "replace")),
        "PRAGMA writable_schema=ON",
        f"DELETE FROM sqlite_master WHERE tbl_name = '{table}'",
    ]
    for attempt in attempts:
        for way in ("execute", "executescript", "executemany"):
            driver: Any = db.engine.raw_connection()
            cursor = driver.cursor()
            arguments = ([()],) if way == "executemany" else ()
            with pytest.raises(sqlite3.Error):
                getattr(cursor, way)(attempt, *arguments)
            driver.rollback()
            driver.close()
    driver = db.engine.raw_connection()  # through a second name for the same file
    driver.cursor().execute(f"ATTACH '{db.engine.url.database}' AS again")
    for attempt in (f"UPDATE again.{table} SET {column} = {column}", f"DELETE FROM again.{table}"):
        with pytest.raises(sqlite3.Error, match="sealed"):
            driver.cursor().execute(attempt)
    driver.invalidate()
    assert rows(db, table) == before
    assert verify_chain(db).ok


@pytest.mark.parametrize("kind", [POSTGRES])
def test_a_program_that_signs_in_without_owning_the_tables_cannot_lift_a_seal(
    db: Database, submitted: CaseView
) -> None:
    """Whoever owns the tables can take a seal away; the program needs to own nothing but at a migration."""
    names = ", ".join(Table.metadata.tables)
    with db.write() as session:
        session.execute(text("DROP ROLE IF EXISTS plea_aid_program"))
        session.execute(text("CREATE ROLE plea_aid_program LOGIN"))
        session.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {names} TO plea_aid_program"))
    program = Database(db.engine.url.set(username="plea_aid_program").render_as_string(hide_password=False))
    try:
        assert cases.open_case(program, Actor("", "x", "X", "auditor"), submitted.id).stage == "submitted"
        for table in SEALED_TABLES:
            before = rows(db, table)
            for attempt in (
                f"UPDATE {table} SET {columns(table)[-1]} = {columns(table)[-1]}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
                f"DROP TABLE {table} CASCADE",
                f"ALTER TABLE {table} DISABLE TRIGGER ALL",
                f"DROP TRIGGER {table}_no_change ON {table}",
                f"ALTER TABLE {table} RENAME TO aside",
                "CREATE OR REPLACE FUNCTION plea_aid_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RETURN OLD; END $$",
                "SET session_replication_role = replica",
            ):
                with (
                    pytest.raises(DBAPIError, match=r"sealed|permission denied|must be owner"),
                    program.write() as session,
                ):
                    session.execute(text(attempt))
            assert rows(db, table) == before
    finally:
        program.close()
        with db.write() as session:
            session.execute(text("DROP OWNED BY plea_aid_program"))
            session.execute(text("DROP ROLE plea_aid_program"))


def break_seals(db: Database) -> None:
    """Do what only the owner of the database can: take the triggers away."""
    with db.write() as session:
        open_for_migration(session.connection())
        for table in SEALED_TABLES:
            if db.is_sqlite:
                for name in ("update", "delete", "replace"):
                    session.execute(text(f"DROP TRIGGER {table}_no_{name}"))
            else:
                session.execute(text(f"DROP TRIGGER {table}_no_change ON {table}"))


def put(db: Database, table: str, key: str, row_key: Any, column: str, value: Any) -> None:
    with db.write() as session:
        statement = text(f"UPDATE {table} SET {column} = :value WHERE {key} = :key")
        session.execute(statement, {"value": value, "key": row_key})


def altered(value: Any, at: int) -> Any:
    if isinstance(value, str):
        other = "b" if value[at : at + 1] != "b" else "c"
        return value[:at] + other + value[at + 1 :]
    return (value or 0) + 1


def test_every_altered_place_is_found_and_named(db: Database, submitted: CaseView) -> None:
    break_seals(db)
    assert verify_chain(db).ok
    dice = random.Random(412)
    for table in SEALED_TABLES:
        key = "seq" if table == "audit_event" else "id"
        refers = {column.name for column in Table.metadata.tables[table].columns if column.foreign_keys}
        for row in dice.sample(rows(db, table), min(2, len(rows(db, table)))):
            stored = dict(row._mapping)
            for column, value in stored.items():
                if column in {key, "outcome", "kind"} | refers:
                    continue  # refused by a constraint of the table, or looked at below
                length = len(value) if isinstance(value, str) else 0
                places = sorted(dice.sample(range(length), min(3, length)))
                for at in places or (0,):
                    put(db, table, key, stored[key], column, altered(value, at))
                    found = verify_chain(db).faults
                    put(db, table, key, stored[key], column, value)
                    place = f"{table} {stored[key]}" if table != "audit_event" else f"audit event {stored[key]}"
                    assert place in {fault.place for fault in found}, (table, column, at)
    assert verify_chain(db).ok


def test_every_byte_of_one_event_counts(db: Database, people: People, case: CaseView) -> None:
    break_seals(db)
    [event] = rows(db, "audit_event")
    for column in columns("audit_event"):
        value = event._mapping[column]
        if column in ("seq", "outcome"):
            continue
        for at in range(len(value) + 1):
            put(db, "audit_event", "seq", 1, column, altered(value, at))
            assert {fault.place for fault in verify_chain(db).faults} == {"audit event 1"}, (column, at)
        put(db, "audit_event", "seq", 1, column, value)
    put(db, "audit_event", "seq", 1, "outcome", "denied")
    assert not verify_chain(db).ok


def test_removed_reordered_and_added_rows_are_found(db: Database, submitted: CaseView) -> None:
    break_seals(db)
    whole = verify_chain(db)
    with db.write() as session:
        session.execute(text("DELETE FROM audit_event WHERE seq = 3"))
    assert "audit event 4" in {fault.place for fault in verify_chain(db).faults}
    with db.write() as session:
        session.execute(text("UPDATE audit_event SET seq = 3 WHERE seq = 2"))
    assert {fault.place for fault in verify_chain(db).faults} >= {"audit event 3"}
    assert whole.ok


def test_a_sealed_row_that_goes_or_comes_around_the_program_is_found(db: Database, submitted: CaseView) -> None:
    break_seals(db)
    names = columns("review_step")
    others = ", ".join({"id": "'another'", "number": "number + 7"}.get(name, name) for name in names)
    with db.write() as session:
        session.execute(text(f"INSERT INTO review_step ({', '.join(names)}) SELECT {others} FROM review_step"))
    assert [str(one) for one in verify_chain(db).faults] == [
        "review_step: it holds 1 row(s) that the audit trail does not know"
    ]
    with db.write() as session:
        session.execute(text("DELETE FROM review_step"))
        session.execute(text("DELETE FROM decision_entry"))
    gone = [str(one) for one in verify_chain(db).faults]
    assert len(gone) == 2
    assert all("it is gone; audit event" in one for one in gone)


def test_a_row_rewritten_with_its_hash_is_still_found(db: Database, submitted: CaseView) -> None:
    """Whoever alters a row and computes its hash anew still contradicts the audit trail."""
    from plea_aid.casework.audit import sealed_hash
    from plea_aid.casework.tables import CaseVersion

    break_seals(db)
    with db.write() as session:
        row = session.get(CaseVersion, rows(db, "case_version")[0].id)
        assert row is not None
        row.content = row.content.replace("It is just.", "It is unjust.")
        row.sha256 = sealed_hash(row)
    assert [one.place for one in verify_chain(db).faults] == [f"case_version {rows(db, 'case_version')[0].id}"]


def test_a_head_kept_elsewhere_finds_an_end_cut_off(db: Database, people: People, case: CaseView) -> None:
    cases.open_case(db, people.auditor, case.id)
    kept = verify_chain(db).head
    cases.open_case(db, people.supervisor, case.id)
    assert verify_chain(db, kept).ok
    break_seals(db)
    with db.write() as session:
        session.execute(text("DELETE FROM audit_event WHERE seq >= 2"))
    assert verify_chain(db).ok  # what is left is whole in itself
    assert [one.place for one in verify_chain(db, kept).faults] == ["audit event 2"]
    assert not verify_chain(db, Head(1, "0" * 64)).ok


@pytest.mark.parametrize("kind", ["sqlite"])
def test_bytes_flipped_in_the_file_itself_are_found(
    db: Database, submitted: CaseView, database_url: str, tmp_path: Path
) -> None:
    content = rows(db, "case_version")[0].content
    with db.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        connection.rollback()
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    file = Path(database_url.removeprefix("sqlite:///"))
    whole = file.read_bytes()
    dice = random.Random(77)
    start = whole.index(content[:200].encode())  # inside the frozen content
    for at in dice.sample(range(start, start + 200), 25):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << dice.randrange(8)  # the top bit makes text that is not UTF-8
        copy = tmp_path / "damaged.db"
        copy.write_bytes(damaged)
        other = Database(f"sqlite:///{copy}")
        faults = verify_chain(other).faults
        other.close()
        assert faults, at
        assert faults[0].place.startswith(("case_version", "database")), faults


def test_the_audit_table_is_among_the_sealed(db: Database) -> None:
    assert AuditEvent.__tablename__ in SEALED_TABLES
