"""Form fields that store what is entered the moment it is entered, and keep what cannot be accepted in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from plea_aid.pages.dates import read_day, typed_day
from plea_aid.pages.saving import bind
from plea_aid.pages.sensitive import warn_about

Save = Callable[[Any], object]


def text_field(
    label: str,
    key: str,
    stored: str | None,
    save: Save,
    *,
    disabled: bool = False,
    help: str | None = None,
    placeholder: str | None = None,
    area: bool = False,
    longest: int | None = None,
) -> str:
    """Show a text; store it when it changes. Returns what stands in the field."""
    bind(key, stored or "")
    draw: Any = st.text_area if area else st.text_input
    more: dict[str, Any] = {"height": 110} if area else {}
    typed: str = draw(
        label,
        key=key,
        on_change=_changed,
        args=(key, save),
        disabled=disabled,
        help=help,
        placeholder=placeholder,
        max_chars=longest,
        persist_state="session",
        **more,
    )
    if area:
        warn_about(typed)
    return typed


def date_field(
    label: str,
    key: str,
    stored: date | str | None,
    save: Save,
    *,
    disabled: bool = False,
    help: str | None = None,
) -> None:
    """Show a date as it is typed; store it when it reads as one, say what is wrong when it does not."""

    def save_when_read(typed: str) -> None:
        try:
            day = read_day(typed)
        except ValueError:
            return
        save(day.isoformat() if day else None)

    typed = text_field(
        label, key, typed_day(stored), save_when_read, disabled=disabled, help=help, placeholder="month/day/year"
    )
    try:
        read_day(typed)
    except ValueError as fault:
        st.error(f"{fault} It is not saved yet.")


def number_field(
    label: str,
    key: str,
    stored: float | None,
    save: Save,
    *,
    disabled: bool = False,
    help: str | None = None,
    optional: bool = False,
    step: float = 1,
) -> None:
    """Show a number from 0; store it when it changes. An optional one may be empty."""
    bind(key, stored if stored is not None or optional else type(step)(0))
    st.number_input(
        label,
        min_value=type(step)(0),
        step=step,
        value=None if optional else "min",
        key=key,
        on_change=_changed,
        args=(key, (lambda v: save(v)) if optional else (lambda v: save(v or 0))),
        disabled=disabled,
        help=help,
        persist_state="session",
    )


def choice_field(
    label: str,
    key: str,
    stored: Any,
    options: Sequence[Any],
    words: Callable[[Any], str],
    save: Save,
    *,
    disabled: bool = False,
    help: str | None = None,
    radio: bool = False,
    quiet: bool = False,
) -> None:
    """Show a choice of one; store it when it changes. What is stored is offered even when it is no longer listed.

    A ``quiet`` label is read out and not drawn, where the heading above says the same.
    """
    offered = list(options) if stored in options or stored is None else [*options, stored]
    bind(key, stored)
    draw: Any = st.radio if radio else st.selectbox
    more: dict[str, Any] = {"horizontal": True} if radio else {}
    draw(
        label,
        offered,
        index=None if stored is None else 0,
        format_func=words,
        key=key,
        on_change=_changed,
        args=(key, save),
        disabled=disabled,
        help=help,
        label_visibility="collapsed" if quiet else "visible",
        **more,
    )


def tick_field(label: str, key: str, stored: bool, save: Save, *, disabled: bool = False) -> None:
    """Show a box to tick; store it when it changes."""
    bind(key, stored)
    st.checkbox(label, key=key, on_change=_changed, args=(key, save), disabled=disabled)


def _changed(key: str, save: Save) -> None:
    save(st.session_state[key])
