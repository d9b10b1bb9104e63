"""The SQLite file encrypted whole: nothing to read in it, everything works, no step of the keys shuts anyone out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from plea_aid.casework import accounts, cases, key_care
from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.backups import make_backup
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid
from plea_aid.casework.keyring import KeyFault, MasterKey, MasterKeys, keys_at_hand, new_master_key, write_key_file
from plea_aid.casework.migrate import open_database
from plea_aid.casework.restoring import restore_backup
from plea_aid.casework.tables import User
from plea_aid.settings import settings

pytest.importorskip("sqlcipher3", reason="the extra 'sqlcipher' is not installed")

SERVER = accounts.server_actor()
CAUSE = "CR-2026-0412"


class Office:
    """One folder with a database and a key file, opened anew for every step as a command does."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file, self.key_file = folder / "office.db", folder / "keys" / "office.key"
        self.url = f"sqlite:///{self.file}"
        self._patch = monkeypatch
        monkeypatch.delenv("PLEA_AID_KEY")
        monkeypatch.setenv("PLEA_AID_KEY_FILE", str(self.key_file))
        self.set("1")

    def set(self, value: str) -> None:
        self._patch.setenv("PLEA_AID_SQLCIPHER", value)
        settings.cache_clear()

    @property
    def keys(self) -> MasterKeys:
        found = keys_at_hand()
        assert found
        return found

    def begin(self) -> Actor:
        """Make the database with one prosecutor and one case."""
        db = open_database(self.url)
        assert db.first_keys
        assert db.first_keys.made
        with db.write() as session:
            user = User(user_name="ada", user_key="ada", display_name="Ada Kline", role="prosecutor")
            session.add(user)
            actor = Actor(user.id, "ada", "Ada Kline", "prosecutor", "desk 1", "session of ada")
        cases.create_case(db, actor, {"cause_number": CAUSE})
        db.close()
        return actor

    def recover(self, key: MasterKey) -> None:
        with closing(Database(self.url)) as db:
            key_care.recover_key(key.recovery_code(), db)

    def holds(self, actor: Actor) -> None:
        """The case is found by its words, and the trail verifies."""
        db = open_database(self.url)
        assert [row.cause_number for row in cases.list_cases(db, actor, text="0412").rows] == [CAUSE]
        assert verify_chain(db).ok
        db.close()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    yield Office(tmp_path, monkeypatch)
    settings.cache_clear()


def encrypted(file: Path) -> bool:
    beside = [file.with_name(file.name + end) for end in ("", "-wal", "-journal")]
    content = b"".join(one.read_bytes() for one in beside if one.exists())
    assert content
    return not any(word in content for word in (b"SQLite format 3", b"audit_event", b"CREATE TABLE", b"Ada Kline"))


def test_the_file_tells_nothing_and_everything_works(office: Office, tmp_path: Path) -> None:
    ada = office.begin()
    assert encrypted(office.file)
    db = open_database(office.url)
    [row] = cases.list_cases(db, ada).rows
    view = cases.open_case(db, ada, row.id)
    cases.update_document(db, ada, row.id, view.document_version, {**view.document, "offense_date": "2026-03-14"})
    assert encrypted(office.file), "the write-ahead log is encrypted too"
    made = make_backup(db, SERVER, tmp_path / "first.backup", office.keys)
    db.close()
    office.holds(ada)
    done = restore_backup(office.url, SERVER, made.file, office.keys, replace=True)
    assert done.kept
    assert encrypted(Path(done.kept))
    assert encrypted(office.file)
    office.holds(ada)


def test_going_over_and_back_by_a_backup(office: Office, tmp_path: Path) -> None:
    office.set("0")
    ada = office.begin()
    assert not encrypted(office.file)
    for setting, name in (("1", "over.backup"), ("0", "back.backup")):
        db = open_database(office.url)
        made = make_backup(db, SERVER, tmp_path / name, office.keys)
        db.close()
        office.set(setting)
        with pytest.raises(Invalid, match=r"PLEA_AID_SQLCIPHER"):
            Database(office.url)
        with pytest.raises(Invalid, match="holds work"):
            restore_backup(office.url, SERVER, made.file, office.keys)
        done = restore_backup(office.url, SERVER, made.file, office.keys, replace=True)
        assert encrypted(office.file) is (setting == "1")
        assert encrypted(Path(str(done.kept))) is (setting == "0"), "what stood there is kept as it was"
        office.holds(ada)


