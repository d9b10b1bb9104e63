"""Someone gives the next answer before the page has answered the last: neither a press nor an answer is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from plea_aid.casework import cases
from plea_aid.casework.migrate import open_database
from tests.browser.conftest import Server, running
from tests.browser.hands import PASSWORD, at, fill, press, settled
from tests.browser.test_review import DOCUMENT, people, ready_case, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]
PRESS_AND_ANSWER = """async ([wait, place]) => {
  const sign = [...document.querySelectorAll('button')].find(b => b.innerText.startsWith('Sign this decision'));
  sign.click();
  await new Promise(done => setTimeout(done, wait));
  // What stands there at that moment: a hand clicks no field that a redrawn page has replaced.
  document.querySelectorAll('[role=radiogroup][aria-label="Beside the baseline"] input')[place].click();
}"""
PRESS_AND_FOLLOW = """async (wait) => {
  const named = (what, words) => [...document.querySelectorAll(what)].find(one => one.innerText.includes(words));
  named('button', 'Copy this option').click();
  await new Promise(done => setTimeout(done, wait));
  named('a', 'Help').click();
}"""


def test_a_press_and_the_answer_right_after_it_are_both_kept(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path) as server:
        db = open_database(f"sqlite:///{tmp_path / 'office.db'}")
        sam, _ = people(db, server.code)
        case = ready_case(db, sam).id
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{server.address}/decision?case={case}")
        fill(page, "User name", "sam")
        fill(page, "Password", PASSWORD)
        press(page, "Sign in")
        at(page, "Decision")

        # Milliseconds: while the first run saves, and while it draws. Of two inputs that arrive at the same moment
        # Streamlit sees only the second (within some 30 ms that happens), so none comes sooner than a quick hand.
        for round_, wait in enumerate((60, 80, 100, 150, 60, 80, 100)):
            before = cases.open_case(db, sam, case).decision
            page.evaluate(PRESS_AND_ANSWER, [wait, (round_ + 1) % 2])
            page.wait_for_timeout(300)
            settled(page)
            after = cases.open_case(db, sam, case)
            assert before
            assert after.decision
            assert after.decision.number == before.number + 1, f"the press was lost, or done twice, after {wait} ms"
            answer = after.gates["equivalence"].entry.model_dump()["status"]
            assert answer == ("equivalent", "departure")[(round_ + 1) % 2], f"the answer was lost after {wait} ms"
        db.close()


def test_a_link_is_followed_and_what_was_typed_or_pressed_just_before_it_is_kept(
    browser: Browser, tmp_path: Path
) -> None:
    with running(tmp_path) as server:
        db = open_database(f"sqlite:///{tmp_path / 'office.db'}")
        _, pat = people(db, server.code)
        case = cases.create_case(db, pat, DOCUMENT).id
        page = sign_in(browser, server, "pat")
        open_step(page, server, f"factors?case={case}", "Factors")
        page.get_by_role("radiogroup").filter(has_text="Considered").first.get_by_text("Considered", exact=True).click()
        settled(page)
        for turn in range(3):
            # What is typed is sent after the link was followed: a tap leaves the field and follows the link at once.
            open_step(page, server, f"factors?case={case}", "Factors")
            page.get_by_role("textbox", name="Why, for factor 1", exact=True).fill(f"As witness {turn} has it.")
            follow(page, "Help")
            assert f"As witness {turn} has it." in repr(cases.open_case(db, pat, case).factors)

            open_step(page, server, f"options?case={case}", "Plea options")
            page.get_by_role("spinbutton", name="Jail suspended, days", exact=True).fill(str(290 + turn))
            follow(page, "Cases")
            assert cases.open_case(db, pat, case).document["option"][0]["count"][0]["suspended_days"] == 290 + turn

            # What is stored only with its button still stands there when the person comes back.
            open_step(page, server, f"decision?case={case}", "Decision")
            page.get_by_role("textbox", name="Reasons").first.fill(f"Reason {turn}.")
            follow(page, "Help")
            page.go_back()
            at(page, "Decision")
            expect(page.get_by_role("textbox", name="Reasons").first).to_have_value(f"Reason {turn}.")

        # A button that has the page drawn again when its deed is done, and the link meanwhile.
        for wait in (60, 80, 100, 150):
            options = len(cases.open_case(db, pat, case).document["option"])
            open_step(page, server, f"options?case={case}", "Plea options")
            expect(page.get_by_role("button", name="Copy this option")).to_be_visible()
            page.evaluate(PRESS_AND_FOLLOW, wait)
            at(page, "Help")
            assert len(cases.open_case(db, pat, case).document["option"]) == options + 1, (
                f"the press was lost after {wait} ms"
            )
        db.close()


def open_step(page: Page, server: Server, address: str, title: str) -> None:
    page.goto(f"{server.address}/{address}")
    at(page, title)


def follow(page: Page, link: str) -> None:
    page.get_by_role("link", name=link, exact=True).first.click()
    at(page, link)
    page.wait_for_timeout(300)  # had the page brought the person back, it would be there by now
    at(page, link)
