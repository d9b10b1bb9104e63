"""No field for what Section 2 protects exists: not in the schema, the case file, the law data, a docket or a page.

Each search is also run over a planted field, so that a search that finds nothing is known to be able to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from sqlalchemy import Column, MetaData, Text
from sqlalchemy import Table as SchemaTable

from plea_aid.analysis.case import Case, Record
from plea_aid.casework import accounts, entries, tables
from plea_aid.casework.rules import Beginning
from plea_aid.law.load import load_law
from plea_aid.privacy.guard import load_guard

PLANTED = {
    "ssn": ("ssn", "SocialSecurityNo", "soc_sec"),
    "itin": ("ITIN", "taxpayer id", "tax_number"),
    "a-number": ("a_number", "Alien no.", "uscis"),
    "passport-visa": ("passport", "Visa class", "I-94"),
    "birth-date": ("dob", "dateOfBirth", "Birth date", "born"),
    "birth-place": ("birthplace", "place_of_birth", "Country", "Born in"),
    "immigration-status": ("immigration_status", "citizenship", "Legal status", "is_citizen", "statusClass"),
    "national-origin": ("nationality", "National origin", "ethnicity", "origin"),
    "public-assistance": ("publicAssistance", "receives benefits", "SNAP", "welfare"),
    "crime-victim": ("victim_name", "Name of the victim", "victims initials"),
    "sexual-orientation": ("sexual_orientation", "Orientation"),
    "disability": ("disability", "isDisabled", "Mental health"),
}
STATUS = re.compile(r"\bstatus\b")
NO_STATUS_OF_A_PERSON = {
    # what these hold is a closed list of answers about a step of the case, no state of a person
    "VictimConsultation.status": {"not-covered", "consulted", "attempted", "declined", "pending"},
    "DefenseSubmission.status": {"received", "none-received"},
    "Equivalence.status": {"equivalent", "departure"},
}


def asking(names: Iterable[str]) -> dict[str, str]:
    """Return the names that ask for something protected, with what; a bare 'status' is one."""
    guard = load_guard()
    found: dict[str, str] = {}
    for name in names:
        own = name.split(".")[1] if re.fullmatch(r"\w+\.\w+", name) else name
        words = " ".join(re.findall(r"[a-z]+", own.lower()))
        kind = guard.field_kind(own) or ("status" if STATUS.search(words) else None)
        if kind:
            found[name] = kind
    return found


def columns(metadata: MetaData) -> Iterator[str]:
    for name, table in metadata.tables.items():
        yield name
        yield from (f"{name}.{column.name}" for column in table.columns)


def fields(model: type[BaseModel], seen: set[type] | None = None) -> Iterator[str]:
    """Every field of a model and of the models inside it, by 'Model.field'."""
    seen = set() if seen is None else seen
    if model in seen:
        return
    seen.add(model)
    for name, info in model.model_fields.items():
        yield f"{model.__name__}.{name}"
        if info.alias:
            yield f"{model.__name__}.{info.alias}"
        for inner in _models(info.annotation):
            yield from fields(inner, seen)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


GRAMMAR = (
    Case, Beginning, entries.FactorEntry, *entries.GATES.values(), entries.Decision, entries.Outcome,
    accounts.NewAccount,
)  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in PLANTED.items() for name in names])
def test_a_planted_name_is_found(kind: str, name: str) -> None:
    assert asking([name]) == {name: kind}


def test_no_column_of_the_database_asks_for_it() -> None:
    names = list(columns(tables.Table.metadata))
    assert len(names) > 80
    assert asking(names) == {}


def test_a_planted_column_is_found() -> None:
    metadata = MetaData()
    SchemaTable("case_file", metadata, Column("id", Text), Column("birth_place", Text), Column("status", Text))
    assert asking(columns(metadata)) == {"case_file.birth_place": "birth-place", "case_file.status": "status"}


def test_no_key_of_a_case_file_or_of_the_record_asks_for_it() -> None:
    names = [name for model in GRAMMAR for name in fields(model)]
    assert {"Case.cause_number", "OptionCount.jail_days", "FactorEntry.rationale", "Record.victim"} <= set(names)
    assert set(asking(names)) == set(NO_STATUS_OF_A_PERSON)
    for name, accepted in NO_STATUS_OF_A_PERSON.items():
        model, field = name.split(".")
        annotation = getattr(entries, model).model_fields[field].annotation
        assert {answer for part in get_args(annotation) for answer in get_args(part)} == accepted


def test_a_planted_key_is_found_however_deep() -> None:
    class Person(BaseModel):
        nationality: str = ""

    class Planted(Case):
        who: tuple[Person | None, ...] = ()

    assert asking(fields(Planted)) == {"Person.nationality": "national-origin"}


def test_every_model_of_the_grammar_refuses_a_key_it_does_not_know() -> None:
    seen: set[type] = set()
    for model in GRAMMAR:
        list(fields(model, seen))
    # what a record of conviction shows is named offense by offense in the law data, which is searched below
    assert {m.__name__ for m in seen if issubclass(m, BaseModel) and m.model_config.get("extra") != "forbid"} == {
        Record.__name__
    }


def record_facts() -> dict[str, str]:
    return {f.key: f.question for o in load_law().offenses.values() for f in o.record_facts}


def test_no_fact_of_any_offense_asks_for_it() -> None:
    facts = record_facts()
    assert len(facts) >= 5
    assert asking([*facts, *facts.values()]) == {}
    answers = {a for o in load_law().offenses.values() for f in o.record_facts for a in f.answers}
    assert asking(answers) == {}


def test_a_planted_fact_is_found() -> None:
    assert asking(["way", "Which country was the defendant born in?"]) == {
        "Which country was the defendant born in?": "birth-place"
    }


def test_no_column_of_a_docket_asks_for_it() -> None:
    columns = pytest.importorskip("plea_aid.screening.columns", reason="the docket screen is not here")
    assert asking((*columns.KNOWN, *columns.ADDED)) == {}
    assert asking((*columns.KNOWN, "citizenship")) == {"citizenship": "immigration-status"}


def test_no_factor_or_gate_of_the_checklist_asks_for_it() -> None:
    items = [item for list_ in load_law().checklists for item in (*list_.factors, *list_.gates)]
    assert asking([item.id for item in items]) == {}
