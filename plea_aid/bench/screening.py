"""Screening beside general rule engines that are given the same decision table.

The table says what a case of one count is flagged, by charge, disposition and days: it is drawn from the screening
itself, and every engine must give the same flags before anything is timed. A peer answers with the flag alone, from a
table somebody has to draw up; screening reads the law, and finds every ground, posture and reason. Each peer is used as
it is quickest: OpenFisca over whole arrays, zen-engine with a decision compiled once, clingo with every count in one
grounding.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from plea_aid.bench.row import Row, Run, timed
from plea_aid.law.load import load_law
from plea_aid.screening.screen import screen_frame
from plea_aid.screening.tables import Tables

COUNTS = 100_000
DAY = date(2026, 11, 22)
CITES = (
    "45-5-206(1)(a)", "45-6-301(1)", "45-10-103", "61-8-1002(1)(a)", "45-5-201(1)(a)", "45-5-626", "45-7-302",
    "45-6-203(1)(a)", "45-8-101(1)(a)(i)", "61-5-212", "45-6-101(1)(a)", "45-7-301(1)(a)",
)  # fmt: skip
MANNERS = ("pending", "guilty-plea", "nolo-contendere", "deferred-imposition", "dismissed", "bond-forfeiture")
FLAGS = ("flag", "amber", "clear", "not-analysed")
Key = tuple[int, int, int, int, int]
"""Charge, disposition, whether any term is suspended, and how many steps the days ordered and served are over."""


@dataclass(frozen=True)
class Table:
    """A decision table, the steps of its days, and the counts put to it."""

    rules: dict[Key, int]
    ordered: tuple[int, ...]
    served: tuple[int, ...]
    counts: np.ndarray[Any, np.dtype[np.int64]]
    """By count: charge, disposition, days executed, days suspended."""
    flags: np.ndarray[Any, np.dtype[np.int64]]
    """What screening comes to for each count."""

    def columns(self) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
        """Return what a peer is given of each count."""
        charge, manner, jail, suspended = self.counts.T
        return {
            "charge": charge,
            "manner": manner,
            "suspends": (suspended > 0).astype(np.int64),
            "ordered": jail + suspended,
            "served": jail,
        }


WHAT = f"one of {COUNTS:,} counts: every ground, posture and reason"
AT_MOST = 1e-5
"""Seconds a count: a hundred thousand a second."""


def lines(run: Run) -> list[tuple[str, str]]:
    """Return what is measured beside what."""
    return [(WHAT, f"{name}, the flag alone") for name, *_ in PEERS]


def screening_rows(run: Run) -> Iterator[Row]:
    """Yield how long one count takes, beside each peer."""
    law = load_law()
    tables = Tables(law, DAY)
    steps = tuple(tables.ordered_steps), tuple(tables.served_steps)
    counts = _counts(random.Random(11))  # noqa: S311 - the same counts in every run, nothing secret
    frame = _frame(counts)
    screened, seconds = timed(lambda: screen_frame(frame, law, DAY), times=1)
    flags = screened["flag"].map(FLAGS.index).to_numpy(dtype=np.int64)
    good = (screened["error"] == "").to_numpy(dtype=bool)
    counts, flags = counts[good], flags[good]
    rules: dict[Key, int] = {}
    for key, flag in zip(_keys(counts, *steps), flags.tolist(), strict=True):
        if rules.setdefault(key, flag) != flag:
            raise ValueError("the days and dispositions of a count do not decide its flag; the table is no table")
    table = Table(rules, *steps, counts, flags)
    for name, peer, size in PEERS:
        row = Row("screening", WHAT, seconds / len(frame), f"{name}, the flag alone", at_most=AT_MOST)
        note = f"{len(rules)} rules; reading and compiling the law is within the time"
        try:
            ask = peer(table, min(size, len(counts)))
        except ImportError:
            yield replace(row, note=f"{note}; {name} is not installed (uv sync --group peers)")
            continue
        same = ask() == flags[:size].tolist()
        found, taken = timed(ask, times=3)
        yield replace(row, baseline_seconds=taken / len(found), same=same, note=note)


def _counts(chance: random.Random) -> np.ndarray[Any, np.dtype[np.int64]]:
    found = []
    for _ in range(COUNTS):
        manner = chance.choices(range(len(MANNERS)), (30, 40, 10, 8, 8, 4))[0]
        total = chance.randint(0, 365) if manner in (1, 2) else 0
        jail = chance.randint(0, total)
        found.append((chance.randrange(len(CITES)), manner, jail, total - jail))
    return np.array(found, dtype=np.int64)


def _frame(counts: np.ndarray[Any, np.dtype[np.int64]]) -> pd.DataFrame:
    charge, manner, jail, suspended = counts.T
    return pd.DataFrame(
        {
            "case_id": np.arange(len(counts)).astype(str),
            "count": "1",
            "offense": np.array([f"MCA {cite}" for cite in CITES])[charge],
            "disposition": np.array(MANNERS)[manner],
            "jail_days": jail.astype(str),
            "suspended_days": suspended.astype(str),
        }
    )


def _keys(counts: np.ndarray[Any, np.dtype[np.int64]], ordered: Sequence[int], served: Sequence[int]) -> list[Key]:
    charge, manner, jail, suspended = counts.T
    over = np.searchsorted(ordered, jail + suspended, side="right"), np.searchsorted(served, jail, side="right")
    return list(zip(*(c.tolist() for c in (charge, manner, (suspended > 0).astype(np.int64), *over)), strict=True))


# ----- the peers


def _openfisca(table: Table, size: int) -> Callable[[], list[int]]:
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    count = build_entity("count", "counts", "A count", is_person=True)
    shape = (len(CITES), len(MANNERS), 2, len(table.ordered) + 1, len(table.served) + 1)
    lookup = np.zeros(shape, dtype=np.int64)
    for key, decided in table.rules.items():
        lookup[key] = decided

    def formula(counts: Any, period: Any) -> Any:
        charge, manner, suspends = (counts(name, period) for name in ("charge", "manner", "suspends"))
        ordered = np.searchsorted(table.ordered, counts("ordered", period), side="right")
        served = np.searchsorted(table.served, counts("served", period), side="right")
        return lookup[charge, manner, suspends, ordered, served]

    common = {"value_type": int, "entity": count, "definition_period": DateUnit.DAY}
    given = {name: values[:size] for name, values in table.columns().items()}
    system = TaxBenefitSystem([count])
    for name in given:
        system.add_variable(type(name, (Variable,), dict(common)))
    system.add_variable(type("flag", (Variable,), {**common, "formula": formula}))

    def ask() -> list[int]:
        simulation = SimulationBuilder().build_default_simulation(system, size)
        for name, values in given.items():
            simulation.set_input(name, "2026-11-22", values)
        found: list[int] = simulation.calculate("flag", "2026-11-22").tolist()
        return found

    return ask


def _bounds(steps: Sequence[int], place: int) -> tuple[int, int]:
    """Return the least and the most days that are over ``place`` of the steps."""
    return (0, *steps)[place], (*steps, 100_000)[place] - 1


def _zen(table: Table, size: int) -> Callable[[], list[int]]:
    import zen

    names = tuple(table.columns())
    rules = []
    for number, ((charge, manner, suspends, ordered, served), decided) in enumerate(table.rules.items()):
        days = ["[{}..{}]".format(*_bounds(s, p)) for s, p in ((table.ordered, ordered), (table.served, served))]
        cells = dict(zip(names, (str(charge), str(manner), str(suspends), *days), strict=True))
        rules.append({"_id": f"rule {number}", **cells, "flag": str(decided)})
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in names],
        "outputs": [{"id": "flag", "name": "flag", "field": "flag"}],
        "rules": rules,
    }
    spot = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", **spot},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": content, **spot},
        {"id": "out", "name": "out", "type": "outputNode", **spot},
    ]
    edges = [
        {"id": "first", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "second", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    columns = [values[:size].tolist() for values in table.columns().values()]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return lambda: [decision.evaluate(row)["result"]["flag"] for row in rows]


def _clingo(table: Table, size: int) -> Callable[[], list[int]]:
    import clingo

    rules = []
    for (charge, manner, suspends, ordered, served), decided in table.rules.items():
        days = (*_bounds(table.ordered, ordered), *_bounds(table.served, served))
        rules.append(f"rule({charge},{manner},{suspends},{','.join(map(str, days))},{decided}).")
    columns = [values[:size].tolist() for values in table.columns().values()]
    facts = [f"count({','.join(map(str, (n, *row)))})." for n, row in enumerate(zip(*columns, strict=True))]
    program = "\n".join(
        [
            *rules,
            *facts,
            "flag(N,F) :- count(N,C,M,S,O,D), rule(C,M,S,O1,O2,D1,D2,F), O1 <= O, O <= O2, D1 <= D, D <= D2.",
        ]
    )

    def ask() -> list[int]:
        control = clingo.Control(["--warn=none"])
        control.add("base", [], program)
        control.ground([("base", [])])
        atoms = [atom.symbol.arguments for atom in control.symbolic_atoms.by_signature("flag", 2)]
        return [flag for _, flag in sorted((n.number, flag.number) for n, flag in atoms)]

    return ask


PEERS: tuple[tuple[str, Callable[[Table, int], Callable[[], list[int]]], int], ...] = (
    ("OpenFisca", _openfisca, COUNTS),
    ("zen-engine", _zen, 2_000),
    ("clingo", _clingo, 10_000),
)
"""Name, what makes it ready to be asked, and how many counts it is asked about."""
