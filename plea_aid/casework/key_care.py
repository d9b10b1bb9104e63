"""Care of the keys: look, change, bring back. None of it rewrites a case."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import now
from plea_aid.casework.data_keys import add_content_key, rewrap, wanted_master
from plea_aid.casework.database import Database
from plea_aid.casework.keyring import (
    KeyFault,
    MasterKey,
    MasterKeys,
    key_from_code,
    keys_at_hand,
    new_master_key,
    write_key_file,
)
from plea_aid.casework.permissions import Action
from plea_aid.casework.whole_file import WholeFile
from plea_aid.casework.work import changing
from plea_aid.settings import settings

OLD = timedelta(days=365)
"""A data key older than this is due for a new one: AES-GCM is good for some four billion values under one key."""


@dataclass(frozen=True)
class KeyState:
    """The keys as they stand, without a secret."""

    fingerprint: str
    origin: str
    data_keys: int
    newest: datetime
    remarks: tuple[str, ...]


def key_state(db: Database) -> KeyState:
    """Return how the keys stand and what should be seen to; raise KeyFault or Tampered when they do not open."""
    opened = db.keyring.load()
    keys = _at_hand()
    newest = opened.made_at[opened.current]
    remarks = []
    if keys.origin == str(settings().key_file):
        remarks += _remarks_on_file(settings().key_file, db)
    if keys.first.fingerprint != opened.master:
        remarks.append(
            f"The database still needs key {opened.master}; plea-aid key rotate --master changes to the first."
        )
    if db.whole_file and db.whole_file.opened_with != opened.master:
        remarks.append(
            f"The file as a whole is under key {db.whole_file.opened_with}: keep both; plea-aid key rotate --master "
            "brings file and data keys under one."
        )
    if now() - newest > OLD:
        remarks.append("The data key is older than a year: plea-aid key rotate makes a new one for what is saved next.")
    return KeyState(opened.master, keys.origin, len(opened.content), newest, tuple(remarks))


def recovery_code(db: Database, actor: Actor) -> str:
    """Return the recovery code of the master key; that it was shown is recorded."""
    with changing(db, actor) as work:
        work.require(Action.KEY_KEEP, kind="key")
        key = _at_hand().named(db.keyring.load().master)
        assert key is not None, "the database was just opened with it"  # noqa: S101
        work.record("key.code-shown", "key", "", master=key.fingerprint)
    return key.recovery_code()


def rotate_data_key(db: Database, actor: Actor) -> int:
    """Make a new data key for what is saved from now on and return its number; what is stored keeps its own."""
    with changing(db, actor) as work:
        work.require(Action.KEY_KEEP, kind="key")
        number = add_content_key(work.session.connection(), _at_hand())
        work.record(Action.KEY_KEEP, "key", "", new_data_key=number)
    db.keyring.load()
    return number


def rotate_master_key(db: Database, actor: Actor) -> MasterKey:
    """Wrap the data keys with another master key and return it: the first at hand, or a new one in the key file.

    The file keeps the earlier key, which older backups need. Stopped anywhere, the database opens with one of the two.
    A file that is encrypted whole is put under the new key first, for which nobody else may use it (else Invalid).
    """
    with changing(db, actor) as work:
        work.require(Action.KEY_KEEP, kind="key")
    if db.whole_file:
        _rekey_file(db, db.whole_file)
    with changing(db, actor) as work:
        work.require(Action.KEY_KEEP, kind="key")
        keys = _at_hand()
        before = db.keyring.load().master
        if keys.first.fingerprint == before:
            keys = _with_new_key(keys)
        rewrap(work.session.connection(), keys)
        work.record(Action.KEY_KEEP, "key", "", master=keys.first.fingerprint, before=before)
    db.keyring.load()
    return keys.first


def recover_key(code: str, db: Database) -> MasterKey:
    """Put the key of a recovery code into the key file, beside whatever is there, and return it.

    Raises KeyFault for a mistyped code, for the code of another database, and where no file is used.
    """
    key = key_from_code(code)
    present = keys_at_hand() if settings().key or settings().key_file.exists() else None
    if db.whole_file:
        offered = MasterKeys((key, *(present.keys if present else ())), "this recovery code and the key file")
        db.whole_file.keys = lambda: offered
    with db.read() as session:
        wanted = wanted_master(session.connection())
    opens_the_file = db.whole_file and db.whole_file.opened_with == key.fingerprint
    if wanted not in (None, key.fingerprint) and not opens_the_file:
        raise KeyFault(f"This is the code of key {key.fingerprint}; the database needs the code of key {wanted}.")
    if settings().key:
        raise KeyFault("PLEA_AID_KEY is set, so no key file is read; unset it, or put the right key there.")
    if present and present.named(key.fingerprint):
        raise KeyFault(f"The key file {settings().key_file} holds key {key.fingerprint} already.")
    write_key_file(settings().key_file, (key, *(present.keys if present else ())), replace=present is not None)
    return key


def _rekey_file(db: Database, whole: WholeFile) -> None:
    """Put the file under the master key that its data keys are wrapped with next; done again, it goes on from there."""
    before = db.keyring.load().master
    with whole.alone(db.engine) as put_under:
        keys = _at_hand()
        put_under((_with_new_key(keys) if keys.first.fingerprint == before else keys).first)


def _at_hand() -> MasterKeys:
    keys = keys_at_hand()
    if keys is None:
        raise KeyFault(f"There is no key file {settings().key_file}.")
    return keys


def _with_new_key(keys: MasterKeys) -> MasterKeys:
    if keys.origin != str(settings().key_file):
        raise KeyFault(
            f"{keys.origin} holds only the present key; put a new one before it (plea-aid key new prints one), "
            "then do this again."
        )
    both = (new_master_key(), *keys.keys)
    write_key_file(settings().key_file, both, replace=True)
    return MasterKeys(both, keys.origin)


def _remarks_on_file(file: Path, db: Database) -> list[str]:
    remarks = []
    if os.name != "nt" and file.stat().st_mode & 0o077:
        remarks.append(f"Others on this machine may read {file}: chmod 600 keeps it to its owner.")
    if db.is_sqlite and Path(str(db.engine.url.database)).resolve().parent == file.resolve().parent:
        remarks.append(
            "The key lies beside the database, so whoever takes the folder has both: move it elsewhere and name its "
            "place in PLEA_AID_KEY_FILE."
        )
    return remarks
