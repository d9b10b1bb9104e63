"""Pictures of the office's figures, each from the same counts as its table. A number stands in every cell."""

from __future__ import annotations

from typing import cast

import altair as alt
import pandas as pd

from plea_aid.casework.office import Figures, Spread, Table
from plea_aid.pages.wording import family_words

HIDDEN = "not shown"
_ROW = 34
_DARK = "#0b4a6f"
_SHADES = ["#f4f6f8", "#cfe3f1", "#8fbfdc", "#3f86b5", _DARK]


def shares(table: Table, found: Figures) -> alt.LayerChart:
    """Return a table as a picture: a row a family, a column an answer, the share as number and shade."""
    rows = [
        {
            "Family": family_words(family),
            "Answer": column,
            "share": None if count is None else count / cases,
            "word": HIDDEN if count is None else f"{round(100 * count / cases)} %",
            "Cases": HIDDEN if count is None else str(count),
            "ink": "#ffffff" if count is not None and count / cases > 0.85 else "#1b1b1b",
        }
        for family, cases, counts in zip(found.families, found.family_cases, table.rows, strict=True)
        for column, count in zip(table.columns, counts, strict=True)
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "Answer:N", sort=list(table.columns), title=None, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=0)
        ),
        y=alt.Y(
            "Family:N", sort=[family_words(name) for name in found.families], title=None, axis=alt.Axis(labelLimit=180)
        ),
        tooltip=["Family:N", "Answer:N", "Cases:N", alt.Tooltip("word:N", title="Share")],
    )
    scale = alt.Scale(domain=[0, 1], range=_SHADES)
    box = base.mark_rect(stroke="#ffffff", strokeWidth=3).encode(color=alt.Color("share:Q", scale=scale, legend=None))
    word = base.mark_text(fontSize=12).encode(text="word:N", color=alt.Color("ink:N", scale=None))
    # The shade of a cell and the ink of its number are two scales, one of numbers and one of names.
    both = cast(alt.LayerChart, (box + word).resolve_scale(color="independent"))
    return _plain(both, len(found.families))


def days(spreads: tuple[Spread, ...]) -> alt.LayerChart:
    """Return the days to the decision: a bar over the middle half of the cases, a tick at the middle case."""
    rows = [
        {
            "Family": family_words(one.family),
            "from": one.quarter,
            "to": one.three_quarters,
            "middle": one.middle,
            "Cases": one.cases,
        }
        for one in spreads
    ]
    names = [family_words(one.family) for one in spreads]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("Family:N", sort=names, title=None, axis=alt.Axis(labelLimit=180)),
        tooltip=["Family:N", "Cases:Q", alt.Tooltip("middle:Q", title="Middle case, days")],
    )
    most = max(7, *(one.three_quarters for one in spreads))
    day = alt.X("from:Q", title="Days", scale=alt.Scale(domain=[0, most]), axis=alt.Axis(format="d", tickMinStep=1))
    bar = base.mark_bar(height=12, color="#8fbfdc").encode(x=day, x2="to:Q")
    tick = base.mark_tick(thickness=3, size=22, color=_DARK).encode(x="middle:Q")
    word = base.mark_text(align="left", dx=6, dy=-12, fontSize=12, color="#1b1b1b").encode(
        x="middle:Q", text="middle:Q"
    )
    return _plain(bar + tick + word, len(names))


def _plain(chart: alt.LayerChart, rows: int) -> alt.LayerChart:
    sized: alt.LayerChart = chart.properties(height=_ROW * rows + 70)  # the axis takes its height from it
    sized = sized.configure_axis(labelColor="#1b1b1b", labelFontSize=12, domain=False, ticks=False, grid=False)
    return cast(alt.LayerChart, sized.configure_view(strokeWidth=0))
