"""Triggers that keep rows as they were written; a migration that rebuilds a table calls this again."""

from __future__ import annotations

from alembic import op


def seal(table: str, *keys: tuple[str, ...]) -> None:
    """Refuse every UPDATE and DELETE on ``table``, and every INSERT that would replace a row by one of ``keys``.

    The triggers stop the program and SQL through its connection, which on SQLite cannot drop them either
    (``database``). Whoever owns the database can; what they then change is found by the hashes.
    """
    if op.get_context().dialect.name == "sqlite":
        _seal_sqlite(table, keys)
    else:
        _seal_postgres(table)


def unseal(table: str) -> None:
    """Take the triggers of ``seal`` away."""
    if op.get_context().dialect.name == "sqlite":
        for name in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER {table}_no_{name}")
    else:
        op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")


def create_refusal() -> None:
    """Create the function that PostgreSQL's triggers call."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION plea_aid_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'rows of % are sealed', TG_TABLE_NAME "
            "USING ERRCODE = 'restrict_violation'; END $$"
        )


def drop_refusal() -> None:
    """Drop that function."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION plea_aid_refuse()")


def _seal_sqlite(table: str, keys: tuple[tuple[str, ...], ...]) -> None:
    refusal = f"SELECT RAISE(ABORT, 'rows of {table} are sealed')"
    for change in ("update", "delete"):
        when = f"BEFORE {change.upper()} ON {table}"
        op.execute(f"CREATE TRIGGER {table}_no_{change} {when} BEGIN {refusal}; END")
    # INSERT OR REPLACE deletes the old row without a word unless this comes first.
    same = " OR ".join("(" + " AND ".join(f"{one} = NEW.{one}" for one in key) + ")" for key in keys)
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of our own tables
    op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} BEGIN {refusal}; END")


def _seal_postgres(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION plea_aid_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION plea_aid_refuse()"
    )


def let_go_by_certificate(tables: tuple[str, ...]) -> None:
    """Let a row of these sealed tables be deleted once a sealed ``disposed_row`` names it, and no row else."""
    if op.get_context().dialect.name == "sqlite":
        for table in tables:
            op.execute(f"DROP TRIGGER {table}_no_delete")
            named = f"EXISTS (SELECT 1 FROM disposed_row WHERE table_name = '{table}' AND row_id = OLD.id)"  # noqa: S608
            refusal = f"SELECT RAISE(ABORT, 'rows of {table} are sealed')"
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {named} BEGIN {refusal}; END"
            )
        return
    op.execute(
        "CREATE FUNCTION plea_aid_refuse_undisposed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM disposed_row WHERE table_name = TG_TABLE_NAME "
        "AND row_id = OLD.id) THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'rows of % are sealed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    _on_change(tables, "plea_aid_refuse_undisposed")


def never_let_go(tables: tuple[str, ...]) -> None:
    """Take back what ``let_go_by_certificate`` allows."""
    if op.get_context().dialect.name == "sqlite":
        for table in tables:
            op.execute(f"DROP TRIGGER {table}_no_delete")
            refusal = f"SELECT RAISE(ABORT, 'rows of {table} are sealed')"
            op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refusal}; END")
        return
    _on_change(tables, "plea_aid_refuse")
    op.execute("DROP FUNCTION plea_aid_refuse_undisposed()")


def _on_change(tables: tuple[str, ...], function: str) -> None:
    for table in tables:
        op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
