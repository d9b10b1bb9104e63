"""The engine's times: what a case comes to, beside the same case with nothing remembered from other cases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from plea_aid.analysis.assess import assess
from plea_aid.analysis.case import Case
from plea_aid.analysis.casefile import validate_case
from plea_aid.bench.row import Row, Run, timed
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.planning.advice import assess_with_advice

COUNTS, OPTIONS, CASES = 5, 8, 40
DAY = date(2026, 3, 14)
ENDINGS = ("guilty-plea", "guilty-plea", "guilty-plea", "nolo-contendere", "deferred-imposition", "dismissed")


WHAT = f"assess, {COUNTS} counts x {OPTIONS} options"
ADVISED = f"{WHAT}, with what avoids each finding"
COLD, WITHOUT = "the same, nothing remembered", "without"
AT_MOST = 0.005


def lines(run: Run) -> list[tuple[str, str]]:
    """Return what is measured beside what."""
    return [(WHAT, COLD), (ADVISED, WITHOUT)]


def engine_rows(run: Run) -> Iterator[Row]:
    """Yield the engine's rows: random cases of five counts and eight options, in one process."""
    law = load_law()
    rng = random.Random(5)  # noqa: S311 - the same cases in every run, nothing secret
    cases = [_case(law, rng) for _ in range(CASES)]
    fresh, cold = timed(lambda: [assess(c, replace(law)) for c in cases[:8]], times=1)
    warm = [assess(c, law) for c in cases]
    _, taken = timed(lambda: [assess(c, law) for c in cases], times=3)
    same = [a.as_json() for a in fresh] == [a.as_json() for a in warm[:8]]
    yield Row("engine", WHAT, taken / CASES, COLD, cold / 8, same=same, at_most=AT_MOST)
    _, advised = timed(lambda: [assess_with_advice(c, law) for c in cases[:8]], times=1)
    yield Row("engine", ADVISED, advised / 8, WITHOUT, taken / CASES)


def _case(law: Law, rng: random.Random) -> Case:
    offenses = [o for o in law.offenses.values() if o.court != "outside"]
    charged = [rng.choice(offenses) for _ in range(COUNTS)]
    options = [
        {"name": f"option {place}", "count": [_part(law, rng, n, o.id) for n, o in enumerate(charged, 1)]}
        for place in range(OPTIONS)
    ]
    counts = [{"number": n, "offense": o.id} for n, o in enumerate(charged, 1)]
    return validate_case(
        {"offense_date": DAY.isoformat(), "plea_date": "2026-05-02", "count": counts, "option": options}
    )


def _part(law: Law, rng: random.Random, number: int, offense: str) -> dict[str, Any]:
    most = law.penalty(law.offenses[offense], 1, DAY, {}).jail_max_days
    ending = rng.choice(ENDINGS)
    if ending not in ("guilty-plea", "nolo-contendere"):
        return {"number": number, "disposition": ending}
    jail = rng.randrange(min(most, 30) + 1)
    return {
        "number": number,
        "disposition": ending,
        "jail_days": jail,
        "suspended_days": rng.randrange(most - jail + 1),
    }
