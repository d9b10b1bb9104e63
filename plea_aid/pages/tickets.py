"""How a sign-in reaches the browser's cookie: a ticket, good once and for a minute, changed for the session token.

A Streamlit script cannot set a cookie and a cookie that scripts could read would be worth stealing. So the script
leaves the token here under a random ticket, the page posts the ticket to the server's own route, and the route
answers with a cookie that no script can read. Both run in one process.
"""

from __future__ import annotations

import secrets
import threading
import time

from plea_aid.settings import settings

COOKIE = "plea_aid_session"
"""The session cookie's name on this machine."""
ROUTE = "/plea-aid/session"
SECONDS = 60

_lock = threading.Lock()
_waiting: dict[str, tuple[str, float]] = {}


def cookie() -> str:
    """Return the session cookie's name; under a public address no other host can set a cookie of that name."""
    return f"__Host-{COOKIE}" if (settings().public_url or "").startswith("https:") else COOKIE


def leave(token: str) -> str:
    """Keep ``token`` (empty: the cookie is to be cleared) for a minute and return the ticket for it."""
    ticket = secrets.token_urlsafe(24)
    with _lock:
        _drop_old()
        _waiting[ticket] = (token, time.monotonic() + SECONDS)
    return ticket


def take(ticket: str) -> str | None:
    """Return the token left under ``ticket`` and forget both; None when there is none or it is too old."""
    with _lock:
        _drop_old()
        found = _waiting.pop(ticket, None)
    return found[0] if found else None


def waits(ticket: str) -> bool:
    """Say whether nobody has come for what lies under ``ticket`` and it can still be had."""
    with _lock:
        _drop_old()
        return ticket in _waiting


def _drop_old() -> None:
    moment = time.monotonic()
    for ticket in [t for t, (_, until) in _waiting.items() if until < moment]:
        del _waiting[ticket]
