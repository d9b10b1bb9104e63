"""Signing in through the office's provider: it opens the account an administrator made, once for each sign-in there."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plea_aid.casework import accounts, identity, signin, trail
from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotAllowed, NotFound, SessionEnded, SignInFailed

from .conftest import People

ISSUER = "https://login.example/t/v2.0"
SAM = {"user_name": "sam", "display_name": "Sam Roe", "role": "prosecutor", "email": "Sam.Roe@City.example"}


def claims(
    subject: str = "s-1", email: str = "sam.roe@city.example", nonce: str = "n-1", **more: Any
) -> dict[str, Any]:
    said = {"iss": ISSUER, "sub": subject, "email": email, "nonce": nonce}
    return {**said, "iat": int(datetime.now(UTC).timestamp()), **more}


def enter(db: Database, **said: Any) -> signin.SignedIn:
    found = identity.identity_of(claims(**said), said.get("iss", ISSUER))
    return identity.sign_in_with(db, found, "10.0.0.9")


@pytest.fixture
def sam(db: Database, people: People) -> accounts.UserView:
    user, code = accounts.add_user(db, people.administrator, SAM)
    assert code is None
    assert (user.has_password, user.email, user.linked) == (False, "sam.roe@city.example", False)
    return user


def test_the_provider_opens_the_account_that_was_made_for_the_address(db: Database, sam: accounts.UserView) -> None:
    opened = enter(db)
    assert opened.actor.user_id == sam.id
    assert signin.resume(db, opened.token) == opened.actor
    with pytest.raises(SignInFailed):
        signin.sign_in(db, "sam", "whatever it may be here")


def test_nobody_gets_an_account_by_signing_in(db: Database, people: People, sam: accounts.UserView) -> None:
    before = len(accounts.list_users(db, people.administrator))
    for said in (
        {"email": "someone.else@city.example"},
        {"email": ""},
        {"email": "sam.roe@city.example", "email_verified": False},
        {"email": "", "preferred_username": "someone.else@city.example"},
    ):
        with pytest.raises(SignInFailed, match="makes no account by itself"):
            enter(db, **said)
    assert len(accounts.list_users(db, people.administrator)) == before
    newest = trail.list_events(db, people.administrator, limit=2)
    found = next(one for one in newest if one.action != "audit.read")
    assert (found.action, found.outcome, found.terminal) == ("session.open", "denied", "10.0.0.9")


def test_after_the_first_time_only_issuer_and_subject_count(db: Database, sam: accounts.UserView) -> None:
    enter(db)
    assert enter(db, nonce="n-2", email="married@city.example").actor.user_id == sam.id
    for said in ({"subject": "s-2"}, {"iss": "https://elsewhere.example"}):
        with pytest.raises(SignInFailed, match="makes no account"):
            enter(db, nonce="n-3", **said)  # the address now belongs to someone else at the provider


def test_one_sign_in_at_the_provider_opens_one_session(db: Database, sam: accounts.UserView) -> None:
    found = identity.identity_of(claims(), ISSUER)
    signin.sign_out(db, identity.sign_in_with(db, found).token)
    with pytest.raises(SignInFailed, match="has been used"):
        identity.sign_in_with(db, found)
    again = enter(db, nonce="n-2")
    assert signin.resume(db, again.token)


def test_the_same_sign_in_at_the_same_moment_opens_one_session(db: Database, sam: accounts.UserView) -> None:
    found = identity.identity_of(claims(), ISSUER)
    outcomes: list[str] = []

    def once() -> None:
        try:
            identity.sign_in_with(db, found)
            outcomes.append("opened")
        except SignInFailed as refusal:
            outcomes.append(str(refusal))

    threads = [threading.Thread(target=once) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes)[-1] == "opened"
    assert outcomes.count("opened") == 1
    assert all("has been used" in one for one in outcomes if one != "opened")


def test_an_old_sign_in_opens_nothing(db: Database, sam: accounts.UserView) -> None:
    moment = datetime.now(UTC)
    for at in (moment - timedelta(minutes=11), moment + timedelta(minutes=5)):
        with pytest.raises(SignInFailed, match="too old"):
            enter(db, iat=int(at.timestamp()))


@pytest.mark.parametrize(
    "broken",
    [
        {"iss": None},
        {"iss": "https://login.example/another/v2.0"},
        {"sub": ""},
        {"sub": "\x00"},
        {"sub": "x" * 500},
        {"nonce": ""},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": 1e300},
    ],
)
def test_an_answer_that_lacks_something_is_one_sentence(broken: dict[str, Any]) -> None:
    with pytest.raises(SignInFailed, match="whoever runs this program"):
        identity.identity_of({**claims(), **broken}, ISSUER)


def test_a_closed_account_stays_closed_and_its_sessions_end(
    db: Database, people: People, sam: accounts.UserView
) -> None:
    token = enter(db).token
    accounts.change_user(db, people.administrator, sam.id, active=False)
    with pytest.raises(SessionEnded):
        signin.resume(db, token)
    with pytest.raises(SignInFailed, match="makes no account"):
        enter(db, nonce="n-2")


def test_sessions_from_the_provider_grow_old_like_any_other(
    db: Database, sam: accounts.UserView, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = enter(db).token
    for hours, why in ((0.6, "nothing was done"), (12.1, "longest time")):
        later = datetime.now(UTC) + timedelta(hours=hours)
        monkeypatch.setattr(signin, "now", lambda later=later: later)
        with pytest.raises(SessionEnded, match=why):
            signin.resume(db, token)


def test_an_administrator_names_changes_and_unties_the_address(
    db: Database, people: People, sam: accounts.UserView
) -> None:
    enter(db)
    admin = people.administrator
    assert next(u for u in accounts.list_users(db, admin) if u.id == sam.id).linked
    with pytest.raises(Invalid, match="Another account is tied"):
        identity.set_email(db, admin, people.prosecutor.user_id, "SAM.ROE@city.example")
    for poor in ("no address", "a@b@c", "@city.example", "sam@", "\x00@x", "a b@c"):
        with pytest.raises(Invalid):
            identity.set_email(db, admin, people.prosecutor.user_id, poor)
    with pytest.raises(NotFound):
        identity.set_email(db, admin, "0" * 32, "x@y.example")
    for actor in (people.prosecutor, people.paralegal, people.auditor, Actor("", "x", "X", "")):
        with pytest.raises(NotAllowed):
            identity.set_email(db, actor, people.prosecutor.user_id, "x@y.example")
    identity.set_email(db, admin, sam.id, "")
    with pytest.raises(SignInFailed, match="makes no account"):
        enter(db, nonce="n-2")
    identity.set_email(db, admin, sam.id, "sam.roe@city.example")
    assert enter(db, nonce="n-3", subject="s-9").actor.user_id == sam.id
    assert verify_chain(db).ok


def test_a_one_time_code_is_the_way_in_when_the_provider_is_away(
    db: Database, people: People, sam: accounts.UserView
) -> None:
    fine = "a sentence is a fine password"
    code = accounts.issue_code(db, people.administrator, sam.id)
    accounts.use_code(db, "sam", code, fine)
    assert signin.sign_in(db, "sam", fine).actor.user_id == sam.id
