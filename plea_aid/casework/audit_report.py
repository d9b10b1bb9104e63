"""The periodic report on the audit trail that MCA 44-5-403(8) asks for: who read, changed, took out, was refused."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import midnight, stamp
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid
from plea_aid.casework.exporting import spreadsheet_cell
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import AuditEvent
from plea_aid.casework.visibility import closed_cases
from plea_aid.casework.work import reading

SORTS = ("inquiry", "change", "taken out", "sign-in", "denial")
"""What an event is, in the order the report counts it; a removal is a change."""
COLUMNS = (
    "seq", "at", "actor_id", "actor_name", "role", "terminal", "program", "action", "resource_kind", "resource_id",
    "outcome", "detail",
)  # fmt: skip
_READS = (".read", ".read-all", ".list", ".compare", ".prepare", ".own", ".workload")
_OUT = ("export", ".backup", ".make", ".anchor", ".code-shown")
_SIGN_IN = ("session.open", "session.close", "account.use-code")


@dataclass(frozen=True)
class Report:
    """The events of some days: how many of each sort each operator caused, and each event as a line of a table."""

    since: date
    until: date
    counts: Mapping[tuple[str, str], Counter[str]]
    """By (operator, role): events of each sort."""
    table: str
    """CSV with a header line; no cell is run as a formula by a spreadsheet."""

    @property
    def events(self) -> int:
        """How many events there were."""
        return sum(counter.total() for counter in self.counts.values())


def audit_report(db: Database, actor: Actor, since: date, until: date) -> Report:
    """Report what was done from the day ``since`` through the day ``until``, by the clock of this machine.

    Cases closed to the actor are left out. The report is an event itself. Raises NotAllowed, Invalid.
    """
    if until < since:
        raise Invalid(f"The report would end on {until}, before it begins on {since}.")
    start, end = stamp(midnight(since)), stamp(midnight(until + timedelta(days=1)))
    query = select(*(col(getattr(AuditEvent, name)) for name in COLUMNS))
    query = query.where(col(AuditEvent.at) >= start, col(AuditEvent.at) < end).order_by(col(AuditEvent.seq))
    counts: dict[tuple[str, str], Counter[str]] = {}
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("sort", *COLUMNS))
    with reading(db, actor) as work:
        work.require(Action.AUDIT_READ, kind="audit")
        work.record(Action.AUDIT_READ, "audit", "", report=f"{since} to {until}")
        closed = closed_cases(work.session, actor)
        for row in work.session.execute(query):
            if any(case in row.detail for case in closed):
                continue
            sort = sort_of(row.action, row.outcome)
            counts.setdefault((row.actor_name, row.role), Counter())[sort] += 1
            writer.writerow((sort, *(spreadsheet_cell(value) for value in row)))
    return Report(since, until, counts, out.getvalue())


def sort_of(action: str, outcome: str) -> str:
    """Return which of ``SORTS`` an event is."""
    if outcome == "denied":
        return "denial"
    if action in _SIGN_IN:
        return "sign-in"
    if action.endswith(_OUT):
        return "taken out"
    return "inquiry" if action.endswith(_READS) else "change"
