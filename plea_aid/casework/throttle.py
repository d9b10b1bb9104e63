"""Slowing guesses down: under the name that was typed, and under all names together.

A name without an account is counted and made to wait like any other, so that neither the words nor the time of an
answer tell which accounts there are.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlmodel import Session, col

from plea_aid.casework.canonical import now
from plea_aid.casework.encrypted import keyring_of
from plea_aid.casework.errors import SignInFailed
from plea_aid.casework.tables import SignInAttempts
from plea_aid.casework.work import Work

FREE_ATTEMPTS = 5
"""Failed attempts in a row before a name waits."""
LONGEST_WAIT_MINUTES = 15
OVERALL_ATTEMPTS = 100
"""Failed attempts under all names within the window before everyone waits for its end."""
OVERALL_MINUTES = 5
_ALL = "all"
_FORGET = timedelta(days=1)
_LOCK = 0x53494E49


def count_attempt(work: Work, user_name: str) -> None:
    """Count an attempt before the password is looked at, so that many at once do not slip past the limit.

    Raises SignInFailed while the name, or everyone, waits.
    """
    moment, session = now(), work.session
    one_at_a_time(session)
    overall, named = _row(session, _ALL, moment), _row(session, _key(session, user_name), moment)
    if moment - overall.since >= timedelta(minutes=OVERALL_MINUTES):
        overall.since, overall.failures = moment, 0
    if overall.failures >= OVERALL_ATTEMPTS:
        until = overall.since + timedelta(minutes=OVERALL_MINUTES)
        because = f"Too many sign-ins have failed lately; please try again after {until:%H:%M} UTC."
        raise work.denied("session.open", because, "user", error=SignInFailed)
    if named.waits_until and moment < named.waits_until:
        because = f"After several failed attempts this user name waits until {named.waits_until:%H:%M} UTC."
        raise work.denied("session.open", because, "user", error=SignInFailed)
    for row in (overall, named):
        row.failures += 1
        row.last_at = moment
    late = named.failures - FREE_ATTEMPTS
    if late >= 0:
        named.waits_until = moment + timedelta(minutes=min(2**late, LONGEST_WAIT_MINUTES))
    session.execute(delete(SignInAttempts).where(col(SignInAttempts.last_at) < moment - _FORGET))


def forget_attempts(session: Session, user_name: str) -> None:
    """Forget the failed attempts under a name, since its holder has come."""
    one_at_a_time(session)
    named, overall = session.get(SignInAttempts, _key(session, user_name)), session.get(SignInAttempts, _ALL)
    if named is not None:
        if overall is not None:
            overall.failures = max(0, overall.failures - named.failures)
        session.delete(named)


def one_at_a_time(session: Session) -> None:
    """Let only one sign-in be counted or opened at a time."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer in any case
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _row(session: Session, key: str, moment: datetime) -> SignInAttempts:
    row = session.get(SignInAttempts, key)
    if row is None:
        row = SignInAttempts(name_hash=key, since=moment, last_at=moment)
        session.add(row)
    return row


def _key(session: Session, user_name: str) -> str:
    # Keyed, since a plain hash of a short name, or of a password typed there, is found by trying.
    keys = keyring_of(session.get_bind()).opened()
    return keys.mark("sign_in_attempts.name_hash", user_name.strip().casefold())
