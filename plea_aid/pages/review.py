"""For supervising attorneys: what waits for review, the case beside its baseline, approve or return with reasons."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from plea_aid.casework import cases, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.submission import VersionView
from plea_aid.casework.views import CaseView
from plea_aid.law.load import load_law
from plea_aid.notes.equivalence import weights
from plea_aid.pages import matrix, saving
from plea_aid.pages.analysed import analyse
from plea_aid.pages.case_tables import show_equivalence
from plea_aid.pages.frame import page_link, signed_in
from plea_aid.pages.history import show_history
from plea_aid.pages.reasons import LEGEND
from plea_aid.pages.record_tables import show_factors, show_gates
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.session import database
from plea_aid.pages.wording import clock, counted, plain, short_day


def draw() -> None:
    """Draw the page."""
    db, actor = database(), signed_in()
    st.title("Review", anchor=False)
    saving.show_notices()
    queue = cases.review_queue(db, actor)
    if not queue:
        st.markdown("Nothing waits for review. Submitted analyses appear here, the earliest hearing first.")
        return
    st.markdown(f"{counted(len(queue), 'analysis', 'analyses')} waiting, the earliest hearing first.")
    names = {
        row.id: f"{row.cause_number or 'No cause number'}: "
        + (f"hearing {short_day(row.hearing_date)}" if row.hearing_date else "no hearing date")
        + f", submitted by {row.owner_name}"
        for row in queue
    }
    chosen = st.radio("Analysis to review", list(names), format_func=lambda i: plain(names[i]), key="review/case")
    view = cases.open_case(db, actor, chosen)
    version = submission.open_version(db, actor, view.id, view.versions[-1].number)
    _analysis(view, version)
    _verdict(db, actor, view)
    show_history(view)


def _analysis(view: CaseView, version: VersionView) -> None:
    law, content = load_law(), version.content
    analysed = analyse(content["document"])
    decision = content["decision"]
    st.header(plain(view.cause_number or "No cause number"), anchor=False)
    st.markdown(
        f"Version {version.number}, submitted {clock(version.submitted_at, st.context.timezone)} by "
        f"{plain(version.submitted_by_name)}, under law {plain(version.law_version)}."
    )
    because = content["review"]["because"]
    if because:
        st.caption("Why it is reviewed: " + " ".join(plain(b) for b in because))
    st.subheader("Decision", anchor=False)
    st.markdown(f"**{plain(decision['chosen_option'])}**, signed by {plain(decision['signed_by_name'])}")
    st.markdown(plain(decision["rationale"]))
    if decision["change_explanation"]:
        st.markdown(f"Why it changed: {plain(decision['change_explanation'])}")
    st.subheader("Beside the baseline", anchor=False)
    found = weights(load_law(), analysed.case, analysed.options) if analysed.case else ()
    shown = [w for place, w in enumerate(found) if not place or w.option == decision["chosen_option"]]
    if shown:
        show_equivalence(shown)
    chosen = [o for o in analysed.options if o.name in {w.option for w in shown}]
    st.table(matrix.table(matrix.cells(chosen, law)), hide_index=True)
    st.caption(f"Signs: {LEGEND}")
    st.subheader("Factors", anchor=False)
    show_factors(content["checklist"]["factors"], content["factors"])
    st.subheader("Gates", anchor=False)
    show_gates(content["checklist"]["gates"], content["gates"])


def _verdict(db: Database, actor: Actor, view: CaseView) -> None:
    st.header("Your decision on it", anchor=False)
    allowed = can(actor, Action.CASE_APPROVE, view)
    if not allowed:
        st.info(allowed.because)
    else:
        with st.form("review/approve"):
            note = st.text_area("Note, if any", key=f"review/{view.id}/note", height=80)
            if st.form_submit_button("Approve", type="primary"):
                _do(lambda: submission.approve(db, actor, view.id, view.version, note), "Approved.")
        with st.form("review/return"):
            reasons = st.text_area("Why it goes back", key=f"review/{view.id}/reasons", height=80)
            if st.form_submit_button("Return with reasons"):
                _do(
                    lambda: submission.return_(db, actor, view.id, view.version, reasons), "Returned with your reasons."
                )
        settle_text(f"review/{view.id}/note", "Note of the approval", view.id)
        settle_text(f"review/{view.id}/reasons", "Why it goes back", view.id)
    page_link("note", "Open its case note", view.id)


def _do(act: Callable[[], None], done: str) -> None:
    saving.attempt(act, done)
    st.rerun()
