"""For supervising attorneys: what waits for review and why, what changed, what others were offered, the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

import streamlit as st

from plea_aid.casework import cases, comparable, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.cases import QueueOrder
from plea_aid.casework.changes import changes
from plea_aid.casework.comparable import Comparable
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.submission import VersionView
from plea_aid.casework.views import CaseRow, CaseView
from plea_aid.law.load import load_law
from plea_aid.notes.equivalence import families, weights
from plea_aid.notes.record_words import ENDED
from plea_aid.pages import matrix, saving
from plea_aid.pages.analysed import analyse
from plea_aid.pages.case_tables import show_equivalence
from plea_aid.pages.changes import show_changes
from plea_aid.pages.frame import page_link, signed_in
from plea_aid.pages.history import show_history
from plea_aid.pages.reasons import LEGEND
from plea_aid.pages.record_tables import show_factors, show_gates
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.session import database
from plea_aid.pages.wording import STAGES, clock, counted, days, dollars, joined, plain, short_day
from plea_aid.pages.words_used import show_words

_ORDERS: dict[QueueOrder, str] = {"hearing": "Earliest hearing first", "age": "Longest waiting first"}


def draw() -> None:
    """Draw the page."""
    db, actor = database(), signed_in()
    st.title("Review", anchor=False)
    saving.show_notices()
    order = cast(QueueOrder, st.session_state.get("review/order") or "hearing")
    queue = cases.review_queue(db, actor, order=order)
    if not queue:
        st.markdown("Nothing waits for review. Submitted analyses appear here, the earliest hearing first.")
        return
    chosen = _queue(queue)
    view = cases.open_case(db, actor, chosen)
    version = submission.open_version(db, actor, view.id, view.versions[-1].number)
    _heading(view, version)
    _decision(version)
    _since_last(db, actor, view, version)
    _beside_baseline(view, version)
    _comparable(db, actor, view)
    _record(version)
    _verdict(db, actor, view)
    show_history(view)
    show_words("review", texts=version.content["review"]["because"])


def waiting(row: CaseRow, today: date, now: datetime) -> dict[str, str]:
    """Return a case of the queue as a row: how soon its hearing is, how long it has waited."""
    hearing = "No date"
    if row.hearing_date:
        ahead = (row.hearing_date - today).days
        when = "today" if ahead == 0 else f"in {days(ahead)}" if ahead > 0 else f"{days(-ahead)} ago"
        hearing = f"{short_day(row.hearing_date)}, {when}"
    age = (now - row.submitted_at).days if row.submitted_at else 0
    return {
        "Cause number": plain(row.cause_number or "None yet"),
        "Hearing": hearing,
        "Waiting": days(age) if age else "Less than a day",
        "Submitted by": plain(row.owner_name),
    }


def _queue(queue: Sequence[CaseRow]) -> str:
    st.markdown(f"**{counted(len(queue), 'analysis', 'analyses')} waiting for a supervising attorney.**")
    st.radio("Order", list(_ORDERS), format_func=_ORDERS.__getitem__, key="review/order", horizontal=True)
    today, now = date.today(), datetime.now(UTC)
    st.table([waiting(row, today, now) for row in queue], hide_index=True)
    names = {row.id: row.cause_number or f"No cause number, of {row.owner_name}" for row in queue}
    chosen: str = st.selectbox("Analysis to review", list(names), format_func=names.__getitem__, key="review/case")
    return chosen


def _heading(view: CaseView, version: VersionView) -> None:
    st.header(plain(view.cause_number or "No cause number"), anchor=False)
    st.markdown(
        f"Version {version.number}, submitted {clock(version.submitted_at, st.context.timezone)} by "
        f"{plain(version.submitted_by_name)}, under law {plain(version.law_version)}."
    )
    because = version.content["review"]["because"]
    if because:
        st.markdown("**Why it is reviewed**")
        st.markdown("\n".join(f"- {plain(one)}" for one in because))


def _decision(version: VersionView) -> None:
    decision = version.content["decision"]
    st.subheader("Decision", anchor=False)
    st.markdown(f"**{plain(decision['chosen_option'])}**, signed by {plain(decision['signed_by_name'])}")
    st.markdown(plain(decision["rationale"]))
    if decision["change_explanation"]:
        st.markdown(f"Why it changed: {plain(decision['change_explanation'])}")


def _since_last(db: Database, actor: Actor, view: CaseView, version: VersionView) -> None:
    if version.number == 1:
        return
    before = submission.open_version(db, actor, view.id, version.number - 1)
    st.subheader(f"What changed since version {before.number}", anchor=False)
    show_changes(changes(before.content, version.content))
    if before.law_version != version.law_version:
        st.caption(f"The law changed too: {plain(before.law_version)} before, {plain(version.law_version)} now.")


def _beside_baseline(view: CaseView, version: VersionView) -> None:
    law, content = load_law(), version.content
    analysed = analyse(content["document"])
    st.subheader("Beside the baseline", anchor=False)
    found = weights(law, analysed.case, analysed.options) if analysed.case else ()
    chosen = content["decision"]["chosen_option"]
    shown = [w for place, w in enumerate(found) if not place or w.option == chosen]
    if shown:
        show_equivalence(shown)
    options = [o for o in analysed.options if o.name in {w.option for w in shown}]
    st.table(matrix.table(matrix.cells(options, law)), hide_index=True)
    st.caption(f"Signs: {LEGEND}")
    page_link("compare", "Every finding, and why", view.id)


def _comparable(db: Database, actor: Actor, view: CaseView) -> None:
    st.subheader("Comparable decided cases", anchor=False)
    found = comparable.comparable_cases(db, actor, view.id)
    if not found:
        st.markdown("The office has decided no other case of this offense family that you may open.")
        return
    st.markdown("Decided cases of this office with a charge of the same family, the latest first. Nobody is named.")
    st.table([comparable_row(one) for one in found], hide_index=True)
    with st.container(horizontal=True):
        for one in found[:5]:
            page_link("note", f"Open {plain(one.cause_number or 'a case without a number')}", one.case_id)


def comparable_row(one: Comparable) -> dict[str, str]:
    """Return a comparable case as a row of words."""
    flags = f"{counted(one.flags_kept, 'flag')}; the baseline has {one.flags_at_baseline}"
    return {
        "Case": plain(one.cause_number or "No number"),
        "Charged": plain("; ".join(one.charged)),
        "Option chosen": plain(one.chosen),
        "Convicted of, and terms": plain(_terms(one.weight)) if one.weight else "–",
        "Flagged grounds": plain(flags),
        "Equivalence": "Departure" if one.departure else "Level",
        "Stage": f"{STAGES[one.stage]}, {ENDED[one.ended]}" if one.ended else STAGES[one.stage],
    }


def _terms(weight: Mapping[str, Any]) -> str:
    terms = [
        f"{days(weight['jail_days'])} to serve",
        f"{days(weight['suspended_days'])} suspended",
        f"{dollars(weight['fine'])} fine",
        f"a prior for {families(weight['counts_as_prior'])}",
    ]
    return f"{weight['label']}: {joined(terms)}"


def _record(version: VersionView) -> None:
    content = version.content
    st.subheader("Factors", anchor=False)
    options = [option["name"] for option in content["document"].get("option", ())]
    show_factors(content["checklist"]["factors"], content["factors"], options)
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
            names = {one.id: one.name for one in load_law().figure_rules(date.today()).return_kinds}
            kinds = st.multiselect(
                "What it is about",
                list(names),
                format_func=names.__getitem__,
                key=f"review/{view.id}/kinds",
                help="Counted in the office's figures. The words above are not.",
            )
            if st.form_submit_button("Return with reasons"):
                _do(
                    lambda: submission.return_(db, actor, view.id, view.version, reasons, kinds),
                    "Returned with your reasons.",
                )
        settle_text(f"review/{view.id}/note", "Note of the approval", view.id)
        settle_text(f"review/{view.id}/reasons", "Why it goes back", view.id)
    page_link("note", "Open its case note", view.id)


def _do(act: Callable[[], None], done: str) -> None:
    saving.attempt(act, done)
    st.rerun()
