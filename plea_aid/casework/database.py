"""The database: SQLite in a file, or PostgreSQL by URL. One object a process, shared by its threads.

On SQLite a transaction that will write takes the write lock when it begins (BEGIN IMMEDIATE). The driver's
own default takes it at the first write, after the read, and then loses updates without an error.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, Connection, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from plea_aid.casework.data_keys import Keyring
from plea_aid.casework.encrypted import use_keyring
from plea_aid.casework.errors import Invalid, Unavailable
from plea_aid.casework.keyring import MasterKeys, keys_at_hand, keys_or_new
from plea_aid.casework.whole_file import WholeFile, driver, expect
from plea_aid.settings import settings

BUSY_MILLISECONDS = 5000
"""How long a transaction waits for another one before the person is told to try again."""


class Database:
    """An engine and the two kinds of transaction the services use.

    ``keys`` gives the master keys when the first encrypted value is met.
    """

    first_keys: MasterKeys | None = None
    """The master keys, when this opening was the one that began to encrypt with them."""

    whole_file: WholeFile | None = None
    """How the file is opened, where SQLite's file is encrypted whole."""

    def __init__(
        self,
        url: str,
        keys: Callable[[], MasterKeys | None] = keys_at_hand,
        *,
        schema: str | None = None,
        whole: bool | None = None,
    ) -> None:
        """Open nothing yet; ``schema`` names another place inside a PostgreSQL database than the usual one.

        ``whole`` says whether SQLite's file is encrypted whole; as PLEA_AID_SQLCIPHER has it unless given. Raises
        Invalid for an address this program does not use and a file of the other kind.
        """
        parsed = _accepted(url)
        self.url = parsed.render_as_string(hide_password=True)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if settings().sqlcipher and not self.is_sqlite:
            raise Invalid("PLEA_AID_SQLCIPHER is for a SQLite file; for PostgreSQL unset it and encrypt the disk.")
        if self.is_sqlite:
            file = _private(parsed)
            whole = settings().sqlcipher if whole is None else whole
            expect(file, whole=whole)
            self.whole_file = WholeFile(file, keys, self.begin_to_encrypt) if whole else None
            self.engine = _sqlite_engine(parsed, self.whole_file)
        else:
            self.engine = _postgres_engine(parsed, schema)
        self.keyring = Keyring(self.engine, keys)
        use_keyring(self.engine.dialect, self.keyring)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Run a transaction that only reads, seeing one moment of the database.

        Raises Unavailable when the database does not answer.
        """
        options: dict[str, Any] = {"plea_aid_read": True}
        if not self.is_sqlite:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with plainly(), self.engine.connect().execution_options(**options) as connection:
            with Session(connection) as session:
                yield session
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Run a transaction that writes; it is committed at the end, or undone whole on any error.

        Raises Unavailable when the database does not answer or stays busy; nothing was changed then, unless the
        answer to the commit itself was lost, which the sentence says.
        """
        with plainly(), Session(self.engine, expire_on_commit=False) as session:
            self.keyring.refresh()
            try:
                yield session
                session.flush()
                try:
                    session.commit()
                except DBAPIError as error:
                    if error.connection_invalidated and not self.is_sqlite:
                        raise Unavailable(_UNSURE) from error
                    raise
            except BaseException:
                session.rollback()
                raise

    def begin_to_encrypt(self) -> MasterKeys:
        """Return the master keys for a database that has none yet; the key file is made when no key is at hand."""
        self.first_keys = self.first_keys or keys_or_new()  # an encrypted file has needed them before its tables
        return self.first_keys

    def close(self) -> None:
        """Give all connections back, and what was compiled for them: the mappers go on knowing the dialect for long."""
        self.engine.dispose()
        self.engine.clear_compiled_cache()


