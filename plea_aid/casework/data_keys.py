"""The keys that encrypt what the tables hold. They lie in the database, wrapped by the master key.

A value is encrypted for one place: its table, its column and its row. Moved anywhere else it does not open. What
must be found by equality is kept as a keyed mark beside it, from which nothing can be read back.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine import Connection, Engine
from sqlmodel.sql.sqltypes import UTCDateTime

from plea_aid.casework.canonical import now
from plea_aid.casework.keyring import KEY_BYTES, NONCE_BYTES, KeyFault, MasterKey, MasterKeys, Tampered

CONTENT, SEARCH = "content", "search"
PURPOSES = (CONTENT, SEARCH)
REFRESH_SECONDS = 60.0
"""How long a running program may go on with the old key after another one has made a new key."""

_KEYS = sa.table(
    "data_key",
    sa.column("number", sa.Integer()),
    sa.column("purpose", sa.Text()),
    sa.column("wrapped", sa.Text()),
    sa.column("master", sa.Text()),
    sa.column("made_at", UTCDateTime()),
    sa.column("swept_at", UTCDateTime()),
)


@dataclass(frozen=True)
class DataKeys:
    """The data keys, opened."""

    content: Mapping[int, AESGCM]
    search: bytes
    made_at: Mapping[int, datetime]
    master: str
    """The fingerprint of the master key that wraps them."""
    swept: bool
    """Whether the places that held readable text before encryption have been rewritten."""

    @property
    def current(self) -> int:
        """The number of the key for new values."""
        return max(self.content)

    def encrypt(self, place: str, row: str, text: str) -> str:
        """Return ``text`` encrypted for column ``place`` ('table.column') of the row with key ``row``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        raw = text.encode("utf-8", "surrogatepass")
        sealed = nonce + self.content[self.current].encrypt(nonce, raw, _bound_to(place, row))
        return f"{self.current}.{base64.b64encode(sealed).decode()}"

    def decrypt(self, place: str, row: str, stored: str) -> str:
        """Return what ``encrypt`` encrypted for this place; raise Tampered for anything else."""
        number, _, body = stored.partition(".")
        try:
            sealed = base64.b64decode(body, validate=True)
            # One text only stands for each value, so that no byte can change unnoticed.
            if f"{int(number)}.{base64.b64encode(sealed).decode()}" != stored:
                raise ValueError
            cipher = self.content[int(number)]
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(place, row)).decode(
                "utf-8", "surrogatepass"
            )
        except (ValueError, KeyError, InvalidTag) as error:
            raise Tampered(
                f"What is stored as {place} of {row} does not open: it was altered or belongs elsewhere; "
                "plea-aid verify names every such place."
            ) from error

    def mark(self, place: str, text: str) -> str:
        """Return the mark by which ``text`` is found in column ``place`` again: equal texts, equal marks."""
        return base64.urlsafe_b64encode(self._hmac(f"mark {place}", text)[:18]).decode()

    def token(self, word: str) -> int:
        """Return the mark of a word in the search index, a signed number of 64 bits."""
        return int.from_bytes(self._hmac("word", word)[:8], "big", signed=True)

    def _hmac(self, use: str, text: str) -> bytes:
        return hmac.digest(self.search, f"{use}\0{text}".encode("utf-8", "surrogatepass"), hashlib.sha256)


class Keyring:
    """The data keys of one database, opened with the master keys at hand when they are first needed."""

    def __init__(self, engine: Engine, keys: Callable[[], MasterKeys | None]) -> None:
        self._engine = engine
        self._keys = keys
        self._lock = threading.Lock()
        self._opened: DataKeys | None = None
        self._read_at = 0.0

    def opened(self) -> DataKeys:
        """Return the data keys; raise KeyFault or Tampered when they cannot be opened."""
        return self._opened or self.load()

    def load(self) -> DataKeys:
        """Read the data keys anew."""
        with self._lock:
            with self._engine.connect().execution_options(plea_aid_read=True) as connection:
                self._opened = read_data_keys(connection, self._keys())
            self._read_at = time.monotonic()
            return self._opened

    def read(self, connection: Connection) -> DataKeys:
        """Return the data keys as a transaction sees them."""
        return read_data_keys(connection, self._keys())

    def forget(self) -> None:
        """Let go of the keys, as after a migration."""
        self._opened = None

    def refresh(self) -> None:
        """Read the data keys anew when they were last read a while ago.

        A master key changed meanwhile that this process has not been given yet stops nothing: it goes on with the keys
        it holds until it is started again.
        """
        if self._opened and time.monotonic() - self._read_at > REFRESH_SECONDS:
            with contextlib.suppress(KeyFault):
                self.load()

    def decrypt(self, place: str, row: str, stored: str) -> str:
        """Return the text of a stored value, a key made since by another process included."""
        number = stored.partition(".")[0]
        if number.isdigit() and int(number) not in self.opened().content:
            self.load()
        return self.opened().decrypt(place, row, stored)


