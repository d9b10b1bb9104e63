"""Find a case or an offense from any page: the field at the side, and the page that shows what it found.

What is looked for stands in no address: it can be a cause number.
"""

from __future__ import annotations

import streamlit as st

from plea_aid.analysis.charge import resolve_charge
from plea_aid.analysis.charging_list import read_list
from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.permissions import Action, can
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.law.records import Offense
from plea_aid.law.search import find_offenses
from plea_aid.pages.case_list import show_row
from plea_aid.pages.frame import KEYS, go, page_link, signed_in
from plea_aid.pages.session import database
from plea_aid.pages.wording import plain

_ASKED, _TEXT = "find/asked", "find/text"
_SHOWN = 12
LONGEST = 200
"""Letters."""


def show_field(actor: Actor) -> None:
    """Show the field at the side of every page; what is asked opens the page of what was found."""
    what = "Find a case or an offense" if can(actor, Action.CASE_LIST) else "Find an offense"
    # Side by side: a field this narrow leaves out the hint that Streamlit would lay over what is typed.
    beside = {"horizontal": True, "vertical_alignment": "bottom", "wrap": False}
    with st.sidebar, st.form("find", clear_on_submit=True, border=False), st.container(**beside):  # type: ignore[arg-type]
        asked = st.text_input(what, key=_ASKED, type="search", help="A cause number; a citation, words or PFMA.")
        pressed = st.form_submit_button("Find", shortcut=KEYS["find"])
    if pressed:
        if asked.strip():
            st.session_state[_TEXT] = asked.strip()[:LONGEST]
        go("find")


def draw() -> None:
    """Draw what was found."""
    actor, law = signed_in(), load_law()
    st.title("Find", anchor=False)
    sees_cases = bool(can(actor, Action.CASE_LIST))
    text: str = st.text_input(
        "Cause number, citation or words" if sees_cases else "Citation or words",
        key=_TEXT,
        max_chars=LONGEST,
        type="search",
        persist_state="session",
    )
    if not text.strip():
        st.markdown("A cause number or its last number finds a case; a citation, a name or a short form an offense.")
        return
    if sees_cases:
        _cases(actor, text)
    _offenses(law, text)


def _cases(actor: Actor, text: str) -> None:
    st.header("Cases", anchor=False)
    listing = cases.list_cases(database(), actor, text=text, limit=_SHOWN)
    for row in listing.rows:
        show_row(row)
    if not listing.rows:
        st.markdown("No case that you may open fits.")
    elif listing.next:
        st.caption("There are more; the list of cases shows them all.")


def _offenses(law: Law, text: str) -> None:
    st.header("Offenses", anchor=False)
    found = offenses_named(law, text)
    for offense in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            page_link("quick", plain(f"Quick check: {offense.cite}"), offense=offense.id)
            page_link("law-entry", plain(offense.title), offense=offense.id)
    if not found:
        st.markdown("No offense of the catalogue fits.")


def offenses_named(law: Law, text: str) -> tuple[Offense, ...]:
    """Return the offenses that a citation, words or a short form names, each once."""
    choices = [choice for piece in read_list(law, text) for choice in piece.choices]
    named = [offense for choice in choices for offense in resolve_charge(law, choice.offense).offenses]
    distinct = {offense.id: offense for offense in named or find_offenses(law, text, _SHOWN)}
    return tuple(distinct.values())[:_SHOWN]
