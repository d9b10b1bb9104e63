"""What a person does in a browser: fills a field, picks an answer, presses a button, and waits for the page."""

from __future__ import annotations

import re
from collections import Counter

from playwright.sync_api import Page, TimeoutError, expect

expect.set_options(timeout=20_000)
PASSWORD = "a long enough sentence"

DONE: Counter[str] = Counter()
"""What the person did so far: fields typed, answers chosen, buttons pressed."""


def fill(page: Page, label: str, value: str) -> None:
    DONE["typed"] += 1
    box = page.get_by_role("textbox", name=label, exact=True).first
    box.fill(value)
    box.press("Tab")
    settled(page)


def press(page: Page, label: str) -> None:
    """Press a button and wait, as a person does, until the page has answered; its name may end in its keys."""
    DONE["pressed"] += 1
    page.get_by_role("button", name=re.compile(rf"^{re.escape(label)}( Shortcut .+)?$")).first.click()
    settled(page)


def settled(page: Page) -> None:
    """Wait until the page is drawn: while it is drawn anew, what moves on it stands there twice for a moment."""
    page.wait_for_timeout(100)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-stale=true]")).to_have_count(0)


def tick(page: Page, label: str) -> None:
    """Tick a box by its words, once the page is drawn."""
    DONE["chosen"] += 1
    settled(page)
    box = page.get_by_role("checkbox", name=re.compile(f"^{re.escape(label)}"))
    expect(box).to_have_count(1)
    page.get_by_text(label).click()
    expect(box).to_be_checked()
    settled(page)


def number(page: Page, label: str, value: str) -> None:
    DONE["typed"] += 1
    box = page.get_by_role("spinbutton", name=label, exact=True)
    box.fill(value)
    box.press("Tab")


def pick(page: Page, group: str, answer: str, place: int = 0) -> None:
    DONE["chosen"] += 1
    settled(page)
    choices = page.get_by_role("radiogroup", name=group, exact=True).nth(place)
    choices.get_by_text(answer, exact=True).click()
    expect(choices.get_by_role("radio", name=answer, exact=True)).to_be_checked()
    settled(page)


def choose(page: Page, label: str, answer: str | re.Pattern[str], place: int = 0) -> None:
    DONE["chosen"] += 1
    box = page.get_by_role("combobox", name=re.compile(f"^{re.escape(label)}")).nth(place)
    option = page.get_by_role("option", name=answer, exact=True)
    for _ in range(5):  # the list closes when the page is drawn anew or moves under it
        box.click()
        try:
            option.click(timeout=2_000)
            break
        except TimeoutError:
            page.keyboard.press("Escape")
    expect(box).to_have_value(answer)
    settled(page)


def at(page: Page, title: str) -> None:
    """Wait until the page of this title is drawn."""
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible(timeout=20_000)
    settled(page)


def first_account(page: Page, code: str) -> None:
    """Make the first account, Pat Doe's, with the one-time code, and stand before the cases."""
    at(page, "Set up Plea Aid")
    fill(page, "One-time code", code)
    fill(page, "Your name", "Pat Doe")
    fill(page, "User name", "pat")
    fill(page, "Password", PASSWORD)
    fill(page, "Password once more", PASSWORD)
    press(page, "Create account")
    at(page, "Cases")
