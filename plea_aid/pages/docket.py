"""Docket: a whole list of counts flagged at once, looked through, exported, and opened as cases."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from pathlib import PurePath
from typing import Any

import pandas as pd
import streamlit as st

from plea_aid.casework import docket
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action, can
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.pages import docket_words
from plea_aid.pages.docket_pictures import (
    flag_rows,
    flags_chart,
    flags_summary,
    ground_rows,
    grounds_chart,
    grounds_summary,
)
from plea_aid.pages.docket_words import COLUMNS, FLAGS
from plea_aid.pages.frame import page_link, signed_in
from plea_aid.pages.ground import show_picture
from plea_aid.pages.session import database
from plea_aid.pages.wording import counted, joined, plain
from plea_aid.pages.wording import level as level_words
from plea_aid.pages.words_used import show_words
from plea_aid.screening.columns import KNOWN, REQUIRED, DocketError, mapped
from plea_aid.screening.progress import seconds_left
from plea_aid.screening.protected import protected_names
from plea_aid.screening.sources import ACCEPTED
from plea_aid.screening.upload import Screened, case_documents, export_csv, peek, screen_upload

_RESULT, _SHOWN = "docket/result", 200
_EVERY = "All"


def draw() -> None:
    """Draw the page."""
    db, actor = database(), signed_in()
    st.title("Docket", anchor=False)
    verdict = can(actor, Action.DOCKET_SCREEN)
    if not verdict:
        st.error(verdict.because)
        return
    st.markdown(
        "A docket is a list of counts, screened all at once: each is put to every ground for every immigration "
        "situation, and the counts of a case are taken together. Nothing of it is stored until you open cases from it."
    )
    given = st.file_uploader(
        "Docket: CSV, Excel workbook or Parquet, up to 20 MB",
        type=[kind.removeprefix(".") for kind in ACCEPTED],
        key="docket/file",
    )
    if given is None:
        st.session_state.pop(_RESULT, None)
        _what_to_give()
        show_words("docket", texts=(said for words in COLUMNS.values() for said in words))
        return
    try:
        held: tuple[str, Screened] | None = st.session_state.get(_RESULT)
        fresh = held is None or held[0] != given.file_id
        _prepare(db, actor, given.name, given.getvalue(), fresh=fresh)
    except (DocketError, OSError) as fault:
        _refuse(given.name, fault)
        return
    found: tuple[str, Screened] | None = st.session_state.get(_RESULT)
    if found and found[0] == given.file_id:
        _results(db, actor, found[1], given.name)
        show_words("docket", texts=_ground_texts(found[1]))


def _ground_texts(found: Screened) -> Iterable[str]:
    law = load_law()
    met = {ground for listed in found.frame["grounds"].unique() for ground in listed.split("; ") if ground}
    return (docket_words.ground_name(ground, law) for ground in sorted(met))


def _what_to_give() -> None:
    """Say, while there is no list yet, what one holds."""
    st.header("What a docket holds", anchor=False)
    st.markdown(
        "A row for each count. The first three columns are needed; any other column is read if it is there. Columns "
        "with names of your own are matched once, and the match is remembered."
    )
    st.table(
        [
            {"Column": docket_words.column(name), "Name in the file": f"`{name}`", "Holds": plain(COLUMNS[name][1])}
            for name in KNOWN
        ],
        hide_index=True,
    )
    st.markdown("A docket longer than this page takes is screened by the command `plea-aid screen`.")


def _refuse(name: str, fault: Exception) -> None:
    problems = fault.problems if isinstance(fault, DocketError) else [str(fault)]
    for problem in problems[:10]:
        # The command names its option; here there is a field for it.
        said = problem.split("; to leave the column out give --drop")[0]
        left_out = "" if said == problem else ". It can be left out below the preview"
        st.error(f"{plain(PurePath(name).name)}: {plain(said)}{left_out}.")


# ----- matching columns, screening


def _prepare(db: Database, actor: Actor, name: str, content: bytes, *, fresh: bool) -> None:
    """Draw how the docket is read; ``fresh`` while it has not been screened."""
    header, first = peek(name, content)
    with st.expander("The first rows, as they were read", expanded=fresh, key=f"docket/first/{fresh}"):
        st.table(pd.DataFrame([[plain(v) for v in row] for row in first], columns=[plain(h) for h in header]))
    with st.form("docket/columns"):
        dropped = st.multiselect(
            "Columns to leave out",
            header,
            default=[],
            key="docket/drop",
            placeholder="None",
            help="Left out of everything below. Columns about what Section 2 protects have to be.",
        )
        protected = [column for column in protected_names(header) if column not in dropped]
        if protected:
            st.warning(f"By their names these hold what Section 2 protects: {plain(', '.join(protected))}.")
        mapping = _columns(db, actor, header, dropped)
        pressed = st.form_submit_button("Screen the docket", type="primary" if fresh else "secondary")
    missing = [COLUMNS[known][0].lower() for known in REQUIRED if known not in mapping]
    if pressed and missing:
        st.error(f"Say under 'Which column is which' where to find the {joined(missing)}.")
    elif pressed:
        _screen(db, actor, name, content, header, mapping, dropped)
        st.rerun()


def _columns(db: Database, actor: Actor, header: list[str], dropped: list[str]) -> dict[str, str]:
    """Draw which column is which; return known column -> column of the docket."""
    remembered = docket.remembered_columns(db, actor, header)
    start = remembered or _guess(header, dropped)
    if remembered:
        st.caption("The columns are matched as the last time that a docket had them.")
    none = "(none)"
    mapping = {}
    with st.expander("Which column is which", expanded=any(name not in start for name in REQUIRED)):
        for beginning in range(0, len(KNOWN), 3):
            for place, known in zip(st.columns(3), KNOWN[beginning : beginning + 3], strict=False):
                choices = [none, *header]
                at = choices.index(start[known]) if start.get(known) in choices else 0
                key = f"docket/{docket.header_key(header)}/{known}"
                chosen = place.selectbox(
                    docket_words.column(known), choices, index=at, key=key, help=plain(COLUMNS[known][1])
                )
                if chosen != none:
                    mapping[known] = chosen
    return mapping


def _guess(header: list[str], dropped: list[str]) -> dict[str, str]:
    try:
        return mapped(header, {}, dropped)
    except DocketError:
        return {name: name for name in KNOWN if name in header}


def _screen(
    db: Database,
    actor: Actor,
    name: str,
    content: bytes,
    header: list[str],
    mapping: dict[str, str],
    dropped: list[str],
) -> None:
    started = time.monotonic()
    bar = st.progress(0.0, "Reading the docket")

    def tell(stage: str, share: float) -> None:
        left = seconds_left(share, time.monotonic() - started)
        said = "" if left is None else f", about {counted(max(1, round(left)), 'second')} left"
        bar.progress(share, f"{stage} the docket{said}")

    try:
        kept = {known: column for known, column in mapping.items() if column not in dropped}
        found = screen_upload(name, content, load_law(), date.today(), mapping=kept, drop=dropped, progress=tell)
    finally:
        bar.empty()
    docket.record_screening(
        db, actor, header, found.columns, rows=found.summary.rows, cases=found.summary.cases, digest=found.digest
    )
    st.session_state[_RESULT] = (st.session_state["docket/file"].file_id, found)


# ----- results


def _results(db: Database, actor: Actor, found: Screened, name: str) -> None:
    summary = found.summary
    st.header("What it comes to", anchor=False)
    st.markdown(f"**{counted(summary.rows, 'count')}** in **{counted(summary.cases, 'case')}**.")
    if summary.wrong:
        rows = counted(summary.wrong, "row")
        st.warning(
            f"{rows} could not be analysed; the first is {plain(docket_words.fault(summary.first_wrong))}. It stands "
            "below as not analysed, as each of them does."
        )
    law = load_law()
    chosen = _filtered(found, law)
    _pictures(chosen, law)
    picked = _rows(found, chosen, law)
    with st.container(horizontal=True):
        st.download_button(
            f"Save {counted(len(chosen), 'row')} as CSV",
            data=lambda: export_csv(chosen),
            file_name=f"{PurePath(name).stem}-screened.csv",
            mime="text/csv",
            on_click="ignore",
            help="A value that a spreadsheet would run as a formula begins with an apostrophe in this file.",
        )
        if picked and can(actor, Action.CASE_CREATE):
            cases = found.frame[found.columns["case_id"]].iloc[picked].nunique()
            if st.button(f"Open {counted(cases, 'case')} in the program", type="primary", key="docket/open"):
                _open(db, actor, found, picked)


def _pictures(chosen: pd.DataFrame, law: Law) -> None:
    one, other = st.tabs(["Flags and grounds", "The same as tables"])
    flags, grounds = flag_rows(chosen), ground_rows(chosen, law)
    with one:
        st.markdown(flags_summary(flags))
        show_picture(flags_chart(flags), flags_summary(flags))
        if not grounds.empty:
            st.markdown(f"The ten grounds that most counts have part in, at any level. {grounds_summary(grounds)}")
            show_picture(grounds_chart(grounds), grounds_summary(grounds))
    with other:
        st.table(flags, hide_index=True)
        if not grounds.empty:
            st.table(grounds, hide_index=True)


def _filtered(found: Screened, law: Law) -> pd.DataFrame:
    """Draw the filters; return the rows that pass."""
    frame, columns = found.frame, found.columns
    with st.container(horizontal=True, vertical_alignment="bottom"):
        flag = st.selectbox("Flag", [_EVERY, *FLAGS], format_func=lambda f: FLAGS.get(f, f), key="docket/flag")
        known = sorted({g for listed in frame["grounds"].unique() for g in listed.split("; ") if g})
        names = {ground: docket_words.ground_name(ground, law) for ground in known}
        listed = [_EVERY, *sorted(known, key=names.__getitem__)]
        ground = st.selectbox("Ground", listed, format_func=lambda g: names.get(g, g), key="docket/ground")
        offenses = sorted(frame[columns["offense"]].unique())
        offense = st.selectbox("Offense", [_EVERY, *offenses], format_func=plain, key="docket/offense")
        text = st.text_input("Find in a row", key="docket/text", type="search")
    keep = pd.Series(True, index=frame.index)
    if flag != _EVERY:
        keep &= frame["flag"] == flag
    if ground != _EVERY:
        keep &= ("; " + frame["grounds"] + "; ").str.contains(f"; {ground}; ", regex=False)
    if offense != _EVERY:
        keep &= frame[columns["offense"]] == offense
    if text.strip():
        wanted = text.strip().lower()
        keep &= frame.apply(lambda c: c.str.lower().str.contains(wanted, regex=False)).any(axis=1)
    return frame[keep]


def _rows(found: Screened, chosen: pd.DataFrame, law: Law) -> list[int]:
    """Draw the rows a page at a time; return the places in the docket of those picked."""
    columns = found.columns
    pages = max(1, -(-len(chosen) // _SHOWN))
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Page, of {pages}", 1, pages, 1, key="docket/page"))
    part = chosen.iloc[(page - 1) * _SHOWN : page * _SHOWN]
    if part.empty:
        st.markdown("No row passes these filters. Set one of them back to 'All', or empty the search.")
        return []
    shown = pd.DataFrame(
        {
            "Cause number": part[columns["case_id"]],
            "Count": part[columns["count"]],
            "Offense": part[columns["offense"]],
            "Flag": part["flag"].map(FLAGS.__getitem__),
            "Highest level": part["level"].map(lambda level: level_words(level) if level else ""),
            "Grounds": part["grounds"].map(lambda listed: docket_words.ground_names(listed, law)),
            "What is wrong": part["error"].map(docket_words.fault),
        }
    )
    if not part["error"].any():
        shown = shown.drop(columns="What is wrong")
    st.subheader("Row by row", anchor=False)
    st.markdown("Tick rows to read why, and to open their cases.")
    event: Any = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key=f"docket/rows/{page}",
        alt="Rows of the docket with flag, level and grounds",
    )
    picked = [int(part.index[place]) for place in event.selection.rows if place < len(part)]
    for row in picked[:20]:
        _why(found, row, law)
    if len(picked) > 20:
        st.caption(f"The reasons of the first 20 of {len(picked)} rows are shown.")
    return picked


def _why(found: Screened, row: int, law: Law) -> None:
    values = {name: str(value) for name, value in found.frame.loc[row].items()}
    title = f"{values[found.columns['case_id']]}, count {values[found.columns['count']]}"
    with st.container(border=True):
        st.markdown(f"**{plain(title)}**: {plain(values[found.columns['offense']])}")
        if values["error"]:
            st.markdown(f"{FLAGS[values['flag']]}. {plain(docket_words.fault(values['error']))}")
            return
        levels, rest = docket_words.reasons(values["because"], law)
        for level, names in levels:
            st.markdown(f"**{level_words(level)}**: {plain('; '.join(names))}")
        st.markdown(plain(rest))
        if values["postures"]:
            st.caption(f"Concerns: {plain(docket_words.situations(values['postures'], law))}")


def _open(db: Database, actor: Actor, found: Screened, picked: list[int]) -> None:
    documents = case_documents(found, picked)
    opened = docket.open_as_cases(db, actor, documents)
    said = []
    if opened.new:
        said.append(f"{counted(len(opened.new), 'case')} opened.")
    if opened.there or opened.kept_away:
        said.append(
            f"{counted(len(opened.there) + opened.kept_away, 'case')} had been opened before; none was made twice."
        )
    if not documents:
        said.append("The rows picked have errors, so no case could be opened from them.")
    st.success(" ".join(said)) if opened.new else st.info(" ".join(said))
    for case_id in (*opened.new, *opened.there)[:20]:
        page_link("case", "Open the case", case_id)
