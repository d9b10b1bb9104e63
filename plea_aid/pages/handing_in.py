"""Handing an analysis in: what is still missing and where, who reviews it, and what changed since the last time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import streamlit as st

from plea_aid.casework import submission
from plea_aid.casework.changes import changes
from plea_aid.casework.errors import CaseworkError, Fault, Invalid
from plea_aid.casework.frozen import content_of
from plea_aid.casework.permissions import Action
from plea_aid.casework.readiness import missing
from plea_aid.casework.rules import office_rules
from plea_aid.pages import pressing, saving
from plea_aid.pages.analysed import Analysed
from plea_aid.pages.changes import show_changes
from plea_aid.pages.checklist import checklist_of
from plea_aid.pages.frame import Screen, go
from plea_aid.pages.law_signoff import signed_so_far
from plea_aid.pages.walk import DECISION_GATES, STEPS, step_of_fault
from plea_aid.pages.wording import counted, joined, plain


def hand_in(screen: Screen, analysed: Analysed) -> None:
    """Show what is missing and where it is mended, who will review it, and the button that hands it in."""
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
    ready = not faults and not refusal
    weight: Literal["primary", "secondary"] = "primary" if ready else "secondary"
    pressing.button(
        "Submit for review", partial(_submitted, screen), then=partial(_onward, screen), type=weight, disabled=not ready
    )


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
            saving.notify(str(fault), "error")
    except CaseworkError as refusal:
        saving.notify(str(refusal), "error")
    else:
        saving.notify("Submitted. The analysis is frozen, and this is its note.", "success")
        return True
    return False


def _onward(screen: Screen, submitted: bool) -> None:
    if submitted:
        go("note", screen.view.id)
    st.rerun()


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
