"""The reader: matches charges with categories under one law as of one day, remembering what it has worked out.

Nothing here depends on the grounds, so one reader serves every analyst of a law whose grounds alone were narrowed.
"""

from __future__ import annotations

from datetime import date

from plea_aid.analysis.charge import Charge
from plea_aid.analysis.leaf import Inchoate, Leaf, Reading, as_inchoate, leaves_of, read_record
from plea_aid.analysis.match import LeafAnswer, Match, answer_leaf, match_category
from plea_aid.analysis.memory import Memory
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Category, Offense

Facts = tuple[tuple[str, str | bool], ...]
_KEPT = 200_000
"""So many things are remembered at most."""


class Reader:
    """Reads charges as of one day."""

    def __init__(self, law: Law, day: date) -> None:
        self.law, self.day = law, day
        self._remember = Memory(_KEPT)

    def match(self, charge: Charge, facts: Facts, category_id: str) -> Match:
        """Return how ``charge``, with a record that names ``facts``, meets the category."""
        return self._remember((charge.id, facts, category_id), lambda: self._match(charge, facts, category_id))

    def reading(self, offense: Offense, form: Inchoate | None, facts: Facts, facts_decide: bool) -> Reading:
        """Return the leaves of ``offense`` that the facts leave standing, as an attempt or the like if ``form``."""
        return self._remember(
            ("reading", offense.id, form, facts, facts_decide), lambda: self._read(offense, form, facts, facts_decide)
        )

    def _match(self, charge: Charge, facts: Facts, category_id: str) -> Match:
        category = self.law.categories[category_id]
        by_facts = category.approach == "facts"
        readings = [self.reading(offense, charge.form, facts, by_facts) for offense in charge.offenses]
        answers = [
            self._answer(category, leaf, offense)
            for offense, reading in zip(charge.offenses, readings, strict=True)
            for leaf in reading.leaves
        ]
        return match_category(category, readings, answers)

    def _answer(self, category: Category, leaf: Leaf, offense: Offense) -> LeafAnswer:
        # The leaf is kept with its answer, so that its identity is not given to another.
        known: tuple[LeafAnswer, Leaf] = self._remember(
            (category.id, id(leaf)), lambda: (answer_leaf(category, leaf, offense.holdings, self.day), leaf)
        )
        return known[0]

    def _read(self, offense: Offense, form: Inchoate | None, facts: Facts, facts_decide: bool) -> Reading:
        leaves = self._remember(("leaves", offense.id, form), lambda: as_inchoate(leaves_of(offense, self.law), form))
        return read_record(offense, leaves, dict(facts), facts_decide=facts_decide)
