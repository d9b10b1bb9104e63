"""Leaf ways: every combination of what an offense's words cover, ready to be compared with a federal category."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from plea_aid.law.catalogue import Law
from plea_aid.law.records import Condition, Offense, RecordFact, Way

Inchoate = Literal["attempt", "conspiracy", "solicitation"]
UNSPECIFIED = "unspecified"


@dataclass(frozen=True)
class Leaf:
    """One exact way of committing an offense: a single value in each dimension, and the facts proved with it."""

    offense: str
    way: str
    values: Mapping[str, str]
    facts: frozenset[str]
    group: tuple[str, ...]
    """What a jury would have to agree on: leaves of one group are means of the same element."""
    inchoate: Inchoate | None = None

    def meets(self, condition: Condition) -> bool:
        """Say whether the leaf meets every ``all``, at least one ``any`` and no ``none`` literal."""
        return (
            all(self._holds(literal) for literal in condition.all)
            and (not condition.any or any(self._holds(literal) for literal in condition.any))
            and not any(self._holds(literal) for literal in condition.none)
        )

    def _holds(self, literal: str) -> bool:
        dimension, wanted = taken_apart(literal)
        if dimension == "facts":
            return not self.facts.isdisjoint(wanted)
        if dimension == "inchoate":
            return self.inchoate in wanted
        value = self.values.get(dimension)
        return "-" in wanted if value is None else value in wanted


@cache
def taken_apart(literal: str) -> tuple[str, frozenset[str]]:
    """Return the dimension a literal asks about and the values that meet it."""
    dimension, _, text = literal.partition(":")
    return dimension, frozenset(text.split("|"))


@dataclass(frozen=True)
class Reading:
    """The leaves of a charge once the record of conviction has been read, and what the record left open."""

    leaves: tuple[Leaf, ...]
    selected: tuple[str, ...] = ()
    """Sentences: what the record settled."""
    silent: tuple[str, ...] = ()
    """Keys that the record is said to leave unnamed (``unspecified``)."""
    uncertain_divisibility: bool = False


def leaves_of(offense: Offense, law: Law) -> tuple[Leaf, ...]:
    """Return every leaf way of ``offense``, defined terms spelled out."""
    by_way = offense.ways_are in ("elements", "unknown") and len(offense.ways) > 1
    return tuple(
        leaf for way in offense.ways for leaf in _leaves_of_way(way, offense.id, law, (way.id,) if by_way else ())
    )


def _leaves_of_way(way: Way, offense_id: str, law: Law, key: tuple[str, ...]) -> list[Leaf]:
    names = list(way.elements)
    alternatives: list[list[tuple[str, str]]] = []
    for name in names:
        spelled: list[tuple[str, str]] = []
        for value in way.elements[name]:
            term = law.terms.get(value)
            meanings = term.means if term else (value,)
            divides = name in way.divisible or (term is not None and term.alternatives_are == "elements")
            spelled.extend((v, v if divides else "") for v in meanings)
        alternatives.append(spelled)
    found = []
    for combination in itertools.product(*alternatives):
        divided = tuple(mark for _, mark in combination if mark)
        values = {name: value for name, (value, _) in zip(names, combination, strict=True)}
        found.append(Leaf(offense_id, way.id, values, way.facts, (offense_id, *key, *divided)))
    return found


def read_record(
    offense: Offense, leaves: tuple[Leaf, ...], given: Mapping[str, str | bool], *, facts_decide: bool = False
) -> Reading:
    """Return those of the ``leaves`` of ``offense`` that the record leaves standing.

    The record may be read only between elements (Descamps, Mathis); between means it changes nothing unless
    ``facts_decide``, which the circumstance-specific grounds allow.
    """
    selected: list[str] = []
    silent: list[str] = []
    uncertain = False
    for fact in offense.record_facts:
        if fact.key not in given:
            continue
        answer = _answer(given[fact.key])
        if answer == UNSPECIFIED:
            silent.append(fact.key)
            continue
        meaning = fact.answers.get(answer, "")
        if not meaning or fact.effect == "circumstance":
            continue
        if fact.effect == "adds-fact":
            leaves = tuple(Leaf(x.offense, x.way, x.values, x.facts | {meaning}, x.group, x.inchoate) for x in leaves)
            selected.append(f"The record would show: {fact.question.rstrip('?').lower()}: {answer}.")
            continue
        if not (facts_decide or _divides(offense, fact)):
            continue
        kept = tuple(x for x in leaves if _matches(x, fact, meaning))
        if kept:
            leaves = kept
            uncertain = uncertain or (offense.ways_are == "unknown" and fact.effect == "selects-way")
            selected.append(f"The record would name {answer.replace('-', ' ')} ({fact.question.rstrip('?').lower()}).")
    return Reading(leaves, tuple(selected), tuple(silent), uncertain)


def _answer(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value


def _divides(offense: Offense, fact: RecordFact) -> bool:
    if fact.effect == "selects-way":
        return offense.ways_are in ("elements", "unknown")
    return any(fact.dimension in way.divisible for way in offense.ways) or offense.ways_are in ("elements", "unknown")


def _matches(leaf: Leaf, fact: RecordFact, meaning: str) -> bool:
    if fact.effect == "selects-way":
        return leaf.way == meaning
    return leaf.values.get(fact.dimension or "") == meaning


def as_inchoate(leaves: tuple[Leaf, ...], form: Inchoate | None) -> tuple[Leaf, ...]:
    """Return the leaves as an attempt, a conspiracy or a solicitation to commit them; unchanged for None."""
    if form is None:
        return leaves
    return tuple(Leaf(x.offense, x.way, x.values, x.facts, x.group, form) for x in leaves)
