"""Changes to one count, field by field: the offense, the disposition, the wording of the record, the sentence.

A move is one or more changes together. What a change forces besides (a shorter term because the new offense carries
less, no term because the disposition has none) is an adjustment, not a change: it is never proposed for its own sake.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plea_aid.analysis.case import Case, Count, Disposition, Option, OptionCount, Record
from plea_aid.analysis.charge import CaseError, Outcome
from plea_aid.law.catalogue import Law
from plea_aid.law.records import DispositionRule, Offer
from plea_aid.planning.accountability import Share, longest_supervision, offer_of, share_of
from plea_aid.planning.readings import Reading, TakenApart
from plea_aid.planning.space import (
    CONVICTION,
    Candidate,
    candidates,
    in_city_court,
    is_excluded,
    lawful,
    outcome_of,
    overshoot,
    without_term,
    wordings,
)

MOST_CHANGES = 3


@dataclass(frozen=True)
class Change:
    """One field of one count, before and after."""

    count: int
    field: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """Return the change in the contract's form."""
        return {"count": self.count, "field": self.field, "from": self.before, "to": self.after}


@dataclass(frozen=True)
class Move:
    """Changes to one count that are lawful together, with what they force besides."""

    changes: frozenset[Change]
    part: OptionCount
    outcome: Outcome
    reading: Reading
    share: Share
    adjustments: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Moves:
    """A count as the baseline has it, and everything that could be changed about it."""

    count: Count
    base: Move
    moves: tuple[Move, ...]
    by_changes: dict[frozenset[Change], Move] = field(default_factory=dict, compare=False)


def moves_of(
    case: Case, law: Law, apart: TakenApart, baseline: Option, most_changes: int = MOST_CHANGES
) -> tuple[Moves, ...]:
    """Return the moves of every count, each of at most so many changes; a count that stays pending has none."""
    parts = {p.number: p for p in baseline.count}
    over = overshoot(case, apart, baseline)
    found = []
    for count in case.count:
        pending = OptionCount(number=count.number, disposition=Disposition.PENDING)
        found.append(_Mover(case, law, apart, count, parts.get(count.number, pending), over, most_changes).moves())
    return tuple(found)


def without(moves: Moves, move: Move, change: Change) -> Move | None:
    """Return the move without one of its changes, as if it had never been made; None when that is not lawful."""
    rest = move.changes - {change}
    return moves.by_changes.get(rest) if rest else moves.base


