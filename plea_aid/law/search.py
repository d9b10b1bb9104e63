"""Find an entry of the law by citation or by words, as a person types them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from plea_aid.law.catalogue import Law
from plea_aid.law.records import Authority, Ground, Offense

_T = TypeVar("_T")
_ENDING = re.compile(r"(?:ing|ed|es|s)$")


def find_offenses(law: Law, text: str, limit: int = 12) -> tuple[Offense, ...]:
    """Return the offenses that ``text`` names: those of its citation, else those in which all its words occur.

    A word in the title weighs more than one in the summary; of equals the one first in the code stands first.
    """
    if not text.strip():
        return ()
    cited = law.find(text)
    if cited:
        return cited[:limit]
    words = [stem(w) for w in _words(text)]
    if not words:
        return ()
    ranked = [(-_weight(offense, words), place, offense) for place, offense in enumerate(law.offenses.values())]
    return tuple(offense for weight, _, offense in sorted(ranked, key=lambda r: r[:2]) if weight)[:limit]


def find_authorities(law: Law, text: str, limit: int = 25) -> tuple[Authority, ...]:
    """Return the authorities in whose name, citation or proposition all words of ``text`` occur."""
    return _holding(law.authorities.values(), text, lambda a: f"{a.id} {a.name} {a.citation} {a.proposition}", limit)


def find_grounds(law: Law, text: str, limit: int = 200) -> tuple[Ground, ...]:
    """Return the grounds in whose name, citation or words all words of ``text`` occur; all for an empty text."""
    if not text.strip():
        return tuple(law.grounds.values())[:limit]
    return _holding(law.grounds.values(), text, lambda g: f"{g.id} {g.name} {g.citation} {g.ina} {g.says}", limit)


def _holding(records: Iterable[_T], text: str, said: Callable[[_T], str], limit: int) -> tuple[_T, ...]:
    words = [stem(w) for w in _words(text)]
    found = (r for r in records if words and all(word in said(r).lower() for word in words))
    return tuple(itertools.islice(found, limit))


def _weight(offense: Offense, words: list[str]) -> int:
    """Return 0 unless every word occurs, else how near the top the words stand."""
    title = f" {offense.cite} {offense.title} {' '.join(offense.labels)} {' '.join(offense.counts_as_prior)}".lower()
    rest = f" {offense.summary} {offense.family} {' '.join(offense.also_cited)} {' '.join(offense.flags)}".lower()
    total = 0
    for word in words:
        if word in title:
            total += 3
        elif word in rest:
            total += 1
        else:
            return 0
    return total


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+(?:-[0-9a-z]+)*", text.lower())


def stem(word: str) -> str:
    """Return a word without its ending, so that 'shoplifted' finds 'shoplifting'."""
    shorter = _ENDING.sub("", word)
    return shorter if len(shorter) >= 3 else word
