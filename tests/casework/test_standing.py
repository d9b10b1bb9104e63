"""A sign-in that is over acts no more: every service asks, whatever page still knows the actor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from plea_aid.casework import accounts, cases, signin
from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import new_id, now
from plea_aid.casework.database import Database
from plea_aid.casework.errors import SessionEnded
from plea_aid.casework.tables import AuditEvent, CaseFile, SignInSession

PASSWORD = "a long enough sentence"
Change = Callable[[Database, Actor, Actor], object]


def stored(**values: Any) -> Change:
    """A change of the session's row, as time would make it."""

    def change(db: Database, _: Actor, pat: Actor) -> None:
        with db.write() as session:
            session.execute(update(SignInSession).where(col(SignInSession.id) == pat.session_id).values(**values))

    return change


WAYS: dict[str, tuple[Change, str]] = {
    "ended by whoever keeps the accounts": (
        lambda db, chief, pat: signin.end_session(db, chief, pat.session_id),
        "ended",
    ),
    "account closed": (lambda db, chief, pat: accounts.change_user(db, chief, pat.user_id, active=False), "ended"),
    "one-time code issued": (lambda db, chief, pat: accounts.issue_code(db, chief, pat.user_id), "ended"),
    "role changed": (lambda db, chief, pat: accounts.change_user(db, chief, pat.user_id, role="auditor"), "role"),
    "longest time over": (stored(expires_at=now() - timedelta(seconds=1)), "longest time"),
    "idle": (stored(last_seen_at=now() - timedelta(minutes=31)), "nothing was done"),
}


@pytest.fixture
def chief(db: Database) -> Actor:
    """A supervising attorney, signed in."""
    code = accounts.first_code(db)
    assert code
    account = {"user_name": "chief", "display_name": "The Chief", "role": "supervisor"}
    accounts.create_first_account(db, code, account, PASSWORD)
    return signin.sign_in(db, "chief", PASSWORD).actor


@pytest.fixture
def pat(db: Database, chief: Actor) -> Actor:
    """A prosecutor, signed in."""
    _, code = accounts.add_user(db, chief, {"user_name": "pat", "display_name": "Pat Doe", "role": "prosecutor"})
    accounts.use_code(db, "pat", code, PASSWORD)
    return signin.sign_in(db, "pat", PASSWORD).actor


@pytest.mark.parametrize("way", WAYS)
def test_a_page_left_open_can_do_nothing_more(way: str, db: Database, chief: Actor, pat: Actor) -> None:
    case = cases.create_case(db, pat, {"cause_number": "CR-1"})
    change, why = WAYS[way]
    change(db, chief, pat)
    for act in (
        lambda: cases.open_case(db, pat, case.id),
        lambda: cases.list_cases(db, pat),
        lambda: cases.create_case(db, pat, {"cause_number": "CR-2"}),
        lambda: signin.own_sessions(db, pat),
    ):
        with pytest.raises(SessionEnded, match=why):
            act()
    with db.read() as session:
        assert len(session.scalars(select(CaseFile)).all()) == 1
        last = session.scalars(select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(4)).all()
    assert {(one.action, one.outcome, one.actor_id) for one in last} == {("session.use", "denied", pat.user_id)}
    assert cases.open_case(db, chief, case.id).id == case.id  # who is still signed in works on


def test_nobody_acts_on_another_s_session_or_on_none(db: Database, chief: Actor, pat: Actor) -> None:
    for session_id in (new_id(), chief.session_id):
        borrowed = Actor(pat.user_id, pat.user_name, pat.display_name, pat.role, "", session_id)
        with pytest.raises(SessionEnded, match="not signed in"):
            cases.list_cases(db, borrowed)
