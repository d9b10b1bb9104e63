"""What a resolution must keep, as the prosecutor states it: the ``plan`` table of the case file."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from plea_aid.analysis.charge import resolve_charge
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.notes.equivalence import FAMILIES, families
from plea_aid.pages import documents, saving
from plea_aid.pages.documents import Document
from plea_aid.pages.fields import number_field, tick_field
from plea_aid.pages.frame import Screen
from plea_aid.pages.wording import days, dollars, joined, plain

_MINIMA = (
    ("min_imposed_days", "Days ordered, jail and suspended", 1),
    ("min_jail_days", "Days of jail to serve", 1),
    ("min_supervision_days", "Days of supervision", 1),
    ("min_fine", "Dollars of fine", 50),
)


def show_constraints(screen: Screen) -> None:
    """Show the fields; what is entered is stored with the case."""
    plan: Document = screen.view.document.get("plan", {})
    key = f"{screen.view.id}/plan"
    st.markdown(f"**What must stay:** {plain(in_words(plan))}.")
    with st.expander("Change what must stay"):
        st.caption("A suggestion keeps all of this. Leave a figure at 0 where nothing is asked.")
        tick_field(
            "At least one count ends in a conviction under Montana law",
            f"{key}/keep",
            plan.get("keep_conviction", False),
            partial(_set, "keep_conviction"),
        )
        for column, (name, label, step) in zip(st.columns(4), _MINIMA, strict=True):
            with column:
                number_field(f"{label}, at least", f"{key}/{name}", plan.get(name, 0), partial(_set, name), step=step)
        kept = plan.get("keep_prior_for", [])
        st.markdown("It still counts as an earlier conviction later, for")
        for column, family in zip(st.columns(4), FAMILIES, strict=True):
            with column:
                tick_field(
                    families([family]).capitalize() if family != "dui" else families([family]),
                    f"{key}/prior/{family}",
                    family in kept,
                    partial(_keep_prior, family),
                )
        _excluded(plan, key, screen)
        tick_field(
            "Terms of several counts run at the same time (concurrent)",
            f"{key}/concurrent",
            plan.get("concurrent", False),
            partial(_set, "concurrent"),
        )


def in_words(plan: Document) -> str:
    """Return what must stay in a few words."""
    parts = ["a conviction"] if plan.get("keep_conviction") else []
    for name, words in (
        ("min_imposed_days", "{} ordered"),
        ("min_jail_days", "{} of jail"),
        ("min_supervision_days", "{} of supervision"),
    ):
        if plan.get(name):
            parts.append(words.format(days(plan[name])))
    if plan.get("min_fine"):
        parts.append(f"{dollars(plan['min_fine'])} of fine")
    if plan.get("keep_prior_for"):
        parts.append(f"a prior for {families(plan['keep_prior_for'])}")
    if plan.get("exclude"):
        parts.append("some offenses left out")
    return joined(parts) or "nothing is stated"


def _excluded(plan: Document, key: str, screen: Screen) -> None:
    stored = list(plan.get("exclude", []))
    saving.show(f"{key}/exclude", stored, partial(_set, "exclude"))
    st.multiselect(
        "No plea to these offenses",
        list(dict.fromkeys([*stored, *_offenses(screen)])),
        format_func=partial(_named, screen.law),
        key=f"{key}/exclude",
        placeholder="None left out",
        persist_state="session",
    )


def _offenses(screen: Screen) -> list[str]:
    """Return the offenses a count could be pleaded to, as citations."""
    found: list[str] = []
    for count in screen.view.document.get("count", ()):
        try:
            charge = resolve_charge(screen.law, count["offense"])
        except UnknownOffense:
            continue
        found += [o.cite for o in charge.offenses]
        found += [a.offense for o in charge.offenses for a in o.alternatives]
    return list(dict.fromkeys(found))


def _named(law: Law, cite: str) -> str:
    found = law.find(cite)
    return f"{found[0].title} ({cite})" if len(found) == 1 else cite


def _set(key: str, value: Any) -> bool:
    return saving.change_document(lambda d: documents.with_plan_key(d, key, value))


def _keep_prior(family: str, kept: bool) -> bool:
    return saving.change_document(lambda d: documents.with_kept_prior(d, family, kept))
