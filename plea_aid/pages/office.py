"""The office's figures: how the factor is weighed over all cases, by family of offense, nothing about a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from plea_aid.casework import office, outside
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.office import Figures, Spread, Table
from plea_aid.casework.permissions import Action, can
from plea_aid.pages import office_pictures, saving
from plea_aid.pages.frame import page_link, signed_in
from plea_aid.pages.ground import show_picture
from plea_aid.pages.office_pictures import HIDDEN
from plea_aid.pages.session import database
from plea_aid.pages.wording import counted, family_words, plain
from plea_aid.pages.words_used import show_words

_EXPORT = "office/export"
_SAYS: dict[str, str] = {
    "section-5": "In what share of submitted cases the factor of Section 5 was considered.",
    "flags": "Which of the grounds flagged for the baseline (the first option) the option chosen avoids. A case in "
    "which it also adds one stands under that alone.",
    "weight": "Whether the option chosen weighs the same as the baseline, or departs from it with an explanation.",
    "returns": "How often a supervising attorney sent the analysis back.",
}


def draw() -> None:
    """Draw the page."""
    db, actor = database(), signed_in()
    st.title("Office", anchor=False)
    saving.show_notices()
    found = office.figures(db, actor)
    if found.cases is None:
        st.info(
            f"There are no figures yet. They appear when at least {found.smallest_cell} cases have been submitted: how "
            "often Section 5 was considered, which flags the chosen options avoid, how they compare in weight, how "
            "long decisions take. Nothing here is about a person, and small counts are left out."
        )
        page_link("cases", "Go to the cases")
    else:
        _figures(found)
    if can(actor, Action.WORKLOAD_READ):
        _workload(db, actor)
    if can(actor, Action.FIGURES_EXPORT):
        _export(db, actor)
    show_words("office")


def _figures(found: Figures) -> None:
    st.markdown(
        f"{counted(found.cases or 0, 'submitted case')}, each counted once, by the family of its gravest charge. "
        "Nothing here is about a person."
    )
    st.caption(
        f"A count from 1 to {found.smallest_cell - 1} is not shown, nor is one from which it could be worked out; "
        "families with fewer cases stand together."
    )
    for table_id, says in _SAYS.items():
        table = found.table(table_id)
        st.header(table.title, anchor=False)
        st.markdown(f"{says} {summary(table, found)}")
        show_picture(office_pictures.shares(table, found), summary(table, found))
        st.caption("The same as a table, in cases:")
        st.table(counts(table, found), hide_index=True)
    if found.return_kinds:
        st.subheader("What returned analyses were about", anchor=False)
        st.table([{"About": plain(n), "Cases": shown(c)} for n, c in found.return_kinds], hide_index=True)
        st.caption("A case may be about several; returns for which nothing was chosen are not here.")
    st.header("Over time", anchor=False)
    words = trend_summary(found.trend)
    st.markdown(f"Cases by the quarter of the decision; quarters with too few cases stand together. {words}")
    show_picture(office_pictures.trend(found.trend), words)
    st.caption("The same as a table:")
    st.table([{"Decided": plain(one.family), **_spread_row(one)} for one in found.trend], hide_index=True)
    st.header("Time to the decision", anchor=False)
    words = time_summary(found.time[0])
    st.markdown(f"Days from the beginning of the case to the signing of the decision. {words}")
    show_picture(office_pictures.days(found.time), words)
    st.caption("The bar holds the middle half of the cases, the mark is the case in the middle. The same as a table:")
    st.table([_time_row(one) for one in found.time], hide_index=True)
    st.table(counts(found.table("days"), found), hide_index=True)


def summary(table: Table, found: Figures) -> str:
    """Return the table in a sentence: the total of each column that is shown."""
    cases = found.cases or 1
    parts = [
        f"{name.lower()} {round(100 * total / cases)} %"
        for name, total in zip(table.columns, table.totals, strict=True)
        if total
    ]
    return f"Over all: {', '.join(parts)}." if parts else "Over all: too few cases to show."


def time_summary(spread: Spread) -> str:
    """Return the days to the decision in a sentence."""
    return (
        f"Over all, half of the decisions took {counted(spread.middle, 'day')} or less, and the middle half between "
        f"{spread.quarter} and {spread.three_quarters}."
    )


def trend_summary(trend: Sequence[Spread]) -> str:
    """Return the quarters in words."""
    said = [f"{one.family} {counted(one.cases, 'case')}, half within {counted(one.middle, 'day')}" for one in trend]
    return f"{'; '.join(said)}."


def counts(table: Table, found: Figures) -> list[dict[str, str]]:
    """Return a table of counts for the screen, its totals last."""
    rows = [
        {"Family": family_words(family), "Cases": str(cases), **dict(zip(table.columns, map(shown, row), strict=True))}
        for family, cases, row in zip(found.families, found.family_cases, table.rows, strict=True)
    ]
    totals = dict(zip(table.columns, map(shown, table.totals), strict=True))
    return [*rows, {"Family": family_words(office.EVERY), "Cases": str(found.cases), **totals}]


def shown(count: int | None) -> str:
    """Return a count, or that it is not shown."""
    return HIDDEN if count is None else str(count)


def _time_row(one: Spread) -> dict[str, str]:
    return {"Family": family_words(one.family), **_spread_row(one)}


def _spread_row(one: Spread) -> dict[str, str]:
    return {
        "Cases": str(one.cases),
        "A quarter within": counted(one.quarter, "day"),
        "Half within": counted(one.middle, "day"),
        "Three quarters within": counted(one.three_quarters, "day"),
    }


def _workload(db: Database, actor: Actor) -> None:
    st.header("Workload", anchor=False)
    rows = office.workload(db, actor)
    if rows:
        st.table([{"Attorney": plain(name), "Open cases": str(many)} for name, many in rows], hide_index=True)
    else:
        st.markdown("Nobody has an open case.")


def _export(db: Database, actor: Actor) -> None:
    st.header("For a reviewer outside the office", anchor=False)
    st.markdown(
        "One row for each decided case, as CSV: no name, no cause number, no day, no text that anyone wrote. What a "
        "court record also shows is made coarser until no row stands out. It is recorded that you made it."
    )
    if st.button("Prepare the file"):
        try:
            st.session_state[_EXPORT] = outside.for_reviewer(db, actor)
        except CaseworkError as refusal:
            st.error(str(refusal))
    made: outside.ForReviewer | None = st.session_state.get(_EXPORT)
    if made is not None:
        st.success(made.said) if made.rows else st.warning(made.said)
        if made.rows:
            name = f"plea-aid-review-{date.today().isoformat()}.csv"
            st.download_button("Download it", made.content, file_name=name, mime="text/csv", on_click="ignore")
    with st.expander("What each column means"):
        st.table(
            [
                {"Column": plain(one.name), "Means": plain(one.means), "Values": plain(one.values)}
                for one in outside.COLUMNS
            ],
            hide_index=True,
        )
