"""The same frontier computed by OR-tools CP-SAT, a peer that only developers install.

CP-SAT is given the table of choices the planner has made (equivalent ones merged) and finds the frontier point by
point: the best sum of all measures, then 'better somewhere than each point found', until nothing is left.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from plea_aid.bench.brute import FAMILIES
from plea_aid.law.catalogue import Law
from plea_aid.planning.readings import TakenApart
from plea_aid.planning.space import CountSpace


def cp_sat(
    law: Law, spaces: Sequence[CountSpace], apart: TakenApart, limit: float
) -> tuple[set[tuple[int, ...]], bool, float]:
    """Return the vectors CP-SAT found, whether it came to the end, and its seconds (building the model included).

    Stopped after ``limit`` seconds; raise ImportError where OR-tools is not installed.
    """
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
