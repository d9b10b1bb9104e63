"""Adding counts to a case: one by citation or words, or a whole charging list as it was pasted."""

from __future__ import annotations

from functools import partial
from typing import Literal

import streamlit as st

from plea_aid.law.search import find_offenses
from plea_aid.pages import documents, pressing, saving
from plea_aid.pages.frame import ADDING, Screen
from plea_aid.pages.paste import EXAMPLE, HELP, ReadList, ask_list, counted_charges
from plea_aid.pages.wording import counted, plain

_LIST, _WORDS = ADDING


def add_counts(screen: Screen) -> None:
    """Show the two ways to add counts."""
    with st.container(border=True):
        st.header("Add counts", anchor=False)
        if screen.view.document.get("count") and not st.session_state.get(_LIST):
            _search(screen)
            with st.expander("Paste a charging list"):
                _paste(screen)
        else:
            _paste(screen)
            _search(screen)


def leave_list(text: str) -> None:
    """Put what is left of a pasted list into the box of the charges page."""
    saving.later(_LIST, text)


def _paste(screen: Screen) -> None:
    text: str = st.text_area(
        "Charging list",
        key=_LIST,
        height=100,
        placeholder=EXAMPLE,
        help=HELP,
        persist_state="session",
    )
    read = ask_list(screen.law, text, "charges/read")
    if read is None or not (read.taken or read.left):
        return
    if read.left:
        st.caption("What has no answer yet stays in the box.")
    number = counted_charges(read.taken)
    if number:
        pressing.button(
            f"Add {counted(number, 'count')}", partial(_append_list, read), key="charges/list/add", type="primary"
        )


def _append_list(read: ReadList) -> None:
    many = counted(counted_charges(read.taken), "count")
    if saving.change_document(lambda d: documents.with_counts(d, read.taken), undo=f"{many} added"):
        leave_list(read.left_text)


def _search(screen: Screen) -> None:
    typed = st.text_input(
        "Citation or words",
        key=_WORDS,
        placeholder="45-5-206(1)(a), or: partner assault",
        help="Press Enter to see the offenses that fit.",
    )
    if not typed.strip():
        return
    found = find_offenses(screen.law, typed)
    if not found:
        st.markdown("No offense of the catalogue fits. Try the section alone, such as 45-6-301, or a word of its name.")
        return
    wider = len(found) > 1 and len(screen.law.find(typed)) > 1
    whole_section = f"Add {typed.strip()} as cited, no subsection named"
    if wider:
        pressing.button(whole_section, partial(_append, typed.strip()), key="charges/add/wider")
    for place, offense in enumerate(found):
        with st.container(horizontal=True, vertical_alignment="center"):
            first = not place and not wider and not st.session_state.get(_LIST)
            weight: Literal["primary", "secondary"] = "primary" if first else "secondary"
            add = partial(_append, offense.cite)
            pressing.button(f"Add {offense.cite}", add, key=f"charges/add/{offense.id}", type=weight)
            st.markdown(plain(offense.title), width="stretch")


def _append(offense: str) -> None:
    if saving.change_document(lambda d: documents.with_count(d, offense)):
        saving.later(_WORDS, "")
