"""Accounts and signing in: the first code, one-time codes, throttling, sessions that the server ends."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import Type, extract_parameters
from sqlalchemy import text
from sqlmodel import select

from plea_aid.casework import accounts, cases, credentials, identity, signin, throttle, trail
from plea_aid.casework.accounts import NewAccount
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotAllowed, NotFound, SessionEnded, SignInFailed
from plea_aid.casework.tables import SignInSession, User

from .conftest import People

PASSWORD = "a sentence is a fine password"
FIRST = NewAccount(user_name="Chief", display_name="The Chief", role="supervisor")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the accounts' and sessions' clock forward."""
    ahead = [timedelta()]

    def moment() -> datetime:
        return datetime.now(UTC) + ahead[0]

    for module in (accounts, signin, throttle, identity):
        monkeypatch.setattr(module, "now", moment)

    def forward(by: timedelta) -> None:
        ahead[0] += by

    return forward


def begin(db: Database) -> signin.SignedIn:
    code = accounts.first_code(db)
    assert code is not None
    accounts.create_first_account(db, code, FIRST, PASSWORD)
    return signin.sign_in(db, "chief", PASSWORD, "10.0.0.7")


def test_the_first_account_takes_the_code_from_the_terminal(db: Database) -> None:
    assert accounts.needs_first_account(db)
    void = accounts.first_code(db)
    code = accounts.first_code(db)
    assert void
    assert code
    for wrong in (void, "AAAAA-AAAAA-AAAAA-AAAAA", "", "\x00", "\ud800"):
        with pytest.raises(NotAllowed, match="not valid"):
            accounts.create_first_account(db, wrong, FIRST, PASSWORD)
    with pytest.raises(Invalid, match="at least 15 characters"):
        accounts.create_first_account(db, code, FIRST, "short")
    with pytest.raises(Invalid, match="may add others"):
        accounts.create_first_account(db, code, {**FIRST.model_dump(), "role": "prosecutor"}, PASSWORD)
    made = accounts.create_first_account(db, code.lower().replace("-", " "), FIRST, PASSWORD)
    assert (made.user_name, made.role, made.has_password) == ("Chief", "supervisor", True)
    assert not accounts.needs_first_account(db)
    assert accounts.first_code(db) is None
    with pytest.raises(NotAllowed):
        accounts.create_first_account(db, code, {**FIRST.model_dump(), "user_name": "second"}, PASSWORD)


def test_no_secret_is_stored(db: Database) -> None:
    code = accounts.first_code(db)
    assert code
    accounts.create_first_account(db, code, FIRST, PASSWORD)
    token = signin.sign_in(db, "Chief", PASSWORD).token
    with db.read() as session:
        stored = "".join(
            str(tuple(row))
            for table in ("user_account", "setup_code", "sign_in_session", "audit_event")
            for row in session.execute(text(f"SELECT * FROM {table}"))
        )
        hashed = session.scalars(select(User)).one().password_hash
    assert hashed
    assert hashed.startswith("$argon2id$")
    for secret in (PASSWORD, token, code, code.replace("-", "")):
        assert secret not in stored


def test_the_program_itself_spends_what_owasp_asks_for_on_a_password() -> None:
    """Argon2id, 19 MiB and two passes at the least (OWASP Password Storage Cheat Sheet); other tests spend less."""
    shipped = runpy.run_path(str(credentials.__file__))["_hasher"]
    spent = extract_parameters(shipped.hash(PASSWORD))
    assert spent.type is Type.ID
    assert spent.memory_cost >= 19 * 1024
    assert spent.time_cost >= 2


def test_the_code_of_the_first_start_grows_old(db: Database, clock: Callable[[timedelta], None]) -> None:
    code = accounts.first_code(db)
    assert code
    clock(timedelta(hours=accounts.FIRST_CODE_HOURS, seconds=1))
    with pytest.raises(NotAllowed):
        accounts.create_first_account(db, code, FIRST, PASSWORD)


