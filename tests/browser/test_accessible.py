"""Every page held against WCAG 2.1 A and AA by axe-core, and the walk done with nothing but a keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from plea_aid.casework import submission
from plea_aid.casework.migrate import open_database
from plea_aid.pages.walk import STEP_IDS
from tests.browser.conftest import Server, running
from tests.browser.hands import PASSWORD, at, fill, press, settled
from tests.browser.test_review import people, ready_case
from tests.browser.test_walk import EVERY_OTHER_PAGE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]
DOCKET = Path(__file__).parents[2] / "data" / "examples" / "docket.csv"
DARK = ("", "options", "compare", "decision", "office")
PAGES = ("", *STEP_IDS, *EVERY_OTHER_PAGE, "law-entry?offense=mt-45-5-206-1-a")


@dataclass(frozen=True)
class Inherent:
    """A violation that no page of ours can mend: where Streamlit makes it, and what its maintainers know of it."""

    rule: str
    target: str
    issue: str


INHERENT: tuple[Inherent, ...] = ()
"""Serious or critical findings that come with Streamlit's own elements; today there are none."""

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = """async (within) => (await axe.run(within, {
    runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}, resultTypes: ['violations'],
})).violations.flatMap(v => v.nodes.map(n => (
    {rule: v.id, impact: v.impact, target: n.target.join(' '), html: n.html.slice(0, 200)}
)))"""
ALL, PANEL = "main, section[data-testid=stSidebar], header", "[role=tabpanel]:not([hidden])"
STRUCTURE = """() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: [...document.querySelectorAll('main :is(h1,h2,h3,h4,h5,h6)')].filter(e => e.checkVisibility())
        .map(e => Number(e.tagName[1])),
    bareTables: [...document.querySelectorAll('main [data-testid=stTable] table')].filter(t => !t.querySelector('th'))
        .length,
    unnamedPictures: [...document.querySelectorAll('main [data-testid=stVegaLiteChart]')]
        .filter(p => !p.closest('[aria-label]') && !p.querySelector('[aria-label]')).length,
    tabindex: document.querySelectorAll('[tabindex]:not([tabindex="0"]):not([tabindex^="-"])').length,
})"""
SPOIL = """() => document.querySelector('main h1').insertAdjacentHTML(
    'afterend', '<input><p style="color: #bbb; background: #fff">Faint words</p>')"""
# As many of one kind as there are look alike; the first few of each place are opened.
UNFOLD = """() => [...document.querySelectorAll('main details:not([open]) > summary')]
    .filter(s => s.checkVisibility()).slice(0, 3).forEach(s => s.click())"""


class Office:
    """A running program, whose office is empty until it is filled."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.address, self._code, self._folder = server.address, server.code, folder
        self.case = ""
        """The id of a case of the supervisor's; empty while the office is."""

    def fill(self) -> str:
        """Make accounts, enough submitted cases for figures, and a case of the supervisor's; return its id."""
        if not self.case:
            db = open_database(f"sqlite:///{self._folder / 'office.db'}")
            sam, pat = people(db, self._code)
            for _ in range(5):
                view = ready_case(db, pat)
                submission.submit(db, pat, view.id, view.version)
            self.case = ready_case(db, sam).id
            db.close()
        return self.case


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One running program for everything here."""
    folder = tmp_path_factory.mktemp("office")
    with running(folder) as server:
        yield Office(server, folder)


def violations(page: Page, within: str) -> list[dict[str, str]]:
    """Return what axe-core finds serious or critical and Streamlit does not bring with it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, str]] = page.evaluate(RUN, within)
    return [
        one
        for one in found
        if one["impact"] in {"serious", "critical"}
        and not any(one["rule"] == known.rule and re.search(known.target, one["html"]) for known in INHERENT)
    ]


def structure_faults(page: Page, where: str) -> list[str]:
    """Return what a person finds their way by and is not there: language, title, headings in order, table headers."""
    shape: dict[str, Any] = page.evaluate(STRUCTURE)
    levels = shape["headings"]
    wrong = {
        "no language": shape["lang"] != "en",
        "no title of its own": not shape["title"].endswith(" - Plea Aid"),
        f"not one first heading: {levels}": levels.count(1) != 1,
        f"a heading level is skipped: {levels}": any(b > a + 1 for a, b in zip([0, *levels], levels, strict=False)),
        "a table without headers": shape["bareTables"] > 0,
        "a picture without words": shape["unnamedPictures"] > 0,
        "an order of its own for Tab": shape["tabindex"] > 0,
    }
    return [f"{where}: {said}" for said, so in wrong.items() if so]


