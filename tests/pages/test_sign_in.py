from __future__ import annotations

from streamlit.testing.v1 import AppTest

from plea_aid.casework import accounts, cases, signin
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.pages import tickets
from tests.pages.conftest import PASSWORD, SCRIPT, Open, colleague, field, press, visible


def fill_first_account(app: AppTest, code: str, password: str = PASSWORD, again: str = PASSWORD) -> AppTest:
    for label, value in {
        "One-time code": code,
        "Your name": "Pat Doe",
        "User name": "pat",
        "Password": password,
        "Password once more": again,
    }.items():
        field(app, label).set_value(value)
    return press(app, "Create account")


def test_the_first_start_asks_for_the_code_from_the_terminal(db: Database, open_app: Open) -> None:
    code = accounts.first_code(db)
    assert code
    app = open_app(None)
    assert app.title[0].value == "Set up Plea Aid"
    fill_first_account(app, "WRONG-WRONG-WRONG-WRONG")
    assert "code is not valid" in app.error[0].value
    fill_first_account(app, code, again="another sentence altogether")
    assert "two passwords differ" in app.error[0].value
    fill_first_account(app, code, password="short", again="short")
    assert "at least 15 characters" in app.error[0].value
    fill_first_account(app, code)
    assert app.title[0].value == "Cases"
    assert not accounts.needs_first_account(db)


def test_a_wrong_password_is_one_sentence_and_a_right_one_opens_the_address_asked_for(
    db: Database, pat: Actor, open_app: Open
) -> None:
    view = cases.create_case(db, pat, {"cause_number": "CR-7"})
    app = open_app(None, case=view.id, step="charges")
    assert app.title[0].value == "Sign in to Plea Aid"
    field(app, "User name").set_value("pat")
    field(app, "Password").set_value("not the password")
    press(app, "Sign in")
    assert app.error[0].value == "The user name or the password is not right."
    field(app, "Password").set_value(PASSWORD)
    press(app, "Sign in")
    assert app.title[0].value == "Charges"
    assert field(app, "Cause number").value == "CR-7"


def test_a_new_person_signs_in_with_their_code(db: Database, pat: Actor, open_app: Open) -> None:
    account = {"user_name": "robin", "display_name": "Robin Roe", "role": "prosecutor"}
    _, code = accounts.add_user(db, pat, account)
    app = open_app(None)
    app.text_input(key="code/user").set_value("robin")
    app.text_input(key="code/code").set_value(code)
    app.text_input(key="code/password").set_value(PASSWORD)
    press(app, "Set password and sign in")
    assert app.title[0].value == "Cases"
    assert "Robin Roe, prosecutor" in visible(app)


def test_signing_out_ends_the_session_on_the_server(db: Database, pat: Actor, open_app: Open) -> None:
    app = open_app()
    token = app.session_state["session/token"]
    press(app, "Sign out")
    assert app.title[0].value == "Sign in to Plea Aid"
    assert token not in {s.id for s in signin.list_sessions(db, pat)}
    again = AppTest.from_file(SCRIPT, default_timeout=60)
    again.session_state["session/token"] = token
    again.run()
    assert again.title[0].value == "Sign in to Plea Aid"


def test_a_session_ended_by_someone_else_says_so_and_says_that_nothing_is_lost(
    db: Database, pat: Actor, open_app: Open
) -> None:
    app = open_app()
    mine = signin.resume(db, app.session_state["session/token"])
    signin.end_session(db, pat, mine.session_id)
    app.run()
    assert app.title[0].value == "Sign in to Plea Aid"
    assert "was ended" in app.info[0].value
    assert "saved" in app.info[0].value


def test_nobody_sees_a_page_they_may_not_open(db: Database, pat: Actor, open_app: Open) -> None:
    colleague(db, pat, "ada", "administrator")
    app = open_app("ada")
    assert app.title[0].value == "Accounts"
    assert "Start a case" not in [b.label for b in app.button]


def test_a_ticket_is_good_once() -> None:
    ticket = tickets.leave("token")
    assert tickets.take("something else") is None
    assert tickets.take(ticket) == "token"
    assert tickets.take(ticket) is None


def test_an_old_ticket_is_good_for_nothing(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    ticket = tickets.leave("token")
    later = tickets.time.monotonic() + tickets.SECONDS + 1
    monkeypatch.setattr(tickets.time, "monotonic", lambda: later)
    assert tickets.take(ticket) is None
