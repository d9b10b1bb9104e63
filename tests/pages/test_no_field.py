"""No page has a field for what Section 2 protects: every widget of every page is read."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from tests.pages.conftest import Open, colleague
from tests.pages.test_walk_pages import PFMA, complete
from tests.privacy.test_no_field import asking

FIELDS = (
    "text_input", "text_area", "selectbox", "multiselect", "radio", "checkbox", "toggle", "number_input", "date_input",
    "time_input", "slider", "select_slider", "color_picker", "file_uploader", "chat_input", "pills",
)  # fmt: skip
"""Every kind of field that AppTest knows; columns of tables that can be edited are read beside them."""
NOT_ABOUT_A_PERSON: dict[str, str] = {}
"""Labels that use a word of the list and ask nothing about a person, with the reason why."""


def labels(app: AppTest) -> set[str]:
    found = {str(field.label) for kind in FIELDS for field in app.get(kind)}
    for editor in app.get("data_editor"):
        found |= {str(column) for column in editor.value.columns}
    return found


def every_page(app: AppTest) -> dict[str, set[str]]:
    """Return the labels of the fields on every page of the app, by page."""
    found: dict[str, set[str]] = {}
    for name, page in app.session_state["frame/pages"].items():
        app._page_hash = page._script_hash
        app.run()
        assert not app.exception, (name, app.exception)
        found[name] = labels(app)
    return found


def test_no_field_of_any_page_asks_for_it(db: Database, pat: Actor, open_app: Open) -> None:
    view = cases.create_case(db, pat, PFMA)
    complete(db, pat, view)
    colleague(db, pat, "sam", "supervisor")
    app = open_app(case=view.id)
    pages = every_page(app)
    read = {label for found in pages.values() for label in found}
    assert len(read) > 40, "the pages were not read"
    assert {"charges", "options", "factors", "decision"} <= {name for name, found in pages.items() if found}
    assert set(asking(read)) == set(NOT_ABOUT_A_PERSON)


def test_no_field_before_signing_in_asks_for_it(db: Database, open_app: Open) -> None:
    assert asking(labels(open_app(None))) == {}


@pytest.mark.parametrize("kind", ["text_input", "selectbox", "checkbox", "radio", "number_input", "text_area"])
def test_a_planted_field_is_found(kind: str) -> None:
    def planted(kind: str) -> None:
        import streamlit as st

        more = {"options": ["x"]} if kind in ("selectbox", "radio") else {}
        getattr(st, kind)("Country of birth", **more)

    app = AppTest.from_function(planted, kwargs={"kind": kind}).run()
    assert asking(labels(app)) == {"Country of birth": "birth-place"}
