"""One byte form for stored content, so that a hash means the same on every machine and database."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any

from plea_aid.analysis.signs import hidden_sign
from plea_aid.casework.errors import Invalid


def canonical(content: Any) -> str:
    """Return ``content`` as JSON text with sorted keys and ASCII characters only.

    Raises ValueError for numbers JSON cannot hold and TypeError for what is not plain data.
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def sha256(text: str) -> str:
    """Return the SHA-256 of ``text`` (UTF-8) in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """Return an aware moment as the fixed-width UTC text that sealed rows hold."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def unstamp(text: str) -> datetime:
    """Return the moment that ``stamp`` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def midnight(day: date) -> datetime:
    """Return the moment a day begins by the clock of this machine, aware; raise Invalid for a day beyond its clock."""
    try:
        return datetime.combine(day, clock_time.min).astimezone()
    except (OverflowError, ValueError, OSError):
        raise Invalid(f"{day} is not a day this program can report on.") from None


def new_id() -> str:
    """Return a fresh 32-digit hex id that sorts by time, so that indexes grow at their end."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def is_id(text: str) -> bool:
    """Say whether ``text`` can be an id that ``new_id`` made; what cannot is never asked of a database."""
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)


def faulty_text(content: Any, place: str = "") -> str | None:
    """Return the place of the first text with a sign that no one types (``hidden_sign``): no database holds all."""
    if isinstance(content, str):
        return (place or "text") if hidden_sign(content) else None
    if isinstance(content, dict):
        parts = [(str(key), value) for key, value in content.items()]
    elif isinstance(content, (list, tuple)):
        parts = [(str(i), value) for i, value in enumerate(content)]
    else:
        return None
    for key, value in parts:
        found = faulty_text(key, "a key") or faulty_text(value, f"{place}.{key}".lstrip("."))
        if found:
            return found
    return None
