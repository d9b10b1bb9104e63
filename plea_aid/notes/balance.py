"""Which way each factor points for each option, and how much it weighs. It is shown, never added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plea_aid.notes.content import Factor

PLOTTED = 6
"""Options in one picture; more would not be told apart."""
SIGNS = {"for": "+", "against": "−", "neutral": "="}


@dataclass(frozen=True)
class Row:
    """One factor that points somewhere."""

    factor: str
    weight: str
    points: tuple[str, ...]
    """For each option: for, against, neutral, or '' where nothing was said."""


@dataclass(frozen=True)
class Balance:
    """The factors that point somewhere, in the checklist's order, over the options, in the case's order."""

    options: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: int
    """Options beyond those that one picture holds."""

    @property
    def words(self) -> str:
        """The picture in words."""
        said = [
            f"{row.factor}, {weighed(row.weight)}: "
            + "; ".join(f"{option} {point or 'not said'}" for option, point in self.each(row))
            for row in self.rows
        ]
        return "Which way each factor points for each option; nothing is added up. " + ". ".join(said) + "."

    def each(self, row: Row) -> Iterable[tuple[str, str]]:
        """Return each option with which way the factor points for it."""
        return zip(self.options, row.points, strict=True)


def balance(factors: Iterable[Factor], options: Sequence[str]) -> Balance | None:
    """Return the picture of the factors; None while none of them points anywhere."""
    pointing = [factor for factor in factors if any(name in factor.directions for name in options)]
    named = [name for name in options if any(name in factor.directions for factor in pointing)]
    if not pointing:
        return None
    rows = tuple(Row(f.name, f.weight, tuple(f.directions.get(n, "") for n in named[:PLOTTED])) for f in pointing)
    return Balance(tuple(named[:PLOTTED]), rows, max(0, len(named) - PLOTTED))


def weighed(weight: str) -> str:
    """Return a weight of the checklist in words that stand by themselves."""
    return {"": "weight not said", "none": "no weight"}.get(weight, weight)


def told(point: str) -> str:
    """Return which way a factor points as sign and word."""
    return f"{SIGNS[point]} {point}" if point else "not said"
