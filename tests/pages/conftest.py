"""A database of its own for each test, an account, and the app as AppTest runs it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import ClassVar

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from plea_aid.casework import accounts, free_text, signin
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.migrate import open_database
from plea_aid.privacy.guard import Hit
from plea_aid.settings import settings

SCRIPT = str(Path(__file__).resolve().parents[2] / "streamlit_app.py")
PASSWORD = "a long enough sentence"

Open = Callable[..., AppTest]


@pytest.fixture
def db(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty, migrated database that the app opens too."""
    shutil.copy(sqlite_template, tmp_path / "office.db")
    monkeypatch.setenv("PLEA_AID_DATABASE_URL", f"sqlite:///{tmp_path / 'office.db'}")
    settings.cache_clear()
    st.cache_resource.clear()
    database = open_database()
    yield database
    database.close()
    st.cache_resource.clear()
    settings.cache_clear()


class QuickGuard:
    """Finds one word: the real detectors take seconds to read and have tests of their own."""

    kinds: ClassVar = {"immigration-status": "immigration status"}

    def scan(self, text: str) -> list[Hit]:
        place = text.find("undocumented")
        return [Hit("immigration-status", place, place + 12, "undocumented", "Why.")] if place >= 0 else []

    def replace(self, text: str, hits: list[Hit]) -> str:
        return text.replace("undocumented", "[removed: immigration status]")


@pytest.fixture(autouse=True)
def quick_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_text, "load_guard", QuickGuard)


@pytest.fixture(scope="session", autouse=True)
def components_looked_for_once() -> Iterator[None]:
    """Each AppTest reads the metadata of every installed package for components of the screen; one reading will do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def pat(db: Database) -> Actor:
    """A supervising attorney, signed in."""
    code = accounts.first_code(db)
    assert code
    account = {"user_name": "pat", "display_name": "Pat Doe", "role": "supervisor"}
    accounts.create_first_account(db, code, account, PASSWORD)
    return signin.sign_in(db, "pat", PASSWORD).actor


def colleague(db: Database, pat: Actor, user_name: str, role: str) -> Actor:
    """Add another person and sign them in."""
    _, code = accounts.add_user(db, pat, {"user_name": user_name, "display_name": user_name.title(), "role": role})
    accounts.use_code(db, user_name, code, PASSWORD)
    return signin.sign_in(db, user_name, PASSWORD).actor


@pytest.fixture
def open_app(db: Database) -> Open:
    """Return a function that opens the app at an address, signed in as someone (or nobody)."""

    def open_(user_name: str | None = "pat", *, page: str = "", **query: str) -> AppTest:
        app = AppTest.from_file(SCRIPT, default_timeout=60)
        if user_name:
            app.session_state["session/token"] = signin.sign_in(db, user_name, PASSWORD).token
        for key, value in query.items():
            app.query_params[key] = value
        # AppTest's own switch_page knows pages by their file only; ours are functions.
        app._page_hash = calc_hash(page) if page else ""
        app.run()
        app._page_hash = ""
        assert not app.exception, app.exception
        return app

    return open_


def visible(app: AppTest) -> str:
    """Return the text on the page."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    found = [b for b in app.button if b.label == label]
    assert found, f"no button '{label}' among {[b.label for b in app.button]}"
    found[0].click().run()
    assert not app.exception, app.exception
    return app


def field(app: AppTest, label: str, kind: str = "text_input", place: int = 0):  # type: ignore[no-untyped-def]
    """Return the field with this label."""
    found = [f for f in getattr(app, kind) if f.label == label]
    assert len(found) > place, f"no field '{label}' among {[f.label for f in getattr(app, kind)]}"
    return found[place]
