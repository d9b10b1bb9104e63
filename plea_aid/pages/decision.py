"""The decision: which option and why, what is still missing and where, and handing it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import streamlit as st

from plea_aid.casework import record, submission
from plea_aid.casework.changes import changes
from plea_aid.casework.entries import Decision
from plea_aid.casework.errors import CaseworkError, Conflict, Fault, Invalid
from plea_aid.casework.frozen import content_of
from plea_aid.casework.permissions import Action
from plea_aid.casework.readiness import missing
from plea_aid.casework.rules import office_rules
from plea_aid.notes.equivalence import departures, weights
from plea_aid.notes.record_words import AGREEMENTS, ENDED, MOVES
from plea_aid.pages import saving
from plea_aid.pages.analysed import Analysed, analyse
from plea_aid.pages.case_tables import show_equivalence
from plea_aid.pages.changes import show_changes
from plea_aid.pages.checklist import checklist_of
from plea_aid.pages.dates import read_day
from plea_aid.pages.frame import Screen, case_page, go
from plea_aid.pages.gates import show_gate
from plea_aid.pages.history import show_history
from plea_aid.pages.law_signoff import signed_so_far
from plea_aid.pages.matrix import flag_line
from plea_aid.pages.record_tables import gate_entries, gate_list, show_gates
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.session import database
from plea_aid.pages.walk import DECISION_GATES, STEPS, step_of_fault
from plea_aid.pages.wording import STAGES, clock, counted, joined, plain, sentence

_OUTCOMES = {
    "offer": ("offered", "Record that the offer was made"),
    "accept": ("accepted", "Record that it was accepted"),
    "reject": ("rejected", "Record that it was rejected"),
    "withdraw": ("withdrawn", "Record that it was withdrawn"),
    "enter": ("entered", "Record what the court entered"),
}


def draw() -> None:
    """Draw the page."""
    screen = case_page("decision")
    if screen is None:
        return
    analysed = analyse(screen.view.document)
    if not screen.view.option_names:
        st.info("There is no plea option yet, so there is nothing to decide.")
        if st.button("Go to the plea options"):
            go("options", screen.view.id)
        return
    _came_back(screen)
    locked = screen.locked(Action.CASE_DECIDE)
    if locked:
        st.info(locked)
        _decided(screen, analysed)
    else:
        _choice(screen, analysed)
        _gates(screen, analysed)
    if screen.view.editable:
        _submit(screen, analysed)
    else:
        _what_next(screen)
    show_history(screen.view)


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
    if st.button("Sign this decision", type="primary" if not signed else "secondary"):
        _sign(key)
        st.rerun()
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


def _submit(screen: Screen, analysed: Analysed) -> None:
    st.header("Hand it in", anchor=False)
    _since_submitted(screen, analysed)
    faults = missing(screen.view)
    if faults:
        verb = "is" if len(faults) == 1 else "are"
        st.markdown(f"**{counted(len(faults), 'thing')} {verb} missing before it can be submitted.**")
        _missing(screen, analysed, faults)
    else:
        st.markdown("**Nothing is missing.** Submitting freezes the analysis as a version that never changes.")
        _who_reviews(screen, analysed)
    refusal = screen.locked(Action.CASE_SUBMIT)
    if refusal:
        st.info(refusal)
    if st.button("Submit for review", type="primary", disabled=bool(faults or refusal)) and _submitted(screen):
        saving.notify("Submitted. The analysis is frozen, and this is its note.", "success")
        go("note", screen.view.id)


def _since_submitted(screen: Screen, analysed: Analysed) -> None:
    """Show what reads differently from the version last submitted."""
    view = screen.view
    if not view.versions or not analysed.whole:
        return
    version = submission.open_version(screen.db, screen.actor, view.id, view.versions[-1].number)
    analysis = analysed.assessment(screen.law).as_json()
    now = content_of(view, office_rules(), analysis, (), signed_so_far(screen, analysis))
    with st.expander(f"What changed since version {version.number}"):
        show_changes(changes(version.content, now))


def _who_reviews(screen: Screen, analysed: Analysed) -> None:
    analysis = analysed.assessment(screen.law).as_json()
    because = office_rules().review_because(screen.view, analysis)
    if because:
        st.markdown("A supervising attorney reviews it, because:")
        st.markdown("\n".join(f"- {plain(str(one))}" for one in because))
    else:
        st.markdown("It meets no threshold of the office, so the offer may be made without a supervising attorney.")


def _submitted(screen: Screen) -> bool:
    try:
        submission.submit(screen.db, screen.actor, screen.view.id, screen.view.version)
    except Invalid as refusal:
        for fault in refusal.faults:
            st.error(str(fault))
    except CaseworkError as refusal:
        st.error(str(refusal))
    else:
        return True
    return False


def _missing(screen: Screen, analysed: Analysed, faults: tuple[Fault, ...]) -> None:
    labels = [g.name for g in checklist_of(screen.law, analysed.day).gates if g.id in DECISION_GATES]
    by_step: dict[str, list[Fault]] = {}
    for fault in faults:
        by_step.setdefault(step_of_fault(fault, labels), []).append(fault)
    for step in STEPS:
        found = by_step.get(step.id, [])
        if not found:
            continue
        st.markdown(f"On **{step.title}**" + (", above" if step.id == "decision" else "") + ":")
        st.markdown("\n".join(f"- {plain(line)}" for line in grouped(found)))
        if step.id != "decision" and st.button(f"Go to {step.title.lower()}", key=f"missing/{step.id}"):
            go(step.id, screen.view.id)


def grouped(faults: Sequence[Fault]) -> list[str]:
    """Return one sentence for each thing that is missing, naming every place where the same is missing."""
    places: dict[str, list[str]] = {}
    for fault in faults:
        places.setdefault(fault.what, []).append(fault.place)
    return [f"{joined(where)}: {what}" for what, where in places.items()]


def _what_next(screen: Screen) -> None:
    st.header("What happened next", anchor=False)
    view = screen.view
    st.markdown(f"The analysis is **{STAGES[view.stage].lower()}**.")
    moves = submission.moves_open(view, screen.actor)
    for move in moves:
        if move in _OUTCOMES:
            result, label = _OUTCOMES[move]
            with st.expander(label), st.form(f"outcome/{result}", border=False):
                _outcome(screen, result, label)
            settle_text(f"outcome/{result}/note", "Note on the outcome", view.id)
            if result == "entered":
                settle_text("outcome/court", "What the court did", view.id)
    if "reopen" in moves:
        with st.expander("Reopen it for changes"), st.form("reopen", border=False):
            reasons = st.text_area("Why it is reopened", key="reopen/reasons")
            if st.form_submit_button("Reopen"):
                _move(partial(submission.reopen, screen.db, screen.actor, view.id, view.version, reasons))
        settle_text("reopen/reasons", "Why it is reopened", view.id)
    if not moves:
        st.markdown("There is nothing for you to record at this stage.")


def _outcome(screen: Screen, result: str, label: str) -> None:
    on = st.text_input("Date", key=f"outcome/{result}/on", placeholder="month/day/year")
    details: dict[str, str | date | None] = {}
    if result == "entered":
        details["ended"] = st.selectbox(
            "How it ended",
            list(ENDED),
            format_func=lambda ended: sentence(ENDED[ended]),
            key="outcome/ended",
            index=None,
        )
        details["agreement_type"] = st.selectbox(
            "Type of agreement",
            list(AGREEMENTS),
            format_func=AGREEMENTS.__getitem__,
            key="outcome/agreement",
            index=None,
        )
        details["court_action"] = st.text_input(
            "What the court did",
            key="outcome/court",
            max_chars=200,
            placeholder="For example: agreement accepted, sentence as agreed",
        )
    note = st.text_area("Note", key=f"outcome/{result}/note", height=80)
    if not st.form_submit_button(label):
        return
    try:
        details["on"] = read_day(on)
    except ValueError as fault:
        st.error(str(fault))
        return
    view = screen.view
    outcome = {"result": result, "note": note, **{k: v for k, v in details.items() if v}}
    _move(lambda: submission.record_outcome(screen.db, screen.actor, view.id, view.version, outcome))


def _move(act: Callable[[], None]) -> None:
    saving.attempt(act, "Recorded.")
    st.rerun()
