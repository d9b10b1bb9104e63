"""An option as a starting point: what its counts show, what could be changed about them, and what the plan allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from plea_aid.analysis.case import Case, Option, OptionCount
from plea_aid.analysis.charge import Outcome
from plea_aid.law.catalogue import Law
from plea_aid.planning.accountability import Accountability, Measures, measure, shortfalls, weigh
from plea_aid.planning.fold import Item
from plea_aid.planning.moves import Move, moves_of
from plea_aid.planning.readings import TakenApart

Picked = Mapping[int, Move]
"""A move for each count that is changed, by the count's place."""


APART = "apart"
"""Dispositions that cannot stand in one agreement."""
_WORDS = {
    "keep_conviction": "a conviction",
    "min_imposed_days": "the days ordered",
    "min_jail_days": "the days of jail",
    "min_supervision_days": "the days of supervision",
    "min_fine": "the fine",
}


def outside_the_plan(in_the_way: Iterable[str]) -> str:
    """Say what every change that would avoid a finding gives up."""
    keys = dict.fromkeys(in_the_way)
    kept = [_WORDS.get(key) or f"a prior for {key.removeprefix('keep_prior_for ')}" for key in keys if key != APART]
    reasons = [f"gives up something that the plan keeps ({', '.join(kept)})"] if kept else []
    reasons += ["puts together dispositions that cannot stand in one agreement"] if APART in keys else []
    return f"{OUTSIDE_THE_PLAN}{' or '.join(reasons)}."


OUTSIDE_THE_PLAN = "Changes that would avoid this exist, but each of them "


class Trial:
    """The option with its moves; changes are tried on it."""

    def __init__(
        self,
        case: Case,
        law: Law,
        apart: TakenApart,
        baseline: Option,
        priors: Sequence[Outcome],
        most_changes: int,
    ) -> None:
        self.case, self.law, self.apart = case, law, apart
        self.counts = moves_of(case, law, apart, baseline, most_changes)
        self.prior_items = [Item(p.scheme, apart.read(p), prior=True) for p in priors]
        self.base_items = [Item(m.base.outcome.scheme, m.base.reading) for m in self.counts]
        self.base_weight = self.weight({})
        self.base_short = shortfalls(case.plan, self.base_weight)

    def parts(self, moves: Picked) -> list[tuple[OptionCount, Outcome]]:
        """Return every count of the option with its outcome, the changed ones as changed."""
        picked = [moves.get(i, self.counts[i].base) for i in range(len(self.counts))]
        return [(m.part, m.outcome) for m in picked]

    def measure(self, moves: Picked) -> Measures:
        """Return the measures of accountability that the plan can bind."""
        return measure(self.case.plan, [moves.get(i, m.base).share for i, m in enumerate(self.counts)])

    def weight(self, moves: Picked) -> Accountability:
        """Return the whole accountability vector."""
        picked = [moves.get(i, m.base) for i, m in enumerate(self.counts)]
        return weigh(self.law, self.case.plan, [m.share for m in picked], [m.outcome for m in picked])

    def allowed(self, moves: Picked) -> bool:
        """Say whether the option keeps the plan as far as the baseline does, and could be one agreement."""
        return not self.in_the_way(moves)

    def in_the_way(self, moves: Picked) -> tuple[str, ...]:
        """Return what keeps the changes from being offered: keys of the plan that they give up, or of ``APART``."""
        short = shortfalls(self.case.plan, self.measure(moves))
        given_up = tuple(key for key, amount in short.items() if amount > self.base_short.get(key, 0))
        return given_up or ((APART,) if self._cannot_stand_together(moves) else ())

    def _cannot_stand_together(self, moves: Picked) -> bool:
        ended = {part.disposition.value for part, _ in self.parts(moves)}
        before = {m.base.part.disposition.value for m in self.counts}
        return any(
            ended & {*rule.one} and ended & {*rule.other} and not (before & {*rule.one} and before & {*rule.other})
            for rule in self.law.limits.apart
        )
