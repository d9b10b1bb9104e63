"""Passwords, one-time codes and session tokens: how they are made, and the only form in which they are kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from plea_aid.casework.canonical import sha256
from plea_aid.casework.errors import Invalid

SHORTEST_PASSWORD = 15
"""NIST SP 800-63B: fifteen characters where a password is all there is; no rules of composition."""
LONGEST_PASSWORD = 256
_ESTIMATED = 64  # characters
_ENOUGH_GUESSES = 10  # powers of ten
_OBVIOUS = (
    "plea aid",
    "city attorney",
    "prosecutor",
    "prosecution",
    "helena",
    "montana",
    "password",
    "welcome",
    "office",
)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, which are misread from a terminal
_hasher = PasswordHasher()  # Argon2id with the library's defaults: 64 MiB, 3 passes


def hash_password(password: str, *own_words: str) -> str:
    """Return the Argon2id hash of a new password.

    ``own_words`` are the user name and the like. Raises Invalid, with the reason, when the password is too short, too
    long or among the first that a guesser would try.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"The password needs at least {SHORTEST_PASSWORD} characters; a sentence is fine.")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(f"The password may have at most {LONGEST_PASSWORD} characters.")
    weakness = _weakness(password, own_words)
    if weakness:
        raise Invalid(weakness)
    return _hasher.hash(_bytes(password))


def _weakness(password: str, own_words: Iterable[str]) -> str | None:
    from zxcvbn import zxcvbn

    words = [part for word in (*own_words, *_OBVIOUS) for part in (word, *word.split()) if part]
    # Its work grows with the cube of the length, and what is obvious shows in the beginning.
    found = zxcvbn(password[:_ESTIMATED], user_inputs=words, max_length=_ESTIMATED)
    if found["guesses_log10"] >= _ENOUGH_GUESSES:
        return None
    said = found["feedback"]["warning"] or "It is made of a name, a common word or a common password."
    return (
        f"That password is easy to guess. {said.removesuffix('.')}. Four or more words that have nothing to do with "
        "each other, or with you and the office, are hard to guess."
    )


def password_fits(stored: str | None, password: str) -> bool:
    """Say whether ``password`` is the one behind the hash; takes as long when there is no hash."""
    try:
        fits = _hasher.verify(stored or _nobodys_hash(), _bytes(password[: LONGEST_PASSWORD + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


def new_code() -> str:
    """Return a one-time code of 100 random bits in four groups, to be read from a terminal."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def code_hash(code: str) -> str:
    """Return the form in which a one-time code is kept, whatever case, spaces and dashes it was typed with."""
    return sha256("code:" + "".join(c for c in code.upper() if c.isalnum()))


def new_token() -> str:
    """Return a session token of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the form in which a session token is kept."""
    return sha256("session:" + token)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


_nobody: list[str] = []


def _nobodys_hash() -> str:
    if not _nobody:
        _nobody.append(_hasher.hash(secrets.token_bytes(16)))
    return _nobody[0]
