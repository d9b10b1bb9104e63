"""The master key: made and kept outside the database. It wraps the keys that encrypt, and files such as backups.

Whoever holds the master key and the database can read every case; without the key nobody can. It is replaced
without rewriting a single case, because it only ever wraps other keys.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plea_aid.casework.errors import CaseworkError
from plea_aid.settings import Settings, settings

KEY_BYTES = 32
NONCE_BYTES = 12
CHUNK_BYTES = 1 << 20
"""Plain bytes in one sealed piece of a file."""
_PREFIX = "plea-aid-key-1:"
_MAGIC = b"PLEA-AID-ENCRYPTED-1\n"
_LONGEST_HEADER = 2000
_TAG_BYTES = 16
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, which are misread from paper
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CHECK_BYTES = 3

LOSS = (
    "What a case says is encrypted with the master key. If the key is lost, the cases and every backup are lost "
    "with it: nobody can read them again, neither this program nor its makers."
)


class KeyFault(CaseworkError):
    """A key is missing, wrong or unreadable. Nothing was changed."""


class Tampered(CaseworkError):
    """Something encrypted does not open: it was altered, cut off, or belongs to another place."""


@dataclass(frozen=True)
class MasterKey:
    """One master key of 256 random bits."""

    secret: bytes

    def __repr__(self) -> str:
        return f"MasterKey({self.fingerprint})"

    @property
    def fingerprint(self) -> str:
        """The eight hex digits by which the key is named; they tell nothing of the key."""
        return self._derived("fingerprint").hex()[:8]

    def as_text(self) -> str:
        """Return the key as the key file and PLEA_AID_KEY hold it."""
        return _PREFIX + base64.urlsafe_b64encode(self.secret).decode().rstrip("=")

    def recovery_code(self) -> str:
        """Return the key as it is kept on paper: 14 groups of 4 letters and digits, a check included."""
        checked = self.secret + _check(self.secret)
        letters = base64.b32encode(checked).decode().translate(str.maketrans(_BASE32, _CODE_LETTERS))
        return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))

    def wrap(self, key: bytes, purpose: str) -> str:
        """Return another key encrypted under this one, for ``purpose`` only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher().encrypt(nonce, key, purpose.encode())).decode()

    def unwrap(self, wrapped: str, purpose: str) -> bytes:
        """Return the key that ``wrap`` encrypted; raise Tampered when it does not open."""
        try:
            content = base64.b64decode(wrapped, validate=True)
            return self._cipher().decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], purpose.encode())
        except (ValueError, InvalidTag) as error:
            raise Tampered(f"A key kept for '{purpose}' does not open: it was altered.") from error

    def file_key(self) -> bytes:
        """Return the key of a database file that is encrypted whole."""
        return self._derived("whole database file")

    def _cipher(self) -> AESGCM:
        return AESGCM(self._derived("wrap"))

    def _derived(self, use: str) -> bytes:
        return hmac.digest(self.secret, b"plea-aid/" + use.encode(), hashlib.sha256)


@dataclass(frozen=True)
class MasterKeys:
    """The master keys at hand: the one for new work first, then earlier ones that older files still need."""

    keys: tuple[MasterKey, ...]
    origin: str
    """Where they come from, in words fit for a message."""
    made: bool = False
    """Whether the key file was made just now."""

    @property
    def first(self) -> MasterKey:
        """The key for new work."""
        return self.keys[0]

    def named(self, fingerprint: str) -> MasterKey | None:
        """Return the key with this fingerprint, None when it is not at hand."""
        return next((key for key in self.keys if key.fingerprint == fingerprint), None)


def new_master_key() -> MasterKey:
    """Return a fresh master key."""
    return MasterKey(secrets.token_bytes(KEY_BYTES))


