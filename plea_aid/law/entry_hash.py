"""What an attorney signs: the content of one entry of the law, named by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from plea_aid.law.catalogue import Law
from plea_aid.law.records import Category, Ground, Offense

KINDS = ("offense", "ground", "category")
"""Kinds of entry that are signed off, one by one."""
Entry = Offense | Ground | Category


def find_entry(law: Law, kind: str, entry_id: str) -> Entry | None:
    """Return the entry of that kind and id; None when there is none."""
    pools: dict[str, Mapping[str, Entry]] = {
        "offense": law.offenses,
        "ground": law.grounds,
        "category": law.categories,
    }
    return pools.get(kind, {}).get(entry_id)


def hash_of_entry(law: Law, kind: str, entry_id: str) -> str | None:
    """Return the content hash of the entry of that kind and id; None when there is none."""
    entry = find_entry(law, kind, entry_id)
    return entry_hash(entry) if entry is not None else None


def entry_hash(entry: Entry) -> str:
    """Return the SHA-256, in hex, of the entry's canonical JSON.

    The order of keys and of facts proved together carries no meaning and does not count; the order of every
    list does. The review state is about the content and not part of it. A key left at its default is left out,
    so that a new optional key of the program's format voids no sign-off.
    """
    content = _plain(entry.model_dump(exclude={"review"}, exclude_defaults=True))
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(one) for one in value)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
