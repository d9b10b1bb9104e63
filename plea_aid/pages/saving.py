"""Saving what is typed, at once, through one casework service, so that nothing typed is dropped.

A field is registered with what it shows and how it is stored. The first thing every run does is to ``settle``:
whatever a field holds that was not shown to the person there is theirs and is stored. A click may cut a run short at
any point (Streamlit drops a callback half done), so nothing depends on one run: what was not stored is still
different in the next. When someone else changed the record meanwhile the two changes are put together, unless they
touch the same thing: then both are kept until the person chooses.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from plea_aid.casework import cases, record
from plea_aid.casework.actors import Actor
from plea_aid.casework.errors import CaseworkError, Conflict, SessionEnded, Unavailable
from plea_aid.casework.views import CaseView
from plea_aid.pages import pressing
from plea_aid.pages.clash import BOTH, Clash, show_clash
from plea_aid.pages.merge import Change, Fields, merged, together
from plea_aid.pages.reconnect import brought
from plea_aid.pages.session import actor_of_this_run, database
from plea_aid.pages.wording import joined

_BASE, _FRESH, _NOTICE, _SAID, _CLASH, _UNDO, _FIELDS, _LATER, _AWAY, _LEFT = (
    f"saving/{name}" for name in ("base", "fresh", "notice", "said", "clash", "undo", "fields", "later", "away", "left")
)


@dataclass(frozen=True)
class Field:
    """A field on the screen: what was shown in it, and how what is typed is stored (None: not by itself)."""

    shown: Any
    save: Callable[[Any], bool] | None
    refused: tuple[Any, ...] = ()
    """What was typed and not accepted; it stays in sight and is not tried again and again."""
    label: str = ""
    """How the field is named on the screen."""


@dataclass(frozen=True)
class Undo:
    """A removal that can be taken back while nothing else has changed."""

    label: str
    case_id: str
    before: Fields
    version: int


def settle() -> None:
    """Store what was typed since the fields were drawn; call it first in every run."""
    st.session_state.pop(_FRESH, None)
    for key, value in st.session_state.pop(_LATER, {}).items():
        st.session_state[key] = value
    fields: dict[str, Field] = st.session_state.setdefault(_FIELDS, {})
    for key, field in list(fields.items()):
        if key not in st.session_state:
            del fields[key]
            continue
        typed = st.session_state[key]
        if field.save is None or typed == field.shown or typed in field.refused:
            continue
        if pressing.whole(partial(field.save, typed)):
            fields[key] = replace(field, shown=typed, refused=())
            st.session_state.get(_LEFT, {}).pop(key, None)
        elif st.session_state.pop(_AWAY, False):
            return  # not refused: the next run tries again, and asks nothing more of a database that is away
        else:
            fields[key] = replace(field, refused=(typed,))


def show(key: str, stored: Any, save: Callable[[Any], bool] | None = None, label: str = "") -> str:
    """Let the field ``key`` show what is stored, unless the person's own words stand there; return the key."""
    fields: dict[str, Field] = st.session_state.setdefault(_FIELDS, {})
    field = fields.get(key)
    if key in st.session_state and field is not None:
        typed = st.session_state[key]
        if typed not in (field.shown, stored):
            fields[key] = replace(field, save=save)
            return key
    left = (st.session_state[key] if key in st.session_state else brought(key)) if field is None else None
    if isinstance(left, str) and left.strip() and left != stored:
        # A browser that had to turn to another process brings along what stands in its fields.
        if save is None:
            st.session_state[key] = left
            fields[key] = Field(stored, None, label=label)
            return key
        # It may be new words or only an old state of the record: it is shown beside the field and not stored.
        st.session_state.setdefault(_LEFT, {})[key] = left
    if key not in st.session_state or st.session_state[key] != stored:
        st.session_state[key] = stored
    fields[key] = Field(stored, save, label=label)
    return key


def left_behind(key: str) -> str | None:
    """Return what stood in a field when the connection to the program was lost and is not stored; None if nothing."""
    left = st.session_state.get(_LEFT, {}).get(key)
    return left if isinstance(left, str) else None


def later(key: str, value: Any) -> None:
    """Put ``value`` into the field ``key`` before the page is drawn again."""
    st.session_state.setdefault(_LATER, {})[key] = value


