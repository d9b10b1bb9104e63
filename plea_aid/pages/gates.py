"""The gates: each asks for what must be on the record before an offer, as status, date and words, never an identity."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from plea_aid.analysis.charge import resolve_charge
from plea_aid.analysis.elements import elements_of
from plea_aid.casework.entries import CLERICAL_GATES, GATES, FactualBasis
from plea_aid.casework.permissions import Action
from plea_aid.casework.rules import office_rules
from plea_aid.casework.views import GateView
from plea_aid.law.catalogue import UnknownOffense
from plea_aid.law.records import Gate
from plea_aid.notes.record_words import AGREEMENTS, EQUIVALENCE, SUBMISSION, VICTIM, YES_NO, gate_words
from plea_aid.pages import checklist, saving
from plea_aid.pages.fields import choice_field, date_field, text_field, tick_field
from plea_aid.pages.frame import Screen
from plea_aid.pages.merge import Fields
from plea_aid.pages.wording import plain

Save = Callable[..., bool]


def show_gate(screen: Screen, gate: Gate, number: int) -> None:
    """Show one gate with what was entered; every answer is stored as it is given."""
    entered = screen.view.gates.get(gate.id)
    stored: dict[str, Any] = entered.entry.model_dump(mode="json") if entered else {}
    key = f"{screen.view.id}/gate/{gate.id}"
    save = partial(_save, gate.id)
    action = Action.CASE_CHANGE if gate.id in CLERICAL_GATES else Action.CASE_WEIGH
    with st.container(border=True):
        st.subheader(f"{number}. {plain(gate.name)}", anchor=False)
        st.markdown(plain(gate.asks), help=plain(gate.applies))
        if screen.locked(action):
            st.markdown(": ".join(plain(words) for words in gate_words(gate.id, stored or None) if words))
        elif gate.id == "factual-basis":
            _factual_basis(screen, stored, key)
        elif gate.id in _FORMS:
            _FORMS[gate.id](stored, key, save)
            if gate.id == "victim-consultation":
                _covered(screen)
        else:
            st.error(f"This program has no form for the gate '{plain(gate.name)}'; the office's data is newer than it.")
        state = _state(screen, gate, entered)
        if state:
            st.caption(state)


def _state(screen: Screen, gate: Gate, entered: GateView | None) -> str:
    if gate.id == "factual-basis" and not substitutions(screen.view.document):
        return "Nothing to show: no option puts another offense in place of the one charged."
    return checklist.state(entered, st.context.timezone) if entered else ""


def _public_safety(stored: dict[str, Any], key: str, save: Save) -> None:
    asks = {"violence": "Violence?", "weapon": "A weapon?", "injury": "An injury?", "repeat": "A repeat of the kind?"}
    for column, (name, label) in zip(st.columns(4), asks.items(), strict=True):
        with column:
            choice_field(
                label,
                f"{key}/{name}",
                stored.get(name),
                list(YES_NO),
                YES_NO.__getitem__,
                partial(save, name),
                radio=True,
            )
    text_field(
        "How public safety is kept",
        f"{key}/note",
        stored.get("note"),
        partial(save, "note"),
        area=True,
        help="Needed when any answer is yes.",
    )


def _status_and_date(
    label: str, dated: str, words: dict[str, str], stored: dict[str, Any], key: str, save: Save
) -> None:
    first, second = st.columns([2, 1])
    with first:
        choice_field(
            label,
            f"{key}/status",
            stored.get("status"),
            list(words),
            words.__getitem__,
            partial(save, "status"),
        )
    with second:
        date_field(dated, f"{key}/on", stored.get("on"), partial(save, "on"))


def _victim(stored: dict[str, Any], key: str, save: Save) -> None:
    _status_and_date("Consultation", "Date of the consultation", VICTIM, stored, key, save)


def _covered(screen: Screen) -> None:
    """Say which counts the catalogue marks for consultation."""
    marked = office_rules().covered(screen.view.document)
    st.caption(
        f"Marked for consultation: {plain('; '.join(marked))}." if marked else "No count is marked for consultation."
    )


def _submission(stored: dict[str, Any], key: str, save: Save) -> None:
    _status_and_date("Submission", "Date it was received", SUBMISSION, stored, key, save)
    text_field(
        "Reference under which it is kept",
        f"{key}/reference",
        stored.get("reference"),
        partial(save, "reference"),
        longest=200,
        help="Where the paper is. Never what it says.",
    )


def _equivalence(stored: dict[str, Any], key: str, save: Save) -> None:
    choice_field(
        "Beside the baseline",
        f"{key}/status",
        stored.get("status"),
        list(EQUIVALENCE),
        EQUIVALENCE.__getitem__,
        partial(save, "status"),
        radio=True,
    )
    text_field(
        "Explain it",
        f"{key}/explanation",
        stored.get("explanation"),
        partial(save, "explanation"),
        area=True,
    )


def _agreement(stored: dict[str, Any], key: str, save: Save) -> None:
    choice_field(
        "Type of agreement",
        f"{key}/type",
        stored.get("type"),
        list(AGREEMENTS),
        AGREEMENTS.__getitem__,
        partial(save, "type"),
    )


def _advisement(stored: dict[str, Any], key: str, save: Save) -> None:
    tick_field(
        "I will see that the court gives every defendant the advisement of MCA 46-12-210(1)(f)",
        f"{key}/reminded",
        bool(stored.get("reminded")),
        partial(save, "reminded"),
    )


_FORMS: dict[str, Callable[[dict[str, Any], str, Save], None]] = {
    "public-safety": _public_safety,
    "victim-consultation": _victim,
    "defense-submission": _submission,
    "equivalence": _equivalence,
    "plea-agreement": _agreement,
    "advisement": _advisement,
}


Charged = tuple[str, int, str]


def substitutions(document: dict[str, Any]) -> list[Charged]:
    """Return option, count number and offense of every charge that takes another's place."""
    charged = {c["number"]: c["offense"] for c in document.get("count", ())}
    return [
        (option["name"], part["number"], part["offense"])
        for option in document.get("option", ())
        for part in option.get("count", ())
        if part.get("offense") and part["offense"] != charged.get(part["number"])
    ]


