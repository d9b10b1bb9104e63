"""The rules of this installation, as its data has them, and a whole case under the real law."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plea_aid.casework import cases, examples, record, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.entries import GATES
from plea_aid.casework.errors import Invalid
from plea_aid.casework.readiness import missing
from plea_aid.casework.rules import office_rules
from plea_aid.casework.views import CaseView, substituted
from plea_aid.law.load import load_law
from plea_aid.law.policy import factor_state

from .conftest import GATES as ANSWERS
from .conftest import People


def test_every_gate_of_the_checklist_can_be_filled() -> None:
    rules = office_rules()
    assert set(rules.gate_ids) <= set(GATES)
    assert [one["gate"] for one in ANSWERS] == list(rules.gate_ids)


def test_section_5_is_one_factor_neither_first_nor_last_and_enforced_while_in_force() -> None:
    rules = office_rules(date(2026, 11, 22))
    [section_5] = rules.must_consider
    assert rules.never_alone == {section_5}
    assert section_5 not in (rules.factor_ids[0], rules.factor_ids[-1])
    assert "Section 5 in-force" in rules.policy_version
    before = office_rules(date(2025, 1, 1))  # before the resolution
    assert factor_state(load_law(), date(2025, 1, 1)) == "not-in-force"
    assert before.must_consider == before.never_alone == frozenset()
    assert section_5 in before.factor_ids


def test_a_factor_and_a_gate_of_one_id_keep_their_own_names() -> None:
    rules = office_rules()
    shared = set(rules.factor_ids) & set(rules.gate_ids)
    assert shared
    assert rules.factor_label("immigration-consequences") != "immigration-consequences"
    assert all(rules.gate_label(one) != one for one in rules.gate_ids)


def fill(db: Database, actor: Actor, case: CaseView) -> CaseView:
    chosen = case.option_names[-1]
    for factor in office_rules().factor_ids:
        entry = {"factor": factor, "state": "considered", "points": {chosen: "for"}, "weight": "moderate"}
        record.save_factor(db, actor, case.id, 0, entry | {"rationale": "As the report has it."})
    for gate in ANSWERS:
        answer: dict[str, Any] = dict(gate)
        if gate["gate"] == "factual-basis":
            answer["charges"] = [
                {
                    "option": chosen,
                    "count": count,
                    "offense": offense,
                    "facts": dict.fromkeys(office_rules().elements(offense), "As the report has it."),
                }
                for count, offense in substituted(case.document, chosen)
            ]
        record.save_gate(db, actor, case.id, 0, answer)
    record.decide(db, actor, case.id, 0, {"chosen_option": chosen, "rationale": "It is just."})
    return cases.open_case(db, actor, case.id)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_every_example_is_submitted_under_the_law_in_force(db: Database, people: People) -> None:
    law = load_law()
    loaded = examples.load_examples(db, people.prosecutor)
    assert len(loaded) >= 3
    for case_id in loaded:
        ready = fill(db, people.prosecutor, cases.open_case(db, people.prosecutor, case_id))
        assert missing(ready) == ()
        version = submission.submit(db, people.prosecutor, case_id, ready.version)
        assert version.law_version == version.content["analysis"]["law"]["version"] == law.version
        assert version.content["analysis"]["options"][0]["name"] == "charge stage"
        assert version.content["review"]["required"]
    assert verify_chain(db).ok


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_case_that_cannot_be_analysed_is_not_submitted(db: Database, people: People) -> None:
    document = {
        "cause_number": "CR-9",
        "count": [{"number": 1, "offense": "MCA 99-9-999"}],
        "option": [{"name": "As charged", "count": [{"number": 1}]}],
    }
    made = cases.create_case(db, people.prosecutor, document)
    ready = fill(db, people.prosecutor, made)
    with pytest.raises(Invalid, match=r"cannot be analysed: .*99-9-999"):
        submission.submit(db, people.prosecutor, made.id, ready.version)
    assert cases.open_case(db, people.prosecutor, made.id).stage == "draft"
