"""The case note: what is in it, and the PDF."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

import streamlit as st

from plea_aid.casework import cases, submission
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.rules import office_rules
from plea_aid.casework.submission import VersionView
from plea_aid.notes import NoteError, render_note
from plea_aid.notes.content import Profile
from plea_aid.pages import saving
from plea_aid.pages.analysed import analyse
from plea_aid.pages.frame import Screen, case_page, go
from plea_aid.pages.note_data import draft_content, note_data
from plea_aid.pages.session import database
from plea_aid.pages.wording import clock, counted, plain

PROFILES: dict[Profile, str] = {
    "internal": "Full case note, for the file (work product)",
    "supervisor": "Summary for the supervising attorney (work product)",
    "comparison": "One-page comparison for the plea discussion (no work product)",
}


def draw() -> None:
    """Draw the page."""
    screen = case_page("note")
    if screen is None:
        return
    view = screen.view
    version = _version(screen)
    content = version.content if version else None
    document: dict[str, Any] = content["document"] if content else view.document
    analysed = analyse(document)
    if not analysed.options:
        st.info("A note compares plea options; enter the charges and at least one option first.")
        if st.button("Go to the plea options" if document.get("count") else "Go to the charges"):
            go("options" if document.get("count") else "charges", view.id)
        return
    if not analysed.whole:
        st.warning("An option is not accepted as entered, so the note leaves it out; see the plea options.")
    profile = st.radio("Which note", list(PROFILES), format_func=PROFILES.__getitem__, key="note/profile")
    content = content or draft_content(view, analysed, screen.law, office_rules())
    try:
        data = note_data(content, view, analysed, screen.law, profile, version)
        pdf = render_note(data)
    except NoteError as fault:
        st.error(str(fault))
        return
    st.header("What it holds", anchor=False)
    answered = sum(f.state != "not answered yet" for f in data.factors)
    lines = [
        f"Cause number: {plain(data.cause_number) or 'none yet'}",
        f"Law {plain(data.law.version)}, as of {data.law.as_of:%B} {data.law.as_of.day}, {data.law.as_of.year}",
        plain(data.policy.sentence),
        f"{counted(len(data.options), 'option')} with reasons, the charge stage among them",
    ]
    if profile != "comparison":
        lines += [
            f"{answered} of {counted(len(data.factors), 'factor')} answered",
            f"Decision: {plain(data.decision.chosen_option)}" if data.decision else "No decision signed yet",
        ]
    lines.append(
        f"Version {version.number}, submitted {clock(version.submitted_at, st.context.timezone)} by "
        f"{plain(version.submitted_by_name)}; it does not change any more"
        if version
        else "A draft: it has not been submitted"
    )
    st.markdown("\n".join(f"- {line}" for line in lines))
    allowed = can(screen.actor, Action.CASE_EXPORT, view)
    if not allowed:
        st.info(allowed.because)
        return
    st.download_button(
        f"Download the PDF ({len(pdf) // 1024 + 1} KB)",
        pdf,
        file_name=file_name(view.cause_number, profile),
        mime="application/pdf",
        type="primary",
        on_click=partial(_exported, profile, hashlib.sha256(pdf).hexdigest(), version.number if version else None),
    )
    st.caption("The download is recorded in the audit trail with the hash of the file.")


def file_name(cause_number: str | None, profile: str) -> str:
    """Return the name of the file that is downloaded, plain letters only."""
    cause = "".join(c if c.isascii() and c.isalnum() else "-" for c in cause_number or "no-number").strip("-")
    kind = {"internal": "case-note", "supervisor": "summary", "comparison": "comparison"}[profile]
    return f"{kind}-{cause}.pdf"


def _version(screen: Screen) -> VersionView | None:
    """Return the frozen version that the note is of; None while the case is worked on."""
    if screen.view.editable or not screen.view.versions:
        return None
    return submission.open_version(screen.db, screen.actor, screen.view.id, screen.view.versions[-1].number)


def _exported(profile: str, digest: str, version: int | None) -> None:
    view = saving.seen_case()
    saving.attempt(
        lambda: cases.record_export(database(), saving.actor(), view.id, f"note, {profile}", digest, version)
    )
