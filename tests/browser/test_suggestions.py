"""A suggestion added with one click in a real browser, after typing that must not be lost, and taken back again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server
from tests.browser.hands import at, choose, fill, first_account, number, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]


def test_a_suggestion_is_adopted_with_one_click_and_nothing_typed_is_lost(server: Server, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(20_000)
    page.goto(server.address)
    first_account(page, server.code)
    fill(page, "Cause number", "CR-2026-0413")
    fill(page, "Date of the offense", "3/14/2026")
    press(page, "Start a case")
    at(page, "Charges")
    fill(page, "Citation or words", "45-5-206(1)(a)")
    press(page, "Add MCA 45-5-206(1)(a)")
    expect(page.get_by_role("heading", name=re.compile("^Count 1: Partner or family member assault"))).to_be_visible()
    press(page, "Next: Plea options")
    at(page, "Plea options")
    press(page, "Add the usual offer as charged")
    number(page, "Jail to serve, days", "10")
    expect(page.get_by_text("Ordered in all: 10 days")).to_be_visible()

    # Typed and not yet left: going over to the suggestions stores it.
    page.get_by_role("spinbutton", name="Jail suspended, days", exact=True).fill("355")
    page.get_by_text("Suggestions", exact=True).click()
    expect(page.get_by_text("What must stay:")).to_be_visible()
    press(page, "Suggest options")
    choose(page, "Ground to avoid", re.compile("Aggravated felony: crime of violence"))
    expect(page.get_by_role("heading", name="Jail suspended: 355 days → 354 days")).to_be_visible()
    expect(page.get_by_text("the charge or arrest alone is enough").first).to_be_visible()

    page.get_by_role("button", name="Add to the options", exact=True).first.click()
    expect(page.get_by_text("In this case as 354 days jail suspended.")).to_be_visible()
    press(page, "Undo")
    expect(page.get_by_text("In this case as 354 days jail suspended.")).to_have_count(0)
    page.get_by_role("button", name="Add to the options", exact=True).first.click()
    expect(page.get_by_text("In this case as 354 days jail suspended.")).to_be_visible()

    press(page, "Next: Compare")
    at(page, "Compare")
    expect(page.get_by_text("354 days (−1 day)")).to_be_visible()
    expect(page.get_by_role("heading", name="Weight against consequences")).to_be_visible()
    expect(page.get_by_role("cell", name="2. 354 days jail suspended")).to_be_visible()
