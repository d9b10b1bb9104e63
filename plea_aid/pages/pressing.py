"""Buttons whose press is never lost, and deeds that are never broken off half done.

Streamlit breaks off the drawing of a page when the next input comes, and a press whose deed had not begun goes with
it, without a word. Here a press is marked before anything can break off, and the mark stays until its deed begins;
the deed itself runs beside the drawing, so that it ends before anything else happens.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

_MARKS = "pressing/marks"
T = TypeVar("T")


def button(
    label: str,
    deed: Callable[[], T],
    *,
    key: str | None = None,
    then: Callable[[T], Any] = lambda _: st.rerun(),
    **how: Any,
) -> None:
    """Show a button; once it was pressed, do its deed whole and ``then`` draw the page again, or what else follows.

    ``how`` is what st.button takes besides. What the deed raises is raised here; it neither leaves the page nor draws
    on it.
    """
    marks = _marks()
    mark = key or label
    st.button(label, key=key, on_click=marks.add, args=(mark,), **how)
    if mark in marks and not how.get("disabled"):  # what came after the press may have taken away what it rested on
        marks.discard(mark)  # and from here on nothing of Streamlit's is asked before the deed runs
        then(whole(deed))


def whole(deed: Callable[[], T]) -> T:
    """Return what ``deed`` returns; no new input breaks it off."""
    context, shown = contextvars.copy_context(), get_script_run_ctx()

    def beside() -> T:
        add_script_run_ctx(threading.current_thread(), shown)
        return context.run(deed)

    with ThreadPoolExecutor(1, "plea-aid-deed") as worker:
        return worker.submit(beside).result()


def forget() -> None:
    """Forget the presses of buttons that a page drawn to its end, or another page, does not show any more."""
    _marks().clear()


def _marks() -> set[str]:
    marks: set[str] = st.session_state.setdefault(_MARKS, set())
    return marks
