"""What a page takes to answer in a real browser, beside a page of one button of an empty Streamlit app.

The time is the browser's own: from the click or the key to the moment when the answer stands there and Streamlit says
that the page is drawn. Fifty thousand cases are stored. Programs and browser share the machine.
"""

from __future__ import annotations

import asyncio
import math
import random
import shutil
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plea_aid.bench.apps import PATIENCE, empty_app, running, this_app
from plea_aid.bench.many_cases import GENUINE, fill
from plea_aid.bench.row import Row, Run
from plea_aid.casework import accounts, cases, impact, record
from plea_aid.casework.actors import Actor
from plea_aid.casework.migrate import open_database
from plea_aid.casework.rules import office_rules
from plea_aid.casework.signin import new_session
from plea_aid.casework.tables import User
from plea_aid.pages import tickets

CASES, PEOPLE, TIMES = 50_000, 5, 15
AT_MOST_AS_LONG, P95_AT_MOST = 1.5, 0.25
REST = 10
"""Seconds after the start before anything is measured: the program goes on loading once it answers."""
EMPTY = "a button of an empty Streamlit app"
WHATS = {
    "cases": "the list of cases, only mine or all",
    "options": "plea options, a number changed and analysed",
    "factors": "factors, an answer given and saved",
}
TOGETHER = f"five people at once, 95th percentile, {CASES:,} cases"
CHROMIUM = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-dev-shm-usage",
]  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "cause_number": "CR-2026-7000",
    "offense_date": "2026-03-14",
    "plea_date": "2026-05-02",
    "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
    "option": [
        {"name": "As charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 355, "fine": 500}]},
        {"name": "One day less", "count": [{"number": 1, "jail_days": 10, "suspended_days": 354, "fine": 500}]},
    ],
}
CLOCK = """want => {
  window.took = new Promise(done => {
    let began = null;
    const begin = () => { if (began === null) began = performance.now(); };
    for (const kind of ["click", "keydown"]) addEventListener(kind, begin, {capture: true, once: true});
    const app = () => document.querySelector("[data-testid=stApp]");
    const look = () => {
      const drawn = app() && app().getAttribute("data-test-script-state") === "notRunning";
      if (began !== null && drawn && new RegExp(want).test(document.body.textContent)) {
        watch.disconnect();
        done((performance.now() - began) / 1000);
      }
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true,
                                  attributeFilter: ["data-test-script-state", "value"]});
  });
}"""
ALL_BUT_THE_INJURY = {"gate": "public-safety", "violence": "no", "weapon": "no", "repeat": "no"}
Turn = Callable[[Any, int], Awaitable[float]]


@dataclass(frozen=True)
class Person:
    """Someone who is signed in: the cookie of the session, and a case of their own."""

    token: str
    case_id: str


def lines(_: Run) -> list[tuple[str, str]]:
    """Return what is measured beside what."""
    return [*((f"{what}, {CASES:,} cases", EMPTY) for what in WHATS.values()), (TOGETHER, f"{EMPTY}, five people")]


