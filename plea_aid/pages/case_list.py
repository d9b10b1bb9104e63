"""The list of cases: find one, start one, load the fictional examples."""

from __future__ import annotations

import streamlit as st

from plea_aid.casework import cases, examples
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.views import CaseRow
from plea_aid.law.load import load_law
from plea_aid.pages import law_impact, saving
from plea_aid.pages.adding import leave_list
from plea_aid.pages.dates import read_day
from plea_aid.pages.documents import Document, with_counts
from plea_aid.pages.frame import go, in_a_sentence, page_link, signed_in
from plea_aid.pages.paste import EXAMPLE, HELP, first_reading
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.session import database
from plea_aid.pages.walk import STEP_IDS, landing_step
from plea_aid.pages.wording import STAGES, clock, plain, short_day
from plea_aid.pages.words_used import show_words

_ALL = "Every stage"
AT_ONCE = 25
"""Cases on one page of the list: a browser takes longer to draw a long one than the program to find it."""


def open_chosen() -> None:
    """Take up a case where it was left: at the first step that has not been done."""
    case_id = st.query_params.get("case")
    if not case_id:
        go("cases")
    view = cases.open_case(database(), signed_in(), case_id)
    go(landing_step(view), view.id)


def draw() -> None:
    """Draw the page."""
    db, actor = database(), signed_in()
    step, case_id = st.query_params.get("step"), st.query_params.get("case")
    if case_id:
        go(step if step in STEP_IDS else "case", case_id)
    if not can(actor, Action.CASE_LIST):
        go("accounts")
    st.title("Cases", anchor=False)
    saving.show_notices()
    law_impact.show_notice(db, actor)
    may_create = bool(can(actor, Action.CASE_CREATE))
    if may_create:
        _new_case(db, actor)
    st.header("Your office's cases", anchor=False)
    _list()
    show_words("cases")


@st.fragment
def _list() -> None:
    """Show the cases; looking through them draws nothing else anew."""
    in_a_sentence(_draw_list)


def _draw_list() -> None:
    db, actor = database(), signed_in()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Find a case",
            key="cases/text",
            placeholder="412, 45-6-301, restitution",
            help="A cause number, its beginning or its last number; a citation; or words that stand anywhere in the "
            "case: its options, reasons, gates and review.",
            type="search",
            on_change=_from_the_newest,
        )
        stage = st.selectbox(
            "Stage",
            [_ALL, *STAGES],
            format_func=lambda s: STAGES.get(s, s),
            key="cases/stage",
            on_change=_from_the_newest,
        )
        mine = st.checkbox("Only mine", key="cases/mine", on_change=_from_the_newest)
    listing = cases.list_cases(
        db,
        actor,
        text=text,
        stage=None if stage == _ALL else stage,
        owner_id=actor.user_id if mine else None,
        after=st.session_state.get("cases/after"),
        limit=AT_ONCE,
    )
    for row in listing.rows:
        show_row(row)
    if not listing.rows:
        _empty(bool(text.strip()) or stage != _ALL or mine, further=listing.next is not None)
    _pages(listing.next)
    if can(actor, Action.EXAMPLES_LOAD) and not any(row.example for row in listing.rows):
        _examples(db, actor)


def _new_case(db: Database, actor: Actor) -> None:
    st.header("New case", anchor=False)
    with st.form("new-case", clear_on_submit=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            cause = st.text_input("Cause number", key="new/cause", placeholder="CR-2026-0412", max_chars=60)
            offense_day = st.text_input("Date of the offense", key="new/offense", placeholder="month/day/year")
            hearing = st.text_input("Next hearing", key="new/hearing", placeholder="month/day/year")
        listed = st.text_area(
            "Charging list, if you have one", key="new/list", height=68, placeholder=EXAMPLE, help=HELP
        )
        pressed = st.form_submit_button("Start a case", type="primary")
    settle_text("new/cause", "Cause number")
    if not pressed:
        return
    try:
        on, heard = read_day(offense_day), read_day(hearing)
        read = first_reading(load_law(), listed)
    except ValueError as fault:
        st.error(plain(str(fault)))
        return
    document: Document = {"cause_number": cause.strip() or None, "offense_date": on.isoformat() if on else None}
    document = {k: v for k, v in document.items() if v}
    if read.taken:
        document = with_counts(document, read.taken)
    view = cases.create_case(db, actor, document, hearing_date=heard)
    for key in ("new/cause", "new/offense", "new/hearing", "new/list"):
        st.session_state.pop(key, None)
    leave_list(read.left_text)
    go("charges", view.id)


def show_row(row: CaseRow) -> None:
    """Show a case of a list, with the link that opens it."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
        page_link("case", f"**{plain(row.cause_number or 'No cause number yet')}**", row.id)
        hearing = f"Hearing {short_day(row.hearing_date)}" if row.hearing_date else "No hearing date"
        changed = f"changed {clock(row.updated_at, st.context.timezone)}"
        # One text in place of three: a browser draws a long list the slower, the more pieces it has.
        example = ":gray-badge[Fictional example] " if row.example else ""
        marks = f":gray-badge[{STAGES[row.stage]}] {example}"
        st.markdown(f"{marks}:small[{hearing} · {plain(row.owner_name)} · {changed}]", width="content")


def _empty(filtered: bool, *, further: bool) -> None:
    if further:
        st.markdown('No case fits among the newest ones that were looked at. "Older cases" looks further back.')
    elif filtered:
        st.markdown(
            "No case fits. Words are found whole, and all of them must stand in the case; a cause number is found by "
            "its beginning or by its last number."
        )
    else:
        st.markdown(
            "There is no case yet. Three ways to begin:\n"
            "1. Start one above: a cause number is enough, and a pasted charging list brings its counts along.\n"
            "2. Load the fictional examples below and walk through one: charges, plea options, comparison, factors, "
            "decision, note.\n"
            "3. Only a question about one charge? The quick check answers it and stores nothing."
        )
        page_link("quick", "Open the quick check")


def _from_the_newest() -> None:
    """Forget the place in a list that is no longer the one shown."""
    st.session_state["cases/after"] = None


def _pages(following: str | None) -> None:
    with st.container(horizontal=True):
        if st.session_state.get("cases/after") and st.button("Back to the newest"):
            st.session_state["cases/after"] = None
            st.rerun()
        if following and st.button("Older cases"):
            st.session_state["cases/after"] = following
            st.rerun()


def _examples(db: Database, actor: Actor) -> None:
    if st.button(
        "Load the example cases",
        help="Fictional cases: an assault, a second shoplifting, marijuana paraphernalia and a DUI. "
        "Loading them twice changes nothing.",
    ):
        loaded = examples.load_examples(db, actor)
        saving.notify(f"{len(loaded)} fictional example cases are in your list.", "success")
        st.rerun()
