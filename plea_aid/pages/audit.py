"""The audit trail to read: who did what to which case and when, what was refused, and whether the trail is anchored."""

from __future__ import annotations

from datetime import date, timedelta
from textwrap import wrap

import streamlit as st

from plea_aid.casework import cases, trail
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.event_words import DONE, in_words
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.trail import EventView, Wanted
from plea_aid.pages import saving
from plea_aid.pages.dates import read_day, typed_day
from plea_aid.pages.frame import page_link, signed_in
from plea_aid.pages.session import database
from plea_aid.pages.wording import clock, counted, plain
from plea_aid.pages.words_used import show_words

ROWS = 100
EVERYONE, EVERYTHING = "Everyone", "Everything"
NO_CASE = "0" * 32
"""The id of no case: nothing is found."""


def draw() -> None:
    """Draw the page."""
    db, actor = database(), signed_in()
    st.title("Audit trail", anchor=False)
    st.markdown(
        "Every reading, change, export, sign-in and refusal, the newest first. Nothing in it can be changed or "
        "deleted; that you read it is an event too."
    )
    saving.show_notices()
    state = trail.trail_state(db, actor)
    _state(state)
    st.header("Events", anchor=False)
    wanted, case_id = _wanted(db, actor, state)
    events = trail.list_events(db, actor, case_id=case_id, wanted=wanted, limit=ROWS + 1)
    _events(events[:ROWS], reasons=bool(can(actor, Action.CASE_LIST)))
    if len(events) > ROWS:
        st.caption(
            f"These are the last {ROWS}. Narrow the days or the person for others; plea-aid report writes all of them."
        )
    show_words("audit", texts=(in_words(one.action, one.outcome) for one in events))


def _state(state: trail.TrailState) -> None:
    zone = st.context.timezone
    anchored = (
        f"anchored up to event {state.anchored_to:,} on {clock(state.anchored_at, zone)}; "
        f"{counted(state.last - state.anchored_to, 'event')} since"
        if state.anchored_at
        else "never anchored: plea-aid anchor writes a signed file to be kept elsewhere"
    )
    verified = (
        f"last found whole on {clock(state.verified_at, zone)}, up to event {state.verified_to:,}"
        if state.verified_at
        else "never verified: plea-aid verify reads every event again"
    )
    st.table(
        [
            {"What": "Events", "State": f"{state.last:,}"},
            {"What": "Hash of the last event", "State": " ".join(wrap(state.head, 16))},
            {"What": "Anchor outside", "State": anchored},
            {"What": "Verification", "State": verified},
        ],
        hide_index=True,
    )


def _wanted(db: Database, actor: Actor, state: trail.TrailState) -> tuple[Wanted, str | None]:
    """Ask which events to show; return it with the case they are about, None for any."""
    today = date.today()
    people = {"": EVERYONE, **dict(state.people), "server": "The server"}
    actions = {"": EVERYTHING, **dict(sorted(DONE.items(), key=lambda one: one[1]))}
    cause = ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = st.text_input("From", typed_day(today - timedelta(days=30)), key="audit/since", width=140)
        last = st.text_input("Through", typed_day(today), key="audit/until", width=140)
        person = st.selectbox("Person", list(people), format_func=lambda one: people[one], key="audit/person")
        action = st.selectbox("What was done", list(actions), format_func=lambda one: actions[one], key="audit/action")
        if can(actor, Action.CASE_LIST):
            cause = st.text_input("Cause number", key="audit/cause").strip()
    denied = st.checkbox("Refusals only", key="audit/denied")
    since, until = _day(first), _day(last)
    case_id = None
    if cause:
        found = [one for one in cases.list_cases(db, actor, text=cause).rows if one.cause_number == cause]
        case_id = found[0].id if found else NO_CASE
    return Wanted(actor_id=person or "", action=action or "", denied=denied, since=since, until=until), case_id


def _day(typed: str) -> date | None:
    """Return a day typed, None for an empty field; for what is no day it is said so and no day is asked for."""
    try:
        return read_day(typed)
    except ValueError as fault:
        st.error(plain(str(fault)))
        return None


def _events(events: list[EventView], *, reasons: bool) -> None:
    if not events:
        st.markdown("No event fits.")
        return
    zone = st.context.timezone
    st.table(
        [
            {
                "No.": str(one.seq),
                "When": clock(one.at, zone),
                "Who": plain(f"{one.actor_name or 'Nobody signed in'}{f' ({one.role})' if one.role else ''}"),
                "What": plain(in_words(one.action, one.outcome)),
                "Case": plain(one.cause_number),
                "Details": plain(_said(one, reasons)),
                "Where": plain(one.terminal),
            }
            for one in events
        ],
        hide_index=True,
    )
    cases = {one.resource_id: one.cause_number for one in events if one.cause_number}
    for case_id, cause in list(cases.items())[:5]:
        page_link("case", f"Open {plain(cause)}", case_id)


def _said(event: EventView, reasons: bool) -> str:
    """Return what of an event's detail a person reads: why it was refused; with ``reasons`` what people wrote too."""
    names = ("because", "reason", "reasons", "profile", "recipient") if reasons else ("because",)
    parts = [str(event.detail[name]) for name in names if event.detail.get(name)]
    return "; ".join([*parts, event.resource_id] if event.resource_kind == "law" and event.resource_id else parts)
