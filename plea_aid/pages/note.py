"""The case note: of the draft, or of any frozen version as it stood at any step, and the PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from plea_aid.casework import cases, submission
from plea_aid.casework.errors import Invalid
from plea_aid.casework.frozen import content_of
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.rules import office_rules
from plea_aid.casework.submission import VersionView
from plea_aid.notes import NoteData, NoteError, render_note
from plea_aid.notes.content import Profile
from plea_aid.notes.from_record import made_otherwise, note_of_draft, note_of_version, steps_of
from plea_aid.notes.record_words import MOVES
from plea_aid.pages import saving
from plea_aid.pages.analysed import analyse
from plea_aid.pages.frame import Screen, case_page, go
from plea_aid.pages.law_signoff import signed_so_far
from plea_aid.pages.session import database
from plea_aid.pages.wording import clock, counted, plain
from plea_aid.pages.words_used import show_words

PROFILES: dict[Profile, str] = {
    "internal": "Full case note, for the file (work product)",
    "supervisor": "Summary for the supervising attorney (work product)",
    "comparison": "One-page comparison for the plea discussion (no work product)",
}
_DRAFT = 0
"""The number that stands for the case as it is now."""


@dataclass(frozen=True)
class Wanted:
    """Which note is asked for."""

    profile: Profile
    version: VersionView | None
    through: int | None
    """The last step of the review that the note of a version knows of."""
    only: tuple[str, ...] | None
    """The options shown; None for all."""

    @property
    def name(self) -> str:
        """The note as the audit trail names it, so that it can be made again."""
        said = f"note, {self.profile}"
        said += f", as of step {self.through}" if self.through is not None else ""
        return said + (f", options: {'; '.join(self.only)}" if self.only is not None else "")


def draw() -> None:
    """Draw the page."""
    screen = case_page("note")
    if screen is None:
        return
    view = screen.view
    if not view.versions and not _may_be_drafted(screen):
        return
    wanted = _asked(screen)
    if wanted is None:
        return
    try:
        data = _data(screen, wanted)
        pdf = render_note(data)
    except (NoteError, Invalid) as fault:
        st.error(str(fault))
        return
    _what_it_holds(data, wanted)
    _download(screen, wanted, pdf)
    show_words("note")


def file_name(cause_number: str | None, profile: str, version: int | None = None) -> str:
    """Return the name of the file that is downloaded, plain letters only."""
    cause = "".join(c if c.isascii() and c.isalnum() else "-" for c in cause_number or "no-number").strip("-")
    kind = {"internal": "case-note", "supervisor": "summary", "comparison": "comparison"}[profile]
    return f"{kind}-{cause}-v{version}.pdf" if version else f"{kind}-{cause}.pdf"


def _may_be_drafted(screen: Screen) -> bool:
    document: dict[str, Any] = screen.view.document
    analysed = analyse(document)
    if not analysed.options:
        st.info("A note compares plea options; enter the charges and at least one option first.")
        if st.button("Go to the plea options" if document.get("count") else "Go to the charges", type="primary"):
            go("options" if document.get("count") else "charges", screen.view.id)
        return False
    if not analysed.whole:
        st.warning("An option is not accepted as entered, so there is no note yet; see the plea options.")
        if st.button("Go to the plea options", type="primary"):
            go("options", screen.view.id)
        return False
    return True


def _asked(screen: Screen) -> Wanted | None:
    view = screen.view
    profile = st.radio("Which note", list(PROFILES), format_func=PROFILES.__getitem__, key="note/profile")
    numbers = [v.number for v in reversed(view.versions)]
    if view.editable and _drafted(view.document):
        numbers.insert(0, _DRAFT)
    number = numbers[0]
    if len(numbers) > 1:
        when = {v.number: clock(v.submitted_at, st.context.timezone) for v in view.versions}
        number = st.selectbox(
            "Of what",
            numbers,
            format_func=lambda n: f"Version {n}, submitted {when[n]}" if n else "The case as it stands now, a draft",
            key=f"note/{view.id}/version",
        )
    version = submission.open_version(screen.db, screen.actor, view.id, number) if number else None
    through = _step(screen, version) if version else None
    only = None
    if profile == "comparison":
        only = _on_the_table(screen, version)
        if not only:
            return None
    return Wanted(profile, version, through, only)


def _drafted(document: dict[str, Any]) -> bool:
    analysed = analyse(document)
    return bool(analysed.options) and analysed.whole


def _step(screen: Screen, version: VersionView) -> int | None:
    steps = steps_of(version, screen.view.steps)
    if len(steps) < 2:
        return steps[-1].number if steps else None
    said = {s.number: f"{MOVES[s.move]}, {clock(s.at, st.context.timezone)}" for s in steps}
    return st.selectbox(
        "As it stood after",
        list(reversed(said)),
        format_func=said.__getitem__,
        key=f"note/{screen.view.id}/{version.number}/step/{steps[-1].number}",
        help="The review goes on after an analysis is frozen. An earlier step gives the note as it was then.",
    )


def _on_the_table(screen: Screen, version: VersionView | None) -> tuple[str, ...]:
    """Ask which options the sheet shows: what nobody has proposed is the office's own thinking."""
    document = version.content["document"] if version else screen.view.document
    names = [option["name"] for option in document.get("option", ())]
    only: Sequence[str] = st.multiselect(
        "Options under discussion",
        names,
        key=f"note/{screen.view.id}/only",
        placeholder="Choose the options to show",
        help="Only these are on the sheet. An option that was not proposed to the other side is work product.",
    )
    if not only:
        st.info("Choose the options that are under discussion; the sheet shows these and nothing else.")
    return tuple(name for name in names if name in only)


