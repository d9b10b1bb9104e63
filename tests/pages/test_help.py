"""Help in place: every term of art on a page is told there from the one glossary; the guide of the first case."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from plea_aid.casework import cases, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.law.glossary import terms_in
from plea_aid.law.load import load_law
from plea_aid.law.records import GlossaryEntry
from plea_aid.pages.tour import TELLS
from plea_aid.pages.walk import STEP_IDS
from tests.pages.conftest import Open, press, visible
from tests.pages.test_walk_pages import PFMA, complete

ROOT = Path(__file__).resolve().parents[2]
TERMS_OF_ART = (
    "CIMT", "moral turpitude", "petty offense", "aggravated felony", "crime of violence", "record of conviction",
    "categorical", "divisible", "overbroad", "circumstance-specific", "posture", "immigration situations", "ground",
    "charge alone", "certain", "likely", "possible", "unlikely", "not analysed", "permanent resident", "DACA",
    "significant misdemeanor", "temporary protected status", "cancellation", "good moral character", "inadmissible",
    "deportable", "conviction", "deferred imposition", "deferred prosecution", "suspended", "single scheme",
    "Laken Riley", "factual basis", "nolo contendere", "Alford", "bond forfeiture", "relief", "particularly serious",
    "domestic violence", "protection order", "smallest change", "baseline", "equivalence", "same weight", "departs",
    "Section 5", "gate", "factor", "not verified", "waiver", "type of plea agreement", "advisement", "burden of proof",
    "inchoate", "state of mind", "federal categories", "sign-off", "signed off", "drafted", "flag", "docket",
    "waiting for review", "version", "comparable", "family", "small counts", "coarser", "Section 2", "sealed text",
    "8 USC 1373", "criminal justice information", "ledger", "legal basis", "profile", "hash", "audit trail", "anchor",
    "verification", "legal hold", "retention", "disposal", "certificate", "conflict of interest", "one-time code",
)  # fmt: skip
"""What a prosecutor who is no immigration lawyer cannot be expected to know, or knows as something else."""
EXPLAINED = re.compile(r"\]\(law\?term=([a-z0-9-]+)\)")


def on_page(word: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(word)}s?(?!\w)", text, re.IGNORECASE))


def unexplained(app: AppTest) -> dict[str, list[str]]:
    """Return the terms of art that stand on a page and are not told there, each with the entries that would."""
    law = load_law()
    texts = [str(e.value) for kind in ("markdown", "header", "subheader", "caption", "warning", "info", "error")
             for e in app.get(kind)]  # fmt: skip
    texts += [str(e.label) for kind in ("selectbox", "radio", "number_input", "text_input") for e in app.get(kind)]
    texts += [table.value.to_string() for table in app.table]
    told = {one for text in texts for one in EXPLAINED.findall(text)}
    assert told <= set(law.glossary)
    shown = "\n".join(text for text in texts if not EXPLAINED.search(text))
    found = {word: [e.id for e in terms_in(law, [word])] for word in TERMS_OF_ART if on_page(word, shown)}
    assert app.title, "the page was not drawn"
    return {word: ids for word, ids in found.items() if not told & set(ids)}


@pytest.mark.parametrize("page", [*STEP_IDS, "quick"])
def test_every_term_of_art_on_a_page_is_told_there(page: str, db: Database, pat: Actor, open_app: Open) -> None:
    if page == "quick":
        app = open_app(page="quick")
        app.text_input(key="quick/text").set_value("theft 45-6-301(1)").run()
    else:
        view = cases.create_case(db, pat, PFMA)
        if page == "note":
            complete(db, pat, view)
        app = open_app(case=view.id, step=page)
    assert unexplained(app) == {}, f"{page} uses words that it does not explain"


BESIDE: dict[str, dict[str, str]] = {
    "cases": {}, "docket": {}, "review": {}, "releases": {}, "audit": {}, "office": {}, "law-impact": {},
    "accounts": {}, "access": {}, "release": {}, "retention": {}, "may": {}, "sessions": {}, "law-draft": {},
    "law, an offense": {"offense": "mt-45-5-206-1-a"}, "law, a ground": {"ground": "inadm-cimt"},
    "law, a category": {"category": "cimt"},
}  # fmt: skip
"""Pages beside the walk that use terms of art, and what their address names."""
WITHOUT = {"find", "case", "law", "law-entry", "help", "accessibility", "you", "quick", *STEP_IDS}
"""The others: those checked above; the glossary itself; and those with fields and plain words only."""


def test_pages_beside_the_walk_tell_their_terms_too(db: Database, pat: Actor, open_app: Open) -> None:
    law = load_law()
    view = cases.create_case(db, pat, PFMA)
    complete(db, pat, view)
    submission.submit(db, pat, view.id, cases.open_case(db, pat, view.id).version)
    app = open_app(case=view.id)
    pages = set(app.session_state["frame/pages"])
    assert {name.partition(",")[0] for name in BESIDE} | WITHOUT == pages | {"law"}
    assert {page for entry in law.glossary.values() for page in entry.pages} <= pages
    missing: list[str] = []
    for name, query in BESIDE.items():
        page = name.partition(",")[0]
        app.query_params.clear()
        app.query_params.update({"case": view.id} if page != "cases" else {})
        app.query_params.update(query)
        app._page_hash = calc_hash("" if page == "cases" else page)
        app.run()
        app._page_hash = ""
        assert not app.exception, (name, app.exception)
        missing += [f"{name}: {word} ({', '.join(ids)})" for word, ids in unexplained(app).items()]
    assert not missing, "\n".join(missing)


def test_every_term_of_art_has_an_entry_with_plain_words_and_a_source_where_it_states_law() -> None:
    law = load_law()
    assert [word for word in TERMS_OF_ART if not terms_in(law, [word])] == []
    for entry in law.glossary.values():
        assert 20 < len(entry.says) < 320, entry.id
        assert entry.authorities or not entry.states_law
    with pytest.raises(ValidationError, match="without an authority"):
        GlossaryEntry(id="x", term="X", says="The law says so.")


def test_a_term_has_an_address_with_its_authorities(db: Database, pat: Actor, open_app: Open) -> None:
    app = open_app(page="law", term="petty-offense-exception")
    assert app.title[0].value == "Petty offense exception"
    assert "8 USC 1182" in visible(app)
    assert open_app(page="law", term="no-such-term").title[0].value == "Law"


def guide(app: Any) -> list[str]:
    return [m.value for m in app.markdown if m.value.startswith("**Guide, step")]


def test_the_guide_stands_on_each_step_until_it_is_closed_and_opens_again(
    db: Database, pat: Actor, open_app: Open
) -> None:
    assert tuple(TELLS) == STEP_IDS
    view = cases.create_case(db, pat, PFMA)
    app = open_app(case=view.id, step="compare")
    assert guide(app) == ["**Guide, step 3 of 6: Compare**"]
    assert "Show the guide" not in [b.label for b in app.button]
    press(app, "Close the guide")
    assert guide(app) == []
    press(app, "Show the guide")
    assert len(guide(app)) == 1


def test_a_closed_guide_stays_closed_the_next_time_the_person_signs_in(
    db: Database, pat: Actor, open_app: Open
) -> None:
    view = cases.create_case(db, pat, PFMA)
    press(open_app(case=view.id, step="charges"), "Close the guide")
    app = open_app(case=view.id, step="compare")  # another session: a new sign-in
    assert guide(app) == []
    press(open_app(page="help"), "Show the guide")
    assert guide(open_app(case=view.id, step="charges")) == ["**Guide, step 1 of 6: Charges**"]


def test_help_tells_the_keys_that_the_buttons_have_and_leads_to_the_accessibility_statement(
    db: Database, pat: Actor, open_app: Open
) -> None:
    app = open_app(page="help")
    told = app.table[0].value.to_string()
    view = cases.create_case(db, pat, PFMA)
    walk = open_app(case=view.id, step="compare")
    keys = {button.proto.shortcut for button in walk.button if button.proto.shortcut}
    assert len(keys) == 3
    assert all(key.title() in told for key in keys)
    assert "Accessibility statement: what was and was not tested" in {link.label for link in app.get("page_link")}
    statement = visible(open_app(page="accessibility"))
    for line in re.findall(r"^## (.+)$", (ROOT / "docs" / "accessibility.md").read_text("utf-8"), re.MULTILINE):
        assert line in statement


def test_who_has_handed_in_a_case_gets_no_guide_unasked(db: Database, pat: Actor, open_app: Open) -> None:
    view = cases.create_case(db, pat, PFMA)
    complete(db, pat, view)
    submission.submit(db, pat, view.id, cases.open_case(db, pat, view.id).version)
    app = open_app(case=cases.create_case(db, pat, {**PFMA, "cause_number": "CR-2"}).id, step="charges")
    assert guide(app) == []
    assert "Show the guide" in [b.label for b in app.button]
