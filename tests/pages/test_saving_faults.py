"""When saving fails or someone else was first: one sentence, the typed text in sight, and nothing lost of either."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.casework import cases, record
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Unavailable
from plea_aid.casework.rules import office_rules
from plea_aid.casework.views import CaseView
from tests.pages.conftest import Open, colleague, field, press, visible

AWAY = "The database did not answer, so nothing was changed; please try again in a moment."
CASE = {
    "cause_number": "CR-2026-0412",
    "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
    "option": [{"name": "As charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 170}]}],
}


@pytest.fixture
def view(db: Database, pat: Actor) -> CaseView:
    """A case with one factor considered."""
    made = cases.create_case(db, pat, CASE)
    factor = office_rules().factor_ids[0]
    entry = {"factor": factor, "state": "considered", "weight": "", "rationale": "Two witnesses."}
    record.save_factor(db, pat, made.id, 0, entry)
    return cases.open_case(db, pat, made.id)


def factor_of(view: CaseView) -> str:
    return next(iter(view.factors))


def rationale(db: Database, pat: Actor, view: CaseView) -> str:
    return cases.open_case(db, pat, view.id).factors[factor_of(view)].entry.rationale


@contextmanager
def away(monkeypatch: pytest.MonkeyPatch, *ways: str) -> Iterator[None]:
    """The database does not answer who reads or writes."""

    @contextmanager
    def silent(_: Database) -> Iterator[Any]:
        raise Unavailable(AWAY)
        yield

    with monkeypatch.context() as patch:
        for way in ways:
            patch.setattr(Database, way, silent)
        yield


def test_what_is_stored_is_not_called_unsaved_because_it_could_not_be_read_again(
    db: Database, pat: Actor, view: CaseView, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, read, asked = open_app(case=view.id, step="factors"), cases.open_case, []

    def once_away(*given: Any) -> CaseView:
        asked.append(given)
        if len(asked) == 1:
            raise Unavailable(AWAY)
        return read(*given)

    with monkeypatch.context() as patch:
        patch.setattr(cases, "open_case", once_away)
        field(app, "Why, for factor 1", "text_area").set_value("Three witnesses.").run()
    assert len(asked) == 2, "once after the save, once for the page"
    assert not app.exception
    assert not app.error
    assert rationale(db, pat, view) == "Three witnesses."
    field(app, "Why, for factor 1", "text_area").set_value("Four witnesses.").run()
    assert rationale(db, pat, view) == "Four witnesses."
    assert not app.warning, "no clash with oneself"


@pytest.mark.parametrize("ways", [("write",), ("read", "write")])
def test_what_was_typed_while_the_database_was_away_is_stored_when_it_is_back(
    db: Database, pat: Actor, view: CaseView, open_app: Open, monkeypatch: pytest.MonkeyPatch, ways: tuple[str, ...]
) -> None:
    app = open_app(case=view.id, step="factors")
    with away(monkeypatch, *ways):
        field(app, "Why, for factor 1", "text_area").set_value("Two witnesses, one of them certain.").run()
        assert not app.exception
        assert [one.value for one in app.error] == [AWAY]
        shown = [one.value for one in app.text_area] + [one.value for one in app.code]
        assert "Two witnesses, one of them certain." in shown
    assert rationale(db, pat, view) == "Two witnesses."
    app.run()  # the next click of any kind, or 'Try again'
    assert rationale(db, pat, view) == "Two witnesses, one of them certain."
    assert field(app, "Why, for factor 1", "text_area").value == "Two witnesses, one of them certain."
    assert not app.error


def test_the_header_does_not_call_saved_what_is_not(
    view: CaseView, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(case=view.id, step="factors")
    assert saved(app).startswith("✓ Saved ")
    with away(monkeypatch, "write"):
        field(app, "Why, for factor 1", "text_area").set_value("Not stored.").run()
    assert saved(app).startswith("✕ Not saved: the database could not store it")
    field(app, "Why, for factor 1", "text_area").set_value("He is undocumented.").run()
    assert saved(app).startswith("✕ Not saved: 'Why, for factor 1' is not accepted")
    field(app, "Why, for factor 1", "text_area").set_value("Stored now.").run()
    assert saved(app).startswith("✓ Saved ")


def saved(app: AppTest) -> str:
    """Return the state of saving, as the one line of the header says it."""
    (line,) = [one.proto.body for one in app.get("html") if 'role="status"' in one.proto.body]
    return html.unescape(re.sub("<[^>]+>", "", line))


def test_both_peoples_sentences_are_saved_together(db: Database, pat: Actor, view: CaseView, open_app: Open) -> None:
    app = open_app(case=view.id, step="factors")
    robin = colleague(db, pat, "robin", "supervisor")
    cases.hand_over(db, pat, view.id, view.version, robin.user_id)
    entry = view.factors[factor_of(view)].entry.model_dump()
    record.save_factor(db, robin, view.id, 1, {**entry, "rationale": "Robin met them. Two witnesses."})
    now = cases.open_case(db, robin, view.id)
    cases.hand_over(db, robin, view.id, now.version, pat.user_id)
    field(app, "Why, for factor 1", "text_area").set_value("Two witnesses. Both are certain.").run()
    assert "Robin changed" in visible(app)
    together = field(app, "Both together, as they will be saved", "text_area")
    assert together.value == "Robin met them. Two witnesses. Both are certain."
    together.set_value("Robin met them: two witnesses, both certain.")
    press(app, "Save both")
    assert rationale(db, pat, view) == "Robin met them: two witnesses, both certain."
    assert field(app, "Why, for factor 1", "text_area").value == "Robin met them: two witnesses, both certain."
    assert "Robin changed" not in visible(app)


def test_what_stood_in_a_field_when_another_process_takes_over_is_shown_and_overwrites_nothing(
    db: Database, pat: Actor, view: CaseView, open_app: Open
) -> None:
    """The new process cannot tell new words from an old state of the record: they are shown, and not stored."""
    app = open_app(case=view.id, step="factors")
    typed = next(one for one in app.text_area if one.label == "Why, for factor 1")
    del app.session_state["saving/fields"]  # as a process that did not draw this page
    typed.set_value("Typed just before the connection was lost.").run()
    assert not app.exception
    assert rationale(db, pat, view) == "Two witnesses."
    assert "Typed just before the connection was lost." in [one.value for one in app.code]
    field(app, "Why, for factor 1", "text_area").set_value("Typed just before the connection was lost.").run()
    assert rationale(db, pat, view) == "Typed just before the connection was lost."
    assert not app.code


def test_reasons_that_are_not_signed_yet_stay_when_another_process_takes_over(view: CaseView, open_app: Open) -> None:
    app = open_app(case=view.id, step="decision")
    del app.session_state["saving/fields"]
    field(app, "Reasons", "text_area").set_value("A long text of reasons.").run()
    assert field(app, "Reasons", "text_area").value == "A long text of reasons."