def remember(view: CaseView) -> None:
    """Note what the person is looking at; a change that follows is a change of that."""
    st.session_state[_BASE] = view


def just_saved(case_id: str) -> CaseView | None:
    """Return the case as it was read after a save of this very run, once; None where it has to be read again."""
    fresh: CaseView | None = st.session_state.pop(_FRESH, None)
    return fresh if fresh is not None and fresh.id == case_id else None


def seen_case() -> CaseView:
    """Return the case as the person last saw it."""
    view: CaseView = st.session_state[_BASE]
    return view


def change_document(change: Change, undo: str = "") -> bool:
    """Apply a change to the document and store it; say whether it was stored.

    ``undo`` names a removal ('Count 2 was removed') that the person may take back.
    """
    view = seen_case()
    try:
        wanted = change(view.document)
    except ValueError as fault:
        notify(str(fault), "error")
        return False
    if wanted == view.document:
        return True
    if not _store(view, change, view.document, view.document_version, _save_document, _document_now):
        return False
    st.session_state.pop(_UNDO, None)
    if undo:
        st.session_state[_UNDO] = Undo(undo, view.id, view.document, seen_case().document_version)
    return True


def change_factor(factor: str, change: Change) -> bool:
    """Apply a change to what is said about a factor and store it; say whether it was stored."""
    view = seen_case()
    base, version = _factor_now(factor, view)
    return _store(view, change, base, version, _save_factor, partial(_factor_now, factor))


def change_gate(gate: str, change: Change) -> bool:
    """Apply a change to what is said at a gate and store it; say whether it was stored."""
    view = seen_case()
    base, version = _gate_now(gate, view)
    return _store(view, change, base, version, _save_gate, partial(_gate_now, gate))


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


def says_otherwise(case_id: str) -> bool:
    """Say whether the page of a case would say something else about saving if it were drawn now."""
    return bool(st.session_state.get(_NOTICE)) or _said(case_id) != st.session_state.get(_SAID)


def show_notices(case_id: str | None = None) -> None:
    """Show the sentences kept, a removal that can be undone, and a clash that waits for a choice."""
    draw = {"error": st.error, "success": st.success, "info": st.info, "warning": st.warning}
    for kind, sentence in st.session_state.pop(_NOTICE, []):
        draw[kind](sentence)
    undo = _undoable(case_id)
    if undo:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{undo.label}.", width="content")
            back = partial(change_document, lambda _: undo.before)
            pressing.button("Undo", back, key="saving/undo-button")
    clash = _clash(case_id)
    if clash:
        show_clash(clash, _settle_clash)
    st.session_state[_SAID] = _said(case_id)


def _said(case_id: str | None) -> tuple[Undo | None, Clash | None, str | None]:
    return _undoable(case_id), _clash(case_id), why_not_saved(case_id) if case_id else None


def _undoable(case_id: str | None) -> Undo | None:
    """Return the removal in a case that can still be undone."""
    undo: Undo | None = st.session_state.get(_UNDO)
    return undo if undo and undo.case_id == case_id and seen_case().document_version == undo.version else None


def _clash(case_id: str | None) -> Clash | None:
    """Return the clash in a case that waits for a choice."""
    clash: Clash | None = st.session_state.get(_CLASH)
    return clash if clash and clash.case_id == case_id else None


def actor() -> Actor:
    """Return who acts; raise SessionEnded when the session has ended under their hands."""
    found = actor_of_this_run()
    if found is None:
        raise SessionEnded("Your session has ended; please sign in again. What was saved is still there.")
    return found


def unsaved(case_id: str = "") -> dict[str, str]:
    """Return the texts that stand in fields (of one case) and are not stored, by field."""
    fields: dict[str, Field] = st.session_state.get(_FIELDS, {})
    typed = {key: st.session_state.get(key) for key, field in fields.items() if field.save is not None}
    return {
        k: v
        for k, v in typed.items()
        if isinstance(v, str) and v.strip() and v != fields[k].shown and k.startswith(case_id)
    }


