"""Form fields that are stored as soon as something is entered, and keep in sight what cannot be accepted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from plea_aid.pages.dates import read_day, typed_day
from plea_aid.pages.saving import left_behind, seen_case, show
from plea_aid.pages.sensitive import settle_text

Save = Callable[[Any], bool]


def text_field(
    label: str,
    key: str,
    stored: str | None,
    save: Save,
    *,
    help: str | None = None,
    placeholder: str | None = None,
    area: bool = False,
    longest: int | None = None,
    check: Callable[[str], str | None] | None = None,
) -> None:
    """Show a text; store it when it changes.

    ``check`` returns why a text cannot be accepted; then the sentence is shown, and the text stays and is not stored.
    """

    def save_when_accepted(typed: str) -> bool:
        return (check is None or check(typed) is None) and save(typed)

    show(key, stored or "", save_when_accepted, label)
    draw: Any = st.text_area if area else st.text_input
    more: dict[str, Any] = {"height": 110} if area else {}
    typed: str = draw(
        label,
        key=key,
        help=help,
        placeholder=placeholder,
        max_chars=longest,
        persist_state="session",
        **more,
    )
    left = left_behind(key)
    if left is not None:
        st.caption("The connection to the program was lost; this stood here and is not stored:")
        st.code(left, language=None, wrap_lines=True)
    refusal = check(typed) if check and typed != (stored or "") else None
    if refusal:
        st.error(f"{refusal} It is not saved yet.")
    settle_text(key, label, seen_case().id, stored=stored or "")


def date_field(
    label: str,
    key: str,
    stored: date | str | None,
    save: Save,
    *,
    help: str | None = None,
) -> None:
    """Show a date as it is typed; store it, as ISO text or None, when it reads as one."""

    def save_day(typed: str) -> bool:
        day = read_day(typed)
        return save(day.isoformat() if day else None)

    text_field(
        label,
        key,
        typed_day(stored),
        save_day,
        help=help,
        placeholder="month/day/year",
        check=_no_date,
    )


def number_field(
    label: str,
    key: str,
    stored: float | None,
    save: Save,
    *,
    help: str | None = None,
    optional: bool = False,
    step: float = 1,
) -> None:
    """Show a number from 0; store it when it changes. An optional one may be empty."""
    show(key, stored if stored is not None or optional else type(step)(0), save)
    st.number_input(
        label,
        min_value=type(step)(0),
        step=step,
        value=None if optional else "min",
        key=key,
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
    help: str | None = None,
    radio: bool = False,
    quiet: bool = False,
    placeholder: str = "Choose",
) -> None:
    """Show a choice of one; store it when it changes. What is stored is offered even when it is no longer listed.

    A ``quiet`` label is read out and not drawn, where the heading above says the same.
    """
    offered = list(options) if stored in options or stored is None else [*options, stored]
    # A browser may name a choice by a label that has just changed; that is no choice.
    show(key, stored, lambda value: value in offered and save(value))
    draw: Any = st.radio if radio else st.selectbox
    more: dict[str, Any] = {"horizontal": True} if radio else {"placeholder": placeholder}
    draw(
        label,
        offered,
        index=None if stored is None else 0,
        format_func=words,
        key=key,
        help=help,
        label_visibility="collapsed" if quiet else "visible",
        persist_state="session",
        **more,
    )


def tick_field(label: str, key: str, stored: bool, save: Save) -> None:
    """Show a box to tick; store it when it changes."""
    show(key, stored, save)
    st.checkbox(label, key=key, persist_state="session")


def _no_date(typed: str) -> str | None:
    try:
        read_day(typed)
    except ValueError as fault:
        return str(fault)
    return None
