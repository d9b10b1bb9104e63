"""What stands around every page: the case header, the next step, and a sentence instead of an error."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Literal, NoReturn

import streamlit as st

from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError, NotFound, SessionEnded, Unavailable
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.views import CaseView
from plea_aid.law.catalogue import Law
from plea_aid.law.load import LawError, load_law
from plea_aid.law.policy import FACTOR_SECTION, factor_in_force, policy_sentence
from plea_aid.pages import parts, pressing, saving, tour
from plea_aid.pages.ground import is_dark
from plea_aid.pages.session import actor_of_this_run, database, sign_out
from plea_aid.pages.walk import BESIDE, STEP_IDS, STEPS, has_what_it_needs, next_step, step_before
from plea_aid.pages.wording import STAGES, counted, last_moment, plain, short_day

_PAGES, _CASE = "frame/pages", "frame/case"
ADDING = ("charges/list", "charges/add")
"""Fields of the charges page; while one holds something, adding it comes before the next step."""
KEYS = {"next": "Alt+N", "back": "Alt+P", "find": "Alt+K"}
"""Keys that press a button from anywhere on its page; none of them means anything to a browser."""
WIDTH = 960
"""Pixels: a line of text stays readable on a wide screen."""


@dataclass(frozen=True)
class Screen:
    """A page of one case: who looks at it, the case as it stands, the law in use."""

    db: Database
    actor: Actor
    view: CaseView
    law: Law
    saved: parts.Line | None = None
    """Where the header says that all is saved."""

    def locked(self, action: Action = Action.CASE_CHANGE) -> str | None:
        """Return why this person cannot do ``action`` on the case now; None when they can."""
        if not self.view.editable:
            return (
                f"The analysis is {STAGES[self.view.stage].lower()}, so nothing in it changes. It can be returned or "
                "reopened; later work becomes a new version."
            )
        verdict = can(self.actor, action, self.view)
        return None if verdict else verdict.because


def keep_pages(pages: dict[str, Any]) -> None:
    """Remember the pages by id, so that any page can lead to another."""
    st.session_state[_PAGES] = pages


def go(step: str, case_id: str | None = None, **query: str) -> NoReturn:
    """Open a page, with the case in its address so that the address can be kept and reloaded."""
    params = {**({"case": case_id} if case_id else {}), **query}
    pressing.forget()
    st.switch_page(st.session_state[_PAGES][step], query_params=params)


def page_link(step: str, label: str, case_id: str | None = None, **query: str) -> None:
    """Show a link to a page."""
    params = {**({"case": case_id} if case_id else {}), **query}
    st.page_link(st.session_state[_PAGES][step], label=label, query_params=params)


def signed_in() -> Actor:
    """Return who is signed in; a page is only ever drawn for someone who is."""
    actor = actor_of_this_run()
    if actor is None:
        st.rerun()
    return actor


def guarded(draw: Callable[[], None]) -> Callable[[], None]:
    """Show a refusal of the services as the one sentence it is."""

    @wraps(draw)
    def page() -> None:
        with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
            in_a_sentence(draw)

    return page


def in_a_sentence(draw: Callable[[], None]) -> None:
    """Draw something, or show the refusal of a service in its place."""
    try:
        draw()
    except SessionEnded:
        st.rerun()  # which finds nobody signed in, and says why
    except (CaseworkError, LawError) as refusal:
        show_refusal(refusal)


def show_refusal(refusal: Exception) -> None:
    """Show a refusal as one sentence."""
    if isinstance(refusal, LawError):
        more = len(refusal.problems) - 1
        st.error(
            f"The law data cannot be used, so nothing is analysed: {refusal.problems[0]}"
            + (f" (and {more} more)." if more else ".")
            + " The command plea-aid law check lists every fault."
        )
        return
    st.error(str(refusal))
    if isinstance(refusal, Unavailable):
        saving.show_unsaved()
    action = getattr(refusal, "action", "")
    if action and st.session_state.get(_PAGES):
        page_link("may", "Why? See what you may do", chosen_case(), action=action)


def show_person(actor: Actor) -> None:
    """Show at the side who is signed in, and the way out."""
    with st.sidebar:
        st.caption(f"Signed in as {plain(actor.display_name)}, {actor.role}")
        if st.button("Sign out", key="frame/sign-out"):
            sign_out()
            st.rerun()


def chosen_case() -> str | None:
    """Return the id of the case in the address, or the one last opened in this session."""
    named: str | None = st.query_params.get("case") or st.session_state.get(_CASE)
    return named


def case_page(step: str) -> Screen | None:
    """Draw the case header and the page's title; return the case, or None when none is chosen or it is not there."""
    db, actor = database(), signed_in()
    case_id = chosen_case()
    title = next(s for s in (*STEPS, *BESIDE) if s.id == step)
    if case_id is None:
        st.title(title.title)
        st.markdown("No case is open. Choose one from your cases, or start a new one.")
        if st.button("Open the list of cases", type="primary"):
            go("cases")
        return None
    try:
        view = saving.just_saved(case_id) or cases.open_case(db, actor, case_id)
    except NotFound:
        st.session_state.pop(_CASE, None)
        st.title(title.title)
        st.error("There is no such case. It may have been removed, or the address was cut short.")
        if st.button("Open the list of cases", type="primary"):
            go("cases")
        return None
    st.session_state[_CASE] = view.id
    if st.query_params.get("case") != view.id:
        st.query_params["case"] = view.id
    saving.remember(view)
    screen = Screen(db, actor, view, load_law())
    screen = replace(screen, saved=_header(screen, step))
    st.title(title.title, anchor=False)
    st.markdown(title.does)
    saving.show_notices(view.id)
    tour.show(step, db, actor)
    return screen