@contextmanager
def plainly() -> Iterator[None]:
    """Turn a database that is away, full or busy into one plain sentence."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable(_SILENT) from error
    except DBAPIError as error:
        if _is_full(error.orig):
            raise Unavailable(_FULL) from error
        if isinstance(error, OperationalError) or error.connection_invalidated:
            raise Unavailable(_SILENT) from error
        raise


def _is_full(fault: Any) -> bool:
    """Say whether there is no room left on the disk: PostgreSQL's SQLSTATE, SQLite's result code."""
    return getattr(fault, "sqlstate", "") == "53100" or getattr(fault, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL


_UNSURE = "The database went away in the middle of saving, so this may or may not be saved; reload the page to see."
_FULL = (
    "The database's disk is full, so nothing was changed; please tell whoever looks after the server, and try again "
    "once there is room."
)
_SILENT = "The database did not answer, so nothing was changed; please try again in a moment."


def _accepted(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise Invalid("PLEA_AID_DATABASE_URL is not a database address such as sqlite:///file.db.") from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed
    raise Invalid(
        "PLEA_AID_DATABASE_URL names a database this program does not use; "
        "accepted are sqlite:///FILE and postgresql://USER@HOST/NAME."
    )


def _private(url: URL) -> Path:
    file = Path(str(url.database))
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The file holds confidential case records: nobody but the account that runs the program reads it.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    return file


def _sqlite_engine(url: URL, whole: WholeFile | None) -> Engine:
    engine = create_engine(
        url,
        module=driver() if whole else sqlite3,
        hide_parameters=True,  # a fault's words go to the log: they never hold what a statement was to write
        connect_args={"timeout": BUSY_MILLISECONDS / 1000},
    )
    if whole:

        @event.listens_for(engine, "do_connect")
        def _open(_dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
            return whole.connect(*arguments, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        _write_ahead(connection)
        for pragma in (
            "synchronous=FULL",  # an acknowledged save survives a power cut
            "foreign_keys=ON",
            "recursive_triggers=ON",  # or INSERT OR REPLACE would delete a sealed row past its trigger
            "trusted_schema=OFF",
            "secure_delete=ON",  # what is disposed of is overwritten in the file, not only unlinked
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.set_authorizer(_keep_the_seals)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("plea_aid_read")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: Any) -> None:
    """Turn on the write-ahead log; raise the driver's OperationalError when another process holds the file too long.

    SQLite does not wait for this change as it does for others, so several programs that open a new file would fail.
    """
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except connection.OperationalError as fault:
            if "locked" not in str(fault) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def open_for_migration(connection: Connection) -> None:
    """Let this one connection change tables and seals; a migration does, and gives the connection up afterwards."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.set_authorizer(None)


_CHANGES_A_TABLE = (sqlite3.SQLITE_DROP_TABLE, sqlite3.SQLITE_ALTER_TABLE)
_SEALS = ("_no_update", "_no_delete", "_no_replace")


def _keep_the_seals(action: int, name: str | None, value: str | None, _database: str | None, _by: str | None) -> int:
    """Refuse, on every connection but a migration's, to drop or alter a table and to take a seal away."""
    loosens = (
        action in _CHANGES_A_TABLE
        or (action == sqlite3.SQLITE_DROP_TRIGGER and (name or "").endswith(_SEALS))
        or (action == sqlite3.SQLITE_PRAGMA and (name or "").lower() == "writable_schema" and value is not None)
    )
    return sqlite3.SQLITE_DENY if loosens else sqlite3.SQLITE_OK


def _postgres_engine(url: URL, schema: str | None) -> Engine:
    place = f" -c search_path={schema}" if schema else ""
    # A statement is planned for the words it is asked with: one plan for a rare word and a common one suits neither.
    planned = " -c plan_cache_mode=force_custom_plan"
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": BUSY_MILLISECONDS // 1000,
            "options": f"-c lock_timeout={BUSY_MILLISECONDS} -c timezone=UTC{planned}{place}",
        },
    )
