"""Pictures of a screened docket, each from the same rows as its table and told in words."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import cast

import altair as alt
import pandas as pd

from plea_aid.law.catalogue import Law
from plea_aid.pages.docket_words import FLAGS, ground_name
from plea_aid.pages.ground import bar, ink
from plea_aid.pages.wording import LEVEL_COLOURS, counted

_COLOURS = dict(
    zip(FLAGS.values(), (LEVEL_COLOURS[x] for x in ("certain", "possible", "unlikely", "not-analysed")), strict=True)
)
_MOST_GROUNDS = 10
_LETTERS = 40
"""Letters of a ground's name in one line; a telephone leaves half of its width to the bars."""


def flag_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how many counts have each flag."""
    counts = frame["flag"].value_counts()
    return pd.DataFrame({"Flag": list(FLAGS.values()), "Counts": [int(counts.get(name, 0)) for name in FLAGS]})


def ground_rows(frame: pd.DataFrame, law: Law) -> pd.DataFrame:
    """Return the grounds met most often, by how many counts have part in them."""
    met: Counter[str] = Counter()
    for listed, times in frame["grounds"].value_counts().items():
        for ground in str(listed).split("; "):
            if ground:
                met[ground] += int(times)
    named = [(ground_name(ground, law), times) for ground, times in met.most_common(_MOST_GROUNDS)]
    return pd.DataFrame(named, columns=["Ground", "Counts"])


def flags_summary(rows: pd.DataFrame) -> str:
    """Return the flags in a sentence."""
    said = [f"{times:,} {name.split(' ', 1)[1]}" for name, times in rows.itertuples(index=False) if times]
    return f"Of the counts shown: {', '.join(said)}." if said else "No count is shown."


def grounds_summary(rows: pd.DataFrame) -> str:
    """Return the grounds met most often in a sentence."""
    said = [f"{name} ({counted(int(times), 'count')})" for name, times in rows.head(3).itertuples(index=False)]
    return f"Most often: {'; '.join(said)}."


def flags_chart(rows: pd.DataFrame) -> alt.LayerChart:
    """Return the flags as bars, each with its word and number."""
    colours = alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))
    return _bars(rows, "Flag", alt.Color("Flag:N", scale=colours, legend=None))


def grounds_chart(rows: pd.DataFrame) -> alt.LayerChart:
    """Return the grounds met most often as bars with their numbers."""
    return _bars(rows, "Ground", alt.value(bar()))


def _bars(rows: pd.DataFrame, name: str, colour: alt.Color | alt.Value) -> alt.LayerChart:
    lines = {said: "\n".join(textwrap.wrap(said, _LETTERS)) for said in rows[name]}
    base = alt.Chart(rows.assign(line=rows[name].map(lines))).encode(
        y=alt.Y(
            "line:N",
            sort=list(lines.values()),
            title=None,
            axis=alt.Axis(labelLimit=0, labelOverlap=False, labelPadding=6, labelExpr="split(datum.label, '\\n')"),
        ),
        x=alt.X("Counts:Q", axis=None, scale=alt.Scale(domain=[0, max(1, int(rows["Counts"].max())) * 1.1])),
        tooltip=[f"{name}:N", alt.Tooltip("Counts:Q", format=",d")],
    )
    bars = base.mark_bar(size=18, stroke=ink()).encode(color=colour)
    numbers = base.mark_text(align="left", dx=4, color=ink()).encode(text=alt.Text("Counts:Q", format=",d"))
    deep = max(said.count("\n") for said in lines.values())
    chart = cast(alt.LayerChart, bars + numbers).properties(height=(24 + 12 * deep) * len(rows) + 10)
    chart = chart.configure_axis(labelFontSize=12, domain=False, ticks=False)
    return cast(alt.LayerChart, chart.configure_view(strokeWidth=0))
