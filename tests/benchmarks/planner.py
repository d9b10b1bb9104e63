"""Planner times, and the ratio to brute force and to CP-SAT computing the same frontier in the same run.

    python tests/benchmarks/planner.py [--cpsat-seconds 60] [--json]

The big case is twelve different counts with ten dispositions and eight sentence steps each, under the shipped law. The
CP-SAT comparison needs `ortools`, which is no dependency of the project: without it that part is left out. CP-SAT is
given the same table of choices the planner has made (equivalent ones already merged) and finds the frontier point by
point: the best sum of all measures, then 'better somewhere than each point found', until nothing is left. On the big
case it is stopped after a time, and the ratio is then a lower bound.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from plea_aid.analysis.case import Case, Disposition, OptionCount
from plea_aid.analysis.casefile import validate_case
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.planning.accountability import longest_supervision, offer_of, share_of
from plea_aid.planning.frontier import Frontier, frontier_of
from plea_aid.planning.plan import plan
from plea_aid.planning.space import Choice, CountSpace, baseline_of, changed_fields, outcome_of, spaces_of
from plea_aid.planning.terms import TakenApart, taken_apart

DAY = date(2026, 5, 2)
CITES = (
    "45-5-206(1)(a)", "45-6-301(1)", "45-10-103", "61-8-1002(1)(a)", "45-5-201(1)(a)", "45-5-626", "45-7-302",
    "45-6-203(1)(a)", "45-8-101(1)(a)(i)", "61-5-212", "45-6-101(1)(a)", "45-7-301(1)(a)",
)  # fmt: skip
TEN = (
    "guilty-plea", "nolo-contendere", "alford-plea", "found-guilty", "deferred-imposition", "deferred-prosecution",
    "deferred-prosecution-admission", "bond-forfeiture", "dismissed", "civil-infraction",
)  # fmt: skip


def case_of(counts: int) -> Case:
    """Return a case with the first ``counts`` of the twelve offenses, as the shipped law has them."""
    rows = [{"number": i + 1, "offense": f"MCA {CITES[i]}"} for i in range(counts)]
    return validate_case({"offense_date": "2026-03-14", "plea_date": DAY.isoformat(), "count": rows})


def ten_by_eight(case: Case, law: Law, apart: TakenApart) -> tuple[CountSpace, ...]:
    """Return every count with ten dispositions and eight sentence steps, merged where nothing tells them apart."""
    spaces = []
    for count in case.count:
        charged = outcome_of(case, law, apart, count, OptionCount(number=count.number))
        merged: dict[object, Choice] = {}
        for name, (jail, suspended) in itertools.product(TEN, _eight_steps(charged.minimum_days, charged.maximum_days)):
            rule, offer = law.dispositions[name], offer_of(law, name)
            if not rule.confines or offer.sentence != "full":
                jail, suspended = 0, 0
            fine = charged.fine_max if rule.confines and offer.sentence == "full" else 0
            supervision = longest_supervision(offer, suspended, charged.maximum_days) or None
            part = OptionCount(
                number=count.number, disposition=Disposition(name), jail_days=jail, suspended_days=suspended,
                fine=fine, supervision_days=supervision,
            )  # fmt: skip
            outcome = outcome_of(case, law, apart, count, part)
            choice = Choice(
                part, outcome, share_of(law, part, outcome), apart.read(outcome), changed_fields(part, part)
            )
            alone = name in law.limits.apart[0].one, name in law.limits.apart[0].other
            merged.setdefault((choice.reading, choice.share, alone), choice)
        spaces.append(CountSpace(count.number, tuple(merged.values()), len(TEN) * 8))
    return tuple(spaces)


def _eight_steps(least: int, most: int) -> list[tuple[int, int]]:
    """Return eight pairs of executed and suspended days: two of the first, four terms each, as far as they go."""
    terms = [most, min(most, 364), min(most, 180), min(most, 90)]
    return [(jail, max(0, term - jail)) for jail in (min(least, most), min(most, 10)) for term in terms]


def timed(job: Callable[[], Any], times: int = 5) -> tuple[Any, float]:
    """Return the result, and the median of several runs in seconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        result = job()
        taken.append(time.perf_counter() - started)
    return result, statistics.median(taken)


# ----- brute force


def brute_force(law: Law, spaces: Sequence[CountSpace], case: Case, apart: TakenApart) -> set[tuple[int, ...]]:
    """Return the vectors of the frontier by looking at every combination and comparing all pairs."""
    from plea_aid.planning.fold import Item, cell_levels

    rows = set()
    for choices in itertools.product(*(s.choices for s in spaces)):
        if _apart(law, choices):
            continue
        levels = cell_levels(apart, [Item(c.outcome.scheme, c.reading) for c in choices])
        rows.add((tuple(_consequences(apart, levels)), _weight(choices)))
    kept = {
        (a, b)
        for a, b in rows
        if not any(
            (x, y) != (a, b)
            and all(i <= j for i, j in zip(x, a, strict=True))
            and all(i >= j for i, j in zip(y, b, strict=True))
            for x, y in rows
        )
    }
    return {(*a, *b) for a, b in kept}


