"""Navigation only: which pages this person may open."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from plea_aid.casework.actors import Actor
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.permissions import Action, can
from plea_aid.pages import (
    case_list,
    charges,
    compare,
    decision,
    factors,
    frame,
    law_pages,
    note,
    options,
    people,
    review,
    session,
    sign_in,
)
from plea_aid.pages.walk import STEPS

WALK: dict[str, Callable[[], None]] = {
    "charges": charges.draw,
    "options": options.draw,
    "compare": compare.draw,
    "factors": factors.draw,
    "decision": decision.draw,
    "note": note.draw,
}

st.set_page_config(page_title="Plea Aid", layout="wide")


def main() -> None:
    """Find out who is there and draw the page they asked for."""
    try:
        actor = session.current_actor()
    except CaseworkError as refusal:
        frame.show_refusal(refusal)
        return
    sections = _pages(actor)
    frame.keep_pages({page_id: page for pages in sections.values() for page_id, page in pages.items()})
    chosen = st.navigation(
        {name: list(pages.values()) for name, pages in sections.items()}, position="sidebar" if actor else "hidden"
    )
    if actor is None:
        frame.guarded(sign_in.draw)()
    else:
        frame.show_person(actor)
        chosen.run()
    session.hand_over_ticket()


def _pages(actor: Actor | None) -> dict[str, dict[str, st.Page]]:
    """Return the pages by section. All are always known, so that an address survives signing in; who may not open a
    page does not see it."""
    walking = bool(actor and can(actor, Action.CASE_READ))
    case = walking and frame.chosen_case() is not None
    return {
        "": {
            "cases": _page("cases", case_list.draw, "Cases", walking, default=True),
            "case": _page("case", case_list.open_chosen, "Case", False),
        },
        "This case": {step.id: _page(step.id, WALK[step.id], step.title, case) for step in STEPS},
        "Office": {
            "review": _page("review", review.draw, "Review", bool(actor and can(actor, Action.CASE_APPROVE))),
            "law": _page("law", law_pages.draw, "Law", actor is not None),
            "accounts": _page(
                "accounts", people.draw_accounts, "Accounts", bool(actor and can(actor, Action.USER_LIST))
            ),
            "you": _page("you", people.draw_own, "Your account", actor is not None),
        },
    }


def _page(page_id: str, draw: Callable[[], None], title: str, visible: bool, *, default: bool = False) -> st.Page:
    return st.Page(
        frame.guarded(draw),
        title=title,
        url_path="" if default else page_id,
        default=default,
        visibility="visible" if visible else "hidden",
    )


main()
