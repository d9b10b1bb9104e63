"""The signed end of the trail, kept outside: it finds a trail that whoever owns the database wrote anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import Session, col

from plea_aid.casework import cases
from plea_aid.casework.accounts import server_actor
from plea_aid.casework.anchors import kept_by, make_anchor, public_text, read_anchor, signing_key
from plea_aid.casework.audit import Verification, verify_chain
from plea_aid.casework.canonical import canonical, sha256
from plea_aid.casework.database import Database
from plea_aid.casework.encrypted import Encrypted
from plea_aid.casework.errors import Invalid, NotAllowed
from plea_aid.casework.tables import AuditEvent
from plea_aid.casework.views import CaseView

from .conftest import DOCUMENT, People
from .test_sealed import break_seals


@pytest.fixture
def files(db: Database, people: People, case: CaseView, tmp_path: Path) -> list[Path]:
    """The anchors of two days, with work before, between and after."""
    made = []
    for day in (1, 2):
        for number in range(3):
            cases.create_case(db, people.prosecutor, {**DOCUMENT, "cause_number": f"CR-{day}-{number}"})
        made.append(tmp_path / f"day-{day}.anchor")
        make_anchor(db, server_actor(), signing_key(tmp_path / "anchor.key"), made[-1])
    cases.create_case(db, people.prosecutor, {**DOCUMENT, "cause_number": "CR-LAST"})
    return made


def public(tmp_path: Path) -> str:
    return public_text(signing_key(tmp_path / "anchor.key"))


def verified(db: Database, files: list[Path], tmp_path: Path) -> Verification:
    return verify_chain(db, known=kept_by(read_anchor(file.read_bytes(), public(tmp_path)) for file in files))


def write_anew(db: Database, start: int) -> None:
    """Change one word of an event and give every later one the hash that then fits, as the database's owner could."""
    break_seals(db)
    with db.write() as session:
        rows = session.execute(select(AuditEvent.__table__).order_by(col(AuditEvent.seq))).all()  # type: ignore[attr-defined]
        previous = rows[start - 2].hash if start > 1 else "0" * 64
        for row in rows[start - 1 :]:
            fields = {**row._mapping, "previous": previous}
            fields.pop("hash")
            if row.seq == start:
                fields["terminal"] = "another desk"
            previous = sha256(canonical(fields))
            stored = {"terminal": fields["terminal"], "previous": fields["previous"], "hash": previous}
            for column, value in stored.items():
                _put(db, session, row.seq, column, value)


def _put(db: Database, session: Session, seq: int, column: str, value: str) -> None:
    """Store a value as the program would: whoever writes the trail anew holds the key too."""
    if isinstance(AuditEvent.__table__.c[column].type, Encrypted):  # type: ignore[attr-defined]
        value = db.keyring.opened().encrypt(f"audit_event.{column}", str(seq), value)
    session.execute(text(f"UPDATE audit_event SET {column} = :value WHERE seq = :seq"), {"value": value, "seq": seq})


def test_what_follows_from_the_anchored_past_verifies(db: Database, files: list[Path], tmp_path: Path) -> None:
    found = verified(db, files, tmp_path)
    assert found.ok, found.faults
    first, second = (read_anchor(file.read_bytes(), public(tmp_path)) for file in files)
    assert (first.after, first.last) == (0, 4)
    assert (second.after, second.last) == (4, 8)
    assert found.events == 10


@pytest.mark.parametrize("start", range(1, 9))
def test_a_trail_written_anew_is_found_and_its_first_event_named(
    db: Database, files: list[Path], tmp_path: Path, start: int
) -> None:
    write_anew(db, start)
    assert verify_chain(db).ok, "in itself it is whole"
    (fault,) = verified(db, files, tmp_path).faults
    assert fault.place == f"audit event {start}"
    assert "it was written anew" in fault.what
    (fault,) = verified(db, files[1:], tmp_path).faults
    assert fault.place == f"audit event {max(start, 4)}"
    assert ("it or an earlier one" in fault.what) == (start <= 4)


def test_what_came_after_the_anchor_is_not_in_it(db: Database, files: list[Path], tmp_path: Path) -> None:
    write_anew(db, 9)
    assert verified(db, files, tmp_path).ok


def test_an_end_cut_off_before_the_anchor_is_found(db: Database, files: list[Path], tmp_path: Path) -> None:
    break_seals(db)
    with db.write() as session:
        session.execute(text("DELETE FROM audit_event WHERE seq >= 6"))
    assert "audit event 8" in {fault.place for fault in verified(db, files, tmp_path).faults}


def test_an_anchor_altered_or_of_another_key_is_refused(db: Database, files: list[Path], tmp_path: Path) -> None:
    content = files[0].read_bytes()
    key = public(tmp_path)
    other = public_text(signing_key(tmp_path / "another.key"))
    with pytest.raises(Invalid, match="another key"):
        read_anchor(content, other)
    # The key in the file is not the key that is trusted.
    with pytest.raises(Invalid, match=r"another key|altered|damaged"):
        read_anchor(content.replace(key.encode(), other.encode()), key)
    fields: dict[str, Any] = json.loads(content)
    for name, value in fields.items():
        changed = value + 1 if isinstance(value, int) else value[::-1] if value[::-1] != value else "1" * 64
        with pytest.raises(Invalid, match=r"another key|altered|damaged"):
            read_anchor(json.dumps({**fields, name: changed}).encode(), key)
    for junk in (b"", b"{}", b"[]", b"\xff\x00", b"[" * 100_000, json.dumps({**fields, "after": "0"}).encode()):
        with pytest.raises(Invalid, match="damaged"):
            read_anchor(junk, key)
    with pytest.raises(Invalid, match="not a key"):
        read_anchor(content, "a key")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_every_byte_of_an_anchor_counts(db: Database, files: list[Path], tmp_path: Path) -> None:
    content, key = files[0].read_bytes(), public(tmp_path)
    whole = read_anchor(content, key)
    for at in range(len(content)):
        damaged = bytearray(content)
        damaged[at] ^= 1
        try:
            assert read_anchor(bytes(damaged), key) == whole, at  # white space, or a base64 digit's unused bits
        except Invalid:
            continue


def test_anchors_that_contradict_each_other_are_told(db: Database, files: list[Path], tmp_path: Path) -> None:
    write_anew(db, 2)
    third = tmp_path / "third.anchor"
    with db.write() as session:  # the owner of the database hides that there was an anchor
        session.execute(text("UPDATE audit_event SET action = 'x' WHERE action = 'audit.anchor'"))
    make_anchor(db, server_actor(), signing_key(tmp_path / "anchor.key"), third)
    with pytest.raises(Invalid, match="contradict each other on event 2"):
        kept_by(read_anchor(file.read_bytes(), public(tmp_path)) for file in [*files, third])


def test_only_who_reads_the_trail_anchors_it_and_no_file_is_replaced(
    db: Database, people: People, files: list[Path], tmp_path: Path
) -> None:
    key = signing_key(tmp_path / "anchor.key")
    with pytest.raises(NotAllowed):
        make_anchor(db, people.prosecutor, key, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
    before = files[0].read_bytes()
    with pytest.raises(Invalid, match="already"):
        make_anchor(db, server_actor(), key, files[0])
    assert files[0].read_bytes() == before
    assert (tmp_path / "anchor.key").stat().st_mode & 0o077 == 0
