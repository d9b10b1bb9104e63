"""How far the screening of a docket is, and how long the rest of it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

Stage = Literal["Reading", "Screening", "Writing"]
Progress = Callable[[Stage, float], None]
"""Told what is being done, and how far the whole is, 0 to 1."""
_FROM: Mapping[Stage, tuple[float, float]] = {"Reading": (0.0, 0.27), "Screening": (0.27, 0.65), "Writing": (0.65, 1.0)}
"""What part of the whole each stage takes, as measured on a docket of a million counts."""
_TOO_SOON = 0.02


def of_the_whole(progress: Progress) -> Progress:
    """Return what is told how far a stage is, and tells ``progress`` how far the whole is."""

    def tell(stage: Stage, share: float) -> None:
        first, last = _FROM[stage]
        progress(stage, first + (last - first) * min(1.0, share))

    return tell


def seconds_left(done: float, gone: float) -> float | None:
    """Return the seconds that the rest takes at the pace of the whole so far; None while it is too soon to say."""
    return gone / done * (1 - done) if done > _TOO_SOON else None