def why_not_saved(case_id: str) -> str | None:
    """Return in a sentence why something of a case is not saved; None when all of it is."""
    if _clash(case_id):
        return "someone else changed the same thing; choose below which of the two stays."
    waiting = unsaved(case_id)
    if not waiting:
        return None
    fields: dict[str, Field] = st.session_state[_FIELDS]
    if any(typed not in fields[key].refused for key, typed in waiting.items()):
        return "the database could not store it; it is tried again at your next click, and what you typed stays there."
    named = [fields[key].label for key in waiting if fields[key].label]
    where = joined([f"'{label}'" for label in dict.fromkeys(named)]) if named else "a field"
    return f"{where} is not accepted as it stands; the reason is beside it, and what you typed stays there."


def show_unsaved() -> None:
    """Show, where a page cannot be drawn, what was typed on it and is not stored yet, and a way to try again."""
    texts = unsaved()
    if texts:
        st.markdown("What you typed is still here and will be stored once the database can store it:")
        for text in texts.values():
            st.code(text, language=None, wrap_lines=True)
    st.button("Try again", key="saving/again", type="primary")


def _settle_clash(save: Callable[[], bool], *, keep_fields: bool = False) -> None:
    """Store what was chosen of two changes; where that goes wrong the choice stays open."""
    if save():
        if not keep_fields:
            _forget_fields()
        st.session_state.pop(_CLASH, None)


def _forget_fields() -> None:
    """Let every field show what is stored."""
    for key in [
        *st.session_state.pop(_FIELDS, {}),
        *(k for k in st.session_state if str(k).startswith(f"{BOTH}/")),
    ]:
        if key in st.session_state:
            del st.session_state[key]


_Save = Callable[[str, int, Fields], int]
_Now = Callable[[CaseView], tuple[Fields, int]]


def _store(view: CaseView, change: Change, base: Fields, version: int, save: _Save, now: _Now) -> bool:
    """Store ``change`` of ``base``; where someone else saved first, put the two together if they can be."""
    st.session_state.pop(_FRESH, None)
    try:
        try:
            save(view.id, version, change(base))
        except Conflict as conflict:
            theirs, found = now(cases.open_case(database(), actor(), view.id))
            both = merged(base, theirs, change)
            if both is None:
                mine = change(base)
                st.session_state[_CLASH] = Clash(
                    view.id,
                    str(conflict),
                    mine,
                    theirs,
                    partial(_store_mine, view, change, save, now),
                    together(base, mine, theirs),
                    lambda whole: _store(view, lambda _: whole, theirs, found, save, now),
                )
                return False
            if both != theirs:
                save(view.id, found, both)
    except Unavailable as away:
        st.session_state[_AWAY] = True
        notify(str(away), "error")
        return False
    except CaseworkError as refusal:
        notify(str(refusal), "error")
        return False
    except LookupError:
        notify("What you changed is not there any more, so it was not saved; what is stored is shown.", "error")
        return False
    except ValueError as fault:
        notify(str(fault), "error")
        return False
    _read_again(view.id)
    return True


def _read_again(case_id: str) -> None:
    """Look at the case as it now stands; where that fails it is stored all the same, and the page says why."""
    with suppress(CaseworkError):
        fresh = cases.open_case(database(), actor(), case_id)
        remember(fresh)
        st.session_state[_FRESH] = fresh


def _store_mine(view: CaseView, change: Change, save: _Save, now: _Now) -> bool:
    fresh = cases.open_case(database(), actor(), view.id)
    theirs, version = now(fresh)
    return _store(fresh, change, theirs, version, save, now)


def _save_document(case_id: str, version: int, document: Fields) -> int:
    return cases.update_document(database(), actor(), case_id, version, document)


def _save_factor(case_id: str, version: int, entry: Fields) -> int:
    return record.save_factor(database(), actor(), case_id, version, entry)


def _save_gate(case_id: str, version: int, entry: Fields) -> int:
    return record.save_gate(database(), actor(), case_id, version, entry)


def _document_now(view: CaseView) -> tuple[Fields, int]:
    return view.document, view.document_version


def _factor_now(factor: str, view: CaseView) -> tuple[Fields, int]:
    entered = view.factors.get(factor)
    return (entered.entry.model_dump(mode="json"), entered.version) if entered else ({"factor": factor}, 0)


def _gate_now(gate: str, view: CaseView) -> tuple[Fields, int]:
    entered = view.gates.get(gate)
    return (entered.entry.model_dump(mode="json"), entered.version) if entered else ({"gate": gate}, 0)
