"""The quick ways: the quick check, a pasted charging list, and finding a case or an offense from any page."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.analysis.assess import assess
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.levels import flagged
from plea_aid.casework import cases, trail, walls
from plea_aid.casework.actors import ROLES, Actor
from plea_aid.casework.database import Database
from plea_aid.law.load import load_law
from plea_aid.pages.find import offenses_named
from plea_aid.pages.wording import plain
from tests.pages.conftest import Open, colleague, field, press, visible
from tests.pages.test_page_matrix import everything
from tests.pages.test_walk_pages import PFMA, complete

CHARGE = "Charge, or a whole charging list"


def events(db: Database, pat: Actor, action: str) -> list[trail.EventView]:
    return [one for one in trail.list_events(db, pat, limit=1000) if one.action == action]


def type_in(app: AppTest, label: str, value: str, kind: str = "text_input") -> AppTest:
    field(app, label, kind).set_value(value).run()
    assert not app.exception, app.exception
    return app


class TestQuickCheck:
    def test_flags_are_those_of_assess_and_nothing_is_stored(self, db: Database, pat: Actor, open_app: Open) -> None:
        app = type_in(open_app(page="quick"), CHARGE, "PFMA 2nd")
        field(app, "Suspended, days", "number_input").set_value(365).run()
        terms = {"number": 1, "disposition": "guilty-plea", "suspended_days": 365}
        count = {"number": 1, "offense": "MCA 45-5-206", "nth": 2}
        case = validate_case({"count": [count], "option": [{"name": "x", "count": [terms]}]})
        found = next(o for o in assess(case, load_law()).options if o.name == "x").findings
        flags = {f.ground for f in found if flagged(f.level)}
        assert f"{len(flags)} grounds flagged" in visible(app)
        for ground in flags:
            assert any(plain(load_law().grounds[ground].name) in fold.label for fold in app.expander)
        assert "Nothing is stored" in visible(app)
        assert cases.list_cases(db, pat).rows == ()
        (event,) = events(db, pat, "law.quick-check")
        assert event.detail == {}
        assert "PFMA" not in str(dict(app.query_params))

    def test_what_is_wrong_is_one_line(self, pat: Actor, open_app: Open) -> None:
        app = type_in(open_app(page="quick"), CHARGE, "PFMA")
        field(app, "Suspended, days", "number_input").set_value(366).run()
        (error,) = app.error
        assert "above the maximum of 365 days" in error.value
        type_in(app, CHARGE, "<b>[x](javascript:1)</b>")
        assert not app.error
        (warning,) = app.warning
        assert "\\<b\\>\\[x\\]" in warning.value
        assert "was not read" in warning.value

    def test_a_list_is_checked_together_and_the_record_is_asked(self, pat: Actor, open_app: Open) -> None:
        app = type_in(open_app(page="quick"), CHARGE, "CPDP; theft 45-6-301(1); VOP")
        assert [h.value.split(":")[0] for h in app.header] == ["Count 1", "Count 2", "What follows"]
        assert "Together: " in visible(app)
        (asked,) = app.radio
        asked.set_value("MCA 45-5-626").run()
        assert "Count 3" in visible(app)
        before = visible(app)
        field(app, "Which drug does the record of conviction name?", "selectbox").set_value("marijuana").run()
        assert visible(app) != before

    def test_a_link_brings_an_offense_of_the_catalogue_and_nothing_else(self, pat: Actor, open_app: Open) -> None:
        app = open_app(page="quick", offense="mt-45-5-206-1-a")
        assert field(app, CHARGE).value == "MCA 45-5-206(1)(a)"
        assert field(open_app(page="quick", offense="CR-2026-0412"), CHARGE).value == ""

    @pytest.mark.parametrize("role", ROLES)
    def test_it_is_for_every_role_and_only_some_can_start_a_case(
        self, db: Database, pat: Actor, open_app: Open, role: str
    ) -> None:
        colleague(db, pat, "robin", role)
        app = type_in(open_app("robin", page="quick"), CHARGE, "DUI 2nd")
        assert "What follows" in visible(app)
        offered = [b for b in app.button if b.label == "Start a case with these counts"]
        assert bool(offered) == (role in ("prosecutor", "supervisor", "paralegal"))


class TestPastedList:
    def test_a_list_becomes_counts_and_what_is_not_clear_stays_in_the_box(
        self, db: Database, pat: Actor, open_app: Open
    ) -> None:
        view = cases.create_case(db, pat, {"cause_number": "CR-1"})
        app = open_app(case=view.id, step="charges")
        type_in(app, "Charging list", "PFMA 1st; theft 45-6-301; DUI 2nd; VOP; xyzzy; VOP", "text_area")
        assert len(app.radio) == 1, "one question for the same words"
        press(app, "Add 3 counts")
        stored = cases.open_case(db, pat, view.id).document["count"]
        assert [(c["offense"], c.get("nth", 1)) for c in stored] == [
            ("MCA 45-5-206", 1),
            ("MCA 45-6-301", 1),
            ("MCA 61-8-1002", 2),
        ]
        assert field(app, "Charging list", "text_area").value == "VOP\nxyzzy\nVOP"
        app.radio[0].set_value("MCA 45-5-626").run()
        press(app, "Add 2 counts")
        assert len(cases.open_case(db, pat, view.id).document["count"]) == 5
        assert field(app, "Charging list", "text_area").value == "xyzzy"
        press(app, "Undo")
        assert len(cases.open_case(db, pat, view.id).document["count"]) == 3

    def test_a_new_case_brings_its_counts_along(self, db: Database, pat: Actor, open_app: Open) -> None:
        app = open_app()
        field(app, "Cause number").set_value("CR-2")
        field(app, "Charging list, if you have one", "text_area").set_value("Ct 2: DUI 2nd; VOP")
        press(app, "Start a case")
        (row,) = cases.list_cases(db, pat).rows
        stored = cases.open_case(db, pat, row.id).document
        assert stored["count"] == [{"number": 2, "offense": "MCA 61-8-1002", "nth": 2}]
        assert field(app, "Charging list", "text_area").value == "VOP"


class TestFind:
    def test_a_case_and_an_offense_are_found_from_any_page(self, db: Database, pat: Actor, open_app: Open) -> None:
        cases.create_case(db, pat, {"cause_number": "CR-2026-0412"})
        app = open_app(page="office")
        for asked, shown in (("0412", "CR-2026-0412"), ("pfma", "45-5-206(1)(a)"), ("45-6-301", "45-6-301(1)")):
            field(app, "Find a case or an offense").set_value(asked)
            press(app, "Find")
            assert [t.value for t in app.title] == ["Find"]
            assert shown in re.sub(r"\\\\", "", everything(app)).replace("\\", ""), asked
        assert asked not in str(dict(app.query_params))

    def test_a_closed_case_is_like_one_that_is_not_there(self, db: Database, pat: Actor, open_app: Open) -> None:
        robin = colleague(db, pat, "robin", "prosecutor")
        view = cases.create_case(db, pat, {"cause_number": "CR-2026-0412"})
        walls.close_to(db, pat, view.id, robin.user_id, "A conflict.")
        app = open_app("robin")
        shown = []
        for asked in ("CR-2026-0412", "CR-2026-0413"):
            field(app, "Find a case or an offense").set_value(asked)
            press(app, "Find")
            shown.append(visible(app))
        assert shown[0] == shown[1]
        assert "No case that you may open fits." in shown[0]

    def test_who_sees_no_case_finds_offenses_alone(self, db: Database, pat: Actor, open_app: Open) -> None:
        cases.create_case(db, pat, {"cause_number": "CR-2026-0412"})
        colleague(db, pat, "robin", "administrator")
        app = open_app("robin", page="law")
        field(app, "Find an offense").set_value("0412")
        press(app, "Find")
        assert [h.value for h in app.header] == ["Offenses"]

    def test_a_name_finds_offenses_even_where_the_list_reader_would_ask(self) -> None:
        law = load_law()
        assert {o.cite for o in offenses_named(law, "VOP")} == {"MCA 45-5-626", "MCA 45-5-209(8)"}
        assert offenses_named(law, "xyzzy") == ()
        assert len(offenses_named(law, "possession")) > 3


def test_each_screen_has_one_main_action_at_most(db: Database, pat: Actor, open_app: Open) -> None:
    empty = cases.create_case(db, pat, {"cause_number": "CR-0"})
    begun = cases.create_case(db, pat, PFMA)
    done = cases.create_case(db, pat, PFMA)
    complete(db, pat, done)
    for case in (empty, begun, done):
        app = open_app(case=case.id, step="charges")
        for name, page in app.session_state["frame/pages"].items():
            app.query_params["case"] = case.id
            app._page_hash = page._script_hash
            app.run()
            main = [b.label for b in app.button if b.proto.type == "primary" and not b.disabled]
            assert len(main) <= 1, (name, main)


def test_the_way_to_a_step_is_shown_and_leads_back(db: Database, pat: Actor, open_app: Open) -> None:
    view = cases.create_case(db, pat, PFMA)
    app = open_app(case=view.id, step="options")
    assert "2. Plea options" in visible(app).replace("\\", "")
    labels = [one.proto.label for one in app.get("page_link")]
    assert labels[:2] == ["Cases", "No cause number yet"] if not view.cause_number else [view.cause_number]
