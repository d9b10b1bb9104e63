"""The analyst: matches charges with categories as of one day, remembering what has been worked out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from plea_aid.analysis.charge import Charge, Outcome, facts_of
from plea_aid.analysis.leaf import as_inchoate, read_record
from plea_aid.analysis.match import Match, match_category
from plea_aid.law.catalogue import Law


@dataclass
class Analyst:
    """Matches charges with categories as of one day, remembering what it has already worked out."""

    law: Law
    day: date
    _matches: dict[tuple[object, ...], Match] = field(default_factory=dict)

    def match(self, charge: Charge, outcome: Outcome, category_id: str) -> Match:
        """Return how ``charge``, with the record of ``outcome``, meets the category."""
        given = facts_of(outcome.record)
        key = (charge.id, tuple(sorted(given.items(), key=str)), category_id)
        found = self._matches.get(key)
        if found is None:
            category = self.law.categories[category_id]
            readings = []
            for offense in charge.offenses:
                reading = read_record(offense, self.law, given, facts_decide=category.approach == "facts")
                if charge.form:
                    reading = replace(reading, leaves=as_inchoate(reading.leaves, charge.form))
                readings.append((reading, offense.holdings))
            found = self._matches[key] = match_category(self.law, category, readings, self.day)
        return found
