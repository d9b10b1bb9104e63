"""Run the measurements, and put them into one table."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from plea_aid import __version__
from plea_aid.bench import engine, guard, note, pages, planner, screening, start, store
from plea_aid.bench.row import Row, Run
from plea_aid.casework.keyring import MasterKey
from plea_aid.law.words import markdown_table

KEY = "PLEA_AID_KEY"
HEADS = ("subject", "what", "time", "baseline", "its time", "ratio", "same answer", "target", "note")


@dataclass(frozen=True)
class Subject:
    """A part of the program that is measured."""

    rows: Callable[[Run], Iterable[Row]]
    lines: Callable[[Run], Iterable[tuple[str, str]]]
    """What is measured beside what: the rows that a run makes, known without running it."""


SUBJECTS: Mapping[str, Subject] = {
    "engine": Subject(engine.engine_rows, engine.lines),
    "planner": Subject(planner.planner_rows, planner.lines),
    "screening": Subject(screening.screening_rows, screening.lines),
    "guard": Subject(guard.guard_rows, guard.lines),
    "note": Subject(note.note_rows, note.lines),
    "start": Subject(start.start_rows, start.lines),
    "pages": Subject(pages.page_rows, pages.lines),
    "store": Subject(store.store_rows, store.lines),
}


def chosen(subjects: Iterable[str]) -> tuple[str, ...]:
    """Return the subjects to measure, all where none is named; raise ValueError for one that is not known."""
    named = tuple(subjects) or tuple(SUBJECTS)
    for name in named:
        if name not in SUBJECTS:
            raise ValueError(f"'{name}' is not measured; accepted: {', '.join(SUBJECTS)}")
    return named


def measured(subjects: Iterable[str] = (), run: Run | None = None) -> Iterator[Row]:
    """Yield the rows of ``subjects``, of every subject where none is named; raise ValueError for an unknown one."""
    asked = run or Run()
    for name in chosen(subjects):
        with key_of_its_own():
            rows = list(SUBJECTS[name].rows(asked))
        yield from rows


@contextmanager
def key_of_its_own() -> Iterator[None]:
    """Encrypt what is measured with a key that nobody keeps, and leave the key of this installation alone."""
    usual = os.environ.get(KEY)
    os.environ[KEY] = MasterKey(os.urandom(32)).as_text()
    try:
        yield
    finally:
        os.environ.pop(KEY)
        if usual is not None:
            os.environ[KEY] = usual


def lines(run: Run) -> list[tuple[str, str, str]]:
    """Return subject, what and baseline of every row that a run makes, in their order."""
    return [(name, *line) for name, subject in SUBJECTS.items() for line in subject.lines(run)]


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table, with the machine they were measured on."""
    where = f"plea-aid {__version__}, Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"
    return (
        f"Measured with {where}. A ratio says how many times as long the baseline takes in the same run: above 1 the "
        f"program is faster, below 1 slower.\n\n{markdown_table(HEADS, map(_cells, rows))}"
    )


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{'at least ' if row.at_least else ''}{row.ratio:.3g}"
    same = {None: "", True: "yes", False: "NO"}[row.same]
    return (
        row.subject, row.what, shown(row.seconds), row.baseline, shown(row.baseline_seconds), ratio, same,
        _target(row), row.note,
    )  # fmt: skip


def _target(row: Row) -> str:
    asked = []
    if row.at_most is not None:
        asked.append(f"at most {shown(row.at_most)}")
    if row.least_ratio is not None:
        asked.append(f"ratio at least {row.least_ratio:.3g}")
    if not asked:
        return ""
    return f"{' and '.join(asked)}: {({None: 'not measured', True: 'met', False: 'MISSED'})[row.met]}"


def shown(seconds: float | None) -> str:
    """Return a time in the unit a person reads it in."""
    if seconds is None:
        return ""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
