"""The glossary on the screen: every term, each with an address of its own and the authorities it rests on."""

from __future__ import annotations

import streamlit as st

from plea_aid.law.catalogue import Law
from plea_aid.law.records import GlossaryEntry
from plea_aid.pages.frame import page_link
from plea_aid.pages.reasons import authority_line
from plea_aid.pages.wording import plain


def show_glossary(law: Law) -> None:
    """Show every term of the glossary, in alphabetical order, and where postures and dispositions are told."""
    st.header("Glossary", anchor=False)
    for entry in sorted(law.glossary.values(), key=lambda e: e.term.lower()):
        with st.container(gap="xxsmall"):
            page_link("law-entry", plain(entry.term), term=entry.id)
            _told(entry, law)
    st.subheader("Postures", anchor=False)
    st.markdown("\n".join(f"- **{plain(p.name)}**: {plain(p.who)}" for p in law.postures.values()))
    st.subheader("Ways a count can end", anchor=False)
    st.markdown("\n".join(f"- **{plain(d.name)}**: {plain(d.says)}" for d in law.dispositions.values()))


def draw_term(entry: GlossaryEntry, law: Law) -> None:
    """Draw the page of one term."""
    page_link("law", "All of the law")
    st.title(plain(entry.term), anchor=False)
    _told(entry, law)
    if not entry.states_law:
        st.caption("A word of this program or of the office; it states no law.")


def _told(entry: GlossaryEntry, law: Law) -> None:
    cited = "".join(f"\n- {authority_line(a, law)}" for a in entry.authorities)
    st.markdown(f"{plain(entry.says)}\n{cited}")
