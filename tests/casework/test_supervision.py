"""What a supervisor has before them: the queue, what changed word by word, comparable decided cases."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plea_aid.casework import cases, comparable, submission, trail, walls
from plea_aid.casework.changes import Change, changes
from plea_aid.casework.database import Database
from plea_aid.casework.errors import NotAllowed, NotFound
from plea_aid.casework.rules import Rules, office_rules
from plea_aid.casework.thresholds import EVERY_ANALYSIS
from plea_aid.casework.views import CaseRow, CaseView
from plea_aid.pages.changes import words
from plea_aid.pages.review import comparable_row, waiting

from .conftest import DOCUMENT, People
from .test_rules import fill as fill_under_law

Fill = Callable[..., CaseView]


def submitted(db: Database, people: People, rules: Rules, fill: Fill, document: dict[str, Any], **more: Any) -> str:
    made = cases.create_case(db, people.prosecutor, document, rules=rules, **more)
    submission.submit(db, people.prosecutor, made.id, fill(made.id).version, rules=rules)
    return made.id


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_queue_goes_by_hearing_or_by_age_and_holds_only_what_must_be_reviewed(
    db: Database, people: People, rules: Rules, fill: Fill
) -> None:
    old = submitted(db, people, rules, fill, DOCUMENT)
    late = submitted(db, people, rules, fill, DOCUMENT, hearing_date=date(2026, 12, 20))
    soon = submitted(db, people, rules, fill, DOCUMENT, hearing_date=date(2026, 12, 1))
    below = replace(rules, review_because=lambda _view, _analysis: ())
    submitted(db, people, below, fill, DOCUMENT)
    by_hearing = [row.id for row in cases.review_queue(db, people.supervisor)]
    by_age = [row.id for row in cases.review_queue(db, people.supervisor, order="age")]
    assert (by_hearing, by_age) == ([soon, late, old], [old, late, soon])


@pytest.mark.parametrize(
    ("hearing", "said"),
    [
        (None, "No date"),
        (date(2026, 11, 22), "Nov 22, 2026, today"),
        (date(2026, 11, 23), "Nov 23, 2026, in 1 day"),
        (date(2026, 11, 20), "Nov 20, 2026, 2 days ago"),
    ],
)
def test_the_queue_says_how_soon_and_how_long(hearing: date | None, said: str) -> None:
    at = datetime(2026, 11, 19, 12, tzinfo=UTC)
    row = CaseRow("c", "CR-1", "submitted", "u", "Pat", 3, hearing, False, "u", at, at)
    shown = waiting(row, date(2026, 11, 22), datetime(2026, 11, 22, 13, tzinfo=UTC))
    assert (shown["Hearing"], shown["Waiting"]) == (said, "3 days")


# What changed, word by word

PART = {"number": 1, "jail_days": 10, "suspended_days": 355}
BEFORE: dict[str, Any] = {
    "document": {
        "cause_number": "CR-1",
        "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
        "option": [{"name": "A", "count": [PART]}],
    },
    "analysis": {"options": [{"name": "A", "findings": [{"ground": "g", "flag": True}]}]},
    "hearing_date": None,
    "checklist": {"factors": [{"id": "harm", "label": "Harm"}], "gates": [{"id": "safety", "label": "Public safety"}]},
    "factors": {"harm": {"state": "considered", "rationale": "The harm was slight and healed soon.", "at": "1"}},
    "gates": {"safety": {"violence": "no", "note": "", "by_name": "Pat"}},
    "decision": {"chosen_option": "A", "rationale": "It is just.", "number": 1, "signed_at": "1"},
    "printed": {"words": {"grounds": {"g": {"name": "Crime of violence"}}}},
}


def after(**parts: Any) -> dict[str, Any]:
    changed = copy.deepcopy(BEFORE)
    for key, value in parts.items():
        changed[key] = {**changed[key], **value}
    return changed


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (after(document={"cause_number": "CR-2"}), ("Charges", "Cause number", (("-", "CR-1"), ("+", "CR-2")))),
        (
            after(document={"option": [{"name": "A", "count": [{**PART, "suspended_days": 354}]}]}),
            (
                "Options", "'A', count 1",
                (("=", "jail to serve, days: 10; suspended, days:"), ("-", "355"), ("+", "354")),
            ),
        ),
        (
            after(factors={"harm": {"state": "considered", "rationale": "The harm was grave and healed slowly."}}),
            (
                "Factors", "Harm: reasons",
                (
                    ("=", "The harm was"), ("-", "slight"), ("+", "grave"), ("=", "and healed"), ("-", "soon."),
                    ("+", "slowly."),
                ),
            ),
        ),
        (after(gates={"safety": {"violence": "yes", "note": ""}}),
         ("Gates", "Public safety: violence", (("-", "no"), ("+", "yes")))),
        (after(decision={"chosen_option": "B"}), ("Decision", "Option chosen", (("-", "A"), ("+", "B")))),
        (
            after(analysis={"options": [{"name": "A", "findings": []}]}),
            ("Analysis", "'A', flagged", (("-", "Crime of violence"),)),
        ),
    ],
)  # fmt: skip
def test_each_part_of_the_record_is_compared_word_by_word(now: dict[str, Any], found: tuple[Any, ...]) -> None:
    assert changes(BEFORE, now) == (Change(*found),)


def test_who_saved_and_when_is_no_change_of_the_record() -> None:
    now = after(factors={"harm": {**BEFORE["factors"]["harm"], "at": "2", "by_name": "Other"}})
    assert changes(BEFORE, now) == ()


def test_a_removed_option_and_an_added_count_are_told() -> None:
    document = {
        "count": [*BEFORE["document"]["count"], {"number": 2, "offense": "MCA 45-8-101(1)(a)"}],
        "option": [{"name": "B", "count": [{"number": 1}]}],
    }
    found = {(one.part, one.where): one.words for one in changes(BEFORE, after(document=document))}
    assert found["Charges", "Count 2"] == (("+", "offense: MCA 45-8-101(1)(a)"),)
    assert found["Options", "'A', count 1"] == (("-", "jail to serve, days: 10; suspended, days: 355"),)
    assert found["Options", "'B', count 1"] == (("+", "as charged"),)


@given(st.text(), st.text())
def test_the_words_of_both_sides_are_all_there(one: str, two: str) -> None:
    before, now = after(decision={"rationale": one}), after(decision={"rationale": two})
    for change in changes(before, now):
        assert " ".join(w for sign, w in change.words if sign in "=-") == " ".join(one.split())
        assert " ".join(w for sign, w in change.words if sign in "=+") == " ".join(two.split())


def test_a_change_is_said_in_words_and_what_was_typed_stays_text() -> None:
    change = Change("Decision", "Reasons", (("=", "It is"), ("-", "**just**"), ("+", "[fair](x)")))
    shown = r"It is \[removed: ~~\*\*just\*\*~~\] \[added: **\[fair\](x)**\]"
    assert words(change) == shown
    long = Change("Decision", "Reasons", (("=", " ".join(map(str, range(100)))), ("+", "new")))
    assert words(long) == f"… {' '.join(map(str, range(88, 100)))} " + r"\[added: **new**\]"


# Comparable decided cases


@pytest.fixture
def family_rules(rules: Rules) -> Rules:
    """Rules by which the family of a case is the section it is charged under."""
    return replace(
        rules,
        families=lambda document: frozenset(count["offense"][:12] for count in document["count"]),
        review_because=lambda _view, _analysis: (EVERY_ANALYSIS,),
    )


def decided(db: Database, people: People, rules: Rules, fill: Fill, cause: str, **changed: Any) -> str:
    case_id = submitted(db, people, rules, fill, {**DOCUMENT, "cause_number": cause, **changed})
    submission.approve(db, people.supervisor, case_id, cases.open_case(db, people.auditor, case_id).version)
    return case_id


def test_decided_cases_of_the_family_are_found_and_no_others(
    db: Database, people: People, family_rules: Rules, fill: Fill
) -> None:
    first = decided(db, people, family_rules, fill, "CR-1")
    second = decided(db, people, family_rules, fill, "CR-2")
    theft = [{"number": 1, "offense": "MCA 45-6-301(1)(a)"}]
    decided(db, people, family_rules, fill, "CR-3", count=theft)
    submitted(db, people, family_rules, fill, {**DOCUMENT, "cause_number": "CR-4"})  # not decided yet
    mine = submitted(db, people, family_rules, fill, {**DOCUMENT, "cause_number": "CR-5"})
    found = comparable.comparable_cases(db, people.other_supervisor, mine)
    assert [one.case_id for one in found] == [second, first]
    assert comparable.comparable_cases(db, people.other_supervisor, mine, limit=1) == found[:1]
    shown = " ".join(comparable_row(found[0]).values())
    assert "CR\\-2" in shown
    assert "Prosecutor" not in shown

    # A closed case is not there for the one it is closed to.
    walls.close_to(db, people.supervisor, second, people.other_supervisor.user_id, "Represented a witness.")
    assert [one.case_id for one in comparable.comparable_cases(db, people.other_supervisor, mine)] == [first]
    assert len(comparable.comparable_cases(db, people.supervisor, mine)) == 2
    reads = [e for e in trail.list_events(db, people.auditor, case_id=mine) if e.action == "case.compare"]
    assert reads[-1].detail["shown"] == sorted([first, second])
    with pytest.raises(NotAllowed):
        comparable.comparable_cases(db, people.administrator, mine)
    with pytest.raises(NotFound):
        comparable.comparable_cases(db, people.supervisor, "nothing")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_comparable_case_under_the_law_says_its_terms_flags_and_end(db: Database, people: People) -> None:
    ids = []
    for cause in ("CR-1", "CR-2"):
        made = cases.create_case(db, people.prosecutor, {**DOCUMENT, "cause_number": cause})
        ready = fill_under_law(db, people.prosecutor, made)
        submission.submit(db, people.prosecutor, made.id, ready.version)
        ids.append(made.id)
    version = cases.open_case(db, people.auditor, ids[0]).version
    submission.approve(db, people.supervisor, ids[0], version)
    entered = {
        "result": "entered", "on": "2026-06-01", "ended": "as-offered", "agreement_type": "46-12-211(1)(b)",
        "court_action": "Agreement accepted",
    }  # fmt: skip
    for place, outcome in enumerate(({"result": "offered"}, {"result": "accepted"}, entered), 1):
        submission.record_outcome(db, people.prosecutor, ids[0], version + place, outcome)
    [one] = comparable.comparable_cases(db, people.other_supervisor, ids[1])
    assert one.families == tuple(sorted(office_rules().families(DOCUMENT)))
    assert one.charged == ("MCA 45-5-206(1)(a)",)
    assert (one.chosen, one.ended, one.stage) == ("Amended", "as-offered", "entered")
    assert one.weight["suspended_days"] == 180
    row = comparable_row(one)
    assert "180 days suspended" in row["Convicted of, and terms"]
    assert row["Stage"] == "Entered by the court, ended as offered"
