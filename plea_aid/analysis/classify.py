"""Classify an offense by itself, apart from any case: how its elements stand to every category, record open."""

from __future__ import annotations

from datetime import date

from plea_aid.analysis.charge import Charge
from plea_aid.analysis.match import Match
from plea_aid.analysis.reader import Reader
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Offense


def classify(offense: Offense, law: Law, day: date) -> tuple[Match, ...]:
    """Return the match of ``offense`` with every category as of ``day``, nothing known of the record."""
    reader, charge = Reader(law, day), Charge((offense,), None, offense.id, offense.cite, offense.title)
    return tuple(reader.match(charge, (), name) for name in law.categories)
