"""A charge resolved against the catalogue, and what one option makes of it: its outcome, in typed numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from plea_aid.analysis.case import Count, Disposition, Option, OptionCount, Prior, Record
from plea_aid.analysis.leaf import Inchoate
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.citation import normalise
from plea_aid.law.records import DispositionRule, Level, Offense, Penalty


class CaseError(ValueError):
    """The case file is not accepted; each line of ``problems`` says where, what and what is accepted."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


_INCHOATE: tuple[tuple[re.Pattern[str], Inchoate], ...] = (
    (re.compile(r"^\s*attempt(?:ed)?(?:\s*(?:of|to commit|:))?\s+", re.IGNORECASE), "attempt"),
    (re.compile(r"^\s*conspiracy(?:\s*(?:of|to commit|:))?\s+", re.IGNORECASE), "conspiracy"),
    (re.compile(r"^\s*solicitation(?:\s*(?:of|to commit|:))?\s+", re.IGNORECASE), "solicitation"),
)


@dataclass(frozen=True)
class Charge:
    """One or more catalogue entries that a citation stands for, completed or inchoate."""

    offenses: tuple[Offense, ...]
    form: Inchoate | None
    id: str
    cite: str
    title: str

    def penalties(self, law: Law, nth: int, day: date, facts: Mapping[str, str | bool]) -> tuple[Penalty, ...]:
        """Return the range of each entry for the ``nth`` offense committed on ``day``."""
        return tuple(law.penalty(o, nth, day, facts) for o in self.offenses)


def resolve_charge(law: Law, text: str) -> Charge:
    """Return the charge ``text`` names; raise UnknownOffense.

    'attempted MCA 45-6-301(1)', 'conspiracy to commit ...' and 'solicitation of ...' name inchoate forms.
    """
    known: dict[str, Charge] = law.memory.setdefault(Charge, {})
    found = known.get(text)
    if found is None:
        if len(known) >= _CHARGES_KEPT:
            known.clear()
        found = known[text] = _resolve(law, text)
    return found


_CHARGES_KEPT = 10_000


def not_in_catalogue(law: Law, text: str) -> str | None:
    """Return in a sentence why ``text`` names no offense, inchoate forms included; None when it names one."""
    try:
        resolve_charge(law, text)
    except UnknownOffense as fault:
        return f"{fault.args[0]}."
    return None


def _resolve(law: Law, text: str) -> Charge:
    form: Inchoate | None = None
    for pattern, name in _INCHOATE:
        shorter = pattern.sub("", text, count=1)
        if shorter != text:
            text, form = shorter, name
            break
    offenses = law.resolve(text)
    if len(offenses) == 1:
        found_id, cite, title = offenses[0].id, offenses[0].cite, offenses[0].title
    else:
        bare = normalise(text)
        found_id = "mt-" + re.sub(r"[()]+", "-", bare).strip("-")
        written = (one for o in offenses for one in (o.cite, *o.also_cited))
        cite = next((one for one in written if normalise(one) == bare), f"MCA {bare}")
        title = f"{offenses[0].title.split(':')[0]} (subsection not named)"
    if form:
        return Charge(offenses, form, f"{form}:{found_id}", f"{form} of {cite}", f"{form.capitalize()}: {title}")
    return Charge(offenses, None, found_id, cite, title)


@dataclass(frozen=True)
class Outcome:
    """What one option makes of one count, or a prior conviction: everything the grounds ask about."""

    number: int | None
    """None for a prior conviction."""
    charged: Charge
    final: Charge
    disposition: DispositionRule
    conviction: Level
    maximum_days: int
    minimum_days: int
    felony: bool
    fine_max: int
    jail_days: int
    suspended_days: int
    served_days: int
    supervised: bool
    record: Record
    day: date | None
    scheme: str

    @property
    def ordered_days(self) -> int:
        """Days of confinement ordered, suspended time included."""
        return self.jail_days + self.suspended_days

    @property
    def ordered_words(self) -> str:
        """The term ordered with its sum: '10 + 355 = 365 days'."""
        if self.suspended_days and self.jail_days:
            return f"{self.jail_days} + {self.suspended_days} = {self.ordered_days} days"
        return f"{self.ordered_days} days"

    @property
    def is_prior(self) -> bool:
        """True for a conviction from before this case."""
        return self.number is None

    @property
    def name(self) -> str:
        """How a reason names it: 'Count 1 (MCA ...)' or 'the prior (MCA ..., 2022-01-10)'."""
        if self.number is None:
            return f"The prior ({self.final.cite}, {self.day})"
        return f"Count {self.number} ({self.final.cite})"


_CONVICTION: dict[str, Level] = {"yes": "certain", "no": "none", "depends": "possible"}


def facts_of(record: Record) -> dict[str, str | bool]:
    """Return every fact the record names, common keys and offense-specific ones together."""
    given = dict(record.facts)
    if record.substance is not None:
        given["substance"] = record.substance.strip().lower()
    if record.victim is not None:
        given["victim"] = record.victim.strip().lower()
    return given


def outcomes(
    law: Law, option: Option, counts: tuple[Count, ...], priors: tuple[Prior, ...], offense_day: date | None, day: date
) -> tuple[Outcome, ...]:
    """Return the outcome of every count of an option, then every prior; raise CaseError.

    A count that the option does not mention stays pending.
    """
    problems: list[str] = []
    stated = {part.number: part for part in option.count}
    found: list[Outcome] = []
    for count in counts:
        part = stated.get(count.number, OptionCount(number=count.number, disposition=Disposition.PENDING))
        try:
            found.append(_outcome(law, option.name, count, part, offense_day, day))
        except (UnknownOffense, CaseError) as fault:
            lines = fault.problems if isinstance(fault, CaseError) else [f"count {count.number}: {fault.args[0]}"]
            problems += [line for line in lines if line not in problems]
    for place, prior in enumerate(priors, start=1):
        try:
            found.append(_prior_outcome(law, prior, place))
        except UnknownOffense as fault:
            problems.append(f"prior {place}: {fault.args[0]}")
    if problems:
        raise CaseError(problems)
    return tuple(found)


