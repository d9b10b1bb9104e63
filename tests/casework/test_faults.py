"""Whatever fails while people work: no acknowledged save is lost, none is half there, the trail stays whole.

The processes of a save are killed a few times here; ``PLEA_AID_KILLS=500`` kills them as often on each database.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from plea_aid.casework import cases, record, search_index
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError, Conflict, Unavailable
from plea_aid.casework.migrate import open_database
from plea_aid.casework.rules import Rules
from plea_aid.casework.views import CaseView

from .conftest import People
from .zygote import save_everything

KILLS = int(os.environ.get("PLEA_AID_KILLS", "25"))
ZYGOTE = Path(__file__).with_name("zygote.py")
WRITERS, READERS, TIMES = 8, 20, 4


def numbers(view: CaseView) -> dict[str, int]:
    """How often each part of the case was saved, by what is stored."""
    return {
        "document": view.document.get("plan", {}).get("min_fine", 0),
        "factor": view.factors["harm"].version if "harm" in view.factors else 0,
        "decision": view.decision.number if view.decision else 0,
        "version": len(view.versions),
    }


def assert_whole(db: Database, view: CaseView) -> None:
    """Every save is there in all its parts: what it changed, its count, its row and its event."""
    stored = numbers(view)
    assert view.document_version == stored["document"] + 1
    assert view.version == 1 + stored["document"] + stored["factor"] + stored["decision"] + len(view.steps)
    if stored["factor"]:
        assert set(view.factors["harm"].entry.rationale.split()) == {str(stored["factor"])}
    submissions = [step for step in view.steps if step.move == "submit"]
    assert [step.version_number for step in submissions] == [one.number for one in view.versions]
    assert view.stage == (view.steps[-1].to_stage if view.steps else "draft")
    with db.read() as session:
        query = (
            "SELECT action, count(*) FROM audit_event WHERE outcome = 'done' AND resource_id = :case GROUP BY action"
        )
        events = dict(tuple(row) for row in session.execute(sa.text(query), {"case": view.id}))
        kept = "SELECT version_number FROM stored_analysis WHERE case_id = :case ORDER BY version_number"
        analyses = list(session.execute(sa.text(kept), {"case": view.id}).scalars())
    assert analyses == [one.number for one in view.versions]  # each frozen version can be run again under another law
    assert events.get("case.change", 0) == stored["document"]
    assert events.get("case.weigh", 0) == stored["factor"]
    assert events.get("case.decide", 0) == stored["decision"]
    assert events.get("case.submit", 0) == stored["version"]


def assert_found_by_what_is_stored(db: Database) -> None:
    """The words by which cases are found are those of the stored texts: made anew they come out the same."""
    marks = "SELECT case_id, part, token FROM search_token ORDER BY case_id, part, token"
    with db.write() as session:
        before = session.execute(sa.text(marks)).all()
        search_index.rebuild(session)
        assert before == session.execute(sa.text(marks)).all() != []


@pytest.mark.skipif(sys.platform == "win32", reason="no process is forked there")
def test_a_process_killed_at_any_moment_of_a_save_loses_nothing(
    db: Database, people: People, case: CaseView, database_url: str
) -> None:
    dice = random.Random(2026)
    command = [sys.executable, str(ZYGOTE), database_url, case.id, people.prosecutor.user_id]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as zygote:
        assert zygote.stdin
        assert zygote.stdout
        assert zygote.stdout.readline() == "ready\n"
        acknowledged = numbers(cases.open_case(db, people.auditor, case.id))
        saves = 0
        for kill in range(KILLS):
            zygote.stdin.write("again\n")
            zygote.stdin.flush()
            writer = int(zygote.stdout.readline().split()[1])
            said = [zygote.stdout.readline()] if dice.random() < 0.8 else []  # some die before their first save
            time.sleep(dice.uniform(0, 0.02))
            os.kill(writer, signal.SIGKILL)
            while (line := zygote.stdout.readline()) != "gone\n":
                said.append(line)
            for line in said:
                kind, number = line.split()
                acknowledged[kind] = int(number)
                saves += 1
            view = cases.open_case(db, people.auditor, case.id)
            stored = numbers(view)
            assert all(stored[kind] >= number for kind, number in acknowledged.items()), kill
            assert all(stored[kind] <= number + 1 for kind, number in acknowledged.items()), kill
            assert_whole(db, view)
            acknowledged = stored  # a save that was stored and not acknowledged any more is stored all the same
            if kill % 50 == 0:
                assert verify_chain(db).ok, kill
        zygote.stdin.close()
        zygote.wait(timeout=30)
    assert saves >= KILLS // 2
    assert verify_chain(db).ok
    assert_found_by_what_is_stored(db)
    save_everything(db, people.prosecutor, case.id, lambda *_: None)  # and work goes on


def test_eight_writers_and_twenty_readers_on_one_case(
    db: Database, people: People, rules: Rules, case: CaseView
) -> None:
    def write(number: int) -> int:
        actor = replace(people.paralegal, session_id=f"window {number}")
        done = 0
        while done < TIMES:
            view = cases.open_case(db, actor, case.id)
            document = {**view.document, "plan": {"min_fine": numbers(view)["document"] + 1}}
            try:
                cases.update_document(db, actor, case.id, view.document_version, document, rules=rules)
            except (Conflict, Unavailable):
                continue  # the person is told and tries again
            done += 1
        return done

    def read(number: int) -> None:
        actor = replace(people.auditor, session_id=f"reader {number}")
        last = 0
        for _ in range(TIMES):
            try:
                view = cases.open_case(db, actor, case.id)
            except Unavailable:
                continue
            assert view.document_version == numbers(view)["document"] + 1 >= last
            last = view.document_version

    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        reading = [pool.submit(read, number) for number in range(READERS)]
        writing = [pool.submit(write, number) for number in range(WRITERS)]
        assert sum(one.result() for one in writing) == WRITERS * TIMES
        for one in reading:
            one.result()
    view = cases.open_case(db, people.auditor, case.id)
    assert numbers(view)["document"] == WRITERS * TIMES
    assert_whole(db, view)
    assert verify_chain(db).ok


@contextmanager
def failing_at(db: Database, place: int, fail: Callable[[Any], None]) -> Iterator[list[int]]:
    """Let ``fail`` happen before the statement number ``place`` of what runs here; the count tells how many ran."""
    count = [0]

    def before(connection: Any, *_: Any) -> None:
        count[0] += 1
        if count[0] == place:
            fail(connection)

    event.listen(db.engine, "before_cursor_execute", before)
    try:
        yield count
    finally:
        event.remove(db.engine, "before_cursor_execute", before)


def save(db: Database, people: People, case: CaseView, rules: Rules) -> None:
    view = cases.open_case(db, people.prosecutor, case.id)
    version = view.factors["harm"].version if "harm" in view.factors else 0
    entry = {"factor": "harm", "state": "considered", "weight": "some", "rationale": f"{version + 1} " * 200}
    record.save_factor(db, people.prosecutor, case.id, version, entry, rules=rules)


@pytest.mark.parametrize(
    "kind", [pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")])]
)
def test_a_connection_cut_at_any_statement_of_a_save(
    db: Database, people: People, rules: Rules, case: CaseView, database_url: str
) -> None:
    other = Database(database_url)

    def cut(connection: Any) -> None:
        pid = connection.connection.driver_connection.info.backend_pid
        with other.engine.connect() as apart:
            apart.execute(sa.text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})

    save(db, people, case, rules)
    told: list[str] = []
    for place in range(1, 1000):
        before = numbers(cases.open_case(other, people.auditor, case.id))
        with failing_at(db, place, cut) as count:
            try:
                save(db, people, case, rules)
            except Unavailable as refusal:
                told.append(str(refusal))
        if count[0] < place:
            break  # every statement of a save has had its turn
        view = cases.open_case(other, people.auditor, case.id)
        assert numbers(view) == before, place
        assert_whole(other, view)
        save(db, people, case, rules)  # the next one simply works
        assert numbers(cases.open_case(other, people.auditor, case.id))["factor"] == before["factor"] + 1
    assert len(told) == place - 1 > 5
    assert {one.count(".") for one in told} == {1}
    assert verify_chain(other).ok
    other.close()


@pytest.mark.parametrize(
    "kind", [pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")])]
)
def test_a_connection_cut_while_a_save_is_being_stored_is_not_called_unsaved(
    db: Database, people: People, rules: Rules, case: CaseView, database_url: str
) -> None:
    """When the answer to COMMIT is lost nobody knows: the sentence says that, and not that nothing was changed."""
    other = Database(database_url)

    def cut(connection: Any) -> None:
        if not connection.get_execution_options().get("plea_aid_read"):
            with other.engine.connect() as apart:
                pid = connection.connection.driver_connection.info.backend_pid
                apart.execute(sa.text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})

    cases.open_case(db, people.prosecutor, case.id)
    event.listen(db.engine, "commit", cut)
    try:
        with pytest.raises(Unavailable, match="may or may not be saved"):
            save(db, people, case, rules)
    finally:
        event.remove(db.engine, "commit", cut)
    assert_whole(other, cases.open_case(other, people.auditor, case.id))
    assert verify_chain(other).ok
    other.close()


def test_a_full_disk_refuses_the_save_and_nothing_else(
    kind: str, db: Database, people: People, rules: Rules, case: CaseView, database_url: str
) -> None:
    """SQLite may grow no further; PostgreSQL answers as it does when a table cannot be extended.

    It does so on any machine and at the last statement of a save; ``test_full_disk`` has disks that are really full.
    """
    save(db, people, case, rules)
    before = numbers(cases.open_case(db, people.auditor, case.id))

    def save_until_refused() -> None:
        while before["factor"] < 200:
            save(db, people, case, rules)
            before["factor"] += 1

    with room(db), pytest.raises(Unavailable, match="disk is full, so nothing was changed"):
        save_until_refused()
    view = cases.open_case(db, people.auditor, case.id)
    assert numbers(view) == before
    assert_whole(db, view)
    assert verify_chain(db).ok
    save(db, people, case, rules)
    assert numbers(cases.open_case(db, people.auditor, case.id))["factor"] == before["factor"] + 1


@contextmanager
def room(db: Database) -> Iterator[None]:
    """Take away the room to grow, and give it back at the end."""
    if db.is_sqlite:
        db.engine.dispose()

        def limit(connection: Any, _: Any) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages + 2}")

        event.listen(db.engine, "connect", limit)
        yield
        event.remove(db.engine, "connect", limit)
        db.engine.dispose()
        return
    refuse = (
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
        "'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
    )
    with db.write() as session:
        session.execute(sa.text(refuse))
        session.execute(
            sa.text("CREATE TRIGGER full_disk BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION full_disk()")
        )
    yield
    with db.write() as session:
        session.execute(sa.text("DROP TRIGGER full_disk ON audit_event"))


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_write_that_the_system_cuts_off(
    db: Database, people: People, rules: Rules, case: CaseView, database_url: str
) -> None:
    """The file system itself refuses a write half-way through a save."""
    before = numbers(cases.open_case(db, people.auditor, case.id))
    db.close()
    file = Path(database_url.removeprefix("sqlite:///"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    told: list[str] = []
    try:
        for extra in (0, 100, 5_000, 9_000):
            cut = open_database(database_url)
            cases.open_case(cut, people.prosecutor, case.id)
            wal = file.with_name(f"{file.name}-wal")
            resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + extra, limits[1]))
            try:
                save(cut, people, case, rules)
            except CaseworkError as refusal:
                told.append(str(refusal))
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            cut.close()
    finally:
        signal.signal(signal.SIGXFSZ, usual)
    assert told
    assert all("nothing was changed" in one for one in told)
    again = open_database(database_url)
    view = cases.open_case(again, people.auditor, case.id)
    assert numbers(view)["factor"] == before["factor"] + 4 - len(told)
    assert_whole(again, view)
    assert verify_chain(again).ok
    again.close()


def test_a_program_that_starts_again_finds_everyone_signed_in(db: Database, database_url: str) -> None:
    """The sessions are the database's: another process, or the same after a restart, knows the ticket."""
    from plea_aid.casework import accounts, signin

    code = accounts.first_code(db)
    assert code
    password = "a long enough sentence"
    account = {"user_name": "pat", "display_name": "Pat", "role": "supervisor"}
    accounts.create_first_account(db, code, account, password)
    token = signin.sign_in(db, "pat", password).token
    db.close()
    again = open_database(database_url)
    assert signin.resume(again, token).user_name == "pat"
    again.close()
