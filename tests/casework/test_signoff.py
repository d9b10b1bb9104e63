"""An attorney's sign-off of a law entry: who may, what it covers, when it is void; it never changes."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from plea_aid.casework import cases, migrate, signoff, trail
from plea_aid.casework.actors import NOBODY, Actor
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError, Invalid, NotAllowed, NotFound
from plea_aid.casework.views import CaseView
from plea_aid.law.catalogue import Law
from plea_aid.law.entry_hash import entry_hash, hash_of_entry
from plea_aid.law.load import load_law
from plea_aid.law.records import Review

from .conftest import People

THEFT = "mt-45-6-301-1"


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture
def changed(law: Law) -> Law:
    """The law with one word of one offense changed."""
    offense = law.offenses[THEFT].model_copy(update={"title": "Theft, as amended"})
    return replace(law, offenses={**law.offenses, THEFT: offense})


def sign(db: Database, actor: Actor, law: Law, kind: str = "offense", entry: str = THEFT, note: str = "") -> None:
    signoff.sign_off(db, actor, kind, entry, hash_of_entry(law, kind, entry) or "", note, law=law)


def state(db: Database, people: People, law: Law, kind: str = "offense", entry: str = THEFT) -> str:
    return signoff.review_state(law, signoff.sign_offs(db, people.auditor), kind, entry)


@pytest.mark.parametrize(
    ("kind", "entry"), [("offense", THEFT), ("ground", "dep-dv"), ("category", "crime-of-violence")]
)
def test_a_signed_entry_says_by_whom_and_when(db: Database, people: People, law: Law, kind: str, entry: str) -> None:
    assert state(db, people, law, kind, entry) == "drafted"
    sign(db, people.prosecutor, law, kind, entry, "  Read against the code.  ")
    (one,) = signoff.sign_offs(db, people.paralegal, kind, entry)
    assert (one.number, one.signed_by_name, one.note) == (1, "Prosecutor", "Read against the code.")
    on = one.signed_at.astimezone()
    assert state(db, people, law, kind, entry) == f"signed by Prosecutor on {on:%b} {on.day}, {on.year}"
    assert signoff.sign_offs(db, people.paralegal, kind, "another") == ()


def test_a_change_of_content_voids_it_and_a_new_sign_off_mends_that(
    db: Database, people: People, law: Law, changed: Law
) -> None:
    sign(db, people.prosecutor, law)
    assert state(db, people, changed).startswith("void: changed since Prosecutor signed it on ")
    sign(db, people.prosecutor, changed)
    assert state(db, people, changed).startswith("signed by Prosecutor on ")
    assert state(db, people, law).startswith("signed by Prosecutor on "), "the old content keeps its own"
    sign(db, people.supervisor, changed)
    assert state(db, people, changed).startswith("signed by Supervisor on ")
    assert [one.number for one in signoff.sign_offs(db, people.auditor)] == [1, 2, 3]


def test_the_same_person_signs_unchanged_content_once(db: Database, people: People, law: Law) -> None:
    sign(db, people.prosecutor, law)
    with pytest.raises(Invalid, match="unchanged since"):
        sign(db, people.prosecutor, law)
    assert len(signoff.sign_offs(db, people.auditor)) == 1


def test_nobody_signs_what_they_have_not_read(db: Database, people: People, law: Law, changed: Law) -> None:
    with pytest.raises(Invalid, match="changed after you opened it"):
        signoff.sign_off(db, people.supervisor, "offense", THEFT, entry_hash(law.offenses[THEFT]), law=changed)
    for kind, entry in (("offense", "no-such"), ("posture", "lpr"), ("offense\x00", THEFT)):
        with pytest.raises(NotFound):
            signoff.sign_off(db, people.supervisor, kind, entry, "0" * 64, law=law)
    for note in ("x" * (signoff.LONGEST_NOTE + 1), "a\x00b"):
        with pytest.raises(Invalid, match="note"):
            sign(db, people.supervisor, law, note=note)
    assert signoff.sign_offs(db, people.auditor) == ()


@pytest.mark.parametrize("role", ["paralegal", "auditor", "administrator"])
def test_only_attorneys_sign(db: Database, people: People, law: Law, role: str) -> None:
    with pytest.raises(NotAllowed, match="may not sign an entry of the law off; that is for: prosecutor, supervisor"):
        sign(db, getattr(people, role), law)
    assert signoff.sign_offs(db, getattr(people, role)) == ()
    (event,) = [e for e in trail.list_events(db, people.auditor) if e.action == "law.sign-off"]
    assert (event.outcome, event.role, event.resource_id) == ("denied", role, f"offense {THEFT}")


def test_who_is_not_signed_in_sees_none(db: Database) -> None:
    with pytest.raises(NotAllowed):
        signoff.sign_offs(db, NOBODY)


def test_it_is_in_the_trail_under_seal(db: Database, people: People, law: Law) -> None:
    sign(db, people.supervisor, law)
    event = next(e for e in trail.list_events(db, people.auditor) if e.action == "law.sign-off")
    assert (event.actor_name, event.outcome, event.resource_kind) == ("supervisor", "done", "law")
    assert event.resource_id == f"offense {THEFT}"
    assert event.detail["content"] == hash_of_entry(law, "offense", THEFT)
    verified = verify_chain(db)
    assert (verified.ok, verified.sealed_rows) == (True, 1)


def test_a_sign_off_is_never_changed_or_removed(db: Database, people: People, law: Law) -> None:
    sign(db, people.supervisor, law)
    for attempt in ("UPDATE law_sign_off SET content_hash = 'x'", "DELETE FROM law_sign_off"):
        with pytest.raises(DBAPIError, match="sealed"), db.write() as session:
            session.execute(text(attempt))
    assert verify_chain(db).ok


def test_the_database_knows_the_kinds(db: Database, people: People) -> None:
    with pytest.raises(IntegrityError), db.write() as session:
        session.execute(
            text("INSERT INTO law_sign_off VALUES ('a', 'b', 'posture', 'lpr', 1, 'c', '', :who, 'now')"),
            {"who": people.supervisor.user_id},
        )


def test_people_who_sign_at_once_are_both_kept(db: Database, people: People, law: Law) -> None:
    actors = (people.prosecutor, people.supervisor, people.other_prosecutor, people.other_supervisor)
    errors: list[CaseworkError] = []

    def run(actor: Actor) -> None:
        try:
            sign(db, actor, law)
        except CaseworkError as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(one.number for one in signoff.sign_offs(db, people.auditor)) == [1, 2, 3, 4]
    assert verify_chain(db).ok


def test_down_and_up_again_keeps_the_cases(db: Database, people: People, case: CaseView, law: Law) -> None:
    sign(db, people.supervisor, law)
    migrate.downgrade(db, "0001")
    assert "law_sign_off" not in inspect(db.engine).get_table_names()
    migrate.upgrade(db)
    assert cases.open_case(db, people.prosecutor, case.id).document == case.document
    assert signoff.sign_offs(db, people.auditor) == ()
    sign(db, people.supervisor, law)
    assert state(db, people, law).startswith("signed by Supervisor")


def test_a_sign_off_in_the_entrys_own_file_counts_for_its_content_only(law: Law) -> None:
    offense = law.offenses[THEFT]

    def with_review(content: str) -> Law:
        review = Review(state="attorney-reviewed", by="A. Lawyer", on=date(2026, 11, 5), content=content)
        return replace(law, offenses={THEFT: offense.model_copy(update={"review": review})})

    good = with_review(entry_hash(offense))
    assert signoff.review_state(good, (), "offense", THEFT) == "signed by A. Lawyer on Nov 5, 2026"
    stale = with_review("0" * 64)
    assert signoff.review_state(stale, (), "offense", THEFT) == (
        "void: changed since A. Lawyer signed it on Nov 5, 2026"
    )
    with pytest.raises(NotFound):
        signoff.review_state(law, (), "offense", "no-such")


def test_a_version_says_how_far_the_law_it_rests_on_is_signed_off(db: Database, people: People, law: Law) -> None:
    analysis = {
        "options": [
            {"name": "one", "counts": [{"offense": "mt-45-5-206-1-a"}]},
            {"name": "other", "counts": [{"offense": "mt-45-5-201-1-a"}]},
        ]
    }
    assert signoff.law_review(law, (), analysis) == "drafted; not yet reviewed by an attorney"
    signoff.sign_off(
        db, people.supervisor, "offense", "mt-45-5-206-1-a", hash_of_entry(law, "offense", "mt-45-5-206-1-a")
    )
    some = signoff.sign_offs(db, people.prosecutor, "offense")
    assert signoff.law_review(law, some, analysis).startswith("1 of 2 offenses named here are signed off")
    only = {"options": [analysis["options"][0]]}
    assert signoff.law_review(law, some, only) == "every offense named here is signed off by an attorney"
