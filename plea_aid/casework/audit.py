"""The audit trail: append-only, each event holding the hash of the one before.

Append last in a transaction (``work`` does): on PostgreSQL appending waits for every other transaction that
has appended, and one that then waited for a case would stop both.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from plea_aid import __version__
from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import canonical, is_id, now, sha256, stamp
from plea_aid.casework.data_keys import DataKeys
from plea_aid.casework.database import Database
from plea_aid.casework.encrypted import StoredRow, as_stored, bound_row, encrypted_as_stored, open_row, row_key
from plea_aid.casework.errors import CaseworkError, Fault
from plea_aid.casework.tables import SEALED, AuditEvent, DisposedRow, SealedTable, Table

GENESIS = "0" * 64
"""What the first event holds for the hash before it."""
_APPEND_LOCK = 0x41554449
_BATCH = 1000


@dataclass(frozen=True)
class Entry:
    """An event about to be written."""

    action: str
    resource_kind: str
    resource_id: str
    outcome: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Head:
    """The last event; kept outside the database it proves that no later end was cut off."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Kept:
    """The hash of an event as it is known outside the database, and where it is known from."""

    hash: str
    where: str


@dataclass(frozen=True)
class Verification:
    """What a verification read and every place where something was altered."""

    events: int
    sealed_rows: int
    head: Head
    faults: tuple[Fault, ...]
    disposed: int = 0
    """Sealed rows that are gone because a certificate let them go."""

    @property
    def ok(self) -> bool:
        """True when nothing was altered."""
        return not self.faults


def append(session: Session, actor: Actor, entries: Sequence[Entry]) -> None:
    """Write events at the end of the chain, as part of the transaction of ``session``."""
    if not entries:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _APPEND_LOCK})
    seq, previous = head(session)
    rows = []
    for entry in entries:
        seq += 1
        fields: dict[str, Any] = {
            "seq": seq,
            "at": stamp(now()),
            "actor_id": actor.user_id,
            "actor_name": actor.user_name,
            "role": actor.role,
            "terminal": actor.terminal,
            "program": f"plea-aid {__version__}",
            "action": entry.action,
            "resource_kind": entry.resource_kind,
            "resource_id": entry.resource_id,
            "outcome": entry.outcome,
            "detail": canonical(entry.detail),
            "previous": previous,
        }
        previous = sha256(canonical(fields))
        rows.append(bound_row(_EVENTS, {**fields, "hash": previous}))
    session.execute(_EVENTS.insert(), rows)


def head(session: Session) -> tuple[int, str]:
    """Return the number and the hash of the last event; zero and the genesis mark when there is none."""
    query = select(_EVENTS.c.seq, _EVENTS.c.hash).order_by(_EVENTS.c.seq.desc()).limit(1)
    last = session.execute(query).first()
    return (last.seq, last.hash) if last else (0, GENESIS)


def sealed_hash(row: SealedTable) -> str:
    """Return the SHA-256 of a sealed row over all its columns but the hash itself."""
    return sha256(canonical(row.model_dump(mode="json", exclude={"sha256"})))


def verify_chain(db: Database, expect: Head | None = None, known: Mapping[int, Kept] | None = None) -> Verification:
    """Re-read every event, every sealed row and all that is encrypted; name each place altered, removed or slipped in.

    ``expect`` is a head kept from earlier: it finds a trail whose end was cut off, which the trail cannot tell.
    ``known`` are hashes of events kept outside (``anchors``), by number: they find a trail that was written anew, and
    of the events that differ the first is named.
    """
    outside = dict(known or {})
    if expect and expect.seq:
        outside[expect.seq] = Kept(expect.hash, "what was kept as the head")
    with db.read() as session, _any_bytes(db, session):
        try:
            return _Verifier(session, outside, db.keyring.load()).run()
        except CaseworkError as error:
            return Verification(0, 0, Head(0, GENESIS), (Fault("keys", str(error)),))
        except DBAPIError as error:
            fault = Fault("database", f"it cannot be read, it is damaged ({type(error.orig).__name__})")
            return Verification(0, 0, Head(0, GENESIS), (fault,))


_EVENTS = AuditEvent.__table__  # type: ignore[attr-defined]


