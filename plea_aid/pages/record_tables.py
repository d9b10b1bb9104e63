"""The record as it stands, to be read: factors and gates as tables, for whoever may not or need not change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from plea_aid.casework.views import CaseView
from plea_aid.law.records import Checklist
from plea_aid.notes.record_words import POINTS, STATES, gate_words
from plea_aid.pages.factor_balance import show_balance
from plea_aid.pages.wording import plain

_NOTHING = "–"


def show_factors(
    checklist: list[Mapping[str, str]], entries: Mapping[str, Mapping[str, Any]], options: Sequence[str]
) -> None:
    """Show what was said about every factor of the checklist, in its order."""
    show_balance(checklist, entries, options, beside_table=True)
    st.table([_factor_row(f["label"], entries.get(f["id"])) for f in checklist], hide_index=True)


def show_gates(checklist: list[Mapping[str, str]], entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Show what was said at every gate, in its order."""
    st.table([_gate_row(g, entries.get(g["id"])) for g in checklist], hide_index=True)


def factor_list(checklist: Checklist) -> list[Mapping[str, str]]:
    """Return the factors of a checklist by id and label, as a frozen version holds them."""
    return [{"id": f.id, "label": f.name} for f in checklist.factors]


def gate_list(checklist: Checklist) -> list[Mapping[str, str]]:
    """Return the gates of a checklist by id and label, as a frozen version holds them."""
    return [{"id": g.id, "label": g.name} for g in checklist.gates]


def factor_entries(view: CaseView) -> dict[str, Mapping[str, Any]]:
    """Return what was said about each factor of a case."""
    return {id_: entered.entry.model_dump(mode="json") for id_, entered in view.factors.items()}


def gate_entries(view: CaseView) -> dict[str, Mapping[str, Any]]:
    """Return what was said at each gate of a case."""
    return {id_: entered.entry.model_dump(mode="json") for id_, entered in view.gates.items()}


def _factor_row(label: str, entry: Mapping[str, Any] | None) -> dict[str, str]:
    if entry is None:
        return {
            "Factor": plain(label),
            "State": "Not answered",
            "Weight": _NOTHING,
            "Points": _NOTHING,
            "Why": _NOTHING,
        }
    points = "; ".join(f"{POINTS[point].lower()}: {option}" for option, point in entry["points"].items())
    return {
        "Factor": plain(label),
        "State": STATES[entry["state"]],
        "Weight": plain(entry["weight"]) or _NOTHING,
        "Points": plain(points) or _NOTHING,
        "Why": plain(entry["rationale"]) or _NOTHING,
    }


def _gate_row(listed: Mapping[str, str], entry: Mapping[str, Any] | None) -> dict[str, str]:
    state, detail = gate_words(listed["id"], entry)
    said = state[:1].upper() + state[1:]
    return {"Gate": plain(listed["label"]), "State": plain(said), "Detail": plain(detail) or _NOTHING}
