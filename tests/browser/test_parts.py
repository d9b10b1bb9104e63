"""What is entered in a part of a page draws that part alone, and the rest of the page still says what is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from sqlmodel import col

from plea_aid.casework import cases, record
from plea_aid.casework.canonical import now
from plea_aid.casework.migrate import open_database
from plea_aid.casework.rules import office_rules
from plea_aid.casework.tables import SignInSession
from tests.browser.conftest import running
from tests.browser.hands import at, choose, fill, number, pick, press, settled
from tests.browser.test_review import DOCUMENT, people, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]


class Drawn:
    """How many things the program had the browser draw since it was last asked."""

    def __init__(self, page: Page) -> None:
        self._messages = 0
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _count(self, _: object) -> None:
        self._messages += 1

    def since(self) -> int:
        messages, self._messages = self._messages, 0
        return messages


def test_a_part_is_drawn_alone_and_the_page_stays_true(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path) as server:
        db = open_database(f"sqlite:///{tmp_path / 'office.db'}")
        _, pat = people(db, server.code)
        case = cases.create_case(db, pat, DOCUMENT).id
        page = sign_in(browser, server, "pat")
        drawn = Drawn(page)
        page.goto(f"{server.address}/factors?case={case}")
        at(page, "Factors")
        whole = drawn.since()

        # A gate: its own words, the count of what is done and the line of saving change; nothing else is drawn.
        pick(page, "A weapon?", "No")
        drawn.since()
        pick(page, "Violence?", "No")
        assert drawn.since() < whole / 3
        expect(page.get_by_text("Saved by Pat Prosecutor", exact=False)).to_have_count(1)
        for asked in ("An injury?", "A repeat of the kind?"):
            pick(page, asked, "No")
        expect(page.get_by_text("2 of 4 gates and 0 of", exact=False)).to_have_count(1)
        expect(page.get_by_text("✓ Saved", exact=False)).to_have_count(1)

        # A factor: the picture of how the factors point comes and changes in its place.
        groups = page.get_by_role("radiogroup").filter(has_text="Considered")
        groups.first.get_by_text("Considered", exact=True).click()
        settled(page)
        drawn.since()
        choose(page, "'As charged'", "Speaks for it")
        expect(page.get_by_role("heading", name="How the factors point")).to_have_count(1)
        choose(page, "'One day less'", "Speaks against it")
        expect(page.get_by_role("heading", name="How the factors point")).to_have_count(1)
        expect(page.get_by_role("cell", name="− against")).to_have_count(1)
        assert drawn.since() < whole

        # What was answered elsewhere meanwhile is shown with the next answer.
        factors = office_rules().factor_ids
        entry = {"factor": factors[-1], "state": "considered", "weight": "slight", "rationale": "From the other desk."}
        record.save_factor(db, pat, case, 0, entry)
        fill(page, "Why, for factor 1", "As the report has it.")
        expect(page.get_by_role("textbox", name=f"Why, for factor {len(factors)}")).to_have_value(
            "From the other desk."
        )

        # A text that the record keeps out stays where it is, and the header says so.
        fill(page, "Why, for factor 1", "He is undocumented.")
        expect(page.get_by_text("✕ Not saved", exact=False)).to_have_count(1)
        press(page, "Take the words out")
        expect(page.get_by_text("✓ Saved", exact=False)).to_have_count(1)

        # The options: what follows stands beside what is entered, and a button of the part does its deed.
        page.goto(f"{server.address}/options?case={case}")
        at(page, "Plea options")
        number(page, "Jail suspended, days", "300")
        expect(page.get_by_text("Ordered in all: 310 days", exact=False)).to_be_visible()
        press(page, "Copy this option")
        expect(page.get_by_role("radio", name="As charged, changed")).to_be_checked()
        press(page, "Remove this option")
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        number(page, "Jail suspended, days", "301")
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)
        press(page, "Read the reasons")
        at(page, "Compare")

        # A tap leaves a field and presses a button in one moment: the number is stored and the press is kept.
        page.goto(f"{server.address}/options?case={case}")
        at(page, "Plea options")
        number(page, "Jail suspended, days", "302")
        settled(page)
        page.get_by_role("spinbutton", name="Jail suspended, days", exact=True).fill("303")
        press(page, "Next: Compare")
        at(page, "Compare")
        assert cases.open_case(db, pat, case).document["option"][0]["count"][0]["suspended_days"] == 303

        # A session that has ended stores nothing more: the answer leads to the sign-in.
        page.goto(f"{server.address}/factors?case={case}")
        at(page, "Factors")
        with db.write() as session:
            others = col(SignInSession.id) != pat.session_id
            session.execute(update(SignInSession).where(others).values(revoked_at=now()))
        page.get_by_role("radiogroup", name="A weapon?", exact=True).get_by_text("Yes", exact=True).click()
        at(page, "Sign in to Plea Aid")
        assert cases.open_case(db, pat, case).gates["public-safety"].entry.model_dump()["weapon"] == "no"
        db.close()
