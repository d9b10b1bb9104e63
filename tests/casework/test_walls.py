"""Ethical walls: to a colleague it is closed to, a case is not there; somebody can always open it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from plea_aid.casework import accounts, cases, examples, record, submission, trail, walls
from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotAllowed, NotFound
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import AuditEvent, CaseFile, CaseVersion, FactorRow
from plea_aid.casework.views import CaseView
from plea_aid.casework.work import reading

from .conftest import DOCUMENT, People

WHY = "Represented the defendant before joining the office."


def close(db: Database, by: Actor, case_id: str, to: Actor) -> None:
    walls.close_to(db, by, case_id, to.user_id, WHY)


def test_a_closed_case_is_in_no_list_and_opens_for_others_as_before(
    db: Database, people: People, case: CaseView
) -> None:
    other = cases.create_case(db, people.prosecutor, {**DOCUMENT, "cause_number": "CR-2026-0500"})
    close(db, people.supervisor, case.id, people.other_prosecutor)
    assert [row.id for row in cases.list_cases(db, people.other_prosecutor).rows] == [other.id]
    assert cases.list_cases(db, people.other_prosecutor, text="CR-2026-0412").rows == ()
    assert len(cases.list_cases(db, people.prosecutor).rows) == 2
    assert cases.open_case(db, people.prosecutor, case.id).closed_to == {people.other_prosecutor.user_id}
    assert cases.open_case(db, people.other_prosecutor, other.id).id == other.id


def test_a_closed_case_and_no_case_read_the_same_and_the_trail_tells_them_apart(
    db: Database, people: People, case: CaseView
) -> None:
    close(db, people.prosecutor, case.id, people.other_supervisor)
    for case_id in (case.id, "0" * 32, "junk"):
        with pytest.raises(NotFound, match=r"^There is no such case\.$"):
            cases.open_case(db, people.other_supervisor, case_id)
    tried = [one for one in trail.list_events(db, people.supervisor) if one.outcome == "denied"]
    assert [(one.resource_id, one.detail["because"]) for one in tried] == [
        ("", "There is no such case."),
        ("0" * 32, "There is no such case."),
        (case.id, "The case is closed to this person."),
    ]
    assert {one.actor_id for one in tried} == {people.other_supervisor.user_id}


def test_nothing_that_belongs_to_a_closed_case_is_found_by_any_query(
    db: Database, people: People, case: CaseView, rules: Rules, fill: Callable[..., CaseView]
) -> None:
    submission.submit(db, people.prosecutor, case.id, fill(case.id).version, rules=rules)
    close(db, people.prosecutor, case.id, people.other_supervisor)
    everything = (
        select(CaseFile),
        select(col(CaseFile.id)),
        select(func.count()).select_from(CaseFile),
        select(func.count(col(CaseFile.id))),
        select(col(CaseVersion.content)),
        select(FactorRow).join(CaseFile, col(CaseFile.id) == col(FactorRow.case_id)),
        select(func.count()).select_from(select(col(CaseFile.id)).subquery()),
        select(CaseFile).where(col(CaseFile.id).in_(select(col(FactorRow.case_id)))),
        select(AuditEvent).where(col(AuditEvent.resource_id) == case.id),
    )
    for query in everything:
        with reading(db, people.prosecutor) as work:
            assert work.session.execute(query).first() not in (None, (0,)), query
        with reading(db, people.other_supervisor) as work:
            assert work.session.execute(query).first() in (None, (0,)), query
            assert work.session.get(CaseFile, case.id) is None
    with reading(db, people.other_supervisor) as work:
        outer = (
            select(func.count())
            .select_from(AuditEvent)
            .where(col(AuditEvent.resource_id).in_(select(col(CaseFile.id))))
        )
        assert work.session.execute(outer).scalar_one() == 0
    assert cases.review_queue(db, people.other_supervisor) == []
    assert case.id not in {one.resource_id for one in trail.list_events(db, people.other_supervisor)}
    assert trail.list_events(db, people.other_supervisor, case_id=case.id) == []


def test_nothing_of_a_closed_case_is_changed_by_a_query_either(db: Database, people: People, case: CaseView) -> None:
    from plea_aid.casework.work import changing

    close(db, people.prosecutor, case.id, people.other_supervisor)
    with changing(db, people.other_supervisor) as work:
        work.session.execute(update(CaseFile).values(hearing_date=date(2030, 1, 1)))
    assert cases.open_case(db, people.prosecutor, case.id).hearing_date == case.hearing_date


def test_closing_needs_a_reason_a_colleague_and_someone_who_may(db: Database, people: People, case: CaseView) -> None:
    victim = people.paralegal.user_id
    for reason in ("", "  ", "x" * 1001, "\x00"):
        with pytest.raises(Invalid):
            walls.close_to(db, people.prosecutor, case.id, victim, reason)
    with pytest.raises(NotFound, match="no such account"):
        walls.close_to(db, people.prosecutor, case.id, "nobody", WHY)
    with pytest.raises(Invalid, match="hand it over first"):
        walls.close_to(db, people.supervisor, case.id, people.prosecutor.user_id, WHY)
    for actor in (people.other_prosecutor, people.paralegal, people.auditor, people.administrator):
        with pytest.raises(NotAllowed):
            walls.close_to(db, actor, case.id, victim, WHY)
    close(db, people.prosecutor, case.id, people.paralegal)
    with pytest.raises(Invalid, match="closed to Paralegal already"):
        close(db, people.prosecutor, case.id, people.paralegal)


def test_walls_are_listed_with_their_reasons_and_opened_again(db: Database, people: People, case: CaseView) -> None:
    close(db, people.supervisor, case.id, people.paralegal)
    (wall,) = walls.list_walls(db, people.auditor, case.id)
    assert (wall.name, wall.reason, wall.raised_by_name, wall.stands) == ("Paralegal", WHY, "Supervisor", True)
    with pytest.raises(NotAllowed):
        walls.list_walls(db, people.other_prosecutor, case.id)
    with pytest.raises(NotFound):
        walls.list_walls(db, people.supervisor, "0" * 32)
    with pytest.raises(Invalid):
        walls.open_again(db, people.prosecutor, case.id, wall.id, "")
    walls.open_again(db, people.prosecutor, case.id, wall.id, "The conflict was waived.")
    with pytest.raises(NotFound, match="opened in between"):
        walls.open_again(db, people.prosecutor, case.id, wall.id, "Again.")
    assert cases.open_case(db, people.paralegal, case.id).id == case.id
    (wall,) = walls.list_walls(db, people.prosecutor, case.id)
    assert (wall.stands, wall.lifted_by_name, wall.lifted_reason) == (False, "Prosecutor", "The conflict was waived.")
    close(db, people.supervisor, case.id, people.paralegal)
    assert [one.stands for one in walls.list_walls(db, people.prosecutor, case.id)] == [True, False]
    events = trail.list_events(db, people.supervisor, case_id=case.id)
    assert sum(one.action == "wall.change" for one in events) == 3
    assert verify_chain(db).ok


def test_whoever_has_a_closed_case_is_not_someone_it_is_closed_to(db: Database, people: People, case: CaseView) -> None:
    close(db, people.prosecutor, case.id, people.other_prosecutor)
    names = {one.id for one in walls.list_colleagues(db, people.prosecutor, case.id)}
    assert people.paralegal.user_id in names
    assert not names & {people.prosecutor.user_id, people.other_prosecutor.user_id}
    version = cases.open_case(db, people.prosecutor, case.id).version
    with pytest.raises(Invalid, match="closed to Other Prosecutor"):
        cases.hand_over(db, people.prosecutor, case.id, version, people.other_prosecutor.user_id)
    with pytest.raises(NotFound, match="no such case"):
        cases.hand_over(db, people.other_prosecutor, case.id, version, people.other_prosecutor.user_id)


def test_somebody_always_remains_who_can_open_a_closed_case(db: Database, people: People, case: CaseView) -> None:
    close(db, people.prosecutor, case.id, people.supervisor)
    close(db, people.prosecutor, case.id, people.other_supervisor)
    admin = people.administrator
    for change in ({"active": False}, {"role": "paralegal"}):
        with pytest.raises(Invalid, match="the last that could open it"):
            accounts.change_user(db, admin, people.prosecutor.user_id, **change)  # type: ignore[arg-type]
    accounts.change_user(db, admin, people.prosecutor.user_id, display_name="Still Here")
    accounts.issue_code(db, admin, people.prosecutor.user_id)  # the way to shut someone out at once stays open
    third, _ = accounts.add_user(db, admin, {"user_name": "third", "display_name": "Third", "role": "supervisor"})
    accounts.change_user(db, admin, people.prosecutor.user_id, active=False)
    with pytest.raises(Invalid, match="the last that could open it"):
        accounts.change_user(db, admin, third.id, active=False)
    with pytest.raises(Invalid, match="nobody would remain"):
        walls.close_to(db, Actor(third.id, "third", "Third", "supervisor"), case.id, third.id, WHY)
    accounts.change_user(db, admin, people.prosecutor.user_id, active=True)
    walls.close_to(db, Actor(third.id, "third", "Third", "supervisor"), case.id, third.id, WHY)
    (wall, *_) = walls.list_walls(db, people.prosecutor, case.id)
    walls.open_again(db, people.prosecutor, case.id, wall.id, "Raised in error.")


def test_examples_that_were_handed_on_and_closed_are_neither_made_twice_nor_told(
    db: Database, people: People, tmp_path: object
) -> None:
    mine = examples.load_examples(db, people.prosecutor)
    version = cases.open_case(db, people.prosecutor, mine[0]).version
    cases.hand_over(db, people.prosecutor, mine[0], version, people.other_prosecutor.user_id)
    close(db, people.other_prosecutor, mine[0], people.prosecutor)
    assert examples.load_examples(db, people.prosecutor) == mine[1:]


def test_saving_on_a_closed_case_is_refused_as_no_case(
    db: Database, people: People, case: CaseView, rules: Rules
) -> None:
    close(db, people.prosecutor, case.id, people.paralegal)
    gate = {"gate": "advisement", "reminded": True}
    with pytest.raises(NotFound, match="no such case"):
        record.save_gate(db, people.paralegal, case.id, 0, gate, rules=rules)
    with pytest.raises(NotFound, match="no such case"):
        cases.update_document(db, people.paralegal, case.id, 1, DOCUMENT, rules=rules)