def _data(screen: Screen, wanted: Wanted) -> NoteData:
    view = screen.view
    if wanted.version:
        return note_of_version(wanted.version, view.steps, wanted.profile, through=wanted.through, only=wanted.only)
    rules = office_rules()
    analysis = analyse(view.document).assessment(screen.law).as_json()
    return note_of_draft(
        content_of(view, rules, analysis, (), signed_so_far(screen, analysis)), view, wanted.profile, wanted.only
    )


def _what_it_holds(data: NoteData, wanted: Wanted) -> None:
    st.header("What it holds", anchor=False)
    answered = sum(f.state != "not answered yet" for f in data.factors)
    lines = [
        f"Cause number: {plain(data.cause_number) or 'none yet'}",
        f"Law {plain(data.law.version)}, as of {data.law.as_of:%B} {data.law.as_of.day}, {data.law.as_of.year}",
        plain(data.policy.sentence),
        f"{counted(len(data.options), 'option')} with reasons, the charge stage among them",
    ]
    if wanted.profile != "comparison":
        lines += [
            f"{answered} of {counted(len(data.factors), 'factor')} answered",
            f"Decision: {plain(data.decision.chosen_option)}" if data.decision else "No decision signed yet",
        ]
    version = wanted.version
    lines.append(
        f"Version {version.number}, submitted {clock(version.submitted_at, st.context.timezone)} by "
        f"{plain(version.submitted_by_name)}; it does not change any more"
        if version
        else "A draft: it has not been submitted"
    )
    st.markdown("\n".join(f"- {line}" for line in lines))
    otherwise = made_otherwise(version) if version else ""
    if otherwise:
        st.warning(plain(otherwise))


def _download(screen: Screen, wanted: Wanted, pdf: bytes) -> None:
    allowed = can(screen.actor, Action.CASE_EXPORT, screen.view)
    if not allowed:
        st.info(allowed.because)
        return
    number = wanted.version.number if wanted.version else None
    st.download_button(
        f"Download the PDF ({len(pdf) // 1024 + 1} KB)",
        pdf,
        file_name=file_name(screen.view.cause_number, wanted.profile, number),
        mime="application/pdf",
        type="primary",
        on_click=partial(_exported, wanted.name, hashlib.sha256(pdf).hexdigest(), number),
    )
    st.caption("The download is recorded in the audit trail with the hash of the file.")


def _exported(what: str, digest: str, version: int | None) -> None:
    view = saving.seen_case()
    saving.attempt(lambda: cases.record_export(database(), saving.actor(), view.id, what, digest, version))
