"""Parts of a page that are drawn alone when only they were touched, so that a long page answers like a short one.

A part is a fragment of Streamlit's. What stands outside it is not drawn with it, so a part looks first whether anything
there would look different now: a refusal, a removal that can no longer be undone, what somebody else has changed. Then
the whole page is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.views import CaseView
from plea_aid.pages import pressing, saving
from plea_aid.pages.session import current_actor, database

Draw = Callable[[Actor, CaseView], None]
Rest = Callable[[CaseView], object]
"""All that a page shows of a case, and of what was typed, outside a part: to be compared."""


class Line:
    """A place outside every part that a part can write anew."""

    def __init__(self) -> None:
        self._place = st.empty()

    def write(self, write: Callable[[DeltaGenerator], object]) -> None:
        """Put what ``write`` writes in the place of what stood there."""
        # In a part's name Streamlit would keep what another part had written beside it.
        with ThreadState.scoped(fragment_id=None):
            write(self._place)


def show_part(actor: Actor, view: CaseView, draw: Draw, rest: Rest, lines: Draw) -> None:
    """Draw a part of a page of a case; ``lines`` writes the lines outside it again when it is drawn alone."""
    _part([(actor, view)], view.id, draw, partial(_changed, rest, rest(view)), lines)


@st.fragment
def _part(
    whole: list[tuple[Actor, CaseView]], case_id: str, draw: Draw, changed: Callable[[CaseView], bool], lines: Draw
) -> None:
    if whole:
        draw(*whole.pop())
        return
    actor, view = _afresh(case_id)
    if changed(view) or saving.says_otherwise(case_id):
        st.rerun()
    lines(actor, view)
    draw(actor, view)
    pressing.forget()


def _afresh(case_id: str) -> tuple[Actor, CaseView]:
    """Store what was typed; return who is signed in, and the case as it then stands."""
    try:
        actor = current_actor()
        saving.settle()
        view = saving.just_saved(case_id) or (cases.open_case(database(), actor, case_id) if actor else None)
    except CaseworkError:
        st.rerun()  # the whole page says it in one sentence
    if actor is None or view is None:
        st.rerun()
    saving.remember(view)
    return actor, view


def _changed(rest: Rest, shown: object, view: CaseView) -> bool:
    return rest(view) != shown