def key_from_code(code: str) -> MasterKey:
    """Return the key of a recovery code, whatever case, spaces and dashes it was typed with; raise KeyFault."""
    letters = "".join(c for c in code.upper() if c.isalnum())
    if len(letters) != 56 or any(c not in _CODE_LETTERS for c in letters):
        raise KeyFault(
            "A recovery code is 14 groups of 4 letters and digits (never I, O, 0 or 1); "
            f"this one has {len(letters)} letters and digits instead of 56, or one that does not occur."
        )
    content = base64.b32decode(letters.translate(str.maketrans(_CODE_LETTERS, _BASE32)))
    secret, check = content[:KEY_BYTES], content[KEY_BYTES:]
    if not hmac.compare_digest(check, _check(secret)):
        raise KeyFault("This recovery code has a mistyped letter: its check does not fit.")
    return MasterKey(secret)


def keys_at_hand(chosen: Settings | None = None) -> MasterKeys | None:
    """Return the keys of PLEA_AID_KEY or of the key file; None when there is neither.

    Raises KeyFault for a key that cannot be read.
    """
    chosen = chosen or settings()
    if chosen.key:
        return MasterKeys(_parsed(chosen.key, "PLEA_AID_KEY"), "PLEA_AID_KEY")
    file = chosen.key_file
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFault(f"The key file {file} cannot be read ({getattr(error, 'strerror', None) or 'not text'}).") from (
            error
        )
    return MasterKeys(_parsed(text, str(file)), str(file))


def keys_or_new(chosen: Settings | None = None) -> MasterKeys:
    """Return the keys at hand, with a new key file when there is none; only for a database that has no keys yet."""
    chosen = chosen or settings()
    found = keys_at_hand(chosen)
    if found is None:
        key = new_master_key()
        try:
            write_key_file(chosen.key_file, (key,))
        except KeyFault:
            found = keys_at_hand(chosen)  # another process was first
            if found is None:
                raise
        else:
            found = MasterKeys((key,), str(chosen.key_file), made=True)
    return found


def first_words(keys: MasterKeys | None, *, show_code: bool) -> list[str]:
    """Return what is said when a database begins to be encrypted; nothing when ``keys`` is None.

    The recovery code is left out where it would land in a log.
    """
    if keys is None:
        return []
    made = f"was made in {keys.origin}" if keys.made else f"comes from {keys.origin}"
    lines = [f"Master key {keys.first.fingerprint} {made}. {LOSS}"]
    if keys.made:
        lines.append("Copy that file now to a place apart from this machine and from the backups.")
    if show_code and keys.made:
        return [*lines, f"Write its recovery code down on paper: {keys.first.recovery_code()}"]
    return [*lines, "Write its recovery code down on paper; 'plea-aid key code' shows it to you."]


def write_key_file(file: Path, keys: tuple[MasterKey, ...], *, replace: bool = False) -> None:
    """Write a key file that only its owner can read, whole or not at all.

    Raises KeyFault when there is one already (unless ``replace``) or it cannot be written.
    """
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            target.write(_key_file_text(keys))
            target.flush()
            os.fsync(target.fileno())
        if replace:
            os.replace(draft, file)
        else:
            os.link(draft, file)  # fails when another process was first, where a rename would overwrite its key
    except FileExistsError as error:
        raise KeyFault(f"There is a key file {file} already; it was left as it is.") from error
    except OSError as error:
        raise KeyFault(f"The key file {file} cannot be written ({error.strerror}).") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


def encrypt_stream(source: BinaryIO, target: BinaryIO, keys: MasterKeys, purpose: str) -> None:
    """Encrypt ``source`` to ``target`` under a key of its own, which the first master key wraps.

    Pieces of one mebibyte, each AES-256-GCM, numbered, the last one marked: a byte altered, a piece moved and an
    end cut off are all found. ``purpose`` says what the file is; it must be given again to open it.
    """
    key = secrets.token_bytes(KEY_BYTES)
    header = {"master": keys.first.fingerprint, "key": keys.first.wrap(key, _file_purpose(purpose))}
    head = _MAGIC + json.dumps(header).encode() + b"\n"
    target.write(head)
    cipher, bound = AESGCM(key), hashlib.sha256(head).digest()
    piece = _exactly(source, CHUNK_BYTES)
    number, last = 0, False
    while not last:
        following = _exactly(source, CHUNK_BYTES)
        last = not following
        target.write(cipher.encrypt(_piece_nonce(number, last), piece, bound))
        piece, number = following, number + 1


