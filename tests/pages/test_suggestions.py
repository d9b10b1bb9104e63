"""Suggested options on the options page: asked for, added with one click, taken back; what must stay; the names."""

from __future__ import annotations

import dataclasses
import json

import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.analysis.casefile import validate_case
from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.views import CaseView
from plea_aid.law.load import load_law
from plea_aid.pages import documents, planned, suggestions
from plea_aid.pages.analysed import analyse
from plea_aid.pages.planned import planning_text, same_start, suggested
from plea_aid.pages.suggestion_words import name_of_changes, name_of_parts, terms_of
from tests.pages.conftest import Open, field, press, visible

LAW = load_law()
PFMA = {
    "offense_date": "2026-03-14",
    "plea_date": "2026-05-02",
    "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
    "option": [{"name": "As charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 355, "fine": 500}]}],
}
AGGRAVATED = "agg-felony-cov"


@pytest.fixture
def pfma(db: Database, pat: Actor) -> CaseView:
    view = cases.create_case(db, pat, {"cause_number": "CR-2026-0412"})
    cases.update_document(db, pat, view.id, view.document_version, json.loads(json.dumps(PFMA)))
    return cases.open_case(db, pat, view.id)


def open_suggestions(open_app: Open, view: CaseView) -> AppTest:
    app = open_app(case=view.id, step="options")
    app.session_state[f"{view.id}/options/way"] = "Suggestions"
    app.run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    """Return the text on the page without the marks that keep it from being markup."""
    return visible(app).replace("\\", "")


def stored(db: Database, pat: Actor, view: CaseView) -> CaseView:
    return cases.open_case(db, pat, view.id)


def test_nothing_is_worked_out_before_it_is_asked_for(
    pfma: CaseView, pat: Actor, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(suggestions, "suggested", lambda text: asked.append(text) or suggested(text))
    app = open_suggestions(open_app, pfma)
    assert asked == []
    press(app, "Suggest options")
    assert len(set(asked)) == 1
    assert "Smallest changes" in said(app)


def test_a_suggestion_is_added_with_one_click_and_can_be_taken_back(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_suggestions(open_app, pfma)
    press(app, "Suggest options")
    field(app, "Ground to avoid", "selectbox").select(AGGRAVATED).run()
    assert "Jail suspended: 355 days" in said(app)
    assert "354 days instead of 355 days" in said(app)
    press(app, "Add to the options")
    assert stored(db, pat, pfma).option_names == ("As charged", "354 days jail suspended")
    assert "In this case as **354 days jail suspended**" in said(app)
    assert [b for b in app.button if b.label == "Undo"], "what was added can be taken back"
    press(app, "Undo")
    assert stored(db, pat, pfma).option_names == ("As charged",)
    press(app, "Add to the options")
    press(app, "Take it out again")
    assert stored(db, pat, pfma).document == pfma.document


def test_what_no_plea_avoids_and_what_a_change_needs_is_said_with_its_authority(
    pfma: CaseView, pat: Actor, open_app: Open
) -> None:
    app = open_suggestions(open_app, pfma)
    press(app, "Suggest options")
    text = said(app)
    assert "the charge or arrest alone is enough" in text
    assert "Notice to appear when a benefit is denied" in text
    assert "every one accounted for" in text
    field(app, "Ground to avoid", "selectbox").select(AGGRAVATED).run()
    text = said(app)
    assert "It does not bind the court" in text
    assert "mca-46-12-211" in text


def test_a_search_that_is_not_exhaustive_is_said_plainly(
    pfma: CaseView, pat: Actor, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(text: str) -> planned.Suggested:
        found = suggested(text).planned
        assert found
        search = dataclasses.replace(found.search, exhaustive=False)
        return planned.Suggested(dataclasses.replace(found, search=search))

    monkeypatch.setattr(suggestions, "suggested", cut_short)
    app = open_suggestions(open_app, pfma)
    press(app, "Suggest options")
    assert "may be as good as" in app.warning[0].value
    assert "every one accounted for" not in said(app)


def test_what_must_stay_is_stored_and_changes_what_is_suggested(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_suggestions(open_app, pfma)
    press(app, "Suggest options")
    field(app, "Days ordered, jail and suspended, at least", "number_input").set_value(365).run()
    field(app, "At least one count ends in a conviction under Montana law", "checkbox").check().run()
    field(app, "Partner or family member assault", "checkbox").check().run()
    assert stored(db, pat, pfma).document["plan"] == {
        "min_imposed_days": 365,
        "keep_conviction": True,
        "keep_prior_for": ["pfma"],
    }
    assert "have changed since suggestions were worked out" in app.info[0].value
    press(app, "Suggest options")
    assert "No change that keeps what must stay takes a ground of the baseline away." in said(app)
    assert "gives up something that the plan keeps" in said(app)
    field(app, "Days ordered, jail and suspended, at least", "number_input").set_value(0).run()
    field(app, "At least one count ends in a conviction under Montana law", "checkbox").uncheck().run()
    field(app, "Partner or family member assault", "checkbox").uncheck().run()
    assert "plan" not in stored(db, pat, pfma).document


def test_a_baseline_that_cannot_be_is_named_and_nothing_is_lost(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    document = json.loads(json.dumps(pfma.document))
    document["option"][0]["count"][0]["suspended_days"] = 400
    cases.update_document(db, pat, pfma.id, pfma.document_version, document)
    app = open_suggestions(open_app, pfma)
    press(app, "Suggest options")
    assert "above the maximum of 365 days" in app.error[0].value.replace("\\", "")
    assert stored(db, pat, pfma).document == document


def test_a_large_group_is_narrowed_by_what_it_keeps(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    offenses = ["MCA 45-5-206(1)(a)", "MCA 45-6-301(1)", "MCA 45-10-103", "MCA 61-8-1002(1)(a)"]
    document = {
        **{k: v for k, v in PFMA.items() if k != "option"},
        "count": [{"number": n, "offense": o} for n, o in enumerate(offenses, 1)],
    }
    document = documents.with_option(document)
    for part in document["option"][0]["count"]:
        part.update(jail_days=1, suspended_days=5)
    cases.update_document(db, pat, pfma.id, pfma.document_version, document)
    app = open_suggestions(open_app, pfma)
    press(app, "Suggest options")
    found = suggested(planning_text(document, analyse(document))).planned
    assert found
    largest = max(range(len(found.groups)), key=lambda n: len(found.groups[n].options))
    field(app, "Group to look at", "selectbox").select(largest).run()
    assert not app.exception
    keeps = field(app, "What it keeps", "selectbox")
    many = [int(words.rsplit("(", 1)[1].split()[0]) for words in keeps.options]
    assert sum(many) == len(found.groups[largest].options)
    assert keeps.options[0].split()[0] >= keeps.options[-1].split()[0], "the most kept first"
    cards = [b for b in app.button if b.label == "Add to the options" and "/group/" in b.key]
    assert len(cards) == min(many[0], suggestions.AT_ONCE)


def test_other_options_leave_an_answer_standing_and_the_charges_do_not() -> None:
    document = validate_case(PFMA).as_document()
    text = planning_text(document, analyse(document))
    more = documents.with_option(document, "Another")
    assert same_start(text, planning_text(more, analyse(more)))
    renamed = documents.with_option_name(document, 0, "The offer")
    assert same_start(text, planning_text(renamed, analyse(renamed)))
    other = documents.with_plan_key(document, "min_fine", 100)
    assert not same_start(text, planning_text(other, analyse(other)))


def test_an_option_that_cannot_be_analysed_is_left_out_of_the_question() -> None:
    document = documents.with_option(validate_case(PFMA).as_document(), "Too long")
    document["option"][1]["count"][0]["jail_days"] = 999
    text = planning_text(document, analyse(document))
    assert [o["name"] for o in json.loads(text)["option"]] == ["As charged"]
    assert suggested(text).planned


@pytest.mark.parametrize("many", [1, 3])
def test_every_suggestion_can_be_added_under_a_name_of_its_own(many: int) -> None:
    offenses = ["MCA 45-5-206(1)(a)", "MCA 45-6-301(1)", "MCA 45-10-103"][:many]
    document = {
        **{k: v for k, v in PFMA.items() if k != "option"},
        "count": [{"number": n, "offense": o} for n, o in enumerate(offenses, 1)],
    }
    document = documents.with_option(document)
    for part in document["option"][0]["count"]:
        part["suspended_days"] = 30
        if part["number"] == 1:
            part["jail_days"] = 1
    found = suggested(planning_text(document, analyse(document))).planned
    assert found
    named = [(c.option, name_of_changes(c, LAW, many > 1)) for c in found.smallest]
    named += [(o.option, name_of_parts(o.option, LAW, many > 1)) for o in found.frontier]
    for option, name in named[:80]:
        grown = documents.with_adopted(document, option.model_dump(mode="json"), name)
        again = validate_case(grown)
        assert terms_of(grown["option"][-1]) == terms_of(option.model_dump(mode="json"))
        assert len(again.option) == 2
        assert "_" not in name
