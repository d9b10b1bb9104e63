"""The options space: for each count, everything an agreement could do with it that can matter.

Offenses are the one charged, those of the file's own options, and the lesser or related ones of the catalogue.
Dispositions are those the law's file of limits offers and the offense allows. Sentences are steps, not every day: the
shortest and the longest term the law allows, the terms the file itself names, and the longest terms that stay under a
threshold of federal law; a term between two steps has the consequences of the longer step and less weight. For the
same reason only the highest fine is considered: no federal rule on file looks at a fine. The record of conviction is
left as the file has it, kept silent, or made to name what the offense asks about, if that is true.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from plea_aid.analysis.case import Case, Count, Disposition, Option, OptionCount, Record
from plea_aid.analysis.charge import CaseError, Charge, Outcome, facts_of, outcomes, resolve_charge
from plea_aid.law.catalogue import Law
from plea_aid.law.records import DispositionRule, Offense, Offer
from plea_aid.planning.accountability import Share, longest_supervision, offer_of, share_of
from plea_aid.planning.readings import Reading, TakenApart

NO_CASE_OPTION = "As charged, at the minimum"


@dataclass(frozen=True)
class Choice:
    """One way to end one count."""

    part: OptionCount
    outcome: Outcome
    share: Share
    reading: Reading
    changes: int
    """In how many fields it differs from the baseline; of equal choices the nearest is kept."""


@dataclass(frozen=True)
class CountSpace:
    """Every way to end one count, equivalent dispositions once, and how many there are before that."""

    number: int
    choices: tuple[Choice, ...]
    size: int


@dataclass(frozen=True)
class Candidate:
    """An offense a count could be pleaded to: None as text means as charged."""

    text: str | None
    charge: Charge


def baseline_of(case: Case, law: Law, apart: TakenApart) -> Option:
    """Return the first option of the file; without one, a guilty plea as charged at the least the law allows."""
    if case.option:
        return case.option[0]
    parts = []
    for count in case.count:
        charge = resolve_charge(law, count.offense)
        day = count.offense_date or case.offense_date or apart.day
        ranges = charge.penalties(law, count.nth, day, facts_of(count.record))
        parts.append(
            OptionCount(
                number=count.number,
                jail_days=min(p.jail_min_days for p in ranges),
                fine=min(p.fine_min for p in ranges),
            )
        )
    return Option(name=NO_CASE_OPTION, count=tuple(parts))


def outcome_of(case: Case, law: Law, apart: TakenApart, count: Count, part: OptionCount) -> Outcome:
    """Return what ``part`` makes of ``count``; raise CaseError when the law does not allow it."""
    option = Option(name="option", count=(part,))
    return outcomes(law, option, (count,), (), case.offense_date, apart.day)[0]


def spaces_of(case: Case, law: Law, apart: TakenApart, baseline: Option) -> tuple[CountSpace, ...]:
    """Return the space of every count of the case."""
    return tuple(_Builder(case, law, apart, baseline, count).space() for count in case.count)


class _Builder:
    def __init__(self, case: Case, law: Law, apart: TakenApart, baseline: Option, count: Count) -> None:
        self.case, self.law, self.apart, self.count = case, law, apart, count
        filed = [p for o in (baseline, *case.option) for p in o.count if p.number == count.number]
        self.filed = list(dict.fromkeys(filed))
        pending = OptionCount(number=count.number, disposition=Disposition.PENDING)
        self.base = next((p for p in baseline.count if p.number == count.number), pending)
        self.over_ordered, self.over_served = overshoot(case, apart, baseline)

    def space(self) -> CountSpace:
        found: dict[tuple[Any, ...], Choice] = {}
        size = 0
        for part, outcome, dispositions in self._ways():
            size += dispositions
            share = share_of(self.law, part, outcome)
            choice = Choice(part, outcome, share, self.apart.read(outcome), changed_fields(self.base, part))
            key = (choice.reading, share, outcome.scheme, part.disposition.value in self._set_apart)
            known = found.get(key)
            if known is None or choice.changes < known.changes:
                found[key] = choice
        return CountSpace(self.count.number, tuple(found.values()), size)

    @property
    def _set_apart(self) -> frozenset[str]:
        return frozenset(d for rule in self.law.limits.apart for d in rule.one)

    def _ways(self) -> Iterator[tuple[OptionCount, Outcome, int]]:
        """Yield each way with its outcome and how many equivalent dispositions it stands for."""
        for part in self.filed:
            if offer_of(self.law, part.disposition.value).offered and not self._excluded(part):
                yield part, outcome_of(self.case, self.law, self.apart, self.count, part), 1
        for candidate in candidates(self.law, self.count, self.filed):
            for record in self._records(candidate):
                yield from self._dispositions(candidate, record)

    def _excluded(self, part: OptionCount) -> bool:
        charge = resolve_charge(self.law, part.offense or self.count.offense)
        convicted = self.law.dispositions[part.disposition.value].montana_conviction
        return convicted and is_excluded(self.case, self.law, charge)

    def _dispositions(self, candidate: Candidate, record: Record | None) -> Iterator[tuple[OptionCount, Outcome, int]]:
        plea = self._part(candidate, record, Disposition.GUILTY_PLEA, {})
        try:
            outcome = outcome_of(self.case, self.law, self.apart, self.count, plea)
        except CaseError:
            return  # a fact of the record that this offense does not ask about
        if candidate.text and not in_city_court(outcome):
            return
        barred = is_excluded(self.case, self.law, candidate.charge)
        for alike in self._offers(candidate, outcome):
            offer, rule = alike[0]
            if barred and rule.montana_conviction:
                continue
            if offer.sentence == "none" and record is not None and not rule.montana_conviction:
                continue  # no judgment, so no record of conviction to word
            for figures in self._figures(offer, outcome):
                part = self._part(candidate, record, Disposition(rule.id), figures)
                supervised = rule.id == "deferred-imposition" or bool(figures.get("supervision_days"))
                ended = replace(
                    outcome,
                    disposition=rule,
                    conviction=CONVICTION[rule.is_conviction],
                    jail_days=part.jail_days,
                    suspended_days=part.suspended_days,
                    served_days=part.confined_days,
                    supervised=supervised or part.suspended_days > 0,
                )
                yield part, ended, len(alike)

    def _part(
        self, candidate: Candidate, record: Record | None, disposition: Disposition, figures: dict[str, int]
    ) -> OptionCount:
        nth = self.base.nth if candidate.text == self.base.offense else None
        return OptionCount(
            number=self.count.number,
            disposition=disposition,
            offense=candidate.text,
            nth=nth,
            record=record,
            **figures,
        )

    def _offers(self, candidate: Candidate, outcome: Outcome) -> list[list[tuple[Offer, DispositionRule]]]:
        """Return the lawful dispositions, those that nothing here can tell apart together, the baseline's first."""
        alike: dict[tuple[object, ...], list[tuple[Offer, DispositionRule]]] = {}
        for offer in self.law.limits.offers:
            if not lawful(offer, candidate.text is not None, outcome.final.offenses, outcome.maximum_days):
                continue
            rule = self.law.dispositions[offer.disposition]
            terms = offer.model_dump(exclude={"disposition", "agreements", "unverified"})
            key = (rule.is_conviction, rule.montana_conviction, rule.id == "deferred-imposition", str(terms))
            alike.setdefault((*key, rule.id in self._set_apart), []).append((offer, rule))
        wanted = self.base.disposition.value
        return [sorted(group, key=lambda pair: pair[1].id != wanted) for group in alike.values()]

    def _figures(self, offer: Offer, outcome: Outcome) -> Iterator[dict[str, int]]:
        """Yield jail, suspended time, fine and supervision for each step that can matter."""
        if offer.sentence == "none":
            yield without_term(self.law, offer, outcome)
            return
        if offer.sentence == "fine":
            cap = offer.fine_max_repeat if self.count.nth > 1 else offer.fine_max
            yield {"fine": min(outcome.fine_max, outcome.fine_max if cap is None else cap)}
            return
        for jail in self._jail_steps(outcome):
            for ordered in self._ordered_steps(outcome, jail):
                suspended = ordered - jail
                figures = {"jail_days": jail, "suspended_days": suspended, "fine": outcome.fine_max}
                if suspended:
                    figures["supervision_days"] = longest_supervision(offer, suspended, outcome.maximum_days)
                yield figures

    def _jail_steps(self, outcome: Outcome) -> list[int]:
        least, most = min(outcome.minimum_days, outcome.maximum_days), outcome.maximum_days
        filed = {p.jail_days for p in self.filed}
        steps = {least, *filed, self.case.plan.min_jail_days, *self.apart.served_steps}
        steps |= {self.base.jail_days - over for over in self.over_served}
        ceiling = max([least, self.case.plan.min_jail_days, *filed])
        return sorted({max(least, min(step, most)) for step in steps if step <= ceiling})

    def _ordered_steps(self, outcome: Outcome, jail: int) -> list[int]:
        most = outcome.maximum_days
        steps = {jail, most, *(p.ordered_days for p in self.filed), *self.apart.ordered_steps}
        steps |= {self.base.ordered_days - over for over in self.over_ordered}
        return sorted(step for step in steps if jail <= step <= most)

    def _records(self, candidate: Candidate) -> list[Record | None]:
        """Return the wordings of the record of conviction: as it stands, then every change to it."""
        stated = self.base.record if candidate.text == self.base.offense else None
        base = stated.model_dump(exclude_none=True) if stated else {}
        given = {**self.count.record.model_dump(exclude_none=True), **base}
        keys = wordings(candidate.charge, given)
        found: list[Record | None] = [stated]
        for picked in itertools.product(*([None, *answers] for answers in keys.values())):
            changed = {key: answer for key, answer in zip(keys, picked, strict=True) if answer is not None}
            if changed:
                found.append(Record.model_validate({**base, **changed}))
        return found


