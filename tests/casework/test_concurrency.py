"""Many at once, in threads and in processes: no save is lost, no chain is broken, nobody reads half a case."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from plea_aid.casework import cases, record, submission
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError, Conflict
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import CaseFile
from plea_aid.casework.views import CaseView

from .conftest import People
from .writer import count_up

THREADS, TIMES = 8, 6


def counter(db: Database, people: People, case: CaseView) -> tuple[int, int]:
    view = cases.open_case(db, people.auditor, case.id)
    return view.document["plan"]["min_fine"], view.document_version


def test_threads_on_one_case_lose_no_save(db: Database, people: People, case: CaseView) -> None:
    actors = [replace(people.paralegal, session_id=f"window {i}") for i in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        conflicts = sum(pool.map(lambda actor: count_up(db, actor, case.id, TIMES), actors))
    assert counter(db, people, case) == (THREADS * TIMES, THREADS * TIMES + 1)
    assert conflicts > 0  # they did meet
    assert verify_chain(db).ok


def test_processes_on_one_case_lose_no_save(db: Database, people: People, case: CaseView, database_url: str) -> None:
    writer = Path(__file__).with_name("writer.py")
    command = [sys.executable, str(writer), database_url, case.id, people.paralegal.user_id, "8"]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    count_up(db, people.paralegal, case.id, 8)
    for one in writers:
        _, errors = one.communicate(timeout=60)
        assert one.returncode == 0, errors
    assert counter(db, people, case) == (24, 25)
    verification = verify_chain(db)
    assert verification.ok
    assert verification.events >= 24


def test_a_reader_sees_one_moment(db: Database, people: People, case: CaseView) -> None:
    versions = select(col(CaseFile.version)).where(col(CaseFile.id) == case.id)
    with db.read() as session:
        assert session.execute(versions).scalar_one() == 1
        cases.set_hearing_date(db, people.prosecutor, case.id, 1, date(2026, 12, 1))
        assert session.execute(versions).scalar_one() == 1
    with db.read() as session:
        assert session.execute(versions).scalar_one() == 2


def test_readers_beside_writers_see_whole_cases(db: Database, people: People, rules: Rules, case: CaseView) -> None:
    """Every save writes the same number into the document and, in the same moment, into a factor's rationale."""

    def write(text: str) -> None:
        for _ in range(TIMES):
            view = cases.open_case(db, people.prosecutor, case.id)
            version = view.factors["harm"].version if "harm" in view.factors else 0
            entry = {"factor": "harm", "state": "considered", "weight": "some", "rationale": text * 300}
            try:
                record.save_factor(db, people.prosecutor, case.id, version, entry, rules=rules)
            except Conflict:
                continue

    def read(number: int) -> int:
        reader = replace(people.auditor, session_id=f"reader {number}")
        seen = 0
        for _ in range(TIMES):
            view = cases.open_case(db, reader, case.id)
            if "harm" in view.factors:
                factor = view.factors["harm"]
                assert len(set(factor.entry.rationale)) == 1
                assert view.version - case.version == factor.version  # one moment, not two
                seen += 1
        return seen

    with ThreadPoolExecutor(12) as pool:
        writing = [pool.submit(write, letter) for letter in "abcd"]
        reading = [pool.submit(read, number) for number in range(8)]
        for one in writing:
            one.result()
        assert sum(one.result() for one in reading) > 0
    assert verify_chain(db).ok


def test_one_of_two_supervisors_decides(
    db: Database, people: People, rules: Rules, case: CaseView, fill: object
) -> None:
    ready = fill(case.id)  # type: ignore[operator]
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)

    def approve(_: int) -> str:
        try:
            submission.approve(db, people.supervisor, case.id, ready.version + 1)
        except CaseworkError as error:
            return type(error).__name__
        return "approved"

    def give_back(_: int) -> str:
        try:
            submission.return_(db, people.other_supervisor, case.id, ready.version + 1, "No.")
        except CaseworkError as error:
            return type(error).__name__
        return "returned"

    with ThreadPoolExecutor(6) as pool:
        results = [pool.submit(one, i).result for i, one in enumerate([approve, give_back] * 3)]
        outcomes = sorted(result() for result in results)
    stage = cases.open_case(db, people.auditor, case.id).stage
    assert outcomes == sorted(["Conflict"] * 5 + [stage])
    assert len(cases.open_case(db, people.auditor, case.id).steps) == 2
