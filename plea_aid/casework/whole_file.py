"""The SQLite file encrypted whole (SQLCipher), where the office asks for it: dates and counts are then hidden too.

The key of the file is made from the master key and is stored nowhere. It is the master key that wraps the data keys,
so that one recovery code opens both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy.engine import Engine

from plea_aid.casework.errors import Invalid
from plea_aid.casework.keyring import KeyFault, MasterKey, MasterKeys

IN_USE = "The database is in use{by}; stop every Plea Aid process first, so that no save is lost."
_HEADER = b"SQLite format 3\0"


def driver() -> ModuleType:
    """Return SQLCipher's driver; raise Invalid when it is not installed."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError as error:
        raise Invalid(
            "The database file is to be encrypted whole, which needs the extra 'sqlcipher': pip install 'sqlcipher3'."
        ) from error
    return dbapi2  # type: ignore[no-any-return]


def is_empty(file: Path) -> bool:
    """Say whether there is nothing in the file, or no file."""
    return not file.exists() or file.stat().st_size == 0


def is_plain(file: Path) -> bool:
    """Say whether the file is a SQLite file that anyone can open."""
    with file.open("rb") as raw:
        return raw.read(len(_HEADER)) == _HEADER


def expect(file: Path, *, whole: bool) -> None:
    """Raise Invalid unless the file is new or of the kind that is asked for."""
    if is_empty(file) or is_plain(file) is not whole:
        return
    if whole:
        raise Invalid(
            f"PLEA_AID_SQLCIPHER is set and {file} is not encrypted whole: without the setting write a backup "
            "(plea-aid backup), then with it put that in place (plea-aid restore FILE --replace)."
        )
    raise Invalid(
        f"{file} is encrypted whole, or is no database: set PLEA_AID_SQLCIPHER=1, under which it was made, "
        "or name another file."
    )


class WholeFile:
    """Opens the connections to one encrypted file."""

    opened_with: str | None = None
    """The fingerprint of the master key whose file key opens the file, once it was opened."""

    def __init__(self, file: Path, keys: Callable[[], MasterKeys | None], begin: Callable[[], MasterKeys]) -> None:
        self.file = file
        self.keys = keys
        self._begin = begin

    def connect(self, *arguments: Any, **options: Any) -> Any:
        """Return the driver's connection, the key given before anything is read.

        Each master key at hand is tried: between the two steps of changing it, the file is still under the other one.
        Raises KeyFault when none opens the file; a new file begins under the first, made if there is none.
        """
        new = is_empty(self.file)
        keys = self.keys() or (self._begin() if new else None)
        if keys is None:
            raise KeyFault(
                f"{self.file} is encrypted whole, and no key file is there. Put the key file back, or bring it back "
                "with plea-aid key recover and the recovery code; no new key was made."
            )
        for key in keys.keys[:1] if new else sorted(keys.keys, key=lambda one: one.fingerprint != self.opened_with):
            connection = driver().connect(*arguments, **options)
            try:
                if _fits(connection, key, new):
                    self.opened_with = key.fingerprint
                    return connection
            except BaseException:
                connection.close()
                raise
            connection.close()
        if new:
            return self.connect(*arguments, **options)  # another process was first to write to the new file
        listed = " and ".join(key.fingerprint for key in keys.keys)
        raise KeyFault(
            f"{self.file} does not open with master key {listed} of {keys.origin}: it is encrypted under another one, "
            "is damaged, or is no database. Put the right key file back, or use plea-aid key recover."
        )

    @contextmanager
    def alone(self, engine: Engine) -> Iterator[Callable[[MasterKey], None]]:
        """Keep everyone else out, and yield what puts the file under another master key; Invalid while it is in use.

        Outside the write-ahead log the change is one transaction: stopped anywhere, the file opens with one of the two.
        """
        engine.dispose()
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            try:
                _hold(raw)
                yield lambda key: self._rekey(raw, key)
            finally:
                connection.invalidate()
        engine.dispose()

    def _rekey(self, raw: Any, key: MasterKey) -> None:
        if self.opened_with != key.fingerprint:
            try:
                raw.execute(f"PRAGMA rekey = {_literal(key)}").fetchall()
            except driver().Error as error:
                raise Invalid(f"{self.file} could not be put under its new key and stays under the other.") from error
            if raw.execute("PRAGMA cipher_integrity_check").fetchone():
                raise Invalid(f"{self.file} does not read back under its new key; restore a backup.")
            self.opened_with = key.fingerprint


def _hold(raw: Any) -> None:
    try:
        for statement in (
            "PRAGMA busy_timeout=0",
            "PRAGMA journal_mode=DELETE",  # fails while anyone else has the file open
            "PRAGMA locking_mode=EXCLUSIVE",
            "BEGIN EXCLUSIVE",
            "COMMIT",
        ):
            raw.execute(statement).fetchall()
    except driver().OperationalError as error:
        raise Invalid(IN_USE.format(by="")) from error


def _fits(connection: Any, key: MasterKey, new: bool) -> bool:
    connection.execute("PRAGMA cipher_log_level=NONE")  # a key that does not fit is told by us, in one line
    connection.execute(f"PRAGMA key = {_literal(key)}")
    try:
        connection.execute("PRAGMA journal_mode=WAL" if new else "SELECT count(*) FROM sqlite_master").fetchall()
    except driver().DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_NOTADB:
            raise
        return False
    return True


def _literal(key: MasterKey) -> str:
    return f"\"x'{key.file_key().hex()}'\""
