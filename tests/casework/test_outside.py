"""What leaves for a reviewer outside holds no identifier and no text, and no row of it stands out."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from plea_aid.analysis.assess import assess
from plea_aid.analysis.casefile import validate_case
from plea_aid.casework import cases, office, outside, submission
from plea_aid.casework.database import Database
from plea_aid.casework.decided import Facts, Submitted
from plea_aid.casework.errors import NotAllowed
from plea_aid.casework.permissions import Action
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import AuditEvent, Table
from plea_aid.casework.views import CaseView
from plea_aid.law.load import load_law

TODAY = date(2026, 11, 22)
FAMILIES = ("assault", "theft", "dui", "drug", "traffic")


def decided(rng: random.Random) -> Submitted:
    before = rng.randint(0, 4)
    facts = Facts(
        family=rng.choices(FAMILIES, weights=(9, 7, 5, 2, 1))[0],
        counts=rng.randint(1, 3), substituted=rng.random() < 0.3,
        disposition=rng.choice(("guilty-plea", "deferred-prosecution", "nolo-contendere", "dismissed")),
        jail_days=rng.choice((0, 0, 5, 90, 200)), suspended_days=rng.choice((0, 175, 360)),
        section_5=rng.choice(("considered", "no-information")), flags_before=before,
        flags_avoided=rng.randint(0, before), flags_added=rng.choice((0, 0, 1)),
        weight=rng.choice(("equivalent", "departure")), agreement="46-12-211(1)(b)", review_required=True,
        decided=f"2026-{rng.randint(1, 9):02d}-{rng.randint(1, 28):02d}",
    )  # fmt: skip
    return Submitted(facts, rng.choice(("approved", "offered", "entered")), rng.randint(0, 200), rng.randint(0, 2), ())


@pytest.mark.parametrize("many", [0, 3, 12, 60, 400])
def test_no_row_stands_out_in_what_a_court_record_shows(many: int) -> None:
    rng = random.Random(many)
    found = outside.made_alike([decided(rng) for _ in range(many)], load_law(), 5)
    rows = list(csv.DictReader(io.StringIO(found.content.decode())))
    court = [one.name for one in outside.COLUMNS if one.court_record]
    alike = Counter(tuple(row[name] for name in court) for row in rows)
    assert all(number >= 5 for number in alike.values())
    assert len(rows) == found.rows
    assert found.rows + found.left_out == many
    assert found.coarser == sum(row["coarseness"] != "0" for row in rows)
    assert str(found.rows or "too few") in found.said
    if many == 400:
        assert found.rows > 380, "what is left out is the exception"


def test_every_value_is_one_that_the_documentation_names() -> None:
    rng = random.Random(1)
    rows = csv.DictReader(
        io.StringIO(outside.made_alike([decided(rng) for _ in range(300)], load_law(), 5).content.decode())
    )
    shapes = dict.fromkeys(("flags_before", "flags_avoided", "flags_added"), r"\d|10\+")
    shapes |= {"decided": r"\d{4}-\d\d|\d{4}-Q[1-4]|\d{4}|withheld", "coarseness": "[0-3]"}
    shapes["family"] = "|".join({o.family for o in load_law().offenses.values()} | {"other"})
    shapes["disposition"] = "|".join([*load_law().dispositions, "conviction", "deferral", "other", "withheld"])
    shapes["agreement"] = r"46-12-211\(1\)\([abc]\)|none|not-entered|withheld"
    named = {one.name: re.split("; ", re.sub(r" \(.*", "", one.values)) for one in outside.COLUMNS}
    for row in rows:
        for name, value in row.items():
            if name in shapes:
                assert re.fullmatch(shapes[name], value), (name, value)
            else:
                assert value in named[name], (name, value)


@pytest.fixture
def rules(rules: Rules) -> Rules:
    """The rules of the casework tests, with the analysis and the checklist's own Section 5 factor."""
    law = load_law()
    return replace(
        rules,
        law_version=law.version,
        factor_ids=("evidence", next(f.id for c in law.checklists for f in c.factors if f.section_5)),
        must_consider=frozenset(),
        never_alone=frozenset(),
        analyse=lambda d: assess(validate_case(d), law, today=TODAY).as_json(),
    )