def test_others_are_added_and_set_their_own_password(db: Database) -> None:
    chief = begin(db).actor
    account = {"user_name": "sam", "display_name": "Sam", "role": "prosecutor"}
    sam, code = accounts.add_user(db, chief, account)
    assert not sam.has_password
    with pytest.raises(SignInFailed):
        signin.sign_in(db, "sam", PASSWORD)
    with pytest.raises(NotAllowed, match="not valid"):
        accounts.use_code(db, "chief", code, PASSWORD)
    accounts.use_code(db, "Sam", code, PASSWORD)
    with pytest.raises(NotAllowed, match="not valid"):
        accounts.use_code(db, "sam", code, "another sentence altogether")
    assert signin.sign_in(db, "SAM", PASSWORD).actor.role == "prosecutor"
    with pytest.raises(Invalid, match="already"):
        accounts.add_user(db, chief, account | {"user_name": "SAM"})
    with pytest.raises(NotAllowed, match="A prosecutor may not add or change accounts"):
        accounts.add_user(db, signin.sign_in(db, "sam", PASSWORD).actor, account | {"user_name": "eve"})


@pytest.mark.parametrize("name", ["", "a", "has space", "x" * 65, "nul\x00", "-dash", "né", "a;b", "\ud800x"])
@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_user_name_is_plain(db: Database, name: str) -> None:
    with pytest.raises(Invalid, match="The account cannot be saved"):
        accounts.add_user(db, accounts.server_actor(), {"user_name": name, "display_name": "X", "role": "auditor"})


def test_recovery_ends_sessions_and_voids_the_password(db: Database) -> None:
    signed = begin(db)
    code = accounts.issue_code(db, accounts.server_actor(), signed.actor.user_id)
    with pytest.raises(SessionEnded, match="was ended"):
        signin.resume(db, signed.token)
    with pytest.raises(SignInFailed):
        signin.sign_in(db, "chief", PASSWORD)
    accounts.use_code(db, "chief", code, "an altogether new one")
    assert signin.sign_in(db, "chief", "an altogether new one").actor.user_id == signed.actor.user_id


def test_a_password_is_changed_by_who_knows_it(db: Database) -> None:
    here, elsewhere = begin(db), signin.sign_in(db, "chief", PASSWORD)
    with pytest.raises(SignInFailed, match="present password"):
        accounts.change_password(db, here.actor, "wrong", "an altogether new one")
    accounts.change_password(db, here.actor, PASSWORD, "an altogether new one")
    assert signin.resume(db, here.token) == here.actor
    with pytest.raises(SessionEnded):
        signin.resume(db, elsewhere.token)


def test_accounts_are_closed_and_roles_changed_but_not_ones_own(db: Database) -> None:
    chief = begin(db)
    sam, code = accounts.add_user(db, chief.actor, {"user_name": "sam", "display_name": "Sam", "role": "auditor"})
    accounts.use_code(db, "sam", code, PASSWORD)
    token = signin.sign_in(db, "sam", PASSWORD).token
    assert accounts.change_user(db, chief.actor, sam.id, role="paralegal").role == "paralegal"
    assert signin.resume(db, token).role == "paralegal"  # at once, in the open session
    accounts.change_user(db, chief.actor, sam.id, active=False)
    with pytest.raises(SessionEnded):
        signin.resume(db, token)
    with pytest.raises(SignInFailed, match="not right"):
        signin.sign_in(db, "sam", PASSWORD)
    with pytest.raises(Invalid):
        accounts.change_user(db, chief.actor, sam.id, role="owner")
    for change in ({"role": "administrator"}, {"active": False}):
        with pytest.raises(NotAllowed, match="Nobody changes the role of their own"):
            accounts.change_user(db, chief.actor, chief.actor.user_id, **change)  # type: ignore[arg-type]


def test_a_wrong_name_and_a_wrong_password_read_the_same(db: Database) -> None:
    begin(db)
    said = set()
    pairs = (("chief", "wrong"), ("nobody", PASSWORD), ("\x00", PASSWORD), ("\ud800", "\ud800"), ("", ""))
    for name, password in pairs:
        with pytest.raises(SignInFailed) as caught:
            signin.sign_in(db, name, password)
        said.add(str(caught.value))
    assert said == {"The user name or the password is not right."}


