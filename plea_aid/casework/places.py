"""Where a backup is restored: a fresh place beside the database, changed for it in one step at the end.

While it is held nobody else reads or writes the database. Whatever goes wrong before the change leaves it as it was;
what stood there is kept aside under a name of its own.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from plea_aid.casework.canonical import now
from plea_aid.casework.data_keys import wanted_master
from plea_aid.casework.database import Database, plainly
from plea_aid.casework.errors import Invalid
from plea_aid.casework.keyring import keys_at_hand
from plea_aid.casework.whole_file import IN_USE, WholeFile, is_empty, is_plain


class Place(ABC):
    """A database that nobody else can reach, and a fresh one to take its place."""

    fresh: Database

    @property
    @abstractmethod
    def holds_work(self) -> bool:
        """Say whether there is anything but an unused start of this program in the database."""

    @abstractmethod
    def head(self) -> tuple[int, str] | None:
        """Return the last event of the audit trail that stands there; None when there is no trail."""

    @abstractmethod
    def change(self) -> str | None:
        """Put the fresh database in the place of the other one; return where that is kept, None if it was unused."""


@contextmanager
def held(url: str) -> Iterator[Place]:
    """Keep everyone else out of the database at ``url``; raise Invalid while it is in use, Unavailable."""
    db = Database(url, whole=_whole(url))
    try:
        with plainly(), db.engine.connect() as connection:
            try:
                with _SqlitePlace(url, connection, db) if db.is_sqlite else _PostgresPlace(url, connection) as place:
                    yield place
            finally:
                connection.invalidate()
    finally:
        db.close()


def _whole(url: str) -> bool | None:
    """Say whether what stands there is encrypted whole, whatever the setting; None where the setting decides."""
    address = sa.make_url(url)
    file = Path(str(address.database))
    return None if address.get_backend_name() != "sqlite" or is_empty(file) else not is_plain(file)


def _mark() -> str:
    return now().strftime("%Y%m%dT%H%M%S%fZ")


def _unused(tables: set[str], count: Any) -> bool:
    """An empty database, or one that this program prepared and in which nobody has an account yet."""
    return not tables or ({"alembic_version", "user_account"} <= tables and count("user_account") == 0)


class _SqlitePlace(Place):
    def __init__(self, url: str, connection: Connection, db: Database) -> None:
        self.whole = db.whole_file is not None
        self.file = Path(str(sa.make_url(url).database))
        self.here = self.file.with_name(f"{self.file.name}.restoring-{os.getpid()}")
        self.connection = connection
        self.raw: Any = connection.connection.driver_connection
        self.url = url

    def __enter__(self) -> _SqlitePlace:
        try:
            # Leaving the write-ahead log needs the file for oneself; the lock is then kept until the end.
            self.raw.execute("PRAGMA journal_mode=DELETE").fetchone()
            self.raw.execute("PRAGMA locking_mode=EXCLUSIVE").fetchone()
            self.raw.execute("BEGIN EXCLUSIVE")
            self.raw.execute("COMMIT")
            self.tables = {row[0] for row in self.raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except Exception as error:
            if "locked" in str(error):
                raise Invalid(IN_USE.format(by="")) from error
            raise Invalid(f"{self.file} is not a database of this program; move it away first.") from error
        self._clear()
        self.fresh = Database(str(sa.make_url(self.url).set(database=str(self.here))))
        return self

    def __exit__(self, *_: object) -> None:
        self.fresh.close()
        self._clear()

    @property
    def holds_work(self) -> bool:
        return not _unused(self.tables, lambda t: self.raw.execute(f"SELECT count(*) FROM {t}").fetchone()[0])  # noqa: S608

    def head(self) -> tuple[int, str] | None:
        if "audit_event" not in self.tables:
            return None
        row = self.raw.execute("SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1").fetchone()
        return (row[0], row[1]) if row else None

    def change(self) -> str | None:
        kept = self.file.with_name(f"{self.file.name}.before-restore-{_mark()}") if self.holds_work else None
        if kept:
            aside = Database(str(sa.make_url(self.url).set(database=str(kept))), whole=self.whole)
            with aside.engine.connect() as connection:
                self.raw.backup(connection.connection.driver_connection)
                connection.invalidate()
            aside.close()
        self.fresh.close()  # any further connection to it would keep its log in use
        if self.whole or self.fresh.whole_file:
            self._exchange(self.fresh.whole_file)
            return str(kept) if kept else None
        with self.fresh.engine.connect() as connection:
            source: Any = connection.connection.driver_connection
            source.execute("PRAGMA journal_mode=DELETE").fetchone()
            source.backup(self.raw)  # one transaction: a crash on the way leaves what stood there
            connection.invalidate()
        return str(kept) if kept else None

    def _exchange(self, whole: WholeFile | None) -> None:
        """Give the fresh file the name of the other: pages of the one kind cannot be copied into the other."""
        with self.fresh.engine.connect() as connection:
            wanted = wanted_master(connection)
            source: Any = connection.connection.driver_connection
            if not whole:
                connection.rollback()
                source.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.invalidate()
        if whole:
            keys = keys_at_hand()
            key = keys.named(wanted) if keys and wanted else None
            with whole.alone(
                self.fresh.engine
            ) as put_under:  # the master key its data keys need, so that one code opens both
                if key:
                    put_under(key)
        if os.name == "nt":  # where an open file cannot be replaced
            self.raw.close()
        os.replace(self.here, self.file.resolve())

    def _clear(self) -> None:
        for end in ("", "-wal", "-shm", "-journal"):
            self.here.with_name(self.here.name + end).unlink(missing_ok=True)


class _PostgresPlace(Place):
    def __init__(self, url: str, connection: Connection) -> None:
        self.connection = connection
        self.url = url
        self.here = f"restoring_{os.getpid()}_{_mark().lower()}"

    def __enter__(self) -> _PostgresPlace:
        self.connection.begin()
        self.schema = self._one("SELECT current_schema()")
        if self.schema is None:
            raise Invalid("The database has no schema to restore into; create the schema 'public' first.")
        others = self._one(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        if others:
            raise Invalid(IN_USE.format(by=f" by {others} other connection(s)"))
        self.tables = set(sa.inspect(self.connection).get_table_names(schema=self.schema))
        try:
            if self.tables:
                listed = ", ".join(f'"{self.schema}"."{name}"' for name in sorted(self.tables))
                self.connection.exec_driver_sql(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE")
            self._apart(f'CREATE SCHEMA "{self.here}"')
        except OperationalError:
            raise
        except DBAPIError as error:
            raise Invalid(
                f"This account may not restore: it must own the database and its tables ({type(error.orig).__name__})."
            ) from error
        self.fresh = Database(self.url, schema=self.here)
        return self

    def __exit__(self, *_: object) -> None:
        self.fresh.close()
        self.connection.rollback()
        self._apart(f'DROP SCHEMA IF EXISTS "{self.here}" CASCADE')

    @property
    def holds_work(self) -> bool:
        return not _unused(self.tables, lambda t: self._one(f'SELECT count(*) FROM "{self.schema}"."{t}"'))  # noqa: S608

    def head(self) -> tuple[int, str] | None:
        if "audit_event" not in self.tables:
            return None
        row = self.connection.exec_driver_sql(
            f'SELECT seq, hash FROM "{self.schema}".audit_event ORDER BY seq DESC LIMIT 1'  # noqa: S608
        ).first()
        return (row[0], row[1]) if row else None

    def change(self) -> str | None:
        holds_work = self.holds_work
        kept = f"before_restore_{_mark().lower()}"
        self.connection.exec_driver_sql(f'ALTER SCHEMA "{self.schema}" RENAME TO "{kept}"')
        self.connection.exec_driver_sql(f'ALTER SCHEMA "{self.here}" RENAME TO "{self.schema}"')
        if not holds_work:
            self.connection.exec_driver_sql(f'DROP SCHEMA "{kept}" CASCADE')
        self.connection.commit()
        return f"schema {kept}" if holds_work else None

    def _one(self, statement: str) -> Any:
        return self.connection.exec_driver_sql(statement).scalar_one()

    def _apart(self, statement: str) -> None:
        """Run a statement outside the transaction that holds the database."""
        engine = sa.create_engine(self.connection.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
