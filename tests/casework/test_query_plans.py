"""The pages' queries use an index, on both databases: none reads a whole table or sorts what it could read in order."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from plea_aid.bench.many_cases import APART, fill
from plea_aid.bench.store import calls
from plea_aid.casework import cases, search_index
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database

CASES = 10_000
MANY = 500
"""A table with more rows than this grows with the cases."""


def plan_of(db: Database, statement: str, parameters: Any) -> list[str]:
    """Return the lines of the plan of a statement."""
    with db.engine.connect() as connection:
        explain = "EXPLAIN QUERY PLAN " if db.is_sqlite else "EXPLAIN "
        return [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)]


def test_no_page_reads_or_sorts_a_whole_table(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = fill(db, CASES)
    with db.read() as session:
        names = sa.inspect(session.connection()).get_table_names()
        counts = {name: session.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}
    large = {name for name, count in counts.items() if count > MANY}
    assert {"case_file", "audit_event", "factor_entry"} <= large
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    for name, call in calls(db, actor, cases.list_cases(db, actor).rows[0].id).items():
        asked.clear()
        event.listen(db.engine, "before_cursor_execute", note)
        assert call(), name
        event.remove(db.engine, "before_cursor_execute", note)
        assert any("case_file" in statement for statement, _ in asked), name
        for statement, parameters in asked:
            lines = plan_of(db, statement, parameters)
            assert faults_of(lines, large, statement) == [], (name, statement, lines)
    if not db.is_sqlite:
        assert_a_search_looks_at_few(db, actor, monkeypatch)


def assert_a_search_looks_at_few(db: Database, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of two common words comes first, and however many cases have the other one."""
    few = 50
    monkeypatch.setattr(search_index, "LOOKS", few)
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if "search_token" in statement:
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    for backwards in (False, True):
        monkeypatch.setattr(search_index, "_rarest_first", lambda _, tokens, way=backwards: sorted(tokens, reverse=way))
        assert cases.list_cases(db, actor, text=" ".join(APART)).next
    event.remove(db.engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        explained = "EXPLAIN (ANALYZE, FORMAT JSON) "
        plans = [connection.exec_driver_sql(explained + statement, by).scalar_one() for statement, by in asked]
    read = [rows_read(plan[0]["Plan"]) for plan in plans]
    assert few < max(read) <= 4 * few, read


def rows_read(plan: dict[str, Any]) -> float:
    """Return how many rows of tables and indexes were read while a plan was carried out."""
    read = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if "Relation Name" in plan else 0
    return float(read * plan["Actual Loops"] + sum(rows_read(part) for part in plan.get("Plans", [])))


def faults_of(plan: list[str], large: set[str], statement: str) -> list[str]:
    """Return the lines that read a whole large table, or sort very many rows for a few."""
    # Disposed cases are few: leaving them out while reading in the order of an index skips next to nothing.
    asked = " ".join(statement.split()).replace("WHERE case_file.disposed_at IS NULL ORDER BY", "ORDER BY")
    limited, chosen = "LIMIT" in asked.upper(), "WHERE" in asked.upper()
    faults = []
    for line in plan:
        words = line.replace("->", " ").split()
        # Read in the order of an index until there are enough: no harm, unless a condition leaves rows out.
        if words[0] == "SCAN" and words[1] in large and (chosen or not limited):
            faults.append(line)
        if "Seq Scan on" in line and words[3] in large:
            faults.append(line)
        if limited and "USE TEMP B-TREE FOR ORDER BY" in line:
            faults.append(line)
        if limited and words[0] == "Sort" and "rows=" in line and int(line.split("rows=")[1].split()[0]) > MANY:
            faults.append(line)
    return faults


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_a_missing_index_would_look_like_is_noticed(db: Database) -> None:
    """The check itself can fail: without its index the list is a scan and a sort."""
    actor = fill(db, 2000)
    with db.write() as session:
        session.execute(sa.text("DROP INDEX ix_case_file_updated_at_id"))
    newest = "SELECT id FROM case_file ORDER BY updated_at DESC, id DESC LIMIT 51"
    assert faults_of(plan_of(db, newest, ()), {"case_file"}, newest)
    unsearchable = "SELECT id FROM case_file WHERE version = 7"
    assert faults_of(plan_of(db, unsearchable, ()), {"case_file"}, unsearchable)
    assert cases.list_cases(db, actor).rows
