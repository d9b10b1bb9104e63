"""Free text looked over for what policy Section 2 protects, while it can still be taken out."""

from __future__ import annotations

import threading

import streamlit as st

from plea_aid.pages.wording import joined, plain
from plea_aid.privacy.detectors import GuardDataError
from plea_aid.privacy.guard import load_guard

_one_loads = threading.Lock()


def warn_about(text: str) -> None:
    """Warn below a field whose text looks like sensitive information about a person."""
    said = warning(text)
    if said:
        st.warning(said)


def prepare() -> None:
    """Read the detectors, which takes some seconds the first time, so that no page waits for them."""
    with _one_loads:
        load_guard()


def warning(text: str) -> str | None:
    """Return what in ``text`` looks like information that Section 2 protects; None when nothing does."""
    if not text.strip():
        return None
    if not _one_loads.acquire(blocking=False):
        return None  # the detectors are being read for the first time; the next run looks
    try:
        guard = load_guard()
    except GuardDataError as fault:
        return f"The text could not be looked over for sensitive information: {plain(str(fault))}"
    finally:
        _one_loads.release()
    hits = guard.scan(text)
    if not hits:
        return None
    kinds = list(dict.fromkeys(guard.kinds[hit.kind] for hit in hits))
    found = joined([f"'{plain(hit.text)}'" for hit in hits[:4]])
    return (
        f"{found} looks like {plain(joined(kinds, 'or'))}, which policy Section 2 protects. Take it out unless the "
        "record must have it: the reasons have to hold for anyone."
    )
