"""Saving as it is typed: every change goes through one casework service at once, and nothing typed is dropped.

A change is a function from one document to the next, applied to the document the person was looking at. When
someone else saved first the service refuses; both sides are kept here until the person chooses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from plea_aid.casework import cases, record
from plea_aid.casework.actors import Actor
from plea_aid.casework.errors import CaseworkError, Conflict, SessionEnded
from plea_aid.casework.views import CaseView
from plea_aid.pages.documents import Document
from plea_aid.pages.session import current_actor, database

_BASE, _NOTICE, _CONFLICT, _UNDO, _SEEN = (f"saving/{name}" for name in ("base", "notice", "conflict", "undo", "seen"))


Fields = dict[str, Any]


@dataclass(frozen=True)
class Clash:
    """A change that met another one: both sides, and how to save this one after all."""

    case_id: str
    sentence: str
    mine: dict[str, Any]
    theirs: dict[str, Any]
    found: int
    save_mine: Callable[[int], int]


@dataclass(frozen=True)
class Undo:
    """A removal that can be taken back while nothing else has changed."""

    label: str
    case_id: str
    before: Document
    version: int


def remember(view: CaseView) -> None:
    """Note what the person is looking at; a change that follows is a change of that."""
    st.session_state[_BASE] = view


def seen_case() -> CaseView:
    """Return the case as the person last saw it."""
    view: CaseView = st.session_state[_BASE]
    return view


def change_document(change: Callable[[Document], Document], undo: str = "") -> bool:
    """Apply a change to the document and store it; say whether it was stored.

    ``undo`` names a removal ('Count 2 was removed') that the person may take back.
    """
    view = seen_case()
    try:
        document = change(view.document)
    except ValueError as fault:
        notify(str(fault), "error")
        return False
    if document == view.document:
        return True

    def save(expected: int) -> int:
        return cases.update_document(database(), actor(), view.id, expected, document)

    version = _attempt(view.id, view.document_version, save)
    if version is None:
        return False
    fresh = cases.open_case(database(), actor(), view.id)
    remember(fresh)
    st.session_state.pop(_UNDO, None)
    if undo:
        st.session_state[_UNDO] = Undo(undo, view.id, view.document, version)
    return True


def change_factor(factor: str, change: Callable[[Fields], Fields]) -> bool:
    """Apply a change to what is said about a factor and store it; say whether it was stored."""
    view = seen_case()
    entered = view.factors.get(factor)
    entry = change(entered.entry.model_dump(mode="json") if entered else {"factor": factor})
    return _store(view.id, entered.version if entered else 0, partial(record.save_factor, entry=entry))


def change_gate(gate: str, change: Callable[[Fields], Fields]) -> bool:
    """Apply a change to what is said at a gate and store it; say whether it was stored."""
    view = seen_case()
    entered = view.gates.get(gate)
    entry = change(entered.entry.model_dump(mode="json") if entered else {"gate": gate})
    return _store(view.id, entered.version if entered else 0, partial(record.save_gate, entry=entry))


def attempt(act: Callable[[], Any], done: str = "") -> bool:
    """Run a service for a button; show ``done``, or why it was refused. Say whether it was done."""
    try:
        act()
    except CaseworkError as refusal:
        notify(str(refusal), "error")
        return False
    if done:
        notify(done, "success")
    return True


def notify(sentence: str, kind: str = "info") -> None:
    """Keep a sentence to be shown once, at the top of the page."""
    st.session_state.setdefault(_NOTICE, []).append((kind, sentence))


def bind(key: str, stored: Any) -> str:
    """Let a widget show what is stored, unless the person has typed something since; return its key.

    What was typed and not accepted stays in its field; what someone else stored in the meantime appears.
    """
    seen = st.session_state.setdefault(_SEEN, {})
    if key not in st.session_state or seen.get(key, _SEEN) != stored:
        st.session_state[key] = stored
    seen[key] = stored
    return key


def show_notices(case_id: str | None = None) -> None:
    """Show the sentences kept, a removal that can be undone, and a conflict that waits for a choice."""
    show = {"error": st.error, "success": st.success, "info": st.info, "warning": st.warning}
    for kind, sentence in st.session_state.pop(_NOTICE, []):
        show[kind](sentence)
    undo: Undo | None = st.session_state.get(_UNDO)
    if undo and undo.case_id == case_id and seen_case().document_version == undo.version:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{undo.label}.", width="content")
            st.button("Undo", key="saving/undo-button", on_click=_take_back)
    clash: Clash | None = st.session_state.get(_CONFLICT)
    if clash and clash.case_id == case_id:
        _show_clash(clash)


def _show_clash(clash: Clash) -> None:
    st.warning(f"{clash.sentence} Choose which of the two stays.")
    differing = [
        {"Part": key.replace("_", " "), "Yours": _brief(clash.mine.get(key)), "Stored": _brief(clash.theirs.get(key))}
        for key in sorted(clash.mine.keys() | clash.theirs.keys())
        if clash.mine.get(key) != clash.theirs.get(key)
    ]
    if differing:
        st.table(differing, hide_index=True)
    with st.container(horizontal=True):
        st.button("Save mine instead", key="saving/mine", type="primary", on_click=_keep_mine)
        st.button("Keep what is stored", key="saving/theirs", on_click=_keep_theirs)


def _keep_mine() -> None:
    clash: Clash = st.session_state.pop(_CONFLICT)
    _attempt(clash.case_id, clash.found, clash.save_mine)


def _keep_theirs() -> None:
    st.session_state.pop(_CONFLICT, None)
    _forget_typed()


def _take_back() -> None:
    undo: Undo = st.session_state.pop(_UNDO)
    change_document(lambda _: undo.before)


def _forget_typed() -> None:
    for key in st.session_state.pop(_SEEN, {}):
        st.session_state.pop(key, None)


def _store(case_id: str, expected: int, save: Callable[..., int]) -> bool:
    def save_one(version: int) -> int:
        return save(database(), actor(), case_id, version)

    if _attempt(case_id, expected, save_one) is None:
        return False
    # Two fields may change in one click: the second is a change of what the first has stored.
    remember(cases.open_case(database(), actor(), case_id))
    return True


def _attempt(case_id: str, expected: int, save: Callable[[int], int]) -> int | None:
    try:
        return save(expected)
    except Conflict as clash:
        st.session_state[_CONFLICT] = Clash(case_id, str(clash), clash.mine, clash.theirs, clash.found, save)
    except CaseworkError as refusal:
        notify(str(refusal), "error")
    return None


def actor() -> Actor:
    """Return who acts; raise SessionEnded when the session has ended under their hands."""
    found = current_actor()
    if found is None:
        raise SessionEnded("Your session has ended; please sign in again. What was saved is still there.")
    return found


def _brief(value: Any) -> str:
    text = "nothing" if value in (None, "", [], {}) else str(value)
    return text if len(text) <= 300 else f"{text[:300]} ..."
