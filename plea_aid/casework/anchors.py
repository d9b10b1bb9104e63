"""The end of the audit trail, signed and kept outside the database, so that a rewritten past is found.

The trail proves itself against whoever alters a row. Whoever owns the database could write the whole trail anew from
some event on; a file kept elsewhere, signed with a key that is not in the database, contradicts them.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import select
from sqlmodel import col

from plea_aid import __version__
from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import GENESIS, Kept, head
from plea_aid.casework.canonical import canonical, now, stamp
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import AuditEvent
from plea_aid.casework.visibility import BEYOND_WALLS
from plea_aid.casework.work import Work, changing

_KEY = "plea-aid-anchor-key-1:"
_PUBLIC = "plea-aid-anchor-public-1:"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Anchor:
    """What the audit trail was at one moment: the hash of its events after ``after``, up to its last one then."""

    made_at: str
    program: str
    after: int
    """The last event of the anchor before this one; 0 when there was none."""
    hashes: tuple[str, ...]
    """The hash of event ``after`` + 1 and of each that follows."""
    previous: str
    """The hash of event ``after``."""
    public_key: str
    """Whose signature this is."""

    @property
    def last(self) -> int:
        """The number of the last anchored event."""
        return self.after + len(self.hashes)

    def kept(self) -> dict[int, Kept]:
        """Return the hash of each event that this anchor knows, by its number."""
        where = f"the anchor of {self.made_at}"
        known = dict(enumerate((self.previous, *self.hashes), self.after))
        return {seq: Kept(hash_, where) for seq, hash_ in known.items() if seq > 0}


def signing_key(file: Path) -> Ed25519PrivateKey:
    """Return the key that anchors are signed with, made on the first use; raise Invalid, OSError."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _new_key(file)
    except UnicodeDecodeError:
        text = ""
    return Ed25519PrivateKey.from_private_bytes(_decoded(text, _KEY, str(file)))


def public_text(key: Ed25519PrivateKey) -> str:
    """Return the public half of a signing key, as ``read_anchor`` takes it."""
    return _PUBLIC + _encoded(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def make_anchor(db: Database, actor: Actor, key: Ed25519PrivateKey, file: Path) -> Anchor:
    """Write what the audit trail is now to a new ``file``, signed; the making is an event of its own.

    Raises NotAllowed, Invalid when the file is there already, OSError.
    """
    with changing(db, actor) as work:
        work.require(Action.AUDIT_READ, kind="audit")
        anchor = _anchor(work, public_text(key))
        content = asdict(anchor) | {"signature": _encoded(key.sign(_signed(anchor)))}
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            raise Invalid("There is a file of this name already, and an anchor replaces none.") from None
        with os.fdopen(handle, "w", encoding="ascii") as target:
            json.dump(content, target, indent=1)
            target.write("\n")
            target.flush()
            os.fsync(target.fileno())
        work.record("audit.anchor", "audit", "", last=anchor.last, hash=anchor.kept()[anchor.last].hash)
    return anchor


def read_anchor(content: bytes, public_key: str) -> Anchor:
    """Return the anchor in a file whose signature ``public_key`` made; raise Invalid for any other file."""
    trusted = Ed25519PublicKey.from_public_bytes(_decoded(public_key.strip(), _PUBLIC, "The public key"))
    try:
        fields = json.loads(content)
        signature = base64.b64decode(fields.pop("signature"), validate=True)
        anchor = Anchor(**fields | {"hashes": tuple(fields["hashes"])})
        plain = all(isinstance(one, str) for one in (anchor.made_at, anchor.program, anchor.public_key))
        hashes = all(_HASH.fullmatch(one) for one in (anchor.previous, *anchor.hashes))
        if not (plain and hashes and type(anchor.after) is int and anchor.after >= 0):
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Invalid("This is not a file that plea-aid anchor wrote, or it is damaged.") from None
    if anchor.public_key != public_key.strip():
        raise Invalid("The anchor was signed with another key than the one it is checked with.")
    try:
        trusted.verify(signature, _signed(anchor))
    except InvalidSignature:
        raise Invalid("The signature does not fit the anchor: it was altered after it was signed.") from None
    return anchor


def kept_by(anchors: Iterable[Anchor]) -> dict[int, Kept]:
    """Return what several anchors know, for ``verify_chain``; raise Invalid when they contradict one another."""
    known: dict[int, Kept] = {}
    for anchor in anchors:
        for seq, kept in anchor.kept().items():
            other = known.setdefault(seq, kept)
            if other.hash != kept.hash:
                raise Invalid(f"{other.where} and {kept.where} contradict each other on event {seq}.")
    return known


def _anchor(work: Work, public_key: str) -> Anchor:
    session = work.session
    query = select(AuditEvent).where(col(AuditEvent.action) == "audit.anchor", col(AuditEvent.outcome) == "done")
    before = session.scalars(query.order_by(col(AuditEvent.seq).desc()).limit(1)).first()
    after = int(json.loads(before.detail)["last"]) if before else 0
    rows = session.execute(
        select(col(AuditEvent.seq), col(AuditEvent.hash))
        .where(col(AuditEvent.seq) >= after)
        .order_by(col(AuditEvent.seq))
        # An anchor holds every event's hash and nothing of what it says, whoever makes it.
        .execution_options(**{BEYOND_WALLS: True})
    ).all()
    last, _ = head(session)
    if not last or [row.seq for row in rows] != list(range(max(after, 1), last + 1)):
        raise Invalid("The audit trail has gaps or is empty, so it cannot be anchored; run plea-aid verify.")
    hashes: Sequence[str] = [row.hash for row in rows]
    previous, hashes = (hashes[0], hashes[1:]) if after else (GENESIS, hashes)
    return Anchor(stamp(now()), f"plea-aid {__version__}", after, tuple(hashes), previous, public_key)


def _signed(anchor: Anchor) -> bytes:
    return b"plea-aid audit anchor 1\n" + canonical(asdict(anchor)).encode()


def _new_key(file: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as target:
        target.write(_KEY + _encoded(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())) + "\n")
    return key


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(text: str, prefix: str, place: str) -> bytes:
    try:
        content: Any = base64.b64decode(text.removeprefix(prefix), validate=True)
    except ValueError:
        content = b""
    if not text.startswith(prefix) or len(content) != 32:
        raise Invalid(f"{place} is not a key that plea-aid anchor made; accepted is {prefix} and 44 letters.")
    return bytes(content)
