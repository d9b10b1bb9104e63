"""Known earlier convictions: they decide the petty offense exception and the grounds that count convictions."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from plea_aid.analysis.charge import resolve_charge
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.pages import documents, pressing, saving
from plea_aid.pages.dates import read_day
from plea_aid.pages.frame import Screen
from plea_aid.pages.wording import days, plain, short_day


def show_priors(screen: Screen) -> None:
    """Show the earlier convictions of the case, and the form that adds one."""
    found = screen.view.document.get("prior", [])
    with st.container(border=True):
        st.header("Known earlier convictions", anchor=False)
        st.markdown(
            "They decide the petty offense exception and the grounds that count convictions. Leave it empty when "
            "none is known."
        )
        for place, prior in enumerate(found):
            with st.container(horizontal=True, vertical_alignment="center"):
                on = short_day(date.fromisoformat(prior["date"]))
                st.markdown(
                    f"{plain(prior['offense'])}, {on}, {days(prior.get('sentence_days', 0))} ordered", width="content"
                )
                pressing.button("Remove", partial(_remove_prior, place), key=f"prior/{place}/remove")
        _add_prior(screen.law)


def _add_prior(law: Law) -> None:
    with st.expander("Add an earlier conviction"), st.form("prior", clear_on_submit=False, border=False):
        first, second, third = st.columns([2, 1, 1])
        first.text_input("Offense", key="prior/offense", placeholder="MCA 45-6-301")
        second.text_input("Date of conviction", key="prior/date", placeholder="month/day/year")
        third.number_input("Days ordered, suspended time included", min_value=0, step=1, key="prior/days")
        pressed = st.form_submit_button("Add it")
    if pressed:
        _append_prior(law)
        st.rerun()


def _append_prior(law: Law) -> None:
    typed = st.session_state["prior/offense"].strip()
    try:
        resolve_charge(law, typed)
        on = read_day(st.session_state["prior/date"])
    except (UnknownOffense, ValueError) as fault:
        saving.notify(f"The earlier conviction was not added: {fault.args[0]}", "error")
        return
    if on is None:
        saving.notify("The earlier conviction was not added: give its date.", "error")
        return
    ordered = int(st.session_state["prior/days"] or 0)
    if saving.change_document(lambda d: documents.with_prior(d, typed, on.isoformat(), ordered)):
        for key, empty in (("prior/offense", ""), ("prior/date", ""), ("prior/days", 0)):
            saving.later(key, empty)


def _remove_prior(place: int) -> None:
    saving.change_document(lambda d: documents.without_prior(d, place), undo="The earlier conviction was removed")
