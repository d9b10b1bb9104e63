"""Migrations: up from nothing, down again, in one piece or not at all, and packaged with the program."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, event, inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError

from plea_aid.casework import cases, migrate
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, Unavailable
from plea_aid.casework.tables import Table
from plea_aid.casework.views import CaseView

from .conftest import People
from .every_table import fill_as_it_was, rows_of

BROKEN = '''"""A migration that fails half-way."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "NEWEST"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_file", sa.Column("half", sa.Text(), nullable=True))
    op.execute("UPDATE case_file SET half = 'done'")
    op.execute("INSERT INTO no_such_table VALUES (1)")


def downgrade() -> None:
    pass
'''


def tables(db: Database) -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_from_nothing_and_down_again(empty_url: str) -> None:
    db = Database(empty_url)
    assert migrate.revision(db) is None
    migrate.upgrade(db)
    assert migrate.revision(db) == migrate.newest() == ScriptDirectory(str(migrate.MIGRATIONS)).get_current_head()
    assert tables(db) == set(Table.metadata.tables)
    migrate.downgrade(db, "base")
    assert tables(db) == set()
    migrate.upgrade(db)
    assert tables(db) == set(Table.metadata.tables)
    db.close()


def versions() -> list[str]:
    """Every version a database may be at, the oldest first."""
    scripts = ScriptDirectory(str(migrate.MIGRATIONS)).walk_revisions()
    return [script.revision for script in scripts][::-1]


def shape(db: Database) -> dict[str, list[str]]:
    """The columns, checks, keys and indexes of every table."""
    found = inspect(db.engine)
    return {
        table: sorted(
            re.sub(r" object at 0x\w+", "", str(one))
            for part in (found.get_columns, found.get_check_constraints, found.get_foreign_keys, found.get_indexes)
            for one in part(table)
        )
        for table in found.get_table_names()
    }


def test_up_and_down_through_every_version_with_rows_in_every_table(empty_url: str) -> None:
    """Upwards no row is lost; downwards each version is again what it was on the way up, to the last value."""
    db = Database(empty_url)
    seen: dict[str, tuple[object, object]] = {}
    for version in versions():
        before = rows_of(db)
        migrate.upgrade(db, version)
        after = rows_of(db)
        assert {name: len(rows) for name, rows in before.items()} == {name: len(after[name]) for name in before}
        fill_as_it_was(db)
        assert all(rows_of(db).values())
        seen[version] = (shape(db), rows_of(db))
    for version in versions()[-2::-1]:
        migrate.downgrade(db, version)
        was_shape, was_rows = seen[version]
        assert shape(db) == was_shape, version
        assert rows_of(db) == was_rows, version
    migrate.upgrade(db)
    assert shape(db) == seen[migrate.newest()][0]
    fill_as_it_was(db)
    assert all(rows_of(db).values())
    db.close()


def test_a_fault_anywhere_in_a_migration_leaves_the_old_database(empty_url: str) -> None:
    """Each migration is stopped at its first, its last and some statements between, with rows in every table."""
    db = Database(empty_url)
    for version in versions():
        before = (migrate.revision(db), shape(db), rows_of(db))
        count = statements(db, version, fail_at=10**6)
        for place in sorted({1, 2, *range(1, count + 1, max(1, count // 4)), count}):
            with pytest.raises(Unavailable):
                statements(db, version, fail_at=place)
            assert (migrate.revision(db), shape(db), rows_of(db)) == before, (version, place)
        migrate.upgrade(db, version)
        fill_as_it_was(db)
    db.close()


def statements(db: Database, version: str, fail_at: int) -> int:
    """Try a migration, failing at one of its statements (or just before its end), and count them."""
    count = 0

    def fail(*arguments: Any) -> None:
        nonlocal count
        statement = str(arguments[2]).lstrip().upper()
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN", "WITH", "SHOW")):
            count += 1
        if count == fail_at:
            raise OperationalError(statement, None, OSError("No space left on device"))

    def stop(_: Any) -> None:
        raise OperationalError("COMMIT", None, OSError("No space left on device"))

    event.listen(db.engine, "before_cursor_execute", fail)
    event.listen(db.engine, "commit", stop)
    try:
        migrate.upgrade(db, version)
    except Unavailable:
        if fail_at <= count:
            raise
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)
        event.remove(db.engine, "commit", stop)
    return count


def test_the_migrated_database_is_what_the_tables_say(db: Database) -> None:
    with db.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    found = inspect(db.engine)
    for name, table in Table.metadata.tables.items():
        checks = {one["name"] for one in found.get_check_constraints(name)}
        assert checks == {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        keys = {one["name"] for one in found.get_foreign_keys(name)}
        assert keys == {str(one.name) for one in table.foreign_key_constraints}


def test_statuses_are_checked_by_the_database(db: Database, case: CaseView) -> None:
    for statement in ("UPDATE case_file SET stage = 'lost'", "UPDATE user_account SET role = 'owner'"):
        with pytest.raises(IntegrityError), db.write() as session:
            session.execute(text(statement))
    with pytest.raises(IntegrityError), db.write() as session:
        session.execute(text("UPDATE case_file SET owner_id = 'nobody'"))


def test_a_failed_migration_leaves_everything_as_it_was(
    db: Database, people: People, case: CaseView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    (folder / "versions" / "v9000_broken.py").write_text(BROKEN.replace("NEWEST", migrate.newest()))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    with pytest.raises(Unavailable, match="left as it was"):
        migrate.open_database(database_address(db))
    monkeypatch.undo()
    assert migrate.revision(db) == migrate.newest()
    assert "half" not in {one["name"] for one in inspect(db.engine).get_columns("case_file")}
    assert cases.open_case(db, people.prosecutor, case.id).document == case.document


def test_a_database_of_a_newer_program_is_refused(db: Database) -> None:
    with db.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Invalid, match="newer version of this program"):
        migrate.open_database(database_address(db))


def test_programs_that_start_together_migrate_once(empty_url: str) -> None:
    errors: list[BaseException] = []

    def start() -> None:
        try:
            migrate.open_database(empty_url).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    db = Database(empty_url)
    assert migrate.revision(db) == migrate.newest()
    db.close()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_file_is_nobody_elses(db: Database) -> None:
    file = Path(str(db.engine.url.database))
    fresh = file.with_name("fresh.db")
    migrate.open_database(f"sqlite:///{fresh}").close()
    assert fresh.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["mysql://x@y/z", "sqlite://", "sqlite:///:memory:", "nonsense", ""])
def test_an_address_this_program_does_not_use_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="PLEA_AID_DATABASE_URL"):
        Database(url)


def test_the_password_of_the_database_is_not_shown() -> None:
    db = Database("postgresql://app:secret@127.0.0.1:1/none")
    assert "secret" not in db.url
    db.close()


def database_address(db: Database) -> str:
    return db.engine.url.render_as_string(hide_password=False)
