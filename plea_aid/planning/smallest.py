"""The smallest changes to the baseline that take a finding away, each proved minimal.

For every finding at possible or above: all sets of one, two or three changes after which the ground is below possible
for the finding's postures, and of which no part can be undone. Undoing is tried both ways: as if the change had never
been made, and on the finished option with everything else left as it is. Where only the first way brings the ground
back, what the change forces (no jail, a shorter term) does the work; such sets are listed apart, and only for findings
that have no others. A set of two or three changes is counted but not listed when another set for the same finding
gives up no more weight and adds no more grounds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from plea_aid.analysis.case import Case, Option
from plea_aid.analysis.charge import CaseError, Outcome
from plea_aid.analysis.findings import Finding
from plea_aid.analysis.levels import flagged, rank
from plea_aid.law.catalogue import Law
from plea_aid.planning.accountability import Measures
from plea_aid.planning.aim import Aim
from plea_aid.planning.changes import Lowering, SmallestChange, SmallestChanges, Target, Unavoidable
from plea_aid.planning.fold import cell_levels
from plea_aid.planning.moves import MOST_CHANGES, Change, Move, without
from plea_aid.planning.readings import Reading, TakenApart
from plea_aid.planning.requirements import requirements
from plea_aid.planning.space import outcome_of
from plea_aid.planning.terms import POSSIBLE, Cell, level_of
from plea_aid.planning.trial import Picked, Trial, outside_the_plan

CURED_BY_NOTHING = (
    "No change to the plea avoids this: the charge or arrest alone is enough. Only not charging, or charging an "
    "accurate offense that is not on the list, would have."
)
NO_PLEA = (
    "No plea avoids this: even with every count ended in the way that shows least, it stands. "
    "What was charged, or a conviction from before, is enough."
)
TOO_MANY = f"No set of {MOST_CHANGES} changes or fewer avoids this; the frontier shows the options without it, if any."


def smallest_changes(
    case: Case, law: Law, apart: TakenApart, baseline: Option, findings: Sequence[Finding], priors: Sequence[Outcome]
) -> SmallestChanges:
    """Return the smallest changes for every finding of the baseline at possible or above."""
    return _Finder(case, law, apart, baseline, priors).find([f for f in findings if rank(f.level) >= POSSIBLE])


@dataclass(frozen=True)
class _Sets:
    strict: list[Picked]
    forced: list[Picked]
    why_not: str


def _with(moves: Picked, place: int, reading: Reading) -> dict[int, Reading]:
    return {**{j: m.reading for j, m in moves.items()}, place: reading}


class _Finder(Trial):
    def __init__(self, case: Case, law: Law, apart: TakenApart, baseline: Option, priors: Sequence[Outcome]) -> None:
        super().__init__(case, law, apart, baseline, priors, MOST_CHANGES)
        self.beaten = 0
        self.base_levels = cell_levels(self.apart, [*self.base_items, *self.prior_items])
        self._solved: dict[Cell, _Sets] = {}
        self._quiet: dict[int, bool] = {}
        self._put_back: dict[tuple[int, Change], Reading | None] = {}

    def find(self, findings: Sequence[Finding]) -> SmallestChanges:
        gathered: dict[bool, dict[frozenset[Change], tuple[list[Target], Picked]]] = {False: {}, True: {}}
        lowering: list[Lowering] = []
        unavoidable: list[Unavoidable] = []
        for finding in findings:
            target = (finding.ground, finding.postures)
            sets = self._sets_for(target)
            for moves in sets.strict or sets.forced:
                changes = frozenset(c for m in moves.values() for c in m.changes)
                gathered[not sets.strict].setdefault(changes, ([], moves))[0].append(target)
            if not (sets.strict or sets.forced):
                unavoidable.append(Unavoidable(*target, finding.level, sets.why_not))
            if flagged(finding.level):
                lowering += self._lowerings(finding)
        strict, forced = (self._results(gathered[which]) for which in (False, True))
        return SmallestChanges(strict, tuple(lowering), tuple(unavoidable), forced, self.beaten)

    def _results(self, gathered: dict[frozenset[Change], tuple[list[Target], Picked]]) -> tuple[SmallestChange, ...]:
        found = [self._result(tuple(targets), moves) for targets, moves in gathered.values()]
        return tuple(sorted(found, key=lambda c: (len(c.changes), self._cost_order(c), str(c.changes))))

    # ----- searching

    def _sets_for(self, target: Target) -> _Sets:
        """Return the minimal sets for a target; targets fed by the same terms share the work."""
        cell = self.apart.cell(*target)
        known = self._solved.get(cell)
        if known is None:
            aim = Aim(self.apart, cell, self.counts, self.base_items, self.prior_items)
            known = self._solved[cell] = self._search(aim, target)
        return known

    def _search(self, aim: Aim, target: Target) -> _Sets:
        strict: list[Picked] = []
        forced: list[Picked] = []
        in_the_way: dict[str, None] = {}
        for many in range(1, MOST_CHANGES + 1):
            for chosen in itertools.combinations(aim.changeable, many):
                if aim.level({i: aim.bounds[i] for i in chosen}) >= POSSIBLE:
                    continue
                for moves in self._minimal_sets(aim, chosen):
                    found = self.in_the_way(moves)
                    if found:
                        in_the_way.update(dict.fromkeys(found))
                    elif self._stands_alone(aim, moves):
                        strict.append(moves)
                    else:
                        forced.append(moves)
        if strict or forced:
            return _Sets(self._fewest(strict), self._fewest(forced), "")
        return _Sets([], [], outside_the_plan(in_the_way) if in_the_way else self._why_not(aim, target))

    def _why_not(self, aim: Aim, target: Target) -> str:
        if aim.level(dict(enumerate(aim.bounds))) < POSSIBLE:
            return TOO_MANY
        ground, postures = self.law.grounds[target[0]], set(target[1])
        limbs = [limb for limb in ground.limbs if not limb.postures or postures.intersection(limb.postures)]
        return CURED_BY_NOTHING if all(limb.basis == "charge" for limb in limbs) else NO_PLEA

    def _minimal_sets(self, aim: Aim, chosen: Sequence[int]) -> Iterator[Picked]:
        """Yield the sets that change exactly the counts ``chosen``, take the target away and lose it if cut."""
        for groups in itertools.product(*(aim.classes[i] for i in chosen)):
            if sum(min(len(m.changes) for m in group) for group in groups) > MOST_CHANGES:
                continue
            if aim.level({i: g[0].reading for i, g in zip(chosen, groups, strict=True)}) >= POSSIBLE:
                continue
            for picked in itertools.product(*groups):
                moves = dict(zip(chosen, picked, strict=True))
                if sum(len(m.changes) for m in picked) <= MOST_CHANGES and self._needs_each(aim, moves):
                    yield moves

    def _needs_each(self, aim: Aim, moves: Picked) -> bool:
        """Say whether leaving out any one change brings the target back, or leaves nothing lawful."""
        return all(
            undone is None or aim.level(_with(moves, i, undone.reading)) >= POSSIBLE
            for i, move in moves.items()
            for undone in (without(self.counts[i], move, change) for change in move.changes)
        )

    def _stands_alone(self, aim: Aim, moves: Picked) -> bool:
        """Say whether putting any one field of the finished option back brings the target back, or is not lawful."""
        return all(
            reading is None or aim.level(_with(moves, i, reading)) >= POSSIBLE
            for i, move in moves.items()
            for reading in (self._reverted(i, move, change) for change in move.changes)
        )

    def _reverted(self, i: int, move: Move, change: Change) -> Reading | None:
        """Return what the finished count shows with one field put back; None when the law does not allow that."""
        key = (id(move), change)
        if key not in self._put_back:
            self._put_back[key] = self._put_one_back(i, move, change)
        return self._put_back[key]

    def _put_one_back(self, i: int, move: Move, change: Change) -> Reading | None:
        base = self.counts[i].base.part
        if change.field.startswith("record."):
            said = move.part.record.model_dump(exclude_none=True) if move.part.record else {}
            before = base.record.model_dump(exclude_none=True) if base.record else {}
            key = change.field.removeprefix("record.")
            said.pop(key, None)
            if key in before:
                said[key] = before[key]
            update: dict[str, Any] = {
                "record": type(self.counts[i].count.record).model_validate(said) if said else None
            }
        else:
            update = {change.field: getattr(base, change.field)}
        part = move.part.model_copy(update=update)
        try:
            return self.apart.read(outcome_of(self.case, self.law, self.apart, self.counts[i].count, part))
        except CaseError:
            return None

    # ----- judging sets

    def _fewest(self, found: list[Picked]) -> list[Picked]:
        return self._without_beaten(_least_drastic(found))

    def _without_beaten(self, found: list[Picked]) -> list[Picked]:
        """Leave out sets of two or three changes where another set gives up no more weight and adds no more grounds."""
        judged = []
        for moves in found:
            size = sum(len(m.changes) for m in moves.values())
            judged.append((moves, _measures(self.measure(moves)), self._raised(moves), size))
        kept = []
        for moves, weight, added, size in judged:
            beaten = size > 1 and any(
                other is not moves
                and other_size <= size
                and _at_least(other_weight, weight)
                and other_added <= added
                and (other_weight != weight or other_added != added or other_size < size)
                for other, other_weight, other_added, other_size in judged
            )
            self.beaten += beaten
            if not beaten:
                kept.append(moves)
        return kept

    def _is_quiet(self, i: int, move: Move) -> bool:
        if id(move) not in self._quiet:
            self._quiet[id(move)] = _shows_no_more(move.reading, self.counts[i].base.reading)
        return self._quiet[id(move)]

    def _raised(self, moves: Picked) -> set[int]:
        """Return the cells that the changes raise. A count that shows nothing more anywhere can raise none."""
        if all(self._is_quiet(i, m) for i, m in moves.items()):
            return set()
        levels = zip(self._levels(moves), self.base_levels, strict=True)
        return {place for place, (level, before) in enumerate(levels) if level > before}

    def _levels(self, moves: Picked) -> tuple[int, ...]:
        items = [
            replace(item, reading=moves[i].reading) if i in moves else item for i, item in enumerate(self.base_items)
        ]
        return cell_levels(self.apart, [*items, *self.prior_items])

    def _reached(self, levels: Sequence[int]) -> set[str]:
        """Return the grounds that are possible or above for anyone."""
        cells = zip(self.apart.cells, levels, strict=True)
        return {ground for cell, level in cells if level >= POSSIBLE for ground, _ in cell.stands_for}

    # ----- results

    def _result(self, targets: tuple[Target, ...], moves: Picked) -> SmallestChange:
        before, after = self._reached(self.base_levels), self._reached(self._levels(moves))
        weight = self.weight(moves)
        order = [g for g in self.law.grounds if g in before | after]
        changed = [m.part for m in moves.values()]
        changes = sorted((c for m in moves.values() for c in m.changes), key=lambda c: (c.count, _place(c.field)))
        parts = tuple(part for part, _ in self.parts(moves) if part.disposition.value != "pending")
        return SmallestChange(
            avoids=targets,
            changes=tuple(changes),
            adjustments=tuple(c for m in moves.values() for c in m.adjustments),
            removed=tuple(g for g in order if g in before - after),
            added=tuple(g for g in order if g in after - before),
            kept=tuple(g for g in order if g in before & after),
            requires=requirements(self.law, self.case.count, changed, self.apart.ordered_steps, parts),
            accountability=weight,
            cost=weight.changes_from(self.base_weight),
            option=Option(name=_named(changes), count=parts),
        )

    def _lowerings(self, finding: Finding) -> list[Lowering]:
        """Return the single changes that take a flagged finding to possible."""
        target = (finding.ground, finding.postures)
        aim = Aim(self.apart, self.apart.cell(*target), self.counts, self.base_items, self.prior_items)
        found: dict[frozenset[Change], Picked] = {}
        for i, moves in enumerate(self.counts):
            for move in moves.moves:
                if len(move.changes) == 1 and aim.level({i: move.reading}) == POSSIBLE:
                    found[move.changes] = {i: move}
        allowed = _least_drastic([moves for moves in found.values() if self.allowed(moves)])
        return [Lowering(*target, finding.level, level_of(POSSIBLE), self._result((), moves)) for moves in allowed]

    def _cost_order(self, change: SmallestChange) -> tuple[int, ...]:
        return tuple(b - a for a, b in zip(_measures(change.accountability), _measures(self.base_weight), strict=True))


def _shows_no_more(one: Reading, other: Reading) -> bool:
    return (
        all(
            a <= b
            for mine, theirs in zip(one.levels, other.levels, strict=True)
            for a, b in zip(mine, theirs, strict=True)
        )
        and one.not_analysed <= other.not_analysed
        and all(a <= b for a, b in zip(one.others, other.others, strict=True))
        and one.conviction <= other.conviction
        and one.ordered_days <= other.ordered_days
        and one.served_days <= other.served_days
    )


def _measures(weight: Measures) -> tuple[int, ...]:
    return (
        weight.convictions,
        len(weight.counts_as_prior),
        weight.imposed_days,
        weight.jail_days,
        weight.supervision_days,
        weight.fine,
        int(weight.restitution_available),
    )


def _at_least(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(a >= b for a, b in zip(one, other, strict=True))


def _least_drastic(found: Sequence[Picked]) -> list[Picked]:
    """Of sets that shorten the same terms, keep those that no other shortens less."""
    alike: dict[object, list[tuple[Picked, tuple[int, ...]]]] = {}
    for moves in found:
        changes = sorted((c for m in moves.values() for c in m.changes), key=lambda c: (c.count, c.field))
        days = tuple(c.after for c in changes if c.field in _DAYS)
        shape = tuple((c.count, c.field, None if c.field in _DAYS else c.after) for c in changes)
        alike.setdefault(shape, []).append((moves, days))
    return [
        moves
        for group in alike.values()
        for moves, days in group
        if not any(other != days and _at_least(other, days) for _, other in group)
    ]


_DAYS = ("jail_days", "suspended_days", "served_days")


def _place(name: str) -> tuple[int, str]:
    order = ("offense", "disposition", "record", "jail_days", "suspended_days", "served_days", "supervision_days")
    return order.index(name.split(".")[0]), name


def _named(changes: Sequence[Change]) -> str:
    """Return a short name for an option that differs from the baseline in these changes."""
    said = "; ".join(f"count {c.count}: {c.field.replace('_', ' ').replace('record.', '')} {c.after}" for c in changes)
    return said if len(said) <= 120 else said[:119] + "…"
