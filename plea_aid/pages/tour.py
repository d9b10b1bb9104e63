"""The guide on the first case: what each step is for and what comes next, until it is closed or a case is handed in."""

from __future__ import annotations

import streamlit as st

from plea_aid.casework import cases, guide
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action, can
from plea_aid.pages.walk import STEP_IDS, STEPS

_SHOWN = "tour/shown"
TELLS: dict[str, tuple[str, str]] = {
    "charges": (
        "Enter each count by its citation or in words, or paste the charging list. Answer what the record of "
        "conviction would show only where you know it; an open question stays open in the analysis.",
        "Next come the ways the case could end. What you enter is stored at once.",
    ),
    "options": (
        "Say how each count could end and with which sentence. The first option is the usual offer and the baseline; "
        "copy it and change one thing to see what that does. The suggestions find the smallest changes for you.",
        "Next you see the options side by side.",
    ),
    "compare": (
        "Read across: every option for every group of immigration situations, the same for everyone. Below stand the "
        "reasons with their authorities, and whether the options weigh the same.",
        "Next comes the office's checklist. Nothing has to be done here.",
    ),
    "factors": (
        "Answer the gates that must be on the record before an offer, then every factor: considered or not, how much "
        "it weighs, and why. Immigration consequences are one factor among them.",
        "Next you choose and sign.",
    ),
    "decision": (
        "Choose the option, write why it is a just resolution, and sign. The page lists what is still missing, with a "
        "link to each place. Then hand the analysis in; from there on it stays as it is.",
        "Next is the note for the file.",
    ),
    "note": (
        "Download the case note as a PDF: the options, the reasons, the factors and the decision, as they stood.",
        "That was the whole walk. A supervising attorney now reads what you handed in.",
    ),
}


def show(step: str, db: Database, actor: Actor) -> None:
    """Show the guide of a step to a person who has handed in no case yet, or who asked for it."""
    if step not in TELLS or not _wanted(db, actor):
        return
    purpose, after = TELLS[step]
    place = STEP_IDS.index(step)
    with st.container(border=True, gap="xsmall", key="tour"):
        st.markdown(f"**Guide, step {place + 1} of {len(STEPS)}: {STEPS[place].title}**")
        st.markdown(f"{purpose} {after}")
        if st.button("Close the guide", help="It stays closed. The page Help opens it again, and so does each step."):
            _keep(db, actor, shown=False)


def offer(db: Database, actor: Actor, key: str = "tour/offer") -> None:
    """Offer the guide where it is closed."""
    if not _wanted(db, actor) and st.button("Show the guide", key=key):
        _keep(db, actor, shown=True)


def _keep(db: Database, actor: Actor, *, shown: bool) -> None:
    guide.keep_guide(db, actor, shown=shown)
    st.session_state[_SHOWN] = shown
    st.rerun()


def _wanted(db: Database, actor: Actor) -> bool:
    if _SHOWN not in st.session_state:
        # Asked once a session, so that the trail holds one reading of the list for it.
        said = guide.guide_wanted(db, actor)
        st.session_state[_SHOWN] = _is_new(db, actor) if said is None else said
    return bool(st.session_state[_SHOWN])


def _is_new(db: Database, actor: Actor) -> bool:
    if not can(actor, Action.CASE_LIST):
        return False
    own = cases.list_cases(db, actor, owner_id=actor.user_id)
    return own.next is None and not any(row.submitted_by == actor.user_id for row in own.rows)
