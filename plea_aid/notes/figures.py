"""The note's figures: what the screens draw, as data for the templates, each with its words for who cannot see it.

Every figure stands beside a table that says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plea_aid.notes.balance import balance, weighed
from plea_aid.notes.content import NoteData
from plea_aid.notes.overview import kinds_reached, level_of_kind, shortened
from plea_aid.notes.printable import Tree

PLOTTED = 6
"""Options in one plot; more would not be told apart."""
_STEPS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)


def heatmaps(tables: Sequence[Any]) -> list[Tree]:
    """Return a figure for each table of the overview: a cell for each group of postures and option."""
    return [
        {
            "heads": table["heads"],
            "rows": [
                {"name": row["name"], "levels": [cell["level"] for cell in row["cells"]]} for row in table["rows"]
            ],
            "alt": _heatmap_words(table),
        }
        for table in tables
    ]


def weight_plot(data: NoteData) -> Tree:
    """Return the plot of days ordered against the highest level of each kind; nothing without two options weighed."""
    numbers = {option.name: number for number, option in enumerate(data.options, 1)}
    options = {option.name: option for option in data.options}
    shown = [v for v in data.accountability if v.option in numbers and _ordered(v) is not None][:PLOTTED]
    kinds = kinds_reached(data)
    if len(shown) < 2 or not kinds:
        return None
    rows: list[Tree] = []
    said = []
    for kind in kinds:
        points: list[Tree] = []
        for vector in shown:
            level = level_of_kind(options[vector.option], kind)
            points.append({"number": numbers[vector.option], "value": _ordered(vector), "level": level})
        rows.append({"name": data.kind_names.get(kind, kind), "points": points})
    for vector in shown:
        levels = [f"{data.kind_names.get(k, k)} {level_of_kind(options[vector.option], k)}" for k in kinds]
        said.append(f"{vector.option}: {_ordered(vector)} days ordered; {', '.join(levels).replace('-', ' ')}.")
    most = max(_ordered(vector) or 0 for vector in shown)
    step = next((step for step in _STEPS if most <= 5 * step), most or 1)
    return {
        "most": max(most, 1),
        "ticks": list(range(0, most + 1, step)),
        "rows": rows,
        "key": "; ".join(f"{numbers[v.option]} {shortened(v.option, 60)}" for v in shown),
        "left_out": max(0, len(data.accountability) - len(shown)),
        "alt": "Days ordered, suspended time included, against the highest level of each kind. " + " ".join(said),
    }


def balance_figure(data: NoteData) -> Tree:
    """Return which way each factor points for each option; nothing while none points anywhere."""
    found = balance(data.factors, [option.name for option in data.options])
    if found is None:
        return None
    return {
        "heads": [shortened(name, 60) for name in found.options],
        "rows": [{"name": row.factor, "weight": weighed(row.weight), "points": list(row.points)} for row in found.rows],
        "left_out": found.left_out,
        "alt": found.words,
    }


def _ordered(vector: Any) -> int | None:
    if vector.custody_days is None or vector.suspended_days is None:
        return None
    return int(vector.custody_days + vector.suspended_days)


def _heatmap_words(table: Any) -> str:
    lines = []
    for place, head in enumerate(table["heads"]):
        cells = [f"{row['name']} {row['cells'][place]['level'].replace('-', ' ')}" for row in table["rows"]]
        lines.append(f"{head}: {', '.join(cells)}.")
    return "Highest level for each group of immigration situations under each option. " + " ".join(lines)
