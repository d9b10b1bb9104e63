"""One measure of accountability against the highest level of each kind: a picture and its table, no score.

Every kind of consequence is a row of its own, every option a line in it with its number; the level is a shape and a
word as well as a colour, so the picture reads in grey print too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import altair as alt
import pandas as pd

from plea_aid.law.records import Kind
from plea_aid.notes.equivalence import Measure, Weight, figure
from plea_aid.pages.ground import ink
from plea_aid.pages.wording import KINDS, LEVEL_COLOURS, LEVEL_INK, SHAPES, plain
from plea_aid.pages.wording import level as level_words

PLOTTED = 6
"""Options in one picture; more would not be told apart."""
_LINE = 26
"""Pixels of one option's line."""


@dataclass(frozen=True)
class Point:
    """One option in the row of one kind."""

    number: int
    option: str
    kind: Kind
    level: str
    value: int
    words: str
    """The measured value in words."""


def weight_points(
    measure: Measure, found: Sequence[Weight], numbers: Mapping[str, int], tops: Mapping[str, Mapping[Kind, str]]
) -> tuple[Point, ...]:
    """Return a point for each option and each kind, kind by kind."""
    return tuple(
        Point(
            numbers[w.option],
            w.option,
            kind,
            tops[w.option][kind],
            getattr(w.vector, measure.key),
            figure(measure, w.vector),
        )
        for kind in KINDS
        for w in found
    )


def weight_plot(points: Sequence[Point], measure: str) -> alt.LayerChart:
    """Return the picture: the measure from left to right, a row for each kind that any option reaches."""
    kinds = [k for k in KINDS if any(p.kind == k and p.level != "none" for p in points)] or list(KINDS)[:1]
    numbers = sorted({p.number for p in points})
    rows = [
        {
            "Kind": KINDS[p.kind],
            "number": str(p.number),
            "Option": p.option,
            "value": p.value,
            "Measured": p.words,
            "level": p.level,
            "mark": SHAPES[p.level],
            "said": f"{p.number}: {p.level.replace('-', ' ')}",
            "Level": p.level.replace("-", " "),
            "ink": LEVEL_INK.get(p.level, "#1b1b1b"),
        }
        for p in points
        if p.kind in kinds
    ]
    room = max(p.value for p in points) * 0.45 or 1
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "value:Q",
            title=measure,
            scale=alt.Scale(domain=[0, max(p.value for p in points) + room], nice=False),
            axis=alt.Axis(grid=True, tickCount=5, format=",d", tickMinStep=1),
        ),
        y=alt.Y(
            "Kind:N",
            sort=[KINDS[k] for k in kinds],
            title=None,
            axis=alt.Axis(labelLimit=120, labelOverlap=False, grid=True),
        ),
        yOffset=alt.YOffset("number:N", sort=[str(n) for n in numbers]),
        tooltip=["Option:N", "Kind:N", "Level:N", "Measured:N"],
    )
    colours = alt.Scale(domain=list(LEVEL_COLOURS), range=list(LEVEL_COLOURS.values()))
    disc = base.mark_circle(size=340, opacity=1, stroke=ink(), strokeWidth=1).encode(
        color=alt.Color("level:N", scale=colours, legend=None)
    )
    mark = base.mark_text(fontSize=11).encode(text="mark:N", color=alt.Color("ink:N", scale=None))
    word = base.mark_text(align="left", dx=13, fontSize=11, color=ink()).encode(text="said:N")
    height = _LINE * len(numbers) * len(kinds) + 40
    chart: alt.LayerChart = (disc + mark + word).properties(height=height)
    chart = chart.configure_axis(labelFontSize=11, domain=False)
    return cast(alt.LayerChart, chart.configure_view(stroke="#808890"))


def points_table(points: Sequence[Point], measure: str) -> list[dict[str, str]]:
    """Return the picture as a table: a row for each option."""
    table = []
    for number in sorted({p.number for p in points}):
        mine = [p for p in points if p.number == number]
        row = {"Option": plain(f"{number}. {mine[0].option}"), measure: plain(mine[0].words)}
        table.append({**row, **{KINDS[p.kind]: level_words(p.level) for p in mine}})
    return table


def points_summary(points: Sequence[Point], measure: str) -> str:
    """Return the picture in words."""
    lines = []
    for number in sorted({p.number for p in points}):
        mine = [p for p in points if p.number == number]
        reached = [f"{KINDS[p.kind].lower()} {p.level.replace('-', ' ')}" for p in mine if p.level != "none"]
        lines.append(f"{mine[0].option}: {measure.lower()} {mine[0].words}; {', '.join(reached) or 'no consequence'}.")
    return " ".join(lines)
