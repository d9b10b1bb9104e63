"""Pictures of the office's figures, each from the same counts as its table. A number stands in every cell."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from textwrap import wrap
from typing import cast

import altair as alt
import pandas as pd

from plea_aid.casework.office import Figures, Spread, Table
from plea_aid.pages.ground import bar, gap, ink, is_dark, over_columns
from plea_aid.pages.wording import counted, family_words

HIDDEN = "not shown"
_ROW, _LINE = 34, 14
SHADES = {
    # Fill and ink of no case, up to a quarter, a half, three quarters, and above: even steps of lightness.
    "light": (
        ("#f4f6f8", "#1b1b1b"),
        ("#cfe3f1", "#1b1b1b"),
        ("#8fbfdc", "#1b1b1b"),
        ("#2f74a3", "#ffffff"),
        ("#0b4a6f", "#ffffff"),
    ),
    "dark": (
        ("#1b2127", "#ffffff"),
        ("#173f5c", "#ffffff"),
        ("#2f74a3", "#ffffff"),
        ("#8fbfdc", "#1b1b1b"),
        ("#cfe3f1", "#1b1b1b"),
    ),
}


def shares(table: Table, found: Figures) -> alt.LayerChart:
    """Return a table as a picture: a row a family, a column an answer, the share as number and shade."""
    rows = [
        {
            "Family": family_words(family),
            "Answer": column,
            "word": HIDDEN if count is None else f"{round(100 * count / cases)} %",
            "Cases": HIDDEN if count is None else str(count),
            **dict(zip(("fill", "ink"), _shade(count, cases), strict=True)),
        }
        for family, cases, counts in zip(found.families, found.family_cases, table.rows, strict=True)
        for column, count in zip(table.columns, counts, strict=True)
    ]
    # A telephone has room for so many letters of five columns, and no word of a head is longer.
    heads = {name: "\n".join(wrap(name, 11)) for name in table.columns}
    lines = max(head.count("\n") for head in heads.values())
    frame = pd.DataFrame(rows)
    base = alt.Chart(frame.assign(head=frame["Answer"].map(heads))).encode(
        x=alt.X(
            "head:N",
            sort=list(heads.values()),
            title=None,
            axis=over_columns(4 + _LINE * lines),
        ),
        y=alt.Y(
            "Family:N", sort=[family_words(name) for name in found.families], title=None, axis=alt.Axis(labelLimit=180)
        ),
        tooltip=["Family:N", "Answer:N", "Cases:N", alt.Tooltip("word:N", title="Share")],
    )
    box = base.mark_rect(stroke=gap(), strokeWidth=3).encode(color=alt.Color("fill:N", scale=None))
    word = base.mark_text(fontSize=12).encode(text="word:N", color=alt.Color("ink:N", scale=None))
    return _plain(box + word, len(found.families), 24 + _LINE * (lines + 1))


def _shade(count: int | None, cases: int) -> tuple[str, str]:
    """Return fill and ink of a cell; one that is not shown looks like one without a case, its words say which."""
    return SHADES["dark" if is_dark() else "light"][ceil(4 * (count or 0) / cases)]


def trend(spreads: Sequence[Spread]) -> alt.LayerChart:
    """Return the cases decided in each quarter: a bar, its number and how soon half of them were decided."""
    rows = [
        {
            "Decided": one.family,
            "Cases": one.cases,
            "word": f"{one.cases}, half within {counted(one.middle, 'day')}",
        }
        for one in spreads
    ]
    most = max(one.cases for one in spreads)
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("Decided:N", sort=None, title=None, axis=alt.Axis(labelLimit=0)),
        # The words behind a bar take as much room as the longest bar.
        x=alt.X("Cases:Q", axis=None, scale=alt.Scale(domain=[0, 2 * most])),
        tooltip=["Decided:N", "Cases:Q", alt.Tooltip("word:N", title="In words")],
    )
    bars = base.mark_bar(height=16, color=bar())
    word = base.mark_text(align="left", dx=6, fontSize=12, color=ink()).encode(text="word:N")
    return _plain(bars + word, len(rows), 10)


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
    half = base.mark_bar(height=12, color=bar()).encode(x=day, x2="to:Q")
    tick = base.mark_tick(thickness=3, size=22, color=ink()).encode(x="middle:Q")
    word = base.mark_text(align="left", dx=6, dy=-12, fontSize=12, color=ink()).encode(x="middle:Q", text="middle:Q")
    return _plain(half + tick + word, len(names), 70)


def _plain(chart: alt.LayerChart, rows: int, axis: int) -> alt.LayerChart:
    sized: alt.LayerChart = chart.properties(height=_ROW * rows + axis)  # the axis takes its height from it
    sized = sized.configure_axis(labelFontSize=12, domain=False, ticks=False, grid=False)
    return cast(alt.LayerChart, sized.configure_axisY(labelPadding=6).configure_view(strokeWidth=0))