class _Verifier:
    def __init__(self, session: Session, outside: Mapping[int, Kept], keys: DataKeys) -> None:
        self.session = session
        self.outside = outside
        self.differs = False
        self.keys = keys
        self.faults: list[Fault] = []
        self.sealed: Counter[str] = Counter()
        self.seq = 0
        self.hash = GENESIS
        self.recomputed = GENESIS
        self.disposed = 0
        # A row that a certificate let go is gone lawfully; the certificate's own rows are sealed and counted below.
        self._disposed = dict(self._let_go())

    def _let_go(self) -> Iterator[tuple[tuple[str, str], str]]:
        table = DisposedRow.__table__  # type: ignore[attr-defined]
        for stored in self.session.execute(select(*as_stored(table))):
            fields = open_row(table, stored._mapping, self.keys).fields
            yield (fields["table_name"], fields["row_id"]), fields.get("row_sha256", "")

    def run(self) -> Verification:
        for batch in self._batches():
            seals: list[tuple[int, dict[str, str]]] = []
            for stored in batch:
                row = open_row(_EVENTS, stored._mapping, self.keys)
                self._check_event(row)
                seals += [(row.fields["seq"], one) for one in _seals_of(row.fields.get("detail"))]
            self._check_sealed(seals)
        missing = max((seq for seq in self.outside if seq > self.seq), default=0)
        if missing:
            what = f"the trail ends before it; {self.outside[missing].where} tells of it"
            self.faults.append(Fault(f"audit event {missing}", what))
        self._count_sealed()
        self._check_open()
        return Verification(self.seq, self.sealed.total(), Head(self.seq, self.hash), tuple(self.faults), self.disposed)

    def _batches(self) -> Iterator[Sequence[Row[Any]]]:
        query = select(*as_stored(_EVENTS)).order_by(_EVENTS.c.seq).limit(_BATCH)
        rows = self.session.execute(query).all()  # from the lowest number there is, be it below 1
        while rows:
            yield rows
            rows = self.session.execute(query.where(_EVENTS.c.seq > rows[-1].seq)).all()

    def _check_event(self, row: StoredRow) -> None:
        fields = row.fields
        seq = fields["seq"]
        place = f"audit event {seq}"
        if seq < 1:
            self.faults.append(Fault(place, "an event has a number from 1 on"))
        elif seq != self.seq + 1:
            self.faults.append(Fault(place, f"the events from {self.seq + 1} to {seq - 1} are missing"))
        # An altered hash column is the fault of its own event, not of the next one.
        elif fields.get("previous") not in (self.hash, self.recomputed):
            self.faults.append(Fault(place, "it does not follow from the event before it"))
        stored = fields.pop("hash", "")
        self.recomputed = _hash_of(fields)
        if row.closed:
            self.faults.append(_closed(place, row))
        elif self.recomputed != stored:
            self.faults.append(Fault(place, "it was altered after it was written"))
        kept = self.outside.get(seq)
        if kept and kept.hash != stored and not self.differs:
            self.differs = True
            first = seq == 1 or seq - 1 in self.outside
            which = "it was" if first else "it or an earlier one was"
            what = f"it is not the one that {kept.where} tells of; {which} written anew"
            self.faults.append(Fault(place, what))
        self.seq, self.hash = max(seq, 0), stored

    def _check_sealed(self, seals: list[tuple[int, dict[str, str]]]) -> None:
        for name, model in SEALED.items():
            wanted = {one["id"]: (seq, one["sha256"]) for seq, one in seals if one["table"] == name}
            self.sealed[name] += len(wanted)
            if not wanted:
                continue
            table = model.__table__  # type: ignore[attr-defined]
            query = select(*as_stored(table)).where(table.c.id.in_(list(wanted)))
            found = {row.id: open_row(table, row._mapping, self.keys) for row in self.session.execute(query)}
            for row_id, (seq, digest) in wanted.items():
                if row_id not in found and self._disposed.get((name, row_id)) == digest:
                    self.disposed += 1
                    continue
                if row_id not in found:
                    what = f"it is gone; audit event {seq} tells of it"
                    self.faults.append(Fault(f"{name} {row_id}", what))
                    continue
                if found[row_id].closed:
                    self.faults.append(_closed(f"{name} {row_id}", found[row_id]))
                    continue
                fields = found[row_id].fields
                if fields.pop("sha256") != digest or _hash_of(fields) != digest:
                    what = f"it was altered after it was sealed (audit event {seq})"
                    self.faults.append(Fault(f"{name} {row_id}", what))

    def _count_sealed(self) -> None:
        for name, model in SEALED.items():
            there = self.session.execute(select(func.count()).select_from(model)).scalar_one()
            if there > self.sealed[name]:
                extra = there - self.sealed[name]
                self.faults.append(Fault(name, f"it holds {extra} row(s) that the audit trail does not know"))

    def _check_open(self) -> None:
        """Look at what is encrypted in the tables whose rows may change."""
        for name, table in Table.metadata.tables.items():
            columns = encrypted_as_stored(table)
            if not columns or name == "audit_event" or name in SEALED:
                continue
            for stored in self.session.execute(select(*columns).execution_options(yield_per=_BATCH)):
                row = open_row(table, stored._mapping, self.keys)
                if row.closed:
                    self.faults.append(_closed(f"{name} {row_key(table, stored._mapping)}", row))


def _closed(place: str, row: StoredRow) -> Fault:
    return Fault(place, f"its {' and '.join(row.closed)} does not open: it was altered or belongs elsewhere")


def _hash_of(fields: dict[str, Any]) -> str:
    try:
        return sha256(canonical(fields))
    except (TypeError, ValueError):
        return "not the kind of content that was written"


def _seals_of(detail: Any) -> list[dict[str, str]]:
    try:
        content = json.loads(detail)
        seals = content.get("sealed", [])
        return [one for one in seals if {"table", "id", "sha256"} <= one.keys() and is_id(one["id"])]
    except (ValueError, TypeError, AttributeError):
        return []  # an altered event: its own hash says so


@contextmanager
def _any_bytes(db: Database, session: Session) -> Iterator[None]:
    """Let SQLite return text that is no longer UTF-8, so that its place can be named."""
    if not db.is_sqlite:
        yield
        return
    connection: Any = session.connection().connection.driver_connection
    usual = connection.text_factory
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = usual


def authors(session: Session, case_id: str, actions: Sequence[str]) -> frozenset[str]:
    """Return who has done any of ``actions`` on a case, by the audit trail."""
    query = (
        select(_EVENTS.c.actor_id)
        .where(_EVENTS.c.resource_id == case_id, _EVENTS.c.outcome == "done")
        .where(_EVENTS.c.action.in_(list(actions)))
        .distinct()
    )
    return frozenset(session.execute(query).scalars())
