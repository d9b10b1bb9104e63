"""Gates, then factors: the office's checklist, the same for every case, nothing preselected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from plea_aid.casework.entries import FactorEntry
from plea_aid.casework.permissions import Action
from plea_aid.casework.views import CaseView
from plea_aid.law.records import Checklist, ChecklistItem
from plea_aid.notes.record_words import POINTS, STATES
from plea_aid.pages import parts, saving
from plea_aid.pages.analysed import Analysed, analyse
from plea_aid.pages.checklist import checklist_of, progress, state
from plea_aid.pages.factor_balance import show_balance
from plea_aid.pages.fields import choice_field, text_field
from plea_aid.pages.frame import Screen, case_page, policy_notice, show_part, timeless
from plea_aid.pages.gates import show_gate
from plea_aid.pages.matrix import flag_line
from plea_aid.pages.merge import Fields
from plea_aid.pages.record_tables import factor_entries, factor_list, gate_entries, gate_list, show_factors, show_gates
from plea_aid.pages.walk import DECISION_GATES
from plea_aid.pages.wording import plain
from plea_aid.pages.words_used import show_words


def draw() -> None:
    """Draw the page."""
    screen = case_page("factors")
    if screen is None:
        return
    analysed = analyse(screen.view.document, advised=False)
    checklist = checklist_of(screen.law, analysed.day)
    locked = screen.locked(Action.CASE_WEIGH)
    if locked:
        st.info(locked)
    said = policy_notice(screen.law)
    if said:
        st.warning(f"{plain(said)} The factor stays on the list, and nothing requires it to be considered.")
    done = parts.Line()
    _write_done(done, screen, checklist)
    st.header("Before the factors", anchor=False)
    may_enter = screen.locked(Action.CASE_CHANGE) is None
    if may_enter:
        for number, gate in enumerate((g for g in checklist.gates if g.id not in DECISION_GATES), 1):
            show_part(
                screen,
                partial(show_gate, gate=gate, number=number),
                partial(_besides_gate, gate.id),
                partial(_write_done, done, checklist=checklist),
            )
    else:
        show_gates(gate_list(checklist), gate_entries(screen.view))
    st.header("Factors", anchor=False)
    if locked:
        show_factors(factor_list(checklist), factor_entries(screen.view), screen.view.option_names)
        show_words("factors")
        return
    st.markdown(
        "Every factor gets an answer in every case. Where one was considered, say how much it weighs, which way it "
        "points, and why. No numbers are added up: a lawyer decides."
    )
    pointing = _Pointing(checklist)
    for number, factor in enumerate(checklist.factors, 1):
        show_part(
            screen,
            partial(_factor, analysed=analysed, factor=factor, number=number),
            partial(_besides_factor, factor.id),
            partial(_write_lines, done, pointing, checklist),
        )
    pointing.draw(screen)
    show_words("factors")


class _Pointing:
    """How the factors point, below them; it is drawn again only where it changes."""

    def __init__(self, checklist: Checklist) -> None:
        self._listed = factor_list(checklist)
        self._line: parts.Line | None = None
        self._shown: object = None

    def draw(self, screen: Screen) -> None:
        """Draw it where it stands, or in its place anew."""
        entries, options = factor_entries(screen.view), screen.view.option_names
        pointing = [(id_, entry["weight"], entry["points"]) for id_, entry in entries.items()], options
        if pointing == self._shown:
            return
        self._line, self._shown = self._line or parts.Line(), pointing
        self._line.write(partial(self._write, entries, options))

    def _write(self, entries: Mapping[str, Mapping[str, Any]], options: Sequence[str], place: DeltaGenerator) -> None:
        with place.container():
            show_balance(self._listed, entries, options, beside_table=False)


def _write_done(done: parts.Line, screen: Screen, checklist: Checklist) -> None:
    done.write(lambda place: place.markdown(f"**{progress(screen.view, checklist, DECISION_GATES)}**"))


def _write_lines(done: parts.Line, pointing: _Pointing, checklist: Checklist, screen: Screen) -> None:
    _write_done(done, screen, checklist)
    pointing.draw(screen)


def _besides_gate(gate: str, view: CaseView) -> CaseView:
    return replace(timeless(view), gates={key: entered for key, entered in view.gates.items() if key != gate})


def _besides_factor(factor: str, view: CaseView) -> CaseView:
    return replace(timeless(view), factors={key: entered for key, entered in view.factors.items() if key != factor})


def _factor(screen: Screen, *, analysed: Analysed, factor: ChecklistItem, number: int) -> None:
    entered = screen.view.factors.get(factor.id)
    entry = entered.entry if entered else None
    key = f"{screen.view.id}/factor/{factor.id}"
    save = partial(_save, factor.id)
    with st.container(border=True, gap="xsmall"):
        st.subheader(f"{number}. {plain(factor.name)}", anchor=False)
        st.markdown(plain(factor.asks), help=plain(factor.source))
        if factor.section_5:
            st.caption(_section_5_words(screen, analysed))
        choice_field(
            f"{factor.name}: was it considered?",
            f"{key}/state",
            entry.state if entry else None,
            list(STATES),
            STATES.__getitem__,
            partial(save, "state"),
            radio=True,
            quiet=True,
        )
        if entry is not None and entry.state == "considered":
            _considered(screen, entry, key, save, number)
        if entered is not None:
            st.caption(state(entered, st.context.timezone))


def _considered(screen: Screen, entry: FactorEntry, key: str, save: Any, number: int) -> None:
    checklist = checklist_of(screen.law, analyse(screen.view.document, advised=False).day)
    names = screen.view.option_names
    columns = st.columns(max(1, min(3, len(names) + 1)))
    with columns[0]:
        choice_field(
            f"Weight of factor {number}",
            f"{key}/weight",
            entry.weight or None,
            list(checklist.weights),
            str.capitalize,
            partial(save, "weight"),
        )
    for place, name in enumerate(names, 1):
        with columns[place % len(columns)]:
            choice_field(
                f"'{name}'",
                f"{key}/points/{place}",
                entry.points.get(name),
                list(POINTS),
                POINTS.__getitem__,
                partial(save, name, points=True),
                placeholder="Not said",
                help=f"Which way factor {number} points for this option.",
            )
    text_field(
        f"Why, for factor {number}",
        f"{key}/rationale",
        entry.rationale,
        partial(save, "rationale"),
        area=True,
        help="Nothing that identifies a person, and nothing about anyone's status or origin.",
    )


def _section_5_words(screen: Screen, analysed: Analysed) -> str:
    lines = [f"{plain(o.name)}: {flag_line(o)}" for o in analysed.options]
    required = policy_notice(screen.law) is None
    rule = (
        "Policy Section 5: it must be considered in every case, and it can never be the only reason."
        if required
        else "Policy Section 5 is not in force; considering it is not required."
    )
    return "  \n".join([rule, *lines])


def _save(factor: str, key: str, value: Any, *, points: bool = False) -> bool:
    def change(stored: Fields) -> Fields:
        if not points:
            return {**stored, key: value or ""}
        # Options that are no longer there are left out; the service refuses them.
        kept = {k: v for k, v in stored.get("points", {}).items() if k in saving.seen_case().option_names and k != key}
        return {**stored, "points": {**kept, **({key: value} if value else {})}}

    return (value is not None or key != "state") and saving.change_factor(factor, change)
