"""The walk as AppTest drives it: every step stored as it is made."""

from __future__ import annotations

import copy

import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.casework import cases, record, trail
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.readiness import missing
from plea_aid.casework.views import CaseView
from plea_aid.law.load import load_law
from plea_aid.pages import frame
from plea_aid.pages.analysed import analyse
from plea_aid.pages.wording import plain
from tests.pages.conftest import Open, colleague, field, press, visible

PFMA = {
    "cause_number": "CR-2026-0412",
    "offense_date": "2026-03-14",
    "plea_date": "2026-05-02",
    "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
    "option": [
        {"name": "As charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 355, "fine": 500}]},
        {
            "name": "Contact",
            "count": [
                {"number": 1, "offense": "MCA 45-5-201(1)(c)", "jail_days": 10, "suspended_days": 170, "fine": 500}
            ],
        },
    ],
}


@pytest.fixture
def pfma(db: Database, pat: Actor) -> CaseView:
    return cases.create_case(db, pat, PFMA)


def stored(db: Database, pat: Actor, view: CaseView) -> CaseView:
    return cases.open_case(db, pat, view.id)


def test_the_list_teaches_when_it_is_empty_and_loads_the_examples_once(
    db: Database, pat: Actor, open_app: Open
) -> None:
    app = open_app()
    assert "There is no case yet" in visible(app)
    press(app, "Load the example cases")
    found = cases.list_cases(db, pat).rows
    assert len(found) >= 3
    assert all(row.example for row in found)
    assert "Load the example cases" not in [b.label for b in app.button]
    field(app, "Find a case").set_value("0001").run()
    assert "EX\\-2026\\-0001" in "".join(link.label for link in app.get("page_link"))
    field(app, "Find a case").set_value("no such").run()
    assert "No case fits" in visible(app)


def test_a_case_begins_with_its_cause_number_and_goes_on_to_the_charges(
    db: Database, pat: Actor, open_app: Open
) -> None:
    app = open_app()
    app.text_input(key="new/cause").set_value("CR-2026-0099")
    app.text_input(key="new/offense").set_value("March")
    press(app, "Start a case")
    assert "'March' is not a date" in app.error[0].value
    assert app.text_input(key="new/cause").value == "CR-2026-0099"
    app.text_input(key="new/offense").set_value("3/14/2026")
    press(app, "Start a case")
    assert app.title[0].value == "Charges"
    (row,) = cases.list_cases(db, pat).rows
    assert cases.open_case(db, pat, row.id).document == {"cause_number": "CR-2026-0099", "offense_date": "2026-03-14"}
    assert app.query_params["case"] == row.id


def test_counts_are_added_by_words_or_citation_and_stored_at_once(db: Database, pat: Actor, open_app: Open) -> None:
    view = cases.create_case(db, pat, {"cause_number": "CR-1"})
    app = open_app(case=view.id, step="charges")
    app.text_input(key="charges/add").set_value("partner assault").run()
    press(app, "Add MCA 45-5-206(1)(a)")
    app.text_input(key="charges/add").set_value("45-10-103").run()
    press(app, "Add MCA 45-10-103")
    document = stored(db, pat, view).document
    assert [c["offense"] for c in document["count"]] == ["MCA 45-5-206(1)(a)", "MCA 45-10-103"]
    assert app.text_input(key="charges/add").value == ""
    field(app, "Which drug does the record of conviction name?", "selectbox").select("marijuana").run()
    field(app, "How many grams of marijuana?", "number_input").set_value(20.0).run()
    field(app, "Offense number", "selectbox", 1).select(2).run()
    assert not app.exception
    assert stored(db, pat, view).document["count"][1] == {
        "number": 2,
        "offense": "MCA 45-10-103",
        "nth": 2,
        "record": {"substance": "marijuana", "marijuana_grams": 20.0},
    }


def test_a_removed_count_can_be_taken_back(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    app = open_app(case=pfma.id, step="charges")
    press(app, "Remove count 1")
    assert "count" not in stored(db, pat, pfma).document
    press(app, "Undo")
    assert stored(db, pat, pfma).document == pfma.document


def test_what_cannot_be_read_stays_in_its_field_and_is_not_stored(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="charges")
    field(app, "Date of the plea").set_value("soon").run()
    assert field(app, "Date of the plea").value == "soon"
    assert "'soon' is not a date" in app.error[0].value
    assert "not saved" in app.error[0].value
    field(app, "Offense charged").set_value("MCA 99-9-999").run()
    assert field(app, "Offense charged").value == "MCA 99-9-999"
    assert any("not an offense of the catalogue" in e.value for e in app.error)
    assert stored(db, pat, pfma).document == pfma.document
    press(app, "Next: Plea options")
    press(app, "Back: Charges")
    assert field(app, "Date of the plea").value == "soon"
    field(app, "Date of the plea").set_value("6/1/2026").run()
    assert stored(db, pat, pfma).document["plea_date"] == "2026-06-01"


def test_an_earlier_conviction_is_kept_with_its_date(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    app = open_app(case=pfma.id, step="charges")
    app.text_input(key="prior/offense").set_value("MCA 45-6-301")
    press(app, "Add it")
    assert "give its date" in app.error[0].value
    app.text_input(key="prior/date").set_value("1/10/2022")
    press(app, "Add it")
    assert stored(db, pat, pfma).document["prior"] == [{"offense": "MCA 45-6-301", "date": "2022-01-10"}]


def test_a_sentence_above_the_maximum_is_said_at_once_and_hides_no_other_option(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="options")
    field(app, "Jail suspended, days", "number_input").set_value(400).run()
    assert "above the maximum of 365 days" in app.error[0].value
    assert stored(db, pat, pfma).document["option"][0]["count"][0]["suspended_days"] == 400
    assert [o.name for o in analyse(stored(db, pat, pfma).document).options] == ["Contact"]
    field(app, "Jail suspended, days", "number_input").set_value(354).run()
    assert not app.error
    assert "flagged" in visible(app)


def test_options_are_copied_renamed_amended_and_removed(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="options")
    press(app, "Copy this option")
    field(app, "Name of the option").set_value("Deferred").run()
    field(app, "How the count ends", "selectbox").select("deferred-imposition").run()
    field(app, "Offense pleaded to", "selectbox").select("MCA 45-5-201(1)(a)").run()
    assert not app.exception
    last = stored(db, pat, pfma).document["option"][2]
    assert (last["name"], last["count"][0]["disposition"], last["count"][0]["offense"]) == (
        "Deferred",
        "deferred-imposition",
        "MCA 45-5-201(1)(a)",
    )
    field(app, "Name of the option").set_value("Contact").run()
    assert "another option named 'Contact'" in app.error[0].value
    assert field(app, "Name of the option").value == "Contact"
    press(app, "Remove this option")
    assert stored(db, pat, pfma).option_names == ("As charged", "Contact")


def test_any_offense_of_the_catalogue_can_be_pleaded_to(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="options")
    field(app, "Offense pleaded to", "selectbox").select("another").run()
    field(app, "Which offense").set_value("45-8-101(1)(a)(i)").run()
    assert not app.exception
    assert stored(db, pat, pfma).document["option"][0]["count"][0]["offense"] == "45-8-101(1)(a)(i)"


def changed_by_robin(db: Database, pat: Actor, view: CaseView, document: dict[str, object]) -> None:
    robin = colleague(db, pat, "robin", "paralegal")
    cases.update_document(db, robin, view.id, view.document_version, document)


def with_fine(view: CaseView, fine: int) -> dict[str, object]:
    document = copy.deepcopy(view.document)
    document["option"][0]["count"][0]["fine"] = fine
    return document


def test_two_people_who_change_different_things_are_put_together(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="options")
    changed_by_robin(db, pat, pfma, {**pfma.document, "plea_date": "2026-07-01"})
    field(app, "Fine, dollars", "number_input").set_value(750).run()
    assert not app.exception
    assert not app.warning
    document = stored(db, pat, pfma).document
    assert (document["plea_date"], document["option"][0]["count"][0]["fine"]) == ("2026-07-01", 750)


def test_two_people_who_change_the_same_thing_choose_and_lose_nothing(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="options")
    changed_by_robin(db, pat, pfma, with_fine(pfma, 300))
    field(app, "Fine, dollars", "number_input").set_value(750).run()
    assert "Robin changed" in visible(app)
    assert field(app, "Fine, dollars", "number_input").value == 750
    assert stored(db, pat, pfma).document["option"][0]["count"][0]["fine"] == 300
    press(app, "Save mine instead")
    assert stored(db, pat, pfma).document["option"][0]["count"][0]["fine"] == 750
    assert "Robin changed" not in visible(app)
    assert field(app, "Fine, dollars", "number_input").value == 750


def test_what_is_stored_can_be_kept_instead(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    app = open_app(case=pfma.id, step="options")
    changed_by_robin(db, pat, pfma, with_fine(pfma, 300))
    field(app, "Fine, dollars", "number_input").set_value(750).run()
    press(app, "Keep what is stored")
    assert field(app, "Fine, dollars", "number_input").value == 300
    assert stored(db, pat, pfma).document["option"][0]["count"][0]["fine"] == 300


def test_what_someone_else_stored_appears_in_a_field_nobody_touched(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="options")
    changed_by_robin(db, pat, pfma, with_fine(pfma, 300))
    app.run()
    assert field(app, "Fine, dollars", "number_input").value == 300


def test_a_field_and_a_button_in_one_click_are_both_done(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="options")
    field(app, "Fine, dollars", "number_input").set_value(750)
    field(app, "Name of the option").set_value("Renamed")
    press(app, "Next: Compare")
    assert app.title[0].value == "Compare"
    option = stored(db, pat, pfma).document["option"][0]
    assert (option["name"], option["count"][0]["fine"]) == ("Renamed", 750)


def test_the_comparison_has_a_table_for_its_picture_and_a_reason_for_every_finding(
    pfma: CaseView, pat: Actor, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="compare")
    groups = {p.group for p in load_law().postures.values()}
    glance = app.table[0].value
    assert set(glance["Situation"]) == groups
    assert {"As charged", "Contact"} <= set(glance.columns)
    assert all(cell[0] in "■▲◆○·?" for cell in glance["As charged"])
    assert "Because" in visible(app)
    weight = app.table[1].value.set_index("Measure")
    assert weight.loc["Jail suspended", "Contact"] == "170 days (−185 days)"
    field(app, "Group", "selectbox").select(sorted(groups)[0]).run()
    assert not app.exception


def test_no_factor_is_preselected_and_section_5_is_not_first(pfma: CaseView, pat: Actor, open_app: Open) -> None:
    app = open_app(case=pfma.id, step="factors")
    asked = [r for r in app.radio if r.label.endswith("was it considered?")]
    assert len(asked) == len(load_law().checklists[-1].factors)
    assert all(r.value is None for r in asked)
    places = [n for n, r in enumerate(asked) if "Section 5" in r.label]
    assert places
    assert places[0] not in (0, len(asked) - 1)
    assert "can never be the only reason" in visible(app)


def test_a_factor_is_stored_answer_by_answer(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    app = open_app(case=pfma.id, step="factors")
    app.radio(key=f"{pfma.id}/factor/proportionality/state").set_value("considered").run()
    app.selectbox(key=f"{pfma.id}/factor/proportionality/weight").select("moderate").run()
    app.selectbox(key=f"{pfma.id}/factor/proportionality/points/2").select("for").run()
    app.text_area(key=f"{pfma.id}/factor/proportionality/rationale").set_value("Proportionate for anyone.").run()
    assert not app.exception
    entry = stored(db, pat, pfma).factors["proportionality"].entry
    assert (entry.state, entry.weight, entry.points, entry.rationale) == (
        "considered",
        "moderate",
        {"Contact": "for"},
        "Proportionate for anyone.",
    )


def test_the_factors_that_point_somewhere_stand_side_by_side(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    assert "How the factors point" not in visible(open_app(case=pfma.id, step="factors"))
    first, second = load_law().checklists[-1].factors[:2]
    said = {"state": "considered", "rationale": "So.", "points": {"As charged": "for"}}
    record.save_factor(db, pat, pfma.id, 0, {"factor": first.id, "weight": "none", **said})
    record.save_factor(db, pat, pfma.id, 0, {"factor": second.id, "state": "no-information"})
    app = open_app(case=pfma.id, step="factors")
    assert "How the factors point" in visible(app)
    row = app.table[-1].value.iloc[0].to_dict()
    assert (row["Factor"], row["Weight"]) == (plain(first.name), "no weight")
    assert row["As charged"] == "\\+ for"
    assert len(app.table[-1].value) == 1


def complete(db: Database, pat: Actor, view: CaseView, chosen: str = "As charged") -> None:
    """Fill everything a submission needs through the services."""
    checklist = load_law().checklists[-1]
    for factor in checklist.factors:
        entry = {"factor": factor.id, "state": "considered", "weight": "moderate", "rationale": "It holds for anyone."}
        record.save_factor(db, pat, view.id, 0, entry)
    for gate in (
        {"gate": "public-safety", "violence": "no", "weapon": "no", "injury": "no", "repeat": "no"},
        {"gate": "victim-consultation", "status": "consulted", "on": "2026-04-20"},
        {"gate": "defense-submission", "status": "none-received"},
        {"gate": "equivalence", "status": "equivalent", "explanation": "It is the baseline."},
        {"gate": "plea-agreement", "type": "46-12-211(1)(b)"},
        {"gate": "advisement", "reminded": True},
    ):
        record.save_gate(db, pat, view.id, 0, gate)
    record.decide(db, pat, view.id, 0, {"chosen_option": chosen, "rationale": "A just resolution."})
    assert missing(cases.open_case(db, pat, view.id)) == ()


def test_what_is_missing_is_said_with_its_place_until_nothing_is(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    app = open_app(case=pfma.id, step="decision")
    said = visible(app)
    assert "things are missing before it can be submitted" in said
    assert "On **Factors**" in said
    assert next(b for b in app.button if b.label == "Submit for review").disabled
    press(app, "Sign this decision")
    assert "Choose an option before you sign" in app.error[0].value
    app.radio(key=f"{pfma.id}/decision/option").set_value("As charged").run()
    press(app, "Sign this decision")
    assert "needs its reasons" in app.error[0].value
    app.text_area(key=f"{pfma.id}/decision/rationale").set_value("A just resolution.").run()
    assert "Not signed yet" in visible(app)
    press(app, "Sign this decision")
    decision = stored(db, pat, pfma).decision
    assert decision
    assert (decision.chosen_option, decision.rationale) == ("As charged", "A just resolution.")


def test_a_complete_case_is_submitted_frozen_reviewed_by_another_and_returned(
    db: Database, pat: Actor, pfma: CaseView, open_app: Open
) -> None:
    complete(db, pat, pfma)
    app = open_app(case=pfma.id, step="decision")
    assert "Nothing is missing" in visible(app)
    press(app, "Submit for review")
    assert app.title[0].value == "Case note"
    assert "Version 1, submitted" in visible(app)
    frozen = open_app(case=pfma.id, step="charges")
    assert {one.label for one in frozen.text_input} == {"Find a case or an offense"}
    assert frozen.table[0].value.loc[0, "Offense"].startswith("Partner or family member assault")
    assert "nothing in it changes" in frozen.info[0].value

    own = open_review(open_app, "pat")
    assert "Nobody reviews their own work" in own.info[0].value
    colleague(db, pat, "sam", "supervisor")
    app = open_review(open_app, "sam")
    assert "A just resolution\\." in visible(app)
    press(app, "Return with reasons")
    assert "give the reasons" in app.error[0].value
    field(app, "Why it goes back", "text_area").set_value("Say why the fine stays.")
    press(app, "Return with reasons")
    assert stored(db, pat, pfma).stage == "returned"
    again = open_app(case=pfma.id, step="decision")
    assert "Say why the fine stays\\." in again.table[-1].value["Reasons"].tolist()


def open_review(open_app: Open, user: str) -> AppTest:
    app = open_app(user)
    link = app.session_state["frame/pages"]["review"]
    app._page_hash = link._script_hash
    app.run()
    assert app.title[0].value == "Review"
    assert not app.exception
    return app


def test_the_note_is_a_pdf_whose_download_is_recorded(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    app = open_app(case=pfma.id, step="note")
    button = app.get("download_button")[0]
    assert button.label.startswith("Download the PDF")
    assert "A draft" in visible(app)
    button.click().run()
    assert not app.exception
    assert any(event.action == "case.export" for event in trail.list_events(db, pat, case_id=pfma.id))


def test_what_was_typed_is_shown_as_typed_and_never_as_markup(db: Database, pat: Actor, open_app: Open) -> None:
    hostile = "**bold** [x](javascript:alert(1)) <b>$x$</b>"
    view = cases.create_case(db, pat, {**PFMA, "cause_number": hostile, "option": [{"name": hostile}]})
    for step in ("charges", "options", "compare", "factors", "decision", "note"):
        app = open_app(case=view.id, step=step)
        texts = [str(m.value) for m in (*app.markdown, *app.header, *app.caption)]
        assert not any("[x](javascript" in text for text in texts), step


@pytest.mark.parametrize("step", ["charges", "options", "compare", "factors", "decision", "note"])
def test_every_page_holds_its_own_when_there_is_nothing_yet(
    db: Database, pat: Actor, open_app: Open, step: str
) -> None:
    empty = cases.create_case(db, pat, {})
    assert not open_app(case=empty.id, step=step).exception
    missing_case = open_app(case="no-such-case", step=step)
    assert "There is no such case" in missing_case.error[0].value


@pytest.mark.parametrize("step", ["charges", "options", "compare", "factors", "decision", "note"])
def test_there_is_one_first_heading_and_none_is_skipped(pfma: CaseView, pat: Actor, open_app: Open, step: str) -> None:
    app = open_app(case=pfma.id, step=step)
    assert len(app.title) == 1
    assert app.header or not app.subheader


def test_a_policy_that_is_not_in_force_is_said(
    pat: Actor, pfma: CaseView, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "factor_in_force", lambda _law, _day: False)
    app = open_app(case=pfma.id, step="factors")
    assert "nothing requires it to be considered" in visible(app)
    assert "considering it is not required" in visible(app)


def test_whoever_may_not_change_a_case_is_told_why(db: Database, pat: Actor, pfma: CaseView, open_app: Open) -> None:
    colleague(db, pat, "aud", "auditor")
    app = open_app("aud", case=pfma.id, step="options")
    assert app.info
    assert not app.number_input
    assert app.table[0].value.loc[0, "Jail suspended"] == "355 days"
    assert "Copy this option" not in [b.label for b in app.button]
    note = open_app("aud", case=pfma.id, step="note")
    assert not note.get("download_button")
