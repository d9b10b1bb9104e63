"""Kinds of counts: what the law tells apart in the rows of a docket, each kind put to the engine once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from plea_aid.analysis.case import Count, OptionCount
from plea_aid.analysis.charge import CaseError, Charge, Outcome, facts_of, outcomes, resolve_charge
from plea_aid.analysis.levels import rank
from plea_aid.law.catalogue import UnknownOffense
from plea_aid.screening.columns import case_parts, option_of
from plea_aid.screening.marks import MarkedOutcome, marked
from plea_aid.screening.tables import Tables

Ints = npt.NDArray[np.int64]
_KEPT = 20_000
"""Citations kept in mind; a docket whose citations are wrong may have any number."""


@dataclass(frozen=True)
class Kind:
    """One kind of count: every row of it comes to the same, in the same words but for its own figures."""

    outcome: MarkedOutcome
    example: Mapping[str, Any]
    """The values of the first row of the kind."""


class Kinds:
    """The kinds met so far, with what the tests across counts ask of each."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.kinds: list[Kind] = []
        self._conviction: list[int] = []
        self._own: list[tuple[int, ...]] = []
        self._another: list[tuple[int, ...]] = []
        self._asks: list[tuple[bool, ...]] = []
        self._places: dict[tuple[object, ...], int] = {}
        self._charges: dict[str, Charge | str] = {}

    def charge(self, text: str) -> Charge | str:
        """Return the charge a citation stands for, or what is wrong with it."""
        found = self._charges.get(text)
        if found is None:
            try:
                found = resolve_charge(self.tables.law, text)
            except UnknownOffense as fault:
                found = str(fault.args[0])
            if len(self._charges) >= _KEPT:
                self._charges.clear()
            self._charges[text] = found
        return found

    def outcome(self, values: Mapping[str, Any]) -> Outcome:
        """Return what a row comes to in law; raise CaseError when the law does not allow its numbers or facts."""
        count, part = case_parts(values)
        return _outcome(self.tables, count, part)

    def place(self, values: Mapping[str, Any]) -> int:
        """Return the place of the kind a row is of; a kind not met before is added. Raise CaseError."""
        outcome = self.outcome(values)
        key = self._key(outcome)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = len(self.kinds)
            shown = marked(outcome)
            self.kinds.append(Kind(shown, dict(values)))
            self._conviction.append(rank(outcome.conviction))
            self._own.append(self.tables.own_levels(shown))
            self._another.append(self.tables.another(shown))
            self._asks.append(self.tables.asks_for_another(shown))
        return found

    def _key(self, o: Outcome) -> tuple[object, ...]:
        t, record, asked = self.tables, o.record, self.tables.asks_about(o)
        return (
            *self.law_key(o), o.conviction, o.disposition.id == "pending",
            "supervised" in asked and o.supervised,
            "ordered" in asked and bisect_right(t.ordered_steps, o.ordered_days),
            "served" in asked and bisect_right(t.served_steps, o.served_days),
            None if record.loss is None or "loss" not in asked else bisect_left(t.loss_over, record.loss),
            None
            if record.marijuana_grams is None or "marijuana_grams" not in asked
            else bisect_left(t.grams_over, record.marijuana_grams),
        )  # fmt: skip

    def law_key(self, o: Outcome) -> tuple[object, ...]:
        """Return what the law tells apart in a charge, its maximum and the facts of its record."""
        asked = self.tables.asks_about(o)
        facts = {key: said for key, said in facts_of(o.record).items() if key in asked}
        if "substance" in facts:
            facts["substance"] = self.substance(str(facts["substance"]))
        return o.charged.id, o.final.id, o.maximum_days, o.felony, tuple(sorted(facts.items()))

    def substance(self, named: str) -> str:
        """Return the substance as the law tells substances apart."""
        plain = named.strip().lower()
        return plain if plain in self.tables.substances else "another"

    def own_of(self, kind: int) -> tuple[int, ...]:
        """Return, by test across counts, how surely a kind qualifies, rank 0 to 4."""
        return self._own[kind]

    def conviction_of(self, kind: int) -> int:
        """Return how surely a kind is a conviction, rank 0 to 4."""
        return self._conviction[kind]

    # ----- as columns

    @property
    def conviction(self) -> Ints:
        """By kind: how surely it is a conviction, rank 0 to 4."""
        return np.array(self._conviction, dtype=np.int64)

    @property
    def own(self) -> Ints:
        """By kind and test across counts: how surely it qualifies, rank 0 to 4."""
        return np.array(self._own, dtype=np.int64).reshape(len(self.kinds), len(self.tables.across))

    @property
    def another(self) -> Ints:
        """By kind and lone-offense exception: whether it is another such offense, 0 no, 1 perhaps, 2 yes."""
        return np.array(self._another, dtype=np.int64).reshape(len(self.kinds), len(self.tables.lone))

    @property
    def asks(self) -> npt.NDArray[np.bool_]:
        """By kind and lone-offense exception: whether another offense can make a difference to it."""
        return np.array(self._asks, dtype=np.bool_).reshape(len(self.kinds), len(self.tables.lone))


def _outcome(tables: Tables, count: Count, part: OptionCount) -> Outcome:
    try:
        return outcomes(tables.law, option_of([part]), (count,), (), None, tables.day)[0]
    except CaseError as fault:
        raise CaseError([line.removeprefix("option 'docket', ") for line in fault.problems]) from None
