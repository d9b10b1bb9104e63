"""Pictures of a screened docket, each from the same rows as its table."""

from __future__ import annotations

from collections import Counter
from typing import cast

import altair as alt
import pandas as pd

from plea_aid.pages.ground import bar, ink
from plea_aid.pages.wording import LEVEL_COLOURS

FLAG_COLOURS = {
    "▲ flag": LEVEL_COLOURS["certain"],
    "◆ amber": LEVEL_COLOURS["possible"],
    "○ clear": LEVEL_COLOURS["unlikely"],
    "? not analysed": LEVEL_COLOURS["not-analysed"],
}
_WORDS = {"flag": "▲ flag", "amber": "◆ amber", "clear": "○ clear", "not-analysed": "? not analysed"}
_MOST_GROUNDS = 15


def flag_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how many counts have each flag."""
    counts = frame["flag"].value_counts()
    return pd.DataFrame({"Flag": list(_WORDS.values()), "Counts": [int(counts.get(name, 0)) for name in _WORDS]})


def ground_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the grounds met most often, by how many counts have part in them."""
    met: Counter[str] = Counter()
    for listed, times in frame["grounds"].value_counts().items():
        for ground in str(listed).split("; "):
            if ground:
                met[ground] += int(times)
    return pd.DataFrame(met.most_common(_MOST_GROUNDS), columns=["Ground", "Counts"])


def flags_chart(rows: pd.DataFrame) -> alt.LayerChart:
    """Return the flags as bars, each with its word and number."""
    base = alt.Chart(rows).encode(
        y=alt.Y("Flag:N", sort=list(FLAG_COLOURS), title=None, axis=alt.Axis(labelLimit=0, labelOverlap=False)),
        x=alt.X("Counts:Q", title="Counts", axis=alt.Axis(tickMinStep=1, format=",d")),
        tooltip=["Flag:N", alt.Tooltip("Counts:Q", format=",d")],
    )
    bars = base.mark_bar(stroke=ink()).encode(
        color=alt.Color(
            "Flag:N", scale=alt.Scale(domain=list(FLAG_COLOURS), range=list(FLAG_COLOURS.values())), legend=None
        )
    )
    numbers = base.mark_text(align="left", dx=4, color=ink()).encode(text=alt.Text("Counts:Q", format=",d"))
    chart = (bars + numbers).properties(height=190, description="Counts of the docket by flag")
    return cast(alt.LayerChart, chart.configure_axis(labelFontSize=12))


def grounds_chart(rows: pd.DataFrame) -> alt.LayerChart:
    """Return the grounds met most often as bars with their numbers."""
    base = alt.Chart(rows).encode(
        y=alt.Y("Ground:N", sort=list(rows["Ground"]), title=None, axis=alt.Axis(labelLimit=0, labelOverlap=False)),
        x=alt.X("Counts:Q", title="Counts that have part in the ground", axis=alt.Axis(tickMinStep=1, format=",d")),
        tooltip=["Ground:N", alt.Tooltip("Counts:Q", format=",d")],
    )
    bars = base.mark_bar(color=bar(), stroke=ink())
    numbers = base.mark_text(align="left", dx=4, color=ink()).encode(text=alt.Text("Counts:Q", format=",d"))
    chart = (bars + numbers).properties(height=24 * len(rows) + 40, description="Grounds met most often")
    return cast(alt.LayerChart, chart.configure_axis(labelFontSize=12))
