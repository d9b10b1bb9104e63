"""The office's figures: of submitted cases, by family of offense, small counts left out. Nothing about a person.

Workload, the number of open cases each attorney has, is the one figure about colleagues and is for supervisors alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median, quantiles

from sqlalchemy import func, select
from sqlmodel import col

from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.decided import Submitted, bring_up_to_date, submitted_cases
from plea_aid.casework.permissions import Action
from plea_aid.casework.suppression import withhold
from plea_aid.casework.tables import CaseFile
from plea_aid.casework.views import names_of
from plea_aid.casework.work import reading
from plea_aid.law.load import load_law

OTHERS = "other families together"
EVERY = "every family"


@dataclass(frozen=True)
class Table:
    """Counts by family: each case of a family stands in exactly one column. None is a count that is not shown."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int | None, ...], ...]
    totals: tuple[int | None, ...]

    @property
    def withheld(self) -> bool:
        """Whether a count is not shown."""
        return any(n is None for row in (*self.rows, self.totals) for n in row)


@dataclass(frozen=True)
class Spread:
    """Days from the case's beginning to the decision: the middle case, and the quarters around it."""

    family: str
    cases: int
    quarter: int
    middle: int
    three_quarters: int


@dataclass(frozen=True)
class Figures:
    """Everything the page shows; without families there are too few cases to show any."""

    smallest_cell: int
    because: str
    cases: int | None
    """None while there are fewer than the smallest count."""
    families: tuple[str, ...] = ()
    family_cases: tuple[int, ...] = ()
    tables: tuple[Table, ...] = ()
    time: tuple[Spread, ...] = ()
    trend: tuple[Spread, ...] = ()
    """By the quarter of the decision, the earliest first; the family is the months. No quarter is divided further."""
    return_kinds: tuple[tuple[str, int | None], ...] = ()
    """What returned cases were about, in the office's list; a case may be about several."""

    def table(self, table_id: str) -> Table:
        """Return one table."""
        return next(one for one in self.tables if one.id == table_id)


Sort = Callable[[Submitted], str]
_TABLES: tuple[tuple[str, str, dict[str, str], Sort], ...] = (
    (
        "section-5",
        "Section 5 factor",
        {
            "considered": "Considered",
            "not-applicable": "Not applicable",
            "no-information": "No information",
            "not-entered": "Nothing entered",
        },
        lambda one: one.facts.section_5,
    ),
    (
        "flags",
        "Option chosen, beside the baseline's flags",
        {
            "none-to-avoid": "No flag to avoid",
            "all-avoided": "Avoids every flag",
            "some-avoided": "Avoids some",
            "all-kept": "Keeps every flag",
            "some-added": "Adds a flag",
        },
        lambda one: one.facts.beside,
    ),
    (
        "weight",
        "Weight beside the baseline",
        {"equivalent": "Equivalent", "departure": "Departure, explained", "not-entered": "Nothing entered"},
        lambda one: one.facts.weight,
    ),
    (
        "returns",
        "Returned in review",
        {"never": "Never", "once": "Once", "more": "More than once"},
        lambda one: ("never", "once", "more")[min(one.returns, 2)],
    ),
    (
        "days",
        "Days to the decision",
        {"7": "Up to 7", "30": "8 to 30", "90": "31 to 90", "more": "More than 90"},
        lambda one: next((name for name in ("7", "30", "90") if one.days <= int(name)), "more"),
    ),
)


def figures(db: Database, actor: Actor, today: date | None = None) -> Figures:
    """Return the office's figures of all submitted cases that the actor may know of; raise NotAllowed."""
    law = load_law()
    rules = law.figure_rules(today or date.today())
    bring_up_to_date(db, law)
    with reading(db, actor) as work:
        work.require(Action.OFFICE_READ, kind="office")
        work.record(Action.OFFICE_READ, "office", "")
        cases = list(submitted_cases(work.session))
    least = rules.smallest_cell
    if len(cases) < least:
        return Figures(least, rules.because, None)
    groups = _families(cases, least)
    kinds = Counter(kind for one in cases for kind in one.return_kinds)
    return Figures(
        smallest_cell=least,
        because=rules.because,
        cases=len(cases),
        families=tuple(groups),
        family_cases=tuple(len(members) for members in groups.values()),
        tables=tuple(_table(*one, list(groups.values()), least) for one in _TABLES),
        time=(_spread(EVERY, cases), *(_spread(name, members) for name, members in groups.items())),
        trend=tuple(_spread(months, members) for months, members in _quarters(cases, least)),
        return_kinds=tuple((k.name, _shown(kinds[k.id], least)) for k in rules.return_kinds),
    )


