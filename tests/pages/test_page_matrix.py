"""Role by page: every page under every role, signed out, walled and after the session was ended, without a leak.

The pages are those of the app itself, so that a new one fails here until its permission is entered below.
"""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from plea_aid.casework import cases, signin, submission, walls
from plea_aid.casework.actors import ROLES, Actor
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import ROLE_MAY, Action
from plea_aid.casework.views import CaseView
from tests.pages.conftest import PASSWORD, SCRIPT, Open, colleague
from tests.pages.test_walk_pages import PFMA, complete

MARK = "XYZZY"
"""Stands in the cause number, an option's name, a fact's words and a reason."""
_A = Action
PAGES: dict[str, Action | None] = {
    "cases": _A.CASE_LIST,
    "case": _A.CASE_READ,
    "charges": _A.CASE_READ,
    "options": _A.CASE_READ,
    "compare": _A.CASE_READ,
    "factors": _A.CASE_READ,
    "decision": _A.CASE_READ,
    "note": _A.CASE_READ,
    "access": _A.CASE_READ,
    "release": _A.CASE_READ,
    "retention": _A.CASE_READ,
    "docket": _A.DOCKET_SCREEN,
    "review": _A.CASE_LIST,
    "releases": _A.RELEASE_LIST,
    "law-impact": _A.IMPACT_READ,
    "audit": _A.AUDIT_READ,
    "office": _A.OFFICE_READ,
    "accounts": _A.USER_LIST,
    "quick": None,
    "find": None,
    "law": None,
    "law-draft": None,
    "law-entry": None,
    "sessions": None,
    "may": None,
    "help": None,
    "accessibility": None,
    "you": None,
}
"""Each page, with what a person must be allowed to see anything of a case, or the accounts, on it; None: nothing."""


@pytest.fixture
def case(db: Database, pat: Actor) -> CaseView:
    """A submitted case with marked words in it."""
    document: dict[str, Any] = {**PFMA, "cause_number": f"CR-{MARK}-1"}
    first, *others = PFMA["option"]  # type: ignore[misc]
    document["option"] = [{**first, "name": f"As charged {MARK}"}, *others]
    view = cases.create_case(db, pat, document)
    complete(db, pat, view, chosen=f"As charged {MARK}")
    submission.submit(db, pat, view.id, cases.open_case(db, pat, view.id).version)
    return cases.open_case(db, pat, view.id)


def everything(app: AppTest) -> str:
    """Return every word the server sent to the browser for the page."""
    sent = "".join(str(node.proto) for node in app._tree if getattr(node, "proto", None) is not None)
    return sent + "".join(table.value.to_string() for table in (*app.table, *app.dataframe))


def walk(app: AppTest, case_id: str) -> dict[str, str]:
    """Open every page at the case's address and return what each of them shows."""
    shown = {}
    for name in PAGES:
        app.query_params["case"] = case_id
        app._page_hash = calc_hash("" if name == "cases" else name)
        app.run()
        app._page_hash = ""
        assert not app.exception, (name, app.exception)
        shown[name] = everything(app)
    return shown


def test_every_page_of_the_app_is_in_the_matrix(db: Database, pat: Actor, open_app: Open) -> None:
    assert set(open_app().session_state["frame/pages"]) == set(PAGES)


@pytest.mark.parametrize("role", ROLES)
def test_a_page_shows_a_case_to_whom_the_table_says(
    db: Database, pat: Actor, case: CaseView, open_app: Open, role: str
) -> None:
    colleague(db, pat, "robin", role)
    shown = walk(open_app("robin"), case.id)
    may_read = Action.CASE_READ in ROLE_MAY[role]
    for name, page in shown.items():
        if not may_read:
            assert MARK not in page, name
        elif PAGES[name] is Action.CASE_READ:
            assert MARK in page, name
    refused = "may not" in shown["accounts"]
    assert refused == (Action.USER_LIST not in ROLE_MAY[role])
    assert ("Hash of the last" in shown["audit"]) == (Action.AUDIT_READ in ROLE_MAY[role])
    for name in ("releases", "office", "docket"):
        assert ("may not" in shown[name]) == (PAGES[name] not in ROLE_MAY[role]), name


@pytest.mark.parametrize("role", ["prosecutor", "supervisor", "paralegal", "auditor"])
def test_no_page_tells_a_walled_colleague_of_the_case(
    db: Database, pat: Actor, case: CaseView, open_app: Open, role: str
) -> None:
    robin = colleague(db, pat, "robin", role)
    app = open_app("robin", case=case.id, step="charges")
    assert MARK in everything(app)
    walls.close_to(db, pat, case.id, robin.user_id, f"A conflict {MARK}.")
    for name, page in walk(app, case.id).items():
        assert MARK not in page, name
        if PAGES[name] is Action.CASE_READ:
            assert "There is no such case" in page, name


def test_no_page_shows_anything_to_whoever_is_not_signed_in(
    db: Database, pat: Actor, case: CaseView, open_app: Open
) -> None:
    for name, page in walk(open_app(None), case.id).items():
        assert "Sign in to Plea Aid" in page, name
        assert MARK not in page, name
        assert "Pat Doe" not in page, name


def test_no_page_shows_anything_after_the_session_was_ended(
    db: Database, pat: Actor, case: CaseView, open_app: Open
) -> None:
    robin = colleague(db, pat, "robin", "prosecutor")
    for name in PAGES:
        app = open_app("robin", case=case.id, step="charges")
        assert MARK in everything(app)
        for one in signin.list_sessions(db, pat):
            if one.user_id == robin.user_id:
                signin.end_session(db, pat, one.id)
        app._page_hash = calc_hash("" if name == "cases" else name)
        app.run()
        assert "Sign in to Plea Aid" in everything(app), name
        assert MARK not in everything(app), name


def test_a_guessed_or_ended_token_opens_nothing(db: Database, pat: Actor, case: CaseView) -> None:
    ended = signin.sign_in(db, "pat", PASSWORD)
    signin.sign_out(db, ended.token)
    for token in (ended.token, "guessed", ""):
        app = AppTest.from_file(SCRIPT, default_timeout=60)
        app.session_state["session/token"] = token
        app.query_params["case"] = case.id
        app.run()
        assert app.title[0].value == "Sign in to Plea Aid"
        assert MARK not in everything(app)
