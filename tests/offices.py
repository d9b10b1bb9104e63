"""Databases in a known state, at a fraction of what making one anew costs.

On PostgreSQL a new database is some 900 files: one that a test gives back is emptied and handed to the next, unless
its tables were changed or it grew large. On either kind what several tests start from is made once and put back.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL

from plea_aid.casework.database import Database
from plea_aid.casework.migrate import open_database

State = dict[str, bytes]
"""The rows of each table that has any, as PostgreSQL's COPY writes them."""
T = TypeVar("T")

_TABLES = """SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"""
_SHAPE = "SELECT sum(x.xmin::text::bigint), count(*) FROM {} x"
_CATALOGUES = ("pg_attribute", "pg_class", "pg_constraint", "pg_index", "pg_namespace", "pg_proc", "pg_trigger")
_LARGE = 30_000_000  # bytes; a new office has 10 million


class PostgresDatabases:
    """The databases on a throwaway server of which this process alone makes use."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._idle: list[str] = []
        self._administration = psycopg.connect(self._address("postgres"), autocommit=True)
        self._administration.execute("CREATE DATABASE plea_aid_template")
        open_database(self._address("plea_aid_template")).close()
        with psycopg.connect(self._address("plea_aid_template")) as connection:
            self._new_office = rows_of(connection)
            self._shape = _shape(connection)

    def close(self) -> None:
        """Give the server back."""
        self._administration.close()

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give the address of a database without tables, for as long as it is used."""
        name = self._create("")
        yield self._address(name)
        self._drop(name)

    @contextmanager
    def office(self) -> Iterator[str]:
        """Give the address of a migrated database without cases or people."""
        name = self._idle.pop() if self._idle else self._create("TEMPLATE plea_aid_template")
        yield self._address(name)
        if not self._emptied(name):
            self._drop(name)

    def _emptied(self, name: str) -> bool:
        self._administration.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        with psycopg.connect(self._address(name)) as connection:
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            if _shape(connection) != self._shape or not size or size[0] > _LARGE:
                return False
            put_rows(connection, self._new_office)
        self._idle.append(name)
        return True

    def _create(self, template: str) -> str:
        name = f"t{secrets.token_hex(6)}"
        self._administration.execute(f"CREATE DATABASE {name} {template}".encode())
        return name

    def _drop(self, name: str) -> None:
        self._administration.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _address(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)


def _shape(connection: psycopg.Connection[Any]) -> list[Any]:
    """What changes with every change of a table, an index, a trigger, a function or a right."""
    version = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return [version, *(connection.execute(_SHAPE.format(name).encode()).fetchone() for name in _CATALOGUES)]


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES).fetchall()]


def rows_of(connection: psycopg.Connection[Any]) -> State:
    """Return what is in every table that has any rows."""
    state: State = {}
    for table in _tables(connection):
        if connection.execute(f"SELECT 1 FROM {table} LIMIT 1".encode()).fetchone():
            with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as copy:
                state[table] = b"".join(bytes(piece) for piece in copy)
    return state


def put_rows(connection: psycopg.Connection[Any], state: State) -> None:
    """Empty every table, past the triggers that refuse it, and put these rows there."""
    connection.execute("SET LOCAL session_replication_role = replica")
    connection.execute("; ".join(f"DELETE FROM {table}" for table in _tables(connection)).encode())
    for table, rows in state.items():
        with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
            copy.write(rows)


class MadeOnce:
    """What several tests start from: made in the first one's database, put back into that of each later one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, bool], tuple[State | Path, Any]] = {}

    def in_(self, db: Database, name: str, make: Callable[[], T]) -> T:
        """Return what ``make`` returned when it ran; after this the database holds what it held then."""
        known = self._made.get((name, db.is_sqlite))
        if known is None:
            made = make()
            self._made[name, db.is_sqlite] = (self._kept(db, name), made)
            return made
        state, made = known
        db.close()
        if isinstance(state, Path):
            shutil.copy(state, _file(db))
        else:
            with _connected(db) as connection:
                put_rows(connection, state)
        return made

    def _kept(self, db: Database, name: str) -> State | Path:
        db.close()
        if db.is_sqlite:
            return Path(shutil.copy(_file(db), self._folder / f"{name}.db"))
        with _connected(db) as connection:
            return rows_of(connection)


def _connected(db: Database) -> psycopg.Connection[Any]:
    return psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))


def _file(db: Database) -> Path:
    file = Path(str(db.engine.url.database))
    assert not file.with_name(f"{file.name}-wal").exists(), "somebody is still at work in the database"
    return file
