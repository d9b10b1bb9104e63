"""Role by service: every service of the casework room allows exactly what the published table says, and leaks nothing.

The services are found by looking for them, so that a new one fails here until it is entered below.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

import plea_aid.casework
import plea_aid.notes
import plea_aid.screening
from plea_aid.casework import (
    accounts,
    anchors,
    audit_report,
    backups,
    cases,
    comparable,
    docket,
    examples,
    exporting,
    guide,
    identity,
    impact,
    impact_list,
    key_care,
    office,
    outside,
    quick_check,
    record,
    releases,
    retention,
    sealed_texts,
    signin,
    signoff,
    submission,
    trail,
    walls,
)  # fmt: skip
from plea_aid.casework.actors import NOBODY, Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError, NotAllowed, NotFound
from plea_aid.casework.keyring import MasterKeys, new_master_key
from plea_aid.casework.permissions import CASE_ACTIONS, ROLE_MAY, Action, can
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import CaseFile
from plea_aid.casework.views import CaseFacts, CaseView, facts_of
from plea_aid.law.load import load_law
from tests.offices import MadeOnce

from .conftest import DOCUMENT, People

KEYS = MasterKeys((new_master_key(),), "the test")
SIGNING_KEY = Ed25519PrivateKey.generate()
MARK = "XYZZY"
"""Stands in everything that a person wrote into the case."""


@dataclass(frozen=True)
class World:
    """A submitted case with marked words, and where files may be written."""

    db: Database
    people: People
    case: CaseView
    rules: Rules
    folder: Path

    @property
    def id(self) -> str:
        return self.case.id


Call = Callable[[World, Actor], Any]
_A = Action


def _signing(world: World) -> Any:
    return anchors.signing_key(world.folder / "anchor.key")


_OUTCOME = {"result": "offered"}
_DECISION = {"chosen_option": f"364 days {MARK}", "rationale": "It is just.", "change_explanation": "New facts."}
_FACTOR = {"factor": "harm", "state": "not-applicable"}
_GATE = {"gate": "public-safety"}
_REQUEST = releases.checked_request(
    {
        "profile": "defense-counsel",
        "recipient": "Counsel of record",
        "basis": "city-service",
        "authority": "Plea discussion",
    }
)
_OWN_PASSWORD = "an altogether new sentence"

ON_A_CASE: dict[str, tuple[Action, Call]] = {
    "cases.open_case": (_A.CASE_READ, lambda w, a: cases.open_case(w.db, a, w.id)),
    "cases.update_document": (
        _A.CASE_CHANGE,
        lambda w, a: cases.update_document(w.db, a, w.id, 1, DOCUMENT, rules=w.rules),
    ),
    "cases.set_hearing_date": (_A.CASE_CHANGE, lambda w, a: cases.set_hearing_date(w.db, a, w.id, 1, None)),
    "cases.hand_over": (
        _A.CASE_HAND_OVER,
        lambda w, a: cases.hand_over(w.db, a, w.id, 1, w.people.other_prosecutor.user_id),
    ),
    "cases.record_export": (_A.CASE_EXPORT, lambda w, a: cases.record_export(w.db, a, w.id, "note", "0" * 64)),
    "comparable.comparable_cases": (_A.CASE_READ, lambda w, a: comparable.comparable_cases(w.db, a, w.id)),
    "impact_list.acknowledge": (_A.IMPACT_ACKNOWLEDGE, lambda w, a: impact_list.acknowledge(w.db, a, w.id, 1)),
    "record.decide": (_A.CASE_DECIDE, lambda w, a: record.decide(w.db, a, w.id, 1, _DECISION)),
    "record.save_factor": (_A.CASE_WEIGH, lambda w, a: record.save_factor(w.db, a, w.id, 1, _FACTOR, rules=w.rules)),
    "record.save_gate": (_A.CASE_WEIGH, lambda w, a: record.save_gate(w.db, a, w.id, 1, _GATE, rules=w.rules)),
    "releases.all_sealed": (_A.RELEASE_MAKE, lambda w, a: releases.all_sealed(w.db, a, w.id)),
    "releases.last_lines": (_A.RELEASE_MAKE, lambda w, a: releases.last_lines(w.db, a, w.id, "defense-counsel")),
    "releases.record_release": (
        _A.RELEASE_MAKE,
        lambda w, a: releases.record_release(w.db, a, w.id, _REQUEST, document_sha256="a" * 64, lines=[MARK]),
    ),
    "releases.texts_to_release": (_A.RELEASE_MAKE, lambda w, a: releases.texts_to_release(w.db, a, w.id, [1])),
    "retention.keeping": (_A.RETENTION_READ, lambda w, a: retention.keeping(w.db, a, w.id)),
    "retention.place_hold": (
        _A.HOLD_CHANGE,
        lambda w, a: retention.place_hold(w.db, a, w.id, "Litigation.", "City attorney, letter"),
    ),
    "retention.lift_hold": (_A.HOLD_CHANGE, lambda w, a: retention.lift_hold(w.db, a, w.id, 99, "It is over.")),
    "retention.request_disposal": (
        _A.DISPOSAL_REQUEST,
        lambda w, a: retention.request_disposal(w.db, a, w.id, "The period has ended."),
    ),
    "retention.approve_disposal": (_A.DISPOSAL_APPROVE, lambda w, a: retention.approve_disposal(w.db, a, w.id)),
    "sealed_texts.open_sealed_text": (_A.TEXT_READ, lambda w, a: sealed_texts.open_sealed_text(w.db, a, w.id, 1)),
    "sealed_texts.seal_text": (
        _A.TEXT_SEAL,
        lambda w, a: sealed_texts.seal_text(w.db, a, w.id, "His DOB is 03/04/1991.", "The court asked.", place="note"),
    ),
    "sealed_texts.sealed_texts": (_A.CASE_READ, lambda w, a: sealed_texts.sealed_texts(w.db, a, w.id)),
    "submission.submit": (_A.CASE_SUBMIT, lambda w, a: submission.submit(w.db, a, w.id, 1, rules=w.rules)),
    "submission.approve": (_A.CASE_APPROVE, lambda w, a: submission.approve(w.db, a, w.id, 1)),
    "submission.return_": (_A.CASE_RETURN, lambda w, a: submission.return_(w.db, a, w.id, 1, "Look again.")),
    "submission.record_outcome": (_A.CASE_OFFER, lambda w, a: submission.record_outcome(w.db, a, w.id, 1, _OUTCOME)),
    "submission.reopen": (_A.CASE_REOPEN, lambda w, a: submission.reopen(w.db, a, w.id, 1, "New facts.")),
    "submission.open_version": (_A.CASE_READ, lambda w, a: submission.open_version(w.db, a, w.id, 1)),
    "walls.close_to": (
        _A.WALL_CHANGE,
        lambda w, a: walls.close_to(w.db, a, w.id, w.people.administrator.user_id, "A conflict."),
    ),
    "walls.open_again": (_A.WALL_CHANGE, lambda w, a: walls.open_again(w.db, a, w.id, "0" * 32, "Waived.")),
    "walls.list_walls": (_A.WALL_LIST, lambda w, a: walls.list_walls(w.db, a, w.id)),
    "walls.list_colleagues": (_A.WALL_CHANGE, lambda w, a: walls.list_colleagues(w.db, a, w.id)),
}
"""Services on one case: the action that the table speaks of, and a call."""

_NEW = {"user_name": "new", "display_name": "New", "role": "auditor"}
BESIDE_A_CASE: dict[str, tuple[Action, Call]] = {
    "accounts.add_user": (_A.USER_CHANGE, lambda w, a: accounts.add_user(w.db, a, _NEW)),
    "accounts.change_password": (
        _A.PASSWORD_CHANGE,
        lambda w, a: accounts.own_account(w.db, a) and accounts.change_password(w.db, a, "wrong", _OWN_PASSWORD),
    ),
    "accounts.change_user": (
        _A.USER_CHANGE,
        lambda w, a: accounts.change_user(w.db, a, w.people.paralegal.user_id, display_name="P"),
    ),
    "accounts.issue_code": (_A.USER_CHANGE, lambda w, a: accounts.issue_code(w.db, a, w.people.paralegal.user_id)),
    "accounts.list_users": (_A.USER_LIST, lambda w, a: accounts.list_users(w.db, a)),
    "accounts.own_account": (_A.PASSWORD_CHANGE, lambda w, a: accounts.own_account(w.db, a)),
    "anchors.make_anchor": (
        _A.AUDIT_READ,
        lambda w, a: anchors.make_anchor(w.db, a, _signing(w), w.folder / f"{a.user_name}.anchor"),
    ),
    "audit_report.audit_report": (
        _A.AUDIT_READ,
        lambda w, a: audit_report.audit_report(w.db, a, date.today(), date.today()).table,
    ),
    "backups.make_backup": (
        _A.DATABASE_BACKUP,
        lambda w, a: backups.make_backup(w.db, a, w.folder / f"{a.user_name}.bak", KEYS),
    ),
    "cases.create_case": (_A.CASE_CREATE, lambda w, a: _created(w, a)),
    "cases.list_cases": (_A.CASE_LIST, lambda w, a: [cases.list_cases(w.db, a, text=one) for one in ("", MARK)]),
    "cases.review_queue": (_A.CASE_LIST, lambda w, a: cases.review_queue(w.db, a)),
    "docket.open_as_cases": (
        _A.CASE_CREATE,
        lambda w, a: docket.open_as_cases(w.db, a, {f"row of {a.user_name}": {"cause_number": "CR-9"}}).kept_away,
    ),
    "docket.record_screening": (
        _A.DOCKET_SCREEN,
        lambda w, a: docket.record_screening(w.db, a, ["cause"], {}, rows=1, cases=1, digest="0" * 64),
    ),
    "docket.remembered_columns": (_A.DOCKET_SCREEN, lambda w, a: docket.remembered_columns(w.db, a, ["cause"])),
    "examples.load_examples": (_A.EXAMPLES_LOAD, lambda w, a: examples.load_examples(w.db, a)),
    "exporting.export_office": (_A.OFFICE_EXPORT, lambda w, a: _exported(w, a)),
    "guide.guide_wanted": (_A.GUIDE_KEEP, lambda w, a: guide.guide_wanted(w.db, a)),
    "guide.keep_guide": (_A.GUIDE_KEEP, lambda w, a: guide.keep_guide(w.db, a, shown=False)),
    "identity.set_email": (
        _A.USER_CHANGE,
        lambda w, a: identity.set_email(w.db, a, w.people.paralegal.user_id, "p@city.example"),
    ),
    "impact.check": (_A.LAW_CHECK, lambda w, a: _checked(w, a)),
    "impact.check_at_start": (_A.LAW_CHECK, lambda w, a: impact.check_at_start(w.db, a)),
    "impact.what_if": (
        _A.LAW_CHECK,
        lambda w, a: list(impact.what_if(w.db, a, load_law(), load_law(), impact.Tally())),
    ),
    "impact_list.list_impacts": (_A.IMPACT_READ, lambda w, a: impact_list.list_impacts(w.db, a)),
    "impact_list.waiting": (_A.IMPACT_READ, lambda w, a: impact_list.waiting(w.db, a)),
    "key_care.recovery_code": (_A.KEY_KEEP, lambda w, a: key_care.recovery_code(w.db, a)),
    "key_care.rotate_data_key": (_A.KEY_KEEP, lambda w, a: key_care.rotate_data_key(w.db, a)),
    "key_care.rotate_master_key": (_A.KEY_KEEP, lambda w, a: key_care.rotate_master_key(w.db, a)),
    "office.figures": (_A.OFFICE_READ, lambda w, a: office.figures(w.db, a)),
    "office.workload": (_A.WORKLOAD_READ, lambda w, a: office.workload(w.db, a)),
    "outside.for_reviewer": (_A.FIGURES_EXPORT, lambda w, a: outside.for_reviewer(w.db, a)),
    "quick_check.record_quick_check": (_A.QUICK_CHECK, lambda w, a: quick_check.record_quick_check(w.db, a)),
    "releases.ledger": (_A.RELEASE_LIST, lambda w, a: releases.ledger(w.db, a)),
    "retention.certificates": (_A.RETENTION_READ, lambda w, a: retention.certificates(w.db, a)),
    "signin.end_other_sessions": (_A.SESSION_OWN, lambda w, a: signin.end_other_sessions(w.db, a)),
    "signin.end_own_session": (_A.SESSION_OWN, lambda w, a: signin.end_own_session(w.db, a, "0" * 32)),
    "signin.end_session": (_A.SESSION_END, lambda w, a: signin.end_session(w.db, a, "0" * 32)),
    "signin.list_sessions": (_A.SESSION_LIST, lambda w, a: signin.list_sessions(w.db, a)),
    "signin.own_sessions": (_A.SESSION_OWN, lambda w, a: signin.own_sessions(w.db, a)),
    "signoff.sign_off": (_A.LAW_SIGN_OFF, lambda w, a: signoff.sign_off(w.db, a, "offense", "none", "0")),
    "signoff.sign_offs": (_A.LAW_READ, lambda w, a: signoff.sign_offs(w.db, a)),
    "trail.record_verification": (
        _A.AUDIT_READ,
        lambda w, a: trail.record_verification(w.db, a, events=1, sealed_rows=0),
    ),
    "trail.trail_state": (_A.AUDIT_READ, lambda w, a: trail.trail_state(w.db, a)),
    "trail.list_events": (_A.AUDIT_READ, lambda w, a: trail.list_events(w.db, a, limit=1000)),
}
"""Services that list cases or have nothing to do with one."""
NO_SERVICES = {
    "releasing.prepare": "asks releases.all_sealed before anything else",
    "releasing.hand_over": "asks releases.record_release",
    "work.changing": "what every service is made of",
    "work.reading": "what every service is made of",
}


def _created(world: World, actor: Actor) -> str:
    view = cases.create_case(world.db, actor, {"cause_number": "CR-1"}, owner_id=world.people.prosecutor.user_id)
    return view.stage


def _exported(world: World, actor: Actor) -> str:
    target = world.folder / f"{actor.user_name or 'nobody'}.export"
    exporting.export_office(world.db, actor, target)
    return "".join(file.read_text("utf-8", "replace") for file in target.rglob("*") if file.is_file())


def _checked(world: World, actor: Actor) -> list[impact.Affected]:
    told: list[impact.Affected] = []
    impact.check(world.db, actor, each=told.append)
    return told


@pytest.fixture
def world(db: Database, made_once: MadeOnce, request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """A submitted case of the prosecutor with marked words everywhere, and a sealed text."""
    people, rules, case = made_once.in_(db, "matrix", lambda: submitted(db, *map(request.getfixturevalue, PARTS)))
    return World(db, people, case, rules, tmp_path)


PARTS = ("people", "rules", "fill")


def submitted(db: Database, people: People, rules: Rules, fill: Callable[..., CaseView]) -> Any:
    named = {**DOCUMENT, "cause_number": f"CR-{MARK}-7"}
    named["option"] = [{**option, "name": f"{option['name']} {MARK}"} for option in DOCUMENT["option"]]
    made = cases.create_case(db, people.prosecutor, named, rules=rules)
    sealed_texts.seal_text(
        db, people.prosecutor, made.id, f"{MARK}: his DOB is 03/04/1991.", "The court asked.", place="a note"
    )
    view = fill(made.id, option=f"364 days {MARK}")
    submission.submit(db, people.prosecutor, made.id, view.version, rules=rules)
    return people, rules, cases.open_case(db, people.prosecutor, made.id)


def everyone(people: People) -> list[Actor]:
    named = [getattr(people, name) for name in people.__dataclass_fields__]
    return [*named, accounts.server_actor(), NOBODY, Actor(people.supervisor.user_id, "x", "X", "owner")]


def services() -> Iterator[str]:
    """Find every public function that acts in someone's name."""
    for room in (plea_aid.casework, plea_aid.notes, plea_aid.screening):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if ".migrations" in found.name:
                continue
            module = importlib.import_module(found.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                own = function.__module__ == module.__name__ and not name.startswith("_")
                if own and list(inspect.signature(function).parameters)[:2] == ["db", "actor"]:
                    yield f"{found.name.rpartition('.')[2]}.{name}"


def facts(world: World) -> CaseFacts:
    with world.db.read() as session:
        return _facts(session, world.id)


def _facts(session: Session, case_id: str) -> CaseFacts:
    return facts_of(session, session.get_one(CaseFile, case_id))


def refusal(call: Call, world: World, actor: Actor) -> NotAllowed | None:
    """Return the permission's refusal of a call; None when it was allowed, whatever else came of it."""
    try:
        call(world, actor)
    except NotAllowed as refused:
        return refused if refused.action else None
    except CaseworkError as other:
        if str(other) == "There is no such case.":
            raise
    return None


def denials(world: World) -> list[trail.EventView]:
    events = trail.list_events(world.db, world.people.auditor, limit=1000)
    return [one for one in events if one.outcome == "denied"]


def test_every_service_is_in_the_matrix() -> None:
    assert set(services()) == {*ON_A_CASE, *BESIDE_A_CASE, *NO_SERVICES}
    assert {action for action, _ in ON_A_CASE.values()} <= set(CASE_ACTIONS)


@pytest.mark.parametrize("name", ON_A_CASE)
def test_a_service_on_a_case_allows_what_the_table_says(world: World, name: str) -> None:
    action, call = ON_A_CASE[name]
    for actor in everyone(world.people):
        verdict = can(actor, action, facts(world))
        before = len(denials(world))
        refused = refusal(call, world, actor)
        assert (refused is None) == bool(verdict), (actor.user_name, actor.role, verdict)
        if refused is not None:
            assert str(refused) == verdict.because
            assert MARK not in str(refused)
            newest = denials(world)
            assert len(newest) == before + 1
            assert (newest[0].action, newest[0].resource_id, newest[0].actor_id) == (action, world.id, actor.user_id)


@pytest.mark.parametrize("name", BESIDE_A_CASE)
def test_every_other_service_allows_what_the_table_says(world: World, name: str) -> None:
    action, call = BESIDE_A_CASE[name]
    for actor in everyone(world.people):
        refused = refusal(call, world, actor)
        assert (refused is None) == (action in ROLE_MAY.get(actor.role, ())), (actor.user_name, actor.role)
        if refused is not None:
            assert MARK not in str(refused)
            assert denials(world)[0].action == action


@pytest.mark.parametrize("name", ON_A_CASE)
def test_to_a_walled_colleague_a_service_on_the_case_says_there_is_none(world: World, name: str) -> None:
    action, call = ON_A_CASE[name]
    for actor in shut_out(world):
        with pytest.raises((NotFound, NotAllowed)) as caught:
            call(world, actor)
        allowed_by_role = action in ROLE_MAY[actor.role]
        assert isinstance(caught.value, NotFound) == allowed_by_role
        said = str(caught.value)
        assert said == ("There is no such case." if allowed_by_role else can(actor, action).because)
        newest = next(one for one in denials_beyond_walls(world) if one.actor_id == actor.user_id)
        assert (newest.action, newest.resource_id) == (action, world.id)


@pytest.mark.parametrize("name", BESIDE_A_CASE)
def test_no_list_figure_or_export_tells_a_walled_colleague_of_the_case(world: World, name: str) -> None:
    _, call = BESIDE_A_CASE[name]
    for actor in shut_out(world):
        try:
            told = repr(call(world, actor))
        except CaseworkError as error:
            told = str(error)
        assert MARK not in told
        assert world.id not in told


def shut_out(world: World) -> list[Actor]:
    """Close the case to one person of each role but whoever must remain, and return them."""
    people = world.people
    actors = [people.other_prosecutor, people.other_supervisor, people.paralegal, people.auditor, people.administrator]
    for actor in actors:
        walls.close_to(world.db, people.prosecutor, world.id, actor.user_id, f"A conflict {MARK}.")
    return actors


def denials_beyond_walls(world: World) -> list[trail.EventView]:
    events = trail.list_events(world.db, world.people.supervisor, limit=1000)
    return [one for one in events if one.outcome == "denied"]
