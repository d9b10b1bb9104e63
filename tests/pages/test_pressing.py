"""A button that keeps its press until its deed is done."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def _page(*, disabled: bool) -> None:
    import streamlit as st

    from plea_aid.pages import pressing

    done = st.session_state.setdefault("done", [])
    pressing.button("Approve", lambda: done.append("approved"), disabled=disabled)
    pressing.forget()


@pytest.mark.parametrize(("disabled", "done"), [(False, ["approved"]), (True, [])])
def test_a_press_that_a_broken_run_left_behind_is_carried_out_once_and_never_by_a_disabled_button(
    disabled: bool, done: list[str]
) -> None:
    page = AppTest.from_function(_page, kwargs={"disabled": disabled}, default_timeout=30)
    page.session_state["pressing/marks"] = {"Approve"}
    page.run()
    assert page.session_state["done"] == done
    assert not page.run().exception
    assert page.session_state["done"] == done
