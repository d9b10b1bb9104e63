"""Run the measurements, and put them into one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from plea_aid.bench.engine import engine_rows
from plea_aid.bench.guard import guard_rows
from plea_aid.bench.planner import planner_rows
from plea_aid.bench.row import Row

SUBJECTS: Mapping[str, Callable[[], Iterable[Row]]] = {
    "engine": engine_rows,
    "planner": planner_rows,
    "guard": guard_rows,
}


def measured(subjects: Iterable[str] = ()) -> Iterator[Row]:
    """Yield the rows of ``subjects``, of every subject where none is named; raise ValueError for an unknown one."""
    named = tuple(subjects) or tuple(SUBJECTS)
    for name in named:
        if name not in SUBJECTS:
            raise ValueError(f"'{name}' is not measured; accepted: {', '.join(SUBJECTS)}")
    for name in named:
        yield from SUBJECTS[name]()


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table. A ratio above 1 says how many times as long the baseline takes."""
    lines = [
        "| subject | what | time | baseline | its time | ratio | same answer | note |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        ratio = "" if r.ratio is None else f"{'at least ' if r.at_least else ''}{r.ratio:.3g}"
        same = {None: "", True: "yes", False: "NO"}[r.same]
        cells = (r.subject, r.what, shown(r.seconds), r.baseline, shown(r.baseline_seconds), ratio, same, r.note)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def shown(seconds: float | None) -> str:
    """Return a time in the unit a person reads it in."""
    if seconds is None:
        return ""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
