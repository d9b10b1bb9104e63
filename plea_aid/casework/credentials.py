"""Passwords, one-time codes and session tokens: how they are made, and the only form in which they are kept."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from plea_aid.casework.canonical import sha256
from plea_aid.casework.errors import Invalid

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, which are misread from a terminal
_hasher = PasswordHasher()  # Argon2id with the library's defaults: 64 MiB, 3 passes


def hash_password(password: str, user_name: str = "") -> str:
    """Return the Argon2id hash of a new password; raise Invalid when it is too short, too long or the name."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"The password needs at least {SHORTEST_PASSWORD} characters; a sentence is fine.")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(f"The password may have at most {LONGEST_PASSWORD} characters.")
    if user_name and user_name.casefold() in password.casefold() and len(password) < len(user_name) + 8:
        raise Invalid("The password is too close to the user name.")
    return _hasher.hash(_bytes(password))


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
