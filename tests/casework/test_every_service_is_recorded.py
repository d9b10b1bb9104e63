"""Every service of the casework room leaves an event of what it did and of what it refused, or says here why not."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from plea_aid import casework
from plea_aid.casework import (
    accounts,
    backups,
    cases,
    identity,
    impact,
    key_care,
    releases,
    retention,
    sealed_texts,
    signin,
    submission,
    walls,
)
from plea_aid.casework.actors import NOBODY, Actor
from plea_aid.casework.anchors import signing_key
from plea_aid.casework.canonical import now
from plea_aid.casework.database import Database
from plea_aid.casework.errors import NotAllowed, NotFound
from plea_aid.casework.keyring import MasterKeys, keys_at_hand, new_master_key, write_key_file
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import AuditEvent, LawCheck, LawImpact, User
from plea_aid.casework.views import CaseView
from plea_aid.casework.work import changing
from plea_aid.law.entry_hash import hash_of_entry
from plea_aid.law.load import load_law
from plea_aid.settings import settings

from .conftest import DOCUMENT, GATES, People

pytestmark = pytest.mark.parametrize("kind", ["sqlite"])
THEFT = "mt-45-6-301-1"
PASSWORD = "a long enough sentence"
NO_EVENT = {
    "accounts.own_account": "shows people their own name and role; a refusal is an event",
    "guide.guide_wanted": "shows people whether they closed the guide; a refusal is an event",
    "accounts.needs_first_account": "asks whether there is any account, before anyone can sign in; reads no one's data",
    "audit.verify_chain": "compares hashes and returns no content; the command line runs it, also on a read-only copy",
    "impact_list.waiting": "counts the cases that wait and returns two numbers; a refusal is an event",
    "stored.bring_up_to_date": "copies what is stored within the database and returns nothing",
    "decided.bring_up_to_date": "copies what is stored within the database and returns nothing",
    "key_care.key_state": "says which keys are there and how old they are, never a key nor what it encrypts",
    "key_care.recover_key": "puts a key back without which the audit trail cannot be opened; writes no database",
    "law_editions.law_of_last_start": "names a version of the law and nothing of a case; read before anyone is served",
    "migrate.downgrade": "changes the form of the tables and no content; run by the tests alone",
    "migrate.revision": "reads the version of the tables, before they may hold an audit trail",
    "migrate.upgrade": "changes the form of the tables and no content, before they may hold an audit trail",
    "sweep.sweep": "rewrites the file of the database so that free space holds no old text; returns nothing",
    "signin.own_sessions": "shows people their own sessions; a refusal is an event",
    "signin.resume": "asked at every click whether the session stands; its opening and its end are events",
}
"""Services without an event of their own, each with the reason."""


@dataclass
class Office:
    """An office with a case ready to be submitted, and what a service needs to be called."""

    db: Database
    people: People
    rules: Rules
    case: CaseView
    fill: Callable[..., CaseView]
    folder: Path
    keys: MasterKeys = field(default_factory=lambda: MasterKeys((new_master_key(),), "a test"))

    def submitted(self) -> int:
        """Submit the case and return its version."""
        ready = self.fill(self.case.id)
        submission.submit(self.db, self.people.prosecutor, self.case.id, ready.version, rules=self.rules)
        return cases.open_case(self.db, self.people.prosecutor, self.case.id).version

    def approved(self) -> int:
        """Have the case approved and return its version."""
        submission.approve(self.db, self.people.other_supervisor, self.case.id, self.submitted(), "Agreed.")
        return cases.open_case(self.db, self.people.prosecutor, self.case.id).version

    def signed_in(self) -> signin.SignedIn:
        """Give a person a password and sign them in."""
        _, code = accounts.add_user(
            self.db, self.people.administrator, {"user_name": "ada", "display_name": "Ada", "role": "prosecutor"}
        )
        accounts.use_code(self.db, "ada", code, PASSWORD)
        return signin.sign_in(self.db, "ada", PASSWORD, "desk 1")


@pytest.fixture
def office(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Callable[..., CaseView], tmp_path: Path
) -> Office:
    return Office(db, people, rules, case, fill, tmp_path)


@dataclass(frozen=True)
class Service:
    """How a service is called: who calls it, with what, and the action its event names."""

    action: str
    actor: str
    arguments: Callable[[Office], tuple[Any, ...]] = lambda o: (o.case.id,)
    named: Callable[[Office], dict[str, Any]] = lambda o: {}


def _with_rules(o: Office) -> dict[str, Any]:
    return {"rules": o.rules}


def _walled(o: Office) -> str:
    walls.close_to(o.db, o.people.prosecutor, o.case.id, o.people.paralegal.user_id, "A conflict of interest.")
    return walls.list_walls(o.db, o.people.prosecutor, o.case.id)[0].id


def _sealed(o: Office) -> int:
    text = "DOB 3/4/1991"
    return sealed_texts.seal_text(o.db, o.people.prosecutor, o.case.id, text, "The court asked.", place="note").number


def _two_sessions(o: Office) -> str:
    """Open two sessions of the prosecutor, past their password, and return the id of one."""
    with o.db.write() as session:
        for _ in range(2):
            _, row = signin.new_session(session.get_one(User, o.people.prosecutor.user_id), "desk 1")
            session.add(row)
    return row.id


def _after(_done: object) -> tuple[()]:
    """No arguments: what was done before is all a service needs."""
    return ()


def _touched(o: Office) -> int:
    """Have a check find the case touched, and return the version it found."""
    with o.db.write() as session:
        session.add(LawCheck(number=1, law_version="a law", finished_at=now(), affected=1))
        session.flush()
        session.add(LawImpact(check_number=1, case_id=o.case.id, version_number=0, law_version="b", changes="[]"))
    return 0


def _request() -> releases.ReleaseRequest:
    asked = {"profile": "defense-counsel", "recipient": "Counsel of record", "basis": "city-service"}
    return releases.checked_request({**asked, "authority": "Prosecution of this case: plea discussion"})


def _example(o: Office) -> str:
    with changing(o.db, o.people.prosecutor) as work:
        return cases.insert_case(work, {"cause_number": "EX-1"}, example=True).id


def _to_dispose(o: Office) -> str:
    case_id = _example(o)
    retention.request_disposal(o.db, o.people.prosecutor, case_id, "The example is not needed.")
    return case_id


def _held(o: Office) -> int:
    return retention.place_hold(o.db, o.people.prosecutor, o.case.id, "A lawsuit is expected.", "City clerk")


def _factor(o: Office) -> dict[str, Any]:
    return {"factor": "harm", "state": "considered", "points": {"364 days": "for"}, "weight": "some", "rationale": "x"}


def _decision(o: Office) -> dict[str, Any]:
    return {"chosen_option": "364 days", "rationale": "It is just.", "change_explanation": "See the file."}


def _theft() -> tuple[str, str, str]:
    return "offense", THEFT, str(hash_of_entry(load_law(), "offense", THEFT))


SERVICES = {
    "accounts.add_user": Service(
        "user.change", "administrator", lambda o: ({"user_name": "ada", "display_name": "A", "role": "auditor"},)
    ),
    "accounts.change_user": Service(
        "user.change", "administrator", lambda o: (o.people.paralegal.user_id,), lambda o: {"active": False}
    ),
    "accounts.issue_code": Service("user.change", "supervisor", lambda o: (o.people.paralegal.user_id,)),
    "accounts.list_users": Service("user.list", "auditor", lambda o: ()),
    "backups.make_backup": Service("database.backup", "administrator", lambda o: (o.folder / "office.backup", o.keys)),
    "cases.create_case": Service(
        "case.create", "paralegal", lambda o: (DOCUMENT,), lambda o: {"owner_id": o.people.prosecutor.user_id}
    ),
    "cases.hand_over": Service(
        "case.hand-over", "prosecutor", lambda o: (o.case.id, o.case.version, o.people.other_prosecutor.user_id)
    ),
    "cases.list_cases": Service("case.list", "auditor", lambda o: ()),
    "cases.open_case": Service("case.read", "auditor"),
    "cases.record_export": Service("case.export", "prosecutor", lambda o: (o.case.id, "note", "0" * 64)),
    "cases.review_queue": Service("case.list", "supervisor", lambda o: ()),
    "cases.set_hearing_date": Service("case.hearing-date", "prosecutor", lambda o: (o.case.id, o.case.version, None)),
    "cases.update_document": Service(
        "case.change", "prosecutor", lambda o: (o.case.id, o.case.document_version, {**DOCUMENT, "cause_number": "X"})
    ),
    "comparable.comparable_cases": Service("case.compare", "prosecutor"),
    "examples.load_examples": Service("case.create", "prosecutor", lambda o: ()),
    "exporting.export_office": Service("office.export", "supervisor", lambda o: (o.folder / "everything",)),
    "record.decide": Service("case.decide", "prosecutor", lambda o: (o.case.id, 0, _decision(o))),
    "record.save_factor": Service("case.weigh", "prosecutor", lambda o: (o.case.id, 0, _factor(o)), _with_rules),
    "record.save_gate": Service("case.weigh", "prosecutor", lambda o: (o.case.id, 0, GATES[0]), _with_rules),
    "sealed_texts.open_sealed_text": Service("text.read", "prosecutor", lambda o: (o.case.id, _sealed(o))),
    "sealed_texts.seal_text": Service(
        "text.seal", "prosecutor", lambda o: (o.case.id, "DOB 3/4/1991", "The court asked."), lambda o: {"place": "x"}
    ),
    "sealed_texts.sealed_texts": Service("case.read", "auditor"),
    "guide.keep_guide": Service("account.guide", "paralegal", lambda o: (), lambda o: {"shown": False}),
    "identity.set_email": Service(
        "user.change", "administrator", lambda o: (o.people.paralegal.user_id, "ada@city.example")
    ),
    "impact.check": Service("law.check-impact", "supervisor", lambda o: ()),
    "impact.check_at_start": Service("law.check-impact", "supervisor", lambda o: ()),
    "impact.what_if": Service("law.check-impact", "supervisor", lambda o: (load_law(), load_law(), impact.Tally())),
    "impact_list.acknowledge": Service("impact.acknowledge", "prosecutor", lambda o: (o.case.id, _touched(o))),
    "impact_list.list_impacts": Service("impact.read", "auditor", lambda o: ()),
    "anchors.make_anchor": Service(
        "audit.anchor", "supervisor", lambda o: (signing_key(o.folder / "anchor.key"), o.folder / "today.anchor")
    ),
    "audit_report.audit_report": Service("audit.read", "auditor", lambda o: (date.today(), date.today())),
    "key_care.recovery_code": Service("key.code-shown", "operator", lambda o: ()),
    "key_care.rotate_data_key": Service("key.keep", "operator", lambda o: ()),
    "office.figures": Service("office.read", "auditor", lambda o: ()),
    "office.workload": Service("office.workload", "supervisor", lambda o: ()),
    "outside.for_reviewer": Service("office.figures-export", "supervisor", lambda o: ()),
    "releases.all_sealed": Service("release.prepare", "prosecutor"),
    "releases.last_lines": Service("release.prepare", "prosecutor", lambda o: (o.case.id, "defense-counsel")),
    "releases.ledger": Service("release.list", "auditor", lambda o: ()),
    "releases.record_release": Service(
        "release.make",
        "prosecutor",
        lambda o: (o.case.id, _request()),
        lambda o: {"document_sha256": "0" * 64, "lines": ("What it says.",)},
    ),
    "releases.texts_to_release": Service("text.read", "prosecutor", lambda o: (o.case.id, [_sealed(o)])),
    "retention.approve_disposal": Service("disposal.approve", "supervisor", lambda o: (_to_dispose(o),)),
    "retention.certificates": Service("retention.read", "auditor", lambda o: ()),
    "retention.keeping": Service("retention.read", "auditor"),
    "retention.lift_hold": Service("hold.change", "supervisor", lambda o: (o.case.id, _held(o), "It was settled.")),
    "retention.place_hold": Service(
        "hold.change", "prosecutor", lambda o: (o.case.id, "A lawsuit is expected.", "City clerk")
    ),
    "retention.request_disposal": Service(
        "disposal.request", "prosecutor", lambda o: (_example(o), "The example is not needed.")
    ),
    "docket.open_as_cases": Service("case.create", "prosecutor", lambda o: ({"EX-9": {"cause_number": "EX-9"}},)),
    "docket.record_screening": Service(
        "docket.screen",
        "prosecutor",
        lambda o: (["CauseNo"], {"case_id": "CauseNo"}),
        lambda o: {"rows": 1, "cases": 1, "digest": "0" * 64},
    ),
    "docket.remembered_columns": Service("docket.screen", "prosecutor", lambda o: (["CauseNo"],)),
    "signin.end_other_sessions": Service("session.own", "prosecutor", lambda o: _after(_two_sessions(o))),
    "signin.end_own_session": Service("session.own", "prosecutor", lambda o: (_two_sessions(o),)),
    "signin.end_session": Service("session.end", "administrator", lambda o: (o.signed_in().actor.session_id,)),
    "signin.list_sessions": Service("session.list", "administrator", lambda o: ()),
    "quick_check.record_quick_check": Service("law.quick-check", "auditor", lambda o: ()),
    "signoff.sign_off": Service("law.sign-off", "supervisor", lambda o: (*_theft(), "Read.")),
    "signoff.sign_offs": Service("law.read", "paralegal", lambda o: ()),
    "submission.approve": Service("case.approve", "other_supervisor", lambda o: (o.case.id, o.submitted(), "Agreed.")),
    "submission.open_version": Service("case.read", "auditor", lambda o: (o.case.id, min(o.submitted(), 1))),
    "submission.record_outcome": Service(
        "case.offer", "prosecutor", lambda o: (o.case.id, o.approved(), {"result": "offered"})
    ),
    "submission.reopen": Service("case.reopen", "prosecutor", lambda o: (o.case.id, o.approved(), "New facts.")),
    "submission.return_": Service(
        "case.return", "other_supervisor", lambda o: (o.case.id, o.submitted(), "Too short.")
    ),
    "submission.submit": Service(
        "case.submit", "prosecutor", lambda o: (o.case.id, o.fill(o.case.id).version), _with_rules
    ),
    "trail.record_verification": Service(
        "audit.verify", "supervisor", lambda o: (), lambda o: {"events": 1, "sealed_rows": 0}
    ),
    "trail.trail_state": Service("audit.read", "auditor", lambda o: ()),
    "trail.list_events": Service("audit.read", "auditor", lambda o: ()),
    "walls.close_to": Service(
        "wall.change", "prosecutor", lambda o: (o.case.id, o.people.paralegal.user_id, "A conflict of interest.")
    ),
    "walls.list_colleagues": Service("user.list", "prosecutor"),
    "walls.list_walls": Service("wall.list", "auditor"),
    "walls.open_again": Service("wall.change", "prosecutor", lambda o: (o.case.id, _walled(o), "It is over.")),
}
"""Services with an actor whose role decides. One that is new comes in here, or in one of the other two tables."""

ELSEWHERE = {
    "accounts.change_password": "test_a_password_change_and_its_refusal_are_recorded",
    "accounts.create_first_account": "test_the_first_account_and_its_refusal_are_recorded",
    "accounts.first_code": "test_the_first_account_and_its_refusal_are_recorded",
    "accounts.use_code": "test_a_sign_up_with_a_code_and_its_refusal_are_recorded",
    "key_care.rotate_master_key": "test_a_change_of_the_master_key_and_its_refusal_are_recorded",
    "identity.sign_in_with": "test_signing_in_through_the_provider_and_its_refusal_are_recorded",
    "signin.sign_in": "test_signing_in_and_out_and_a_failed_attempt_are_recorded",
    "signin.sign_out": "test_signing_in_and_out_and_a_failed_attempt_are_recorded",
}
"""Services that work before anyone is signed in, or on oneself: each with its own test below."""


def _services() -> dict[str, Callable[..., Any]]:
    """Return every public function of the room that takes the database, as module.name."""
    found = {}
    for info in pkgutil.iter_modules(casework.__path__):
        if info.ispkg:
            continue
        module = importlib.import_module(f"{casework.__name__}.{info.name}")
        for name, function in vars(module).items():
            ours = inspect.isfunction(function) and function.__module__ == module.__name__
            if ours and not name.startswith("_") and "db" in inspect.signature(function).parameters:
                found[f"{info.name}.{name}"] = inspect.unwrap(function)
    return found


def test_no_service_is_forgotten(kind: str) -> None:
    known = {*SERVICES, *NO_EVENT, *ELSEWHERE, "work.changing", "work.reading"}
    assert set(_services()) - known == set(), "a new service: say here how it is recorded, or why it is not"
    assert known - set(_services()) == set(), "no longer a service"
    assert set(ELSEWHERE.values()) <= set(globals())


def events(db: Database, after: int = 0) -> list[AuditEvent]:
    with db.read() as session:
        query = select(AuditEvent).where(col(AuditEvent.seq) > after).order_by(col(AuditEvent.seq))
        return list(session.scalars(query))


def _called(name: str, *arguments: Any, **named: Any) -> None:
    answer = _services()[name](*arguments, **named)
    if inspect.isgenerator(answer):
        list(answer)


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_did_is_recorded_with_who_did_it_and_where(office: Office, name: str) -> None:
    service = SERVICES[name]
    actor: Actor = getattr(office.people, service.actor, accounts.server_actor())
    arguments, named = service.arguments(office), service.named(office)
    actor = Actor(actor.user_id, actor.user_name, actor.display_name, actor.role, "desk 7", "a new session")
    before = events(office.db)[-1].seq
    _called(name, office.db, actor, *arguments, **named)
    done = [one for one in events(office.db, before) if one.action == service.action]
    assert done, [one.action for one in events(office.db, before)]
    assert {(one.outcome, one.actor_id, one.role, one.terminal) for one in done} == {
        ("done", actor.user_id, actor.role, "desk 7")
    }
    assert all(one.program.startswith("plea-aid ") and one.at for one in done)


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_refused_is_recorded_and_nothing_else(office: Office, name: str) -> None:
    service = SERVICES[name]
    arguments, named = service.arguments(office), service.named(office)
    nobody = Actor("", NOBODY.user_name, NOBODY.display_name, NOBODY.role, "desk 7")
    before = events(office.db)[-1].seq
    with pytest.raises((NotAllowed, NotFound)):
        _called(name, office.db, nobody, *arguments, **named)
    assert [(one.outcome, one.terminal) for one in events(office.db, before)] == [("denied", "desk 7")]


def test_a_password_change_and_its_refusal_are_recorded(office: Office) -> None:
    actor = office.signed_in().actor
    before = events(office.db)[-1].seq
    with pytest.raises(NotAllowed):
        accounts.change_password(office.db, actor, "not the password", PASSWORD + "!")
    accounts.change_password(office.db, actor, PASSWORD, PASSWORD + "!")
    done = [(one.action, one.outcome, one.actor_id) for one in events(office.db, before)]
    assert done == [("account.password", "denied", actor.user_id), ("account.password", "done", actor.user_id)]


def test_signing_in_and_out_and_a_failed_attempt_are_recorded(office: Office) -> None:
    signed_in = office.signed_in()
    signin.sign_out(office.db, signed_in.token)
    with pytest.raises(NotAllowed):
        signin.sign_in(office.db, "ada", "not the password", "desk 7")
    with pytest.raises(NotAllowed):
        signin.sign_in(office.db, "no such person", PASSWORD, "desk 7")
    last = [(one.action, one.outcome, one.actor_id, one.terminal) for one in events(office.db)[-4:]]
    ada = signed_in.actor.user_id
    assert last == [
        ("session.open", "done", ada, "desk 1"),
        ("session.close", "done", ada, "desk 1"),
        ("session.open", "denied", "", "desk 7"),
        ("session.open", "denied", "", "desk 7"),
    ]
    assert [one.resource_id for one in events(office.db)[-2:]] == [ada, ""]


def test_signing_in_through_the_provider_and_its_refusal_are_recorded(office: Office) -> None:
    claims = {"iss": "https://login.example", "sub": "1", "nonce": "n", "iat": now().timestamp(), "email": "ada@x.org"}
    with pytest.raises(NotAllowed):
        identity.sign_in_with(office.db, identity.identity_of(claims, claims["iss"]), "desk 7")
    identity.set_email(office.db, office.people.administrator, office.people.paralegal.user_id, "ada@x.org")
    identity.sign_in_with(office.db, identity.identity_of(claims, claims["iss"]), "desk 7")
    last = [(one.action, one.outcome, one.actor_id, one.terminal) for one in events(office.db)]
    opened = [one for one in last if one[0] == "session.open"]
    paralegal = office.people.paralegal.user_id
    assert opened == [("session.open", "denied", "", "desk 7"), ("session.open", "done", paralegal, "desk 7")]


def test_a_change_of_the_master_key_and_its_refusal_are_recorded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = keys_at_hand()
    assert keys
    write_key_file(office.folder / "office.key", (new_master_key(), *keys.keys))
    monkeypatch.delenv("PLEA_AID_KEY")
    monkeypatch.setenv("PLEA_AID_KEY_FILE", str(office.folder / "office.key"))
    settings.cache_clear()
    before = events(office.db)[-1].seq
    with pytest.raises(NotAllowed):
        key_care.rotate_master_key(office.db, office.people.supervisor)
    key_care.rotate_master_key(office.db, accounts.server_actor())
    assert [(one.action, one.outcome) for one in events(office.db, before)] == [
        ("key.keep", "denied"),
        ("key.keep", "done"),
    ]
    settings.cache_clear()


def test_a_sign_up_with_a_code_and_its_refusal_are_recorded(office: Office) -> None:
    new = {"user_name": "ada", "display_name": "Ada", "role": "prosecutor"}
    _, code = accounts.add_user(office.db, office.people.administrator, new)
    before = events(office.db)[-1].seq
    for given in ("guessed", code):
        if given == code:
            accounts.use_code(office.db, "ada", given, PASSWORD)
        else:
            with pytest.raises(NotAllowed):
                accounts.use_code(office.db, "ada", given, PASSWORD)
    done = [(one.action, one.outcome) for one in events(office.db, before)]
    assert done == [("account.use-code", "denied"), ("account.use-code", "done")]


def test_the_first_account_and_its_refusal_are_recorded(db: Database) -> None:
    code = accounts.first_code(db)
    account = {"user_name": "ada", "display_name": "Ada", "role": "supervisor"}
    with pytest.raises(NotAllowed):
        accounts.create_first_account(db, "guessed", account, PASSWORD)
    accounts.create_first_account(db, str(code), account, PASSWORD)
    done = [(one.action, one.outcome) for one in events(db)]
    assert done == [("account.first-code", "done"), ("account.use-code", "denied"), ("account.create", "done")]


def test_a_backup_that_may_not_be_made_writes_no_file(office: Office) -> None:
    with pytest.raises(NotAllowed):
        backups.make_backup(office.db, office.people.prosecutor, office.folder / "mine.backup", office.keys)
    assert not list(office.folder.glob("mine*"))


def test_a_record_of_what_was_read_is_written_once_in_a_while_for_each_sign_in(office: Office) -> None:
    """A page that draws itself again is the same inquiry; another session, person or case is another."""
    before = events(office.db)[-1].seq
    for session_id in ("one", "one", "two"):
        actor = Actor(office.people.auditor.user_id, "auditor", "Auditor", "auditor", "desk 1", session_id)
        cases.open_case(office.db, actor, office.case.id)
    assert len(events(office.db, before)) == 2