def _factual_basis(screen: Screen, stored: dict[str, Any], key: str) -> None:
    basis = FactualBasis.model_validate(stored) if stored else FactualBasis()
    known = {(c.option, c.count, c.offense): dict(c.facts) for c in basis.charges}
    chosen = screen.view.decision.chosen_option if screen.view.decision else None
    wanted = sorted(substitutions(screen.view.document), key=lambda s: s[0] != chosen)
    for place, (option, number, offense) in enumerate(wanted):
        try:
            charge = resolve_charge(screen.law, offense)
        except UnknownOffense:
            continue
        st.markdown(
            f"**{plain(option)}**, count {number}: {plain(charge.title)} ({plain(charge.cite)}). Which fact shows each "
            "element?"
        )
        facts = known.get((option, number, offense), {})
        elements = elements_of(charge, screen.law)
        for slot, element in enumerate(elements):
            text_field(
                element[:1].upper() + element[1:],
                f"{key}/{place}/{slot}",
                facts.get(element),
                partial(_save_fact, option, number, offense, element, elements, set(wanted)),
            )


def _save_fact(
    option: str, number: int, offense: str, element: str, elements: tuple[str, ...], wanted: set[Charged], typed: str
) -> bool:
    """Store the fact for one element; facts of charges that no option pleads to any more are left out."""

    def change(stored: Fields) -> Fields:
        known = {(c["option"], c["count"], c["offense"]): c["facts"] for c in stored.get("charges", ())}
        which = (option, number, offense)
        facts = {e: known.get(which, {}).get(e, "") for e in elements} | {element: typed}
        kept = {k: v for k, v in known.items() if k in wanted and k != which} | {which: facts}
        return {
            **stored,
            "charges": [{"option": o, "count": n, "offense": c, "facts": f} for (o, n, c), f in sorted(kept.items())],
        }

    return saving.change_gate("factual-basis", change)


def _save(gate: str, key: str, value: Any) -> bool:
    empty = "" if isinstance(GATES[gate].model_fields[key].default, str) else None
    return saving.change_gate(gate, lambda stored: {**stored, key: empty if value is None else value})