class _Mover:
    def __init__(
        self,
        case: Case,
        law: Law,
        apart: TakenApart,
        count: Count,
        base: OptionCount,
        over: tuple[Sequence[int], Sequence[int]],
        most_changes: int,
    ) -> None:
        self.most = most_changes
        self.case, self.law, self.apart, self.count, self.base = case, law, apart, count, base
        self.over_ordered, self.over_served = over
        self.outcome = outcome_of(case, law, apart, count, base)
        self.stated = base.record.model_dump(exclude_none=True) if base.record else {}

    def moves(self) -> Moves:
        base = Move(frozenset(), self.base, self.outcome, *self._seen(self.base, self.outcome))
        found: dict[frozenset[Change], Move] = {}
        if self.base.disposition is not Disposition.PENDING:
            for move in self._all():
                if move.changes and len(move.changes) <= self.most:
                    found.setdefault(move.changes, move)
        return Moves(self.count, base, tuple(found.values()), found)

    def _seen(self, part: OptionCount, outcome: Outcome) -> tuple[Reading, Share]:
        return self.apart.read(outcome), share_of(self.law, part, outcome)

    def _all(self) -> Iterator[Move]:
        for candidate in candidates(self.law, self.count, [self.base]):
            amended = candidate.charge.id != self.outcome.final.id
            first = self._change(
                "offense", self.base.offense or self.count.offense, candidate.text or self.count.offense
            )
            changes = [first] if amended else []
            text = candidate.text if amended else self.base.offense
            for worded, record in self._wordings(candidate, amended):
                if len(changes) + len(worded) > self.most:
                    break  # wordings come with the fewest changes first
                try:
                    plea = self._bare(text, record)
                    outcome = outcome_of(self.case, self.law, self.apart, self.count, plea)
                except CaseError:
                    continue  # a fact of the record that this offense does not ask about
                if not amended or in_city_court(outcome):
                    yield from self._dispositions(candidate, text, record, outcome, [*changes, *worded])

    def _bare(self, text: str | None, record: Record | None) -> OptionCount:
        nth = self.base.nth if text == self.base.offense else None
        return OptionCount(number=self.count.number, offense=text, nth=nth, record=record)

    def _wordings(self, candidate: Candidate, amended: bool) -> Iterator[tuple[list[Change], Record | None]]:
        stated = {} if amended else self.stated
        given = {**self.count.record.model_dump(exclude_none=True), **stated}
        yield [], Record.model_validate(stated) if stated else None
        asked = wordings(candidate.charge, given)
        for many in (1, 2):
            for keys in itertools.combinations(asked, many):
                for answers in itertools.product(*(asked[k] for k in keys)):
                    named = dict(zip(keys, answers, strict=True))
                    changes = [self._change(f"record.{k}", given.get(k), v) for k, v in named.items()]
                    yield changes, Record.model_validate({**stated, **named})

    def _dispositions(
        self, candidate: Candidate, text: str | None, record: Record | None, outcome: Outcome, changes: list[Change]
    ) -> Iterator[Move]:
        barred = is_excluded(self.case, self.law, candidate.charge)
        charged = candidate.charge.id == outcome.charged.id
        own = self.law.dispositions[self.base.disposition.value]
        for offer, rule in self._offers(outcome, not charged, own):
            if barred and rule.montana_conviction:
                continue
            moved = [] if rule.id == own.id else [self._change("disposition", own.id, rule.id)]
            if len(changes) + len(moved) > self.most:
                continue
            for figures, sentenced in self._sentences(offer, rule, outcome, bool(changes or moved)):
                every = frozenset([*changes, *moved, *sentenced])
                if len(every) > self.most:
                    continue
                bare = self._bare(text, record)
                part = bare.model_copy(update={"disposition": Disposition(rule.id), **figures})
                yield self._move(every, part, self._ended(outcome, rule, part))

    def _offers(self, outcome: Outcome, amended: bool, own: DispositionRule) -> list[tuple[Offer, DispositionRule]]:
        """Return the baseline's disposition, and one of each lawful kind that is not the same thing by another name."""
        found = []
        mine = offer_of(self.law, own.id)
        offenses, most = outcome.final.offenses, outcome.maximum_days
        if not mine.offered or not mine.disposition or lawful(mine, amended, offenses, most):
            found.append((mine, own))
        seen = {_kind(mine, own)}
        for offer in self.law.limits.offers:
            rule = self.law.dispositions[offer.disposition]
            if _kind(offer, rule) in seen or not lawful(offer, amended, offenses, most):
                continue
            seen.add(_kind(offer, rule))
            found.append((offer, rule))
        return found

    # ----- figures

    def _sentences(
        self, offer: Offer, rule: DispositionRule, outcome: Outcome, moved: bool
    ) -> Iterator[tuple[dict[str, Any], list[Change]]]:
        """Yield the figures with nothing shortened, then with each way of shortening that can matter."""
        base = self.base
        if not rule.confines or offer.sentence != "full":
            yield self._without_term(offer, rule, outcome), []
            return
        least = min(base.jail_days, outcome.minimum_days) if not moved else outcome.minimum_days
        jail = max(min(base.jail_days, outcome.maximum_days), least)
        suspended = min(base.suspended_days, outcome.maximum_days - jail)
        yield self._figures(offer, outcome, jail, suspended), []
        for new_jail, new_suspended in self._shorter(jail, suspended, least):
            changes = [
                self._change(name, before, after)
                for name, before, after in (
                    ("jail_days", jail, new_jail),
                    ("suspended_days", suspended, new_suspended),
                )
                if before != after
            ]
            figures = self._figures(offer, outcome, new_jail, new_suspended)
            yield figures, changes
            if base.supervision_days and not new_suspended:
                yield {**figures, "supervision_days": None}, [*changes, self._no_supervision()]
        if base.served_days:
            for served in sorted(v for v in self.apart.served_steps if v < base.served_days):
                figures = self._figures(offer, outcome, jail, suspended)
                yield {**figures, "served_days": served}, [self._change("served_days", base.served_days, served)]
        if base.supervision_days:
            yield {**self._figures(offer, outcome, jail, suspended), "supervision_days": None}, [self._no_supervision()]

    def _no_supervision(self) -> Change:
        return self._change("supervision_days", self.base.supervision_days, 0)

    def _shorter(self, jail: int, suspended: int, least: int) -> list[tuple[int, int]]:
        """Return the pairs of executed and suspended days that stay just under a threshold."""
        ordered = jail + suspended
        terms = {t for t in self.apart.ordered_steps if t < ordered} | {ordered - over for over in self.over_ordered}
        jails = {v for v in self.apart.served_steps if v < jail} | {jail - over for over in self.over_served}
        pairs = {(jail, t - jail) for t in terms} | {(t - suspended, suspended) for t in terms} | {(jail, 0)}
        for shorter in {*jails, *(t for t in terms if t < jail), 0}:
            pairs |= {(shorter, suspended), (shorter, 0)} | {(shorter, t - shorter) for t in terms}
        return sorted(
            (j, s) for j, s in pairs if least <= j <= jail and 0 <= s <= suspended and (j, s) != (jail, suspended)
        )

    def _figures(self, offer: Offer, outcome: Outcome, jail: int, suspended: int) -> dict[str, Any]:
        base = self.base
        served = base.served_days
        if served is not None and served > jail and served > base.jail_days:
            served = min(served, jail + suspended)
        elif served is not None:
            served = min(served, jail)
        supervision = base.supervision_days
        if supervision is not None and not self.law.dispositions[base.disposition.value].confines:
            supervision = longest_supervision(offer, suspended, outcome.maximum_days) or None
        return {
            "jail_days": jail,
            "suspended_days": suspended,
            "fine": min(base.fine, outcome.fine_max),
            "served_days": served,
            "supervision_days": supervision,
        }

    def _without_term(self, offer: Offer, rule: DispositionRule, outcome: Outcome) -> dict[str, Any]:
        if rule.id == self.base.disposition.value:
            base = self.base
            return {
                "jail_days": min(base.jail_days, outcome.maximum_days),
                "suspended_days": min(base.suspended_days, max(0, outcome.maximum_days - base.jail_days)),
                "fine": min(base.fine, outcome.fine_max),
                "served_days": base.served_days,
                "supervision_days": base.supervision_days,
            }
        figures: dict[str, Any] = {"jail_days": 0, "suspended_days": 0, "fine": 0, "served_days": None}
        if offer.sentence == "fine":
            cap = offer.fine_max_repeat if self.count.nth > 1 else offer.fine_max
            figures["fine"] = min(outcome.fine_max, outcome.fine_max if cap is None else cap)
        return {**figures, "supervision_days": None, **without_term(self.law, offer, outcome)}

    # ----- putting it together

    def _change(self, name: str, before: Any, after: Any) -> Change:
        return Change(self.count.number, name, before, after)

    def _ended(self, outcome: Outcome, rule: DispositionRule, part: OptionCount) -> Outcome:
        return replace(
            outcome,
            disposition=rule,
            conviction=CONVICTION[rule.is_conviction],
            jail_days=part.jail_days,
            suspended_days=part.suspended_days,
            served_days=part.confined_days,
            supervised=part.suspended_days > 0 or rule.id == "deferred-imposition" or bool(part.supervision_days),
        )

    def _move(self, changes: frozenset[Change], part: OptionCount, outcome: Outcome) -> Move:
        changed = {c.field for c in changes}
        forced = tuple(
            self._change(name, getattr(self.base, name), getattr(part, name))
            for name in ("jail_days", "suspended_days", "fine", "served_days", "supervision_days")
            if name not in changed and getattr(self.base, name) != getattr(part, name)
        )
        # A sentence changed from what the new offense allows is told from what the baseline has.
        told = frozenset(
            replace(c, before=getattr(self.base, c.field)) if c.field in ("jail_days", "suspended_days") else c
            for c in changes
        )
        return Move(told, part, outcome, *self._seen(part, outcome), forced)


def _kind(offer: Offer, rule: DispositionRule) -> tuple[object, ...]:
    terms = offer.model_dump(exclude={"disposition", "agreements", "unverified", "offered", "because"})
    return (rule.is_conviction, rule.montana_conviction, rule.id == "deferred-imposition", rule.confines, str(terms))
