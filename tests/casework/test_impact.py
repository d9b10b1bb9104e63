"""A planted change of the law lists exactly the analyses it changes, for their owners and by command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from plea_aid.analysis.assess import assess
from plea_aid.analysis.casefile import validate_case
from plea_aid.casework import cases, impact, impact_list, submission
from plea_aid.casework.accounts import server_actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import NotAllowed, NotFound
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import AuditEvent, LawEdition, StoredAnalysis
from plea_aid.casework.views import CaseView
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law, read_law
from plea_aid.settings import data_dir

TODAY = date(2026, 11, 22)
SHOPLIFTING: dict[str, Any] = {
    "cause_number": "CR-2026-0500",
    "count": [{"number": 1, "offense": "MCA 45-6-301(1)"}],
    "option": [{"name": "As charged", "count": [{"number": 1, "jail_days": 10}]}],
}


def edition(folder: Path, path: str, before: str, after: str) -> Law:
    """The shipped law with one passage of one file changed."""
    shutil.copytree(data_dir(), folder, ignore=shutil.ignore_patterns("evaluation", "examples"))
    file = folder / path
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return read_law(folder)


@pytest.fixture(scope="module")
def narrower(tmp_path_factory: pytest.TempPathFactory) -> Law:
    """A law in which 'bodily injury' no longer covers mental impairment: assaults become crimes of violence."""
    folder = tmp_path_factory.mktemp("narrower") / "data"
    return edition(folder, "montana/terms.toml", ', "mental-impairment"', "")


@pytest.fixture
def rules(rules: Rules) -> Rules:
    """The rules of the casework tests, with the law and the analysis of this installation."""
    law = load_law()
    return replace(
        rules,
        law_version=law.version,
        analyse=lambda d: assess(validate_case(d), law, today=TODAY).as_json(),
    )


@pytest.fixture
def submitted(db: Database, people: Any, case: CaseView, fill: Callable[..., CaseView], rules: Rules) -> CaseView:
    """The assault, submitted; its law kept as at the start of the program."""
    impact.check_at_start(db, server_actor(), load_law())
    view = fill(case.id)
    submission.submit(db, people.prosecutor, view.id, view.version, rules=rules)
    return cases.open_case(db, people.prosecutor, view.id)


def found(db: Database, law: Law, **said: Any) -> dict[tuple[str, int], impact.Affected]:
    affected: list[impact.Affected] = []
    impact.check(db, server_actor(), law, today=TODAY, each=affected.append, **said)
    return {(one.case_id, one.version_number): one for one in affected}


def test_exactly_the_affected_analyses_are_listed(
    db: Database, people: Any, submitted: CaseView, narrower: Law, rules: Rules
) -> None:
    theft = cases.create_case(db, people.prosecutor, SHOPLIFTING)
    draft = cases.create_case(db, people.other_prosecutor, {**submitted.document, "cause_number": "CR-2"})
    cases.create_case(db, people.prosecutor, {"cause_number": "CR-2026-0001"})
    affected = found(db, narrower)
    assert set(affected) == {(submitted.id, 1), (draft.id, 0)}
    before = assess(validate_case(submitted.document), load_law(), today=TODAY)
    after = assess(validate_case(submitted.document), narrower, today=TODAY)
    for change in affected[submitted.id, 1].changes:
        for posture in change.postures:
            for level, analysis in ((change.before, before), (change.after, after)):
                findings = analysis.options[change.option].findings
                shown = [f.level for f in findings if f.ground == change.ground and posture in f.postures]
                assert (shown or ["none"]) == [level]
    assert {c.ground for c in affected[draft.id, 0].changes} == {c.ground for c in affected[submitted.id, 1].changes}
    assert "dep-dv" in {c.ground for c in affected[submitted.id, 1].changes}
    assert theft.id not in {one for one, _ in affected}


def test_the_start_checks_once_for_each_law(db: Database, submitted: CaseView, narrower: Law) -> None:
    server = server_actor()
    assert impact.check_at_start(db, server, load_law()) is None
    checked = impact.check_at_start(db, server, narrower)
    assert checked is not None
    assert (checked.tally.analyses, checked.tally.affected) == (1, 1)
    assert impact.check_at_start(db, server, narrower) is None
    assert impact.check_at_start(db, server, load_law()) is not None, "going back is a change too"
    assert impact_list.waiting(db, actor_of(db, submitted)).mine == 0, "and then nothing comes out differently"


def actor_of(db: Database, view: CaseView) -> Any:
    from plea_aid.casework.actors import Actor

    return Actor(view.owner_id, "prosecutor", "Prosecutor", "prosecutor")


def test_owners_see_theirs_and_supervisors_see_all(
    db: Database, people: Any, submitted: CaseView, narrower: Law
) -> None:
    impact.check(db, server_actor(), narrower, today=TODAY)
    assert impact_list.waiting(db, people.prosecutor) == impact_list.Waiting(1, None)
    assert impact_list.waiting(db, people.other_prosecutor) == impact_list.Waiting(0, None)
    assert impact_list.waiting(db, people.supervisor) == impact_list.Waiting(0, 1)
    row = impact_list.list_impacts(db, people.prosecutor).rows[0]
    assert (row.cause_number, row.version_number, row.stands) == ("CR-2026-0412", 1, True)
    assert (row.law_before, row.law_after) == (load_law().version, narrower.version)
    assert row.option(row.changes[0]) in ("The charge alone", "As charged", "364 days", "Amended")
    assert impact_list.list_impacts(db, people.other_prosecutor).total == 0
    assert impact_list.list_impacts(db, people.auditor, everyone=True).total == 1
    for person in (people.prosecutor, people.paralegal):
        with pytest.raises(NotAllowed):
            impact_list.list_impacts(db, person, everyone=True)
    with pytest.raises(NotAllowed):
        impact_list.list_impacts(db, people.administrator)


def test_what_was_looked_at_stays_so_until_it_changes(
    db: Database, people: Any, submitted: CaseView, narrower: Law
) -> None:
    impact.check(db, server_actor(), narrower, today=TODAY)
    for person in (people.supervisor, people.other_prosecutor, people.paralegal):
        with pytest.raises(NotAllowed):
            impact_list.acknowledge(db, person, submitted.id, 1)
    with pytest.raises(NotFound):
        impact_list.acknowledge(db, people.prosecutor, submitted.id, 7)
    impact_list.acknowledge(db, people.prosecutor, submitted.id, 1)
    assert impact_list.waiting(db, people.prosecutor).mine == 0
    impact.check(db, server_actor(), narrower, today=TODAY)
    assert impact_list.waiting(db, people.prosecutor).mine == 0
    assert impact_list.list_impacts(db, people.prosecutor).rows[0].acknowledged_by == "Prosecutor"


def test_an_earlier_version_and_an_open_draft_are_told_apart(
    db: Database, people: Any, submitted: CaseView, narrower: Law
) -> None:
    submission.return_(db, people.supervisor, submitted.id, submitted.version, "Say more.")
    assert set(found(db, narrower)) == {(submitted.id, 0), (submitted.id, 1)}
    assert {(r.version_number, r.stands) for r in impact_list.list_impacts(db, people.prosecutor).rows} == {
        (0, True),
        (1, False),
    }
    assert impact_list.waiting(db, people.prosecutor).mine == 1


def test_a_draft_saved_after_the_change_is_no_longer_affected(
    db: Database, people: Any, case: CaseView, narrower: Law
) -> None:
    server = server_actor()
    impact.check_at_start(db, server, load_law())
    impact.check_at_start(db, server, narrower)
    assert impact_list.waiting(db, people.prosecutor).mine == 1
    document = {**case.document, "plea_date": "2026-12-01"}
    cases.update_document(db, people.prosecutor, case.id, case.document_version, document)
    assert found(db, narrower) == {}


def test_a_check_by_command_does_not_take_the_place_of_the_one_at_the_start(
    db: Database, submitted: CaseView, narrower: Law
) -> None:
    assert len(found(db, narrower)) == 1
    checked = impact.check_at_start(db, server_actor(), narrower)
    assert checked is not None
    assert checked.tally.affected == 1


def test_what_if_stores_nothing(db: Database, people: Any, submitted: CaseView, narrower: Law) -> None:
    tally = impact.Tally()
    affected = list(impact.what_if(db, server_actor(), load_law(), narrower, tally, today=TODAY))
    assert [(one.case_id, one.version_number) for one in affected] == [(submitted.id, 1)]
    assert (tally.analyses, tally.rerun, tally.affected) == (1, 1, 1)
    assert impact_list.list_impacts(db, people.prosecutor).total == 0
    assert json.loads(json.dumps(affected[0].as_json()))["law_before"] == load_law().version


def test_a_version_whose_law_is_not_kept_is_compared_with_what_it_froze(
    db: Database, people: Any, submitted: CaseView, narrower: Law
) -> None:
    draft = cases.create_case(db, people.prosecutor, {**submitted.document, "cause_number": "CR-9"})
    expected = found(db, narrower)[submitted.id, 1].changes
    with db.write() as session:
        session.delete(session.get_one(LawEdition, load_law().version))
    checked = impact.check(db, server_actor(), narrower, today=TODAY)
    assert checked.tally.not_comparable == 1, f"the draft {draft.id}"
    rows = impact_list.list_impacts(db, people.prosecutor).rows
    assert [(r.case_id, r.changes) for r in rows] == [(submitted.id, expected)]


def test_versions_from_before_are_taken_up_by_the_first_check(db: Database, submitted: CaseView, narrower: Law) -> None:
    with db.write() as session:
        for row in session.scalars(select(StoredAnalysis)):
            session.delete(row)
    assert set(found(db, narrower)) == {(submitted.id, 1)}


def test_nothing_of_the_case_but_citations_is_kept_in_the_clear_columns(db: Database, submitted: CaseView) -> None:
    with db.read() as session:
        row = session.get_one(StoredAnalysis, (submitted.id, 1))
    assert json.loads(row.uses) == [["45-5-201(1)(a)", "45-5-206(1)(a)"], ["guilty-plea"]]
    for word in ("CR-2026-0412", "As charged", "364 days", "Amended"):
        assert word not in row.content


def test_checks_and_looks_are_in_the_audit_trail(db: Database, people: Any, submitted: CaseView, narrower: Law) -> None:
    impact.check(db, server_actor(), narrower, today=TODAY)
    impact_list.list_impacts(db, people.prosecutor)
    impact_list.acknowledge(db, people.prosecutor, submitted.id, 1)
    with db.read() as session:
        actions = set(session.execute(select(col(AuditEvent.action))).scalars())
        checks = session.execute(
            select(func.count()).select_from(AuditEvent).where(col(AuditEvent.action) == "law.check-impact")
        ).scalar_one()
    assert {"law.check-impact", "impact.read", "impact.acknowledge"} <= actions
    assert checks >= 2
    with pytest.raises(NotAllowed):
        impact.check(db, people.prosecutor, narrower)
