"""Help in place: every term of art on a page is told there from the one glossary; the guide of the first case."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

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

TERMS_OF_ART = (
    "CIMT", "moral turpitude", "petty offense", "aggravated felony", "crime of violence", "record of conviction",
    "categorical", "divisible", "overbroad", "circumstance-specific", "posture", "immigration situations", "ground",
    "charge alone", "certain", "likely", "possible", "unlikely", "not analysed", "permanent resident", "DACA",
    "significant misdemeanor", "temporary protected status", "cancellation", "good moral character", "inadmissible",
    "deportable", "conviction", "deferred imposition", "deferred prosecution", "suspended", "single scheme",
    "Laken Riley", "factual basis", "nolo contendere", "Alford", "bond forfeiture", "relief", "particularly serious",
    "domestic violence", "protection order", "smallest change", "baseline", "equivalence", "same weight", "departs",
    "Section 5", "gate", "factor", "not verified", "waiver",
)  # fmt: skip
"""What a prosecutor who is no immigration lawyer cannot be expected to know, or knows as something else."""
EXPLAINED = re.compile(r"\]\(law\?term=([a-z0-9-]+)\)")


def on_page(word: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(word)}s?(?!\w)", text, re.IGNORECASE))


@pytest.mark.parametrize("page", [*STEP_IDS, "quick"])
def test_every_term_of_art_on_a_page_is_told_there(page: str, db: Database, pat: Actor, open_app: Open) -> None:
    law = load_law()
    if page == "quick":
        app = open_app(page="quick")
        app.text_input(key="quick/text").set_value("theft 45-6-301(1)").run()
    else:
        view = cases.create_case(db, pat, PFMA)
        if page == "note":
            complete(db, pat, view)
        app = open_app(case=view.id, step=page)
    texts = [str(e.value) for e in (*app.markdown, *app.header, *app.subheader, *app.caption, *app.warning)]
    texts += [str(e.label) for kind in ("selectbox", "radio", "number_input", "text_input") for e in app.get(kind)]
    told = {one for text in texts for one in EXPLAINED.findall(text)}
    assert told <= set(law.glossary)
    shown = "\n".join(text for text in texts if not EXPLAINED.search(text))
    found = [word for word in TERMS_OF_ART if on_page(word, shown)]
    assert found, "the page was not drawn"
    missing = {word: [e.id for e in terms_in(law, [word])] for word in found}
    missing = {word: ids for word, ids in missing.items() if not told & set(ids)}
    assert missing == {}, f"{page} uses words that it does not explain"


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


def test_who_has_handed_in_a_case_gets_no_guide_unasked(db: Database, pat: Actor, open_app: Open) -> None:
    view = cases.create_case(db, pat, PFMA)
    complete(db, pat, view)
    submission.submit(db, pat, view.id, cases.open_case(db, pat, view.id).version)
    app = open_app(case=cases.create_case(db, pat, {**PFMA, "cause_number": "CR-2"}).id, step="charges")
    assert guide(app) == []
    assert "Show the guide" in [b.label for b in app.button]
