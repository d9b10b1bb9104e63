"""The decision: which option and why, and the gates that belong to the choice."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from plea_aid.casework import record
from plea_aid.casework.entries import Decision
from plea_aid.casework.errors import CaseworkError, Conflict
from plea_aid.casework.permissions import Action
from plea_aid.casework.views import CaseView
from plea_aid.notes.equivalence import departures, weights
from plea_aid.notes.record_words import MOVES
from plea_aid.pages import pressing, saving
from plea_aid.pages.analysed import Analysed, analyse
from plea_aid.pages.case_tables import show_equivalence
from plea_aid.pages.checklist import checklist_of
from plea_aid.pages.frame import Screen, case_page, go, show_part, timeless
from plea_aid.pages.gates import show_gate
from plea_aid.pages.handing_in import hand_in
from plea_aid.pages.history import show_history
from plea_aid.pages.matrix import flag_line
from plea_aid.pages.outcome import show_outcome
from plea_aid.pages.record_tables import gate_entries, gate_list, show_gates
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.session import database
from plea_aid.pages.walk import DECISION_GATES
from plea_aid.pages.wording import clock, joined, plain
from plea_aid.pages.words_used import show_words


def draw() -> None:
    """Draw the page."""
    screen = case_page("decision")
    if screen is None:
        return
    if screen.view.option_names:
        show_part(screen, _decision, _besides)
        return
    st.info("There is no plea option yet, so there is nothing to decide.")
    if st.button("Go to the plea options", type="primary"):
        go("options", screen.view.id)


def _decision(screen: Screen) -> None:
    """Show the choice and its gates, what hands the case in, and what became of it."""
    analysed = analyse(screen.view.document)
    _came_back(screen)
    locked = screen.locked(Action.CASE_DECIDE)
    if locked:
        st.info(locked)
        _decided(screen, analysed)
    else:
        _choice(screen, analysed)
        _gates(screen, analysed)
    if screen.view.editable:
        hand_in(screen, analysed)
    else:
        show_outcome(screen)
    show_history(screen.view)
    show_words("decision")


def _besides(view: CaseView) -> CaseView:
    """Return the case as the page shows it outside the decision."""
    return replace(timeless(view), decision=None, gates={})


def _came_back(screen: Screen) -> None:
    """Say why the version last submitted came back, while it is worked on."""
    view = screen.view
    if view.editable and view.steps and view.steps[-1].move in ("return", "reopen"):
        back = view.steps[-1]
        st.warning(f"{MOVES[back.move]}, by {plain(back.by_name)}: {plain(back.reasons)}")


def _decided(screen: Screen, analysed: Analysed) -> None:
    """Show the decision and the gates to be read."""
    st.header("Choice and reasons", anchor=False)
    signed = screen.view.decision
    if signed:
        when = clock(signed.signed_at, st.context.timezone)
        st.markdown(f"**{plain(signed.chosen_option)}**, signed by {plain(signed.signed_by_name)}, {when}.")
        st.markdown(plain(signed.rationale))
        if signed.change_explanation:
            st.markdown(f"Why it changed: {plain(signed.change_explanation)}")
        _beside_baseline(screen, analysed, signed.chosen_option)
    else:
        st.markdown("No decision is signed yet.")
    st.header("Gates", anchor=False)
    show_gates(gate_list(checklist_of(screen.law, analysed.day)), gate_entries(screen.view))


def _choice(screen: Screen, analysed: Analysed) -> None:
    view = screen.view
    st.header("Choice and reasons", anchor=False)
    signed = view.decision
    if signed:
        st.markdown(
            f"Signed by **{plain(signed.signed_by_name)}**, {clock(signed.signed_at, st.context.timezone)}: "
            f"**{plain(signed.chosen_option)}**. Signing again replaces it; the earlier one stays on the record."
        )
    key = f"{view.id}/decision"
    saving.show(f"{key}/option", signed.chosen_option if signed else None)
    saving.show(f"{key}/rationale", signed.rationale if signed else "")
    saving.show(f"{key}/change", signed.change_explanation if signed else "")
    options = list(view.option_names)
    if st.session_state[f"{key}/option"] not in options:
        st.session_state[f"{key}/option"] = None

    def caption(name: str) -> str:
        found = analysed.option(name)
        return flag_line(found) if found else "Not accepted as entered; see the plea options."

    st.radio(
        "Option chosen",
        options,
        index=None,
        captions=[caption(name) for name in options],
        key=f"{key}/option",
        persist_state="session",
    )
    st.text_area(
        "Reasons",
        key=f"{key}/rationale",
        height=160,
        persist_state="session",
        help="Why this is a just resolution. Immigration consequences can be one reason, never the only one. "
        "Nothing that identifies a person.",
    )
    settle_text(f"{key}/rationale", "Reasons of the decision", view.id, stored=signed.rationale if signed else "")
    before = {one for one in (view.submitted_choice, signed.chosen_option if signed else None) if one}
    if before - {st.session_state[f"{key}/option"]}:
        st.text_area(
            "Why the decision changed",
            key=f"{key}/change",
            height=80,
            persist_state="session",
            help=f"Before: {joined([plain(name) for name in sorted(before)])}. A changed decision is explained.",
        )
        settle_text(f"{key}/change", "Why the decision changed", view.id)
    pressing.button("Sign this decision", partial(_sign, key), type="primary" if not signed else "secondary")
    typed = (st.session_state[f"{key}/option"], st.session_state[f"{key}/rationale"])
    if typed != ((signed.chosen_option, signed.rationale) if signed else (None, "")):
        st.caption("Not signed yet: the choice and reasons are stored when you sign.")


def _sign(key: str) -> None:
    view, state = saving.seen_case(), st.session_state
    chosen = state[f"{key}/option"]
    if chosen is None:
        saving.notify("Choose an option before you sign.", "error")
        return
    try:
        decision = Decision(
            chosen_option=chosen,
            rationale=state[f"{key}/rationale"] or " ",
            change_explanation=state.get(f"{key}/change") or "",
        )
        number = view.decision.number if view.decision else 0
        record.decide(database(), saving.actor(), view.id, number, decision)
    except Conflict as clash:
        theirs = clash.theirs.get("chosen_option", "")
        saving.notify(
            f"{clash} The stored decision is '{theirs}'. Yours is still in the fields: sign again.", "warning"
        )
    except CaseworkError as refusal:
        saving.notify(str(refusal), "error")
    else:
        saving.notify("The decision is signed.", "success")


def _gates(screen: Screen, analysed: Analysed) -> None:
    st.header("About the choice", anchor=False)
    _beside_baseline(screen, analysed, st.session_state.get(f"{screen.view.id}/decision/option"))
    gates = [g for g in checklist_of(screen.law, analysed.day).gates if g.id in DECISION_GATES]
    for number, gate in enumerate(gates, 1):
        show_gate(screen, gate, number)


def _beside_baseline(screen: Screen, analysed: Analysed, chosen: str | None) -> None:
    found = weights(screen.law, analysed.case, analysed.options) if analysed.case else ()
    mine = next((w for w in found if w.option == chosen), None)
    if mine and mine is not found[0]:
        with st.expander(f"{plain(mine.option)} beside the baseline, {plain(found[0].option)}", expanded=True):
            show_equivalence([found[0], mine])
            if not departures(found[0].vector, mine.vector):
                st.markdown("Nothing differs in these measures.")
    elif mine:
        st.caption("The option chosen is itself the baseline.")
