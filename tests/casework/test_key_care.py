"""The life of the keys: the first start, a lost file, recovery, and changes that leave every case readable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from plea_aid.casework import accounts, cases, data_keys, key_care, submission
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import NotAllowed
from plea_aid.casework.keyring import KeyFault, first_words, key_from_code, keys_at_hand, new_master_key, write_key_file
from plea_aid.casework.migrate import open_database, revision
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import AuditEvent
from plea_aid.casework.views import CaseView
from plea_aid.settings import settings

from .conftest import People
from .test_at_rest import stored

SERVER = accounts.server_actor()


@pytest.fixture
def key_file(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The place of a key file that does not exist yet; no key in the environment.

    The database comes first: its template is made with the key of the whole run.
    """
    file = tmp_path / "keys" / "office.key"
    monkeypatch.delenv("PLEA_AID_KEY")
    monkeypatch.setenv("PLEA_AID_KEY_FILE", str(file))
    settings.cache_clear()
    yield file
    settings.cache_clear()


@pytest.fixture
def office(key_file: Path, empty_url: str) -> Iterator[Database]:
    """A database whose key file was made at its first start."""
    db = open_database(empty_url)
    yield db
    db.close()


def address(db: Database) -> str:
    return db.engine.url.render_as_string(hide_password=False)


def test_the_first_start_makes_a_key_and_explains_its_loss(office: Database, key_file: Path) -> None:
    keys = office.first_keys
    assert keys is not None
    assert keys.made
    said = " ".join(first_words(keys, show_code=True))
    assert str(key_file) in said
    assert "nobody can read them again" in said
    assert key_from_code(said.rpartition(": ")[2]) == keys.first
    assert keys.first.recovery_code() not in " ".join(first_words(keys, show_code=False))
    assert first_words(None, show_code=True) == []
    again = open_database(address(office))
    assert again.first_keys is None
    again.close()


def test_a_start_without_the_key_is_refused_and_makes_no_new_one(office: Database, key_file: Path) -> None:
    needed = office.keyring.opened().master
    key_file.unlink()
    with pytest.raises(KeyFault, match=f"master key {needed}, and no key file is there.*no new key was made"):
        open_database(address(office))
    assert not key_file.exists()
    other = new_master_key()
    write_key_file(key_file, (other,))
    with pytest.raises(KeyFault, match=f"{re.escape(str(key_file))} holds {other.fingerprint}"):
        open_database(address(office))


def test_a_lost_key_file_comes_back_from_its_code(office: Database, key_file: Path) -> None:
    people = accounts.add_user(office, SERVER, {"user_name": "pat", "display_name": "Pat", "role": "prosecutor"})[0]
    code = key_care.recovery_code(office, SERVER)
    key_file.unlink()
    with pytest.raises(KeyFault, match="the code of key"):
        key_care.recover_key(new_master_key().recovery_code(), office)
    assert not key_file.exists()
    key_care.recover_key(code.lower(), office)
    again = open_database(address(office))
    assert [one.display_name for one in accounts.list_users(again, SERVER)] == [people.display_name]
    assert verify_chain(again).ok
    again.close()
    with pytest.raises(KeyFault, match="already"):
        key_care.recover_key(code, office)


def test_recovery_keeps_what_is_in_the_key_file(office: Database, key_file: Path) -> None:
    code = key_care.recovery_code(office, SERVER)
    other = new_master_key()
    write_key_file(key_file, (other,), replace=True)
    key = key_care.recover_key(code, office)
    found = keys_at_hand()
    assert found is not None
    assert found.keys == (key, other)


def test_a_new_data_key_leaves_every_row_readable_and_sealed(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Callable[..., CaseView]
) -> None:
    ready = fill(case.id)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    before = stored(db, "case_file", "document", case.id)
    running = open_database(address(db))  # another process, which has opened the keys already
    number = key_care.rotate_data_key(db, SERVER)
    later = cases.create_case(db, people.prosecutor, {"cause_number": "CR-LATER"})
    assert stored(db, "case_file", "document", case.id) == before
    assert before.startswith(f"{number - 1}.")
    assert stored(db, "case_file", "document", later.id).startswith(f"{number}.")
    assert cases.open_case(running, people.prosecutor, later.id).cause_number == "CR-LATER"
    assert cases.open_case(running, people.prosecutor, case.id).document == case.document
    assert verify_chain(running).ok
    running.close()


