"""Releasing a copy of a case's record: to whom, which parts, on what basis; seen and compared before it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from plea_aid.casework import releases as ledger
from plea_aid.casework import sealed_texts, submission
from plea_aid.casework.errors import CaseworkError, Invalid
from plea_aid.casework.frozen import content_of
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.releases import ReleaseRequest
from plea_aid.casework.rules import office_rules
from plea_aid.casework.submission import VersionView
from plea_aid.law.releases import PARTS, Profile, Releases, load_releases
from plea_aid.notes import NoteData, NoteError
from plea_aid.notes.from_record import note_of_draft, note_of_version
from plea_aid.notes.releasing import Prepared, difference, hand_over, prepare
from plea_aid.pages import pressing, saving
from plea_aid.pages.analysed import analyse
from plea_aid.pages.frame import Screen, case_page, go
from plea_aid.pages.law_signoff import signed_so_far
from plea_aid.pages.ledger import show_ledger
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.wording import counted, plain
from plea_aid.pages.words_used import show_words
from plea_aid.privacy.reread import UnreadableFile

_READY = "release/ready"
_GONE = "release/gone"
_SHOWN = 12
"""Lines of a section that a comparison shows before it counts the rest."""


@dataclass(frozen=True)
class _Ready:
    """A copy prepared on this screen, and of which version it is."""

    case_id: str
    request: ReleaseRequest
    only: tuple[str, ...] | None
    prepared: Prepared
    version: VersionView | None


def draw() -> None:
    """Draw the page."""
    screen = case_page("release")
    if screen is None:
        return
    releases = load_releases()
    refusal = can(screen.actor, Action.RELEASE_MAKE, screen.view)
    if not refusal:
        st.info(refusal.because)
    elif not analyse(screen.view.document).options:
        st.info("There is nothing to release yet; enter the charges and at least one plea option first.")
        if st.button("Go to the charges", type="primary"):
            go("charges", screen.view.id)
    else:
        _ask(screen, releases)
    _sealed(screen)
    if can(screen.actor, Action.RELEASE_LIST):
        st.header("Releases of this case", anchor=False)
        show_ledger(ledger.ledger(screen.db, screen.actor, case_id=screen.view.id), releases, cause=False)
    show_words("release")


def _ask(screen: Screen, releases: Releases) -> None:
    _gone(screen)
    st.header("Who receives what", anchor=False)
    profile = _profile(releases)
    recipient = st.text_input("Recipient", key="release/recipient", max_chars=300, persist_state="session")
    bases = [b for b in releases.bases if profile.inside or not b.inside]
    basis = st.selectbox(
        "Legal basis",
        bases,
        format_func=lambda b: b.name,
        index=None,
        placeholder="Choose on what it rests",
        key=f"release/{profile.id}/basis",
    )
    if basis:
        st.caption(plain(basis.says))
    authority = st.text_input(
        "Statute, order or function that it rests on here",
        key="release/authority",
        max_chars=300,
        persist_state="session",
    )
    settle_text("release/authority", "Authority of a release")
    _law(screen, releases)
    added, numbers, only = _more(screen, releases, profile)
    if st.button("Prepare the copy", type="primary"):
        _prepare(screen, profile, recipient, basis.id if basis else "", authority, added, numbers, only)
    ready: _Ready | None = st.session_state.get(_READY)
    if ready and ready.case_id == screen.view.id:
        asked = (
            profile.id,
            recipient.strip(),
            basis.id if basis else "",
            authority.strip(),
            {*added},
            {*numbers},
            only,
        )
        made = ready.request
        shown = (
            made.profile,
            made.recipient,
            made.basis,
            made.authority,
            {*made.added},
            {*made.sealed_texts},
            ready.only,
        )
        if asked == shown:
            _show(screen, ready, releases)
        else:
            st.caption("Something above has changed since the copy was prepared; prepare it again.")


def _profile(releases: Releases) -> Profile:
    names = {p.id: p for p in releases.profiles}
    chosen = st.radio(
        "Which copy",
        list(names),
        format_func=lambda i: names[i].name,
        captions=[names[i].for_ for i in names],
        key="release/profile",
    )
    return names[chosen]


def _more(screen: Screen, releases: Releases, profile: Profile) -> tuple[list[Any], list[int], tuple[str, ...] | None]:
    """Ask which options are under discussion, and what the attorney adds to the profile."""
    names = releases.part_names
    only: tuple[str, ...] | None = None
    with st.expander("Release more than this copy usually carries"):
        st.markdown(
            "The attorney decides: any part, and any sealed text, can be added. The legal basis above then covers it, "
            "and the ledger names what was added."
        )
        added = st.multiselect(
            "Parts added",
            [part for part in PARTS if part not in profile.carries],
            format_func=names.__getitem__,
            key=f"release/{profile.id}/added",
            placeholder="None",
        )
        texts = sealed_texts.sealed_texts(screen.db, screen.actor, screen.view.id)
        numbers: list[int] = []
        if texts:
            numbers = st.multiselect(
                "Sealed texts that go with it",
                [t.number for t in texts],
                format_func=lambda n: f"Sealed text {n}",
                key=f"release/{profile.id}/sealed",
                placeholder="None",
            )
    if not profile.inside and {"options", "consequences", "accountability"} & {*profile.carries, *added}:
        offered = screen.view.option_names
        chosen: Sequence[str] = st.multiselect(
            "Options under discussion",
            offered,
            key=f"release/{profile.id}/only",
            placeholder="Choose the options to show",
            help="Only these are in the copy. An option that was not proposed to the other side is work product.",
        )
        only = tuple(name for name in offered if name in chosen)
    return added, numbers, only


def _law(screen: Screen, releases: Releases) -> None:
    with st.expander("What Section 2, state and federal law say about it"):
        for one in releases.explanations:
            st.markdown(f"**{plain(one.title)}.** {plain(one.says)}")
            cited = [screen.law.authorities[a] for a in one.authorities if a in screen.law.authorities]
            if cited:
                said = "; ".join(f"{plain(a.citation)}{'' if a.verified else ' (not verified)'}" for a in cited)
                st.caption(f"{said}")
        for line in releases.unverified:
            st.caption(f"Not verified: {plain(line)}")


def _prepare(
    screen: Screen,
    profile: Profile,
    recipient: str,
    basis: str,
    authority: str,
    added: Sequence[Any],
    numbers: Sequence[int],
    only: tuple[str, ...] | None,
) -> None:
    st.session_state.pop(_READY, None)
    missing = [
        what
        for what, given in (
            ("who receives it", recipient.strip()),
            ("the legal basis", basis),
            ("the statute, order or function that it rests on", authority.strip()),
            ("the options under discussion", only is None or only),
        )
        if not given
    ]
    if missing:
        st.error(f"Say {', and '.join(missing)}; then the copy can be prepared.")
        return
    request: dict[str, object] = {
        "profile": profile.id, "recipient": recipient, "basis": basis, "authority": authority,
        "added": frozenset(added), "sealed_texts": frozenset(numbers),
    }  # fmt: skip
    try:
        whole, version = _note(screen, None)
        note = whole if only is None else _note(screen, only)[0]
        prepared = prepare(screen.db, screen.actor, screen.view.id, request, note, whole)
    except (CaseworkError, NoteError, UnreadableFile) as fault:
        st.error(str(fault))
        return
    st.session_state[_READY] = _Ready(screen.view.id, prepared.request, only, prepared, version)


def _note(screen: Screen, only: tuple[str, ...] | None) -> tuple[NoteData, VersionView | None]:
    """Return the internal note of the case: of its latest frozen version, or of the draft while it is worked on."""
    view = screen.view
    if view.editable or not view.versions:
        analysed = analyse(view.document)
        if not analysed.whole:
            raise Invalid("An option is not accepted as entered; mend it on the page Plea options first.")
        analysis = analysed.assessment(screen.law).as_json()
        content = content_of(view, office_rules(), analysis, (), signed_so_far(screen, analysis))
        return note_of_draft(content, view, "internal", only), None
    version = submission.open_version(screen.db, screen.actor, view.id, view.versions[-1].number)
    return note_of_version(version, view.steps, "internal", only=only), version


def _show(screen: Screen, ready: _Ready, releases: Releases) -> None:
    made, names = ready.prepared.copy, releases.part_names
    st.header("The copy, before it goes", anchor=False)
    added = {*made.carried} - releases.profile(ready.request.profile).carries
    st.table(
        [
            {
                "Part of the record": plain(names[part]),
                "In this copy": "Yes, added" if part in added else "Yes" if part in made.carried else "Left out",
            }
            for part in PARTS
        ],
        hide_index=True,
    )
    _compared(ready.prepared)
    st.subheader("Read back", anchor=False)
    st.markdown(
        f"The finished file ({counted(len(made.pdf) // 1024 + 1, 'kilobyte')}) was read back: its pages, its metadata, "
        "bookmarks and tags. No text of a part that it leaves out was found, and no attachment or script."
    )
    knowingly = True
    if ready.prepared.finds:
        words = ", ".join(f"'{plain(hit.text)}'" for hit in ready.prepared.finds[:6])
        st.warning(
            f"The file holds what looks like {plain(' and '.join(ready.prepared.kinds))}: {words}. It is not held "
            "back; whether it may go on this basis is for the attorney to say."
        )
        knowingly = st.checkbox("I release it knowingly, on the basis above", key="release/knowingly")
    pressing.button(
        "Enter it in the ledger and hand it over", partial(_hand_over, screen, ready, knowingly), type="primary"
    )


def _hand_over(screen: Screen, ready: _Ready, knowingly: bool) -> None:
    act = partial(_release, screen, ready, knowingly)
    if saving.attempt(act, "The release is in the ledger. The file is ready below."):
        st.session_state.pop(_READY, None)


def _compared(prepared: Prepared) -> None:
    against = [("the internal record", prepared.internal)]
    if prepared.last is not None:
        against.append(("the last release of this kind", prepared.last))
    for name, lines in against:
        differs = difference(prepared.copy.lines, lines)
        label = (
            f"Beside {name}: {counted(len(differs.only_there), 'line')} left out, "
            f"{counted(len(differs.only_here), 'line')} only in this copy"
        )
        with st.expander(label):
            for title, found in (("Left out", differs.only_there), ("Only in this copy", differs.only_here)):
                if found:
                    st.markdown(f"**{title}**")
                    st.markdown("\n".join(_by_section(found)))
    if prepared.last is None:
        st.caption("Nothing was released to this kind of recipient before.")


def _by_section(lines: Sequence[str]) -> list[str]:
    """Return lines as a list under the section each is of, the longest sections cut and counted."""
    sections: dict[str, list[str]] = {}
    for line in lines:
        label, _, said = line.partition(": ")
        section, _, rest = label.partition(", ")
        sections.setdefault(section, []).append(f"{rest}: {said}" if rest else said)
    shown = []
    for section, told in sections.items():
        shown.append(f"- {plain(section.capitalize())} ({counted(len(told), 'line')})")
        shown += [f"    - {plain(one)}" for one in told[:_SHOWN]]
        if len(told) > _SHOWN:
            shown.append(f"    - and {len(told) - _SHOWN} more")
    return shown


def _release(screen: Screen, ready: _Ready, knowingly: bool) -> None:
    number = ready.version.number if ready.version else None
    entry = hand_over(screen.db, saving.actor(), ready.case_id, ready.prepared, version=number, knowingly=knowingly)
    cause = "".join(c if c.isascii() and c.isalnum() else "-" for c in screen.view.cause_number or "no-number")
    name = f"{ready.request.profile}-{cause.strip('-')}-{entry.number}.pdf"
    st.session_state[_GONE] = (ready.case_id, name, ready.prepared.copy.pdf)


def _gone(screen: Screen) -> None:
    """Offer the file of the release just entered."""
    kept = st.session_state.get(_GONE)
    if kept and kept[0] == screen.view.id:
        _, name, pdf = kept
        with st.container(border=True):
            st.markdown("The release is entered. This is its file; it is kept until you leave this window.")
            st.download_button(f"Download {name}", pdf, file_name=name, mime="application/pdf", type="primary")


def _sealed(screen: Screen) -> None:
    texts = sealed_texts.sealed_texts(screen.db, screen.actor, screen.view.id)
    st.header("Sealed texts", anchor=False)
    if not texts:
        st.markdown("No text of this case is sealed.")
        return
    st.table(
        [
            {
                "Text": t.placeholder.strip("[]").capitalize(),
                "Written for": plain(t.place),
                "Kinds": plain(", ".join(k.replace("-", " ") for k in t.kinds)),
                "Sealed by": plain(t.sealed_by_name),
                "Why": plain(t.reason),
            }
            for t in texts
        ],
        hide_index=True,
    )
    verdict = can(screen.actor, Action.TEXT_READ, screen.view)
    if not verdict:
        st.caption(verdict.because)
        return
    for text in texts:
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(f"Open sealed text {text.number}", key=f"sealed/{text.number}"):
                words = sealed_texts.open_sealed_text(screen.db, screen.actor, screen.view.id, text.number)
                st.markdown(plain(words))
                st.caption("That you opened it is in the audit trail.")
