"""Section 2 on the way into the database: refused by every service, sealed only with a reason, never printed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from plea_aid.casework import accounts, cases, record, sealed_texts, signoff, submission, trail
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.backups import kind_of
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotAllowed, NotFound, Sensitive
from plea_aid.casework.free_text import DOCUMENTS, NUMBERS_ONLY, WORDS
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import CaseFile, Table
from plea_aid.casework.views import CaseView
from plea_aid.law.entry_hash import hash_of_entry
from plea_aid.law.load import load_law
from plea_aid.privacy.guard import load_guard

from .conftest import DOCUMENT, People

PLANTED = "He said his DOB is 03/04/1991 and that is all."
NOT_WORDS = {
    "audit_event": {
        "at", "role", "actor_name", "terminal", "program", "action", "resource_kind", "outcome", "detail", "previous",
    },
    "case_family": {"family"},
    # of the guarded document
    "case_file": {"source", "cause_number", "stage"},
    # made of guarded rows
    "case_version": {"content"},
    "factor_entry": {"factor"},
    "gate_entry": {"gate"},
    "law_sign_off": {"kind"},
    # names of columns, which the screen itself looks over before a docket is read
    "docket_columns": {"mapping"},
    "disposal_request": {"retention_class", "edition"},
    # made of guarded rows
    "disposal_certificate": {"retention_class", "edition", "cause_number", "contents"},
    "disposed_row": {"table_name"},
    "release_entry": {"profile", "edition", "basis", "carried", "added", "sealed_texts", "found"},
    # what was released of guarded rows
    "release_copy": {"lines"},
    "review_step": {"move", "from_stage", "to_stage"},
    # what a seal is for
    "sealed_text": {"content", "kinds"},
    "sign_in_session": {"terminal", "proof"},
    # conclusions of the engine about guarded documents
    "decided_case": {"facts"},
    "stored_analysis": {"uses", "content"},
    "law_impact": {"changes"},
    "linked_identity": {"email", "issuer", "subject"},
    "user_account": {"user_name", "role"},
    "data_key": {"purpose", "wrapped", "master"},
    "search_token": {"part"},
}  # fmt: skip
"""Text columns that no person writes free words into; ids, hashes, moments and versions are known by their names."""
BY_NAME = re.compile(r"(^|_)(id|by|at|key|hash|sha256|version)$")


def test_every_text_column_is_either_read_by_the_guard_or_named_here() -> None:
    """A new column for words belongs into ``free_text``; one for anything else is named above."""
    for name, table in Table.metadata.tables.items():
        texts = {column.name for column in table.columns if kind_of(column) == "text"}
        read = {*WORDS.get(name, ()), *DOCUMENTS.get(name, ()), *NUMBERS_ONLY.get(name, ())}
        left = {column for column in texts - read if not BY_NAME.search(column)}
        assert read <= texts, name
        assert left <= NOT_WORDS.get(name, set()), name


Write = Callable[[Database, People, CaseView, Rules, str], Any]


def _option(db: Database, people: People, case: CaseView, rules: Rules, words: str) -> None:
    document = json.loads(json.dumps(case.document))
    document["option"][0]["name"] = words
    cases.update_document(db, people.prosecutor, case.id, case.document_version, document, rules=rules)


def _factor(**more: Any) -> Write:
    def write(db: Database, people: People, case: CaseView, rules: Rules, words: str) -> None:
        entry = {"factor": "harm", "state": "considered", **{k: v or words for k, v in more.items()}}
        record.save_factor(db, people.prosecutor, case.id, 0, entry, rules=rules)

    return write


def _gate(gate: str, **more: Any) -> Write:
    def write(db: Database, people: People, case: CaseView, rules: Rules, words: str) -> None:
        content = json.loads(json.dumps({"gate": gate, **more}).replace("PLANTED", words))
        record.save_gate(db, people.prosecutor, case.id, 0, content, rules=rules)

    return write


def _decide(field: str) -> Write:
    def write(db: Database, people: People, case: CaseView, rules: Rules, words: str) -> None:
        decision = {"chosen_option": "364 days", "rationale": "It is just.", field: words}
        record.decide(db, people.prosecutor, case.id, 0, decision)

    return write


def _sign_off(db: Database, people: People, case: CaseView, rules: Rules, words: str) -> None:
    law = load_law()
    digest = hash_of_entry(law, "offense", "mt-45-6-301-1")
    signoff.sign_off(db, people.supervisor, "offense", "mt-45-6-301-1", digest, words, law=law)


def _account(db: Database, people: People, case: CaseView, rules: Rules, words: str) -> None:
    accounts.add_user(
        db, people.administrator, {"user_name": "new", "display_name": "DOB 03/04/1991", "role": "auditor"}
    )


def _create(db: Database, people: People, case: CaseView, rules: Rules, words: str) -> None:
    cases.create_case(db, people.prosecutor, {**DOCUMENT, "cause_number": words[:60]}, rules=rules)


_CHARGE = {"option": "Amended", "count": 1, "offense": "MCA 45-5-201(1)(a)"}
WRITES: dict[str, Write] = {
    "a new case": _create,
    "an option's name": _option,
    "a factor's reason": _factor(rationale=""),
    "the note of the public safety gate": _gate("public-safety", note="PLANTED"),
    "the fact for an element": _gate("factual-basis", charges=[{**_CHARGE, "facts": {"an element": "PLANTED"}}]),
    "an element": _gate("factual-basis", charges=[{**_CHARGE, "facts": {"PLANTED": "a fact"}}]),
    "the reference of a submission": _gate("defense-submission", reference="PLANTED"),
    "the explanation of a departure": _gate("equivalence", explanation="PLANTED"),
    "the reasons of a decision": _decide("rationale"),
    "why a decision changed": _decide("change_explanation"),
    "the note of a sign-off": _sign_off,
    "the name of an account": _account,
}  # fmt: skip


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_no_service_stores_what_the_guard_finds(
    db: Database, people: People, case: CaseView, rules: Rules, write: Write
) -> None:
    before = _everything(db)
    with pytest.raises(Sensitive) as refused:
        write(db, people, case, rules, PLANTED)
    (find,) = refused.value.finds
    assert [hit.kind for hit in find.hits] == ["birth-date"]
    assert find.hits[0].why.endswith(".")
    assert find.text[find.hits[0].start : find.hits[0].end] == "03/04/1991"
    assert "03/04" not in str(refused.value)
    assert "birth date" in str(refused.value)
    assert _everything(db) == before


def test_the_reasons_of_review_and_the_outcome_are_read_too(
    db: Database, people: People, case: CaseView, rules: Rules, fill: Callable[..., CaseView]
) -> None:
    ready = fill(case.id)
    submission.submit(db, people.prosecutor, case.id, ready.version, rules=rules)
    version = cases.open_case(db, people.supervisor, case.id).version
    for move in (submission.approve, submission.return_):
        with pytest.raises(Sensitive):
            move(db, people.supervisor, case.id, version, PLANTED)
    submission.approve(db, people.supervisor, case.id, version, "Sound.")
    for more in ({"note": PLANTED}, {"court_action": PLANTED}):
        with pytest.raises(Sensitive):
            submission.record_outcome(db, people.prosecutor, case.id, version + 1, {"result": "offered", **more})
    assert cases.open_case(db, people.supervisor, case.id).stage == "approved"


def test_what_was_stored_before_does_not_stand_in_the_way_of_the_rest(
    db: Database, people: People, case: CaseView, rules: Rules
) -> None:
    document = json.loads(json.dumps(case.document))
    document["option"][0]["name"] = "His DOB is 3/4/1991"
    with db.write() as session:
        row = session.get(CaseFile, case.id)
        assert row is not None
        row.document = json.dumps(document)
    document["option"][1]["name"] = "One day less"
    cases.update_document(db, people.prosecutor, case.id, case.document_version, document, rules=rules)
    assert cases.open_case(db, people.prosecutor, case.id).option_names[1] == "One day less"


def test_an_override_needs_a_reason_and_leaves_only_a_placeholder(
    db: Database, people: People, case: CaseView, rules: Rules
) -> None:
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Invalid, match="Say in up to"):
            sealed_texts.seal_text(db, people.prosecutor, case.id, PLANTED, reason, place="factor 2")
    with pytest.raises(Sensitive):
        sealed_texts.seal_text(db, people.prosecutor, case.id, PLANTED, PLANTED, place="factor 2")
    with pytest.raises(Invalid, match="Nothing in this text"):
        sealed_texts.seal_text(db, people.prosecutor, case.id, "Two witnesses.", "Why not.", place="factor 2")
    sealed = sealed_texts.seal_text(
        db, people.prosecutor, case.id, PLANTED, "The court ordered the age to be shown.", place="factor 2"
    )
    assert (sealed.number, sealed.placeholder, sealed.kinds) == (1, "[sealed text 1]", ("birth-date",))
    entry = {"factor": "harm", "state": "considered", "rationale": sealed.placeholder}
    record.save_factor(db, people.prosecutor, case.id, 0, entry, rules=rules)
    view = cases.open_case(db, people.prosecutor, case.id)
    assert view.factors["harm"].entry.rationale == "[sealed text 1]"
    assert "03/04" not in repr(view)
    assert sealed_texts.sealed_texts(db, people.auditor, case.id) == (sealed,)
    assert verify_chain(db).ok


def test_a_sealed_text_is_read_only_by_who_may_and_the_reading_is_recorded(
    db: Database, people: People, case: CaseView
) -> None:
    sealed_texts.seal_text(db, people.paralegal, case.id, PLANTED, "The court asked.", place="a note")
    for reader in (people.prosecutor, people.supervisor):
        assert sealed_texts.open_sealed_text(db, reader, case.id, 1) == PLANTED
    for other in (people.other_prosecutor, people.paralegal, people.auditor, people.administrator):
        with pytest.raises(NotAllowed):
            sealed_texts.open_sealed_text(db, other, case.id, 1)
    for number in (0, 2, 10**9):
        with pytest.raises(NotFound):
            sealed_texts.open_sealed_text(db, people.prosecutor, case.id, number)
    with pytest.raises(NotAllowed):
        sealed_texts.seal_text(db, people.other_prosecutor, case.id, PLANTED, "Because.", place="a note")
    events = trail.list_events(db, people.supervisor, case_id=case.id)
    told = [(e.actor_id, e.action, e.outcome) for e in events if e.action.startswith("text.")]
    assert (people.prosecutor.user_id, "text.read", "done") in told
    assert (people.auditor.user_id, "text.read", "denied") in told
    sealing = next(e for e in events if e.action == "text.seal" and e.outcome == "done")
    assert sealing.detail["reason"] == "The court asked."
    assert sealing.detail["kinds"] == ["birth-date"]
    assert "03/04" not in json.dumps([e.detail for e in events])


def test_the_words_of_the_law_data_raise_nothing() -> None:
    """Offenses, elements, answers and the checklist reach the record as they are: none may be refused."""
    law, guard = load_law(), load_guard()
    words = {o.title for o in law.offenses.values()} | {o.cite for o in law.offenses.values()} | set(law.offenses)
    words |= {a for o in law.offenses.values() for f in o.record_facts for a in (f.key, *f.answers)}
    words |= {w for way in law.vocabulary.values() for w in way}
    words |= {item.id for list_ in law.checklists for item in (*list_.factors, *list_.gates)}
    found = {w: [h.kind for h in hits] for w in sorted(words) if (hits := guard.scan(w))}
    assert found == {}


def _everything(db: Database) -> dict[str, list[Any]]:
    with db.read() as session:
        return {
            name: sorted(map(repr, session.execute(table.select()).all()))
            for name, table in Table.metadata.tables.items()
            if name != "audit_event"
        }
