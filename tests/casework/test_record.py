"""Factors, gates and the decision: each saved by itself, against its own version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from plea_aid.casework import cases, record, submission
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Conflict, Invalid, NotAllowed
from plea_aid.casework.rules import Rules
from plea_aid.casework.views import CaseView

from .conftest import GATES, People

HARM = {
    "factor": "harm",
    "state": "considered",
    "points": {"As charged": "against"},
    "weight": "much",
    "rationale": "So.",
}


def test_two_people_on_two_factors_do_not_collide(db: Database, people: People, rules: Rules, case: CaseView) -> None:
    assert record.save_factor(db, people.prosecutor, case.id, 0, HARM, rules=rules) == 1
    assert record.save_gate(db, people.paralegal, case.id, 0, GATES[1], rules=rules) == 1
    evidence = HARM | {"factor": "evidence"}
    assert record.save_factor(db, people.prosecutor, case.id, 0, evidence, rules=rules) == 1
    view = cases.open_case(db, people.prosecutor, case.id)
    assert view.version == case.version + 3
    assert view.document_version == case.document_version
    assert view.factors["harm"].entry.rationale == "So."
    assert view.gates["victim-consultation"].by_name == "Paralegal"


def test_the_same_factor_twice_is_a_conflict_with_both_texts(
    db: Database, people: People, rules: Rules, case: CaseView
) -> None:
    record.save_factor(db, people.prosecutor, case.id, 0, HARM, rules=rules)
    with pytest.raises(Conflict, match="the factor 'harm'") as caught:
        record.save_factor(db, people.prosecutor, case.id, 0, HARM | {"rationale": "Otherwise."}, rules=rules)
    assert caught.value.mine["rationale"] == "Otherwise."
    assert caught.value.theirs["rationale"] == "So."
    assert record.save_factor(db, people.prosecutor, case.id, 1, HARM | {"rationale": "Both."}, rules=rules) == 2


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (HARM | {"factor": "immigration status"}, "not on this office's checklist"),
        (HARM | {"points": {"Nowhere": "for"}}, "no option 'Nowhere'"),
        (HARM | {"state": "maybe"}, "The factor cannot be saved"),
        (HARM | {"points": {"As charged": 3}}, "The factor cannot be saved"),
        (HARM | {"name": "someone"}, "name"),
        (HARM | {"rationale": "x" * 20_001}, "20000"),
        (HARM | {"rationale": "a\x00b"}, "not text"),
        (HARM | {"weight": "\ud800"}, "The factor cannot be saved"),
        (HARM | {"weight": "enormous"}, "not a weight"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_factor_that_does_not_fit_is_refused(
    db: Database, people: People, rules: Rules, case: CaseView, entry: dict[str, Any], says: str
) -> None:
    worded = replace(rules, weights=("none", "some", "much"))
    with pytest.raises(Invalid, match=says):
        record.save_factor(db, people.prosecutor, case.id, 0, entry, rules=worded)
    assert cases.open_case(db, people.prosecutor, case.id).factors == {}


@pytest.mark.parametrize("gate", [{"gate": "nothing"}, {}, {"gate": None}, {"gate": ["a"]}, GATES[1] | {"victim": "x"}])
@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_gate_that_does_not_fit_is_refused(
    db: Database, people: People, rules: Rules, case: CaseView, gate: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        record.save_gate(db, people.prosecutor, case.id, 0, gate, rules=rules)


def test_a_paralegal_fills_dates_and_weighs_nothing(db: Database, people: People, rules: Rules, case: CaseView) -> None:
    for gate in GATES:
        if gate["gate"] in ("victim-consultation", "defense-submission", "advisement"):
            assert record.save_gate(db, people.paralegal, case.id, 0, gate, rules=rules) == 1
        else:
            with pytest.raises(NotAllowed, match="A paralegal may not weigh factors"):
                record.save_gate(db, people.paralegal, case.id, 0, gate, rules=rules)
    with pytest.raises(NotAllowed):
        record.save_factor(db, people.paralegal, case.id, 0, HARM, rules=rules)
    with pytest.raises(NotAllowed):
        record.decide(db, people.paralegal, case.id, 0, {"chosen_option": "As charged", "rationale": "x"})


def test_a_changed_decision_must_be_explained_once_it_was_submitted(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Callable[..., CaseView]
) -> None:
    first = {"chosen_option": "As charged", "rationale": "First thought."}
    assert record.decide(db, people.prosecutor, case.id, 0, first) == 1
    with pytest.raises(Conflict, match="the decision"):
        record.decide(db, people.prosecutor, case.id, 0, first)
    ready = fill(case.id)  # changes it to 364 days, freely, since nothing was submitted
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    submission.return_(db, people.supervisor, case.id, ready.version + 1, "Think again.")
    with pytest.raises(Invalid, match="'364 days' was submitted before; say why the decision changed"):
        record.decide(db, people.prosecutor, case.id, 2, first)
    same = {"chosen_option": "364 days", "rationale": "More words for the same."}
    assert record.decide(db, people.prosecutor, case.id, 2, same) == 3
    explained = first | {"change_explanation": "The supervisor is right."}
    assert record.decide(db, people.prosecutor, case.id, 3, explained) == 4
    decision = cases.open_case(db, people.prosecutor, case.id).decision
    assert decision is not None
    assert (decision.chosen_option, decision.signed_by_name) == ("As charged", "Prosecutor")


def test_a_decision_chooses_one_of_the_options_and_says_why(db: Database, people: People, case: CaseView) -> None:
    with pytest.raises(Invalid, match="no option 'Nowhere'"):
        record.decide(db, people.prosecutor, case.id, 0, {"chosen_option": "Nowhere", "rationale": "x"})
    with pytest.raises(Invalid, match="needs its reasons"):
        record.decide(db, people.prosecutor, case.id, 0, {"chosen_option": "As charged", "rationale": "  "})
    with pytest.raises(Invalid, match="The decision cannot be saved"):
        record.decide(db, people.prosecutor, case.id, 0, {"chosen_option": "As charged"})
