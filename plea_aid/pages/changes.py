"""What changed, word by word: what was removed and added is said in words, and marked besides."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from plea_aid.casework.changes import Change
from plea_aid.pages.wording import plain

_KEPT = 12
"""Words of an unchanged run that are shown on either side of a change."""


def show_changes(found: Sequence[Change]) -> None:
    """Show every change under its part of the record."""
    if not found:
        st.markdown("Nothing in the record reads differently.")
        return
    for part, mine in groupby(found, key=lambda change: change.part):
        st.markdown(f"**{part}**")
        st.markdown("\n".join(f"- {plain(one.where)}: {words(one)}" for one in mine))


def words(change: Change) -> str:
    """Return a change as one line of Markdown; long runs that did not change are cut in their middle."""
    runs = []
    last = len(change.words) - 1
    for place, (sign, text) in enumerate(change.words):
        if sign == "-":
            runs.append(f"\\[removed: ~~{plain(text)}~~\\]")
        elif sign == "+":
            runs.append(f"\\[added: **{plain(text)}**\\]")
        else:
            runs.append(plain(_shorter(text, first=place == 0, last=place == last)))
    return " ".join(runs)


def _shorter(text: str, *, first: bool, last: bool) -> str:
    said = text.split()
    if len(said) <= 2 * _KEPT:
        return text
    before = [] if first else said[:_KEPT]
    after = [] if last else said[-_KEPT:]
    return " ".join([*before, "…", *after])
