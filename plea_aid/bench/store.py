"""The store beside plain SQLAlchemy reading and writing the same rows, and a large store beside a small one.

Plain SQLAlchemy knows no permissions, walls, audit trail, encryption or search index: it is the floor that the program
stands on, and what the program does beyond it is what the ratio shows. Both answers are compared before anything is
timed.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from plea_aid.bench.many_cases import APART, RARE, document, fill
from plea_aid.bench.row import Row, Run
from plea_aid.bench.servers import postgres
from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import canonical, now
from plea_aid.casework.database import Database
from plea_aid.casework.encrypted import as_stored
from plea_aid.casework.migrate import open_database
from plea_aid.casework.tables import Table
from plea_aid.casework.views import CaseView

SMALL, LARGE, FULL = 10_000, 100_000, 1_000_000
ALLOWED = 2.0
"""How many times as long a page may take in the large store as in the small one."""
TIMES = 41
KINDS = ("SQLite", "PostgreSQL")
PLAIN = "plain SQLAlchemy"
CALLS = (
    "case list", "case list, second page", "case list, only mine", "case list, one stage",
    "case list, mine in one stage", "search, whole cause number", "search, last number", "search, beginning",
    "search, what every case has", "search, a rare word beside a common one",
    "search, common words that no case shares", "review queue", "review queue, by age", "case page", "save",
)  # fmt: skip
WITH_PLAIN_FORM = ("case list", "case list, only mine", "case list, one stage", "review queue", "case page", "save")
Call = Callable[[], Any]


@dataclass(frozen=True)
class Measured:
    """One store: what each call of the services took, and plain SQLAlchemy for those that have a plain form."""

    ours: dict[str, float]
    plain: dict[str, float]
    same: dict[str, bool]


def lines(run: Run) -> list[tuple[str, str]]:
    """Return what is measured beside what; without a PostgreSQL server its rows have no figures."""
    many = FULL if run.full else LARGE
    kinds = [
        [(f"{name}, {kind}, {many:,} cases", f"{SMALL:,} cases") for name in CALLS]
        + [(f"{name}, {kind}, {many:,} cases", PLAIN) for name in CALLS if name in WITH_PLAIN_FORM]
        for kind in KINDS
    ]
    return [line for kind in kinds for line in kind]


def store_rows(run: Run) -> Iterator[Row]:
    """Yield the store's rows on SQLite, and on PostgreSQL where the run names a server or a throwaway one can run."""
    with tempfile.TemporaryDirectory(prefix="plea-aid-store-") as folder:
        yield from _rows(KINDS[0], [f"sqlite:///{Path(folder) / name}.db" for name in ("small", "large")], run)
    with postgres(run.server) as (urls, why_not):
        if why_not:
            half = len(lines(run)) // 2
            yield from (Row("store", what, baseline=beside, note=why_not) for what, beside in lines(run)[half:])
        else:
            yield from _rows(KINDS[1], urls, run)


def _rows(kind: str, urls: list[str], run: Run) -> Iterator[Row]:
    large = FULL if run.full else LARGE
    few, many = measure(urls, (SMALL, large))
    for name, seconds in many.ours.items():
        what = f"{name}, {kind}, {large:,} cases"
        yield Row("store", what, seconds, f"{SMALL:,} cases", few.ours[name], least_ratio=1 / ALLOWED)
    for name, seconds in many.plain.items():
        same = many.same[name] and few.same[name]
        yield Row("store", f"{name}, {kind}, {large:,} cases", many.ours[name], PLAIN, seconds, same=same)


def measure(urls: Sequence[str], sizes: Sequence[int]) -> list[Measured]:
    """Fill stores of some sizes and return the medians of the services and of plain SQLAlchemy in each.

    The calls take turns, store by store, so that what else the machine does falls on all of them alike.
    """
    stores = [open_database(url) for url in urls]
    actors = [fill(db, many) for db, many in zip(stores, sizes, strict=True)]
    newest = [cases.list_cases(db, actor).rows[0].id for db, actor in zip(stores, actors, strict=True)]
    ours = [calls(*one) for one in zip(stores, actors, newest, strict=True)]
    theirs = [plain(*one) for one in zip(stores, actors, newest, strict=True)]
    same = [
        {name: mine[name]() == call() for name, call in other.items()} for mine, other in zip(ours, theirs, strict=True)
    ]
    taken = [
        Measured(taken[0], taken[1], alike)
        for taken, alike in zip(zip(_medians(ours), _medians(theirs), strict=True), same, strict=True)
    ]
    for db in stores:
        db.close()
    return taken


def _medians(stores: Sequence[dict[str, Call]]) -> list[dict[str, float]]:
    """Return the median seconds of every call in every store; its first two do not count."""
    taken: list[dict[str, list[float]]] = [{name: [] for name in store} for store in stores]
    for turn in range(TIMES + 2):
        for store, times in zip(stores, taken, strict=True):
            for name, call in store.items():
                started = time.perf_counter()
                if not call():
                    raise ValueError(f"nothing was found where something is: {name}")
                if turn >= 2:
                    times[name].append(time.perf_counter() - started)
    return [{name: statistics.median(one) for name, one in times.items()} for times in taken]


