"""The factors at a glance: which way each points for each option, as a picture and as a table."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, cast

import altair as alt
import pandas as pd
import streamlit as st

from plea_aid.notes.balance import Balance, balance, told, weighed
from plea_aid.notes.from_record import factor_said
from plea_aid.pages.ground import SPLIT, gap, ink, over_columns, show_picture
from plea_aid.pages.wording import plain

POINT_COLOURS = {"for": ("#8fbfdc", "#1b1b1b"), "against": ("#c8511b", "#ffffff"), "neutral": ("#f4f6f8", "#1b1b1b")}
"""Fill and ink of a cell; the sign and the word in it say the same."""
_ROW, _LINE = 44, 14


def show_balance(
    checklist: Sequence[Mapping[str, str]],
    entries: Mapping[str, Mapping[str, Any]],
    options: Sequence[str],
    *,
    beside_table: bool,
) -> None:
    """Show which way the factors point, once one of them points anywhere; its own table where there is none beside."""
    found = balance([factor_said(listed, entries.get(listed["id"])) for listed in checklist], options)
    if found is None:
        return
    if not beside_table:
        st.header("How the factors point", anchor=False)
    more = f" {found.left_out} further options are not in the picture." if found.left_out else ""
    st.markdown(f"For each option, which way a factor points and how much it weighs. Nothing is added up.{more}")
    show_picture(balance_chart(found), found.words)
    if beside_table:
        st.caption("The same in the table:")
    else:
        st.caption("The same as a table:")
        st.table(balance_table(found), hide_index=True)


def balance_table(found: Balance) -> list[dict[str, str]]:
    """Return the picture as a table: a row a factor, a column an option."""
    return [
        {
            "Factor": plain(row.factor),
            "Weight": plain(weighed(row.weight)),
            **{plain(option): plain(told(point)) for option, point in found.each(row)},
        }
        for row in found.rows
    ]


def balance_chart(found: Balance) -> alt.LayerChart:
    """Return the picture: a row a factor, a column an option, in each cell a sign, a word and the weight."""
    letters = 20 if len(found.options) < 3 else 14  # a telephone shows three columns of this many letters
    options = {name: "\n".join(textwrap.wrap(name, letters)) for name in found.options}
    factors = {row.factor: "\n".join(textwrap.wrap(row.factor, 34)) for row in found.rows}
    rows = []
    for row in found.rows:
        for option, point in found.each(row):
            fill, words = POINT_COLOURS.get(point, (gap(), ink()))
            rows.append(
                {
                    "column": options[option],
                    "row": factors[row.factor],
                    "Option": option,
                    "Factor": row.factor,
                    "Points": told(point),
                    "Weight": weighed(row.weight),
                    "fill": fill,
                    "ink": words,
                }
            )
    lines = max(name.count("\n") + 1 for name in options.values())
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "column:N",
            axis=over_columns(6 + _LINE * (lines - 1)),
            title=None,
            sort=None,
        ),
        y=alt.Y("row:N", axis=alt.Axis(labelLimit=0, labelOverlap=False, labelExpr=SPLIT), title=None, sort=None),
        tooltip=["Factor:N", "Option:N", "Points:N", "Weight:N"],
    )
    box = base.mark_rect(stroke=gap(), strokeWidth=3).encode(color=alt.Color("fill:N", scale=None))
    point = base.mark_text(dy=-8, fontSize=12).encode(text="Points:N", color=alt.Color("ink:N", scale=None))
    weight = base.mark_text(dy=8, fontSize=11).encode(text="Weight:N", color=alt.Color("ink:N", scale=None))
    chart = cast(alt.LayerChart, box + point + weight).properties(height=_ROW * len(factors) + _LINE * lines + 10)
    chart = chart.configure_axis(labelFontSize=11, domain=False, ticks=False)
    return cast(alt.LayerChart, chart.configure_axisY(labelPadding=6).configure_view(strokeWidth=0))
