"""Write a docket of fictional counts, as a city's case-management system would export it.

    python tests/benchmarks/docket.py COUNTS OUT.csv [--seed 1] [--distinct] [--measure FIGURES.json]

One to four counts a case; the offenses a city court sees most, then the rest of the catalogue; nearly half the counts
open, the others ended in the usual ways, with round terms within what the law allows; the rows of one case in twenty
stand apart. Nothing in it is about a person.

A real docket repeats itself: round terms, usual losses. With ``--distinct`` no two rows are alike and hardly two have
the same term, loss and number, so that little is gained from what was said of an earlier row. With ``--measure`` the
docket is screened by the command line, in a process of its own, and what that took is added to a file of figures.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.law.records import Offense

HEADER = (
    "case_id", "count", "offense", "nth", "offense_date", "disposition", "amended_offense", "jail_days",
    "suspended_days", "fine", "substance", "marijuana_grams", "loss", "victim", "division",
)  # fmt: skip
COMMON = {
    "MCA 61-8-1002(1)(a)": 14, "MCA 45-6-301(1)": 12, "MCA 45-5-206(1)(a)": 11, "MCA 45-5-201(1)(a)": 8,
    "MCA 45-8-101(1)(a)(i)": 7, "MCA 61-5-212": 7, "MCA 45-10-103": 6, "MCA 45-9-102": 4, "MCA 45-7-302": 5,
    "MCA 45-7-301": 4, "MCA 45-6-101(1)(a)": 5, "MCA 45-6-203(1)(a)": 4, "MCA 45-5-626": 4, "MCA 61-8-301": 3,
    "MCA 45-6-301": 3, "MCA 45-8-316": 2, "MCA 45-7-308": 2,
}  # fmt: skip
ENDS = {
    "": 40, "guilty-plea": 28, "dismissed": 10, "deferred-imposition": 7, "nolo-contendere": 4, "bond-forfeiture": 4,
    "deferred-prosecution": 3, "found-guilty": 2, "acquitted": 1, "alford-plea": 1,
}  # fmt: skip
CONVICTED = ("guilty-plea", "nolo-contendere", "found-guilty", "alford-plea")
TERMS = (0, 1, 2, 5, 10, 20, 30, 60, 90, 180, 364, 365)


def rows(counts: int, law: Law, seed: int = 1, *, distinct: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield ``counts`` rows, the values of HEADER as text."""
    chance = random.Random(seed)
    common = [(cite, weight) for cite, weight in COMMON.items() if law.find(cite)]
    rest = [o.cite for o in law.offenses.values() if o.court == "municipal" and len(law.find(o.cite)) == 1]
    cites = [*(c for c, _ in common), *rest]
    weights = [*(float(w) for _, w in common), *(12 / len(rest) for _ in rest)]
    late: list[tuple[str, ...]] = []
    made, case = 0, 0
    while made < counts:
        case += 1
        size = min(chance.choices((1, 2, 3, 4), (50, 28, 14, 8))[0], counts - made)
        on = date(2023, 1, 1) + timedelta(days=chance.randrange(1400))
        apart = chance.random() < 0.05
        for number in range(1, size + 1):
            cite = chance.choices(cites, weights)[0]
            row = _row(chance, law, f"CR-{on.year}-{case:07d}", number, cite, on, distinct=distinct)
            made += 1
            if apart and number > 1:
                late.append(row)
            else:
                yield row
        if len(late) > 500:
            yield late.pop(0)
    yield from late


def _row(
    chance: random.Random, law: Law, case_id: str, number: int, cite: str, on: date, *, distinct: bool
) -> tuple[str, ...]:
    offenses = law.find(cite)
    nth = chance.choices((1, 2, 3), (80, 15, 5))[0]
    end = chance.choices(list(ENDS), list(ENDS.values()))[0]
    amended = ""
    if end in CONVICTED and chance.random() < 0.15:
        others = [a.offense for o in offenses for a in o.alternatives if len(law.find(a.offense)) == 1]
        amended = chance.choice(others) if others else ""
    final = law.find(amended) if amended else offenses
    most = min(_most(law, o, nth if not amended else 1, on)[0] for o in final)
    fine = min(_most(law, o, nth if not amended else 1, on)[1] for o in final)
    jail = suspended = 0
    if end in CONVICTED:
        total = chance.randint(0, most) if distinct else chance.choice([t for t in TERMS if t <= most])
        jail = chance.randint(0, total) if distinct else chance.choice([t for t in TERMS if t <= total])
        suspended = total - jail
    drug = cite.startswith(("MCA 45-9", "MCA 45-10"))
    substance = chance.choice(("", "marijuana", "methamphetamine", "unspecified")) if drug else ""
    lost = chance.randint(1, 2_000_000) / 100 if distinct else chance.choice((20, 55, 120, 480, 900, 1400))
    loss = str(lost) if distinct or cite.startswith("MCA 45-6-3") else ""
    grams = chance.randint(1, 60_000) / 1000 if distinct else chance.choice((5, 20, 45))
    victim = chance.choice(("", "partner-or-family", "other")) if cite.startswith("MCA 45-5-201") else ""
    paid = str(min(fine, chance.choice((100, 250, 500)))) if end in CONVICTED else ""
    return (
        case_id, str(number), cite, str(nth), on.isoformat(), end, amended, str(jail or ""), str(suspended or ""), paid,
        substance, str(grams) if substance == "marijuana" else "", loss, victim,
        f"{chance.choice(('A', 'B', 'C'))}{case_id if distinct else ''}",
    )  # fmt: skip


def _most(law: Law, offense: Offense, nth: int, on: date) -> tuple[int, int]:
    penalty = law.penalty(offense, nth, on, {})
    return penalty.jail_max_days, penalty.fine_max


def write(counts: int, path: Path, law: Law, seed: int = 1, *, distinct: bool = False) -> None:
    """Write a docket of ``counts`` rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER)
        out.writerows(rows(counts, law, seed, distinct=distinct))


def measure(docket: Path, counts: int, day: str, *, engine: str = "pandas") -> dict[str, Any]:
    """Screen a docket by the command line and return what it took; memory is that of the process that reads."""
    output = docket.with_suffix(".screened.csv")
    command = [sys.executable, "-m", "plea_aid", "screen", str(docket), "-o", str(output), "--as-of", day]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "--engine", engine], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"the screening ended with {status}")
    taken = used.ru_utime + used.ru_stime
    return {
        "counts": counts,
        "engine": engine,
        "output_megabytes": round(output.stat().st_size / 1e6),
        "seconds": round(seconds, 1),
        "processor_seconds": round(taken, 1),
        "counts_a_processor_second": round(counts / taken),
        "most_memory_mib": round(used.ru_maxrss / 1024),
        "load_of_the_machine": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    """Write the docket the arguments ask for, and measure its screening if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("counts", type=int)
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--distinct", action="store_true")
    parser.add_argument("--measure", type=Path)
    parser.add_argument("--engine", default="pandas")
    given = parser.parse_args()
    write(given.counts, given.output, load_law(), given.seed, distinct=given.distinct)
    if given.measure:
        known = json.loads(given.measure.read_text(encoding="utf-8")) if given.measure.exists() else []
        kind = "no two rows alike" if given.distinct else "as a city's"
        figures = {"docket": kind, **measure(given.output, given.counts, "2026-11-22", engine=given.engine)}
        given.measure.write_text(json.dumps([*known, figures], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
