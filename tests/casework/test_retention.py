"""Holds and disposal: nothing held or due later goes, two people are needed, and the trail still verifies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from plea_aid.casework import cases, record, releases, retention, sealed_texts, submission, trail
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.canonical import new_id
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotAllowed, Sensitive
from plea_aid.casework.retention import KEPT, disposable_tables
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import Table
from plea_aid.casework.views import CaseView
from plea_aid.casework.work import changing
from plea_aid.law.load import load_law
from plea_aid.law.retention import Retention, RetentionClass, RetentionDataError, load_retention

from .conftest import DOCUMENT, People

AT_ONCE = load_retention().model_copy(
    update={
        "classes": (
            RetentionClass(id="plea-record", name="A record", years=0, closed=frozenset({"entered", "draft"})),
            *[c for c in load_retention().classes if c.examples],
        )
    }
)


ENTERED = {"on": "2026-05-02", "ended": "as-offered", "agreement_type": "none", "court_action": "Accepted."}


def disposed_example(db: Database, people: People) -> str:
    """Make a fictional case with a sealed row, hold it, lift the hold and dispose of it; return its id."""
    with changing(db, people.prosecutor) as work:
        case = cases.insert_case(work, {"cause_number": "EX-1"}, example=True).id
    sealed_texts.seal_text(db, people.prosecutor, case, "DOB 3/4/1991", "An example.", place="a note")
    number = retention.place_hold(db, people.prosecutor, case, "A lawsuit is expected.", "City clerk")
    retention.lift_hold(db, people.supervisor, case, number, "It was settled.")
    retention.request_disposal(db, people.prosecutor, case, "The example is not needed.")
    retention.approve_disposal(db, people.supervisor, case)
    return case


@pytest.fixture
def closed(db: Database, people: People, rules: Rules, case: CaseView, fill: Callable[..., CaseView]) -> CaseView:
    """A case that went all the way, with a row in every table that a disposal empties by hand of the services."""
    ready = fill(case.id)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    view = cases.open_case(db, people.supervisor, case.id)
    submission.approve(db, people.supervisor, case.id, view.version, "Sound.")
    for step, outcome in enumerate(("offered", "accepted", "entered"), view.version + 1):
        more = ENTERED if outcome == "entered" else {}
        submission.record_outcome(db, people.prosecutor, case.id, step, {"result": outcome, **more})
    sealed_texts.seal_text(db, people.prosecutor, case.id, "DOB 3/4/1991", "The court asked.", place="a note")
    asked = {"profile": "public-record", "recipient": "A citizen", "basis": "public-information", "authority": "By law"}
    request = releases.checked_request(asked)
    releases.record_release(db, people.prosecutor, case.id, request, document_sha256="a" * 64, lines=["RELEASEDLINE"])
    return cases.open_case(db, people.prosecutor, case.id)


def dispose(db: Database, people: People, case_id: str) -> retention.CertificateView:
    retention.request_disposal(db, people.prosecutor, case_id, "The period has ended.", retention=AT_ONCE)
    return retention.approve_disposal(db, people.supervisor, case_id, retention=AT_ONCE)


def count(db: Database, table: Any, case_id: str) -> int:
    with db.read() as session:
        return len(session.execute(table.select().where(table.c.case_id == case_id)).all())


def test_a_disposal_empties_the_record_keeps_the_account_of_it_and_verifies(
    db: Database, people: People, closed: CaseView
) -> None:
    before = {t.name: count(db, t, closed.id) for t in disposable_tables()}
    assert {"decision_entry", "case_version", "review_step", "factor_entry", "sealed_text", "release_copy"} <= {
        name for name, rows in before.items() if rows
    }
    sealed = verify_chain(db)
    assert (sealed.ok, sealed.disposed) == (True, 0)
    made = dispose(db, people, closed.id)
    assert {name: count(db, Table.metadata.tables[name], closed.id) for name in before} == dict.fromkeys(before, 0)
    assert made.contents == {name: rows for name, rows in before.items() if rows}
    assert (made.cause_number, made.requested_by_name, made.approved_by_name) == (
        "CR-2026-0412", "Prosecutor", "Supervisor",
    )  # fmt: skip
    after = verify_chain(db)
    assert after.faults == ()
    assert after.disposed == sum(
        before[n] for n in ("decision_entry", "case_version", "review_step", "sealed_text", "release_copy")
    )
    # what left the office, and that it was disposed of, is still known
    assert len(releases.ledger(db, people.auditor, case_id=closed.id)) == 1
    assert retention.certificates(db, people.auditor) == (made,)
    actions = {e.action for e in trail.list_events(db, people.supervisor, case_id=closed.id, limit=500)}
    assert {"case.create", "case.decide", "case.submit", "disposal.request", "disposal.approve"} <= actions
    for told in (cases.open_case, retention.request_disposal):
        with pytest.raises(Invalid, match="was disposed of on"):
            told(db, people.prosecutor, closed.id, *(["Again."] if told is not cases.open_case else []))
    with pytest.raises(Invalid, match="was disposed of on"):
        cases.update_document(db, people.prosecutor, closed.id, closed.document_version, DOCUMENT)
    assert closed.id not in [row.id for row in cases.list_cases(db, people.prosecutor).rows]


@pytest.mark.parametrize("kind", ["sqlite"])
def test_no_byte_of_the_record_is_left_in_the_file(db: Database, people: People, closed: CaseView) -> None:
    """Not even encrypted: what was deleted is overwritten."""
    with db.read() as session:
        stored = [
            str(value).encode()
            for query in ("SELECT lines FROM release_copy", "SELECT content FROM sealed_text", "SELECT rationale FROM "
                          "decision_entry", "SELECT content FROM factor_entry", "SELECT document FROM case_file")
            for (value,) in session.execute(text(query))
        ]  # fmt: skip
    file = Path(str(db.engine.url.database))
    db.close()  # the last connection brings the log into the file
    before = file.read_bytes()
    there = [value[-200:] for value in stored if value[-200:] in before]
    assert len(there) >= 5
    dispose(db, people, closed.id)
    db.close()
    assert [value for value in there if value in file.read_bytes()] == []


def test_nothing_is_disposed_of_while_a_hold_stands(db: Database, people: People, closed: CaseView) -> None:
    retention.request_disposal(db, people.prosecutor, closed.id, "The period has ended.", retention=AT_ONCE)
    first = retention.place_hold(db, people.supervisor, closed.id, "Request for records.", "Attorney general, letter")
    second = retention.place_hold(db, people.prosecutor, closed.id, "Appeal.", "Court")
    for number in (first, second):
        with pytest.raises(Invalid, match="legal hold stands"):
            retention.approve_disposal(db, people.supervisor, closed.id, retention=AT_ONCE)
        retention.lift_hold(db, people.prosecutor, closed.id, number, "It has ended.")
    with pytest.raises(Invalid, match="no legal hold number"):
        retention.lift_hold(db, people.prosecutor, closed.id, first, "Again.")
    kept = retention.keeping(db, people.auditor, closed.id)
    assert not kept.held
    assert [h.lifted_reason for h in kept.holds] == ["It has ended.", "It has ended."]
    retention.approve_disposal(db, people.supervisor, closed.id, retention=AT_ONCE)


def test_whoever_asks_does_not_approve_and_who_may_not_does_neither(
    db: Database, people: People, closed: CaseView
) -> None:
    with pytest.raises(Invalid, match="Nobody asked"):
        retention.approve_disposal(db, people.supervisor, closed.id, retention=AT_ONCE)
    for who in (people.other_prosecutor, people.paralegal, people.auditor, people.administrator):
        with pytest.raises(NotAllowed):
            retention.request_disposal(db, who, closed.id, "Because.", retention=AT_ONCE)
        with pytest.raises(NotAllowed):
            retention.place_hold(db, who, closed.id, "Because.", "Me")
    retention.request_disposal(db, people.supervisor, closed.id, "The period has ended.", retention=AT_ONCE)
    with pytest.raises(Invalid, match="asked for already"):
        retention.request_disposal(db, people.prosecutor, closed.id, "Again.", retention=AT_ONCE)
    for who in (people.supervisor, people.prosecutor, people.auditor):
        with pytest.raises(NotAllowed):
            retention.approve_disposal(db, who, closed.id, retention=AT_ONCE)
    retention.approve_disposal(db, people.other_supervisor, closed.id, retention=AT_ONCE)


def test_a_record_is_kept_until_its_day(db: Database, people: People, closed: CaseView, case: CaseView) -> None:
    with pytest.raises(Invalid, match=r"is kept until \d{4}-\d\d-\d\d"):
        retention.request_disposal(db, people.prosecutor, closed.id, "Too early.")
    kept = retention.keeping(db, people.prosecutor, closed.id)
    assert kept.retention_class is not None
    assert kept.until is not None
    assert kept.until > date.today() + timedelta(days=365 * 9)


def test_an_open_case_has_no_period(db: Database, people: People, rules: Rules, fill: Any, case: CaseView) -> None:
    ready = fill(case.id)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    with pytest.raises(Invalid, match="not closed"):
        retention.request_disposal(db, people.prosecutor, case.id, "Away with it.")


def test_reasons_are_needed_and_hold_no_sensitive_words(db: Database, people: People, case: CaseView) -> None:
    for reason in ("", "x" * 501):
        with pytest.raises(Invalid, match="Say in up to"):
            retention.place_hold(db, people.prosecutor, case.id, reason, "Court")
    with pytest.raises(Sensitive):
        retention.place_hold(db, people.prosecutor, case.id, "About his DOB 03/04/1991", "Court")


def test_a_row_that_no_certificate_names_does_not_go(db: Database, people: People, closed: CaseView) -> None:
    dispose(db, people, disposed := closed.id)
    assert disposed
    again = cases.create_case(db, people.prosecutor, DOCUMENT)
    sealed_texts.seal_text(db, people.prosecutor, again.id, "DOB 3/4/1991", "The court asked.", place="a note")
    for table in ("sealed_text", "disposed_row", "disposal_certificate", "release_entry"):
        with pytest.raises(DBAPIError, match="sealed"), db.write() as session:
            session.execute(text(f"DELETE FROM {table}"))


def test_a_forged_entry_of_a_certificate_is_found(db: Database, people: People, closed: CaseView) -> None:
    """SQL through the program's connection can name a row and delete it; the trail knows nothing of that name."""
    dispose(db, people, closed.id)
    again = cases.create_case(db, people.prosecutor, DOCUMENT)
    sealed_texts.seal_text(db, people.prosecutor, again.id, "DOB 3/4/1991", "The court asked.", place="a note")
    assert verify_chain(db).ok
    with db.write() as session:
        session.execute(
            text(
                "INSERT INTO disposed_row (id, sha256, certificate_id, table_name, row_id, row_sha256) "
                "SELECT :id, 'x', (SELECT id FROM disposal_certificate), 'sealed_text', id, sha256 FROM sealed_text"
            ),
            {"id": new_id()},
        )
        session.execute(text("DELETE FROM sealed_text"))
    found = verify_chain(db)
    assert not found.ok
    assert any("disposed_row" in str(fault) for fault in found.faults)