def _consequences(apart: TakenApart, levels: Sequence[int]) -> list[int]:
    by_key: dict[tuple[str, str], int] = {}
    for cell, level in zip(apart.cells, levels, strict=True):
        for ground, posture in cell.stands_for:
            key = (posture, apart.law.grounds[ground].kind)
            by_key[key] = max(by_key.get(key, 0), level)
    return [by_key[c.stands_for[0]] for c in apart.consequences]


FAMILIES = ("dui", "pfma", "stalking", "theft")


def _weight(choices: Sequence[Choice]) -> tuple[int, ...]:
    shares = [c.share for c in choices]
    return (
        sum(s.conviction for s in shares),
        sum(s.jail_days for s in shares),
        sum(s.imposed_days for s in shares),
        sum(s.fine for s in shares),
        sum(s.supervision_days for s in shares),
        int(any(s.restitution for s in shares)),
        *(int(any(f in s.priors for s in shares)) for f in FAMILIES),
    )


def _apart(law: Law, choices: Sequence[Choice]) -> bool:
    ended = {c.part.disposition.value for c in choices}
    return any(ended & {*rule.one} and ended & {*rule.other} for rule in law.limits.apart)


def vectors_of(found: Frontier) -> set[tuple[int, ...]]:
    """Return the planner's frontier as vectors."""
    return {(*f.levels, *_weight(f.choices)) for f in found.found}


# ----- CP-SAT


def cp_sat(
    law: Law, spaces: Sequence[CountSpace], apart: TakenApart, limit: float
) -> tuple[set[tuple[int, ...]], bool, float]:
    """Return the vectors CP-SAT found, whether it came to the end, and its seconds (building the model included)."""
    from ortools.sat.python import cp_model

    started = time.perf_counter()
    model = cp_model.CpModel()
    picks = [[model.new_bool_var("") for _ in s.choices] for s in spaces]
    for row in picks:
        model.add_exactly_one(row)
    table = [(c, x) for s, row in zip(spaces, picks, strict=True) for c, x in zip(s.choices, row, strict=True)]
    for rule in law.limits.apart:
        for c, x in table:
            for d, y in table:
                if c.part.disposition.value in rule.one and d.part.disposition.value in rule.other:
                    model.add_bool_or([x.negated(), y.negated()])
    levels = [model.new_int_var(0, 4, "") for _ in apart.consequences]
    for place, column in enumerate(apart.consequences):
        for c, x in table:
            if c.reading.columns[place]:
                model.add(levels[place] >= c.reading.columns[place]).only_enforce_if(x)
        for feed in column.feeds:
            _feed(model, apart, feed.term, feed.cap, levels[place], spaces, picks)
    shares = [(c.share, x) for c, x in table]
    sums = [
        sum(getattr(s, name) * x for s, x in shares)
        for name in ("conviction", "jail_days", "imposed_days", "fine", "supervision_days")
    ]
    flags = [[x for s, x in shares if s.restitution], *([x for s, x in shares if f in s.priors] for f in FAMILIES)]
    gains: list[Any] = []
    for total in sums:
        gain = model.new_int_var(0, 10_000_000, "")
        model.add(gain == total)
        gains.append(gain)
    for literals in flags:
        kept = model.new_bool_var("")
        model.add_bool_or([*literals, kept.negated()]) if literals else model.add(kept == 0)
        gains.append(kept)
    model.maximize(sum(gains) - 1000 * sum(levels))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    found: set[tuple[int, ...]] = set()
    while time.perf_counter() - started < limit:
        solver.parameters.max_time_in_seconds = max(0.1, limit - (time.perf_counter() - started))
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return found, True, time.perf_counter() - started
        if status != cp_model.OPTIMAL:
            break
        point = tuple(solver.value(v) for v in (*levels, *gains))
        found.add(point)
        better = []
        for var, value, lower in (
            *((v, point[i], True) for i, v in enumerate(levels)),
            *((v, point[len(levels) + i], False) for i, v in enumerate(gains)),
        ):
            if lower and value == 0:
                continue
            literal = model.new_bool_var("")
            if lower:
                model.add(var <= value - 1).only_enforce_if(literal)
            else:
                model.add(var >= value + 1).only_enforce_if(literal)
            better.append(literal)
        model.add_bool_or(better)
    return found, False, time.perf_counter() - started


