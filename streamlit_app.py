"""Navigation only: which pages this person may open."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from plea_aid.casework.actors import Actor
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.permissions import Action, can
from plea_aid.pages import (
    access,
    audit,
    case_list,
    charges,
    compare,
    decision,
    docket,
    factors,
    find,
    frame,
    help_page,
    keeping,
    law_draft,
    law_impact,
    law_pages,
    ledger,
    may,
    note,
    office,
    options,
    people,
    pressing,
    quick,
    release,
    review,
    saving,
    session,
    sessions,
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

st.set_page_config(layout="wide")


def main() -> None:
    """Find out who is there and draw the page they asked for."""
    try:
        actor = session.current_actor()
    except CaseworkError as refusal:
        frame.show_refusal(refusal)
        return
    pages = _pages(actor)
    frame.keep_pages(pages)
    chosen = st.navigation(list(pages.values()), position="sidebar" if actor else "hidden", expanded=True)
    st.set_page_config(
        page_title=f"{chosen.title if actor else 'Sign in'} - Plea Aid",
        initial_sidebar_state="auto" if actor else "collapsed",
    )
    if actor is None:
        frame.guarded(sign_in.draw)()
        session.hand_over_ticket()
    else:
        with st.sidebar:
            session.hand_over_ticket()
        saving.settle()
        find.show_field(actor)
        frame.show_person(actor)
        chosen.run()
        pressing.forget()


def _pages(actor: Actor | None) -> dict[str, st.Page]:
    """Return the pages by id, the walk in its order.

    All are always known, so that an address survives signing in; who may not open a page does not see it. They are one
    list: Streamlit's sections put headings inside the list, where a screen reader expects only entries.
    """
    may_read = bool(actor and can(actor, Action.CASE_READ))
    in_case = may_read and frame.chosen_case() is not None
    walk = {
        step.id: _page(step.id, WALK[step.id], f"{number}. {step.title}", in_case)
        for number, step in enumerate(STEPS, 1)
    }
    return {
        "cases": _page("cases", case_list.draw, "Cases", may_read, default=True),
        "quick": _page("quick", quick.draw, "Quick check", bool(actor and can(actor, Action.QUICK_CHECK))),
        "find": _page("find", find.draw, "Find", False),
        "case": _page("case", case_list.open_chosen, "Case", False),
        **walk,
        "release": _page("release", release.draw, "Release a copy", in_case),
        "retention": _page("retention", keeping.draw, "Hold and retention", in_case),
        "docket": _page("docket", docket.draw, "Docket", bool(actor and can(actor, Action.DOCKET_SCREEN))),
        "review": _page("review", review.draw, "Review", bool(actor and can(actor, Action.CASE_APPROVE))),
        "releases": _page("releases", ledger.draw, "Releases", bool(actor and can(actor, Action.RELEASE_LIST))),
        "audit": _page("audit", audit.draw, "Audit trail", bool(actor and can(actor, Action.AUDIT_READ))),
        "office": _page("office", office.draw, "Office", bool(actor and can(actor, Action.OFFICE_READ))),
        "law": _page("law", law_pages.draw, "Law", actor is not None),
        # An entry has a page of its own, so that links to entries are not shown as links to where one is already.
        "law-entry": _page("law-entry", law_pages.draw, "Law", False),
        "law-impact": _page("law-impact", law_impact.draw, "Changes of the law", False),
        "law-draft": _page("law-draft", law_draft.draw, "Draft a statute", False),
        "accounts": _page("accounts", people.draw_accounts, "Accounts", bool(actor and can(actor, Action.USER_LIST))),
        "access": _page("access", access.draw, "Access", False),
        "sessions": _page("sessions", sessions.draw, "Sessions", False),
        "may": _page("may", may.draw, "What you may do", actor is not None),
        "help": _page("help", help_page.draw, "Help", actor is not None),
        "accessibility": _page("accessibility", help_page.draw_accessibility, "Accessibility", False),
        "you": _page("you", people.draw_own, "Your account", actor is not None),
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
