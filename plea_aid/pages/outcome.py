"""What happened to an analysis after it was handed in: offered, accepted, entered by the court, or reopened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st

from plea_aid.casework import submission
from plea_aid.notes.record_words import AGREEMENTS, ENDED
from plea_aid.pages import saving
from plea_aid.pages.dates import read_day
from plea_aid.pages.frame import Screen
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.wording import STAGES, sentence

_OUTCOMES = {
    "offer": ("offered", "Record that the offer was made"),
    "accept": ("accepted", "Record that it was accepted"),
    "reject": ("rejected", "Record that it was rejected"),
    "withdraw": ("withdrawn", "Record that it was withdrawn"),
    "enter": ("entered", "Record what the court entered"),
}


def show_outcome(screen: Screen) -> None:
    """Show what can be recorded of an analysis that was handed in: its offer, its outcome, that it is reopened."""
    st.header("What happened next", anchor=False)
    view = screen.view
    st.markdown(f"The analysis is **{STAGES[view.stage].lower()}**.")
    moves = submission.moves_open(view, screen.actor)
    for move in moves:
        if move in _OUTCOMES:
            result, label = _OUTCOMES[move]
            with st.expander(label), st.form(f"outcome/{result}", border=False):
                _outcome(screen, result, label)
            settle_text(f"outcome/{result}/note", "Note on the outcome", view.id)
            if result == "entered":
                settle_text("outcome/court", "What the court did", view.id)
    if "reopen" in moves:
        with st.expander("Reopen it for changes"), st.form("reopen", border=False):
            reasons = st.text_area("Why it is reopened", key="reopen/reasons")
            if st.form_submit_button("Reopen"):
                _move(partial(submission.reopen, screen.db, screen.actor, view.id, view.version, reasons))
        settle_text("reopen/reasons", "Why it is reopened", view.id)
    if not moves:
        st.markdown("There is nothing for you to record at this stage.")


def _outcome(screen: Screen, result: str, label: str) -> None:
    on = st.text_input("Date", key=f"outcome/{result}/on", placeholder="month/day/year")
    details: dict[str, str | date | None] = {}
    if result == "entered":
        details["ended"] = st.selectbox(
            "How it ended",
            list(ENDED),
            format_func=lambda ended: sentence(ENDED[ended]),
            key="outcome/ended",
            index=None,
        )
        details["agreement_type"] = st.selectbox(
            "Type of agreement",
            list(AGREEMENTS),
            format_func=AGREEMENTS.__getitem__,
            key="outcome/agreement",
            index=None,
        )
        details["court_action"] = st.text_input(
            "What the court did",
            key="outcome/court",
            max_chars=200,
            placeholder="For example: agreement accepted, sentence as agreed",
        )
    note = st.text_area("Note", key=f"outcome/{result}/note", height=80)
    if not st.form_submit_button(label):
        return
    try:
        details["on"] = read_day(on)
    except ValueError as fault:
        st.error(str(fault))
        return
    view = screen.view
    outcome = {"result": result, "note": note, **{k: v for k, v in details.items() if v}}
    _move(lambda: submission.record_outcome(screen.db, screen.actor, view.id, view.version, outcome))


def _move(act: Callable[[], None]) -> None:
    saving.attempt(act, "Recorded.")
    st.rerun()
