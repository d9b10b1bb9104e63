"""Put the readings of the counts of one option together and say what each ground comes to.

The same arithmetic as the ledger's, for one option at a time and in plain Python: the smallest changes are tried with
it, and the tests hold both against the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plea_aid.planning.readings import Reading, TakenApart
from plea_aid.planning.terms import POSSIBLE, Cell, Term


@dataclass(frozen=True)
class Item:
    """A count, or a prior, as the terms see it."""

    scheme: str
    reading: Reading
    prior: bool = False


def term_level(apart: TakenApart, place: int, items: Sequence[Item]) -> int:
    """Return what a term comes to over all counts and priors, as a rank."""
    term = apart.terms[place]
    if term.total:
        return _total(term, items)
    if term.tally:
        return _tally(term, place, items)
    if not term.lone:
        return max([i.reading.levels[place][0] for i in items if not i.prior], default=0)
    own = [i for i in items if not i.prior and i.reading.levels[place][2]]
    lone = next(n for n, e in enumerate(apart.lone) if e.id == term.lone)
    same_incident = apart.lone[lone].substance is not None
    return max((i.reading.levels[place][_others(i, items, lone, same_incident)] for i in own), default=0)


def cell_level(apart: TakenApart, cell: Cell, items: Sequence[Item], *, undecided: int = POSSIBLE) -> int:
    """Return what a cell comes to; where no doctrine decides it is taken as ``undecided``, by default possible."""
    level = max((min(term_level(apart, f.term, items), f.cap) for f in cell.feeds), default=0)
    if level < undecided and any(not i.prior and cell.unsure & i.reading.not_analysed for i in items):
        return undecided
    return level


def cell_levels(apart: TakenApart, items: Sequence[Item], *, undecided: int = POSSIBLE) -> tuple[int, ...]:
    """Return what every cell comes to, in the order of ``apart.cells``."""
    terms = [term_level(apart, place, items) for place in range(len(apart.terms))]
    missing = frozenset().union(*(i.reading.not_analysed for i in items if not i.prior))
    found = []
    for cell in apart.cells:
        level = max((min(terms[f.term], f.cap) for f in cell.feeds), default=0)
        found.append(max(level, undecided) if missing & cell.unsure else level)
    return tuple(found)


def all_levels(apart: TakenApart, items: Sequence[Item], *, undecided: int = POSSIBLE) -> dict[tuple[str, str], int]:
    """Return the level of every ground for every posture, clear left out."""
    levels = cell_levels(apart, items, undecided=undecided)
    return {key: level for cell, level in zip(apart.cells, levels, strict=True) if level for key in cell.stands_for}


def _total(term: Term, items: Sequence[Item]) -> int:
    convictions = [i for i in items if i.reading.conviction]
    own = [i.reading.conviction for i in convictions if not i.prior]
    if not own or len(convictions) < term.needs:
        return 0
    days = (i.reading.ordered_days if term.total == "ordered" else i.reading.served_days for i in convictions)
    return max(own) if sum(days) >= term.total_needs else 0


def _tally(term: Term, place: int, items: Sequence[Item]) -> int:
    qualifying = [(i.reading.levels[place][0], i.prior, i.scheme) for i in items if i.reading.levels[place][0]]
    # Within a scheme the surest counts, and of equally sure ones a count of this case before a prior.
    qualifying.sort(key=lambda q: (-q[0], q[1]))
    counted: dict[object, tuple[int, bool]] = {}
    for n, (level, prior, scheme) in enumerate(qualifying):
        counted.setdefault(scheme if term.by_scheme else n, (level, prior))
    levels = [level for level, _ in counted.values()]
    own = [level for level, prior in counted.values() if not prior]
    if len(levels) < term.needs or not own:
        return 0
    return min(levels[term.needs - 1], max(own))


def _others(item: Item, items: Sequence[Item], lone: int, same_incident: bool) -> int:
    return max(
        (
            other.reading.others[lone]
            for other in items
            if other is not item and not (same_incident and other.scheme == item.scheme)
        ),
        default=0,
    )