def look_at(page: Page, where: str) -> list[str]:
    """Return every fault of a page: as it comes with its folds open, then each of its tabs."""
    settled(page)
    page.evaluate(UNFOLD)
    settled(page)
    for _ in range(100):  # a picture is drawn, and named, after the page around it
        if not page.evaluate(STRUCTURE)["unnamedPictures"]:
            break
        page.wait_for_timeout(100)
    faults = [f"{where}: {one}" for one in violations(page, ALL)] + structure_faults(page, where)
    tabs = page.get_by_role("tab")
    for place in range(tabs.count()):
        if tabs.nth(place).get_attribute("aria-selected") == "true":
            continue
        tabs.nth(place).click()
        settled(page)
        page.evaluate(UNFOLD)
        settled(page)
        faults += [f"{where}, tab {place + 1}: {one}" for one in violations(page, PANEL)]
    return faults


def test_no_page_has_a_serious_fault_of_accessibility(office: Office, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(30_000)
    page.goto(office.address)
    faults: list[str] = []
    if not office.case:
        at(page, "Set up Plea Aid")
        faults += look_at(page, "set up")
    case = office.fill()
    page.goto(office.address)
    at(page, "Sign in to Plea Aid")
    faults += look_at(page, "sign in")
    page.evaluate(SPOIL)
    assert {one["rule"] for one in violations(page, ALL)} >= {"label", "color-contrast"}  # it does see
    page.reload()
    at(page, "Sign in to Plea Aid")
    fill(page, "User name", "sam")
    fill(page, "Password", PASSWORD)
    press(page, "Sign in")
    at(page, "Cases")
    for name in PAGES:
        page.goto(f"{office.address}/{name}{'&' if '?' in name else '?'}case={case}" if name else office.address)
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
        faults += look_at(page, name or "cases")
        if name == "options":
            page.get_by_text("Suggestions", exact=True).click()
            faults += look_at(page, "suggestions")
        if name == "find":
            page.get_by_role("searchbox", name="Find a case or an offense").fill("45-5-206")
            press(page, "Find")
            faults += look_at(page, "found")
        if name == "docket":
            page.locator("input[type=file]").set_input_files(DOCKET)
            press(page, "Screen the docket")
            expect(page.get_by_role("heading", name="What it comes to")).to_be_visible()
            faults += look_at(page, "screened docket")
        if name == "office":
            expect(page.get_by_role("heading", name="Time to the decision")).to_be_visible()
    page.emulate_media(color_scheme="dark")
    for name in DARK:
        page.goto(f"{office.address}/{name}?case={case}" if name else office.address)
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
        settled(page)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(0, 0, 0)")
        faults += [f"{name or 'cases'}, dark: {one}" for one in violations(page, ALL)]
    assert faults == []


FOCUS = """() => {
    const e = document.activeElement, last = window.lastFocus;
    const USED = 'a, button, input, textarea, summary, [role]';  // not a region that can only be scrolled
    const looks = x => {
        let s = '';
        for (let y = x, n = 0; y && n < 4; y = y.parentElement, n++) {
            const c = getComputedStyle(y);
            s += [c.outline, c.boxShadow, c.borderColor, c.backgroundColor, c.textDecoration];
        }
        return s;
    };
    const box = e.getBoundingClientRect();
    const SIDE = '[data-testid=stSidebar]', side = e.closest(SIDE);  // each of the two scrolls by itself
    const rim = document.querySelector(side ? '[data-testid=stSidebarNav]' : '[data-testid=stMainBlockContainer]')
        .getBoundingClientRect().top;
    const was = last && last.e.isConnected && last.e !== document.body ? last : null;
    const within = was && was.e.closest('[data-testid=stMultiSelect]')?.contains(e);  // its border stays as it was
    const order = was && e !== document.body ? was.e.compareDocumentPosition(e) : 0;
    const told = {
        name: e.ariaLabel || e.labels?.[0]?.innerText || e.innerText || '',
        group: e.closest('[role=radiogroup]')?.ariaLabel || '',
        tag: e.tagName,
        moved: !last || last.e !== e,
        unseen: was && was.e !== e && was.e.matches(USED) && !within && looks(was.e) === was.looks ? was.name : '',
        backwards: !!(order & Node.DOCUMENT_POSITION_PRECEDING),
        above: !!was && !was.e.contains(e) && side === was.e.closest(SIDE)
            && e.closest('main') === was.e.closest('main') && box.bottom - rim <= was.top
            && box.left < was.right,
    };
    window.lastFocus = {e, looks: looks(e), name: told.name, top: box.top - rim, right: box.right};
    return told;
}"""
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"


def tab_to(page: Page, wanted: str, key: str = "Tab") -> None:
    """Go on with ``key`` until the focus is on what is so named; at each stop it moved, shows and is in order."""
    page.add_style_tag(content=STILL)  # a look is read as it ends, not on its way there
    passed: list[str] = []
    for _ in range(120):
        page.keyboard.press(key)
        stop: dict[str, Any] = page.evaluate(FOCUS)
        passed.append(stop["name"][:40] or stop["tag"])
        assert stop["moved"], f"{key} does not leave {passed[-1]!r}: {passed}"
        assert not stop["unseen"], f"the focus does not show on {stop['unseen']!r}"
        if key == "Tab" and stop["tag"] != "BODY":
            assert not stop["above"], f"{passed[-1]!r} stands above what comes before it: {passed}"
        if re.search(wanted, stop["name"]) or (stop["group"] and re.search(wanted, stop["group"])):
            return
    pytest.fail(f"{key} never comes to {wanted!r}: {passed}")


def use(page: Page, wanted: str, key: str = "Enter", by: str = "Tab") -> None:
    """Go to what is so named and press ``key`` on it."""
    tab_to(page, wanted, by)
    page.keyboard.press(key)
    settled(page)
    page.evaluate("() => { window.lastFocus = null }")


def type_into(page: Page, wanted: str, text: str) -> None:
    """Go to the field so named, replace what stands in it and go on."""
    tab_to(page, wanted)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.evaluate("() => { window.lastFocus = null }")


def test_the_walk_needs_nothing_but_a_keyboard(office: Office, browser: Browser) -> None:
    office.fill()
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(30_000)
    page.goto(office.address)
    at(page, "Sign in to Plea Aid")
    type_into(page, "^User name$", "sam")
    type_into(page, "^Password$", PASSWORD)
    use(page, "^Sign in")
    at(page, "Cases")

    type_into(page, "^Cause number$", "CR-2026-0500")
    type_into(page, "^Date of the offense$", "3/14/2026")
    use(page, "^Start a case")
    at(page, "Charges")
    type_into(page, "^Citation or words$", "45-5-206(1)(a)")
    use(page, r"^Add MCA 45-5-206\(1\)\(a\)")
    expect(page.get_by_role("heading", name=re.compile("^Count 1: Partner or family member assault"))).to_be_visible()
    use(page, "^Next: Plea options", by="Shift+Tab")
    at(page, "Plea options")
    use(page, "^Add the usual offer as charged", key="Space")
    type_into(page, "^Jail suspended, days$", "355")
    use(page, "^Next: Compare", by="Shift+Tab")
    at(page, "Compare")
    tab_to(page, r"^Flagged \(\d+\)$")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.get_by_role("tab", name=re.compile("^Possible"))).to_have_attribute("aria-selected", "true")
    use(page, "Who is in which group$", by="Shift+Tab")
    expect(page.locator("details[open] > summary").filter(has_text="Who is in which group")).to_be_visible()
    use(page, "^Next: Factors", by="Shift+Tab")
    at(page, "Factors")
    use(page, "was it considered", key="Space")
    factor = page.get_by_role("radiogroup", name=re.compile("was it considered")).first
    page.keyboard.press("ArrowRight")
    settled(page)
    expect(factor.get_by_role("radio", checked=True)).to_have_count(1)
    use(page, "^Next: Decision", by="Shift+Tab")
    at(page, "Decision")
