"""Someone gives the next answer before the page has answered the last: neither a press nor an answer is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from plea_aid.casework import cases
from plea_aid.casework.migrate import open_database
from tests.browser.conftest import running
from tests.browser.hands import PASSWORD, at, fill, press, settled
from tests.browser.test_review import people, ready_case

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]
PRESS_AND_ANSWER = """async ([wait, place]) => {
  const sign = [...document.querySelectorAll('button')].find(b => b.innerText.startsWith('Sign this decision'));
  sign.click();
  await new Promise(done => setTimeout(done, wait));
  // What stands there at that moment: a hand clicks no field that a redrawn page has replaced.
  document.querySelectorAll('[role=radiogroup][aria-label="Beside the baseline"] input')[place].click();
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
        # Streamlit sees only the second, so none comes sooner than a quick hand.
        for round_, wait in enumerate((15, 30, 60, 100, 15, 30, 45)):
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
