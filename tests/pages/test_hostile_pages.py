"""What someone puts into an address or a field of a page: shown as typed or refused in words, never a traceback."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from tests.pages.conftest import Open
from tests.pages.test_walk_pages import PFMA
from tests.security.hostile import HIDDEN, LINES, MARKUP, PATHS, SQL, TYPST

ADDRESSES = (SQL[1], PATHS[0], MARKUP[0], HIDDEN[1], HIDDEN[2] + HIDDEN[5], "A" * 10_000)
PAGES = ("charges", "quick", "law", "may")
TYPED = (" ".join(MARKUP)[:400], TYPST[0], SQL[2], HIDDEN[0], HIDDEN[2], HIDDEN[5], LINES[0], "A" * 25_000)


def sound(app: AppTest, place: object) -> None:
    """No page broke, and nothing on it is markup that a browser runs."""
    assert not app.exception, (place, app.exception)
    assert not [one for one in app.markdown if one.allow_html], place


def test_no_address_breaks_a_page(db: Database, pat: Actor, open_app: Open) -> None:
    app = open_app()
    for name in PAGES:
        for text in ADDRESSES:
            for key in ("case", "step", "action", "offense", "ground", "category"):
                app.query_params[key] = text
            app._page_hash = calc_hash(name)
            app.run()
            app._page_hash = ""
            sound(app, (name, text[:20]))


@pytest.mark.parametrize("page", ["", "options", "decision", "law"])
def test_no_text_in_a_field_breaks_a_page(db: Database, pat: Actor, open_app: Open, page: str) -> None:
    view = cases.create_case(db, pat, {**PFMA, "cause_number": "CR-1"})
    for text in TYPED[::4]:
        app = open_app(page=page, case=view.id)
        for field in (*app.text_input, *app.text_area):
            if not field.disabled:
                field.set_value(text[: field.max_chars] if getattr(field, "max_chars", None) else text)
        app.run()
        sound(app, (page, text[:20]))
        for label in [one.label for one in app.button if one.form_id][:2]:
            found = [one for one in app.button if one.label == label]
            if found:
                found[0].click().run()
                sound(app, (page, label, text[:20]))


def test_no_name_or_password_breaks_the_sign_in(db: Database, pat: Actor, open_app: Open) -> None:
    app = open_app(None)
    for text in TYPED:
        for field in app.text_input:
            field.set_value(text)
        next(one for one in app.button if one.form_id).click().run()
        sound(app, text[:20])
        assert "Sign in" in app.title[0].value
