"""The comparison: every option for every group of immigration situations, the reasons, and the weight of each."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from plea_aid.law.glossary import explained
from plea_aid.notes.equivalence import FIGURES, Weight, weights
from plea_aid.pages import matrix
from plea_aid.pages.analysed import Analysed, analyse
from plea_aid.pages.case_tables import show_equivalence
from plea_aid.pages.frame import Screen, case_page, go, policy_notice
from plea_aid.pages.ground import show_picture
from plea_aid.pages.pictures import heatmap
from plea_aid.pages.reasons import LEGEND, STANDING, show_findings
from plea_aid.pages.weight_plot import PLOTTED, points_summary, points_table, weight_plot, weight_points
from plea_aid.pages.wording import fault_words, plain
from plea_aid.pages.words_used import show_words

_EVERY_GROUP = "Every group"
CHARGE = "The charge alone"


def draw() -> None:
    """Draw the page."""
    screen = case_page("compare")
    if screen is None:
        return
    analysed = analyse(screen.view.document)
    for fault in (*analysed.charge_faults, *(f for said in analysed.faults.values() for f in said)):
        st.error(fault_words(fault))
    if analysed.charge is None or not analysed.options:
        st.info("There is nothing to compare yet: enter the charges and at least one plea option.")
        if st.button(
            "Go to the plea options" if screen.view.document.get("count") else "Go to the charges", type="primary"
        ):
            go("options" if screen.view.document.get("count") else "charges", screen.view.id)
        return
    said = policy_notice(screen.law)
    if said:
        st.warning(plain(said))
    _glance(screen, analysed)
    _reasons(screen, analysed)
    _weight(screen, analysed)
    st.caption(STANDING)
    show_words("compare", [analysed.charge, *analysed.options])


def _glance(screen: Screen, analysed: Analysed) -> None:
    st.header("At a glance", anchor=False)
    found = matrix.cells(analysed.options, screen.law)
    st.markdown(
        "The highest level in each option, for each group of immigration situations. It is the same for everyone.",
        help=plain(explained(screen.law, "posture", "ground", "not-analysed")),
    )
    show_picture(heatmap(found), matrix.summary(found))
    groups = list(matrix.groups_of(screen.law))
    st.caption(f"Signs: {LEGEND}. The same as a table:")
    st.table(matrix.table(found), hide_index=True)
    with st.expander("Who is in which group"):
        for group in groups:
            inside = [p for p in screen.law.postures.values() if p.group == group]
            st.markdown(f"**{plain(group)}**")
            st.markdown("\n".join(f"- {plain(p.name)}: {plain(p.who)}" for p in inside))


def _reasons(screen: Screen, analysed: Analysed) -> None:
    st.header("Why", anchor=False)
    options = {CHARGE: analysed.charge, **{o.name: o for o in analysed.options}}
    groups = matrix.groups_of(screen.law)
    first, second = st.columns(2)
    names = list(options)
    name = first.selectbox("Option", names, index=1, key=f"{screen.view.id}/why/option")
    # The choice of a group lives in this browser session only and is stored nowhere.
    group = second.selectbox("Group", [_EVERY_GROUP, *groups], key="why/group")
    option = options.get(name) or analysed.options[0]
    show_findings(option, matrix.findings_for(option, groups.get(group)), screen.law)
    for warning in option.warnings:
        st.warning(plain(warning))


def _weight(screen: Screen, analysed: Analysed) -> None:
    st.header("The same weight?", anchor=False)
    found = weights(screen.law, analysed.case, analysed.options) if analysed.case else ()
    if not found:
        return
    st.markdown(
        f"What each option asks of the defendant, beside the first one, **{plain(found[0].option)}**.",
        help=plain(explained(screen.law, "baseline", "equivalence")),
    )
    show_equivalence(found)
    _plot(screen, analysed, found)


def _plot(screen: Screen, analysed: Analysed, found: Sequence[Weight]) -> None:
    """Show one measure of weight, chosen by the reader, against the highest level of each kind."""
    st.header("Weight against consequences", anchor=False)
    st.markdown("Choose what is measured from left to right. Each kind of consequence stays a row of its own.")
    first, second = st.columns(2)
    measures = {m.name: m for m in FIGURES}
    name = first.selectbox("Measure", list(measures), index=3, key="compare/measure")
    numbers = {w.option: n for n, w in enumerate(found, 1)}
    chosen = second.multiselect(
        "Options shown",
        list(numbers),
        default=list(numbers)[:PLOTTED],
        format_func=lambda o: f"{numbers[o]}. {o}",
        key=f"{screen.view.id}/compare/options",
        max_selections=PLOTTED,
    )
    tops = matrix.kind_table(analysed.options, screen.law)
    points = weight_points(measures[name], [w for w in found if w.option in chosen], numbers, tops)
    if not points:
        st.info("Choose at least one option to be shown.")
        return
    show_picture(weight_plot(points, name), points_summary(points, name))
    st.caption(f"Numbers: {plain('; '.join(f'{numbers[o]} {o}' for o in chosen))}. The same as a table:")
    st.table(points_table(points, name), hide_index=True)
