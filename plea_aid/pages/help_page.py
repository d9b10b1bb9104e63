"""Help: the walk in a few lines, the keys, what is saved and when; and the accessibility statement."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from plea_aid.casework.permissions import Action, can
from plea_aid.pages import tour
from plea_aid.pages.frame import KEYS, page_link, signed_in
from plea_aid.pages.session import database
from plea_aid.pages.walk import STEPS

_KEYBOARD: tuple[tuple[str, str], ...] = (
    (KEYS["next"], "On a step of a case: the next step"),
    (KEYS["back"], "On a step of a case: the step before"),
    (KEYS["find"], "On every page: find what stands in the field at the side; if it is empty, open the page Find"),
    ("Tab, Shift+Tab", "The next field or button, the one before; the field that is left is stored"),
    ("Enter", "In a field: store it. On a button or link: press it"),
    ("Space", "Tick a box, press a button, open a fold"),
    ("Arrow keys", "Choose among answers, tabs and the entries of a list"),
    ("Esc", "Close a list or a window"),
)


def draw() -> None:
    """Draw the page."""
    db, actor = database(), signed_in()
    st.title("Help", anchor=False)
    st.markdown(
        "Three kinds of help stand where you work: the **?** beside a field, **Words used on this page** at the end of "
        "a page, and on a first case the **guide**, step by step."
    )
    if can(actor, Action.CASE_READ):
        st.header("From charge to note", anchor=False)
        st.markdown("\n".join(f"{number}. **{step.title}**: {step.does}" for number, step in enumerate(STEPS, 1)))
        with st.container(horizontal=True):
            page_link("cases", "Your cases")
            page_link("quick", "Quick check: one charge, nothing stored")
        tour.offer(db, actor)
    st.header("Keys", anchor=False)
    st.table([{"Key": key, "What it does": does} for key, does in _KEYBOARD], hide_index=True)
    st.caption("On a Mac, Option takes the place of Alt.")
    st.header("What is saved, and when", anchor=False)
    st.markdown(
        "Every answer is stored as soon as you leave its field; there is no button to save. The line under a case's "
        "name says **Saved**, with the time, or **Not saved**, and why; what you typed then stays on the screen. What "
        "you remove or replace can be taken back where it stood. What was handed in never changes."
    )
    st.header("More", anchor=False)
    with st.container(gap="xxsmall"):
        page_link("law", "The law, with the glossary of every term")
        page_link("may", "What you may do, and why")
        page_link("accessibility", "Accessibility statement: what was and was not tested")
    st.markdown(
        "Something wrong, or in your way? Tell the person who keeps the program in your office which page it was and "
        "what you did. Put nothing of a case into the message."
    )


def draw_accessibility() -> None:
    """Draw the accessibility statement, as it stands among the documents."""
    page_link("help", "Help")
    title, *parts = _statement().split("\n## ")
    heading, _, opening = title.partition("\n")
    st.title(heading.removeprefix("# "), anchor=False)
    st.markdown(opening)
    for part in parts:
        name, _, text = part.partition("\n")
        st.header(name, anchor=False)
        st.markdown(text)


@cache
def _statement() -> str:
    package = Path(__file__).resolve().parents[1]
    inside = package / "accessibility.md"  # an installed wheel; a checkout has it among the documents
    return (inside if inside.is_file() else package.parent / "docs" / "accessibility.md").read_text(encoding="utf-8")
