"""The policy is a record that can change: where Section 5 does not bind, nothing is enforced and the record says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from plea_aid.casework import cases, record, rules, submission
from plea_aid.casework.database import Database
from plea_aid.casework.readiness import missing
from plea_aid.casework.rules import office_rules
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.law.records import PolicyStatus
from plea_aid.notes import render_note
from plea_aid.notes.from_record import note_of_version

from .conftest import DOCUMENT, People
from .test_rules import fill


def law_with_section_5(state: str) -> Law:
    """The law on file with the last status of Section 5 changed."""
    law = load_law()
    policy = law.policies[0]
    status = PolicyStatus.model_validate({"from": date(2026, 1, 26), "state": state, "note": "Changed for a test."})
    sections = tuple(
        one.model_copy(update={"status": (status,)}) if one.number == 5 else one for one in policy.sections
    )
    return replace(law, policies=(policy.model_copy(update={"sections": sections}),))


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("state", ["rescinded", "stayed", "not-in-force"])
def test_nothing_is_enforced_and_the_factor_is_marked(
    db: Database, people: People, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    made = cases.create_case(db, people.prosecutor, DOCUMENT)
    ready = fill(db, people.prosecutor, made)
    section_5 = next(iter(office_rules().must_consider))
    for factor in office_rules().factor_ids:
        entry = {"factor": factor, "state": "not-applicable"}
        record.save_factor(db, people.prosecutor, made.id, ready.factors[factor].version, entry)
    ready = cases.open_case(db, people.prosecutor, made.id)
    [fault] = missing(ready)
    assert "must be considered in every case" in fault.what

    law = law_with_section_5(state)
    monkeypatch.setattr(rules, "load_law", lambda: law)
    assert missing(ready) == ()
    version = submission.submit(db, people.prosecutor, made.id, ready.version)
    said = f"Policy Section 5 is {state.replace('-', ' ')}: nothing requires this factor to be considered."
    [marked] = [one for one in version.content["checklist"]["factors"] if one["remark"]]
    assert (marked["id"], marked["remark"]) == (section_5, said)
    assert version.content["checklist"]["must_consider"] == []
    assert version.policy_version.endswith(f"Section 5 {state}")
    view = cases.open_case(db, people.prosecutor, made.id)
    note = note_of_version(version, view.steps, "internal")
    assert said in next(one.name for one in note.factors if one.name.startswith(marked["label"]))
    assert not note.policy.section_5_in_force
    assert render_note(note).startswith(b"%PDF")


def test_an_amended_section_5_still_binds(monkeypatch: pytest.MonkeyPatch) -> None:
    law = law_with_section_5("amended")
    monkeypatch.setattr(rules, "load_law", lambda: law)
    assert office_rules().must_consider == office_rules().never_alone != frozenset()
    assert office_rules().remarks == {}
