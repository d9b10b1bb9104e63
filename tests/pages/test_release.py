"""The page of releases: nothing goes without a basis, what goes is seen before, and its entry comes first."""

from __future__ import annotations

import io

import pdfplumber
import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.casework import cases, record, releases, sealed_texts
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.views import CaseView
from tests.pages.conftest import Open, colleague, field, press, visible
from tests.pages.test_walk_pages import PFMA

REASON = "The first witness changed her account twice in the interview."


@pytest.fixture
def pfma(db: Database, pat: Actor) -> CaseView:
    view = cases.create_case(db, pat, PFMA)
    entry = {"factor": "strength-of-evidence", "state": "considered", "weight": "moderate", "rationale": REASON}
    record.save_factor(db, pat, view.id, 0, entry)
    return cases.open_case(db, pat, view.id)


def at(app: AppTest, page: str) -> AppTest:
    app._page_hash = app.session_state["frame/pages"][page]._script_hash
    app.run()
    assert not app.exception, app.exception
    return app


@pytest.fixture
def page(pfma: CaseView, open_app: Open) -> AppTest:
    return at(open_app(case=pfma.id), "release")


def fill(app: AppTest, profile: str = "defense-counsel", basis: str = "City service or function") -> AppTest:
    field(app, "Which copy", "radio").set_value(profile).run()
    field(app, "Recipient").set_value("Counsel of record").run()
    box = field(app, "Legal basis", "selectbox")
    box.set_value(next(o for o in releases.load_releases().bases if o.name == basis)).run()
    field(app, "Statute, order or function that it rests on here").set_value("Plea discussion in this case").run()
    assert not app.exception, app.exception
    return app


def file_of(app: AppTest) -> str:
    kept = app.session_state["release/gone"]
    with pdfplumber.open(io.BytesIO(kept[2])) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def test_nothing_is_prepared_without_recipient_basis_and_authority(page: AppTest) -> None:
    press(page, "Prepare the copy")
    said = page.error[0].value
    for words in ("who receives it", "the legal basis", "statute, order or function"):
        assert words in said


def test_a_copy_is_seen_compared_entered_and_only_then_handed_over(
    db: Database, pat: Actor, pfma: CaseView, page: AppTest
) -> None:
    fill(page)
    press(page, "Prepare the copy")
    assert "the options under discussion" in page.error[0].value
    field(page, "Options under discussion", "multiselect").set_value(["As charged"]).run()
    press(page, "Prepare the copy")
    assert not page.error
    shown = visible(page)
    assert "was read back" in shown
    assert "Nothing was released to this kind of recipient before" in shown
    assert any(REASON.split(",")[0] in m.value.replace("\\", "") for m in page.markdown), "what is left out is not seen"
    assert releases.ledger(db, pat) == ()
    assert not page.get("download_button")
    press(page, "Enter it in the ledger and hand it over")
    (entry,) = releases.ledger(db, pat)
    assert (entry.profile, entry.basis, entry.recipient, entry.version_number) == (
        "defense-counsel", "city-service", "Counsel of record", None,
    )  # fmt: skip
    assert page.get("download_button")
    text = file_of(page)
    assert "Counsel of record" in text
    assert "As charged" in text
    assert "Contact" not in text, "an option that is not under discussion is work product"
    assert "witness" not in text


def test_more_is_released_on_the_attorneys_word_and_the_ledger_says_what(
    db: Database, pat: Actor, pfma: CaseView, page: AppTest
) -> None:
    sealed_texts.seal_text(db, pat, pfma.id, "He is undocumented.", "The court asked.", place="a note")
    fill(page, "legal-process", "Court order")
    field(page, "Parts added", "multiselect").set_value(["factors"]).run()
    field(page, "Sealed texts that go with it", "multiselect").set_value([1]).run()
    press(page, "Prepare the copy")
    assert any("for the attorney to say" in w.value for w in page.warning)
    press(page, "Enter it in the ledger and hand it over")
    assert releases.ledger(db, pat) == ()
    assert any("say so" in e.value for e in page.error)
    field(page, "I release it knowingly, on the basis above", "checkbox").check().run()
    press(page, "Enter it in the ledger and hand it over")
    (entry,) = releases.ledger(db, pat)
    assert (entry.added, entry.sealed_texts, entry.found) == (("factors",), (1,), ("immigration status",))
    assert "He is undocumented." in file_of(page)
    assert "witness" in file_of(page)


def test_a_second_copy_is_compared_with_the_first(pfma: CaseView, page: AppTest) -> None:
    fill(page, "public-record", "Public information")
    for _ in range(2):
        press(page, "Prepare the copy")
        press(page, "Enter it in the ledger and hand it over")
    press(page, "Prepare the copy")
    assert any("the last release of this kind: 0 lines left out, 0 lines only" in e.label for e in page.expander)


def test_the_sealed_texts_are_listed_and_opened_one_at_a_time(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    sealed_texts.seal_text(db, pat, pfma.id, "He is undocumented.", "The court asked.", place="a note")
    colleague(db, pat, "lee", "paralegal")
    app = at(open_app(case=pfma.id), "release")
    assert "undocumented" not in visible(app)
    press(app, "Open sealed text 1")
    assert "He is undocumented" in visible(app)
    other = at(open_app("lee", case=pfma.id), "release")
    assert "Open sealed text 1" not in [b.label for b in other.button]
    assert "Prepare the copy" not in [b.label for b in other.button]
    assert any("may not release" in i.value for i in other.info)


def test_the_office_sees_its_ledger(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    app = at(open_app(), "releases")
    assert "Nothing was released yet" in visible(app)
    request = releases.checked_request(
        {
            "profile": "public-record",
            "recipient": "A citizen",
            "basis": "public-information",
            "authority": "MCA 44-5-301",
        }
    )
    releases.record_release(db, pat, pfma.id, request, document_sha256="b" * 64, lines=["x"])
    app = at(open_app(), "releases")
    assert app.table[0].value.iloc[0]["Recipient"] == "A citizen"
