"""Where someone is signed in, and ending it: one's own sessions, and everyone's for whoever keeps the accounts."""

from __future__ import annotations

from functools import partial

import streamlit as st

from plea_aid.casework import signin
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.signin import SessionView
from plea_aid.pages import pressing, saving
from plea_aid.pages.frame import signed_in
from plea_aid.pages.session import database
from plea_aid.pages.wording import clock, counted, plain
from plea_aid.pages.words_used import show_words
from plea_aid.settings import settings


def draw() -> None:
    """Draw the page."""
    db, actor = database(), signed_in()
    st.title("Sessions", anchor=False)
    saving.show_notices()
    st.markdown(
        f"A session ends by itself after {counted(settings().idle_minutes, 'minute')} without a click and after "
        f"{counted(settings().session_hours, 'hour')} in any case. End one at once if a machine is lost or left open."
    )
    _own(db, actor)
    if can(actor, Action.SESSION_LIST):
        _everyones(db, actor)
    show_words("sessions")


def _own(db: Database, actor: Actor) -> None:
    st.header("Your sessions", anchor=False)
    mine = signin.own_sessions(db, actor)
    st.table([_row(one, actor) for one in mine], hide_index=True)
    others = [one for one in mine if one.id != actor.session_id]
    with st.container(horizontal=True):
        for one in others:
            end = partial(saving.attempt, partial(signin.end_own_session, db, actor, one.id), "The session is ended.")
            pressing.button(f"End yours {_told(one)}", end, key=f"sessions/own/{one.id}")
    all_others = partial(
        saving.attempt, partial(signin.end_other_sessions, db, actor), "Your other sessions are ended."
    )
    if len(others) > 1:
        pressing.button("End all of yours but this one", all_others)


def _everyones(db: Database, actor: Actor) -> None:
    st.header("Everyone else's sessions", anchor=False)
    others = [one for one in signin.list_sessions(db, actor) if one.user_id != actor.user_id]
    if not others:
        st.markdown("Nobody else is signed in.")
        return
    st.table([{"Who": plain(one.display_name), **_row(one, actor)} for one in others], hide_index=True)
    with st.container(horizontal=True):
        for one in others:
            label = f"End {plain(one.display_name)}'s {_told(one)}"
            end = partial(saving.attempt, partial(signin.end_session, db, actor, one.id), "The session is ended.")
            pressing.button(label, end, key=f"sessions/end/{one.id}")


def _row(one: SessionView, actor: Actor) -> dict[str, str]:
    zone = st.context.timezone
    return {
        "Terminal": _place(one) + (" (this one)" if one.id == actor.session_id else ""),
        "Signed in": clock(one.created_at, zone),
        "Last seen": clock(one.last_seen_at, zone),
        "Ends at the latest": clock(one.expires_at, zone),
    }


def _told(one: SessionView) -> str:
    return f"at {_place(one)}, signed in {clock(one.created_at, st.context.timezone)}"


def _place(one: SessionView) -> str:
    return plain(one.terminal or "an unknown place")
