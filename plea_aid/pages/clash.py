"""Two changes of the same thing: both are shown and kept until a person has chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import streamlit as st

from plea_aid.pages import pressing
from plea_aid.pages.merge import PROSE, Fields

BOTH = "saving/both"
"""The key of the button that saves both; with a slash it begins the key of every field that puts words together."""


@dataclass(frozen=True)
class Clash:
    """Two changes of the same thing: both sides, and how to store this one after all."""

    case_id: str
    sentence: str
    mine: Fields
    theirs: Fields
    save_mine: Callable[[], bool]
    both: Fields | None
    """The two put together, sentences one after the other; None where a person must choose."""
    save_both: Callable[[Fields], bool]


def show_clash(clash: Clash, settle: Callable[..., None]) -> None:
    """Show both sides and the ways to choose; ``settle`` takes what stores the choice."""
    more = "Save both, or choose which of the two stays." if clash.both else "Choose which of the two stays."
    st.warning(f"{clash.sentence} {more}")
    differing = [
        {"Part": key.replace("_", " "), "Yours": _brief(clash.mine.get(key)), "Stored": _brief(clash.theirs.get(key))}
        for key in sorted(clash.mine.keys() | clash.theirs.keys())
        if clash.mine.get(key) != clash.theirs.get(key)
    ]
    if differing:
        st.table(differing, hide_index=True)
    combined = _combined(clash)
    with st.container(horizontal=True):
        if combined:
            pressing.button(
                "Save both",
                partial(settle, partial(clash.save_both, combined)),
                key=BOTH,
                type="primary",
            )
        weight: Literal["primary", "secondary"] = "secondary" if combined else "primary"
        mine = partial(settle, clash.save_mine, keep_fields=True)
        pressing.button("Save mine instead", mine, key="saving/mine", type=weight)
        pressing.button("Keep what is stored", partial(settle, lambda: True), key="saving/theirs")


def _combined(clash: Clash) -> Fields | None:
    """Show the sentences of both together, to be smoothed, and return the whole as it then stands."""
    if clash.both is None:
        return None
    combined = dict(clash.both)
    for key, value in combined.items():
        if key in PROSE and isinstance(value, str) and value not in (clash.mine.get(key), clash.theirs.get(key)):
            place = f"{BOTH}/{clash.case_id}/{key}"
            if place not in st.session_state:
                st.session_state[place] = value
            combined[key] = st.text_area("Both together, as they will be saved", key=place, height=160)
    return combined


def _brief(value: Any) -> str:
    if isinstance(value, str) and value:
        return value  # someone's words, whole
    text = "nothing" if value in (None, "", [], {}) else str(value)
    return text if len(text) <= 300 else f"{text[:300]} ..."
