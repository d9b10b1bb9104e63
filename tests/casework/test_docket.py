"""Cases opened from a docket, on both databases: twice, or by two people at once, makes no second case."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from plea_aid.casework import cases, docket
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.tables import CaseFile

from .conftest import People

HEADER = ["Cause", "Ct", "Statute"]


def documents(count: int) -> dict[str, dict[str, Any]]:
    return {
        f"EX-{n}": {"cause_number": f"EX-{n}", "count": [{"number": 1, "offense": "MCA 45-7-302"}]}
        for n in range(count)
    }


def sources(db: Database) -> list[str | None]:
    with db.read() as session:
        return sorted(session.execute(select(col(CaseFile.source_key))).scalars())


def test_the_same_docket_twice_makes_no_second_case(db: Database, people: People) -> None:
    first = docket.open_as_cases(db, people.prosecutor, documents(3))
    again = docket.open_as_cases(db, people.supervisor, documents(4))
    assert (len(first.new), first.there, first.kept_away) == (3, (), 0)
    assert (len(again.new), set(again.there), again.kept_away) == (1, set(first.new), 0)
    assert len(sources(db)) == len(set(sources(db))) == 4
    assert cases.open_case(db, people.prosecutor, first.new[0]).document["cause_number"].startswith("EX-")


def test_two_people_importing_at_once_make_each_case_once(db: Database, people: People) -> None:
    actors = [replace(a, session_id=f"window {n}") for n, a in enumerate([people.prosecutor, people.supervisor] * 2)]
    together = Barrier(len(actors))

    def importing(actor: Any) -> docket.Opened:
        together.wait()
        return docket.open_as_cases(db, actor, documents(12))

    with ThreadPoolExecutor(len(actors)) as pool:
        found = list(pool.map(importing, actors))
    made = [case_id for one in found for case_id in one.new]
    assert len(made) == len(set(made)) == 12
    assert all({*one.new, *one.there} == set(made) for one in found)
    assert len(sources(db)) == 12
    assert verify_chain(db).ok


def test_columns_are_remembered_by_header_and_the_last_mapping_counts(db: Database, people: People) -> None:
    assert docket.remembered_columns(db, people.prosecutor, HEADER) is None
    for actor, mapping in (
        (people.prosecutor, {"case_id": "Cause", "count": "Ct", "offense": "Statute"}),
        (people.supervisor, {"case_id": "Cause", "count": "Ct", "offense": "Statute", "nth": "Ct"}),
    ):
        docket.record_screening(db, actor, HEADER, mapping, rows=3, cases=2, digest="0" * 64)
        assert docket.remembered_columns(db, people.prosecutor, HEADER) == mapping
    assert docket.remembered_columns(db, people.prosecutor, HEADER[::-1]) is None
