"""What you may do, and why or why not: the table and the rules that decide, as they stand, and nothing beside them."""

from __future__ import annotations

import streamlit as st

from plea_aid.casework import cases
from plea_aid.casework.actors import ROLES, Actor
from plea_aid.casework.errors import NotFound
from plea_aid.casework.permissions import (
    CASE_ACTIONS,
    CASE_RULES,
    PHRASES,
    ROLE_MAY,
    Action,
    can,
    rule_name,
)
from plea_aid.casework.views import CaseView
from plea_aid.pages.frame import chosen_case, page_link, signed_in
from plea_aid.pages.people import ROLE_WORDS
from plea_aid.pages.session import database
from plea_aid.pages.wording import plain, sentence
from plea_aid.pages.words_used import show_words


def draw() -> None:
    """Draw the page."""
    actor = signed_in()
    st.title("What you may do", anchor=False)
    st.markdown(f"You are signed in as {plain(actor.display_name)}. {ROLE_WORDS[actor.role]}.")
    view = _case(actor)
    _asked(actor, view)
    if view is not None:
        st.header(f"On case {plain(view.cause_number or 'without a cause number')}", anchor=False)
        st.table([_row(actor, action, view) for action in CASE_ACTIONS], hide_index=True)
        page_link("case", "Open the case", view.id)
    st.header("By your role", anchor=False)
    st.table([_row(actor, action) for action in Action], hide_index=True)
    _rules()
    _roles()
    show_words("may", texts=PHRASES.values())


def _case(actor: Actor) -> CaseView | None:
    case_id = chosen_case()
    if not case_id or not can(actor, Action.CASE_READ):
        return None
    try:
        return cases.open_case(database(), actor, case_id)
    except NotFound:
        return None


def _asked(actor: Actor, view: CaseView | None) -> None:
    action = st.query_params.get("action")
    if action is None:
        return
    on_case = view if action in CASE_ACTIONS else None
    verdict = can(actor, action, on_case)
    if verdict:
        st.success(f"You may do that now. {verdict.because}")
    else:
        st.info(f"{plain(verdict.because)} The rule that refused: {rule_name(verdict.rule)}.")


def _row(actor: Actor, action: Action, view: CaseView | None = None) -> dict[str, str]:
    verdict = can(actor, action, view)
    row = {
        "To": PHRASES[action],
        "You may": "✓ yes" if verdict else "✕ no",
        "Because": verdict.because,
    }
    # Without a case the role alone decides, so a column that names the rule would say the same in every row.
    return row if view is None else {**row, "Rule": rule_name(verdict.rule or "role")}


def _rules() -> None:
    st.header("The rules", anchor=False)
    st.markdown(
        "What is not granted is refused. The role decides first; these rules then narrow what is done on one case, and "
        "the first that refuses is the answer. Every refusal is in the audit trail."
    )
    st.table(
        [{"Rule": rule.name, "It says": rule.because.format(do="do this")} for rule in CASE_RULES], hide_index=True
    )


def _roles() -> None:
    st.header("What each role may do", anchor=False)
    st.table(
        [
            {"To": PHRASES[action], **{sentence(role): "✓" if action in ROLE_MAY[role] else "no" for role in ROLES}}
            for action in Action
        ],
        hide_index=True,
    )