def read_data_keys(connection: Connection, keys: MasterKeys | None) -> DataKeys:
    """Return the data keys of a database; raise KeyFault when the master key is missing or another one."""
    rows = connection.execute(sa.select(_KEYS).order_by(_KEYS.c.number)).all()
    if not rows:
        raise KeyFault("The database has lost its data keys, so nothing in it can be read; restore a backup.")
    opened: dict[int, bytes] = {}
    for row in rows:
        master = keys.named(row.master) if keys else None
        if master is None:
            raise KeyFault(_missing(row.master, keys))
        opened[row.number] = master.unwrap(row.wrapped, _wrapping(row.purpose, row.number))
    return DataKeys(
        content={row.number: AESGCM(opened[row.number]) for row in rows if row.purpose == CONTENT},
        search=next(opened[row.number] for row in rows if row.purpose == SEARCH),
        made_at={row.number: row.made_at for row in rows if row.purpose == CONTENT},
        master=rows[-1].master,
        swept=all(row.swept_at for row in rows),
    )


def make_data_keys(connection: Connection, master: MasterKey, *, swept: bool) -> None:
    """Make the first data keys of a database; ``swept`` when nothing readable was ever stored in it."""
    for number, purpose in enumerate((SEARCH, CONTENT), 1):
        _add(connection, master, number, purpose, swept)


def add_content_key(connection: Connection, keys: MasterKeys) -> int:
    """Make a new key for what is saved from now on and return its number; what is stored stays as it is."""
    present = read_data_keys(connection, keys)
    master = keys.named(present.master)
    assert master is not None, "the keys were just opened with it"  # noqa: S101
    number = present.current + 1
    _add(connection, master, number, CONTENT, present.swept)
    return number


def rewrap(connection: Connection, keys: MasterKeys) -> None:
    """Wrap every data key with the first master key at hand instead of the one it was wrapped with."""
    for row in connection.execute(sa.select(_KEYS)).all():
        master = keys.named(row.master)
        if master is None:
            raise KeyFault(_missing(row.master, keys))
        purpose = _wrapping(row.purpose, row.number)
        wrapped = keys.first.wrap(master.unwrap(row.wrapped, purpose), purpose)
        changed = sa.update(_KEYS).where(_KEYS.c.number == row.number)
        connection.execute(changed.values(wrapped=wrapped, master=keys.first.fingerprint))


def mark_swept(connection: Connection) -> None:
    """Record that the places that held readable text have been rewritten."""
    connection.execute(sa.update(_KEYS).values(swept_at=now()))


def wanted_master(connection: Connection) -> str | None:
    """Return the fingerprint of the master key a database needs; None when it has no keys yet."""
    if not sa.inspect(connection).has_table("data_key"):
        return None
    return connection.execute(sa.select(_KEYS.c.master).order_by(_KEYS.c.number.desc()).limit(1)).scalar()


def _add(connection: Connection, master: MasterKey, number: int, purpose: str, swept: bool) -> None:
    moment = now()
    connection.execute(
        sa.insert(_KEYS).values(
            number=number,
            purpose=purpose,
            wrapped=master.wrap(secrets.token_bytes(KEY_BYTES), _wrapping(purpose, number)),
            master=master.fingerprint,
            made_at=moment,
            swept_at=moment if swept else None,
        )
    )


def _missing(fingerprint: str, keys: MasterKeys | None) -> str:
    found = f"{keys.origin} holds {_listed(keys.keys)}" if keys else "no key file is there"
    return (
        f"The database is encrypted with master key {fingerprint}, and {found}. Put that key file back, or bring it "
        "back with plea-aid key recover and the recovery code; no new key was made."
    )


def _listed(keys: Iterable[MasterKey]) -> str:
    return " and ".join(key.fingerprint for key in keys)


def _wrapping(purpose: str, number: int) -> str:
    return f"data key {number}: {purpose}"


def _bound_to(place: str, row: str) -> bytes:
    return f"plea-aid 1\n{place}\n{row}".encode()