def test_a_new_master_key_and_its_code_alone_open_file_and_cases(office: Office) -> None:
    """After the change neither the old key nor the old code is needed, and a lost key file comes back from the code."""
    ada = office.begin()
    old = office.keys.first
    db = open_database(office.url)
    with (other := open_database(office.url)).read(), pytest.raises(Invalid, match="in use"):
        key_care.rotate_master_key(db, SERVER)
    other.close()
    assert office.keys.keys == (old,), "a refusal makes no key"
    new = key_care.rotate_master_key(db, SERVER)
    assert key_care.key_state(db).fingerprint == new.fingerprint
    db.close()
    assert office.keys.keys == (new, old)
    office.key_file.unlink()
    with pytest.raises(KeyFault, match="no key file is there"):
        open_database(office.url)
    assert not office.key_file.exists()
    with pytest.raises(KeyFault, match=f"does not open with master key {old.fingerprint}"):
        office.recover(old)
    office.recover(new)
    assert office.keys.keys == (new,)
    office.holds(ada)


def test_a_change_of_the_master_key_stopped_half_way_loses_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is under the new key, the data keys under the old one: both are in the key file, and both codes work."""
    ada = office.begin()
    old = office.keys.first
    db = open_database(office.url)
    with monkeypatch.context() as stopped:
        stopped.delattr(key_care, "rewrap")
        with pytest.raises(NameError):
            key_care.rotate_master_key(db, SERVER)
    db.close()
    new = office.keys.first
    assert new != old
    office.holds(ada)
    office.key_file.unlink()
    for key in (new, old):
        office.recover(key)
    office.holds(ada)
    db = open_database(office.url)
    assert any("as a whole" in remark for remark in key_care.key_state(db).remarks)
    finished = key_care.rotate_master_key(db, SERVER)
    assert not any("as a whole" in remark for remark in key_care.key_state(db).remarks)
    db.close()
    write_key_file(office.key_file, (finished,), replace=True)
    office.holds(ada)


def test_a_backup_from_before_a_new_master_key_comes_back_under_one_key(office: Office, tmp_path: Path) -> None:
    """A restore takes the data keys of its day along, and puts the file under the same master key."""
    ada = office.begin()
    old = office.keys.first
    db = open_database(office.url)
    made = make_backup(db, SERVER, tmp_path / "old.backup", office.keys)
    key_care.rotate_master_key(db, SERVER)
    db.close()
    restore_backup(office.url, SERVER, made.file, office.keys, replace=True)
    write_key_file(office.key_file, (old,), replace=True)
    office.holds(ada)


def test_faults_are_one_clear_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.begin()
    write_key_file(office.key_file, (new_master_key(),), replace=True)
    with pytest.raises(KeyFault, match=r"does not open with master key \w{8} of .*plea-aid key recover"):
        open_database(office.url)
    office.set("yes")
    with pytest.raises(ValueError, match="PLEA_AID_SQLCIPHER: 'yes' is not accepted; give 1"):
        settings()
    office.set("0")
    with pytest.raises(Invalid, match="is encrypted whole, or is no database: set PLEA_AID_SQLCIPHER=1"):
        open_database(office.url)
    office.set("1")
    with pytest.raises(Invalid, match="PLEA_AID_SQLCIPHER is for a SQLite file"):
        Database("postgresql://office@localhost/office")
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    with pytest.raises(Invalid, match="needs the extra 'sqlcipher'"):
        Database(office.url)


def test_neither_the_key_nor_a_page_of_it_is_said(office: Office, capfd: pytest.CaptureFixture[str]) -> None:
    office.begin()
    key = office.keys.first.file_key().hex()
    write_key_file(office.key_file, (new_master_key(),), replace=True)
    with pytest.raises(KeyFault) as fault:
        open_database(office.url)
    said = "".join(capfd.readouterr()) + str(fault.value)
    assert key not in said
    assert "ERROR CORE" not in said, "SQLCipher's own log stays off"
    assert key not in Database(office.url).url
