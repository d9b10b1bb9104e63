"""Columns whose text is encrypted in the database and plain in the program.

``Encrypted`` binds a value to its table, its column and the key of its row. Reading needs nothing special: every
SELECT of such a column brings the row's key along. Writing goes through the mapped classes, or through
``bound_row`` for plain inserts; anything else is refused, so that no readable text slips into a table. An encrypted
column cannot be compared or sorted by the database: ``Mark`` beside it can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column, String, Text, cast, event, literal, type_coerce
from sqlalchemy import Table as SchemaTable
from sqlalchemy.engine import Connection, Dialect, Engine, RowMapping
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator

from plea_aid.casework.data_keys import DataKeys, Keyring
from plea_aid.casework.keyring import Tampered

_BETWEEN = "|"
_JOINED = ","
_keyrings: WeakKeyDictionary[Dialect, Keyring] = WeakKeyDictionary()


def use_keyring(dialect: Dialect, keyring: Keyring) -> None:
    """Let the connections of one engine, known by its dialect, encrypt and decrypt with ``keyring``."""
    _keyrings[dialect] = keyring


def keyring_of(bind: Engine | Connection) -> Keyring:
    """Return the keyring that the connections of an engine use."""
    return _keyrings[bind.dialect]


class Bound(str):
    """A text together with the key of the row it is written to."""

    row: str

    def __new__(cls, text: str, row: str) -> Bound:
        bound = super().__new__(cls, text)
        bound.row = row
        return bound


class _Placed(TypeDecorator[str]):
    """A type that knows its column."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str = "") -> None:
        super().__init__()
        self.place = place

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self


class Encrypted(_Placed):
    """Text that is encrypted for its place."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Bound):
            raise TypeError(f"{self.place} is encrypted for its row: write it through its class, and compare a Mark")
        return _keyrings[dialect].opened().encrypt(self.place, value.row, str(value))

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        parts: list[ColumnElement[str]] = [cast(part, Text) for part in column.table.primary_key]
        key = reduce(lambda one, other: one.concat(literal(_JOINED, String)).concat(other), parts)
        return type_coerce(key.concat(literal(_BETWEEN, String)).concat(type_coerce(column, Text)), self)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        row, _, stored = value.partition(_BETWEEN)
        return _keyrings[dialect].decrypt(self.place, row, stored)


class Marked(str):
    """A mark as it is stored."""


class Mark(_Placed):
    """A keyed mark of a text: it can be compared and be unique, and the text cannot be read from it."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or isinstance(value, Marked):
            return value
        return _keyrings[dialect].opened().mark(self.place, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else Marked(value)


def bound_row(table: SchemaTable, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a new row for a plain insert, its encrypted ones bound to it."""
    row = row_key(table, fields)
    return {
        name: Bound(value, row) if value is not None and isinstance(table.c[name].type, Encrypted) else value
        for name, value in fields.items()
    }


@dataclass
class StoredRow:
    """A row as it is stored, opened without stopping at what does not open."""

    fields: dict[str, Any]
    """The values; those that do not open are left out."""
    closed: list[str] = field(default_factory=list)
    """The columns that do not open."""


def as_stored(table: SchemaTable) -> list[ColumnElement[Any]]:
    """Return the columns of a table for a SELECT that does not decrypt; for ``open_row``."""
    return [_undecrypted(one) for one in table.c]


def encrypted_as_stored(table: SchemaTable) -> list[ColumnElement[Any]]:
    """Return the key of a table and its encrypted columns, as ``as_stored`` does; nothing when it has none."""
    closed = [_undecrypted(one) for one in table.c if isinstance(one.type, Encrypted)]
    return [*table.primary_key, *closed] if closed else []


def _undecrypted(column: Column[Any]) -> ColumnElement[Any]:
    return type_coerce(column, Text).label(column.name) if isinstance(column.type, _Placed) else column


def open_row(table: SchemaTable, stored: RowMapping, keys: DataKeys) -> StoredRow:
    """Decrypt a row that was selected with ``as_stored``."""
    row = StoredRow({})
    key = row_key(table, stored)
    for name, value in stored.items():
        kind = table.c[name].type
        if isinstance(kind, Encrypted) and value is not None:
            try:
                row.fields[name] = keys.decrypt(kind.place, key, str(value))
            except Tampered:
                row.closed.append(name)
        else:
            row.fields[name] = value
    return row


def row_key(table: SchemaTable, fields: Mapping[str, Any] | RowMapping) -> str:
    """Return the key of a row as its encrypted values are bound to it."""
    return _JOINED.join(str(fields[part.name]) for part in table.primary_key)


@event.listens_for(Column, "after_parent_attach")
def _learn_place(column: Column[Any], table: Any) -> None:
    if isinstance(column.type, _Placed) and isinstance(table, SchemaTable):
        column.type.place = f"{table.name}.{column.name}"


@event.listens_for(Mapper, "before_insert")
@event.listens_for(Mapper, "before_update")
def _bind_to_row(mapper: Mapper[Any], _connection: Any, target: Any) -> None:
    row = _JOINED.join(map(str, mapper.primary_key_from_instance(target)))
    for attribute in mapper.column_attrs:
        if isinstance(attribute.columns[0].type, Encrypted) and get_history(target, attribute.key).added:
            value = getattr(target, attribute.key)
            if value is not None:
                setattr(target, attribute.key, Bound(value, row))