CONVICTION: dict[str, Any] = {"yes": "certain", "no": "none", "depends": "possible"}


def candidates(law: Law, count: Count, filed: Sequence[OptionCount]) -> list[Candidate]:
    """Return the offenses a count could be pleaded to: as charged first, each once."""
    charged = resolve_charge(law, count.offense)
    found = {charged.id: Candidate(None, charged)}
    texts = [p.offense for p in filed if p.offense]
    if len(charged.offenses) > 1:
        texts += [_name(law, o) for o in charged.offenses]
    if charged.form is None:
        for alternative in (a for o in charged.offenses for a in o.alternatives):
            texts += [_name(law, o) for o in law.find(alternative.offense)]
    for text in texts:
        charge = resolve_charge(law, text)
        found.setdefault(charge.id, Candidate(text, charge))
    return list(found.values())


def lawful(offer: Offer, amended: bool, offenses: Sequence[Offense], most: int) -> bool:
    """Say whether Montana law lets an agreement aim at the disposition for these offenses."""
    if not offer.offered or (offer.as_charged_only and amended):
        return False
    if offer.disposition.startswith("deferred") and any(o.deferral == "barred" for o in offenses):
        return False
    if offer.disposition == "nolo-contendere" and any(o.nolo == "barred" for o in offenses):
        return False
    return not (offer.fine_only_offense and most > 0)


