"""Arithmetic on the five likelihood levels."""

from __future__ import annotations

from collections.abc import Iterable

from plea_aid.law.records import LEVELS, Kind, Level

_RANK: dict[str, int] = {level: rank for rank, level in enumerate(LEVELS)}

# A level is always shown by word and shape, so that nothing rests on color.
SHAPES: dict[str, str] = {
    "certain": "■",
    "likely": "▲",
    "possible": "◆",
    "unlikely": "○",
    "none": "·",
    "not-analysed": "?",
}

KINDS: dict[Kind, str] = {
    "deportability": "Deportability",
    "aggravated-felony": "Aggravated felony",
    "inadmissibility": "Inadmissibility",
    "detention": "Detention",
    "relief-bar": "Bars to relief",
    "gmc": "Good moral character",
    "benefit": "Benefits and visas",
}

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
