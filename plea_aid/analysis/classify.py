"""Classify an offense by itself, apart from any case: how its elements stand to every category, record open."""

from __future__ import annotations

from datetime import date

from plea_aid.analysis.leaf import read_record
from plea_aid.analysis.match import Match, match_category
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Offense


def classify(offense: Offense, law: Law, day: date) -> tuple[Match, ...]:
    """Return the match of ``offense`` with every category as of ``day``, nothing known of the record."""
    reading = read_record(offense, law, {})
    return tuple(match_category(law, c, [(reading, offense.holdings)], day) for c in law.categories.values())