def without_term(law: Law, offer: Offer, outcome: Outcome) -> dict[str, int]:
    """Return the figures of a disposition that has no sentence: its own supervision.

    Where the offense has a mandatory minimum and the disposition is one of guilt, the minimum is a condition of it.
    """
    figures = {"supervision_days": offer.supervision_days} if offer.supervision_days else {}
    if law.dispositions[offer.disposition].confines and outcome.minimum_days:
        figures["jail_days"] = outcome.minimum_days
    return figures


def is_excluded(case: Case, law: Law, charge: Charge) -> bool:
    """Say whether the plan excludes a conviction of any offense the charge stands for."""
    excluded = {o.id for text in case.plan.exclude for o in law.find(text)}
    return any(o.id in excluded for o in charge.offenses)


def wordings(charge: Charge, given: dict[str, Any]) -> dict[str, list[str]]:
    """Return, for each fact that chooses between ways of committing the offense, the answers a record could give.

    What the record is known to say can only be left out; what it is not known to say can be named, once for each
    meaning, or expressly left open.
    """
    found: dict[str, list[str]] = {}
    for offense in charge.offenses:
        for fact in offense.record_facts:
            if fact.effect not in ("selects-way", "selects-value") or fact.key in found:
                continue
            now = given.get(fact.key)
            if now not in (None, "unspecified"):
                found[fact.key] = ["unspecified"]
                continue
            meanings: dict[str, str] = {}
            for answer, meaning in fact.answers.items():
                if meaning and answer != "unspecified":
                    meanings.setdefault(meaning, answer)
            found[fact.key] = [*meanings.values(), *(["unspecified"] if now is None else [])]
    if given.get("victim") not in (None, "unspecified") and "victim" not in found:
        found["victim"] = ["unspecified"]
    return found


def changed_fields(base: OptionCount, part: OptionCount) -> int:
    """Return in how many fields ``part`` differs from ``base``, the fine left aside."""
    before = base.record.model_dump(exclude_none=True) if base.record else {}
    after = part.record.model_dump(exclude_none=True) if part.record else {}
    wording = len([k for k in {*before, *after} if before.get(k) != after.get(k)])
    fields = ("offense", "disposition", "jail_days", "suspended_days")
    return wording + len([name for name in fields if getattr(base, name) != getattr(part, name)])


def _name(law: Law, offense: Offense) -> str:
    found = law.find(offense.cite)
    return offense.cite if len(found) == 1 else offense.id


def in_city_court(outcome: Outcome) -> bool:
    """Say whether what a count ends in is within the jurisdiction of the city's court."""
    return not outcome.felony and all(o.court != "outside" for o in outcome.final.offenses)


def overshoot(case: Case, apart: TakenApart, baseline: Option) -> tuple[list[int], list[int]]:
    """Return by how many days the baseline's totals reach each threshold on totals; what one count must give up."""
    ordered = sum(p.ordered_days for p in baseline.count) + sum(p.sentence_days for p in case.prior)
    served = sum(p.confined_days for p in baseline.count)
    return (
        [ordered - total + 1 for total in apart.ordered_total if ordered >= total],
        [served - total + 1 for total in apart.served_total if served >= total],
    )
