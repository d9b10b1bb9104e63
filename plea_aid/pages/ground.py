"""The ground a page stands on, light or dark, and what of a picture has to show on it."""

from __future__ import annotations

import altair as alt
import streamlit as st


def is_dark() -> bool:
    """Say whether the reader's screen is dark; until the browser has told, it counts as light."""
    return st.context.theme.type == "dark"


def ink() -> str:
    """Return the colour of words and outlines that stand on the page's ground."""
    return "#f5f7f9" if is_dark() else "#1b1b1b"


def bar() -> str:
    """Return the colour of a bar that means no level; at least 3:1 on the ground."""
    return "#5b9bd0" if is_dark() else "#4a6d8c"


def gap() -> str:
    """Return the colour between two cells, which is that of the ground."""
    return "#000000" if is_dark() else "#ffffff"


SPLIT = "split(datum.label, '\\n')"
"""How Vega reads a label of several lines."""


def over_columns(padding: int) -> alt.Axis:
    """Return the axis above the columns of a picture: every name whole, on lines of its own; ``padding`` is pixels."""
    return alt.Axis(orient="top", labelAngle=0, labelLimit=0, labelOverlap=False, labelPadding=padding, labelExpr=SPLIT)


def show_picture(chart: alt.LayerChart, said: str) -> None:
    """Show a picture over the whole width; ``said`` is what it shows in words, for whoever does not see it.

    Vega's own theme: there Streamlit writes the axes in the page's own ink, which follows the ground at once, while
    in its own theme they are grey, at less than 4.5:1.
    """
    st.altair_chart(chart, width="stretch", theme=None, alt=said)