def page_rows(run: Run) -> Iterator[Row]:
    """Yield the rows of the pages; without a browser they have no figures."""
    try:
        import playwright.async_api  # noqa: F401
    except ImportError:
        yield from (Row("pages", what, baseline=beside, note="skipped: no playwright") for what, beside in lines(run))
        return
    chromium = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if chromium is None:
        yield from (Row("pages", what, baseline=beside, note="skipped: no Chromium") for what, beside in lines(run))
        return
    with tempfile.TemporaryDirectory(prefix="plea-aid-pages-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'office.db'}"
        people = _office(url)
        settings = {"PLEA_AID_HOME": name, "PLEA_AID_DATABASE_URL": url}
        with (
            running(this_app(), folder, settings) as (ours, _started),
            running(empty_app(folder), folder, {}) as (theirs, _also),
        ):
            yield from asyncio.run(_measure(chromium, ours, theirs, people))


def _office(url: str) -> list[Person]:
    """Fill the store; return five prosecutors who are signed in and have a case each."""
    db = open_database(url)
    impact.check_at_start(db, accounts.server_actor())  # what is copied below cannot be read, and need not be
    fill(db, CASES)
    people = []
    for number in range(PEOPLE):
        user = User(user_name=f"pat{number}", user_key=f"pat{number}", display_name="Pat", role="prosecutor")
        with db.write() as session:
            session.add(user)
            session.flush()
            token, row = new_session(user, "bench")
            session.add(row)
        actor = Actor(user.id, user.user_name, user.display_name, user.role, "bench", row.id)
        case_id = cases.create_case(db, actor, DOCUMENT, rules=office_rules()).id
        record.save_gate(db, actor, case_id, 0, ALL_BUT_THE_INJURY)
        people.append(Person(token, case_id))
    db.close()
    return people


async def _measure(chromium: str, ours: str, theirs: str, people: Sequence[Person]) -> list[Row]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        one = await _opened(browser, theirs, None, "")
        await asyncio.sleep(REST)
        rows = []
        for page_name, what in WHATS.items():
            mine = await _opened(browser, ours, people[0], page_name)
            taken: list[float] = []
            empty: list[float] = []
            for number in range(TIMES + 2):
                taken.append(await TURNS[page_name](mine, number))
                empty.append(await _press(one, number))
            seconds, baseline = statistics.median(taken[2:]), statistics.median(empty[2:])
            rows.append(
                Row("pages", f"{what}, {CASES:,} cases", seconds, EMPTY, baseline, least_ratio=1 / AT_MOST_AS_LONG)
            )
            await mine.close()
        many = [await _opened(browser, ours, person, "options") for person in people]
        together = _p95(await asyncio.gather(*(_often(page, TURNS["options"], n) for n, page in enumerate(many))))
        await asyncio.gather(*(page.close() for page in many))
        others = [await _opened(browser, theirs, None, "") for _ in people]
        empty_together = _p95(await asyncio.gather(*(_often(page, _press, n) for n, page in enumerate(others))))
        await browser.close()
    beside = f"{EMPTY}, five people"
    return [*rows, Row("pages", TOGETHER, together, beside, empty_together, at_most=P95_AT_MOST)]


async def _often(page: Any, turn: Turn, person: int) -> list[float]:
    """Do a thing as a person does who waits for the answer and about half a second more; no two keep step."""
    pauses = random.Random(person)  # noqa: S311 - the same pauses in every run
    taken = []
    for number in range(TIMES + 2):
        taken.append(await turn(page, number))
        await asyncio.sleep(pauses.uniform(0.25, 0.75))
    return taken[2:]


def _p95(people: Sequence[Sequence[float]]) -> float:
    every = sorted(seconds for taken in people for seconds in taken)
    return every[math.ceil(0.95 * len(every)) - 1]


async def _opened(browser: Any, address: str, person: Person | None, page_name: str) -> Any:
    """Open a page in a browser context of its own, and wait until it is drawn."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    path = "/"
    if person:
        await context.add_cookies([{"name": tickets.COOKIE, "value": person.token, "url": address}])
        path = "/" if page_name == "cases" else f"/{page_name}?case={person.case_id}"
    page = await context.new_page()
    page.set_default_timeout(60_000)
    await page.goto(address + path)
    first = {"": "Press", "cases": "Find a case", "options": "Ordered in all", "factors": "An injury?"}[page_name]
    await page.get_by_text(first).first.wait_for()
    await page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]').getAttribute('data-test-script-state') === 'notRunning'"
    )
    await page.wait_for_timeout(500)
    return page


async def _timed(page: Any, want: str, act: Callable[[], Awaitable[Any]]) -> float:
    """Act, and return the seconds until ``want``, which did not stand there before, stands on a page that is drawn."""
    await page.evaluate(CLOCK, want)
    await act()
    return float(await asyncio.wait_for(page.evaluate("() => window.took"), PATIENCE))


async def _press(page: Any, _number: int) -> float:
    before = int((await page.get_by_text("pressed ").inner_text()).split()[-1])
    press = page.get_by_role("button", name="Press", exact=True).click
    return await _timed(page, rf"pressed {before + 1}(?!\d)", press)


async def _only_mine(page: Any, number: int) -> float:
    """Draw the list with and without the cases of others."""
    others = rf"CR-2026-0{99 + GENUINE}"
    want = rf"^(?![\s\S]*{others})" if number % 2 == 0 else others
    return await _timed(page, want, page.get_by_text("Only mine").click)


async def _change_days(page: Any, number: int) -> float:
    days = 300 + number
    box = page.get_by_role("spinbutton", name="Jail suspended, days", exact=True)
    await box.fill(str(days))
    return await _timed(page, f"Ordered in all: {days + 10} days", lambda: box.press("Enter"))


async def _answer(page: Any, number: int) -> float:
    group = page.get_by_role("radiogroup", name="An injury?", exact=True)
    answer = group.get_by_text(("Yes", "No")[number % 2], exact=True)
    done = 1 + number % 2  # the factual basis always; this gate without an injury only, which asks for a note
    return await _timed(page, f"{done} of 4 gates and", answer.click)


TURNS: dict[str, Turn] = {"cases": _only_mine, "options": _change_days, "factors": _answer}