def show_part(
    screen: Screen,
    draw: Callable[[Screen], None],
    rest: parts.Rest,
    lines: Callable[[Screen], None] = lambda _: None,
) -> None:
    """Draw a part of a case's page, which is drawn alone while nothing changes but itself and the lines outside it.

    ``rest`` returns all that the page shows of the case besides, to be compared; ``lines`` writes the lines again.
    """

    def now(actor: Actor, view: CaseView) -> Screen:
        return replace(screen, actor=actor, view=view)

    def write(actor: Actor, view: CaseView) -> None:
        _write_saved(screen.saved, view)
        lines(now(actor, view))

    parts.show_part(
        screen.actor,
        screen.view,
        lambda actor, view: in_a_sentence(lambda: draw(now(actor, view))),
        rest,
        write,
    )


def timeless(view: CaseView) -> CaseView:
    """Return a case without what every change in it changes, to be compared: its version, and when."""
    return replace(view, version=0, updated_at=view.created_at, authors=frozenset())


def _write_saved(line: parts.Line | None, view: CaseView) -> None:
    said = saved_line(saving.why_not_saved(view.id), view.updated_at, st.context.timezone)
    if line:
        line.write(lambda place: place.html(said))


def _header(screen: Screen, step: str) -> parts.Line:
    """Draw what stands above every page of a case; return where it says that all is saved."""
    view, law = screen.view, screen.law
    with st.container(border=True, gap="xsmall", key="case-header"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
                _where(view, step)
                st.badge(STAGES[view.stage], color="gray")
                if view.example:
                    st.badge("Fictional example", color="gray")
                if view.closed_to:
                    st.badge(f"Closed to {counted(len(view.closed_to), 'colleague', 'colleagues')}", color="gray")
                page_link("access", "Access", view.id)
            if step in STEP_IDS:
                _step_buttons(view, step)
        saved = parts.Line()
        _write_saved(saved, view)
        st.caption("  \n".join(header_lines(view, law)))
    return saved


def _where(view: CaseView, step: str) -> None:
    """Show the way to this page: the list, the case, the step."""
    page_link("cases", "Cases")
    st.markdown("›", width="content")
    page_link("case", plain(view.cause_number or "No cause number yet"), view.id)
    st.markdown("›", width="content")
    title = next(s.title for s in (*STEPS, *BESIDE) if s.id == step)
    number = f"{STEP_IDS.index(step) + 1}. " if step in STEP_IDS else ""
    st.markdown(f"**{plain(number + title)}**", width="content")


def saved_line(why_not: str | None, at: datetime, zone: str | None) -> str:
    """Return the state of saving as one line that a screen reader reads out, politely, when it changes."""
    said = f"✕ Not saved: {why_not}" if why_not else f"✓ Saved {last_moment(at, zone)}"
    return f'<div role="status">{html.escape(said)}</div>'


def header_lines(view: CaseView, law: Law) -> list[str]:
    """Return what the header says under the cause number: who and when, the law, the policy."""
    hearing = f"Hearing {short_day(view.hearing_date)}" if view.hearing_date else "No hearing date"
    plea = view.document.get("plea_date")
    day = date.fromisoformat(plea) if plea else date.today()
    lines = [
        f"{plain(view.owner_name)} · {hearing}",
        f"Law {plain(law.version)}, as of {short_day(day)} · {policy_words(law, date.today())}",
    ]
    if not view.editable and view.versions and view.versions[-1].law_version != law.version:
        lines.append(f"Submitted under law {plain(view.versions[-1].law_version)}, which has changed since")
    return lines


def adding() -> bool:
    """Say whether something stands in a field from which a count is added."""
    return any(st.session_state.get(key) for key in ADDING)


def policy_words(law: Law, day: date) -> str:
    """Return the state of the factor's policy section in a few words."""
    status = law.policy.section_status(FACTOR_SECTION, day) if law.policy else None
    if status is None:
        return "No policy on file makes this a factor"
    since = f" since {short_day(status.from_)}" if status.from_ else ""
    return f"Policy Section {FACTOR_SECTION} {status.state.replace('-', ' ')}{since}"


def policy_notice(law: Law) -> str | None:
    """Return a sentence to show when the policy section does not bind today; None when it does.

    The law is that of the plea; the duty to consider is that of the day on which the work is done.
    """
    today = date.today()
    return None if factor_in_force(law, today) else policy_sentence(law, today)


def _step_buttons(view: CaseView, step: str) -> None:
    before, after = step_before(step), next_step(step)
    with st.container(horizontal=True, width="content", gap="small"):
        if before and st.button(f"Back: {before.title}", key="header/back", type="tertiary", shortcut=KEYS["back"]):
            go(before.id, view.id)
        forward = has_what_it_needs(view, step) and not (step == "charges" and adding())
        # The keys are written in white at 60 %, which no fill that stands out from a dark ground carries.
        weight: Literal["primary", "secondary"] = "primary" if forward and not is_dark() else "secondary"
        if after and st.button(f"Next: {after.title}", key="header/next", type=weight, shortcut=KEYS["next"]):
            go(after.id, view.id)
