"""The store at ten thousand cases and at a million: what the list, the queue, a search and a case page cost.

    python tests/benchmarks/store.py [--small 10000] [--large 1000000] [--url postgresql://...] [--json]

Each figure is the median time of one call of the service that the page calls, in milliseconds, at both sizes, their
ratio, and at the large size the ratio to plain SQLAlchemy reading the same rows by itself, without permissions, walls,
audit trail or decryption. The figures are of an idle machine or of none. Without --url a SQLite file is used.

The store is a few cases made by the program, the newest ones, and the rest copied from two of them inside the database,
with other ids, owners, stages and dates; what is encrypted in the copies is never read.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from plea_aid.casework import cases, record, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.migrate import open_database
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
    light, submitted = _make(db, actors[0], 1, submit=False), _make(db, actors[0], 2, submit=True)
    with db.write() as session:
        for table in Table.metadata.sorted_tables:
            _copy(session, table, light, count, 0, owners)
            _copy(session, table, submitted, count // EVERY, count, owners)
    for number in range(GENUINE):
        _make(db, actors[0], 100 + number, submit=True, plainly=number < GENUINE - 1)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return actors[0]


def _make(db: Database, actor: Actor, number: int, *, submit: bool, plainly: bool = False) -> str:
    document = {
        "cause_number": f"CR-2026-{number:04d}",
        "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
        "option": [{"name": "As charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 355}]}],
    }
    hearing = date(2026, 1, 1) + timedelta(days=number)
    rules = replace(RULES, factor_ids=(), gate_ids=()) if plainly else RULES
    made = cases.create_case(db, actor, document, hearing_date=hearing, rules=rules)
    if not plainly:
        _weigh(db, actor, made.id)
    if submit:
        record.decide(db, actor, made.id, 0, {"chosen_option": "As charged", "rationale": "It is just."})
        view = cases.open_case(db, actor, made.id)
        submission.submit(db, actor, made.id, view.version, rules=rules)
    return made.id


def _weigh(db: Database, actor: Actor, case_id: str) -> None:
    entry = {"factor": "harm", "state": "considered", "weight": "some", "rationale": "About the harm."}
    record.save_factor(db, actor, case_id, 0, entry, rules=RULES)
    record.save_gate(db, actor, case_id, 0, {"gate": "advisement", "reminded": True}, rules=RULES)


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


def calls(db: Database, actor: Actor) -> dict[str, Callable[[], Any]]:
    """Return what the pages ask for, by name; each returns something."""
    newest = cases.list_cases(db, actor).rows[0]
    tenth = cases.list_cases(db, actor, limit=50).next
    return {
        "case list": lambda: cases.list_cases(db, actor).rows,
        "case list, second page": lambda: cases.list_cases(db, actor, after=tenth).rows,
        "case list, only mine": lambda: cases.list_cases(db, actor, owner_id=actor.user_id).rows,
        "case list, one stage": lambda: cases.list_cases(db, actor, stage="submitted").rows,
        "case list, mine in one stage": lambda: (
            cases.list_cases(db, actor, stage="submitted", owner_id=actor.user_id).rows
        ),
        "search, whole cause number": lambda: cases.list_cases(db, actor, text="CR-2026-0119").rows,
        "search, last number": lambda: cases.list_cases(db, actor, text="119").rows,
        "search, beginning": lambda: cases.list_cases(db, actor, text="CR-2026-01").rows,
        "search, what every case has": lambda: cases.list_cases(db, actor, text="45-5-206").rows,
        "review queue": lambda: cases.review_queue(db, actor),
        "review queue, by age": lambda: cases.review_queue(db, actor, order="age"),
        "case page": lambda: [cases.open_case(db, actor, newest.id)],
    }


def plain(db: Database, actor: Actor) -> dict[str, Callable[[], Any]]:
    """Return the same rows read by plain SQLAlchemy, for what has a plain form."""
    engine = sa.create_engine(db.engine.url)
    table = Table.metadata.tables["case_file"]
    columns = [sa.type_coerce(c, sa.LargeBinary()) if isinstance(c.type, sa.LargeBinary) else c for c in table.columns]
    newest = sa.select(*columns).order_by(table.c.updated_at.desc(), table.c.id.desc()).limit(51)
    waiting = newest.where(table.c.stage == "submitted")

    def ask(query: sa.Select[Any]) -> Callable[[], Any]:
        def run() -> Any:
            with engine.connect() as connection:
                return connection.execute(query).all()

        return run

    return {
        "case list": ask(newest),
        "case list, only mine": ask(newest.where(table.c.owner_id == actor.user_id)),
        "case list, one stage": ask(waiting),
    }


def median_ms(call: Callable[[], Any], times: int = 60) -> float:
    """Return the median of ``times`` calls in milliseconds, after two that do not count."""
    assert call()
    call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def measure(url: str, count: int) -> tuple[dict[str, float], dict[str, float]]:
    """Fill a store of ``count`` cases and return the medians of the services and of plain SQLAlchemy."""
    db = open_database(url)
    actor = fill(db, count)
    ours = {name: median_ms(call) for name, call in calls(db, actor).items()}
    theirs = {name: median_ms(call) for name, call in plain(db, actor).items()}
    db.close()
    return ours, theirs


def _fresh(url: str | None, folder: Path, name: str) -> str:
    if url is None:
        return f"sqlite:///{folder / name}.db"
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "plea_aid_bench_{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "plea_aid_bench_{name}"')
    return sa.make_url(url).set(database=f"plea_aid_bench_{name}").render_as_string(hide_password=False)


def main() -> None:
    """Measure both sizes and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--url", help="a PostgreSQL server on which two databases may be created")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plea-aid-store-") as folder:
        small, _ = measure(_fresh(given.url, Path(folder), "small"), given.small)
        large, baseline = measure(_fresh(given.url, Path(folder), "large"), given.large)
    rows = [
        {
            "what": name,
            "small_ms": round(small[name], 2),
            "large_ms": round(large[name], 2),
            "large_to_small": round(large[name] / small[name], 2),
            "to_plain_sqlalchemy": round(large[name] / baseline[name], 2) if name in baseline else None,
        }
        for name in small
    ]
    if given.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"| what | {given.small:,} cases, ms | {given.large:,} cases, ms | ratio | to plain SQLAlchemy |")
    print("|---|---|---|---|---|")
    for row in rows:
        against = row["to_plain_sqlalchemy"] or ""
        print(f"| {row['what']} | {row['small_ms']} | {row['large_ms']} | {row['large_to_small']} | {against} |")


if __name__ == "__main__":
    main()
