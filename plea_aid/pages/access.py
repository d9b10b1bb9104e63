"""Who may know of a case: closing it to a colleague with a conflict of interest, and opening it to them again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from plea_aid.casework import cases, walls
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.views import CaseView
from plea_aid.casework.walls import LONGEST_REASON, WallView
from plea_aid.pages import saving
from plea_aid.pages.frame import chosen_case, go, page_link, signed_in
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.session import database
from plea_aid.pages.wording import clock, plain
from plea_aid.pages.words_used import show_words


def draw() -> None:
    """Draw the page."""
    db, actor, case_id = database(), signed_in(), chosen_case()
    st.title("Access", anchor=False)
    if case_id is None:
        st.markdown("No case is open. Choose one from your cases.")
        if st.button("Open the list of cases", type="primary"):
            go("cases")
        return
    view = cases.open_case(db, actor, case_id)
    st.markdown(f"Who may know of **{plain(view.cause_number or 'a case without a cause number')}**.")
    with st.container(horizontal=True):
        page_link("case", "Back to the case", view.id)
        page_link("may", "What you may do on it, and why", view.id)
    saving.show_notices()
    listed = walls.list_walls(db, actor, view.id) if can(actor, Action.WALL_LIST, view) else None
    _state(view, listed)
    may_change = can(actor, Action.WALL_CHANGE, view)
    if listed is not None and may_change:
        _open_again(db, actor, view, [one for one in listed if one.stands])
        _close(db, actor, view)
    elif listed is None:
        st.info(can(actor, Action.WALL_LIST, view).because)
    if listed:
        _history(listed)
    show_words("access")


def _state(view: CaseView, listed: list[WallView] | None) -> None:
    if not view.closed_to:
        st.markdown("It is open to everyone whose role may open cases.")
    elif listed is None:
        st.markdown("It is closed to some colleagues, who do not see that it exists.")


def _open_again(db: Database, actor: Actor, view: CaseView, standing: list[WallView]) -> None:
    if standing:
        st.header("Closed to", anchor=False)
    for one in standing:
        with st.container(border=True), st.form(f"access/{one.id}", border=False):
            st.markdown(
                f"**{plain(one.name)}**, since {clock(one.raised_at, st.context.timezone)}, by "
                f"{plain(one.raised_by_name)}: {plain(one.reason)}"
            )
            reason = st.text_input(f"Why the case is opened again to {plain(one.name)}", max_chars=LONGEST_REASON)
            if st.form_submit_button(f"Open it again to {plain(one.name)}"):
                _do(lambda i=one.id, r=reason: walls.open_again(db, actor, view.id, i, r))  # type: ignore[misc]


def _close(db: Database, actor: Actor, view: CaseView) -> None:
    st.header("Close it to a colleague", anchor=False)
    st.markdown(
        "For a conflict of interest. The case is then in none of their lists, searches and figures, and its address "
        "leads them nowhere. You or a supervising attorney can open it to them again."
    )
    names = {one.id: one.name for one in walls.list_colleagues(db, actor, view.id)}
    if not names:
        st.markdown("There is nobody left to close it to.")
        return
    with st.form("access/close", width=640):
        who = st.selectbox("Colleague", list(names), format_func=lambda i: names[i], key="access/who", index=None)
        reason = st.text_area(
            "Reason",
            key="access/reason",
            max_chars=LONGEST_REASON,
            height=90,
            help="What the conflict is, without naming a victim or anything about anyone's origin or status.",
        )
        pressed = st.form_submit_button("Close it to them", type="primary")
    settle_text("access/reason", "Why the case is closed to a colleague", view.id)
    if pressed and who is None:
        st.error("Choose the colleague first.")
    elif pressed:
        _do(lambda: walls.close_to(db, actor, view.id, str(who), reason), forget=("access/who", "access/reason"))


def _do(act: Callable[[], None], forget: tuple[str, ...] = ()) -> None:
    try:
        act()
    except CaseworkError as refusal:
        st.error(str(refusal))
        return
    for key in forget:
        st.session_state.pop(key, None)
    saving.notify("Done. It holds from now on, in every open session.", "success")
    st.rerun()


def _history(listed: list[WallView]) -> None:
    over = [one for one in listed if not one.stands]
    if not over:
        return
    st.header("Earlier", anchor=False)
    zone = st.context.timezone
    st.table(
        [
            {
                "Closed to": plain(one.name),
                "From": f"{clock(one.raised_at, zone)}, {plain(one.raised_by_name)}",
                "Why": plain(one.reason),
                "Until": f"{clock(one.lifted_at, zone)}, {plain(one.lifted_by_name or '')}" if one.lifted_at else "",
                "Why it was opened": plain(one.lifted_reason),
            }
            for one in over
        ],
        hide_index=True,
    )