def test_guessing_is_slowed_down(db: Database, clock: Callable[[timedelta], None]) -> None:
    begin(db)
    for _ in range(throttle.FREE_ATTEMPTS):
        with pytest.raises(SignInFailed, match="not right"):
            signin.sign_in(db, "chief", "a guess")
    with pytest.raises(SignInFailed, match="waits until"):
        signin.sign_in(db, "chief", PASSWORD)
    clock(timedelta(minutes=1, seconds=1))
    with pytest.raises(SignInFailed, match="not right"):
        signin.sign_in(db, "chief", "a guess")
    clock(timedelta(minutes=1, seconds=1))
    with pytest.raises(SignInFailed, match="waits until"):  # two minutes now
        signin.sign_in(db, "chief", PASSWORD)
    clock(timedelta(minutes=15))
    signin.sign_in(db, "chief", PASSWORD)
    for _ in range(throttle.FREE_ATTEMPTS - 1):
        with pytest.raises(SignInFailed, match="not right"):
            signin.sign_in(db, "chief", "a guess")
    signin.sign_in(db, "chief", PASSWORD)


def test_sessions_end_when_idle_and_in_any_case(db: Database, clock: Callable[[timedelta], None]) -> None:
    signed = begin(db)
    for _ in range(24):
        clock(timedelta(minutes=29))
        assert signin.resume(db, signed.token) == signed.actor
    clock(timedelta(minutes=25))
    with pytest.raises(SessionEnded, match="longest time"):
        signin.resume(db, signed.token)
    again = signin.sign_in(db, "chief", PASSWORD)
    clock(timedelta(minutes=31))
    with pytest.raises(SessionEnded, match="nothing was done"):
        signin.resume(db, again.token)


def test_sessions_are_listed_and_ended(db: Database) -> None:
    mine, other = begin(db), signin.sign_in(db, "chief", PASSWORD, "desk \x00\n2é" + "x" * 200)
    listed = {one.id: one.terminal for one in signin.list_sessions(db, mine.actor)}
    assert listed[mine.actor.session_id] == "10.0.0.7"
    assert listed[other.actor.session_id].startswith("desk 2x")
    assert len(listed[other.actor.session_id]) == 100
    signin.end_session(db, mine.actor, other.actor.session_id)
    with pytest.raises(SessionEnded):
        signin.resume(db, other.token)
    signin.sign_out(db, mine.token)
    signin.sign_out(db, mine.token)
    for token in (mine.token, "", "x", "\x00", "\ud800"):
        with pytest.raises(SessionEnded):
            signin.resume(db, token)
    with db.read() as session:
        assert all(row.revoked_at for row in session.scalars(select(SignInSession)))


def test_signing_in_and_failing_to_is_in_the_trail(db: Database) -> None:
    signed = begin(db)
    with pytest.raises(SignInFailed):
        signin.sign_in(db, "chief", "a guess", "10.0.0.8")
    newest = trail.list_events(db, signed.actor, limit=1)[0]
    assert (newest.action, newest.outcome, newest.terminal) == ("session.open", "denied", "10.0.0.8")
    actions = [one.action for one in trail.list_events(db, signed.actor)]
    assert actions.count("session.open") == 2
    assert "account.first-code" in actions
    assert verify_chain(db).ok


def test_the_trail_is_for_who_may_read_it(db: Database, people: People) -> None:
    for actor in (people.prosecutor, people.paralegal):
        with pytest.raises(NotAllowed, match="read the audit trail"):
            trail.list_events(db, actor)
    cases.create_case(db, people.prosecutor, {"cause_number": "CR-1"})
    seen = trail.list_events(db, people.administrator, limit=1)
    assert trail.list_events(db, people.auditor, before=seen[0].seq, limit=1)[0].seq == seen[0].seq - 1
    assert trail.list_events(db, people.auditor, case_id="\x00") == []