def _outcome(law: Law, option: str, count: Count, part: OptionCount, offense_day: date | None, day: date) -> Outcome:
    charged = resolve_charge(law, count.offense)
    final = resolve_charge(law, part.offense) if part.offense else charged
    rule = law.dispositions[part.disposition.value]
    record = _joined(count.record, part.record)
    facts = facts_of(record)
    _check_facts(law, (charged, final), record, f"count {count.number}")
    committed = count.offense_date or offense_day or day
    nth = part.nth if part.nth is not None else number_of(count.nth, charged, final)
    ranges = final.penalties(law, nth, committed, facts)
    maximum, fine_max = max(p.jail_max_days for p in ranges), max(p.fine_max for p in ranges)
    beyond = beyond_the_law(
        maximum, fine_max, nth, rule.id, part.jail_days, part.suspended_days, part.confined_days, part.fine
    )
    if beyond:
        raise CaseError([f"option '{option}', count {count.number}, {final.cite}: {beyond}"])
    return Outcome(
        number=count.number,
        charged=charged,
        final=final,
        disposition=rule,
        conviction=_CONVICTION[rule.is_conviction],
        maximum_days=maximum,
        minimum_days=min(p.jail_min_days for p in ranges),
        felony=any(p.felony for p in ranges),
        fine_max=fine_max,
        jail_days=part.jail_days,
        suspended_days=part.suspended_days,
        served_days=part.confined_days,
        supervised=part.suspended_days > 0 or rule.id == "deferred-imposition" or bool(part.supervision_days),
        record=record,
        day=count.offense_date or offense_day,
        scheme=f"count-{min(count.number, count.same_scheme_as or count.number)}",
    )


def _prior_outcome(law: Law, prior: Prior, place: int) -> Outcome:
    charge = resolve_charge(law, prior.offense)
    ranges = charge.penalties(law, 1, prior.date, {})
    return Outcome(
        number=None,
        charged=charge,
        final=charge,
        disposition=law.dispositions["guilty-plea"],
        conviction="certain",
        maximum_days=max([prior.sentence_days, *(p.jail_max_days for p in ranges)]),
        minimum_days=0,
        felony=any(p.felony for p in ranges) or prior.sentence_days > 365,
        fine_max=max(p.fine_max for p in ranges),
        jail_days=prior.sentence_days,
        suspended_days=0,
        served_days=0,
        supervised=False,
        record=Record(),
        day=prior.date,
        scheme=f"count-{prior.same_scheme_as}" if prior.same_scheme_as else f"prior-{place}",
    )


def _joined(charged: Record, pleaded: Record | None) -> Record:
    """Return the record of the count with what the option's own record says laid over it."""
    if pleaded is None:
        return charged
    return Record.model_validate(
        {
            **charged.model_dump(exclude_none=True),
            **pleaded.model_dump(exclude_none=True),
        }
    )


def number_of(nth: int, charged: Charge, final: Charge) -> int:
    """Return which offense of its kind the final charge is: the ``nth``, unless it is of another section."""
    return nth if charged.cite.split("(")[0] == final.cite.split("(")[0] else 1


def beyond_the_law(
    maximum: int, fine_max: int, nth: int, disposition: str, jail: int, suspended: int, served: int, fine: int
) -> str:
    """Return what of a sentence the law does not allow, days and dollars; '' when it allows all of it."""
    ordered = jail + suspended
    if ordered > maximum:
        return (
            f"{jail} + {suspended} = {ordered} days is above the maximum of {maximum} days for this offense "
            f"(number {nth}); give {maximum} days or fewer"
        )
    if fine > fine_max:
        return f"a fine of ${fine:,} is above the maximum of ${fine_max:,}; give ${fine_max:,} or less"
    if served > ordered and disposition not in ("pending", "deferred-imposition"):
        return f"served_days {served} is more than the {ordered} days ordered"
    return ""


def _check_facts(law: Law, charges: tuple[Charge, ...], record: Record, where: str) -> None:
    """Raise CaseError for a fact that neither the charged nor the final offense asks about, or an unknown answer."""
    if not record.facts and record.victim is None:
        return
    asked: dict[str, set[str]] = {}
    for charge in charges:
        for offense in charge.offenses:
            for fact in offense.record_facts:
                asked.setdefault(fact.key, set()).update(fact.answers)
    for key, value in record.facts.items():
        if key not in asked:
            accepted = ", ".join(["substance", "marijuana_grams", "loss", "victim", *sorted(asked)])
            raise CaseError([f"{where}, record: '{key}' is not a fact of {charges[-1].cite}; accepted: {accepted}"])
        answer = str(value).lower() if isinstance(value, bool) else value
        if answer != "unspecified" and answer not in asked[key]:
            options = ", ".join(sorted(asked[key] | {"unspecified"}))
            raise CaseError([f"{where}, record: '{key} = {value}' is not accepted; accepted: {options}"])
    if record.victim is not None and record.victim.strip().lower() not in VICTIMS:
        raise CaseError([f"{where}, record: victim '{record.victim}' is not accepted; accepted: {', '.join(VICTIMS)}"])


VICTIMS = ("unspecified", "partner-or-family", "minor", "officer", "other")
"""What ``record.victim`` may say: a relation, never a person."""