def calls(db: Database, actor: Actor, newest: str) -> dict[str, Call]:
    """Return what the pages ask for, by name; each returns something that plain SQLAlchemy can return too."""
    saved = cases.create_case(db, actor, document(9))
    fifty = cases.list_cases(db, actor, limit=50).next

    def listed(**chosen: Any) -> Call:
        return lambda: _of_rows(cases.list_cases(db, actor, **chosen).rows)

    return {
        "case list": listed(),
        "case list, second page": listed(after=fifty),
        "case list, only mine": listed(owner_id=actor.user_id),
        "case list, one stage": listed(stage="submitted"),
        "case list, mine in one stage": listed(stage="submitted", owner_id=actor.user_id),
        "search, whole cause number": listed(text="CR-2026-0119"),
        "search, last number": listed(text="119"),
        "search, beginning": listed(text="CR-2026-01"),
        "search, what every case has": listed(text="45-5-206"),
        "search, a rare word beside a common one": listed(text=f"{RARE} harm"),
        "search, common words that no case shares": lambda: [cases.list_cases(db, actor, text=" ".join(APART))],
        "review queue": lambda: _of_rows(cases.review_queue(db, actor)),
        "review queue, by age": lambda: _of_rows(cases.review_queue(db, actor, order="age")),
        "case page": lambda: _of_view(cases.open_case(db, actor, newest)),
        "save": _again(lambda number: cases.update_document(db, actor, saved.id, number, _changed(number))),
    }


def _again(save: Callable[[int], int]) -> Call:
    """Return a call that saves the next version each time; it returns how many versions that made."""
    numbers = count(1)

    def run() -> list[tuple[Any, ...]]:
        number = next(numbers)
        return [(save(number) - number,)]

    return run


def _changed(number: int) -> dict[str, Any]:
    return {**document(9), "plan": {"min_fine": number}}


def _of_rows(rows: Any) -> list[tuple[Any, ...]]:
    return [(one.id, one.stage, one.owner_id, one.version, one.hearing_date) for one in rows]


def _of_view(view: CaseView) -> list[tuple[Any, ...]]:
    many = len(view.factors), len(view.gates), len(view.steps), len(view.versions)
    return [(view.id, view.stage, view.owner_id, view.version, *many)]


def plain(db: Database, actor: Actor, case_id: str) -> dict[str, Call]:
    """Return the same rows read by plain SQLAlchemy, for what has a plain form."""
    engine = sa.create_engine(db.engine.url)
    tables = Table.metadata.tables
    case, user = tables["case_file"], tables["user_account"]
    shown = ("id", "cause_number", "stage", "owner_id", "version", "hearing_date", "example", "submitted_by")
    stored = {column.name: column for column in as_stored(case)}
    row = sa.select(*(stored[name] for name in shown), case.c.submitted_at, case.c.updated_at, user.c.role)
    row = row.join(user, user.c.id == case.c.owner_id)
    latest = row.order_by(case.c.updated_at.desc(), case.c.id.desc()).limit(50)
    waiting = row.where(case.c.stage == "submitted", case.c.review_required)

    def ask(*queries: sa.Select[Any]) -> Call:
        def run() -> list[tuple[Any, ...]]:
            with engine.connect() as connection:
                return _of_rows([one for query in queries for one in connection.execute(query).all()])

        return run

    parts = ("factor_entry", "gate_entry", "review_step", "case_version")
    beside = [sa.select(*as_stored(tables[name])).where(tables[name].c.case_id == case_id) for name in parts]
    signed = sa.select(*as_stored(tables["decision_entry"])).where(tables["decision_entry"].c.case_id == case_id)

    def page() -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            one = connection.execute(sa.select(*as_stored(case)).where(case.c.id == case_id)).one()
            connection.execute(signed).all()
            connection.execute(sa.select(*as_stored(user)).where(user.c.id == one.owner_id)).all()
            many = [len(connection.execute(query).all()) for query in beside]
            return [(one.id, one.stage, one.owner_id, one.version, *many)]

    own = cases.create_case(db, actor, document(9)).id

    def save(number: int) -> int:
        with engine.begin() as connection:
            row = connection.execute(sa.select(*as_stored(case)).where(case.c.id == own)).one()
            text = sa.literal(canonical(_changed(number)), sa.Text())
            values = {"document": text, "version": number + 1, "document_version": number + 1, "updated_at": now()}
            connection.execute(sa.update(case).where(case.c.id == own, case.c.version == row.version).values(values))
            return number + 1

    return {
        "case list": ask(latest),
        "case list, only mine": ask(latest.where(case.c.owner_id == actor.user_id)),
        "case list, one stage": ask(latest.where(case.c.stage == "submitted")),
        "review queue": ask(
            waiting.where(case.c.hearing_date.is_not(None)).order_by(case.c.hearing_date, case.c.submitted_at).limit(50)
        ),
        "case page": page,
        "save": _again(save),
    }
