"""Which of the office's thresholds a case meets, so that a supervising attorney must review it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plea_aid.analysis.charge import resolve_charge
from plea_aid.casework.entries import Equivalence, PublicSafety, VictimConsultation
from plea_aid.casework.views import CaseView, substituted
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.records import Checklist
from plea_aid.law.thresholds import Condition, ReviewRules, Threshold

_LIGHTER = {
    "convictions": "convictions",
    "jail_days": "days of jail",
    "suspended_days": "days suspended",
    "fine": "dollars of fine",
    "supervision_days": "days of supervision",
}


@dataclass(frozen=True)
class Reason:
    """Why a supervising attorney reviews an analysis: the threshold it meets, and what in the case meets it."""

    threshold: str
    name: str
    says: str
    found: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.says}" + (f" Here: {self.found}." if self.found else "")


EVERY_ANALYSIS = Reason("every-analysis", "Every analysis", "This office reviews every submitted analysis.")


@dataclass(frozen=True)
class Facts:
    """What the conditions read: the case, its analysis as JSON, the weight of each option, the law and checklist."""

    view: CaseView
    analysis: Mapping[str, Any]
    weights: Mapping[str, Mapping[str, Any]]
    law: Law
    checklist: Checklist

    @property
    def chosen(self) -> str:
        """The option chosen; empty while nothing is decided."""
        return self.view.decision.chosen_option if self.view.decision else ""

    @property
    def baseline(self) -> str:
        """The first option, which the others are compared with."""
        return next(iter(self.view.option_names), "")

    def option(self, name: str) -> Mapping[str, Any]:
        """Return the analysis of an option; an empty one when there is none."""
        return next((one for one in self.analysis["options"] if one["name"] == name), {})

    def flags(self, name: str) -> dict[str, str]:
        """Return the grounds flagged for an option, id to name."""
        found = [f["ground"] for f in self.option(name).get("findings", ()) if f["flag"]]
        return {ground: self.law.grounds[ground].name for ground in found}

    def marks(self, mark: str) -> list[str]:
        """Return the counts that the catalogue marks for violence, a weapon or an injury."""
        return [f"count {count['number']} ({cite})" for count, cite, marks in self._charges() if mark in marks]

    def _charges(self) -> list[tuple[Mapping[str, Any], str, set[str]]]:
        found = []
        for count in self.view.document.get("count", ()):
            try:
                charge = resolve_charge(self.law, count["offense"])
            except UnknownOffense:
                continue
            found.append((count, charge.cite, {m for o in charge.offenses for m in o.violence}))
        return found


def reasons(rules: ReviewRules | None, facts: Facts) -> tuple[Reason, ...]:
    """Return every threshold that the case meets; nothing only where the office lets such a case go unreviewed.

    Without rules on file, every analysis is reviewed.
    """
    if rules is None:
        return (EVERY_ANALYSIS,)
    met = []
    for threshold in rules.thresholds:
        found = _CONDITIONS[threshold.when](facts, threshold)
        if found is not None:
            met.append(Reason(threshold.id, threshold.name, threshold.says, found))
    if met or rules.below == "no-review":
        return tuple(met)
    says = f"No threshold is met, and the office reviews every analysis all the same. {rules.because}"
    return (Reason("below-every-threshold", "Below every threshold", says),)


def _safety(name: str) -> Callable[[Facts, Threshold], str | None]:
    def found(facts: Facts, _threshold: Threshold) -> str | None:
        gate = facts.view.gates.get("public-safety")
        lines = facts.marks(name)
        if name == "repeat":
            lines = [
                f"count {c['number']} is charged as offense number {c['nth']}"
                for c in facts.view.document.get("count", ())
                if c.get("nth", 1) > 1
            ]
        if gate and isinstance(gate.entry, PublicSafety) and getattr(gate.entry, name) == "yes":
            lines.insert(0, "answered yes at the gate")
        return ", ".join(lines) or None

    return found


def _factor_against(facts: Facts, threshold: Threshold) -> str | None:
    entered = facts.view.factors.get(threshold.factor or "")
    if entered is None or entered.entry.state != "considered":
        return None
    return "" if entered.entry.points.get(facts.chosen) == "against" else None


def _victim_not_reached(facts: Facts, _threshold: Threshold) -> str | None:
    gate = facts.view.gates.get("victim-consultation")
    words = {"attempted": "tried, not reached", "declined": "declined to be consulted"}
    status = gate.entry.status if gate and isinstance(gate.entry, VictimConsultation) else None
    return words.get(status or "")


def _flag_avoided(facts: Facts, _threshold: Threshold) -> str | None:
    kept = facts.flags(facts.chosen)
    avoided = [name for ground, name in facts.flags(facts.baseline).items() if ground not in kept]
    return "; ".join(avoided) or None


def _section_5_weighs(facts: Facts, threshold: Threshold) -> str | None:
    heavy = facts.checklist.weights[: facts.checklist.weights.index(threshold.weight or "") + 1]
    for factor in facts.checklist.factors:
        entered = facts.view.factors.get(factor.id) if factor.section_5 else None
        if entered is None or entered.entry.state != "considered":
            continue
        if entered.entry.points.get(facts.chosen) == "for" and entered.entry.weight in heavy:
            return f"weight {entered.entry.weight}"
    return None


def _charge_amended(facts: Facts, _threshold: Threshold) -> str | None:
    found = [f"count {n} becomes {offense}" for n, offense in substituted(facts.view.document, facts.chosen)]
    return ", ".join(found) or None


def _count_dismissed(facts: Facts, _threshold: Threshold) -> str | None:
    counts = facts.option(facts.chosen).get("counts", ())
    return ", ".join(f"count {c['number']}" for c in counts if c["disposition"] == "dismissed") or None


def _lighter(facts: Facts, _threshold: Threshold) -> str | None:
    before, after = facts.weights.get(facts.baseline), facts.weights.get(facts.chosen)
    if before is None or after is None:
        return None
    less = [f"{words} {before[k] - after[k]:,} less" for k, words in _LIGHTER.items() if after[k] < before[k]]
    lost = sorted(set(before["counts_as_prior"]) - set(after["counts_as_prior"]))
    return ", ".join([*less, *(f"no longer a prior for {family}" for family in lost)]) or None


def _departure(facts: Facts, _threshold: Threshold) -> str | None:
    gate = facts.view.gates.get("equivalence")
    entry = gate.entry if gate else None
    return "" if isinstance(entry, Equivalence) and entry.status == "departure" else None


def _decision_changed(facts: Facts, _threshold: Threshold) -> str | None:
    before = facts.view.submitted_choice
    return f"'{before}' before" if before and before != facts.chosen else None


def _not_analysed(facts: Facts, _threshold: Threshold) -> str | None:
    missing = [facts.law.grounds[n["ground"]].name for n in facts.option(facts.chosen).get("not_analysed", ())]
    return "; ".join(dict.fromkeys(missing)) or None


_CONDITIONS: dict[Condition, Callable[[Facts, Threshold], str | None]] = {
    "violence": _safety("violence"),
    "weapon": _safety("weapon"),
    "injury": _safety("injury"),
    "repeat": _safety("repeat"),
    "factor-against": _factor_against,
    "victim-not-reached": _victim_not_reached,
    "flag-avoided": _flag_avoided,
    "section-5-weighs": _section_5_weighs,
    "charge-amended": _charge_amended,
    "count-dismissed": _count_dismissed,
    "lighter": _lighter,
    "departure": _departure,
    "decision-changed": _decision_changed,
    "not-analysed": _not_analysed,
}
"""What in the case meets a condition, in words (empty when there is nothing to add); None when it is not met."""
