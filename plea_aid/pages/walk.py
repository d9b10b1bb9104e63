"""The walk from charge to note: its steps in order, what each still lacks, and where a missing thing is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plea_aid.casework.errors import Fault
from plea_aid.casework.views import CaseView


@dataclass(frozen=True)
class Step:
    """One page of the walk."""

    id: str
    title: str
    does: str


STEPS: tuple[Step, ...] = (
    Step("charges", "Charges", "The counts, and what the record of conviction would show."),
    Step("options", "Plea options", "The ways the case could resolve, checked as you type."),
    Step("compare", "Compare", "Every option for every immigration situation, with the reasons."),
    Step("factors", "Factors", "The office's checklist, the same for every case."),
    Step("decision", "Decision", "Choose, say why, sign, and hand it in."),
    Step("note", "Case note", "The record as a PDF that stands by itself."),
)
BESIDE: tuple[Step, ...] = (
    Step("release", "Release a copy", "Who is given which parts of this record, on what basis; and what is sealed."),
    Step("retention", "Hold and retention", "How long this record is kept, what holds it, and how it is disposed of."),
)
"""Pages of a case beside the walk."""
STEP_IDS = tuple(step.id for step in STEPS)
DECISION_GATES = ("equivalence", "plea-agreement", "advisement")
"""Gates that belong to the choice and are asked beside it; the others come before the factors."""


def next_step(step: str) -> Step | None:
    """Return the step after ``step``; None after the last."""
    place = STEP_IDS.index(step)
    return STEPS[place + 1] if place + 1 < len(STEPS) else None


def step_before(step: str) -> Step | None:
    """Return the step before ``step``; None before the first."""
    place = STEP_IDS.index(step)
    return STEPS[place - 1] if place else None


def has_what_it_needs(view: CaseView, step: str) -> bool:
    """Say whether a step holds enough that going on is the next thing to do."""
    if not view.editable:
        return True
    if step == "charges":
        return bool(view.document.get("count"))
    return bool(view.option_names) and step != "decision"


def landing_step(view: CaseView) -> str:
    """Return the step at which a case is taken up again: the first that has not been done."""
    if not view.editable:
        return "note"
    if not view.document.get("count"):
        return "charges"
    if not view.option_names:
        return "options"
    if not view.factors and not view.gates:
        return "compare"
    return "factors" if view.decision is None else "decision"


def step_of_fault(fault: Fault, decision_gate_labels: Sequence[str]) -> str:
    """Return the step on which a missing thing is mended, by the place that the fault names."""
    if fault.place.startswith("Factor"):
        return "factors"
    if fault.place.startswith("Gate"):
        return "decision" if any(f"'{label}'" in fault.place for label in decision_gate_labels) else "factors"
    return {"Charges": "charges", "Options": "options", "Charges or options": "options"}.get(fault.place, "decision")
