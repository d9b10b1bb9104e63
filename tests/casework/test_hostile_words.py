"""Whatever someone types into any service is stored as typed or refused in one sentence; nothing else happens."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import select

from plea_aid.casework import (
    accounts,
    audit_report,
    cases,
    docket,
    exporting,
    identity,
    record,
    releases,
    retention,
    sealed_texts,
    signin,
    submission,
    trail,
    walls,
)
from plea_aid.casework.actors import Actor
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError, Invalid, Sensitive
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import CaseFile
from plea_aid.casework.views import CaseView
from tests.security.hostile import FORMULAS, HIDDEN, LINES, MARKUP, PATHS, SQL, TYPST, UNICODE

from .conftest import DOCUMENT, People

TEXTS = (
    *(" ".join(words) for words in (MARKUP, FORMULAS, PATHS, SQL, TYPST)),
    *UNICODE[:4],
    "=1+1",
    SQL[0],
    "A" * 30_000,
)
Call = Callable[[str], Any]


def doors(db: Database, people: People, case: CaseView, rules: Rules) -> dict[str, Call]:
    """Every service that takes a text a person typed, as a function of that text."""
    pat, boss, id_ = people.prosecutor, people.supervisor, case.id

    def document(**changed: Any) -> Any:
        version = cases.open_case(db, pat, id_).version
        return cases.update_document(db, pat, id_, version, {**DOCUMENT, **changed}, rules=rules)

    def factor(**said: Any) -> Any:
        view = cases.open_case(db, pat, id_)
        version = view.factors["harm"].version if "harm" in view.factors else 0
        entry = {
            "factor": "harm",
            "state": "considered",
            "points": {"364 days": "for"},
            "weight": "some",
            "rationale": "x",
        }
        return record.save_factor(db, pat, id_, version, {**entry, **said}, rules=rules)

    def gate(name: str, **said: Any) -> Any:
        view = cases.open_case(db, pat, id_)
        version = view.gates[name].version if name in view.gates else 0
        return record.save_gate(db, pat, id_, version, {"gate": name, **said}, rules=rules)

    def decide(**said: Any) -> Any:
        view = cases.open_case(db, pat, id_)
        number = view.decision.number if view.decision else 0
        content = {"chosen_option": "364 days", "rationale": "Just.", "change_explanation": "See the file.", **said}
        return record.decide(db, pat, id_, number, content)

    def release(text: str) -> Any:
        asked = {"profile": "defense-counsel", "recipient": text, "basis": "city-service", "authority": text}
        made = releases.checked_request(asked)
        return releases.record_release(db, pat, id_, made, document_sha256="a" * 64, lines=[text])

    def account(**said: Any) -> Any:
        return accounts.add_user(db, boss, {"user_name": "new", "display_name": "New", "role": "auditor", **said})

    option = DOCUMENT["option"][0]
    return {
        "cause number": lambda t: document(cause_number=t),
        "option name": lambda t: document(option=[{**option, "name": t}, *DOCUMENT["option"][1:]]),
        "offense": lambda t: document(count=[{"number": 1, "offense": t}]),
        "key of the case file": lambda t: document(**{t: t}),
        "record": lambda t: document(count=[{"number": 1, "offense": "MCA 45-6-301", "record": {"victim": t}}]),
        "factor": lambda t: factor(rationale=t),
        "factor id": lambda t: factor(factor=t),
        "option of a factor": lambda t: factor(points={t: "for"}),
        "gate": lambda t: gate("public-safety", violence="no", weapon="no", injury="no", repeat="no", note=t),
        "gate id": lambda t: gate(t),
        "explanation": lambda t: gate("equivalence", status="departure", explanation=t),
        "rationale": lambda t: decide(rationale=t),
        "chosen option": lambda t: decide(chosen_option=t),
        "wall": lambda t: walls.close_to(db, pat, id_, people.paralegal.user_id, t),
        "wall id": lambda t: walls.open_again(db, pat, id_, t, t),
        "hold": lambda t: retention.place_hold(db, pat, id_, t, t),
        "disposal": lambda t: retention.request_disposal(db, pat, id_, t),
        "sealed text": lambda t: sealed_texts.seal_text(db, pat, id_, f"{t} DOB 3/4/1991", t, place="note"),
        "release": release,
        "display name": lambda t: account(display_name=t),
        "user name": lambda t: account(user_name=t),
        "role": lambda t: account(role=t),
        "e-mail": lambda t: identity.set_email(db, boss, people.paralegal.user_id, t),
        "sign in": lambda t: signin.sign_in(db, t, t, t),
        "code": lambda t: accounts.use_code(db, t, t, t),
        "session": lambda t: signin.resume(db, t),
        "end session": lambda t: signin.end_session(db, boss, t),
        "case id": lambda t: cases.open_case(db, pat, t),
        "search": lambda t: cases.list_cases(db, pat, text=t),
        "place in a list": lambda t: cases.list_cases(db, pat, after=t),
        "trail": lambda t: trail.list_events(db, boss, case_id=t, wanted=trail.Wanted(actor_id=t, action=t)),
        "docket columns": lambda t: docket.record_screening(
            db, pat, [t, "b"], {"case_id": t}, rows=1, cases=1, digest=t
        ),
        "docket header": lambda t: docket.remembered_columns(db, pat, [t]),
        "docket cases": lambda t: docket.open_as_cases(db, pat, {t: {"cause_number": "CR-9"}}),
        "review": lambda t: submission.return_(db, boss, id_, 1, t),
        "export of a note": lambda t: cases.record_export(db, pat, id_, t, t),
    }


def test_every_text_at_every_door_is_kept_or_refused_in_one_sentence(
    db: Database, people: People, case: CaseView, rules: Rules, tmp_path: Path
) -> None:
    for place, call in doors(db, people, case, rules).items():
        for text in (*TEXTS, *LINES, *HIDDEN):
            said = refusal(call, text)
            assert said is None or said, (place, text)
            assert said is None or said.isprintable(), (place, text, said)
            assert len(said or "") < 2_000, (place, len(said or ""))
    assert verify_chain(db).ok
    _no_stored_text_has_a_hidden_sign(db)
    _exports_run_nothing(db, people.supervisor, tmp_path)


def refusal(call: Call, text: str) -> str | None:
    """Return the sentence with which a text was refused, None when it was taken."""
    try:
        call(text)
    except CaseworkError as refused:
        return str(refused)
    return None


def _no_stored_text_has_a_hidden_sign(db: Database) -> None:
    with db.read() as session:
        for row in session.scalars(select(CaseFile)):
            stored = json.dumps(json.loads(row.document), ensure_ascii=False)
            assert not [sign for sign in HIDDEN if sign in stored]


def _exports_run_nothing(db: Database, actor: Actor, folder: Path) -> None:
    made = exporting.export_office(db, actor, folder / "all").target
    today = date.today()
    tables = [file.read_text("utf-8-sig") for file in made.rglob("*.csv")]
    tables.append(audit_report.audit_report(db, actor, today, today).table)
    for table in tables:
        for row in csv.reader(io.StringIO(table, newline="")):
            for cell in row:
                assert cell.lstrip()[:1] not in ("=", "+", "@") or not cell.strip(), cell
                assert not cell.lstrip().startswith("-") or cell.strip().lstrip("-").isdigit(), cell
    assert all(made in file.resolve().parents for file in made.rglob("*"))


def test_a_text_of_several_lines_is_one_event_in_the_report(db: Database, people: People, case: CaseView) -> None:
    for text in LINES:
        try:
            walls.close_to(db, people.prosecutor, case.id, people.paralegal.user_id, text)
        except (Invalid, Sensitive):
            continue
    today = date.today()
    report = audit_report.audit_report(db, people.supervisor, today, today)
    assert len(list(csv.reader(io.StringIO(report.table, newline="")))) == report.events + 1
