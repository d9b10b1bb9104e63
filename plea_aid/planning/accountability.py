"""What a resolution asks of the defendant, in a stated vector: the weight that options are compared by.

Days are days, money is dollars. Nothing here is added up into one score: each measure stands for itself.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from plea_aid.analysis.case import Option, OptionCount, Plan
from plea_aid.analysis.charge import Outcome
from plea_aid.law.catalogue import Law
from plea_aid.law.records import ConvictionNote, Offer

NO_OFFER = Offer(disposition="")


@dataclass(frozen=True)
class Share:
    """What one count adds to the weight of an option."""

    conviction: bool = False
    jail_days: int = 0
    suspended_days: int = 0
    fine: int = 0
    supervision_days: int = 0
    restitution: bool = False
    priors: frozenset[str] = frozenset()
    supervision_stated: bool = field(default=True, compare=False)
    """False where the longest supervision that the law allows stands in for what is not stated."""

    @property
    def imposed_days(self) -> int:
        """Days of confinement ordered, suspended time included."""
        return self.jail_days + self.suspended_days


@dataclass(frozen=True)
class Measures:
    """The measures of a whole option: terms added up when consecutive, the longest one when concurrent."""

    convictions: int
    jail_days: int
    suspended_days: int
    imposed_days: int
    fine: int
    supervision_days: int
    counts_as_prior: tuple[str, ...]
    restitution_available: bool


@dataclass(frozen=True)
class Accountability(Measures):
    """The weight of a whole option: its measures, and what is said beside them."""

    supervision_stated: bool
    """False where some of the supervision is not stated and the longest the law allows is taken."""
    treatment_condition: bool
    """There is supervision, so treatment can be a condition of it."""
    treatment_note: str
    """Treatment that the law itself orders on these convictions."""
    firearm_note: str
    label: str
    """The offenses that end in a conviction under Montana law, the highest maximum first."""
    note_authorities: tuple[str, ...]
    """Ids of the authorities that the notes rest on."""

    def as_json(self) -> dict[str, Any]:
        """Return the vector in the contract's form."""
        lists = {"counts_as_prior": list(self.counts_as_prior), "note_authorities": list(self.note_authorities)}
        return {**asdict(self), **lists}

    def changes_from(self, other: Accountability) -> dict[str, Any]:
        """Return what differs from ``other``: numbers as differences, priors lost and gained, the rest as it is now."""
        mine, theirs = asdict(self), asdict(other)
        found: dict[str, Any] = {}
        for key, value in mine.items():
            if value == theirs[key] or key == "note_authorities":
                continue
            if key == "counts_as_prior":
                found["priors_lost"] = sorted(set(theirs[key]) - set(value))
                found["priors_gained"] = sorted(set(value) - set(theirs[key]))
            elif isinstance(value, int) and not isinstance(value, bool):
                found[key] = value - theirs[key]
            else:
                found[key] = value
        return found


def offer_of(law: Law, disposition: str) -> Offer:
    """Return what can be agreed about a disposition; an empty offer where the law's file does not name it."""
    return next((o for o in law.limits.offers if o.disposition == disposition), NO_OFFER)


def longest_supervision(offer: Offer, suspended_days: int, maximum_days: int) -> int:
    """Return the longest supervision the law allows with the disposition; what is not stated is taken as this."""
    if offer.supervision_of_suspension is None:
        return offer.supervision_days
    return max(maximum_days, offer.supervision_of_suspension) if suspended_days else 0


def share_of(law: Law, part: OptionCount, outcome: Outcome) -> Share:
    """Return what one count of an option adds."""
    offer = offer_of(law, outcome.disposition.id)
    supervision = part.supervision_days
    if supervision is None:
        supervision = longest_supervision(offer, part.suspended_days, outcome.maximum_days)
    families = {f for o in outcome.final.offenses for f in o.counts_as_prior}
    return Share(
        conviction=outcome.disposition.montana_conviction,
        jail_days=part.jail_days,
        suspended_days=part.suspended_days,
        fine=part.fine,
        supervision_days=supervision,
        restitution=offer.restitution,
        priors=frozenset(families & set(offer.counts_as_prior_for)),
        supervision_stated=part.supervision_days is not None or not supervision,
    )