def _feed(
    model: Any, apart: TakenApart, place: int, cap: int, level: Any, spaces: Sequence[CountSpace], picks: Sequence[Any]
) -> None:
    """Let a term that looks at several counts raise ``level`` (the cases here have no priors)."""
    term = apart.terms[place]
    pairs = [[(c, x) for c, x in zip(s.choices, row, strict=True)] for s, row in zip(spaces, picks, strict=True)]
    if term.tally:
        for rank in range(1, cap + 1):
            many = sum(x for row in pairs for c, x in row if c.reading.levels[place][0] >= rank)
            enough = model.new_bool_var("")
            model.add(many <= term.needs - 1).only_enforce_if(enough.negated())
            model.add(level >= rank).only_enforce_if(enough)
    elif term.total:
        days = sum(
            (c.reading.ordered_days if term.total == "ordered" else c.reading.served_days) * x
            for row in pairs for c, x in row if c.reading.conviction
        )  # fmt: skip
        convictions = sum(x for row in pairs for c, x in row if c.reading.conviction)
        long, many = model.new_bool_var(""), model.new_bool_var("")
        model.add(days <= term.total_needs - 1).only_enforce_if(long.negated())
        model.add(convictions <= term.needs - 1).only_enforce_if(many.negated())
        for row in pairs:
            for c, x in row:
                if c.reading.conviction:
                    model.add(level >= min(cap, c.reading.conviction)).only_enforce_if([long, many, x])
    elif term.lone:
        lone = next(i for i, e in enumerate(apart.lone) if e.id == term.lone)
        for i, row in enumerate(pairs):
            others = []
            for sure in (1, 2):
                another = model.new_bool_var("")
                rest = [
                    x for j, other in enumerate(pairs) if j != i for c, x in other if c.reading.others[lone] >= sure
                ]
                for x in rest:
                    model.add_implication(x, another)
                others.append(another)
            for c, x in row:
                alone, perhaps, surely = (min(cap, v) for v in c.reading.levels[place])
                if alone:
                    model.add(level >= alone).only_enforce_if(x)
                if perhaps > alone:
                    model.add(level >= perhaps).only_enforce_if([x, others[0]])
                if surely > perhaps:
                    model.add(level >= surely).only_enforce_if([x, others[1]])


# ----- the run


def measure(cpsat_seconds: float = 60.0) -> dict[str, Any]:
    """Run everything and return the figures. Seconds are medians of five; nothing is read from disk while timing."""
    law = load_law()
    apart = taken_apart(law, DAY)
    big = case_of(12)
    rows: dict[str, Any] = {}
    cold, first = timed(lambda: plan(big, law), times=1)
    rows["whole plan, 12 counts, first time in the process"] = first
    rows["frontier of that plan, options"] = len(cold.frontier)
    warm, seconds = timed(lambda: plan(big, law))
    rows["whole plan, 12 counts, again"] = seconds
    rows["of which options space and frontier"] = warm.search.seconds
    spaces = ten_by_eight(big, law, apart)
    searched, seconds = timed(lambda: frontier_of(spaces, [], big.plan, apart, law.limits.apart))
    rows["12 counts x 10 dispositions x 8 steps: options space"] = timed(lambda: ten_by_eight(big, law, apart), 3)[1]
    rows["12 counts x 10 dispositions x 8 steps: frontier"] = seconds
    rows["combinations, as a power of ten"] = math.log10(math.prod(s.size for s in spaces))
    rows["frontier, options"] = len(searched.found)
    rows["exhaustive"] = searched.exhaustive
    small = case_of(3)
    few = spaces_of(small, law, apart, baseline_of(small, law, apart))
    mine, quick = timed(lambda: frontier_of(few, [], small.plan, apart, law.limits.apart))
    slow, brute = timed(lambda: brute_force(law, few, small, apart), times=1)
    rows["3 counts: frontier"] = quick
    rows["3 counts: brute force"] = brute
    rows["3 counts: same frontier as brute force"] = vectors_of(mine) == slow
    rows["3 counts: times as fast as brute force"] = brute / quick
    try:
        points, done, taken = cp_sat(law, few, apart, cpsat_seconds)
        rows["3 counts: CP-SAT"] = taken
        rows["3 counts: same frontier as CP-SAT"] = done and points == vectors_of(mine)
        rows["3 counts: times as fast as CP-SAT"] = taken / quick
        points, done, taken = cp_sat(law, spaces, apart, cpsat_seconds)
        known = vectors_of(searched)
        rows["12 counts: CP-SAT, seconds until stopped or done"] = taken
        rows["12 counts: CP-SAT came to the end"] = done
        rows["12 counts: points CP-SAT found"] = len(points)
        rows["12 counts: all of them on the planner's frontier"] = points <= known
        rows["12 counts: times as fast as CP-SAT, at least"] = taken / seconds
    except ImportError:
        rows["CP-SAT"] = "not installed (pip install ortools)"
    return rows


def main() -> None:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cpsat-seconds", type=float, default=60.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = measure(given.cpsat_seconds)
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    width = max(len(name) for name in rows)
    for name, value in rows.items():
        shown = f"{value:.4f}" if isinstance(value, float) else str(value)
        print(f"{name:<{width}}  {shown}")


if __name__ == "__main__":
    main()
