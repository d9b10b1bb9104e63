"""The pages of the law by themselves, as AppTest opens them at an address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.casework import signin
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from tests.pages.conftest import PASSWORD

SCRIPT = """
import streamlit as st
from plea_aid.pages import frame, law_draft, law_impact, law_pages, quick

draws = {
    "law": law_pages.draw, "law-entry": law_pages.draw, "law-draft": law_draft.draw, "law-impact": law_impact.draw,
    "quick": quick.draw,
}
pages = {
    name: st.Page(frame.guarded(draw), title=name, url_path=name, default=name == FIRST)
    for name, draw in draws.items()
}
frame.keep_pages(pages)
st.navigation(list(pages.values())).run()
"""
OpenLaw = Callable[..., AppTest]


@pytest.fixture
def open_law(db: Database, pat: Actor) -> OpenLaw:
    """Return a function that opens the Law page, or the draft form, at an address, signed in as someone."""

    def open_(first: str = "law", user_name: str = "pat", **query: str) -> AppTest:
        app = AppTest.from_string(f"FIRST = {first!r}\n{SCRIPT}", default_timeout=60)
        app.session_state["session/token"] = signin.sign_in(db, user_name, PASSWORD).token
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception
        return app

    return open_


def links(app: AppTest) -> str:
    """Return the labels of the links on the page, one a line, without Markdown's backslashes."""
    return "\n".join(link.label for link in app.get("page_link")).replace("\\", "")
