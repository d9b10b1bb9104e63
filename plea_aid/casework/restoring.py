"""Restoring a backup: checked whole in a fresh place before anything stands where the office works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import col

from plea_aid.casework import migrate
from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import Head, verify_chain
from plea_aid.casework.backup_file import BackupReader, Damaged, Header, TableShape
from plea_aid.casework.backups import STORED
from plea_aid.casework.canonical import now
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotAllowed
from plea_aid.casework.keyring import MasterKeys
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.places import held
from plea_aid.casework.tables import SetupCode, SignInSession
from plea_aid.casework.work import changing

_BATCH = 500


@dataclass(frozen=True)
class Restored:
    """What was restored, and where the former database is kept (None when there was nothing in it)."""

    header: Header
    rows: int
    events: int
    kept: str | None


def restore_backup(
    url: str, actor: Actor, file: Path, keys: MasterKeys | None, *, replace: bool = False, accept_altered: bool = False
) -> Restored:
    """Put the backup ``file`` in the place of the database at ``url``; on any refusal nothing there has changed.

    A database with work in it is replaced only with ``replace``, and is then kept aside. Open sessions and one-time
    codes do not come back: everyone signs in anew. ``accept_altered`` takes a backup whose audit trail does not
    verify. Raises NotAllowed; Invalid for a file that is damaged, cut short, foreign, newer or of another key, and
    for a database in use; OSError.
    """
    verdict = can(actor, Action.DATABASE_RESTORE)
    if not verdict:
        raise NotAllowed(verdict.because)
    with file.open("rb") as raw:
        reader = BackupReader(raw, keys)
        if not migrate.knows(reader.header.revision):
            raise Invalid("The backup was made by a newer version of this program; update the program first.")
        with held(url) as place:
            if place.holds_work and not replace:
                raise Invalid(
                    "The database holds work; with --replace it is kept aside and the backup takes its place."
                )
            rows = _fill(place.fresh, reader)
            migrate.upgrade(place.fresh)
            events = _verified(place.fresh, reader.header, accept_altered)
            _begin_again(place.fresh, actor, reader.header, place.head())
            return Restored(reader.header, rows, events, place.change())


def _fill(fresh: Database, reader: BackupReader) -> int:
    """Build the tables of the backup's own version and put its rows in."""
    migrate.upgrade(fresh, reader.header.revision)
    name = "its beginning"
    try:
        with fresh.write() as session:
            connection = session.connection()
            if fresh.is_sqlite:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            _expect_tables(connection, reader.header)
            for shape, rows in reader.tables():
                name = shape.name
                table = sa.table(shape.name, *(sa.column(c, STORED[kind]) for c, kind in shape.columns))
                for batch in _batches(shape, rows):
                    connection.execute(table.insert(), batch)
    except OperationalError:
        raise
    except DBAPIError as error:
        raise Damaged(f"The backup does not fit together in the table {name}; nothing was restored.") from error
    return sum(reader.summary.rows.values())


def _expect_tables(connection: sa.Connection, header: Header) -> None:
    """Raise unless each table of the backup stands in the fresh database, empty and with the same columns."""
    there = sa.inspect(connection)
    for shape in reversed(header.tables):
        if not there.has_table(shape.name) or {c["name"] for c in there.get_columns(shape.name)} != {
            name for name, _ in shape.columns
        }:
            raise Invalid(f"The backup's table {shape.name} is not one of this program's; nothing was restored.")
        # What a migration puts into a new table is in the backup too, as it stood in the end.
        connection.execute(sa.delete(sa.table(shape.name)))


def _batches(shape: TableShape, rows: Iterator[list[Any]]) -> Iterator[list[dict[str, Any]]]:
    names = [name for name, _ in shape.columns]
    while batch := [dict(zip(names, row, strict=True)) for row in islice(rows, _BATCH)]:
        yield batch


def _verified(fresh: Database, header: Header, accept_altered: bool) -> int:
    found = verify_chain(fresh, Head(header.head_seq, header.head_hash))
    if not found.ok and not accept_altered:
        raise Invalid(
            f"The audit trail in the backup does not verify ({found.faults[0]}); nothing was restored. "
            "With --accept-altered it is taken as it is."
        )
    return found.events


def _begin_again(fresh: Database, actor: Actor, header: Header, replaced: tuple[int, str] | None) -> None:
    """End what was open when the backup was made, and tell in the trail what came in the place of what."""
    moment = now()
    with changing(fresh, actor) as work:
        for table in (SignInSession, SetupCode):
            ended = "revoked_at" if table is SignInSession else "used_at"
            statement = sa.update(table).where(col(getattr(table, ended)).is_(None)).values({ended: moment})
            work.session.execute(statement)
        work.record(
            Action.DATABASE_RESTORE,
            "database",
            "",
            made_at=header.made_at,
            up_to=header.head_seq,
            replaced={"seq": replaced[0], "hash": replaced[1]} if replaced else None,
        )
