"""What a change of the law does to analyses already made: before and after, for whoever has the case."""

from __future__ import annotations

from functools import partial

import streamlit as st

from plea_aid.analysis.rerun import Change
from plea_aid.casework import impact_list
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.impact_list import ImpactView
from plea_aid.casework.permissions import Action, can
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.pages import pressing, saving
from plea_aid.pages.frame import page_link, signed_in
from plea_aid.pages.session import database
from plea_aid.pages.wording import STAGES, clock, counted, joined, level, plain, short_day
from plea_aid.pages.words_used import show_words

_PAGE = 25
_EVERY = "law-impact/every"


def show_notice(db: Database, actor: Actor) -> None:
    """Say on the list of cases, in a line with a link, that a change of the law touched some; else nothing."""
    if not can(actor, Action.IMPACT_READ):
        return
    found = impact_list.waiting(db, actor)
    others = (found.office or 0) - found.mine
    if not found.mine and others <= 0:
        return
    said = []
    if found.mine:
        said.append(f"{counted(found.mine, 'case')} of yours")
    if others > 0:
        said.append(f"{counted(others, 'case')} of {'others' if found.mine else 'your office'}")
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="law-impact/notice"):
        st.markdown(f"**The law changed**, and the findings in {joined(said)} with it.", width="content")
        page_link("law-impact", "See what changed")


def draw() -> None:
    """Draw the page."""
    db, actor, law = database(), signed_in(), load_law()
    st.title("What a change of the law changed", anchor=False)
    st.markdown(
        "Every analysis made under an earlier version of the law is run again under the one in use. Here are those "
        "whose findings come out differently. What was submitted stays as it was; a lawyer decides what follows."
    )
    saving.show_notices()
    everyone = bool(can(actor, Action.IMPACT_READ_ALL))
    if everyone:
        everyone = st.checkbox("Cases of the whole office", value=True, key=_EVERY)
    first = int(st.session_state.get("law-impact/first", 0))
    found = impact_list.list_impacts(db, actor, everyone=everyone, limit=_PAGE, offset=first)
    if not found.total:
        st.info(
            f"Nothing to look at: no stored analysis comes out differently under the law in use (version "
            f"{plain(law.version)}). When the law data changes, the analyses it touches appear here by themselves."
        )
        show_words("law-impact")
        return
    shown = f"{first + 1} to {first + len(found.rows)} of " if found.total > _PAGE else ""
    st.markdown(f"{shown}{counted(found.total, 'analysis', 'analyses')}, the earliest hearing first.")
    for row in found.rows:
        _row(db, actor, law, row)
    _pages(first, found.total)
    show_words("law-impact", texts=(_ground(one, law) for row in found.rows for one in row.changes))


def _row(db: Database, actor: Actor, law: Law, row: ImpactView) -> None:
    with st.container(border=True):
        st.subheader(plain(row.cause_number or "No cause number"), anchor=False)
        st.caption("  \n".join(_about(row)))
        st.table(change_table(row, law), hide_index=True)
        with st.container(horizontal=True, vertical_alignment="center"):
            page_link("case", "Open the case", row.case_id)
            if row.acknowledged_at:
                at = clock(row.acknowledged_at, st.context.timezone)
                st.markdown(f"✓ Looked at by {plain(row.acknowledged_by or 'its owner')}, {at}", width="content")
            elif row.owner_id == actor.user_id and can(actor, Action.IMPACT_ACKNOWLEDGE):
                key = f"law-impact/{row.case_id}/{row.version_number}"
                note = partial(impact_list.acknowledge, db, actor, row.case_id, row.version_number)
                pressing.button("I have looked at this", partial(saving.attempt, note, "Noted."), key=key)


def _about(row: ImpactView) -> list[str]:
    made = f"Version {row.version_number}, as submitted" if row.version_number else "The analysis as it stands"
    if not row.stands:
        made += ", superseded by later work"
    hearing = f"hearing {short_day(row.hearing_date)}" if row.hearing_date else "no hearing date"
    return [
        f"{made} · {STAGES[row.stage]} · {plain(row.owner_name)} · {hearing}",
        f"Law {plain(row.law_before)} before, {plain(row.law_after)} now",
    ]


def change_table(row: ImpactView, law: Law) -> list[dict[str, str]]:
    """Return the changes as a table: a row for each ground of each option."""
    return [
        {
            "Option": plain(row.option(change)),
            "Ground": _ground(change, law),
            "For": _postures(change, law),
            "Before": _level(change.before),
            "Now": _level(change.after),
        }
        for change in row.changes
    ]


def _ground(change: Change, law: Law) -> str:
    if not change.ground:
        return plain(" ".join(change.because))
    ground = law.grounds.get(change.ground)
    return plain(ground.name if ground else change.ground)


def _postures(change: Change, law: Law) -> str:
    if not change.ground or len(change.postures) >= len(law.postures):
        return "Everyone"
    return plain(", ".join(law.postures[p].name if p in law.postures else p for p in change.postures))


def _level(name: str) -> str:
    return {"accepted": "Accepted", "not-accepted": "Not accepted"}.get(name) or plain(level(name))


def _pages(first: int, total: int) -> None:
    with st.container(horizontal=True):
        if first and st.button("Back"):
            st.session_state["law-impact/first"] = max(0, first - _PAGE)
            st.rerun()
        if first + _PAGE < total and st.button("More"):
            st.session_state["law-impact/first"] = first + _PAGE
            st.rerun()
