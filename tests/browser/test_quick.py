"""The quick ways in a real browser: the quick check as one types, a pasted list, finding a case, an address kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server
from tests.browser.hands import PASSWORD, at, fill, first_account, number, press, settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]


def test_a_question_a_list_and_a_case_found_again(server: Server, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(20_000)
    page.goto(server.address)
    first_account(page, server.code)

    page.get_by_role("link", name="Quick check", exact=True).first.click()
    at(page, "Quick check")
    page.get_by_role("textbox", name="Charge, or a whole charging list").press_sequentially("PFMA 2nd", delay=30)
    expect(page.get_by_role("heading", name="What follows")).to_be_visible()  # as it is typed: no Tab, no Enter
    number(page, "Suspended, days", "365")
    expect(page.get_by_text("ordered in all 365 days")).to_be_visible()
    settled(page)
    page.get_by_role("tabpanel").locator("summary").first.click()
    expect(page.get_by_text("Because", exact=True).first).to_be_visible()
    expect(page.get_by_text(re.compile("checked [A-Z][a-z]{2} \\d")).first).to_be_visible()
    assert "PFMA" not in page.url

    page.get_by_role("link", name="Cases", exact=True).first.click()
    at(page, "Cases")
    fill(page, "Cause number", "CR-2026-0412")
    fill(page, "Charging list, if you have one", "PFMA 1st; theft 45-6-301; DUI 2nd; VOP")
    press(page, "Start a case")
    at(page, "Charges")
    expect(page.get_by_role("heading", name=re.compile("^Count 3: DUI"))).to_be_visible()
    page.get_by_role("radiogroup", name="Which offense is 'VOP'?").get_by_text("Violation of an order").click()
    settled(page)
    press(page, "Add 1 count")
    expect(page.get_by_role("heading", name=re.compile("^Count 4: Violation of an order"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    press(page, "Undo")
    expect(page.get_by_role("heading", name=re.compile("^Count 4"))).to_have_count(0)

    page.keyboard.press("Alt+N")
    at(page, "Plea options")
    step = page.url
    page.keyboard.press("Alt+P")
    at(page, "Charges")

    page.keyboard.press("Alt+K")
    at(page, "Find")
    page.get_by_role("link", name="Law", exact=True).first.click()
    at(page, "Law")
    box = page.get_by_role("searchbox", name="Find a case or an offense")
    box.fill("0412")
    box.press("Enter")
    at(page, "Find")
    assert "0412" not in page.url
    page.get_by_test_id("stMain").get_by_role("link", name="CR-2026-0412").click()
    at(page, "Plea options")

    press(page, "Sign out")
    at(page, "Sign in to Plea Aid")
    page.goto(step)
    at(page, "Sign in to Plea Aid")
    fill(page, "User name", "pat")
    fill(page, "Password", PASSWORD)
    press(page, "Sign in")
    at(page, "Plea options")
    expect(page.get_by_role("link", name="CR-2026-0412")).to_be_visible()
