"""After encryption: index the words of what was there before, and rewrite the places that held it readable."""

from __future__ import annotations

from plea_aid.casework.data_keys import mark_swept
from plea_aid.casework.database import Database, plainly
from plea_aid.casework.search_index import rebuild
from plea_aid.casework.tables import Table


def sweep(db: Database) -> None:
    """Finish what the encrypting migration began; interrupted, it is done again at the next start.

    An UPDATE leaves the old text in free pages, and on SQLite in its log; both databases are rewritten whole. What the
    disk itself, old backups or PostgreSQL's archived log still hold is out of its reach. Raises Unavailable.
    """
    with db.write() as session:
        rebuild(session)
    with plainly():
        if db.is_sqlite:
            _rewrite_sqlite(db)
        else:
            _rewrite_postgres(db)
    with db.write() as session:
        mark_swept(session.connection())
    db.keyring.load()


def _rewrite_sqlite(db: Database) -> None:
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()  # VACUUM works outside a transaction only
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _rewrite_postgres(db: Database) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in Table.metadata.tables:
            connection.exec_driver_sql(f'VACUUM (FULL) "{name}"')
