"""What would avoid each finding: every single change to the option that takes it below possible, or lowers a flag.

The changes are the planner's own (``moves``), read and put together by its arithmetic (``fold``), so that what
``assess`` says a change avoids is what ``options`` proves. A change that gives up what the plan keeps is not named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from plea_aid.analysis.analyst import analyst_of
from plea_aid.analysis.assess import Assessment, OptionAnalysis, assess, assess_option
from plea_aid.analysis.case import CHARGE_STAGE, Case, Option
from plea_aid.analysis.charge import outcomes, resolve_charge
from plea_aid.analysis.findings import Finding, with_avoidance
from plea_aid.analysis.levels import rank
from plea_aid.law.catalogue import Law
from plea_aid.planning.fold import Item, cell_level
from plea_aid.planning.moves import Change, Move, Moves
from plea_aid.planning.readings import taken_apart
from plea_aid.planning.smallest import CURED_BY_NOTHING
from plea_aid.planning.terms import POSSIBLE, level_of
from plea_aid.planning.trial import OUTSIDE_THE_PLAN, Trial, outside_the_plan

NO_SINGLE_CHANGE = "No single change avoids this; two or three together might: see the plea options."
_ORDER = ("served_days", "suspended_days", "jail_days", "supervision_days", "record", "disposition", "offense")
"""Smaller interventions first: the sentence, the wording of the record, the disposition, the offense."""


def assess_with_advice(case: Case, law: Law, *, today: date | None = None) -> Assessment:
    """Return the assessment of ``case`` with what would avoid each finding; raise CaseError as ``assess`` does."""
    plain = assess(case, law, today=today)
    options = {o.name: o for o in case.option}
    advised = (_advised(case, options[o.name], o, law, plain.as_of) if o.name in options else o for o in plain.options)
    return replace(plain, options=tuple(advised))


def assess_option_with_advice(case: Case, option: Option, law: Law, day: date) -> OptionAnalysis:
    """Return the analysis of one option with what would avoid each finding; raise CaseError."""
    return _advised(case, option, assess_option(case, option, analyst_of(law, day)), law, day)


def _advised(case: Case, option: Option, found: OptionAnalysis, law: Law, day: date) -> OptionAnalysis:
    if option.name == CHARGE_STAGE or not any(rank(f.level) >= POSSIBLE for f in found.findings):
        return found
    advice = Advice(case, option, law, day)
    told = (with_avoidance(f, advice.on(f)) if rank(f.level) >= POSSIBLE else f for f in found.findings)
    return replace(found, findings=tuple(told))


@dataclass(frozen=True)
class Single:
    """One change to one count of the option."""

    place: int
    moves: Moves
    move: Move
    change: Change


class Advice:
    """The single changes to one option, asked about one finding after the other."""

    def __init__(self, case: Case, option: Option, law: Law, day: date) -> None:
        self.law, self.apart = law, taken_apart(law, day, case)
        outs = outcomes(law, option, case.count, case.prior, case.offense_date, day)
        self.trial = Trial(case, law, self.apart, option, [o for o in outs if o.is_prior], most_changes=1)
        self.singles = [
            Single(place, moves, move, change)
            for place, moves in enumerate(self.trial.counts)
            for move in moves.moves
            for change in move.changes
        ]

    def on(self, finding: Finding) -> tuple[str, ...]:
        """Return a sentence for each change that avoids the finding or lowers it to possible; never nothing."""
        within, in_the_way = self.changes(finding)
        avoiding = [(single, level) for single, level in within if level < POSSIBLE]
        lowering = [(single, level) for single, level in within if level == POSSIBLE]
        said = [self._sentence(s) + _then(level) for s, level in _told(avoiding)]
        said += [f"{self._sentence(s)} (lowers it to possible)" for s, _ in _told(lowering)]
        if said:
            return tuple(dict.fromkeys(said))
        if all(limb.basis == "charge" for limb in self.law.grounds[finding.ground].limbs):
            return (CURED_BY_NOTHING,)
        return (outside_the_plan(in_the_way) if in_the_way else NO_SINGLE_CHANGE,)

    def changes(self, finding: Finding) -> tuple[list[tuple[Single, int]], tuple[str, ...]]:
        """Return the changes that take the finding lower, to possible or below, with the rank it then has.

        Changes that give up what the plan keeps are left out; the second value says what they give up.
        """
        cell = self.apart.cell(finding.ground, finding.postures)
        items = [*self.trial.base_items, *self.trial.prior_items]
        within: list[tuple[Single, int]] = []
        in_the_way: dict[str, None] = {}
        for single in self.singles:
            changed = list(items)
            changed[single.place] = Item(items[single.place].scheme, single.move.reading)
            level = cell_level(self.apart, cell, changed)
            if level <= POSSIBLE and level < rank(finding.level):
                found = self.trial.in_the_way({single.place: single.move})
                in_the_way.update(dict.fromkeys(found))
                if not found:
                    within.append((single, level))
        return within, tuple(in_the_way)

    def _sentence(self, single: Single) -> str:
        change, part, base = single.change, single.move.part, single.moves.base.part
        count = f"count {change.count}"
        if change.field == "served_days":
            return f"Have {change.after} days or fewer to serve on {count} instead of {change.before}"
        if change.field in ("suspended_days", "jail_days"):
            if not part.ordered_days:
                return f"Order no days on {count} instead of {base.ordered_days}"
            split = f"{part.jail_days} executed and {part.suspended_days} suspended"
            return (
                f"Order {part.ordered_days} days or fewer on {count} instead of {base.ordered_days}, suspended time "
                f"counted (for example {split})"
            )
        if change.field == "supervision_days":
            return f"Order no supervision on {count}"
        if change.field == "disposition":
            rule = self.law.dispositions[str(change.after)]
            need = f": {rule.needs[0]}" if rule.needs else ""
            return f"End {count} by {rule.name[0].lower() + rule.name[1:]}{need}"
        if change.field == "offense":
            return self._amendment(single)
        return self._wording(single)

    def _amendment(self, single: Single) -> str:
        count, final = single.moves.count, single.move.outcome.final
        ids = {o.id for o in final.offenses}
        needs = [
            alternative.needs
            for offense in resolve_charge(self.law, count.offense).offenses
            for alternative in offense.alternatives
            if ids & {o.id for o in self.law.find(alternative.offense)}
        ]
        basis = needs[0] if needs else "; ".join(dict.fromkeys(o.summary for o in final.offenses))
        return f"Amend count {count.number} to {final.cite} if there is a factual basis: {basis}"

    def _wording(self, single: Single) -> str:
        key = single.change.field.removeprefix("record.")
        asked = {f.key: f.question for o in single.move.outcome.final.offenses for f in o.record_facts}
        question = asked.get(key, key.replace("_", " ")).rstrip("?")
        count = single.change.count
        if single.change.after == "unspecified":
            return f"Have the record of count {count} leave open {question[0].lower() + question[1:]}"
        named = str(single.change.after).replace("-", " ")
        return (
            f"If the facts support it, have the record of count {count} name {named} "
            f"({question[0].lower() + question[1:]})"
        )


def names_no_change(said: str) -> bool:
    """Say whether a sentence of ``avoided_by`` tells why no change is named, rather than naming one."""
    return said in (CURED_BY_NOTHING, NO_SINGLE_CHANGE) or said.startswith(OUTSIDE_THE_PLAN)


def _then(level: int) -> str:
    return "" if level == 0 else f" (then {level_of(level)})"


def _told(found: Iterable[tuple[Single, int]]) -> list[tuple[Single, int]]:
    """Return the changes worth a sentence: of the terms ordered on one count only the longest that still does it."""
    longest: dict[int, tuple[Single, int]] = {}
    others: list[tuple[Single, int]] = []
    for single, level in found:
        if single.change.field not in ("suspended_days", "jail_days"):
            others.append((single, level))
            continue
        known = longest.get(single.place)
        if known is None or _length(single) > _length(known[0]):
            longest[single.place] = (single, level)
    return sorted([*longest.values(), *others], key=lambda pair: (pair[0].place, _place(pair[0].change.field)))


def _length(single: Single) -> tuple[int, int]:
    """Longer terms first, and of equals the one that leaves the executed time as it is."""
    return single.move.part.ordered_days, single.move.part.jail_days


def _place(name: str) -> int:
    return _ORDER.index(name.split(".")[0])