def test_codes_are_long_and_easily_read() -> None:
    codes = {credentials.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("IO01") & set("".join(codes))
    assert all(len(code) == 23 for code in codes)


def test_an_obvious_password_is_turned_away_with_the_reason(db: Database) -> None:
    for poor, name in (
        ("prosecutor-12-prosecutor", "prosecutor"),
        ("Password2026!!!", "sam"),
        ("helenamontana2026", "sam"),
        ("aaaaaaaaaaaaaaaaaaaa", "sam"),
        ("qwertyuiopasdfgh", "sam"),
        ("123456789012345", "sam"),
        ("Robin Roe Robin Roe", "Robin Roe"),
    ):
        with pytest.raises(Invalid, match="easy to guess"):
            credentials.hash_password(poor, name)
    with pytest.raises(Invalid, match="at most"):
        credentials.hash_password("x" * 300)
    for fine in (PASSWORD, "no capitals no digits no signs", "\u00e9\u00e9 une phrase assez longue"):
        assert credentials.password_fits(credentials.hash_password(fine), fine)
    assert not credentials.password_fits(None, PASSWORD)
    assert not credentials.password_fits("not a hash", PASSWORD)


def test_nothing_tells_a_name_with_an_account_from_one_without(db: Database) -> None:
    begin(db)

    def answers(name: str) -> list[str]:
        said = []
        for _ in range(throttle.FREE_ATTEMPTS + 1):
            with pytest.raises(SignInFailed) as caught:
                signin.sign_in(db, name, "a guess that is wrong")
            said.append(re.sub(r"[0-9:]{5}", "TIME", str(caught.value)))
        return said

    with_account, without = answers("chief"), answers("no such person")
    assert with_account == without
    assert "waits until TIME" in with_account[-1]


def test_a_guess_costs_the_same_work_whether_or_not_there_is_an_account(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(db)
    verified: list[str] = []
    hasher = credentials._hasher

    class Counting:
        def hash(self, password: bytes) -> str:
            return hasher.hash(password)

        def verify(self, stored: str, password: bytes) -> bool:
            verified.append(stored)
            return hasher.verify(stored, password)

    monkeypatch.setattr(credentials, "_hasher", Counting())
    for name in ("chief", "no such person"):
        with pytest.raises(SignInFailed):
            signin.sign_in(db, name, "a guess that is wrong")
    assert len(verified) == 2


def test_guesses_under_many_names_are_slowed_down_together(
    db: Database, clock: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(db)
    monkeypatch.setattr(throttle, "OVERALL_ATTEMPTS", 8)
    for number in range(8):
        with pytest.raises(SignInFailed, match="not right"):
            signin.sign_in(db, f"name {number}", PASSWORD)
    with pytest.raises(SignInFailed, match="Too many sign-ins have failed"):
        signin.sign_in(db, "chief", PASSWORD)
    clock(timedelta(minutes=throttle.OVERALL_MINUTES, seconds=1))
    for _ in range(20):  # what succeeds is not held against anyone
        signin.sign_in(db, "chief", PASSWORD)


def test_a_new_code_ends_the_waiting_and_wrong_codes_are_counted(db: Database) -> None:
    chief = begin(db).actor
    sam, code = accounts.add_user(db, chief, {"user_name": "sam", "display_name": "Sam", "role": "auditor"})
    for _ in range(throttle.FREE_ATTEMPTS):
        with pytest.raises(NotAllowed, match="not valid"):
            accounts.use_code(db, "sam", "AAAAA-AAAAA-AAAAA-AAAAA", PASSWORD)
    assert code
    with pytest.raises(SignInFailed, match="waits until"):
        accounts.use_code(db, "sam", code, PASSWORD)
    accounts.use_code(db, "sam", accounts.issue_code(db, chief, sam.id), PASSWORD)
    signin.sign_in(db, "sam", PASSWORD)


def test_everyone_sees_and_ends_their_own_sessions_and_nobody_elses(db: Database) -> None:
    chief = begin(db).actor
    _, code = accounts.add_user(db, chief, {"user_name": "sam", "display_name": "Sam", "role": "auditor"})
    assert code
    accounts.use_code(db, "sam", code, PASSWORD)
    here, there, third = (signin.sign_in(db, "sam", PASSWORD, f"desk {n}") for n in range(3))
    assert {one.terminal for one in signin.own_sessions(db, here.actor)} == {"desk 0", "desk 1", "desk 2"}
    with pytest.raises(NotFound, match="no such session"):
        signin.end_own_session(db, here.actor, chief.session_id)
    with pytest.raises(NotAllowed):
        signin.end_session(db, here.actor, chief.session_id)
    signin.end_own_session(db, here.actor, there.actor.session_id)
    assert signin.end_other_sessions(db, here.actor) == 1
    for ended in (there, third):
        with pytest.raises(SessionEnded):
            signin.resume(db, ended.token)
    assert signin.resume(db, here.token) == here.actor
    assert len(signin.list_sessions(db, chief)) == 2
