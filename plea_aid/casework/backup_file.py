"""The backup file: every row of every table as compressed JSON lines, with a count and a hash for each table.

One form for both databases, so that a backup of one kind is restored into the other. A line is a header, the name
of a table, a row (a list in the order of the header's columns), the end of a table (its count and hash), or the end
of the backup; a file without its last line was cut short. Values are as the database holds them: a field that is
encrypted there is encrypted here.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, BinaryIO

from plea_aid.casework.canonical import canonical, stamp, unstamp
from plea_aid.casework.errors import Invalid
from plea_aid.casework.keyring import MasterKeys, Tampered, decrypted_pieces, encrypt_stream

FORMAT = 1
PURPOSE = "backup"
KINDS = ("text", "integer", "boolean", "real", "date", "moment", "bytes")


@dataclass(frozen=True)
class TableShape:
    """A table of the file: its name, and the name and kind of each column."""

    name: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Header:
    """What a backup says of itself before its first row."""

    program: str
    revision: str
    """The migration its tables belong to."""
    database: str
    """The kind of database it was made from."""
    made_at: str
    head_seq: int
    """The last event of the audit trail at that moment, and its hash."""
    head_hash: str
    tables: tuple[TableShape, ...]
    format: int = FORMAT


@dataclass(frozen=True)
class Summary:
    """Rows and SHA-256 of each table, by name."""

    rows: dict[str, int]
    sha256: dict[str, str]


class Damaged(Invalid):
    """The file is not whole: altered, cut short, or not a backup at all."""


def write_backup(
    file: BinaryIO, keys: MasterKeys, header: Header, rows_of: Callable[[TableShape], Iterable[Sequence[Any]]]
) -> Summary:
    """Write every table of ``header``, encrypted, and return what was written.

    Raises TypeError for a value of no known kind.
    """
    written = Summary({}, {})
    encrypt_stream(_stream(_packed(_lines(header, rows_of, written))), file, keys, PURPOSE)
    return written


def _lines(
    header: Header, rows_of: Callable[[TableShape], Iterable[Sequence[Any]]], written: Summary
) -> Iterator[bytes]:
    yield _line({"header": asdict(header)})
    for table in header.tables:
        digest = hashlib.sha256()
        count = 0
        yield _line({"table": table.name})
        packers = [_PACK[kind] for _, kind in table.columns]
        for row in rows_of(table):
            line = _line([None if v is None else pack(v) for pack, v in zip(packers, row, strict=True)])
            digest.update(line)
            count += 1
            yield line
        written.rows[table.name], written.sha256[table.name] = count, digest.hexdigest()
        yield _line({"end": table.name, "rows": count, "sha256": digest.hexdigest()})
    yield _line({"end_of_backup": sum(written.rows.values())})


def _packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(4, wbits=31)  # 31: with the header and the check of a gzip file
    for line in lines:
        if packed := packer.compress(line):
            yield packed
    yield packer.flush()


class _Pieces(io.RawIOBase):
    """Pieces that come one after the other, read as a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _stream(pieces: Iterable[bytes]) -> BinaryIO:
    return io.BufferedReader(_Pieces(pieces), 1 << 16)


class BackupReader:
    """A backup being read: its header at once, its rows table by table, checked as they go by.

    Raises Damaged, KeyFault when the key is not at hand, Invalid for the file of a newer program.
    """

    def __init__(self, file: BinaryIO, keys: MasterKeys | None) -> None:
        self._packed = gzip.GzipFile(fileobj=_stream(decrypted_pieces(file, keys, PURPOSE)), mode="rb")
        self._place = "its beginning"
        self.header = self._read_header()
        self._rows: dict[str, int] = {}
        self._hashes: dict[str, str] = {}

    def tables(self) -> Iterator[tuple[TableShape, Iterator[list[Any]]]]:
        """Yield each table with its rows; read them all before the next table. Raises Damaged."""
        for table in self.header.tables:
            self._place = f"the table {table.name}"
            if self._content() != {"table": table.name}:
                raise self._damaged()
            yield table, self._table_rows(table)
            if table.name not in self._rows:
                raise ValueError(f"the rows of {table.name} were not read")
        self._place = "its end"
        if self._content() != {"end_of_backup": sum(self._rows.values())} or self._bytes(1):
            raise self._damaged()

    @property
    def summary(self) -> Summary:
        """Return what was read so far."""
        return Summary(dict(self._rows), dict(self._hashes))

    def _table_rows(self, table: TableShape) -> Iterator[list[Any]]:
        digest = hashlib.sha256()
        count = 0
        unpackers = [_UNPACK[kind] for _, kind in table.columns]
        while True:
            line = self._line()
            content = self._parsed(line)
            if not isinstance(content, list):
                break
            if len(content) != len(unpackers):
                raise self._damaged()
            digest.update(line)
            count += 1
            try:
                yield [None if v is None else unpack(v) for unpack, v in zip(unpackers, content, strict=True)]
            except (ValueError, TypeError):
                raise self._damaged() from None
        if content != {"end": table.name, "rows": count, "sha256": digest.hexdigest()}:
            raise self._damaged()
        self._rows[table.name], self._hashes[table.name] = count, digest.hexdigest()

    def _read_header(self) -> Header:
        try:
            stated = self._content()["header"]
            if stated["format"] > FORMAT:
                raise Invalid("The backup was made by a newer version of this program; update the program first.")
            tables = tuple(
                TableShape(one["name"], tuple((name, kind) for name, kind in one["columns"]))
                for one in stated["tables"]
            )
            if any(kind not in KINDS for table in tables for _, kind in table.columns):
                raise Invalid("The backup was made by a newer version of this program; update the program first.")
            return Header(**{**stated, "tables": tables})
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._damaged() from None

    def _content(self) -> Any:
        return self._parsed(self._line())

    def _parsed(self, line: bytes) -> Any:
        try:
            return json.loads(line)
        except ValueError:
            raise self._damaged() from None

    def _line(self) -> bytes:
        try:
            line = self._packed.readline()
        except (OSError, EOFError, zlib.error, Tampered):
            raise self._damaged() from None
        if not line.endswith(b"\n"):
            raise self._damaged()
        return line

    def _bytes(self, count: int) -> bytes:
        try:
            return self._packed.read(count)
        except (OSError, EOFError, zlib.error, Tampered):
            raise self._damaged() from None

    def _damaged(self) -> Damaged:
        return Damaged(f"This is no whole backup of this program: it is damaged or was cut short at {self._place}.")


def _line(content: Any) -> bytes:
    return canonical(content).encode("ascii") + b"\n"


def _same(kind: type | tuple[type, ...]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(f"{type(value).__name__} where {kind} is kept")
        return value

    return check


_PACK: dict[str, Callable[[Any], Any]] = {
    "text": _same(str),
    "integer": _same(int),
    "boolean": bool,
    "real": float,
    "date": lambda value: value.isoformat(),
    "moment": stamp,
    "bytes": lambda value: base64.b64encode(value).decode("ascii"),
}
_UNPACK: dict[str, Callable[[Any], Any]] = {
    "text": _same(str),
    "integer": _same(int),
    "boolean": _same(bool),
    "real": _same((int, float)),
    "date": date.fromisoformat,
    "moment": unstamp,
    "bytes": lambda value: base64.b64decode(value, validate=True),
}
