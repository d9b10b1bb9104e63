"""Signing in through a city's provider in a real browser, against an OpenID Connect server on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from plea_aid.casework import accounts, signin
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.migrate import open_database
from plea_aid.pages import tickets
from tests.browser.conftest import free_port, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]
SAM = {"user_name": "sam", "display_name": "Sam Roe", "role": "prosecutor", "email": "sam.roe@city.example"}
LOOPBACK = ("http://127.0.0.1:", "http://localhost:", "data:", "blob:")


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[str]:
    """The address of a running provider that knows one person."""
    port = free_port()
    person = json.dumps({"sub": "s-1", "email": SAM["email"]})
    arguments = ["--port", str(port), "--host", "127.0.0.1", "--user-claims", person]
    with (tmp_path / "provider.txt").open("w") as log:
        provider = subprocess.Popen(
            [sys.executable, "-m", "oidc_provider_mock", *arguments], stdout=log, stderr=subprocess.STDOUT
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{address}/.well-known/openid-configuration", provider)
            yield address
        finally:
            provider.terminate()
            provider.wait(timeout=20)


def _wait_for(address: str, program: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and program.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the provider did not start")


@pytest.fixture
def office(tmp_path: Path, issuer: str) -> Iterator[tuple[str, Database, Actor]]:
    """The program with the provider set, its database, and a supervising attorney."""
    settings = {
        "PLEA_AID_OIDC_METADATA_URL": f"{issuer}/.well-known/openid-configuration",
        "PLEA_AID_OIDC_CLIENT_ID": "plea-aid",
        "PLEA_AID_OIDC_CLIENT_SECRET": "a secret of the test",
        "PLEA_AID_OIDC_NAME": "City of Example",
    }
    with running(tmp_path, **settings) as server:
        db = open_database(f"sqlite:///{tmp_path / 'office.db'}")
        chief = {"user_name": "chief", "display_name": "The Chief", "role": "supervisor"}
        accounts.create_first_account(db, server.code, chief, "a long enough sentence")
        yield server.address, db, signin.sign_in(db, "chief", "a long enough sentence").actor
        db.close()


@pytest.fixture
def context(browser: Browser) -> BrowserContext:
    """A browser that reaches loopback and nothing else; the provider's own page asks for a style sheet elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)

    def loopback_only(route: Route) -> None:
        route.continue_() if route.request.url.startswith(LOOPBACK) else route.abort()

    context.route("**/*", loopback_only)
    return context


def heading(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible(timeout=30_000)


def enter(page: Page, person: str | None = None) -> None:
    """Press the button for the provider and sign in there: as the person it knows, or under another name."""
    page.get_by_role("button", name="Sign in with City of Example", exact=True).click()
    heading(page, "Authorize Client")
    if person is None:
        page.get_by_role("button", name="s-1", exact=True).click()
    else:
        page.get_by_placeholder("sub").fill(person)
        page.get_by_role("button", name="Authorize", exact=True).click()


def cookies(context: BrowserContext) -> dict[str, dict[str, object]]:
    return {str(one["name"]): dict(one) for one in context.cookies()}


def test_a_city_account_opens_the_account_made_for_it_and_our_sessions_rule(
    office: tuple[str, Database, Actor], context: BrowserContext
) -> None:
    address, db, chief = office
    page = context.new_page()
    page.goto(address)
    heading(page, "Sign in to Plea Aid")
    enter(page)
    expect(page.get_by_text("This program makes no account by itself")).to_be_visible(timeout=30_000)
    assert len(accounts.list_users(db, chief)) == 1

    sam, code = accounts.add_user(db, chief, SAM)
    assert code is None
    enter(page)
    heading(page, "Cases")
    expect(page.get_by_text("Signed in as Sam Roe, prosecutor")).to_be_visible()
    until = time.monotonic() + 20
    while tickets.COOKIE not in cookies(context) and time.monotonic() < until:
        page.wait_for_timeout(200)
    ours, theirs = cookies(context)[tickets.COOKIE], cookies(context)["_streamlit_user"]
    assert (ours["httpOnly"], ours["sameSite"], ours["expires"]) == (True, "Strict", -1)
    assert theirs["httpOnly"]
    assert float(str(theirs["expires"])) < time.time() + 12 * 3600 + 60  # not Streamlit's thirty days

    page.reload()
    heading(page, "Cases")
    (session,) = [one for one in signin.list_sessions(db, chief) if one.user_id == sam.id]
    signin.end_session(db, chief, session.id)
    page.reload()
    heading(page, "Sign in to Plea Aid")  # Streamlit's cookie is still there and opens nothing
    assert "_streamlit_user" in cookies(context)

    enter(page)
    heading(page, "Cases")
    page.get_by_role("button", name="Sign out", exact=True).click()
    heading(page, "End Session")  # the provider's own page
    assert not [one for one in signin.list_sessions(db, chief) if one.user_id == sam.id]
    page.get_by_role("button", name="End session", exact=True).click()
    heading(page, "Sign in to Plea Aid")
    left = cookies(context)
    assert "_streamlit_user" not in left
    assert not left.get(tickets.COOKIE, {}).get("value")

    enter(page, "somebody else")
    expect(page.get_by_text("This program makes no account by itself")).to_be_visible(timeout=30_000)
    assert {u.user_name for u in accounts.list_users(db, chief)} == {"chief", "sam"}