def document(number: int) -> dict[str, Any]:
    """An assault whose options are named by a word found nowhere else."""
    return {
        "cause_number": f"CR-2026-9{number:03d}",
        "offense_date": "2026-03-14",
        "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
        "option": [
            {"name": "As charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 355}]},
            {"name": f"Zebra option {number}", "count": [{"number": 1, "jail_days": 10, "suspended_days": 354}]},
        ],
    }


@pytest.fixture
def submitted(db: Database, people: Any, fill: Callable[..., CaseView], rules: Rules) -> list[CaseView]:
    """Six decided cases, each with words of its own wherever words can be put."""
    views = []
    for number in range(6):
        case = cases.create_case(db, people.prosecutor, document(number), rules=rules)
        view = fill(case.id, None, f"Zebra option {number}")
        submission.submit(db, people.prosecutor, view.id, view.version, rules=rules)
        view = cases.open_case(db, people.prosecutor, case.id)
        submission.approve(db, people.supervisor, view.id, view.version, f"Walnut note {number}")
        views.append(view)
    return views


def test_no_identifier_and_no_text_of_the_database_is_in_it(
    db: Database, people: Any, submitted: list[CaseView]
) -> None:
    found = outside.for_reviewer(db, people.auditor, TODAY)
    assert found.rows == 6
    text = found.content.decode().partition("\n")[2]
    values = {value for row in csv.reader(io.StringIO(text)) for value in row}
    fixed = _closed_words()
    stored = _texts(db)
    assert len(stored) > 100
    assert any("Zebra" in one for one in stored)
    for value in values - fixed:
        assert re.fullmatch(r"\d+\+?|\d{4}-\d\d|\d{4}-Q\d", value), "a word of no closed list"
        assert not [one for one in stored if one in value], value
    for word in ("Zebra", "Walnut", "CR-2026", "Prosecutor", "About ", "It is just"):
        assert word not in text


def test_who_may_give_it_away_and_that_it_is_recorded(db: Database, people: Any, submitted: list[CaseView]) -> None:
    for person in (people.prosecutor, people.paralegal, people.administrator):
        with pytest.raises(NotAllowed):
            outside.for_reviewer(db, person)
    outside.for_reviewer(db, people.supervisor)
    with db.read() as session:
        actions = [row.action for row in session.scalars(select(AuditEvent))]
    assert str(Action.FIGURES_EXPORT) in actions


def test_the_figures_of_the_office(db: Database, people: Any, submitted: list[CaseView]) -> None:
    found = office.figures(db, people.prosecutor, TODAY)
    assert (found.cases, found.families, found.family_cases) == (6, ("assault",), (6,))
    section_5 = found.table("section-5")
    assert section_5.rows[0] == (6, 0, 0, 0)
    assert section_5.totals == (6, 0, 0, 0)
    assert sum(n or 0 for n in found.table("flags").rows[0]) == 6
    assert found.time[0].cases == 6
    assert [one.cases for one in found.trend] == [6]
    assert office.workload(db, people.supervisor) == [("Prosecutor", 6)]
    for person in (people.prosecutor, people.auditor, people.paralegal, people.administrator):
        with pytest.raises(NotAllowed):
            office.workload(db, person)
    with pytest.raises(NotAllowed):
        office.figures(db, people.administrator)


def test_too_few_cases_show_nothing(db: Database, people: Any) -> None:
    found = office.figures(db, people.supervisor, TODAY)
    assert (found.cases, found.tables) == (None, ())
    export = outside.for_reviewer(db, people.supervisor, TODAY)
    assert export.rows == 0
    assert "too few decided cases" in export.said


def test_small_families_stand_together_and_small_counts_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    many = [decided(rng) for _ in range(60)]
    groups = office._families(many, 5)
    assert all(len(members) >= 5 for members in groups.values())
    assert sum(len(members) for members in groups.values()) == 60
    for one in office._TABLES:
        table = office._table(*one, list(groups.values()), 5)
        assert all(n is None or n == 0 or n >= 5 for row in (*table.rows, table.totals) for n in row)


def test_quarters_with_too_few_cases_stand_together_and_none_is_lost() -> None:
    rng = random.Random(7)
    many = [decided(rng) for _ in range(60)]
    for least in (1, 5, 40, 61):
        spans = office._quarters(many, least)
        assert sorted(map(id, many)) == sorted(id(one) for _, members in spans for one in members)
        assert len(spans) == 1 or all(len(members) >= least for _, members in spans)
        days = [one.facts.decided for _, members in spans for one in members]
        assert days == sorted(days)
    assert office._months((2025, 3), (2026, 0)) == "Oct 2025 to Mar 2026"
    assert office._months((2026, 0), (2026, 0)) == "Jan to Mar 2026"


def test_the_documented_columns_are_up_to_date() -> None:
    guide = (Path(__file__).resolve().parents[2] / "data" / "README.md").read_text(encoding="utf-8")
    assert outside.columns_markdown() in guide, "run: plea-aid office columns --into data/README.md"


def _closed_words() -> set[str]:
    law = load_law()
    words = {o.family for o in law.offenses.values()} | set(law.dispositions) | {"yes", "no", "withheld", "other"}
    words |= {v for one in outside.COLUMNS for v in re.split("; ", re.sub(r" \(.*", "", one.values))}
    return words | {one.name for one in outside.COLUMNS} | {"46-12-211(1)(a)", "46-12-211(1)(b)", "46-12-211(1)(c)"}


def _texts(db: Database) -> set[str]:
    """Every text in every row of every table, those inside stored JSON one by one."""
    found: set[str] = set()

    def take(value: Any) -> None:
        if isinstance(value, str):
            if value[:1] in "{[":
                try:
                    take(json.loads(value))
                    return
                except ValueError:
                    pass
            if value.strip() and not value.isdigit():
                found.add(value)
        elif isinstance(value, dict):
            for key, one in value.items():
                take(key)
                take(one)
        elif isinstance(value, list):
            for one in value:
                take(one)

    with db.read() as session:
        for table in Table.metadata.sorted_tables:
            for row in session.execute(select(table)):
                for one in row:
                    take(one)
    return found
