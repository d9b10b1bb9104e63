"""Rows in every table: built from the schema itself, so that a new table is not forgotten."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import new_id, now, stamp
from plea_aid.casework.column_words import models
from plea_aid.casework.database import Database
from plea_aid.casework.tables import SEALED, SealedTable, Table
from plea_aid.casework.work import changing


def fill_every_table(db: Database, actor: Actor) -> None:
    """Put a row into every table that has none yet, sealed rows by the program's own way of sealing."""
    for table in Table.metadata.sorted_tables:
        with changing(db, actor) as work:
            if work.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one():
                continue
            row = models()[table.name](**_values(work.session, table.name))
            if isinstance(row, SealedTable):
                row.sha256 = ""
                work.seal(row)
            else:
                work.session.add(row)
            work.session.flush()
            work.record("test.fill", "table", table.name)


def fill_as_it_was(db: Database) -> None:
    """Put a row into every table of a database of any version that has none, past the program's own classes."""
    with db.write() as session:
        there = sa.inspect(session.connection())
        waiting = [name for name in there.get_table_names() if name != "alembic_version" and not _count(session, name)]
        while waiting:
            ready = [
                n for n in waiting if not ({f["referred_table"] for f in there.get_foreign_keys(n)} & {*waiting}) - {n}
            ]
            assert ready, f"tables that refer to each other: {waiting}"
            for name in ready:
                waiting.remove(name)
                _insert(session, name)


def rows_of(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table as the database holds it, whatever the order of its columns."""
    with db.read() as session:
        there = sa.inspect(session.connection())
        names = sorted(set(there.get_table_names()) - {"alembic_version"})
        columns = {name: ", ".join(sorted(c["name"] for c in there.get_columns(name))) for name in names}
        return {
            name: sorted(tuple(row) for row in session.execute(sa.text(f"SELECT {columns[name]} FROM {name}")))
            for name in names
        }


def _count(session: Session, table: str) -> int:
    return int(session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def _insert(session: Session, table: str) -> None:
    model = models().get(table)
    columns = {c["name"] for c in sa.inspect(session.connection()).get_columns(table)}
    values = _values(session, table)
    encrypts = sa.inspect(session.connection()).has_table("data_key")
    same = model is not None and columns == {c.name for c in model.__table__.columns}
    if model is not None and same and encrypts and table not in SEALED:
        session.add(model(**values))
        session.flush()
        return
    types = {c["name"]: c["type"] for c in sa.inspect(session.connection()).get_columns(table)}
    held = {n: UTCDateTime() if isinstance(t, sa.DateTime) else t for n, t in types.items()}
    target = sa.table(table, *(sa.column(name, type_) for name, type_ in held.items()))
    session.execute(sa.insert(target).values(values))


def _values(session: Session, table: str) -> dict[str, Any]:
    connection = session.connection()
    there = sa.inspect(connection)
    allowed = _allowed(there, table)
    refers = {
        f["constrained_columns"][0]: (f["referred_table"], f["referred_columns"][0])
        for f in there.get_foreign_keys(table)
        if f["referred_table"] != table
    }
    values: dict[str, Any] = {}
    for column in there.get_columns(table):
        name = column["name"]
        if name in refers:
            other, key = refers[name]
            values[name] = connection.execute(sa.text(f"SELECT {key} FROM {other} LIMIT 1")).scalar_one()
        else:
            values[name] = allowed.get(name) or _value(table, name, column["type"])
    return values


def _value(table: str, column: str, type_: Any) -> Any:
    if column == "id" or column.endswith("_id"):
        return new_id()
    if isinstance(type_, sa.Boolean):
        return False
    if isinstance(type_, sa.Integer):
        return 1
    if isinstance(type_, sa.DateTime):
        return now() + timedelta(days=1)
    if isinstance(type_, sa.Date):
        return date(2026, 11, 22)
    if isinstance(type_, sa.LargeBinary):
        return b"\x00\xff" + column.encode()
    if isinstance(type_, sa.Float):
        return 0.5
    if column.endswith("_at") or column == "at":
        return stamp(datetime.fromisoformat("2026-11-22T12:00:00+00:00"))
    if column in _DERIVED:
        return _DERIVED[column]
    # Readable as JSON wherever JSON is kept, unlike any other row, and not in ASCII alone.
    return json.dumps({"text": f"{table}.{column} é ✓"}, ensure_ascii=False)


_DERIVED = {
    "user_name": "somebody",
    "user_key": "somebody",
    "cause_number": "CR-2026-0412",
    "cause_key": "CR20260412",
    "cause_tail": "412",
}
"""Values that the program makes from one another."""


def _allowed(there: Any, table: str) -> dict[str, str]:
    """Return a value for each column that a CHECK restricts to listed words."""
    found = {}
    names = [c["name"] for c in there.get_columns(table)]
    for check in there.get_check_constraints(table):
        words = re.findall(r"'([^']+)'", check["sqltext"])
        column = next((n for n in names if re.search(rf"\b{n}\b", check["sqltext"])), None)
        if words and column:
            found[column] = words[0]
    return found
