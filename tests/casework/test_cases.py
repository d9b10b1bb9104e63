"""Cases are stored as they are made, found again, and changed by nobody unseen."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from plea_aid.casework import cases, examples, trail
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import AuditEvent, CaseFile
from plea_aid.casework.views import CaseView

from .conftest import DOCUMENT, People


def changed(**parts: Any) -> dict[str, Any]:
    return copy.deepcopy(DOCUMENT) | parts


def test_a_case_comes_back_as_it_was_stored(db: Database, people: People, case: CaseView) -> None:
    again = cases.open_case(db, people.prosecutor, case.id)
    assert again == case
    assert again.document["count"] == [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}]
    assert (again.stage, again.version, again.document_version) == ("draft", 1, 1)
    assert again.created_at.utcoffset() == datetime.now(UTC).utcoffset()
    assert again.owner_name == "Prosecutor"


def test_a_case_may_begin_with_its_cause_number_alone(db: Database, people: People) -> None:
    begun = cases.create_case(db, people.prosecutor, {"cause_number": "TK-2026-7"})
    assert begun.document == {"cause_number": "TK-2026-7"}
    version = cases.update_document(db, people.prosecutor, begun.id, 1, DOCUMENT)
    assert version == 2
    assert cases.open_case(db, people.prosecutor, begun.id).cause_number == "CR-2026-0412"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"cause_number": "X", "birth_date": "1990-01-01"}, "birth_date"),
        (changed(status="lpr"), "status"),
        (changed(option=[{"name": "A", "count": [{"number": 9}]}]), "there is no count 9"),
        (changed(cause_number="a\x00b"), "not text"),
        (changed(cause_number="a\ud800b"), "not text"),
        (changed(option=[{"name": "\udfff", "count": []}]), "not text"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_in_one_sentence(
    db: Database, people: People, document: dict[str, Any], says: str
) -> None:
    with pytest.raises(Invalid, match=says) as caught:
        cases.create_case(db, people.prosecutor, document)
    assert "\n" not in str(caught.value)
    assert cases.list_cases(db, people.prosecutor).rows == ()


def test_the_same_document_again_changes_nothing(db: Database, people: People, case: CaseView) -> None:
    before = count_events(db)
    assert cases.update_document(db, people.prosecutor, case.id, 1, case.document) == 1
    assert count_events(db) == before


def test_whoever_saves_second_gets_both_sides(db: Database, people: People, case: CaseView) -> None:
    theirs = changed(plea_date="2026-05-02")
    cases.update_document(db, people.paralegal, case.id, 1, theirs)
    mine = changed(plea_date="2026-06-02")
    with pytest.raises(Conflict, match=r"Paralegal changed the charges or options on .* nothing was lost") as caught:
        cases.update_document(db, people.prosecutor, case.id, 1, mine)
    conflict = caught.value
    assert (conflict.expected, conflict.found) == (1, 2)
    assert conflict.mine["plea_date"] == "2026-06-02"
    assert conflict.theirs["plea_date"] == "2026-05-02"
    assert cases.open_case(db, people.prosecutor, case.id).document["plea_date"] == "2026-05-02"
    with pytest.raises(Conflict, match="You, in another window, changed"):
        cases.update_document(db, people.paralegal, case.id, 1, mine)


@pytest.mark.parametrize("case_id", ["", "no", "0" * 32, "a\x00b", "' OR 1=1 --", "\ud800", "x" * 10_000])
def test_what_is_no_case_is_not_found(db: Database, people: People, case_id: str) -> None:
    with pytest.raises(NotFound):
        cases.open_case(db, people.prosecutor, case_id)
    with pytest.raises(NotFound):
        cases.update_document(db, people.prosecutor, case_id, 1, DOCUMENT)


def test_listing_pages_through_every_case_once(db: Database, people: People) -> None:
    made = [cases.create_case(db, people.prosecutor, {"cause_number": f"CR-{i}"}).id for i in range(7)]
    seen: list[str] = []
    after = None
    while True:
        page = cases.list_cases(db, people.supervisor, limit=3, after=after)
        seen += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == made[::-1]


def test_cases_are_found_by_owner_stage_and_cause_number(db: Database, people: People, case: CaseView) -> None:
    other = cases.create_case(db, people.other_prosecutor, {"cause_number": "DC 2025/00077 a"})

    def found(**by: Any) -> list[str]:
        return [row.id for row in cases.list_cases(db, people.auditor, **by).rows]

    assert found(owner_id=people.prosecutor.user_id) == [case.id]
    assert found(stage="draft") == [other.id, case.id]
    assert found(stage="entered") == []
    assert found(text="cr 2026 04") == [case.id]
    assert found(text="412") == [case.id]
    assert found(text="77") == [other.id]
    assert found(text="dc2025") == [other.id]
    assert found(text="2026") == []
    assert found(text="%") == []
    assert found(text="CR-2026-0412'; DROP TABLE case_file; --") == []
    assert found(owner_id="x\x00") == []
    with pytest.raises(Invalid, match="not a stage"):
        found(stage="lost")
    with pytest.raises(Invalid, match="place in the list"):
        found(after="nonsense")


def test_the_queue_puts_the_earliest_hearing_first(db: Database, people: People) -> None:
    ids = [cases.create_case(db, people.prosecutor, {"cause_number": f"Q-{i}"}).id for i in range(3)]
    hearings = [None, date(2026, 12, 24), date(2026, 12, 1)]
    with db.write() as session:
        for case_id, hearing in zip(ids, hearings, strict=True):
            row = session.get(CaseFile, case_id)
            assert row is not None
            row.stage, row.hearing_date, row.submitted_at = "submitted", hearing, datetime.now(UTC)
    assert [row.id for row in cases.review_queue(db, people.supervisor)] == [ids[2], ids[1], ids[0]]


def test_a_case_is_handed_over_to_an_attorney_only(db: Database, people: People, case: CaseView) -> None:
    with pytest.raises(Invalid, match="prosecutor or a supervisor"):
        cases.hand_over(db, people.prosecutor, case.id, 1, people.auditor.user_id)
    assert cases.hand_over(db, people.prosecutor, case.id, 1, people.other_prosecutor.user_id) == 2
    with pytest.raises(NotAllowed, match="Only the attorney who has this case"):
        cases.update_document(db, people.prosecutor, case.id, 1, changed(plea_date="2026-05-02"))


def test_a_paralegal_creates_a_case_for_an_attorney(db: Database, people: People) -> None:
    with pytest.raises(Invalid, match="prosecutor or a supervisor"):
        cases.create_case(db, people.paralegal, DOCUMENT)
    made = cases.create_case(db, people.paralegal, DOCUMENT, owner_id=people.prosecutor.user_id)
    assert made.owner_id == people.prosecutor.user_id


def test_a_hearing_date_is_kept(db: Database, people: People, case: CaseView) -> None:
    assert cases.set_hearing_date(db, people.prosecutor, case.id, 1, date(2026, 12, 1)) == 2
    assert cases.open_case(db, people.auditor, case.id).hearing_date == date(2026, 12, 1)
    with pytest.raises(Conflict):
        cases.set_hearing_date(db, people.prosecutor, case.id, 1, None)


def test_opening_is_recorded_once_a_sign_in_and_denials_always(db: Database, people: People, case: CaseView) -> None:
    for _ in range(3):
        cases.open_case(db, people.auditor, case.id)
    for _ in range(2):
        with pytest.raises(NotAllowed, match="An administrator may not open cases"):
            cases.open_case(db, people.administrator, case.id)
    events = trail.list_events(db, people.auditor, case_id=case.id)
    reads = [(one.actor_name, one.outcome, one.terminal) for one in events if one.action == "case.read"]
    assert reads == [("administrator", "denied", "desk 1")] * 2 + [("auditor", "done", "desk 1")]


def test_an_export_is_recorded(db: Database, people: People, case: CaseView) -> None:
    cases.record_export(db, people.prosecutor, case.id, "case note", "ab" * 32)
    newest = trail.list_events(db, people.auditor, case_id=case.id)[0]
    assert (newest.action, newest.detail["what"]) == ("case.export", "case note")
    with pytest.raises(NotAllowed):
        cases.record_export(db, people.auditor, case.id, "case note", "ab" * 32)


def test_examples_are_loaded_once_for_each_person(db: Database, people: People, tmp_path: Any) -> None:
    (tmp_path / "one.toml").write_text('cause_number = "EX-1"\n[[count]]\nnumber = 1\noffense = "MCA 45-6-301"\n')
    (tmp_path / "two.toml").write_text('cause_number = "EX-2"\noffense_date = 2026-01-02\n')
    first = examples.load_examples(db, people.prosecutor, tmp_path)
    assert examples.load_examples(db, people.prosecutor, tmp_path) == first
    mine = cases.list_cases(db, people.prosecutor).rows
    assert {row.id for row in mine} == set(first)
    assert all(row.example for row in mine)
    assert set(examples.load_examples(db, people.other_prosecutor, tmp_path)).isdisjoint(first)
    with pytest.raises(NotFound, match="no example cases"):
        examples.load_examples(db, people.prosecutor, tmp_path / "none")


def test_naive_moments_are_refused(db: Database, people: People, case: CaseView) -> None:
    with pytest.raises(Exception, match="timezone"), db.write() as session:  # noqa: PT012
        row = session.get(CaseFile, case.id)
        assert row is not None
        row.updated_at = datetime(2026, 1, 1)
        session.flush()


def test_a_database_that_went_away_is_one_sentence(kind: str, db: Database, people: People, case: CaseView) -> None:
    if kind == "sqlite":
        with db.engine.connect() as blocker:  # takes the write lock
            blocker.exec_driver_sql("SELECT 1")
            impatient = Database(f"sqlite:///{db.engine.url.database}")
            with impatient.engine.connect().execution_options(plea_aid_read=True) as connection:
                connection.connection.cursor().execute("PRAGMA busy_timeout=50")
            with pytest.raises(Unavailable, match="nothing was changed"):
                cases.update_document(impatient, people.prosecutor, case.id, 1, changed(plea_date="2026-05-02"))
            impatient.close()
    else:
        gone = Database("postgresql://app@127.0.0.1:1/none")
        with pytest.raises(Unavailable, match="nothing was changed"):
            cases.update_document(gone, people.prosecutor, case.id, 1, changed(plea_date="2026-05-02"))
    assert cases.open_case(db, people.prosecutor, case.id).document_version == 1


def count_events(db: Database) -> int:
    with db.read() as session:
        return session.execute(select(func.count()).select_from(AuditEvent)).scalar_one()


def test_rules_are_used_where_given(db: Database, people: People, rules: Rules) -> None:
    made = cases.create_case(db, people.prosecutor, DOCUMENT, rules=rules)
    with db.read() as session:
        stored = session.execute(select(col(CaseFile.document)).where(col(CaseFile.id) == made.id)).scalar_one()
    assert '"cause_number":"CR-2026-0412"' in stored
