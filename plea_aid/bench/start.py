"""From the command to the first answer, beside an empty Streamlit app; both in turns, a store and an account there."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from plea_aid.bench.apps import empty_app, running, this_app
from plea_aid.bench.row import Row, Run

WHAT, BASELINE = "start, from the command to the first healthy answer", "an empty Streamlit app"
TIMES = 5
AT_MOST_AS_LONG = 2.0


def lines(_: Run) -> list[tuple[str, str]]:
    """Return what is measured beside what."""
    return [(WHAT, BASELINE)]


def start_rows(_: Run) -> Iterator[Row]:
    """Yield the row of the start."""
    with tempfile.TemporaryDirectory(prefix="plea-aid-start-") as name:
        folder = Path(name)
        settings = {"PLEA_AID_HOME": name, "PLEA_AID_DATABASE_URL": f"sqlite:///{folder / 'office.db'}"}
        with running(this_app(), folder, settings):
            pass  # the first start makes the database
        ours, theirs = [], []
        for _turn in range(TIMES):
            with running(this_app(), folder, settings) as (_address, seconds):
                ours.append(seconds)
            with running(empty_app(folder), folder, {}) as (_address, seconds):
                theirs.append(seconds)
    mine, empty = statistics.median(ours), statistics.median(theirs)
    yield Row("start", WHAT, mine, BASELINE, empty, least_ratio=1 / AT_MOST_AS_LONG)
