"""Where a case stands on the office's checklist, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from plea_aid.casework.errors import Invalid
from plea_aid.casework.views import CaseView, FactorView, GateView
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Checklist
from plea_aid.pages.wording import clock, counted, plain


def checklist_of(law: Law, day: date) -> Checklist:
    """Return the office's checklist on ``day``; raise Invalid when the office's data has none."""
    found = law.checklist(day)
    if found is None:
        raise Invalid("The office's data has no checklist of factors and gates, so nothing can be weighed.")
    return found


def progress(view: CaseView, checklist: Checklist, elsewhere: Sequence[str]) -> str:
    """Return how many gates and factors are answered; gates named in ``elsewhere`` are asked on another page."""
    gates = [g.id for g in checklist.gates if g.id not in elsewhere]
    passed = sum(g in view.gates and not view.gates[g].entry.gaps() for g in gates)
    passed += "factual-basis" in gates and "factual-basis" not in view.gates and not substituted_somewhere(view)
    answered = sum(f.id in view.factors and not view.factors[f.id].entry.gaps() for f in checklist.factors)
    return (
        f"{passed} of {counted(len(gates), 'gate')} and {answered} of {counted(len(checklist.factors), 'factor')} done."
    )


def substituted_somewhere(view: CaseView) -> bool:
    """Say whether any option puts another offense in place of the one charged."""
    charged = {c["number"]: c["offense"] for c in view.document.get("count", ())}
    return any(
        part.get("offense") and part["offense"] != charged.get(part["number"])
        for option in view.document.get("option", ())
        for part in option.get("count", ())
    )


def state(entered: FactorView | GateView, zone: str | None) -> str:
    """Return who answered a factor or gate, when, and what it still lacks."""
    said = f"Saved by {plain(entered.by_name)}, {clock(entered.at, zone)}."
    gaps = entered.entry.gaps()
    return f"{said} Still missing: {'; '.join(plain(g) for g in gaps)}." if gaps else said
