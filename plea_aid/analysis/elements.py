"""The elements of an offense in words, one line each: what a factual basis has to show."""

from __future__ import annotations

from plea_aid.analysis.charge import Charge
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Way

_ASKS: dict[str, str] = {
    "mental": "state of mind",
    "mental_effect": "state of mind as to the result",
    "act": "conduct",
    "result": "result",
    "victim": "victim",
    "object": "object",
    "purpose": "purpose",
    "means": "means",
    "substance": "substance",
}
LONGEST = 200
"""Characters an element's words may have in the record."""


def elements_of(charge: Charge, law: Law) -> tuple[str, ...]:
    """Return what must be shown for a charge, each element once; several ways of committing it are alternatives."""
    ways = [way for offense in charge.offenses for way in offense.ways]
    if len(ways) == 1:
        return elements_of_way(ways[0], law)
    said = [way.says or way.id.replace("-", " ") for way in ways]
    return (_fit("one of these ways: " + "; or ".join(dict.fromkeys(said))), *_shared(ways, law))


def _shared(ways: list[Way], law: Law) -> tuple[str, ...]:
    """Return the elements that every way has in the same words."""
    first = elements_of_way(ways[0], law)
    return tuple(e for e in first if all(e in elements_of_way(way, law) for way in ways[1:]))


def elements_of_way(way: Way, law: Law) -> tuple[str, ...]:
    """Return what must be shown for one way of committing an offense."""
    lines = [
        _fit(f"{_ASKS[dimension]}: {' or '.join(_word(law, dimension, value) for value in values)}")
        for dimension, values in way.elements.items()
    ]
    lines += [_fit(_word(law, "facts", fact)) for fact in sorted(way.facts)]
    return tuple(lines)


def _word(law: Law, dimension: str, value: str) -> str:
    term = law.terms.get(value)
    if term is not None:
        return term.says.rstrip(".")
    return law.vocabulary.get(dimension, {}).get(value, value.replace("-", " "))


def _fit(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 4].rsplit(" ", 1)[0] + " ..."
