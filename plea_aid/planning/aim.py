"""One finding to be taken away: what each count shows for it, and what the whole option comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plea_aid.planning.fold import Item, cell_level
from plea_aid.planning.moves import Move, Moves, without
from plea_aid.planning.readings import Reading, TakenApart
from plea_aid.planning.terms import Cell


class Aim:
    """The target of a search. Levels are remembered by what the target can tell apart."""

    def __init__(
        self,
        apart: TakenApart,
        cell: Cell,
        counts: Sequence[Moves],
        base_items: Sequence[Item],
        prior_items: Sequence[Item],
    ) -> None:
        self.apart, self.cell, self.base_items, self.prior_items = apart, cell, base_items, prior_items
        self._terms = [f.term for f in cell.feeds]
        self._totals = any(apart.terms[t].total for t in self._terms)
        self._lone = any(apart.terms[t].lone for t in self._terms)
        self._keys: dict[int, tuple[int, Reading]] = {}
        self._numbers: dict[object, int] = {}
        self._levels: dict[tuple[tuple[int, int], ...], int] = {}
        self._alike = self._interchangeable()
        self.classes = [self._classes(moves) for moves in counts]
        self.bounds = [
            _least([m.base.reading, *(g[0].reading for g in c)]) for m, c in zip(counts, self.classes, strict=True)
        ]
        self.changeable = [i for i, groups in enumerate(self.classes) if groups]

    def level(self, instead: Mapping[int, Reading]) -> int:
        """Return what the baseline comes to with other readings for some of its counts."""
        key = tuple(sorted((self._alike[i], self._key(reading)) for i, reading in instead.items()))
        found = self._levels.get(key)
        if found is None:
            items = [Item(item.scheme, instead[i]) if i in instead else item for i, item in enumerate(self.base_items)]
            found = self._levels[key] = cell_level(self.apart, self.cell, [*items, *self.prior_items])
        return found

    def _interchangeable(self) -> list[int]:
        """Return a number for each count: counts alone in their schemes that show the same share one."""
        schemes = [i.scheme for i in (*self.base_items, *self.prior_items)]
        first: dict[int, int] = {}
        found = []
        for i, item in enumerate(self.base_items):
            alone = schemes.count(item.scheme) == 1
            found.append(first.setdefault(self._key(item.reading), i) if alone else i)
        return found

    def _classes(self, moves: Moves) -> list[list[Move]]:
        """Return the moves that make a difference to the target, those that make the same difference together."""
        own = self._key(moves.base.reading)
        groups: dict[int, list[Move]] = {}
        for move in moves.moves:
            key = self._key(move.reading)
            if key == own:
                continue
            parts = (without(moves, move, change) for change in move.changes)
            if all(part is None or self._key(part.reading) != key for part in parts):
                groups.setdefault(key, []).append(move)
        return list(groups.values())

    def _key(self, reading: Reading) -> int:
        """Return a number that two readings share when the target cannot tell them apart."""
        known = self._keys.get(id(reading))
        if known is None:
            shown = (
                tuple(reading.levels[t] for t in self._terms),
                reading.others if self._lone else (),
                (reading.conviction, reading.ordered_days, reading.served_days) if self._totals else (),
                bool(self.cell.unsure & reading.not_analysed),
            )
            number = self._numbers.setdefault(shown, len(self._numbers))
            known = self._keys[id(reading)] = (number, reading)  # holding it keeps its identity from being reused
        return known[0]


def _least(readings: Sequence[Reading]) -> Reading:
    """Return a reading at or below all of these: a bound, since nothing ever falls when a reading rises."""
    triples = zip(*(r.levels for r in readings), strict=True)
    return Reading(
        levels=tuple((min(a), min(b), min(c)) for a, b, c in (zip(*t, strict=True) for t in triples)),
        not_analysed=frozenset.intersection(*(r.not_analysed for r in readings)),
        others=tuple(min(values) for values in zip(*(r.others for r in readings), strict=True)),
        conviction=min(r.conviction for r in readings),
        ordered_days=min(r.ordered_days for r in readings),
        served_days=min(r.served_days for r in readings),
    )
