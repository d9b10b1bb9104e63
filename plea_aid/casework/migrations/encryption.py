"""Encrypt columns that hold rows already, and back; the hashes of sealed rows are over their text and stay true."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

from plea_aid.casework.data_keys import DataKeys, Keyring, make_data_keys, read_data_keys
from plea_aid.casework.keyring import MasterKeys

_BATCH = 1000
Change = Callable[[str, str, str], str]
"""What becomes of a value: from its place ('table.column'), the key of its row and the value."""


def first_keys() -> DataKeys:
    """Make the data keys of this database, with a new master key where none is at hand."""
    master: MasterKeys = op.get_context().config.attributes["begin_to_encrypt"]()  # type: ignore[union-attr]
    connection = op.get_bind()
    nobody = connection.execute(sa.text("SELECT 1 FROM user_account LIMIT 1")).first() is None
    unused = connection.execute(sa.text("SELECT 1 FROM audit_event LIMIT 1")).first() is None
    make_data_keys(connection, master.first, swept=nobody and unused)
    return read_data_keys(connection, master)


def present_keys() -> DataKeys:
    """Return the data keys of this database."""
    keyring: Keyring = op.get_context().config.attributes["keyring"]  # type: ignore[union-attr]
    return keyring.read(op.get_bind())


def rewrite(table: str, columns: Sequence[str], change: Change, *, key: Sequence[str] = ("id",)) -> None:
    """Put ``change`` of every value in place of it; empty places (null) stay empty."""
    rows = sa.table(table, *(sa.column(name) for name in (*key, *columns)))
    keys = [rows.c[name] for name in key]
    connection, last = op.get_bind(), None
    while True:
        query = sa.select(rows).order_by(*keys).limit(_BATCH)
        batch = connection.execute(query if last is None else query.where(sa.tuple_(*keys) > last)).all()
        if not batch:
            return
        for row in batch:
            stored = row._mapping
            of_row = ",".join(str(stored[name]) for name in key)
            changed = {
                name: change(f"{table}.{name}", of_row, stored[name]) for name in columns if stored[name] is not None
            }
            if changed:
                same = [one == stored[one.name] for one in keys]
                connection.execute(sa.update(rows).where(*same).values(changed))
        last = tuple(batch[-1]._mapping[name] for name in key)
