"""The newcomer's run in a browser: a fresh clone, the README's command, the first start, the first case, its note."""

from __future__ import annotations

import io
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pdfplumber
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server
from tests.browser.fresh_clone import started_by_the_readme
from tests.browser.hands import DONE, at, choose, fill, first_account, number, pick, press, settled, tick

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
APP = (Path(__file__).resolve().parents[2] / "streamlit_app.py").read_text(encoding="utf-8")
EVERY_OTHER_PAGE = [
    page for page in re.findall(r'_page\("([a-z-]+)"', APP) if page not in ("cases", "case", "law-entry")
]
"""The pages beside the walk."""
REASON = "The options weigh the same for anyone; the record shows the elements of the plea."

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]


def picture(page: Page, name: str) -> None:
    """Keep what the newcomer sees at this step for the README, when the environment asks for the pictures."""
    if not os.environ.get("PLEA_AID_PICTURES"):
        return
    settled(page)
    page.mouse.move(0, 0)
    page.set_viewport_size({"width": 1280, "height": 1200})
    page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    page.wait_for_timeout(500)  # a chart is drawn anew at the new size
    page.screenshot(path=PICTURES / f"{name}.png", scale="css")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Server]:
    """The program out of a fresh clone, started as the README says."""
    with started_by_the_readme(tmp_path) as server:
        yield server


def test_a_case_from_the_first_start_to_its_note(newcomer: Server, browser: Browser) -> None:
    server = newcomer
    DONE.clear()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    outside: list[str] = []
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.on(
        "request",
        lambda r: None if r.url.startswith((server.address, "data:", "blob:")) else outside.append(r.url),
    )
    begun = time.monotonic()
    page.goto(server.address)

    first_account(page, server.code)

    fill(page, "Cause number", "CR-2026-0412")
    fill(page, "Date of the offense", "3/14/2026")
    fill(page, "Charging list, if you have one", "PFMA 1st")
    press(page, "Start a case")
    at(page, "Charges")
    expect(page.get_by_role("heading", name=re.compile("^Count 1: Partner or family member assault"))).to_be_visible()
    fill(page, "Date of the plea", "5/2/2026")

    expect(page.get_by_text("Guide, step 1 of 6: Charges")).to_be_visible()
    picture(page, "charges")
    why(page)

    press(page, "Next: Plea options")
    at(page, "Plea options")
    press(page, "Add the usual offer as charged")
    number(page, "Jail to serve, days", "10")
    number(page, "Jail suspended, days", "400")
    expect(page.get_by_text("above the maximum of 365 days")).to_be_visible()
    number(page, "Jail suspended, days", "355")
    expect(page.get_by_text("above the maximum of 365 days")).to_have_count(0)
    press(page, "Copy this option")
    expect(page.get_by_role("textbox", name="Name of the option")).to_have_value("As charged, changed")
    fill(page, "Name of the option", "One day less")
    number(page, "Jail suspended, days", "354")
    expect(page.get_by_text("Ordered in all: 364 days")).to_be_visible()

    page.reload()
    at(page, "Plea options")
    expect(page.get_by_text("One day less", exact=False).first).to_be_visible()

    picture(page, "options")

    press(page, "Next: Compare")
    at(page, "Compare")
    expect(page.get_by_role("cell", name="Lawful permanent resident").first).to_be_visible()
    expect(page.get_by_text("354 days (−1 day)")).to_be_visible()
    picture(page, "compare")
    why(page)
    press(page, "Close the guide")
    expect(page.get_by_text("Guide, step")).to_have_count(0)

    press(page, "Next: Factors")
    at(page, "Factors")
    for asked in ("Violence?", "An injury?"):
        pick(page, asked, "Yes")
    for asked in ("A weapon?", "A repeat of the kind?"):
        pick(page, asked, "No")
    fill(page, "How public safety is kept", "The conditions of both options are the same.")
    choose(page, "Consultation", "Consulted")
    fill(page, "Date of the consultation", "4/20/2026")
    choose(page, "Submission", "None received")
    factors = page.get_by_role("radiogroup", name=re.compile("was it considered"))
    section_5 = re.compile(r"Section 5.*was it considered")
    for place in range(factors.count()):
        group = factors.nth(place)
        considered = section_5.search(group.get_attribute("aria-label") or "") or place == 0
        answer = "Considered" if considered else "Does not apply"
        DONE["chosen"] += 1
        group.get_by_text(answer, exact=True).click()
        expect(group.get_by_role("radio", name=answer)).to_be_checked()
        settled(page)
    for place in (0, 1):
        choose(page, "Weight of factor", "Moderate", place)
        DONE["typed"] += 1
        reasons = page.get_by_role("textbox", name=re.compile("^Why, for factor")).nth(place)
        reasons.fill(REASON)
        reasons.press("Tab")
    expect(page.get_by_text("4 of 4 gates and 12 of 12 factors done.")).to_be_visible()

    press(page, "Next: Decision")
    at(page, "Decision")
    pick(page, "Option chosen", "One day less")
    fill(page, "Reasons", REASON)
    press(page, "Sign this decision")
    expect(page.get_by_text("The decision is signed.")).to_be_visible()
    pick(page, "Beside the baseline", "It departs from the baseline")
    fill(page, "Explain it", "One suspended day less; everything else stays.")
    choose(page, "Type of agreement", "An agreed sentence, MCA 46-12-211(1)(b)")
    tick(page, "I will see that the court gives every defendant")
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()
    press(page, "Submit for review")

    at(page, "Case note")
    expect(page.get_by_text("Version 1, submitted")).to_be_visible()
    picture(page, "note")
    DONE["pressed"] += 1
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^Download the PDF")).click()
    assert download.value.suggested_filename == "case-note-CR-2026-0412-v1.pdf"
    text = pdf_text(download.value.path().read_bytes())
    for wanted in (
        "CR-2026-0412",
        "One day less",
        "One suspended day less",
        "MCA 45-5-206(1)(a)",
        "Section 5",
        "354 days",
    ):
        assert wanted in text, wanted
    assert REASON in text
    report(time.monotonic() - begun)

    case = re.search(r"case=(\w+)", page.url)
    assert case
    assert len(EVERY_OTHER_PAGE) > 10
    for name in EVERY_OTHER_PAGE:
        page.goto(f"{server.address}/{name}?case={case[1]}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page)
    held = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert not re.search(f"CR-2026|{case[1]}|Pat|364|plea_aid_session", held), held

    press(page, "Sign out")
    at(page, "Sign in to Plea Aid")
    page.reload()
    at(page, "Sign in to Plea Aid")
    assert outside == []  # nothing was asked of another machine, and no page tried to
    assert refused == []


def why(page: Page) -> None:
    """Open the first finding shown: its reasons and authorities are one click away."""
    DONE["pressed"] += 1
    found = page.locator("summary").filter(has_text=re.compile("certain|likely|possible")).first
    found.click()
    expect(page.get_by_text("Because", exact=True).first).to_be_visible()
    settled(page)
    found.click()
    settled(page)


def report(seconds: float) -> None:
    """Say what the run took; with the pictures, keep how much a person has to do."""
    print(f"newcomer: {sum(DONE.values())} things to do ({dict(DONE)}), played in {seconds:.0f} s")
    if os.environ.get("PLEA_AID_PICTURES"):
        (PICTURES / "run.json").write_text(json.dumps(dict(DONE), sort_keys=True) + "\n", encoding="utf-8")


def pdf_text(content: bytes) -> str:
    """Return the text of a PDF with every run of space as one."""
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
