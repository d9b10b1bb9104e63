"""Arithmetic on the five likelihood levels."""

from __future__ import annotations

from collections.abc import Iterable

from plea_aid.law.records import LEVELS, Level

_RANK: dict[str, int] = {level: rank for rank, level in enumerate(LEVELS)}

FLAGGED: tuple[Level, ...] = ("likely", "certain")


def rank(level: Level) -> int:
    """Return 0 for ``none`` up to 4 for ``certain``."""
    return _RANK[level]


def lower(*levels: Level) -> Level:
    """Return the lowest: what a chain of conditions is worth together."""
    return min(levels, key=rank)


def higher(levels: Iterable[Level]) -> Level:
    """Return the highest: what alternatives are worth together; ``none`` of nothing."""
    return max(levels, key=rank, default="none")


def flagged(level: Level) -> bool:
    """Say whether the level is shown as a flag: certain or likely."""
    return rank(level) >= _RANK["likely"]
