"""Pictures for the screens, each from the same rows as its table."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import cast

import altair as alt
import pandas as pd

from plea_aid.pages.ground import gap, over_columns
from plea_aid.pages.matrix import Cell
from plea_aid.pages.wording import LEVEL_COLOURS, LEVEL_INK, SHAPES

_ROW, _LINE = 44, 14
"""Pixels a row of the comparison takes, and a line of an option's name above it."""


def heatmap(found: Sequence[Cell]) -> alt.LayerChart:
    """Return the comparison as a picture: a row a posture group, a column an option, shape and word in each cell."""
    names = list(dict.fromkeys(cell.option for cell in found))
    letters = 20 if len(names) < 3 else 14  # a telephone shows three columns of this many letters
    options = {name: "\n".join(textwrap.wrap(name, letters)) for name in names}
    groups = list(dict.fromkeys(cell.group for cell in found))
    rows = [
        {
            "column": options[cell.option],
            "Option": cell.option,
            "Situation": cell.group,
            "level": cell.level,
            "mark": SHAPES[cell.level],
            "word": cell.level.replace("-", " "),
            "ink": LEVEL_INK.get(cell.level, "#1b1b1b"),
            "Grounds": "; ".join(cell.grounds) or "none",
        }
        for cell in found
    ]
    lines = max(name.count("\n") + 1 for name in options.values())
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "column:N",
            sort=list(options.values()),
            title=None,
            axis=over_columns(6 + _LINE * (lines - 1)),
        ),
        y=alt.Y("Situation:N", sort=groups, title=None, axis=alt.Axis(labelLimit=170, labelOverlap=False)),
        tooltip=["Option:N", "Situation:N", alt.Tooltip("word:N", title="Highest level"), "Grounds:N"],
    )
    box = base.mark_rect(stroke=gap(), strokeWidth=3).encode(
        color=alt.Color(
            "level:N", scale=alt.Scale(domain=list(LEVEL_COLOURS), range=list(LEVEL_COLOURS.values())), legend=None
        )
    )
    mark = base.mark_text(dy=-8, fontSize=14).encode(text="mark:N", color=alt.Color("ink:N", scale=None))
    word = base.mark_text(dy=8, fontSize=11).encode(text="word:N", color=alt.Color("ink:N", scale=None))
    height = _ROW * len(groups) + _LINE * lines + 10
    chart: alt.LayerChart = (box + mark + word).properties(height=height)
    chart = chart.configure_axis(labelFontSize=11, domain=False, ticks=False)
    return cast(alt.LayerChart, chart.configure_axisY(labelPadding=6).configure_view(strokeWidth=0))
