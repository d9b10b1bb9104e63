"""Backups while the program is in use: one moment of the database in a file, read back before it counts as made."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from plea_aid import __version__
from plea_aid.casework import audit
from plea_aid.casework.actors import Actor
from plea_aid.casework.backup_file import BackupReader, Header, Summary, TableShape, write_backup
from plea_aid.casework.canonical import now, stamp
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid
from plea_aid.casework.keyring import MasterKeys
from plea_aid.casework.migrate import revision_of
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import Table
from plea_aid.casework.work import changing

_BATCH = 1000
STORED: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "integer": sa.BigInteger(),
    "boolean": sa.Boolean(),
    "real": sa.Float(),
    "date": sa.Date(),
    "moment": UTCDateTime(),
    "bytes": sa.LargeBinary(),
}
"""How each kind of the backup file is read from and written to a database, past any encryption of a field."""


@dataclass(frozen=True)
class Made:
    """A backup that was written and read back."""

    file: Path
    rows: int
    sha256: str
    """Of the whole file."""


def make_backup(db: Database, actor: Actor, file: Path, keys: MasterKeys) -> Made:
    """Write a backup of this moment to a new ``file``, encrypted, and read it back. Everyone may go on working.

    The file holds no master key: without the first of ``keys`` nobody reads it, its owner included. Raises
    NotAllowed, Invalid when the file is there already or does not read back as it was written, OSError.
    """
    with changing(db, actor) as work:
        work.require(Action.DATABASE_BACKUP, kind="database")
    if file.exists():
        raise Invalid("There is a file of this name already, and a backup replaces none; choose another name.")
    partial = file.with_name(f"{file.name}.unfinished-{os.getpid()}")
    try:
        with db.read() as session, _new_private(partial) as raw:
            header = _header(session)
            written = write_backup(raw, keys, header, lambda table: _rows(session, table))
            raw.flush()
            os.fsync(raw.fileno())
        _read_back(partial, keys, header, written)
        digest = _file_hash(partial)
        file.touch(mode=0o600, exist_ok=False)  # takes the name, so that the move replaces nothing of anyone's
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    _keep_name(file)
    with changing(db, actor) as work:
        work.record(
            Action.DATABASE_BACKUP,
            "database",
            "",
            sha256=digest,
            rows=sum(written.rows.values()),
            up_to=header.head_seq,
        )
    return Made(file, sum(written.rows.values()), digest)


def kind_of(column: sa.Column[Any]) -> str:
    """Return the kind of what the database holds in ``column``; raise TypeError for a type that has none."""
    held: Any = column.type
    while isinstance(held, sa.types.TypeDecorator):
        held = held.impl_instance
    for kind, types in _KINDS:
        if isinstance(held, types):
            return kind
    raise TypeError(f"{column} has a type that a backup does not know: {held!r}")


_KINDS: tuple[tuple[str, tuple[type[sa.types.TypeEngine[Any]], ...]], ...] = (
    ("boolean", (sa.Boolean,)),
    ("integer", (sa.Integer,)),
    ("real", (sa.Float,)),
    ("moment", (sa.DateTime,)),
    ("date", (sa.Date,)),
    ("bytes", (sa.LargeBinary,)),
    ("text", (sa.String,)),
)


def shapes() -> tuple[TableShape, ...]:
    """Return every table of this program, those that others refer to first."""
    return tuple(
        TableShape(table.name, tuple((column.name, kind_of(column)) for column in table.columns))
        for table in Table.metadata.sorted_tables
    )


def _header(session: Session) -> Header:
    last = audit.head(session)
    return Header(
        program=f"plea-aid {__version__}",
        revision=revision_of(session) or "",
        database=session.get_bind().dialect.name,
        made_at=stamp(now()),
        head_seq=last[0],
        head_hash=last[1],
        tables=shapes(),
    )


def _rows(session: Session, shape: TableShape) -> Iterator[Sequence[Any]]:
    table = Table.metadata.tables[shape.name]
    columns = [sa.type_coerce(table.c[name], STORED[kind]) for name, kind in shape.columns]
    query = sa.select(*columns).order_by(*table.primary_key.columns)
    for row in session.execute(query, execution_options={"yield_per": _BATCH}):
        yield tuple(row)


def _read_back(file: Path, keys: MasterKeys, header: Header, written: Summary) -> None:
    with file.open("rb") as raw:
        reader = BackupReader(raw, keys)
        for _, rows in reader.tables():
            for _ in rows:
                pass
    if (reader.header, reader.summary) != (header, written):
        raise Invalid("The file does not read back as it was written, so no backup was made; try another disk.")


def _new_private(file: Path) -> BinaryIO:
    """Open a new file that nobody but this account reads."""
    return os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _file_hash(file: Path) -> str:
    with file.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


def _keep_name(file: Path) -> None:
    """Make the new name outlast a power cut."""
    if os.name == "nt":
        return
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
