"""Section 2 while a text is written: said at once, settled in place, nothing typed is lost and nothing is stored."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.casework import cases, sealed_texts, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Find
from plea_aid.casework.free_text import look_over
from plea_aid.casework.views import CaseView
from plea_aid.pages.sensitive import warning, without
from plea_aid.privacy.guard import Hit
from tests.pages.conftest import Open, colleague, field, press, visible
from tests.pages.test_walk_pages import PFMA, complete, open_review

TYPED = "Proportionate for anyone; he is undocumented."


@pytest.fixture
def pfma(db: Database, pat: Actor) -> CaseView:
    return cases.create_case(db, pat, PFMA)


@pytest.fixture
def typed(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> AppTest:
    """The factors page with a reason typed that Section 2 does not let in."""
    app = open_app(case=pfma.id, step="factors")
    app.radio(key=f"{pfma.id}/factor/proportionality/state").set_value("considered").run()
    app.text_area(key=f"{pfma.id}/factor/proportionality/rationale").set_value(TYPED).run()
    assert not app.exception
    return app


def rationale(db: Database, pat: Actor, view: CaseView) -> str:
    return cases.open_case(db, pat, view.id).factors["proportionality"].entry.rationale


def box(app: AppTest, view: CaseView) -> str:
    return str(app.text_area(key=f"{view.id}/factor/proportionality/rationale").value)


def test_the_writer_sees_what_and_why_and_nothing_is_stored_or_lost(
    db: Database, pat: Actor, pfma: CaseView, typed: AppTest
) -> None:
    (said,) = [w.value for w in typed.warning if "Section 2" in w.value]
    for words in ("'undocumented'", "immigration status", "Why", "not saved yet"):
        assert words in said
    assert box(typed, pfma) == TYPED
    assert rationale(db, pat, pfma) == ""
    # a change beside it is stored, and the text still waits in its field
    typed.selectbox(key=f"{pfma.id}/factor/proportionality/weight").select("moderate").run()
    assert cases.open_case(db, pat, pfma.id).factors["proportionality"].entry.weight == "moderate"
    assert box(typed, pfma) == TYPED
    # and it waits while its writer looks at another page
    press(typed, "Next: Decision")
    press(typed, "Back: Factors")
    assert box(typed, pfma) == TYPED
    assert rationale(db, pat, pfma) == ""


def test_one_click_puts_a_placeholder_and_saves(db: Database, pat: Actor, pfma: CaseView, typed: AppTest) -> None:
    press(typed, "Put \\[removed\\: immigration status\\] in its place")
    assert (
        box(typed, pfma)
        == rationale(db, pat, pfma)
        == ("Proportionate for anyone; he is [removed: immigration status].")
    )
    assert not [w for w in typed.warning if "Section 2" in w.value]


def test_one_click_takes_the_words_out_and_saves(db: Database, pat: Actor, pfma: CaseView, typed: AppTest) -> None:
    press(typed, "Take the words out")
    assert box(typed, pfma) == rationale(db, pat, pfma) == "Proportionate for anyone; he is."


def test_a_text_is_kept_sealed_with_a_reason_only(db: Database, pat: Actor, pfma: CaseView, typed: AppTest) -> None:
    press(typed, "Keep it sealed")
    assert any("Say in up to" in e.value for e in typed.error)
    assert box(typed, pfma) == TYPED
    field(typed, "Why the record must have it").set_value("The court asked for it.").run()
    press(typed, "Keep it sealed")
    assert box(typed, pfma) == rationale(db, pat, pfma) == "[sealed text 1]"
    (sealed,) = sealed_texts.sealed_texts(db, pat, pfma.id)
    assert (sealed.reason, sealed.kinds) == ("The court asked for it.", ("immigration-status",))
    assert sealed.place.startswith("Why, for factor")
    assert "Sealed text 1" in visible(typed)


def test_a_decision_is_not_signed_with_it(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    app = open_app(case=pfma.id, step="decision")
    field(app, "Option chosen", "radio").set_value("As charged").run()
    app.text_area(key=f"{pfma.id}/decision/rationale").set_value(TYPED).run()
    press(app, "Sign this decision")
    assert any("Not saved yet" in e.value for e in app.error)
    assert cases.open_case(db, pat, pfma.id).decision is None
    press(app, "Take the words out")
    press(app, "Sign this decision")
    decision = cases.open_case(db, pat, pfma.id).decision
    assert decision is not None
    assert decision.rationale == "Proportionate for anyone; he is."


def test_reasons_of_a_return_stay_in_their_field(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    complete(db, pat, pfma)
    view = cases.open_case(db, pat, pfma.id)
    submission.submit(db, pat, pfma.id, view.version)
    colleague(db, pat, "sam", "supervisor")
    app = open_review(open_app, "sam")
    reasons = app.text_area(key=f"review/{pfma.id}/reasons")
    reasons.set_value("Say less: he is undocumented.")
    press(app, "Return with reasons")
    assert cases.open_case(db, pat, pfma.id).stage == "submitted"
    assert app.text_area(key=f"review/{pfma.id}/reasons").value == "Say less: he is undocumented."
    press(app, "Put \\[removed\\: immigration status\\] in its place")
    press(app, "Return with reasons")
    step = cases.open_case(db, pat, pfma.id).steps[-1]
    assert (step.move, step.reasons) == ("return", "Say less: he is [removed: immigration status].")


def test_a_cause_number_is_looked_over_before_there_is_a_case(db: Database, pat: Actor, open_app: Open) -> None:
    app = open_app()
    app.text_input(key="new/cause").set_value("undocumented man")
    press(app, "Start a case")
    assert cases.list_cases(db, pat).rows == ()
    assert "Keep it sealed" not in [b.label for b in app.button]
    press(app, "Take the words out")
    assert app.text_input(key="new/cause").value == "man"


def test_reasons_that_hold_for_anyone_raise_nothing() -> None:
    assert look_over("", "The option avoids a likely ground of deportability for anyone and weighs the same.") is None


def find(text: str, *words: str) -> Find:
    hits = tuple(Hit("disability", text.index(w), text.index(w) + len(w), w, "Why.") for w in words)
    return Find("place", text, hits, ("disability",), "")


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("He is deaf.", ("deaf",), "He is."),
        ("deaf, and fair", ("deaf",), ", and fair"),
        ("One blind man\nTwo", ("blind",), "One man\nTwo"),
        ("a b c", ("a", "c"), "b"),
        ("line\ndeaf\nline", ("deaf",), "line\n\nline"),
        ("deaf", ("deaf",), ""),
    ],
)
def test_words_are_taken_out_without_a_gap(text: str, words: tuple[str, ...], left: str) -> None:
    assert without(find(text, *words)) == left


def test_a_long_list_of_finds_is_counted() -> None:
    said = warning(find("one two three four five six", "one", "two", "three", "four", "five", "six"))
    assert "and 2 more" in said
    assert said.count("Why") == 1
