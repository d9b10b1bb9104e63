"""Review: the state machine as a table and as it runs, nobody on their own, what blocks submission."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plea_aid.casework import cases, record, submission
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError, Conflict, Invalid, NotAllowed, NotFound
from plea_aid.casework.readiness import missing
from plea_aid.casework.review import MOVES, STAGES, rule_for
from plea_aid.casework.rules import Rules
from plea_aid.casework.views import CaseView

from .conftest import DOCUMENT, GATES, People

Fill = Callable[..., CaseView]
ENTERED = {
    "result": "entered",
    "on": "2026-06-01",
    "ended": "as-offered",
    "agreement_type": "46-12-211(1)(b)",
    "court_action": "agreement accepted",
}
# The same machine once more, as a table of what each move makes of each stage.
TABLE = {
    ("draft", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("submitted", "reopen"): "draft",
    ("approved", "offer"): "offered",
    ("approved", "reopen"): "draft",
    ("offered", "accept"): "accepted",
    ("offered", "reject"): "rejected",
    ("offered", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
    ("accepted", "enter"): "entered",
    ("rejected", "enter"): "entered",
    ("withdrawn", "enter"): "entered",
    ("rejected", "reopen"): "draft",
    ("withdrawn", "reopen"): "draft",
}
ALL_MOVES = sorted({rule.move for rule in MOVES})


def test_the_machine_is_the_table() -> None:
    for stage in STAGES:
        for move in ALL_MOVES:
            rule = rule_for(stage, move, review_required=True)
            assert (rule.to if rule else None) == TABLE.get((stage, move)), (stage, move)
    unreviewed = rule_for("submitted", "offer", review_required=False)
    assert unreviewed is not None
    assert unreviewed.to == "offered"


def test_no_reviewed_case_is_offered_without_approval_and_entered_is_the_end() -> None:
    reached, open_ = {"draft"}, ["draft"]
    while open_:
        stage = open_.pop()
        for (start, _), to in TABLE.items():
            if start == stage and "approved" not in (start, to) and to not in reached:
                reached.add(to)
                open_.append(to)
    assert "offered" not in reached
    assert not [move for stage, move in TABLE if stage == "entered"]
    assert {"draft", *TABLE.values()} == set(STAGES)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_walk_from_draft_to_entered(db: Database, people: People, rules: Rules, case: CaseView, fill: Fill) -> None:
    ready = fill(case.id)
    assert missing(ready, rules) == ()
    first = submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    assert (first.number, first.law_version, first.review_required) == (1, rules.law_version, True)
    with pytest.raises(Invalid, match="reasons"):
        submission.return_(db, people.supervisor, case.id, now(db, people, case), "  ")
    submission.return_(db, people.supervisor, case.id, now(db, people, case), "Say more about the harm.")
    again = fill(case.id, option="As charged")
    second = submission.submit(db, people.prosecutor, case.id, again.version, rules=rules)
    submission.approve(db, people.supervisor, case.id, now(db, people, case))
    for result in ("offered", "accepted"):
        submission.record_outcome(db, people.prosecutor, case.id, now(db, people, case), {"result": result})
    with pytest.raises(Invalid, match="court's action"):
        submission.record_outcome(db, people.prosecutor, case.id, now(db, people, case), {"result": "entered"})
    submission.record_outcome(db, people.paralegal, case.id, now(db, people, case), ENTERED)

    done = cases.open_case(db, people.auditor, case.id)
    assert [step.move for step in done.steps] == [
        "submit", "return", "submit", "approve", "offer", "accept", "enter",
    ]  # fmt: skip
    assert done.steps[1].reasons == "Say more about the harm."
    assert done.steps[-1].detail == {key: value for key, value in ENTERED.items() if key != "result"}
    assert [one.number for one in done.versions] == [1, 2]
    assert submission.open_version(db, people.auditor, case.id, 1) == first
    assert first.content["decision"]["chosen_option"] == "364 days"
    assert second.content["decision"]["chosen_option"] == "As charged"
    assert second.content["factors"]["harm"]["by_name"] == "Prosecutor"
    assert verify_chain(db).ok


def now(db: Database, people: People, case: CaseView) -> int:
    return cases.open_case(db, people.auditor, case.id).version


@settings(
    max_examples=15,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(ALL_MOVES), st.sampled_from(["prosecutor", "supervisor", "other_supervisor"])),
        max_size=12,
    ),
    owner=st.sampled_from(["prosecutor", "supervisor"]),
)
def test_any_sequence_of_moves_follows_the_table(
    db: Database, people: People, rules: Rules, fill: Fill, moves: list[tuple[str, str]], owner: str
) -> None:
    who_has_it = getattr(people, owner)
    view = cases.create_case(db, who_has_it, DOCUMENT, rules=rules)
    view = fill(view.id, who_has_it)
    for move, name in moves:
        actor = getattr(people, name)
        offered = submission.moves_open(view, actor)
        try:
            make(db, actor, view, move, rules)
        except CaseworkError:
            assert move not in offered
            assert cases.open_case(db, who_has_it, view.id) == view
            continue
        after = cases.open_case(db, who_has_it, view.id)
        assert move in offered
        assert after.stage == TABLE[view.stage, move]
        assert after.version == view.version + 1
        if move in ("approve", "return"):
            assert name not in ("prosecutor", owner)
        if move == "submit":
            assert name == owner
        view = after
    assert len(view.versions) == len([one for one in view.steps if one.move == "submit"])


def make(db: Database, actor: Any, view: CaseView, move: str, rules: Rules) -> None:
    if move == "submit":
        submission.submit(db, actor, view.id, view.version, rules=rules)
    elif move in ("approve", "return", "reopen"):
        step = {"approve": submission.approve, "return": submission.return_, "reopen": submission.reopen}[move]
        step(db, actor, view.id, view.version, "Because.")
    else:
        result = {"offer": "offered", "accept": "accepted", "reject": "rejected", "withdraw": "withdrawn"}
        outcome = ENTERED if move == "enter" else {"result": result[move]}
        submission.record_outcome(db, actor, view.id, view.version, outcome)


def test_a_supervisor_does_not_approve_what_they_worked_on(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Fill
) -> None:
    cases.hand_over(db, people.prosecutor, case.id, 1, people.supervisor.user_id)
    fill(case.id, people.supervisor)
    cases.hand_over(db, people.supervisor, case.id, now(db, people, case), people.prosecutor.user_id)
    handed = cases.open_case(db, people.prosecutor, case.id)
    assert [str(one) for one in missing(handed, rules)] == [
        "Decision: Supervisor signed it; whoever has the case signs it"
    ]
    record.decide(db, people.prosecutor, case.id, 1, {"chosen_option": "364 days", "rationale": "I agree."})
    ready = cases.open_case(db, people.prosecutor, case.id)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    with pytest.raises(NotAllowed, match="Nobody reviews their own work"):
        submission.approve(db, people.supervisor, case.id, ready.version + 1)
    submission.approve(db, people.other_supervisor, case.id, ready.version + 1)


def test_what_was_submitted_does_not_change_until_it_comes_back(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Fill
) -> None:
    ready = fill(case.id)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    who = people.prosecutor
    with pytest.raises(Invalid, match="The case is submitted, so nothing in it changes"):
        cases.update_document(db, who, case.id, 1, DOCUMENT | {"plea_date": "2026-05-02"})
    with pytest.raises(Invalid, match="nothing in it changes"):
        record.save_factor(db, who, case.id, 1, {"factor": "harm", "state": "no-information"}, rules=rules)
    with pytest.raises(Invalid, match="nothing in it changes"):
        record.save_gate(db, who, case.id, 1, GATES[0], rules=rules)
    with pytest.raises(Invalid, match="nothing in it changes"):
        record.decide(db, who, case.id, 1, {"chosen_option": "As charged", "rationale": "No."})
    submission.reopen(db, who, case.id, ready.version + 1, "A count is missing.")
    assert cases.open_case(db, who, case.id).editable


def test_submission_is_of_what_was_seen(db: Database, people: People, rules: Rules, case: CaseView, fill: Fill) -> None:
    seen = fill(case.id)
    record.save_gate(db, people.paralegal, case.id, 1, {"gate": "advisement", "reminded": True}, rules=rules)
    with pytest.raises(Conflict, match="changed the case"):
        submission.submit(db, people.prosecutor, case.id, seen.version, rules=rules)
    assert cases.open_case(db, people.prosecutor, case.id).versions == ()


def test_below_the_thresholds_no_supervisor_is_needed(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Fill
) -> None:
    lenient = replace(rules, review_because=lambda _document, _analysis: ())
    ready = fill(case.id)
    version = submission.submit(db, people.prosecutor, case.id, ready.version, rules=lenient)
    assert not version.review_required
    view = cases.open_case(db, people.prosecutor, case.id)
    assert "offer" in submission.moves_open(view, people.prosecutor)
    submission.record_outcome(db, people.prosecutor, case.id, view.version, {"result": "offered"})


def test_a_version_that_is_not_there_is_not_found(db: Database, people: People, case: CaseView) -> None:
    for number in (0, 1, -1, 2**70):
        with pytest.raises(NotFound):
            submission.open_version(db, people.prosecutor, case.id, number)


# What blocks submission


def lacks(view: CaseView, rules: Rules) -> list[str]:
    return [str(one) for one in missing(view, rules)]


def test_an_empty_case_lacks_everything_in_the_order_of_the_walk(db: Database, people: People, rules: Rules) -> None:
    begun = cases.create_case(db, people.prosecutor, {"cause_number": "CR-1"}, rules=rules)
    places = [one.place for one in missing(begun, rules)]
    assert places[0] == "Charges"
    assert places[-1] == "Decision"
    assert places.index("Gate 'public-safety'") < places.index("Factor 'evidence'")
    sentence = r"cannot be submitted yet\. Charges: enter at least one count \(and \d+ more\)"
    with pytest.raises(Invalid, match=sentence) as caught:
        submission.submit(db, people.prosecutor, begun.id, 1, rules=rules)
    assert len(caught.value.faults) == len(places)


def test_section_5_must_be_considered_while_it_is_in_force(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Fill
) -> None:
    fill(case.id)
    entry = {"factor": "section-5", "state": "not-applicable"}
    record.save_factor(db, people.prosecutor, case.id, 1, entry, rules=rules)
    view = cases.open_case(db, people.prosecutor, case.id)
    assert lacks(view, rules) == [
        "Factor 'Avoidance of adverse immigration consequences': it must be considered in every case before submission"
    ]
    assert lacks(view, replace(rules, must_consider=frozenset())) == []


def test_section_5_is_never_the_only_reason(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Fill
) -> None:
    fill(case.id)
    words = {"weight": "some", "rationale": "As the report has it."}
    for factor in ("evidence", "harm"):
        entry = {"factor": factor, "state": "considered", "points": {"364 days": "neutral"}, **words}
        record.save_factor(db, people.prosecutor, case.id, 1, entry, rules=rules)
    view = cases.open_case(db, people.prosecutor, case.id)
    assert lacks(view, rules) == [
        "Decision: 'Avoidance of adverse immigration consequences' is one factor and can never be the only reason"
    ]
    assert lacks(view, replace(rules, never_alone=frozenset())) == []
    other = {"factor": "harm", "state": "considered", "points": {"364 days": "for"}, **words}
    record.save_factor(db, people.prosecutor, case.id, 2, other, rules=rules)
    assert lacks(cases.open_case(db, people.prosecutor, case.id), rules) == []


def test_a_substituted_charge_needs_its_factual_basis(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Fill
) -> None:
    view = fill(case.id, option="Amended")
    place = "Gate 'factual-basis': MCA 45-5-201(1)(a), count 1:"
    assert lacks(view, rules) == [f"{place} say which facts show its elements"]
    strict = replace(rules, elements=lambda _offense: ("bodily injury", "knowingly"))
    charge = {"option": "Amended", "count": 1, "offense": "MCA 45-5-201(1)(a)", "facts": {"bodily injury": " "}}
    gate = {"gate": "factual-basis", "charges": [charge]}
    record.save_gate(db, people.prosecutor, case.id, 1, gate, rules=rules)
    view = cases.open_case(db, people.prosecutor, case.id)
    assert lacks(view, strict) == [f"{place} say which facts show its elements"]
    charge["facts"] = {"bodily injury": "The report describes a bruise.", "something else": "Not asked."}
    record.save_gate(db, people.prosecutor, case.id, 2, gate, rules=rules)
    assert lacks(cases.open_case(db, people.prosecutor, case.id), strict) == [f"{place} no fact for 'knowingly'"]
    charge["facts"] = {"bodily injury": "The report describes a bruise.", "knowingly": "Two blows, seen by another."}
    record.save_gate(db, people.prosecutor, case.id, 3, gate, rules=rules)
    assert lacks(cases.open_case(db, people.prosecutor, case.id), strict) == []


def test_a_covered_victim_is_consulted(db: Database, people: People, rules: Rules, case: CaseView, fill: Fill) -> None:
    fill(case.id)
    entry = {"gate": "victim-consultation", "status": "not-covered"}
    record.save_gate(db, people.prosecutor, case.id, 1, entry, rules=rules)
    view = cases.open_case(db, people.prosecutor, case.id)
    assert lacks(view, rules) == []
    assert lacks(view, replace(rules, covered=lambda _document: ("count 1",))) == [
        "Gate 'victim-consultation': count 1 is marked for consultation, so it is covered"
    ]


def test_a_factor_that_weighs_nothing_is_no_second_reason(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Fill
) -> None:
    fill(case.id)
    for factor in ("evidence", "harm"):
        entry = {"factor": factor, "state": "considered", "points": {"364 days": "for"}, "weight": "none"}
        record.save_factor(db, people.prosecutor, case.id, 1, {**entry, "rationale": "Looked at."}, rules=rules)
    [fault] = lacks(cases.open_case(db, people.prosecutor, case.id), rules)
    assert fault.endswith("is one factor and can never be the only reason")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_changed_decision_is_explained_before_and_after_submission(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Fill
) -> None:
    other = {"chosen_option": "As charged", "rationale": "On reflection."}
    ready = fill(case.id)
    with pytest.raises(Invalid, match="'364 days' was signed before; say why the decision changed"):
        record.decide(db, people.prosecutor, case.id, 1, other)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    submission.return_(db, people.supervisor, case.id, ready.version + 1, "Think again.")
    with pytest.raises(Invalid, match="'364 days' was submitted before; say why the decision changed"):
        record.decide(db, people.prosecutor, case.id, 1, other)
    assert record.decide(db, people.prosecutor, case.id, 1, other | {"change_explanation": "New facts."}) == 2
    view = cases.open_case(db, people.prosecutor, case.id)
    assert (view.submitted_choice, view.decision and view.decision.chosen_option) == ("364 days", "As charged")


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        ({"gate": "public-safety", "violence": "yes"}, "answer the question on weapon"),
        ({**GATES[0], "note": ""}, "say how public safety is kept"),
        ({"gate": "victim-consultation", "status": "consulted"}, "give the date"),
        ({"gate": "victim-consultation", "status": "pending"}, "still pending"),
        ({"gate": "defense-submission", "status": "received", "on": "2026-04-01"}, "give the reference"),
        ({"gate": "defense-submission", "status": "received", "reference": "file 3"}, "give the date"),
        ({"gate": "equivalence", "status": "departure"}, "explain it"),
        ({"gate": "plea-agreement"}, "choose the type"),
        ({"gate": "advisement"}, "every defendant alike"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_half_filled_gate_is_kept_and_blocks(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Fill, gate: dict[str, Any], says: str
) -> None:
    fill(case.id)
    record.save_gate(db, people.prosecutor, case.id, 1, gate, rules=rules)
    view = cases.open_case(db, people.prosecutor, case.id)
    assert view.gates[gate["gate"]].version == 2
    assert any(says in one for one in lacks(view, rules))
    with pytest.raises(Invalid, match="cannot be submitted yet"):
        submission.submit(db, people.prosecutor, case.id, view.version, rules=rules)


def test_a_renamed_option_is_noticed(db: Database, people: People, rules: Rules, case: CaseView, fill: Fill) -> None:
    fill(case.id)
    renamed = copy.deepcopy(DOCUMENT)
    renamed["option"][1]["name"] = "One day less"
    cases.update_document(db, people.prosecutor, case.id, 1, renamed)
    found = lacks(cases.open_case(db, people.prosecutor, case.id), rules)
    assert "Decision: '364 days' is no longer an option; decide again" in found
    assert "Factor 'harm': it points at '364 days', which is no longer an option" in found
