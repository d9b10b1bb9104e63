"""One line of the table of figures."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """What is asked of a run."""

    full: bool = False
    """Whether the large store has a million cases."""
    server: str | None = None
    """A PostgreSQL server on which databases may be made."""


@dataclass(frozen=True)
class Row:
    """One thing measured beside its baseline, both in this run and on this machine."""

    subject: str
    what: str
    seconds: float | None = None
    """Median seconds; None where the figure is no time or the peer is not installed."""
    baseline: str = ""
    baseline_seconds: float | None = None
    at_least: bool = False
    """True where the baseline was stopped before its end, so that the ratio is a lower bound."""
    same: bool | None = None
    """Whether both gave the same answer, asserted before anything is timed; None where nothing can be compared."""
    at_most: float | None = None
    """The target: seconds that the thing measured may take."""
    least_ratio: float | None = None
    """The target: the ratio that is to be reached."""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing was measured."""
        asked = [
            *([self.seconds <= self.at_most] if self.at_most is not None and self.seconds is not None else []),
            *([self.ratio >= self.least_ratio] if self.least_ratio is not None and self.ratio is not None else []),
        ]
        return all(asked) if asked else None

    @property
    def ratio(self) -> float | None:
        """How many times as long the baseline takes."""
        if not self.seconds or self.baseline_seconds is None:
            return None
        return self.baseline_seconds / self.seconds

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain data; times in seconds."""
        return {
            "subject": self.subject,
            "what": self.what,
            "seconds": self.seconds,
            "baseline": self.baseline,
            "baseline_seconds": self.baseline_seconds,
            "ratio": self.ratio,
            "at_least": self.at_least,
            "same": self.same,
            "at_most": self.at_most,
            "least_ratio": self.least_ratio,
            "met": self.met,
            "note": self.note,
        }


def timed(job: Callable[[], T], times: int = 5) -> tuple[T, float]:
    """Return the result of the last run, and the median of several runs in seconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        result = job()
        taken.append(time.perf_counter() - started)
    return result, statistics.median(taken)