def test_a_running_program_takes_the_new_data_key_up(
    db: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = open_database(address(db))
    number = key_care.rotate_data_key(db, SERVER)
    monkeypatch.setattr(data_keys, "REFRESH_SECONDS", -1.0)
    view = cases.create_case(running, people.prosecutor, {"cause_number": "CR-1"})
    assert stored(db, "case_file", "document", view.id).startswith(f"{number}.")
    running.close()


def test_a_new_master_key_rewrites_no_case_and_shuts_the_old_key_out(office: Database, key_file: Path) -> None:
    accounts.add_user(office, SERVER, {"user_name": "pat", "display_name": "Pat Doe", "role": "prosecutor"})
    old = office.keyring.opened().master
    new = key_care.rotate_master_key(office, SERVER)
    found = keys_at_hand()
    assert found is not None
    assert found.first == new
    assert found.named(old) is not None  # for backups of before
    assert key_file.stat().st_mode & 0o077 == 0
    write_key_file(key_file, (new,), replace=True)
    again = open_database(address(office))
    assert [one.display_name for one in accounts.list_users(again, SERVER)] == ["Pat Doe"]
    assert verify_chain(again).ok
    again.close()
    former = found.named(old)
    assert former is not None
    write_key_file(key_file, (former,), replace=True)
    with pytest.raises(KeyFault):
        open_database(address(office))


def test_a_change_of_the_master_key_that_stops_half_way_leaves_the_database_open(
    office: Database, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise OSError("power cut")

    before = office.keyring.opened().master
    with monkeypatch.context() as patch:
        patch.setattr(key_care, "rewrap", stop)
        with pytest.raises(OSError, match="power cut"):
            key_care.rotate_master_key(office, SERVER)
    again = open_database(address(office))
    assert again.keyring.opened().master == before
    assert any("rotate --master" in remark for remark in key_care.key_state(again).remarks)
    new = key_care.rotate_master_key(again, SERVER)  # takes the one that was made
    found = keys_at_hand()
    assert found is not None
    assert len(found.keys) == 2
    assert again.keyring.opened().master == new.fingerprint
    again.close()


def test_a_key_in_a_variable_is_changed_by_putting_the_new_one_first(
    db: Database, people: People, case: CaseView, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyFault, match="PLEA_AID_KEY holds only the present key"):
        key_care.rotate_master_key(db, SERVER)
    new = new_master_key()
    monkeypatch.setenv("PLEA_AID_KEY", f"{new.as_text()} {os.environ['PLEA_AID_KEY']}")
    settings.cache_clear()
    assert key_care.rotate_master_key(db, SERVER) == new
    monkeypatch.setenv("PLEA_AID_KEY", new.as_text())
    settings.cache_clear()
    again = open_database(address(db))
    assert cases.open_case(again, people.prosecutor, case.id).document == case.document
    again.close()
    monkeypatch.undo()
    settings.cache_clear()


def test_only_the_operator_keeps_the_keys_and_it_is_recorded(db: Database, people: People) -> None:
    for act in (key_care.rotate_data_key, key_care.rotate_master_key, key_care.recovery_code):
        with pytest.raises(NotAllowed):
            act(db, people.supervisor)
    key_care.rotate_data_key(db, SERVER)
    with db.read() as session:
        query = select(AuditEvent).where(col(AuditEvent.action) == "key.keep").order_by(col(AuditEvent.seq))
        events = session.scalars(query).all()
    assert [one.outcome for one in events][-1] == "done"
    assert {one.outcome for one in events} == {"denied", "done"}


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_state_of_the_keys_names_what_to_see_to(
    key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file = tmp_path / "office.key"
    monkeypatch.setenv("PLEA_AID_KEY_FILE", str(key_file))
    settings.cache_clear()
    db = open_database(f"sqlite:///{tmp_path / 'office.db'}")
    key_file.chmod(0o644)
    remarks = " ".join(key_care.key_state(db).remarks)
    assert "chmod 600" in remarks
    assert "beside the database" in remarks
    assert keys_at_hand() is not None
    assert keys_at_hand().first.as_text() not in remarks  # type: ignore[union-attr]
    assert revision(db)
    db.close()


def plea_aid(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLEA_AID_")}
    return subprocess.run(
        [sys.executable, "-m", "plea_aid", *arguments],
        env={**kept, "PLEA_AID_HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_commands_from_first_use_to_recovery(tmp_path: Path) -> None:
    first = plea_aid(tmp_path, "users", "add", "pat", "Pat Doe")
    assert first.returncode == 0
    assert "nobody can read them again" in first.stderr
    file = tmp_path / "plea-aid.key"
    assert file.stat().st_mode & 0o077 == 0
    checked = plea_aid(tmp_path, "key", "check")
    assert checked.returncode == 0
    assert "beside the database" in checked.stdout
    assert checked.stderr == ""
    rotated = plea_aid(tmp_path, "key", "rotate", "--master")
    assert rotated.returncode == 0, rotated.stderr
    code = plea_aid(tmp_path, "key", "code").stdout.strip()
    assert code == rotated.stdout.split()[-1]
    file.unlink()
    for command in (["users", "list"], ["verify"], ["key", "check"], ["serve", "--port", "1"]):
        refused = plea_aid(tmp_path, *command)
        assert refused.returncode == 2
        assert len(refused.stderr.strip().splitlines()) == 1
        assert "key recover" in refused.stderr
    assert not file.exists()
    assert plea_aid(tmp_path, "key", "recover", "not a code").returncode == 2
    back = plea_aid(tmp_path, "key", "recover", code)
    assert back.returncode == 0, back.stderr
    assert "Pat Doe" in plea_aid(tmp_path, "users", "list").stdout
    new = plea_aid(tmp_path, "key", "new").stdout.strip()
    elsewhere = plea_aid(tmp_path / "other", "users", "add", "pat", "Pat Doe", PLEA_AID_KEY=new)
    assert "comes from PLEA_AID_KEY" in elsewhere.stderr
    assert not (tmp_path / "other" / "plea-aid.key").exists()
