"""What casework asks of the floors below: the law and policy in force, the checklist, and the analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plea_aid.analysis.case import Case
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import CaseError, Charge, resolve_charge
from plea_aid.analysis.elements import elements_of
from plea_aid.casework.canonical import faulty_text
from plea_aid.casework.errors import Fault, Invalid, invalid_from
from plea_aid.casework.printed import printed, weights_of
from plea_aid.casework.thresholds import EVERY_ANALYSIS, Facts, Reason, reasons
from plea_aid.casework.views import CaseView
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.load import load_law
from plea_aid.law.policy import factor_in_force, factor_state
from plea_aid.law.records import Checklist

Document = dict[str, Any]
WEIGHTLESS = "none"
"""The weight of a factor that was considered and moved nothing: it is no reason beside another."""


class Beginning(BaseModel):
    """A case file before its first count."""

    model_config = ConfigDict(extra="forbid")

    cause_number: Annotated[str, Field(max_length=60)] | None = None
    offense_date: date | None = None
    plea_date: date | None = None
    count: tuple[()] = ()


def validated(document: Mapping[str, Any]) -> Document:
    """Return a case file as plain data, checked against its grammar; without counts it is a beginning.

    Raises Invalid with one sentence and every fault.
    """
    faulty = faulty_text(dict(document))
    if faulty:
        raise Invalid(f"The case cannot be saved: {faulty} holds a character that is not text.")
    try:
        if document.get("count"):
            return validate_case(dict(document)).as_document()
        return Beginning.model_validate(dict(document)).model_dump(mode="json", exclude_defaults=True)
    except CaseError as error:
        faults = tuple(Fault("", line) for line in error.problems)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise Invalid(f"The case cannot be saved: {faults[0].what}{more}.", faults) from error
    except ValidationError as error:
        raise invalid_from(error, "The case") from error


@dataclass(frozen=True)
class Rules:
    """The law, the policy and the checklist as of now; a submitted version names them."""

    law_version: str
    policy_version: str
    factor_ids: tuple[str, ...]
    """The office's checklist, in its order, the same for every case."""
    gate_ids: tuple[str, ...]
    """The gates, in their order."""
    analyse: Callable[[Document], Document]
    """The analysis of a document, as ``plea-aid assess --json`` gives it; raises Invalid for one it refuses."""
    must_consider: frozenset[str] = frozenset()
    """Factors that must be considered before submission (Section 5 while it is in force)."""
    never_alone: frozenset[str] = frozenset()
    """Factors that can be one reason among others and never the only one."""
    weights: tuple[str, ...] = ()
    """The words in which a factor may weigh; any when empty."""
    factor_labels: Mapping[str, str] = field(default_factory=dict)
    gate_labels: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    """What stands beside a factor: that the policy behind it is not in force."""
    covered: Callable[[Document], tuple[str, ...]] = lambda _document: ()
    """The counts whose offense is marked for consultation of the victim, in words."""
    families: Callable[[Document], frozenset[str]] = lambda _document: frozenset()
    """The offense families charged, by which comparable cases are found."""
    elements: Callable[[str], tuple[str, ...]] = lambda _offense: ()
    """The elements of an offense that a factual basis must show; none for one the catalogue does not know."""
    review_because: Callable[[CaseView, Document], tuple[Reason, ...]] = lambda _view, _analysis: (EVERY_ANALYSIS,)
    """Why a supervisor must review, from the case and its analysis; nothing when no threshold is met."""
    printed: Callable[[Document, Document], Document] = lambda _document, _analysis: {}
    """What the note of a document and its analysis prints beside them: words of the law, policy, weights."""
    validate: Callable[[Mapping[str, Any]], Document] = validated

    def factor_label(self, factor: str) -> str:
        """Return the name of a factor as the checklist has it."""
        return self.factor_labels.get(factor, factor)

    def gate_label(self, gate: str) -> str:
        """Return the name of a gate as the checklist has it."""
        return self.gate_labels.get(gate, gate)


def office_rules(today: date | None = None) -> Rules:
    """Return the rules of this installation today: its law, its policy, its checklist.

    Raises Invalid when the office's data has no checklist.
    """
    day = today or date.today()
    law = load_law()
    checklist = law.checklist(day)
    if checklist is None:
        raise Invalid("The law data has no checklist of factors and gates, so no factor can be weighed.")
    section_5 = frozenset(one.id for one in checklist.factors if one.section_5)
    state = factor_state(law, day)
    enforced = section_5 if factor_in_force(law, day) else frozenset()
    said = f"Policy Section 5 is {state.replace('-', ' ')}: nothing requires this factor to be considered."
    return Rules(
        law_version=law.version,
        policy_version=f"{law.policy.id if law.policy else 'no policy'}, Section 5 {state}",
        factor_ids=tuple(one.id for one in checklist.factors),
        gate_ids=tuple(one.id for one in checklist.gates),
        analyse=lambda document: _analysis(document, law),
        must_consider=enforced,
        never_alone=enforced,
        weights=checklist.weights,
        factor_labels={one.id: one.name for one in checklist.factors},
        gate_labels={one.id: one.name for one in checklist.gates},
        remarks=dict.fromkeys(section_5 - enforced, said),
        covered=lambda document: _covered(document, law),
        families=lambda document: frozenset(o.family for _, c in _charges(document, law) for o in c.offenses),
        elements=lambda offense: _elements(offense, law),
        review_because=lambda view, analysis: _review(view, analysis, law, checklist, day),
        printed=lambda document, analysis: printed(law, document, analysis, day),
    )


def _review(view: CaseView, analysis: Document, law: Law, checklist: Checklist, day: date) -> tuple[Reason, ...]:
    weights = weights_of(law, view.document, day)
    return reasons(law.review_rules(day), Facts(view, analysis, weights, law, checklist))


def _covered(document: Document, law: Law) -> tuple[str, ...]:
    return tuple(
        f"count {number} ({charge.cite})"
        for number, charge in _charges(document, law)
        if any(one.victim_consultation for one in charge.offenses)
    )


def _charges(document: Document, law: Law) -> list[tuple[int, Charge]]:
    """Return the counts charged that the catalogue knows."""
    found = []
    for count in document.get("count", ()):
        try:
            found.append((count["number"], resolve_charge(law, count["offense"])))
        except UnknownOffense:
            continue
    return found


def _elements(offense: str, law: Law) -> tuple[str, ...]:
    try:
        return elements_of(resolve_charge(law, offense), law)
    except UnknownOffense:
        return ()


def _analysis(document: Document, law: Law) -> Document:
    from plea_aid.planning.advice import assess_with_advice  # loaded when a case is analysed, not at the start

    try:
        return assess_with_advice(Case.model_validate(document), law).as_json()
    except CaseError as error:
        faults = tuple(Fault("Charges or options", line) for line in error.problems)
        raise Invalid(f"The case cannot be analysed: {faults[0].what}.", faults) from error
