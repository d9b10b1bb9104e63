"""Pictures for the screens, each from the same rows as its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import altair as alt
import pandas as pd

from plea_aid.pages.matrix import Cell
from plea_aid.pages.wording import LEVEL_COLOURS, LEVEL_INK, SHAPES

_ROW = 46
"""Pixels a row of the comparison takes."""


def heatmap(found: Sequence[Cell]) -> alt.LayerChart:
    """Return the comparison as a picture: a row an option, a column a posture group, shape and word in each cell."""
    rows = [
        {
            "Option": cell.option,
            "Group": cell.group,
            "level": cell.level,
            "mark": SHAPES[cell.level],
            "word": cell.level.replace("-", " "),
            "ink": LEVEL_INK.get(cell.level, "#1b1b1b"),
            "Grounds": "; ".join(cell.grounds) or "none",
        }
        for cell in found
    ]
    options = list(dict.fromkeys(cell.option for cell in found))
    groups = list(dict.fromkeys(cell.group for cell in found))
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("Group:N", sort=groups, title=None, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=150)),
        y=alt.Y("Option:N", sort=options, title=None, axis=alt.Axis(labelLimit=230)),
        tooltip=["Option:N", "Group:N", alt.Tooltip("word:N", title="Highest level"), "Grounds:N"],
    )
    box = base.mark_rect(stroke="#ffffff", strokeWidth=3).encode(
        color=alt.Color(
            "level:N", scale=alt.Scale(domain=list(LEVEL_COLOURS), range=list(LEVEL_COLOURS.values())), legend=None
        )
    )
    mark = base.mark_text(dy=-7, fontSize=14).encode(text="mark:N", color=alt.Color("ink:N", scale=None))
    word = base.mark_text(dy=10, fontSize=12).encode(text="word:N", color=alt.Color("ink:N", scale=None))
    chart: alt.LayerChart = (box + mark + word).properties(height=_ROW * len(options))
    chart = chart.configure_axis(labelColor="#1b1b1b", labelFontSize=12, domain=False, ticks=False)
    return cast(alt.LayerChart, chart.configure_view(strokeWidth=0))
