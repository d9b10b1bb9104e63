"""A store of very many cases, made fast: a few by the program, the newest ones, and the rest copied from two of them.

The copies are made inside the database, with other ids, owners, stages and dates; what is encrypted in them is never
read. What a first page of a list shows is among the cases made by the program.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from plea_aid.casework import cases, record, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import Table, User

RULES = Rules(
    law_version="2026-11-22-0123456789ab",
    policy_version="helena-2026, Section 5 in-force",
    factor_ids=("harm",),
    gate_ids=("advisement",),
    analyse=lambda document: {"options": [{"name": one["name"]} for one in document["option"]]},
)
GENUINE = 110
"""Cases made by the program; whatever a first page of a list shows is among them."""
APART = ("driving", "shoplifting")
"""Each of these words stands in half of the cases, and both in none."""
RARE = "elsewhere"
"""A word of one case."""
EVERY = 20
"""One copied case in so many was submitted."""


def fill(db: Database, count: int) -> Actor:
    """Put ``count`` cases into an empty, migrated database; return the supervisor who has some of them."""
    with db.write() as session:
        people = [
            User(user_name=f"user{n}", user_key=f"user{n}", display_name=f"User {n}", role="supervisor")
            for n in range(20)
        ]
        session.add_all(people)
    actors = [Actor(one.id, one.user_name, one.display_name, one.role, "bench", one.user_name) for one in people]
    owners = [one.id for one in people]
    drafts = [_make(db, actors[0], number, word, submit=False) for number, word in enumerate(APART, 1)]
    submitted = _make(db, actors[0], 3, "as the others", submit=True)
    with db.write() as session:
        for table in Table.metadata.sorted_tables:
            for place, draft in enumerate(drafts):
                _copy(session, table, draft, count // 2, place * count // 2, owners)
            _copy(session, table, submitted, count // EVERY, count, owners)
    for number in range(GENUINE):
        last = number == GENUINE - 1
        _make(db, actors[0], 100 + number, RARE if last else "", submit=True)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What PostgreSQL does by itself soon after so many rows came.
        connection.exec_driver_sql("ANALYZE" if db.is_sqlite else "VACUUM ANALYZE")
    return actors[0]


def document(number: int) -> dict[str, Any]:
    """Return a case file of one count and one option."""
    return {
        "cause_number": f"CR-2026-{number:04d}",
        "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
        "option": [{"name": "As charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 355}]}],
    }


def _make(db: Database, actor: Actor, number: int, words: str, *, submit: bool) -> str:
    """Make a case by the services; ``words`` stand in its reasons, and without any it is not weighed."""
    hearing = date(2026, 1, 1) + timedelta(days=number)
    rules = RULES if words else replace(RULES, factor_ids=(), gate_ids=())
    made = cases.create_case(db, actor, document(number), hearing_date=hearing, rules=rules)
    if words:
        entry = {"factor": "harm", "state": "considered", "weight": "some", "rationale": f"About the harm, {words}."}
        record.save_factor(db, actor, made.id, 0, entry, rules=RULES)
        record.save_gate(db, actor, made.id, 0, {"gate": "advisement", "reminded": True}, rules=RULES)
    if submit:
        record.decide(db, actor, made.id, 0, {"chosen_option": "As charged", "rationale": "It is just."})
        view = cases.open_case(db, actor, made.id)
        submission.submit(db, actor, made.id, view.version, rules=rules)
    return made.id


def _copy(session: Any, table: sa.Table, case_id: str, count: int, first: int, owners: list[str]) -> None:
    """Copy the rows of one case ``count`` times, inside the database."""
    owner = {"case_file": "id", "audit_event": "resource_id"}.get(table.name, "case_id")
    if owner not in table.columns:
        return
    sqlite = session.get_bind().dialect.name == "sqlite"
    number = f"(n + {first})"
    hexed = f"printf('%032x', {number})" if sqlite else f"lpad(to_hex({number}), 32, '0')"
    # A row's own id: beside the case's number the place of the row in the template.
    own = (
        f"printf('%016x%016x', {number}, r)"
        if sqlite
        else f"lpad(to_hex({number}), 16, '0') || lpad(to_hex(r), 16, '0')"
    )
    old = f"datetime('2020-01-01', '+' || {number} || ' minutes') || '.000000'"
    ago = old if sqlite else f"timestamptz '2020-01-01' + {number} * interval '1 minute'"
    whens = " ".join(f"WHEN {place} THEN '{one}'" for place, one in enumerate(owners))
    values = {
        owner: hexed,
        "id": hexed if table.name == "case_file" else own,
        "seq": f"-({number} * 100 + r)",  # before the first: the program goes on after its own last event
        "updated_at": ago,
        "created_at": ago,
        "submitted_at": ago.replace("2020", "2030") if table.name in ("case_file", "case_family") else "submitted_at",
        "owner_id": f"CASE {number} % {len(owners)} " + whens + " END",
        "cause_key": f"'CR2020' || {number}" if sqlite else f"'CR2020' || {number}::text",
        "cause_tail": f"'' || {number}",
        # A queue of a thousandth of the cases; the earliest hearings are of those made by the program.
        "stage": f"CASE WHEN stage = 'draft' THEN 'draft' WHEN {number} % 50 = 0 THEN 'submitted' ELSE 'entered' END",
        "hearing_date": f"CASE WHEN {number} % 3 = 0 THEN NULL ELSE {'date(' if sqlite else ''}'2027-01-01'"
        + (")" if sqlite else "::date")
        + " END",
    }
    names = [column.name for column in table.columns]
    chosen = ", ".join(values.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    series = (
        f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {count})"
        if sqlite
        else f"WITH many AS (SELECT generate_series(1, {count})::bigint AS n)"
    )
    rows = f'(SELECT *, row_number() OVER () AS r FROM {table.name} WHERE "{owner}" = :case) AS template'
    session.execute(
        sa.text(f"INSERT INTO {table.name} ({listed}) {series} SELECT {chosen} FROM many CROSS JOIN {rows}"),
        {"case": case_id},
    )
