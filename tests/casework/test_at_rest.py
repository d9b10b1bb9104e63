"""What lies in the database: nothing readable, nothing that opens in another place, nothing without its key."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Text, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from plea_aid.casework import accounts, cases, migrate, record, signin, signoff, submission
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.encrypted import Encrypted, Mark
from plea_aid.casework.keyring import Tampered
from plea_aid.casework.migrate import open_database
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import CaseFile, FactorRow, SearchToken, Table, User
from plea_aid.casework.views import CaseView
from plea_aid.casework.work import changing
from plea_aid.law.entry_hash import hash_of_entry
from plea_aid.law.load import load_law

from .conftest import DOCUMENT, GATES, People

ENCRYPTING = next(
    script for script in ScriptDirectory(str(migrate.MIGRATIONS)).walk_revisions() if "encryption" in script.path
)
READABLE = {
    "an id": "id user_id actor_id resource_id row_id subject",
    "chosen from a list": "role stage move from_stage to_stage kind outcome action resource_kind purpose",
    "a name from the law or the checklist": "factor gate family entry_id",
    "a version": "version law_version policy_version program_version",
    "a moment": "at signed_at submitted_at moved_at sealed_at released_at lifted_at placed_at requested_at approved_at",
    "a hash of a random secret, or Argon2id": "code_hash token_hash password_hash proof",
    "the hash of a law entry, which is public": "content_hash",
    "the program's own name": "program",
    "encrypted otherwise, or a name of a key": "wrapped master",
    "which text of the case a mark is of": "part",
    "a keyed mark": "name_hash",
    "an id or number from the release profiles or the retention classes": (
        "profile edition basis carried added sealed_texts retention_class"
    ),
    "names of tables and numbers of rows": "table_name contents",
    "the hash of a file that was handed over": "document_sha256",
    "the address of the sign-in provider": "issuer",
    "the hash of the names of a docket's columns": "header_key",
    "fixed words and numbers for the office's figures": "facts",
    "citations and dispositions, which the law-impact run is narrowed by": "uses",
}
"""Columns of text that may be read by whoever holds the database, and why; a reference to another row may be, too."""


@pytest.mark.parametrize("table", sorted(Table.metadata.tables))
def test_every_text_column_is_encrypted_or_says_why_not(table: str) -> None:
    """A new column of text is ``Encrypted``, or a ``Mark``, or holds nothing that a person wrote or is called."""
    why = {name for names in READABLE.values() for name in names.split()}
    for column in Table.metadata.tables[table].columns:
        if isinstance(column.type, Text) or getattr(column.type, "impl", None) is Text:
            known = bool(column.foreign_keys) or column.name in why
            assert known or isinstance(column.type, (Encrypted, Mark)), f"{table}.{column.name}"


def planted(count: int) -> list[str]:
    """Words that occur nowhere else, one for each place a person can write in."""
    return [f"Zq{secrets.token_hex(8)}" for _ in range(count)]


@pytest.fixture
def words() -> list[str]:
    return planted(16)


@pytest.fixture
def office(db: Database, rules: Rules, words: list[str]) -> CaseView:
    """An office in which every place a person can write in holds a word of its own."""
    (sue, pat, sue_name, pat_name, password, terminal, cause, option, why, note, reasons, change, action, signed,
     source, search) = words  # fmt: skip
    code = accounts.first_code(db)
    assert code
    first = {"user_name": sue, "display_name": sue_name, "role": "supervisor"}
    accounts.create_first_account(db, code, first, password)
    supervisor = signin.sign_in(db, sue, password, terminal).actor
    _, code = accounts.add_user(db, supervisor, {"user_name": pat, "display_name": pat_name, "role": "prosecutor"})
    accounts.use_code(db, pat, code, password)
    prosecutor = signin.sign_in(db, pat, password, terminal).actor
    document = {**DOCUMENT, "cause_number": cause, "option": [*DOCUMENT["option"], {"name": option}]}
    view = cases.create_case(db, prosecutor, document, rules=rules)
    cases.list_cases(db, prosecutor, text=search)
    for factor in rules.factor_ids:
        entry = {"factor": factor, "state": "considered", "points": {option: "for"}, "weight": "some", "rationale": why}
        record.save_factor(db, prosecutor, view.id, 0, entry, rules=rules)
    for gate in GATES:
        entry = {**gate, "note": note} if gate["gate"] == "public-safety" else gate
        record.save_gate(db, prosecutor, view.id, 0, entry, rules=rules)
    for number, (chosen, rationale) in enumerate([(option, why), ("364 days", change)]):
        decision = {"chosen_option": chosen, "rationale": rationale, "change_explanation": change}
        record.decide(db, prosecutor, view.id, number, decision)
        version = cases.open_case(db, prosecutor, view.id).version
        version = submission.submit(db, prosecutor, view.id, version, rules=rules).number + version
        view = cases.open_case(db, supervisor, view.id)
        if number == 0:
            submission.return_(db, supervisor, view.id, view.version, reasons)
    submission.approve(db, supervisor, view.id, view.version)
    for result in ("offered", "accepted", "entered"):
        view = cases.open_case(db, prosecutor, view.id)
        outcome = {
            "result": result,
            "on": "2026-05-01",
            "ended": "as-offered",
            "agreement_type": "none",
            "court_action": action,
            "note": note,
        }
        submission.record_outcome(db, prosecutor, view.id, view.version, outcome)
    law = load_law()
    theft = "mt-45-6-301-1"
    signoff.sign_off(db, supervisor, "offense", theft, hash_of_entry(law, "offense", theft), signed, law=law)
    with changing(db, prosecutor) as work:
        cases.insert_case(work, {"cause_number": cause}, source_key=source)
    return cases.open_case(db, prosecutor, view.id)


def everything_stored(db: Database, *, rest: bool = True) -> Iterator[bytes]:
    """Every byte of the files in which the database lies: free pages and all, and with ``rest`` PostgreSQL's log.

    What was readable once stays in PostgreSQL's log until that is recycled, which is its administrator's matter.
    """
    if db.is_sqlite:
        file = Path(str(db.engine.url.database))
        files = list(file.parent.glob(f"{file.name}*"))
        assert not rest or any(one.name.endswith("-wal") for one in files)
    else:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
            folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
            own = connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()")
            files = list((folder / "base" / str(own.scalar_one())).iterdir())
            files += list((folder / "pg_wal").glob("0*")) if rest else []
    for one in files:
        yield one.read_bytes()


def test_nothing_that_was_written_can_be_read_from_the_files(db: Database, office: CaseView, words: list[str]) -> None:
    stored = list(everything_stored(db))
    assert any(office.id.encode() in one for one in stored)  # the files are the right ones
    assert any(b"equivalence" in one for one in stored)
    for word in words:
        for form in {word, word.lower(), word.upper(), word[:12], word.encode().hex()}:
            assert not any(form.encode() in one for one in stored), (words.index(word), form)
    with db.read() as session:
        for table in Table.metadata.sorted_tables:
            for row in session.execute(text(f"SELECT * FROM {table.name}")):
                held = " ".join(map(str, row)).lower()
                assert not [word for word in words if word.lower() in held], table.name


def test_encrypting_an_office_leaves_no_readable_rest_and_decrypting_gives_it_back(
    db: Database, office: CaseView, words: list[str]
) -> None:
    """Down to readable tables, which hold the words, and up again: then no free page and no log holds them."""
    before = verify_chain(db)
    assert before.ok
    down = ENCRYPTING.down_revision
    migrate.downgrade(db, down)
    readable = [word for word in words if any(word.encode() in one for one in everything_stored(db, rest=False))]
    assert set(words) - set(readable) == {words[4], words[15]}  # a password and a search were never written down
    db.close()
    again = open_database(db.engine.url.render_as_string(hide_password=False))
    for word in words:
        assert not any(word.encode() in one for one in everything_stored(again, rest=False)), words.index(word)
    after = verify_chain(again)
    assert (after.ok, after.head, after.events) == (True, before.head, before.events)
    with again.read() as session:
        owner = session.scalars(
            select(User).where(col(User.user_name).is_not(None), col(User.role) == "prosecutor")
        ).one()
    actor = accounts.Actor(owner.id, owner.user_name, owner.display_name, owner.role)
    view = cases.open_case(again, actor, office.id)
    assert (view.document, view.steps, view.decision) == (office.document, office.steps, office.decision)
    assert [row.id for row in cases.list_cases(again, actor, text=words[9]).rows] == [office.id]
    again.close()


def test_the_program_reads_it_as_it_was_written(db: Database, office: CaseView, words: list[str]) -> None:
    assert office.cause_number == words[6]
    assert office.owner_name == words[3]
    assert [step.reasons for step in office.steps if step.move == "return"] == [words[10]]
    assert office.decision is not None
    assert office.decision.rationale == words[11]
    assert office.steps[-1].detail["court_action"] == words[12]
    assert verify_chain(db).ok
    again = open_database(db.engine.url.render_as_string(hide_password=False))
    with again.read() as session:
        query = select(User.user_name, User.display_name, CaseFile.cause_number).join(
            CaseFile, col(CaseFile.owner_id) == col(User.id)
        )
        assert set(session.execute(query).all()) == {(words[1], words[3], words[6])}
        aliased = CaseFile.__table__.alias("other")
        assert session.execute(select(aliased.c.document).limit(1)).scalar_one().startswith("{")
    again.close()


def stored(db: Database, table: str, column: str, row: str) -> Any:
    with db.read() as session:
        return session.execute(text(f"SELECT {column} FROM {table} WHERE id = :id"), {"id": row}).scalar_one()


def put(db: Database, table: str, column: str, row: str, value: Any) -> None:
    with db.write() as session:
        session.execute(text(f"UPDATE {table} SET {column} = :value WHERE id = :id"), {"value": value, "id": row})


def test_a_value_moved_to_another_place_does_not_open(db: Database, people: People, case: CaseView) -> None:
    other = cases.create_case(db, people.prosecutor, {"cause_number": "CR-2026-0413"})
    own = stored(db, "case_file", "document", case.id)
    for column, row, value in (
        ("document", other.id, own),
        ("cause_number", case.id, own),
        ("cause_number", other.id, stored(db, "case_file", "cause_number", case.id)),
        ("document", case.id, stored(db, "user_account", "display_name", people.prosecutor.user_id)),
        ("document", case.id, "{}"),
        ("document", case.id, ""),
        ("document", case.id, "9" + own[1:]),
    ):
        before = stored(db, "case_file", column, row)
        put(db, "case_file", column, row, value)
        with pytest.raises(Tampered, match=f"case_file.{column} of {row} does not open"):
            cases.open_case(db, people.prosecutor, row)
        assert [str(one) for one in verify_chain(db).faults] == [
            f"case_file {row}: its {column} does not open: it was altered or belongs elsewhere"
        ]
        put(db, "case_file", column, row, before)
    assert verify_chain(db).ok


def test_every_altered_character_of_an_encrypted_value_is_found(db: Database, people: People, case: CaseView) -> None:
    whole = stored(db, "case_file", "cause_number", case.id)
    dice = random.Random(5)
    keys = db.keyring.opened()
    for at in range(len(whole)):
        for other in dice.sample("ABCDEFabcdef0123456789+/=. ", 3):
            altered = whole[:at] + other + whole[at + 1 :]
            if altered != whole:
                with pytest.raises(Tampered):
                    keys.decrypt("case_file.cause_number", case.id, altered)
    assert keys.decrypt("case_file.cause_number", case.id, whole) == "CR-2026-0412"


def test_equal_texts_are_stored_unlike_and_names_are_unique(db: Database, people: People) -> None:
    twice = [cases.create_case(db, people.prosecutor, {"cause_number": "CR-1"}).id for _ in range(2)]
    assert len({stored(db, "case_file", "cause_number", one) for one in twice}) == 2
    with pytest.raises(accounts.Invalid, match="already"):
        accounts.add_user(db, people.supervisor, {"user_name": "PROSECUTOR", "display_name": "X", "role": "auditor"})
    with db.read() as session:
        found = session.scalars(select(User).where(col(User.user_key) == "prosecutor")).one()
        marks = set(session.scalars(select(User.user_key)))
    assert found.user_name == "prosecutor"
    assert all(len(one) == 24 for one in marks)
    assert found.user_key in marks


def test_nothing_readable_slips_in_past_the_classes(db: Database, people: People, case: CaseView) -> None:
    """A plain UPDATE, a plain INSERT and a comparison cannot encrypt for a row, so they are refused."""
    attempts: list[Callable[[Any], Any]] = [
        lambda s: s.execute(update(User).values(display_name="readable")),
        lambda s: s.execute(FactorRow.__table__.insert(), [{"id": "x", "case_id": case.id, "content": "readable"}]),
        lambda s: s.execute(select(CaseFile).where(col(CaseFile.cause_number) == "CR-2026-0412")),
        lambda s: s.execute(select(CaseFile).where(col(CaseFile.cause_number).in_(["CR-2026-0412"]))),
    ]
    for attempt in attempts:
        with pytest.raises(Exception, match="encrypted for its row"), db.write() as session:
            attempt(session)
    assert verify_chain(db).ok


def test_a_text_saved_again_is_bound_to_its_own_row(db: Database, people: People, case: CaseView) -> None:
    """Texts that the program copies from one row to another open in both."""
    with db.write() as session:
        first = session.get(CaseFile, case.id)
        assert first is not None
        copy = CaseFile(
            cause_number=first.cause_number,
            document=first.document,
            document_by=first.document_by,
            owner_id=first.owner_id,
        )
        session.add(copy)
        session.flush()
        first.document = copy.document
        first.cause_number = None
    assert cases.open_case(db, people.prosecutor, copy.id).document == case.document
    assert cases.open_case(db, people.prosecutor, case.id).document == case.document
    assert stored(db, "case_file", "cause_number", case.id) is None
    assert verify_chain(db).ok


def test_marks_of_words_tell_nothing_without_the_key(db: Database, office: CaseView, words: list[str]) -> None:
    with db.read() as session:
        tokens = set(session.scalars(select(SearchToken.token)))
    assert db.keyring.opened().token(words[8].lower()) in tokens
    assert all(isinstance(one, int) for one in tokens)


def test_a_fault_of_the_database_does_not_repeat_what_was_written(db: Database) -> None:
    with pytest.raises(DBAPIError) as fault, db.engine.connect() as connection:
        connection.execute(text("INSERT INTO no_such_table VALUES (:words)"), {"words": "what the defendant said"})
    assert "what the defendant said" not in str(fault.value)
