"""Accounts, sessions, access to a case, and what you may do, as AppTest drives them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.casework import accounts, cases, signin, walls
from plea_aid.casework.actors import ROLES, Actor
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import CASE_RULES, PHRASES, ROLE_MAY, Action
from plea_aid.casework.views import CaseView
from plea_aid.pages import provider
from tests.pages.conftest import SCRIPT, Open, colleague, field, press, visible


def page(open_app: Open, url: str, user: str = "pat", **query: str) -> AppTest:
    return open_app(user, page=url, **query)


def cells(app: AppTest) -> str:
    return "\n".join(table.value.to_string() for table in app.table)


@pytest.fixture
def case(db: Database, pat: Actor) -> CaseView:
    return cases.create_case(db, pat, {"cause_number": "CR-2026-0412"})


def test_a_case_is_closed_to_a_colleague_with_a_reason_and_opened_again(
    db: Database, pat: Actor, case: CaseView, open_app: Open
) -> None:
    robin = colleague(db, pat, "robin", "prosecutor")
    app = page(open_app, "access", case=case.id)
    assert "open to everyone whose role may open cases" in visible(app)
    press(app, "Close it to them")
    assert "Choose the colleague first" in app.error[0].value
    app.selectbox(key="access/who").select_index(0)
    app.text_area(key="access/reason").set_value(" ")
    press(app, "Close it to them")
    assert "give the reason" in app.error[0].value
    assert app.text_area(key="access/reason").value == " "
    app.text_area(key="access/reason").set_value("Cousin of the *defendant*.")
    press(app, "Close it to them")
    assert "Cousin of the \\*defendant\\*\\." in visible(app)
    assert cases.list_cases(db, robin).rows == ()
    field(app, "Why the case is opened again to Robin").set_value("It was another person of that name.")
    press(app, "Open it again to Robin")
    assert "another person of that name" in cells(app)
    assert [row.id for row in cases.list_cases(db, robin).rows] == [case.id]


def test_to_a_walled_colleague_the_address_of_the_case_leads_nowhere(
    db: Database, pat: Actor, case: CaseView, open_app: Open
) -> None:
    robin = colleague(db, pat, "robin", "prosecutor")
    walls.close_to(db, pat, case.id, robin.user_id, "Cousin.")
    for step in ("charges", "note", "access"):
        app = (
            open_app("robin", case=case.id, step=step)
            if step != "access"
            else page(open_app, step, "robin", case=case.id)
        )
        assert "There is no such case" in app.error[0].value
        assert "0412" not in visible(app) + cells(app)
    assert "There is no case yet" in visible(open_app("robin"))


@pytest.mark.parametrize("role", ROLES)
def test_what_you_may_do_is_the_table_itself(db: Database, pat: Actor, open_app: Open, role: str) -> None:
    colleague(db, pat, "robin", role)
    app = page(open_app, "may", "robin")
    general, rules, roles = (table.value for table in app.table)
    shown = {row["To"]: row["You may"] for _, row in general.iterrows()}
    assert shown == {PHRASES[a]: "✓ yes" if a in ROLE_MAY[role] else "✕ no" for a in Action}
    assert all(general["Because"].str.endswith("."))
    assert set(rules["Rule"]) == {rule.name for rule in CASE_RULES}
    assert set(roles.columns) >= {role.capitalize() for role in ROLES}


def test_a_refusal_leads_to_the_rule_that_refused(db: Database, pat: Actor, case: CaseView, open_app: Open) -> None:
    colleague(db, pat, "robin", "prosecutor")
    app = page(open_app, "may", "robin", case=case.id, action="case.decide")
    assert "The rule that refused: The attorney's own decision" in visible(app)
    on_case = app.table[0].value
    assert on_case[on_case["To"] == PHRASES[Action.CASE_DECIDE]].iloc[0]["You may"] == "✕ no"
    assert "0412" in visible(app)
    app = page(open_app, "may", "robin", action="case.destroy")
    assert "not something this program does" in visible(app)
    colleague(db, pat, "ada", "administrator")
    app = page(open_app, "may", "ada", case=case.id)
    assert "0412" not in visible(app) + cells(app)
    app = page(open_app, "charges", "ada", case=case.id)
    assert "may not open cases" in app.error[0].value
    assert [link.label for link in app.get("page_link")] == ["Why? See what you may do"]


def test_sessions_are_seen_and_ended_on_one_screen(db: Database, pat: Actor, open_app: Open) -> None:
    robin = colleague(db, pat, "robin", "prosecutor")
    signin.sign_in(db, "pat", "a long enough sentence", "10.0.0.5")
    app = page(open_app, "sessions")
    assert "10\\.0\\.0\\.5" in cells(app)
    assert "Robin" in cells(app)
    assert "(this one)" in cells(app)
    [end] = [button for button in app.button if button.label.startswith("End yours at 10\\.0\\.0\\.5, signed in ")]
    end.click().run()
    assert "10\\.0\\.0\\.5" not in cells(app)
    mine = next(one for one in signin.own_sessions(db, robin))
    app.button(key=f"sessions/end/{mine.id}").click().run()
    assert "Nobody else is signed in" in visible(app)
    colleague(db, pat, "lee", "paralegal")
    app = page(open_app, "sessions", "lee")
    assert "Everyone else's sessions" not in visible(app)
    for desk in ("desk 1", "desk 2"):
        signin.sign_in(db, "lee", "a long enough sentence", desk)
    app.run()
    press(app, "End all of yours but this one")
    assert len(app.table[0].value) == 1


def test_an_account_is_tied_to_an_address_and_untied(db: Database, pat: Actor, open_app: Open) -> None:
    app = page(open_app, "accounts")
    for key, value in {"name": "Sam Roe", "user": "sam", "email": "sam.roe@city.example"}.items():
        app.text_input(key=f"people/{key}").set_value(value)
    press(app, "Add")
    assert "signs in through the office's provider as `sam.roe@city.example`" in visible(app)
    app.run()
    sam = next(u for u in accounts.list_users(db, pat) if u.user_name == "sam")
    address = field(app, "E-mail address at the office's sign-in provider")
    assert address.value == "sam.roe@city.example"
    address.set_value("no address")
    press(app, "Save the address")
    assert "e-mail address cannot be saved" in app.error[0].value
    field(app, "E-mail address at the office's sign-in provider").set_value("")
    press(app, "Save the address")
    assert next(u for u in accounts.list_users(db, pat) if u.id == sam.id).email == ""


class Browser:
    """What the provider says, as a test sets it."""

    claims: dict[str, Any] | None = None


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> type[Browser]:
    monkeypatch.setattr(Browser, "claims", None)
    monkeypatch.setattr(provider, "claims", lambda: Browser.claims)
    monkeypatch.setattr(
        provider,
        "configured",
        lambda: provider.Provider("https://login.example/.well-known/openid-configuration", "id", "x", "City"),
    )
    return Browser


def claims(nonce: str) -> dict[str, Any]:
    who = {"iss": "https://login.example", "sub": "s-1", "email": "sam.roe@city.example"}
    return {**who, "nonce": nonce, "iat": int(time.time()), "is_logged_in": True}


def test_the_provider_opens_a_session_that_ours_alone_keeps(
    db: Database, pat: Actor, open_app: Open, browser: type[Browser]
) -> None:
    app = open_app(None)
    assert "Sign in with City" in [b.label for b in app.button]
    browser.claims = claims("n-1")
    app.run()
    assert "makes no account by itself" in app.error[0].value
    sam = {"user_name": "sam", "display_name": "Sam", "role": "prosecutor", "email": "sam.roe@city.example"}
    made, _ = accounts.add_user(db, pat, sam)
    browser.claims = claims("n-2")
    app = open_app(None)
    assert app.title[0].value == "Cases"
    (session,) = [one for one in signin.list_sessions(db, pat) if one.user_id == made.id]
    signin.end_session(db, pat, session.id)
    app.run()
    assert app.title[0].value == "Sign in to Plea Aid"
    assert "was ended" in app.info[0].value
    again = AppTest.from_file(SCRIPT, default_timeout=60).run()  # a new tab: Streamlit still knows the person
    assert again.title[0].value == "Sign in to Plea Aid"
    assert not again.error
