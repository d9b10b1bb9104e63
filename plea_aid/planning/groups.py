"""A large frontier in a few groups: the options that leave the same kinds of consequence, and what each group keeps.

A person chooses the group first (what is to be left), then the weight within it. Groups are listed with the fewest
consequences first; that is an order of reading, not a ranking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plea_aid.analysis.levels import flagged, rank
from plea_aid.law.records import Kind
from plea_aid.planning.accountability import Accountability

Mark = str
"""flag, amber or clear."""


@dataclass(frozen=True)
class Group:
    """Options of the frontier with the same mark for every kind of consequence."""

    marks: Mapping[Kind, Mark]
    """For each kind, the mark of the worst placed posture."""
    options: tuple[int, ...]
    """Places in the frontier, the heaviest in imposed days and fine first."""
    least: Mapping[str, int]
    most: Mapping[str, int]
    """Range of each measure over the group: convictions, days, dollars."""

    def as_json(self) -> dict[str, Any]:
        """Return the group as plain data."""
        return {
            "marks": dict(self.marks),
            "options": list(self.options),
            "least": dict(self.least),
            "most": dict(self.most),
        }


_ORDER = ("none", "unlikely", "not-analysed", "possible", "likely", "certain")


def shown_order(level: str) -> int:
    """Return the place of a shown level: 'not analysed' hides no flag and is never shown as clear."""
    return _ORDER.index(level)


MEASURES = ("convictions", "imposed_days", "jail_days", "fine", "supervision_days")


def groups_of(options: Sequence[tuple[Mapping[Kind, str], Accountability]]) -> tuple[Group, ...]:
    """Return the groups of options given as the highest level of each kind and the weight."""
    alike: dict[tuple[tuple[Kind, Mark], ...], list[int]] = {}
    for place, (levels, _) in enumerate(options):
        key = tuple((kind, mark_of(level)) for kind, level in levels.items())
        alike.setdefault(key, []).append(place)
    found = []
    for key, places in alike.items():
        weights = [options[p][1] for p in places]
        ordered = sorted(places, key=lambda p: [-getattr(options[p][1], m) for m in MEASURES])
        found.append(
            Group(
                marks=dict(key),
                options=tuple(ordered),
                least={m: min(getattr(w, m) for w in weights) for m in MEASURES},
                most={m: max(getattr(w, m) for w in weights) for m in MEASURES},
            )
        )
    return tuple(sorted(found, key=_reading_order))


Kept = tuple[int, tuple[str, ...]]
"""How many convictions an option keeps, and for which enhancement families it counts later."""


def by_what_is_kept(places: Sequence[int], weights: Sequence[Accountability]) -> dict[Kept, tuple[int, ...]]:
    """Return the places of one group by the convictions and later enhancements they keep, the most kept first."""
    found: dict[Kept, list[int]] = {}
    for place, weight in zip(places, weights, strict=True):
        found.setdefault((weight.convictions, weight.counts_as_prior), []).append(place)
    order = sorted(found, key=lambda kept: (-kept[0], -len(kept[1]), kept[1]))
    return {kept: tuple(found[kept]) for kept in order}


def mark_of(level: str) -> Mark:
    """Return how a level is shown: flag for certain and likely, amber for possible and not analysed, else clear."""
    if level == "not-analysed":
        return "amber"
    if flagged(level):  # type: ignore[arg-type]
        return "flag"
    return "amber" if rank(level) == rank("possible") else "clear"  # type: ignore[arg-type]


def _reading_order(group: Group) -> tuple[int, int]:
    marks = list(group.marks.values())
    return marks.count("flag"), marks.count("amber")