def decrypted_pieces(source: BinaryIO, keys: MasterKeys | None, purpose: str) -> Iterator[bytes]:
    """Yield the plain pieces of what ``encrypt_stream`` wrote; they count only when the last one was given.

    Raises Tampered for what is damaged, cut off or no such file, KeyFault when its key is not at hand.
    """
    head, header = _read_header(source)
    master = keys.named(header["master"]) if keys else None
    if master is None:
        where = f"is not in {keys.origin}" if keys else "is not there"
        raise KeyFault(
            f"The file is encrypted with master key {header['master']}, which {where}; "
            "plea-aid key recover brings it back from its recovery code."
        )
    cipher = AESGCM(master.unwrap(header["key"], _file_purpose(purpose)))
    bound = hashlib.sha256(head).digest()
    for number, piece, last in _pieces(source):
        try:
            yield cipher.decrypt(_piece_nonce(number, last), piece, bound)
        except InvalidTag as error:
            raise Tampered(f"The file is damaged or cut off after {number} MiB.") from error


def _pieces(source: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    size = CHUNK_BYTES + _TAG_BYTES
    number, piece = 0, _exactly(source, size)
    while True:
        following = _exactly(source, size)
        yield number, piece, not following
        if not following:
            return
        number, piece = number + 1, following


def _read_header(source: BinaryIO) -> tuple[bytes, dict[str, str]]:
    magic = _exactly(source, len(_MAGIC))
    if magic != _MAGIC:
        raise Tampered("This is not a file that Plea Aid encrypted, or its beginning is damaged.")
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < _LONGEST_HEADER:
        byte = source.read(1)
        if not byte:
            break
        line += byte
    try:
        header = json.loads(line)
        return magic + bytes(line), {name: str(header[name]) for name in ("master", "key")}
    except (ValueError, KeyError, TypeError) as error:
        raise Tampered("The beginning of the file is damaged.") from error


def _exactly(source: BinaryIO, size: int) -> bytes:
    """Return ``size`` bytes, fewer only at the end: a pipe may give less at a time."""
    held = io.BytesIO()
    while held.tell() < size and (some := source.read(size - held.tell())):
        held.write(some)
    return held.getvalue()


def _piece_nonce(number: int, last: bool) -> bytes:
    # The key is the file's own, so a counter never repeats under it.
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([last])


def _file_purpose(purpose: str) -> str:
    return f"file: {purpose}"


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"plea-aid/recovery-code" + secret).digest()[:_CHECK_BYTES]


def _parsed(text: str, origin: str) -> tuple[MasterKey, ...]:
    lines = [line.strip() for line in text.splitlines()]
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    keys = []
    for number, word in enumerate(words, 1):
        try:
            if not word.startswith(_PREFIX):
                raise ValueError
            secret = base64.b64decode(word.removeprefix(_PREFIX) + "=", altchars=b"-_", validate=True)
            if len(secret) != KEY_BYTES:
                raise ValueError
        except ValueError as error:
            raise KeyFault(
                f"{origin}: key {number} is not one this program made; accepted is {_PREFIX} and 43 letters."
            ) from error
        keys.append(MasterKey(secret))
    if not keys:
        raise KeyFault(f"{origin} holds no key; put the key file back from its copy, or use plea-aid key recover.")
    return tuple(dict.fromkeys(keys))


def _key_file_text(keys: tuple[MasterKey, ...]) -> str:
    return "\n".join(
        [
            f"# Plea Aid master key, written {date.today():%Y-%m-%d}. The first key is in use; any others open older",
            "# backups. Keep a copy apart from the database and its backups: whoever has both can read every case,",
            "# and without the key nobody can.",
            *(key.as_text() for key in keys),
            "",
        ]
    )