def workload(db: Database, actor: Actor) -> list[tuple[str, int]]:
    """Return how many open cases each attorney has, by name; raise NotAllowed."""
    with reading(db, actor) as work:
        work.require(Action.WORKLOAD_READ, kind="office")
        work.record(Action.WORKLOAD_READ, "office", "")
        query = (
            select(col(CaseFile.owner_id), func.count(col(CaseFile.id)))
            .where(col(CaseFile.stage) != "entered", col(CaseFile.example).is_(False))
            .group_by(col(CaseFile.owner_id))
        )
        open_cases = {row[0]: row[1] for row in work.session.execute(query)}
        names = names_of(work.session, open_cases)
        return sorted((names[owner], many) for owner, many in open_cases.items())


def _families(cases: Sequence[Submitted], least: int) -> dict[str, list[Submitted]]:
    """Return the cases by family, the larger first; families with fewer than ``least`` cases stand together."""
    by_family: dict[str, list[Submitted]] = {}
    for one in cases:
        by_family.setdefault(one.facts.family, []).append(one)
    ordered = sorted(by_family, key=lambda name: (-len(by_family[name]), name))
    kept = {name: by_family[name] for name in ordered if len(by_family[name]) >= least}
    rest = [one for name in ordered if name not in kept for one in by_family[name]]
    while rest and len(rest) < least and kept:
        rest += kept.popitem()[1]
    return kept | ({OTHERS: rest} if rest else {})


def _quarters(cases: Sequence[Submitted], least: int) -> list[tuple[str, list[Submitted]]]:
    """Return the cases by the quarter of the decision; quarters in a row with fewer than ``least`` stand together."""
    by_quarter: dict[tuple[int, int], list[Submitted]] = {}
    for one in sorted(cases, key=lambda one: one.facts.decided):
        year, month = (int(part) for part in one.facts.decided.split("-")[:2])
        by_quarter.setdefault((year, (month - 1) // 3), []).append(one)
    spans: list[tuple[tuple[int, int], tuple[int, int], list[Submitted]]] = []
    for quarter, members in by_quarter.items():
        if spans and len(spans[-1][2]) < least:
            first, _, before = spans.pop()
            spans.append((first, quarter, before + members))
        else:
            spans.append((quarter, quarter, members))
    if len(spans) > 1 and len(spans[-1][2]) < least:
        _, last, members = spans.pop()
        first, _, before = spans.pop()
        spans.append((first, last, before + members))
    return [(_months(first, last), members) for first, last, members in spans]


def _months(first: tuple[int, int], last: tuple[int, int]) -> str:
    begins, ends = date(first[0], 3 * first[1] + 1, 1), date(last[0], 3 * last[1] + 3, 1)
    return f"{begins:%b} to {ends:%b %Y}" if first[0] == last[0] else f"{begins:%b %Y} to {ends:%b %Y}"


def _table(
    table_id: str, title: str, columns: dict[str, str], sort: Sort, groups: Sequence[Sequence[Submitted]], least: int
) -> Table:
    counted = [Counter(sort(one) for one in members) for members in groups]
    shown = withhold([[found[name] for name in columns] for found in counted], least)
    return Table(table_id, title, tuple(columns.values()), shown.rows, shown.totals)


def _spread(family: str, cases: Sequence[Submitted]) -> Spread:
    days = [one.days for one in cases]
    low, _, high = quantiles(days, n=4, method="inclusive") if len(days) > 1 else (days[0],) * 3
    return Spread(family, len(days), round(low), round(median(days)), round(high))


def _shown(count: int, least: int) -> int | None:
    return None if 0 < count < least else count
