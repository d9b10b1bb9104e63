"""The sign-off of a law entry on the screen, the pages of a ground and a category, and full-text search."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plea_aid.casework import signoff
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.law.catalogue import Law
from plea_aid.law.entry_hash import hash_of_entry
from plea_aid.law.load import load_law
from plea_aid.law.records import Condition
from plea_aid.pages import law_pages
from plea_aid.pages.law_entries import condition_lines
from plea_aid.pages.law_search import LONGEST, full_text
from tests.pages.conftest import Open, colleague, field, press, visible
from tests.pages.law_app import OpenLaw, links, open_law

__all__ = ["open_law"]
THEFT = "mt-45-6-301-1"
LAW = load_law()
ENTRIES = [("offense", THEFT), ("ground", "dep-dv"), ("category", "crime-of-violence")]


def plainly(text: str) -> str:
    return text.replace("\\", "")


@pytest.mark.parametrize(("kind", "entry"), ENTRIES)
def test_an_attorney_signs_an_entry_off(db: Database, pat: Actor, open_law: OpenLaw, kind: str, entry: str) -> None:
    app = open_law(**{kind: entry})
    assert "Drafted: no attorney has signed this entry off" in plainly(visible(app))
    press(app, "Sign this entry off")
    assert "nothing was signed" in app.error[0].value
    assert signoff.sign_offs(db, pat) == ()
    field(app, "What you read it against").set_value("The code of 2025 *and* its notes")
    press(app, "Sign this entry off")
    assert app.success[0].value == "Signed off in your name."
    assert "Signed by Pat Doe on " in plainly(visible(app))
    assert "You have signed this entry off as it stands." in visible(app)
    assert "Sign this entry off" not in [b.label for b in app.button]
    (one,) = signoff.sign_offs(db, pat, kind, entry)
    assert (one.note, one.content_hash) == ("The code of 2025 *and* its notes", hash_of_entry(LAW, kind, entry))
    assert app.table[-1].value.iloc[0]["Covers"] == "What the entry says now"


@pytest.mark.parametrize("role", ["paralegal", "auditor"])
def test_others_see_the_state_and_why_they_do_not_sign(db: Database, pat: Actor, open_law: OpenLaw, role: str) -> None:
    colleague(db, pat, "lee", role)
    signoff.sign_off(db, pat, "offense", THEFT, hash_of_entry(LAW, "offense", THEFT) or "", "Read.")
    app = open_law(user_name="lee", offense=THEFT)
    assert "Signed by Pat Doe on " in plainly(visible(app))
    assert f"{role} may not sign an entry of the law off; that is for: prosecutor, supervisor" in plainly(visible(app))
    assert "Sign this entry off" not in [b.label for b in app.button]


def test_a_changed_entry_shows_its_sign_off_as_void(
    db: Database, pat: Actor, open_law: OpenLaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    signoff.sign_off(db, pat, "offense", THEFT, hash_of_entry(LAW, "offense", THEFT) or "", "Read.")
    assert "1 offense is signed off" in visible(open_law())
    offense = LAW.offenses[THEFT].model_copy(update={"title": "Theft, as amended"})
    changed = replace(LAW, offenses={**LAW.offenses, THEFT: offense})
    monkeypatch.setattr(law_pages, "load_law", lambda: changed)
    app = open_law(offense=THEFT)
    assert "Void: changed since Pat Doe signed it on " in plainly(visible(app))
    assert app.table[-1].value.iloc[0]["Covers"] == "An earlier text: void"
    assert "Sign this entry off" in [b.label for b in app.button]
    assert "0 offenses are signed off" in visible(open_law())


def test_a_page_drawn_before_the_entry_changed_signs_nothing(
    db: Database, pat: Actor, open_law: OpenLaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_law(offense=THEFT)
    field(app, "What you read it against").set_value("The code")
    offense = LAW.offenses[THEFT].model_copy(update={"title": "Theft, as amended"})
    changed = replace(LAW, offenses={**LAW.offenses, THEFT: offense})
    monkeypatch.setattr(signoff, "load_law", lambda: changed)
    press(app, "Sign this entry off")
    assert "changed after you opened it" in app.error[0].value
    assert signoff.sign_offs(db, pat) == ()


def test_every_ground_and_category_has_a_page_that_draws(open_law: OpenLaw) -> None:
    for kind, pool in (("ground", LAW.grounds), ("category", LAW.categories)):
        for entry in list(pool)[::6]:
            app = open_law(**{kind: entry})
            assert plainly(app.title[0].value) == pool[entry].name


def test_a_rules_condition_reads_as_words() -> None:
    when = Condition(all=("mental:purposely|knowingly",), any=("act:take", "facts:knew-stolen"), none=("victim:-",))
    assert condition_lines(when) == (
        "mental: purposely or knowingly",
        "one at least of: act: take; facts: knew stolen",
        "not: no element of victim",
    )


def test_the_draft_form_is_among_the_pages_of_the_app(pat: Actor, open_app: Open) -> None:
    assert "law-draft" in open_app().session_state["frame/pages"]


def test_full_text_search_shows_every_kind(open_law: OpenLaw) -> None:
    app = open_law()
    field(app, "Search all of the law").set_value("turpitude").run()
    headings = " ".join(h.value for h in app.header)
    for kind in ("Offenses", "Grounds", "Federal categories", "Authorities", "Glossary"):
        assert kind in headings, kind
    assert "Deportable: crime of domestic violence" not in links(app)
    field(app, "Search all of the law").set_value("tokatly").run()
    assert "Deportable: crime of domestic violence" in links(app)
    field(app, "Search all of the law").set_value("zzyzx").run()
    assert "No entry has every word." in visible(app)
    assert not app.tabs


def hits(law: Law, words: str, kind: str) -> set[str]:
    return {hit.id for hit in full_text(law, words) if hit.kind == kind}


def test_full_text_reads_the_names_of_the_authorities_an_entry_cites() -> None:
    citing = {o.id for o in LAW.offenses.values() if "matter-of-silva-trevino-iii-2016" in str(o)}
    citing |= {g.id for g in LAW.grounds.values() if "matter-of-silva-trevino-iii-2016" in str(g)}
    citing |= {c.id for c in LAW.categories.values() if "matter-of-silva-trevino-iii-2016" in str(c)}
    assert citing
    found = {hit.id for hit in full_text(LAW, "silva trevino")}
    assert citing <= found


def test_full_text_asks_for_every_word_and_cuts_long_passages() -> None:
    assert hits(LAW, "domestic violence", "ground") >= {"dep-dv"}
    assert hits(LAW, "domestic violence", "ground") < hits(LAW, "violence", "ground")
    assert full_text(LAW, " , ") == ()
    for hit in full_text(LAW, "sentence"):
        assert len(hit.excerpt) <= LONGEST + 8
    first = full_text(LAW, "Padilla")[0]
    assert "Padilla" in first.title
