"""One byte altered anywhere in what is frozen, past the program and its triggers, is found and its place named.

A pass alters one byte of every row of a table at once and asks that every row be named; the next pass takes the next
byte, until the longest row is through. Every 200th pass runs the whole verification, the others its part for the table.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from plea_aid.casework import audit
from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.tables import SEALED, AuditEvent, Table
from tests.offices import MadeOnce

from .conftest import People
from .every_table import fill_every_table
from .test_sealed import break_seals, submitted

__all__ = ["submitted"]
TABLES = [*SEALED, "audit_event"]


@pytest.fixture
def office(db: Database, made_once: MadeOnce, request: pytest.FixtureRequest) -> Database:
    """A small office with a row in every frozen table, its triggers taken away as only the database's owner can."""

    def make() -> None:
        people: People = request.getfixturevalue("people")
        request.getfixturevalue("submitted")
        fill_every_table(db, Actor(people.supervisor.user_id, "s", "S", "supervisor", "desk 1"))
        assert verify_chain(db).ok

    made_once.in_(db, "a row in every table", make)
    break_seals(db)
    return db


@contextmanager
def raw(db: Database) -> Iterator[Any]:
    """A connection without the checks of the schema: what someone with the file in their hands can do."""
    with db.engine.connect() as connection:
        cursor: Any = connection.connection.driver_connection
        if db.is_sqlite:
            for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON", "synchronous=OFF"):
                cursor.execute(f"PRAGMA {pragma}")
        yield cursor
        connection.invalidate()


def places(row: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    """Every single alteration of a row: (column, altered value), one for each byte of each text, the key last."""
    found: list[tuple[str, Any]] = []
    for column, value in row.items():
        if value is None:
            found.append((column, b"x"))
        elif isinstance(value, int) and column != key:
            found += [(column, value ^ (1 << bit)) for bit in range(8)]
        elif isinstance(value, str) and column != key:
            content = value.encode("utf-8", "surrogateescape")
            for at in range(len(content)):
                altered = bytearray(content)
                altered[at] ^= 1 << (at % 8)
                found.append((column, bytes(altered)))
            found.append((column, content + b" "))
    return found


def named(table: str, key: Any) -> str:
    return f"audit event {key}" if table == "audit_event" else f"{table} {key}"


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("table", TABLES)
def test_every_byte_of_every_frozen_row_counts_on_sqlite(office: Database, table: str) -> None:
    key = "seq" if table == "audit_event" else "id"
    columns = [column.name for column in Table.metadata.tables[table].columns]
    with raw(office) as connection:
        connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
        stored = [
            dict(zip(columns, row, strict=True))
            for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
        ]
        todo = {row[key]: places(row, key) for row in stored}
        assert stored
        seals = list(seals_of(office, table))
        for turn in range(max(map(len, todo.values()))):
            now = {row_key: places_[turn] for row_key, places_ in todo.items() if turn < len(places_)}
            connection.execute("BEGIN IMMEDIATE")
            for row_key, (column, value) in now.items():
                statement = f"UPDATE {table} SET {column} = {_as(value)} WHERE {key} = ?"
                connection.execute(statement, (value, row_key))
            connection.execute("COMMIT")
            faults = faults_in(office, seals) if seals and turn % 200 else faults_in(office, ())
            missed = {row_key: now[row_key] for row_key in now if named(table, row_key) not in faults}
            assert not missed, missed
            connection.execute("BEGIN IMMEDIATE")
            for row in stored:
                if row[key] in now:
                    column = now[row[key]][0]
                    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (row[column], row[key]))
            connection.execute("COMMIT")
    assert verify_chain(office).ok


def seals_of(db: Database, table: str) -> Iterator[tuple[int, dict[str, str]]]:
    """What the trail tells of the rows of a table."""
    with db.read() as session:
        events = session.execute(select(col(AuditEvent.seq), col(AuditEvent.detail))).all()
    for seq, detail in events:
        yield from ((seq, one) for one in json.loads(detail).get("sealed", ()) if one["table"] == table)


def faults_in(db: Database, seals: Sequence[tuple[int, dict[str, str]]]) -> set[str]:
    """The places that verification names; with ``seals`` only these rows are looked at, which is much quicker."""
    if not seals:
        return {fault.place for fault in verify_chain(db).faults}
    with db.read() as session, audit._any_bytes(db, session):
        verifier = audit._Verifier(session, {}, db.keyring.load())
        verifier._check_sealed(list(seals))
    return {fault.place for fault in verifier.faults}


def _as(value: Any) -> str:
    return "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("table", TABLES)
def test_every_byte_of_every_key_counts_on_sqlite(office: Database, table: str) -> None:
    key = "seq" if table == "audit_event" else "id"
    with raw(office) as connection:
        for (row_key,) in connection.execute(f"SELECT {key} FROM {table}").fetchall():
            if isinstance(row_key, str):
                others = [row_key[:at] + ("x" if row_key[at] != "x" else "y") + row_key[at + 1 :] for at in range(32)]
            else:
                others = [row_key + 1000, -row_key, 0]
            for other in others:
                connection.execute(f"UPDATE {table} SET {key} = ? WHERE {key} = ?", (other, row_key))
                faults = {fault.place for fault in verify_chain(office).faults}
                touched = {named(table, row_key), named(table, other)} | (
                    {named(table, row_key + 1)} if table == "audit_event" else set()
                )
                assert faults & touched, (row_key, other)
                connection.execute(f"UPDATE {table} SET {key} = ? WHERE {key} = ?", (row_key, other))
    assert verify_chain(office).ok


@pytest.mark.postgres
@pytest.mark.parametrize("kind", [pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))])
def test_bytes_of_frozen_rows_count_on_postgresql(office: Database) -> None:
    """Two altered bytes of every text column of every frozen table, in every row at once.

    A sample suffices here: what a hash is taken over is made of the values read, by the code that the tests above take
    byte by byte, so this database can differ only in whether a column and a row take part at all, and each does.
    """
    dice = random.Random(1227)
    for table in TABLES:
        key = "seq" if table == "audit_event" else "id"
        for column in Table.metadata.tables[table].columns:
            if column.name == key or column.foreign_keys or column.name in ("outcome", "kind", "role"):
                continue  # the database itself refuses, or its constraint is looked at on SQLite
            for _ in range(2):
                with office.write() as session:
                    rows = session.execute(text(f"SELECT {key}, {column.name} FROM {table}")).all()
                changed = {row[0]: (row[1], _altered(row[1], dice)) for row in rows if row[1] not in (None, "")}
                _put(office, table, key, column.name, {k: new for k, (_, new) in changed.items()})
                faults = {fault.place for fault in verify_chain(office).faults}
                missed = [k for k in changed if named(table, k) not in faults]
                assert not missed, (table, column.name, missed)
                _put(office, table, key, column.name, {k: old for k, (old, _) in changed.items()})
    assert verify_chain(office).ok


def _put(db: Database, table: str, key: str, column: str, values: dict[Any, Any]) -> None:
    with db.write() as session:
        for row_key, value in values.items():
            statement = text(f"UPDATE {table} SET {column} = :value WHERE {key} = :key")
            session.execute(statement, {"value": value, "key": row_key})


def _altered(value: Any, dice: random.Random) -> Any:
    if isinstance(value, int):
        return value + 1_000
    at = dice.randrange(len(value))
    return value[:at] + ("b" if value[at] != "b" else "c") + value[at + 1 :]
