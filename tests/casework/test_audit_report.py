"""The periodic report: every event in it once, counted by operator and sort, with nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from plea_aid.casework import cases, walls
from plea_aid.casework.audit_report import SORTS, audit_report
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotAllowed
from plea_aid.casework.views import CaseView

from .conftest import People

TODAY = date.today()


def test_the_report_counts_each_sort_for_each_operator(db: Database, people: People, case: CaseView) -> None:
    cases.open_case(db, people.auditor, case.id)
    cases.record_export(db, people.prosecutor, case.id, "note", "0" * 64)
    with pytest.raises(NotAllowed):
        cases.set_hearing_date(db, people.auditor, case.id, case.version, None)
    made = audit_report(db, people.supervisor, TODAY - timedelta(days=1), TODAY + timedelta(days=1))
    assert {name: dict(counter) for (name, _), counter in made.counts.items()} == {
        "prosecutor": {"change": 1, "taken out": 1},
        "auditor": {"inquiry": 1, "denial": 1},
    }
    rows = list(csv.DictReader(io.StringIO(made.table)))
    assert len(rows) == made.events == 4
    assert {row["sort"] for row in rows} <= set(SORTS)
    assert all(row["at"] and row["program"] and row["terminal"] == "desk 1" for row in rows)
    again = audit_report(db, people.supervisor, TODAY - timedelta(days=1), TODAY + timedelta(days=1))
    assert again.counts["supervisor", "supervisor"]["inquiry"] == 1, "the report itself was an inquiry"


def test_days_outside_are_left_out_and_days_that_make_no_sense_refused(
    db: Database, people: People, case: CaseView
) -> None:
    assert audit_report(db, people.auditor, date(2020, 1, 1), date(2020, 1, 31)).events == 0
    with pytest.raises(Invalid, match="before it begins"):
        audit_report(db, people.auditor, TODAY, TODAY - timedelta(days=1))


def test_who_may_not_read_the_trail_gets_no_report(db: Database, people: People, case: CaseView) -> None:
    for who in (people.prosecutor, people.paralegal):
        with pytest.raises(NotAllowed):
            audit_report(db, who, TODAY, TODAY)


def test_a_closed_case_is_not_in_the_report_of_whom_it_is_closed_to(
    db: Database, people: People, case: CaseView
) -> None:
    walls.close_to(db, people.prosecutor, case.id, people.other_supervisor.user_id, "A conflict of interest.")
    days = (TODAY - timedelta(days=1), TODAY + timedelta(days=1))
    assert case.id in audit_report(db, people.supervisor, *days).table
    assert case.id not in audit_report(db, people.other_supervisor, *days).table


def test_no_cell_is_a_formula(db: Database, people: People, case: CaseView) -> None:
    cases.open_case(db, replace(people.auditor, user_name="=HYPERLINK(1)", terminal="@SUM(A1)"), case.id)
    made = audit_report(db, people.supervisor, TODAY - timedelta(days=1), TODAY + timedelta(days=1))
    cells = [cell for row in csv.reader(io.StringIO(made.table)) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]
