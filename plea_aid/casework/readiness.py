"""What a case still lacks before it may be submitted, and where each is mended."""

from __future__ import annotations

from plea_aid.casework.entries import FactualBasis, VictimConsultation
from plea_aid.casework.errors import Fault
from plea_aid.casework.rules import WEIGHTLESS, Rules, office_rules
from plea_aid.casework.views import CaseView, substituted


def missing(view: CaseView, rules: Rules | None = None) -> tuple[Fault, ...]:
    """Return everything that blocks submission, in the order of the walk; nothing when it may be submitted."""
    rules = rules or office_rules()
    return (*_charges(view), *_gates(view, rules), *_factors(view, rules), *_decision(view, rules))


def _charges(view: CaseView) -> list[Fault]:
    if not view.document.get("count"):
        return [Fault("Charges", "enter at least one count")]
    return [] if view.option_names else [Fault("Options", "enter at least one plea option")]


def _gates(view: CaseView, rules: Rules) -> list[Fault]:
    faults = []
    for gate in rules.gate_ids:
        place = f"Gate '{rules.gate_label(gate)}'"
        entered = view.gates.get(gate)
        if gate == "factual-basis":
            charges = entered.entry if entered and isinstance(entered.entry, FactualBasis) else FactualBasis()
            faults += [Fault(place, what) for what in _unfounded(view, charges, rules)]
        elif entered is None:
            faults.append(Fault(place, "nothing is entered yet"))
        else:
            faults += [Fault(place, what) for what in entered.entry.gaps()]
            if isinstance(entered.entry, VictimConsultation) and entered.entry.status == "not-covered":
                marked = rules.covered(view.document)
                faults += [Fault(place, f"{one} is marked for consultation, so it is covered") for one in marked]
    return faults


def _unfounded(view: CaseView, basis: FactualBasis, rules: Rules) -> list[str]:
    """Return the elements of the chosen option's substituted charges that no fact is tied to."""
    if view.decision is None:
        return basis.gaps()
    chosen = view.decision.chosen_option
    shown = {(one.count, one.offense): one.facts for one in basis.charges if one.option == chosen}
    gaps = []
    for count, offense in substituted(view.document, chosen):
        facts = {element: fact for element, fact in shown.get((count, offense), {}).items() if fact.strip()}
        elements = rules.elements(offense) or tuple(shown.get((count, offense), {}))
        if not facts:
            gaps.append(f"{offense}, count {count}: say which facts show its elements")
        else:
            gaps += [f"{offense}, count {count}: no fact for '{one}'" for one in elements if one not in facts]
    return gaps


def _factors(view: CaseView, rules: Rules) -> list[Fault]:
    faults = []
    for factor in rules.factor_ids:
        place = f"Factor '{rules.factor_label(factor)}'"
        entered = view.factors.get(factor)
        if entered is None:
            faults.append(Fault(place, "say whether it was considered, does not apply, or nothing is known"))
            continue
        faults += [Fault(place, what) for what in entered.entry.gaps()]
        for option in entered.entry.points:
            if option not in view.option_names:
                faults.append(Fault(place, f"it points at '{option}', which is no longer an option"))
        if factor in rules.must_consider and entered.entry.state != "considered":
            faults.append(Fault(place, "it must be considered in every case before submission"))
    return faults


def _decision(view: CaseView, rules: Rules) -> list[Fault]:
    decision = view.decision
    if decision is None:
        return [Fault("Decision", "choose an option, give the reasons and sign")]
    faults = []
    if decision.chosen_option not in view.option_names:
        faults.append(Fault("Decision", f"'{decision.chosen_option}' is no longer an option; decide again"))
    if decision.signed_by != view.owner_id:
        faults.append(Fault("Decision", f"{decision.signed_by_name} signed it; whoever has the case signs it"))
    reasons = {
        factor
        for factor, entered in view.factors.items()
        if entered.entry.state == "considered"
        and entered.entry.points.get(decision.chosen_option) == "for"
        and (entered.entry.weight != WEIGHTLESS or factor in rules.never_alone)
    }
    if reasons and reasons <= rules.never_alone:
        names = " and ".join(rules.factor_label(one) for one in sorted(reasons))
        faults.append(Fault("Decision", f"'{names}' is one factor and can never be the only reason"))
    return faults
