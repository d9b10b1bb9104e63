"""Two people in a real browser: an analysis is submitted, returned, changed, approved, offered, accepted, entered."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from plea_aid.casework import accounts, cases, record, signin
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.migrate import open_database
from plea_aid.casework.rules import office_rules
from plea_aid.casework.views import CaseView
from tests.browser.conftest import Server
from tests.browser.hands import PASSWORD, at, choose, fill, pick, press
from tests.browser.test_walk import pdf_text

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]
DOCUMENT: dict[str, Any] = {
    "cause_number": "CR-2026-0412",
    "offense_date": "2026-03-14",
    "plea_date": "2026-05-02",
    "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
    "option": [
        {"name": "As charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 355, "fine": 500}]},
        {"name": "One day less", "count": [{"number": 1, "jail_days": 10, "suspended_days": 354, "fine": 500}]},
    ],
}
GATES: tuple[dict[str, Any], ...] = (
    {
        "gate": "public-safety",
        "violence": "yes",
        "weapon": "no",
        "injury": "yes",
        "repeat": "no",
        "note": "Kept.",
    },
    {"gate": "victim-consultation", "status": "consulted", "on": "2026-04-20"},
    {"gate": "defense-submission", "status": "none-received"},
    {"gate": "equivalence", "status": "equivalent", "explanation": "It is the usual offer."},
    {"gate": "plea-agreement", "type": "46-12-211(1)(b)"},
    {"gate": "advisement", "reminded": True},
)


def people(db: Database, code: str) -> tuple[Actor, Actor]:
    """A supervisor and a prosecutor with accounts."""
    first = {"user_name": "sam", "display_name": "Sam Supervisor", "role": "supervisor"}
    accounts.create_first_account(db, code, first, PASSWORD)
    sam = signin.sign_in(db, "sam", PASSWORD).actor
    second = {"user_name": "pat", "display_name": "Pat Prosecutor", "role": "prosecutor"}
    _, set_up = accounts.add_user(db, sam, second)
    accounts.use_code(db, "pat", set_up, PASSWORD)
    return sam, signin.sign_in(db, "pat", PASSWORD).actor


def ready_case(db: Database, pat: Actor) -> CaseView:
    """A case that lacks nothing but its submission."""
    view = cases.create_case(db, pat, DOCUMENT)
    for factor in office_rules().factor_ids:
        entry = {"factor": factor, "state": "considered", "weight": "moderate", "rationale": "As the report has it."}
        record.save_factor(db, pat, view.id, 0, {**entry, "points": {"As charged": "for", "One day less": "for"}})
    for gate in GATES:
        record.save_gate(db, pat, view.id, 0, gate)
    record.decide(db, pat, view.id, 0, {"chosen_option": "As charged", "rationale": "It is the usual offer."})
    return cases.open_case(db, pat, view.id)


def sign_in(browser: Browser, server: Server, user: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(server.address)
    at(page, "Sign in to Plea Aid")
    fill(page, "User name", user)
    fill(page, "Password", PASSWORD)
    press(page, "Sign in")
    at(page, "Cases")
    return page


def record_outcome(page: Page, label: str) -> None:
    page.locator("summary").filter(has_text=label).click()
    press(page, label)


def test_an_analysis_is_returned_changed_approved_offered_accepted_and_entered(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    db = open_database(f"sqlite:///{tmp_path / 'office.db'}")
    _, pat_ = people(db, server.code)
    case_id = ready_case(db, pat_).id
    db.close()
    pat, sam = sign_in(browser, server, "pat"), sign_in(browser, server, "sam")

    # The prosecutor submits; the screen says why a supervisor reviews it.
    decision, note = f"{server.address}/decision?case={case_id}", f"{server.address}/note?case={case_id}"
    pat.goto(decision)
    at(pat, "Decision")
    expect(pat.get_by_text("A supervising attorney reviews it, because:")).to_be_visible()
    expect(pat.get_by_text("Violence: Violence is reported at the public safety gate", exact=False)).to_be_visible()
    press(pat, "Submit for review")
    at(pat, "Case note")

    # The supervisor finds it in the queue and returns it with reasons.
    sam.get_by_role("link", name="Review", exact=True).click()
    at(sam, "Review")
    expect(sam.get_by_text("1 analysis waiting for a supervising attorney.")).to_be_visible()
    expect(sam.get_by_text("Why it is reviewed", exact=True)).to_be_visible()
    fill(sam, "Why it goes back", "Consider the shorter suspended term.")
    press(sam, "Return with reasons")
    expect(sam.get_by_text("Nothing waits for review.", exact=False)).to_be_visible()

    # The prosecutor sees why, changes the decision, explains it and submits again.
    pat.goto(decision)
    at(pat, "Decision")
    expect(pat.get_by_text("Consider the shorter suspended term.", exact=False).first).to_be_visible()
    pick(pat, "Option chosen", "One day less")
    fill(pat, "Reasons", "It weighs the same and is the usual offer.")
    press(pat, "Sign this decision")
    expect(pat.get_by_text("say why the decision changed", exact=False)).to_be_visible()
    fill(pat, "Why the decision changed", "The supervising attorney asked for the shorter term.")
    press(pat, "Sign this decision")
    expect(pat.get_by_text("The decision is signed.")).to_be_visible()
    press(pat, "Submit for review")
    at(pat, "Case note")

    # The supervisor sees what changed word by word, and approves.
    sam.goto(f"{server.address}/review")
    at(sam, "Review")
    expect(sam.get_by_role("heading", name="What changed since version 1")).to_be_visible()
    expect(sam.get_by_text("removed: As charged").first).to_be_visible()
    expect(sam.get_by_text("added: One day less").first).to_be_visible()
    expect(sam.get_by_text("A changed decision:", exact=False)).to_be_visible()
    press(sam, "Approve")
    expect(sam.get_by_text("Approved.", exact=True)).to_be_visible()

    # Offer, acceptance, and what the court entered.
    pat.goto(decision)
    at(pat, "Decision")
    record_outcome(pat, "Record that the offer was made")
    expect(pat.get_by_text("The analysis is offered.")).to_be_visible()
    record_outcome(pat, "Record that it was accepted")
    expect(pat.get_by_text("The analysis is offer accepted.")).to_be_visible()
    pat.locator("summary").filter(has_text="Record what the court entered").click()
    fill(pat, "Date", "6/1/2026")
    choose(pat, "How it ended", "Ended as offered")
    choose(pat, "Type of agreement", "An agreed sentence, MCA 46-12-211(1)(b)")
    fill(pat, "What the court did", "Agreement accepted")
    press(pat, "Record what the court entered")
    expect(pat.get_by_text("The analysis is entered by the court.")).to_be_visible()

    # The note of the version that was entered, and of the one that was returned.
    pat.goto(note)
    at(pat, "Case note")
    text = downloaded(pat, "case-note-CR-2026-0412-v2.pdf")
    for wanted in ("One day less", "The supervising attorney asked for the shorter term.", "Agreement accepted"):
        assert wanted in text, wanted
    pat.get_by_role("combobox", name=re.compile("^Of what")).click()
    pat.get_by_role("option", name=re.compile("^Version 1")).click()
    expect(pat.get_by_text(re.compile("Version 1, submitted .* it does not change any more"))).to_be_visible()
    text = downloaded(pat, "case-note-CR-2026-0412-v1.pdf")
    assert "Consider the shorter suspended term." in text
    assert "Agreement accepted" not in text


def downloaded(page: Page, name: str) -> str:
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^Download the PDF")).click()
    assert download.value.suggested_filename == name
    return pdf_text(download.value.path().read_bytes())
