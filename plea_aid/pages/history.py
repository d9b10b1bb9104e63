"""What happened to a case: its moves through review and its frozen versions."""

from __future__ import annotations

import streamlit as st

from plea_aid.casework.views import CaseView
from plea_aid.notes.from_record import outcome_words
from plea_aid.notes.record_words import MOVES
from plea_aid.pages.wording import clock, plain, sentence


def show_history(view: CaseView) -> None:
    """Show the moves and versions of a case that was ever submitted."""
    if not view.steps:
        return
    zone = st.context.timezone
    st.header("History", anchor=False)
    st.table(
        [
            {
                "When": clock(step.at, zone),
                "What": MOVES.get(step.move, sentence(step.move)),
                "Who": plain(step.by_name),
                "Version": str(step.version_number or ""),
                "Reasons": plain(" ".join(filter(None, (outcome_words(step.detail), step.reasons)))) or "–",
            }
            for step in view.steps
        ],
        hide_index=True,
    )
