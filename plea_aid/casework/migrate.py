"""Bring a database to the tables of this program. A migration that fails leaves the database as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from plea_aid.casework.database import Database, open_for_migration, plainly
from plea_aid.casework.errors import Invalid, Unavailable
from plea_aid.casework.sweep import sweep
from plea_aid.settings import settings

if TYPE_CHECKING:  # a database that is up to date needs none of it, and the program starts the sooner
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_ADVISORY_LOCK = 0x504C4541


def open_database(url: str | None = None) -> Database:
    """Open the office's database (``PLEA_AID_DATABASE_URL`` unless ``url`` is given), migrated if needed.

    Raises Invalid for an address this program does not use or a database of a newer program, KeyFault when the
    master key is missing or another one, Unavailable when the database does not answer.
    """
    db = Database(url or settings().database_url)
    if revision(db) != newest():
        upgrade(db)
    if not db.keyring.load().swept:
        sweep(db)
    return db


def newest() -> str:
    """Return the revision this program needs."""
    return max(file.name[1:5] for file in (MIGRATIONS / "versions").glob("v*_*.py"))


def revision(db: Database) -> str | None:
    """Return the revision the database is at; None when it is empty."""
    with db.read() as session:
        return revision_of(session)


def revision_of(session: Session) -> str | None:
    """Return the revision of the database as a transaction sees it."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    return session.execute(text("SELECT version_num FROM alembic_version")).scalar()


def knows(wanted: str) -> bool:
    """Say whether ``wanted`` is a revision of this program: of its own tables or of earlier ones."""
    from alembic.script import ScriptDirectory

    return any(script.revision == wanted for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def upgrade(db: Database, to: str = "head") -> None:
    """Upgrade the database to revision ``to``.

    Raises Invalid when a newer program has been at it, Unavailable when the migration did not succeed.
    """
    from alembic import command

    _run(db, lambda config: command.upgrade(config, to))


def downgrade(db: Database, to: str) -> None:
    """Downgrade the database to revision ``to`` (``base`` takes every table away, with what is in it)."""
    from alembic import command

    _run(db, lambda config: command.downgrade(config, to))


def _run(db: Database, step: Callable[[Config], None]) -> None:
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with plainly(), db.engine.connect() as connection:
        try:
            if db.is_sqlite:
                # A table that is rebuilt is dropped first, so references are checked at the end instead. The
                # switch works outside a transaction only, hence on the driver's own connection.
                connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
                open_for_migration(connection)
            with connection.begin():
                if not db.is_sqlite:
                    # Of two processes that start together the second waits here for the first.
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
                config.attributes["connection"] = connection
                config.attributes["keyring"] = db.keyring
                config.attributes["begin_to_encrypt"] = db.begin_to_encrypt
                step(config)
                if db.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise Invalid("The migration would break references, so the database was left as it was.")
        except DBAPIError as error:
            raise Unavailable("The database could not be brought up to date and was left as it was.") from error
        except CommandError as error:
            raise Invalid("A newer version of this program changed the database; update the program.") from error
        finally:
            db.keyring.forget()
            connection.invalidate()