def test_every_table_of_a_case_is_disposed_of_or_kept_by_name() -> None:
    of_case = {name for name, table in Table.metadata.tables.items() if "case_id" in table.columns}
    assert {t.name for t in disposable_tables()} | KEPT == of_case
    assert of_case >= KEPT


def test_the_classes_are_data_and_say_what_is_not_verified(tmp_path: Any) -> None:
    found = load_retention()
    assert found.unverified
    assert all(a in load_law().authorities for a in found.authorities)
    example = found.class_of("draft", example=True)
    assert example is not None
    assert example.years == 0
    assert found.class_of("submitted", example=False) is None
    leap = RetentionClass(id="x", name="x", years=1, closed=frozenset({"draft"}))
    assert leap.until(date(2028, 2, 29)) == date(2029, 3, 1)
    assert isinstance(found, Retention)
    folder = tmp_path / "helena" / "retention"
    folder.mkdir(parents=True)
    with pytest.raises(RetentionDataError, match="no edition"):
        load_retention(folder=tmp_path)
    (folder / "x.toml").write_text("id = 1", "utf-8")
    with pytest.raises(RetentionDataError, match=r"x\.toml"):
        load_retention(folder=tmp_path)


def test_a_factor_of_a_disposed_case_cannot_be_written(db: Database, people: People, rules: Rules) -> None:
    gone = disposed_example(db, people)
    with pytest.raises(Invalid, match="was disposed of"):
        record.save_factor(db, people.prosecutor, gone, 0, {"factor": "harm", "state": "considered"}, rules=rules)