def measure(plan: Plan, shares: Sequence[Share]) -> Measures:
    """Return the measures of an option from the shares of its counts."""
    total = _longest if plan.concurrent else sum
    return Measures(
        convictions=sum(s.conviction for s in shares),
        jail_days=total(s.jail_days for s in shares),
        suspended_days=total(s.suspended_days for s in shares),
        imposed_days=total(s.imposed_days for s in shares),
        fine=sum(s.fine for s in shares),
        supervision_days=total(s.supervision_days for s in shares),
        counts_as_prior=tuple(sorted(frozenset().union(*(s.priors for s in shares)))),
        restitution_available=any(s.restitution for s in shares),
    )


def weigh_option(law: Law, plan: Plan, option: Option, outcomes: Sequence[Outcome]) -> Accountability:
    """Return the weight of an option of a case file from what its counts end as; other outcomes are passed over."""
    parts = {p.number: p for p in option.count}
    own = [(parts[o.number], o) for o in outcomes if o.number is not None and o.number in parts]
    return weigh(law, plan, [share_of(law, part, o) for part, o in own], [o for _, o in own])


def weigh(law: Law, plan: Plan, shares: Sequence[Share], outcomes: Sequence[Outcome]) -> Accountability:
    """Return the weight of an option from the shares of its counts and what each count ends as."""
    measures = measure(plan, shares)
    convicted = [o for o in outcomes if o.disposition.montana_conviction]
    titles = dict.fromkeys(
        f"{o.final.title} ({o.final.cite})" for o in sorted(convicted, key=lambda o: -o.maximum_days)
    )
    treatment = _notes(law, law.limits.treatment, convicted)
    firearm = _notes(law, law.limits.firearm, convicted)
    return Accountability(
        **vars(measures),
        supervision_stated=all(s.supervision_stated for s in shares),
        treatment_condition=measures.supervision_days > 0,
        treatment_note=" ".join(n.says for n in treatment),
        firearm_note=" ".join(n.says for n in firearm),
        label="; ".join(titles) or "no conviction",
        note_authorities=tuple(dict.fromkeys(a for n in (*treatment, *firearm) for a in n.authorities)),
    )


def _notes(law: Law, notes: Sequence[ConvictionNote], convicted: Sequence[Outcome]) -> list[ConvictionNote]:
    """Return the notes that follow from these convictions."""
    under = _COVERED.get(law)
    if under is None:
        limits = (*law.limits.firearm, *law.limits.treatment)
        under = {id(n): frozenset(o.id for o in law.offenses.values() if n.covers(o)) for n in limits}
        _COVERED[law] = under
    return [n for n in notes if any(_follows(n, under[id(n)], o) for o in convicted)]


def _follows(note: ConvictionNote, covered: frozenset[str], outcome: Outcome) -> bool:
    final = any(o.id in covered for o in outcome.final.offenses)
    if not note.reduced_to:
        return final
    charged = any(o.id in covered for o in outcome.charged.offenses)
    return charged and not final and any(o.family in note.reduced_to for o in outcome.final.offenses)


_COVERED: weakref.WeakKeyDictionary[Law, dict[int, frozenset[str]]] = weakref.WeakKeyDictionary()
"""For each law and each of its notes, by identity, the offenses it covers."""


def shortfalls(plan: Plan, weight: Measures) -> dict[str, int]:
    """Return, for each thing the plan keeps and the option does not, how much is missing; empty when all is kept."""
    missing = {
        "keep_conviction": int(plan.keep_conviction and weight.convictions == 0),
        "min_imposed_days": plan.min_imposed_days - weight.imposed_days,
        "min_jail_days": plan.min_jail_days - weight.jail_days,
        "min_supervision_days": plan.min_supervision_days - weight.supervision_days,
        "min_fine": plan.min_fine - weight.fine,
    }
    for family in plan.keep_prior_for:
        missing[f"keep_prior_for {family}"] = int(family not in weight.counts_as_prior)
    return {key: amount for key, amount in missing.items() if amount > 0}


def _longest(days: Iterable[int]) -> int:
    return max(days, default=0)
