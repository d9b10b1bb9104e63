"""What can be searched for in a text: its words, and a cause number from its beginning or by its last number.

Words are compared without case and accents. What is written together, such as a citation or a cause number, is a word
of its own as well: 45-6-301 is found as 45-6-301.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

LONGEST_WORD = 40
"""Longer words count as their beginning."""
COMMON = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been but by for from had has have he her his in is it its no not of on or she that the "
        "their there they this to was were which who will with would",
    )
)
"""Words that stand in every text: kept out of the index, where they would tell how often each word occurs."""
_CHOICES = frozenset(
    {"gate", "factor", "state", "status", "weight", "type", "agreement_type", "violence", "weapon", "injury", "repeat"}
    | {"disposition", "exclude", "points", "ended"}
)
"""Keys whose values are chosen from a list and not written."""
_TOGETHER = re.compile(r"[^\W_]+(?:[-./'’–]+[^\W_]+)*")
_RUNS = re.compile(r"[^\W_]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")


def words_of(text: str) -> set[str]:
    """Return the words of a text as they are indexed."""
    found: set[str] = set()
    for together in _TOGETHER.findall(_folded(text)):
        runs = _RUNS.findall(together)
        found.update(runs)
        if len(runs) > 1:
            found.add("".join(runs))
    return {word[:LONGEST_WORD] for word in found - COMMON if len(word) > 1 or word.isdigit()}


def words_within(content: Any) -> set[str]:
    """Return the words of every text that someone wrote in plain data; days and choices are left out."""
    return {word for text in _texts(content) for word in words_of(text)}


def words_of_cause_number(cause_number: str) -> set[str]:
    """Return what a cause number is found by: each of its beginnings, and its last number without leading zeros."""
    together = _together(cause_number)
    beginnings = {together[:length] for length in range(1, len(together) + 1)}
    numbers = re.findall(r"[0-9]+", cause_number)
    return beginnings | ({numbers[-1].lstrip("0")} - {""} if numbers else set())


def words_of_document(document: str) -> set[str]:
    """Return what a case file (JSON text) is found by."""
    content = json.loads(document)
    cause_number = content.pop("cause_number", None) or ""
    return words_within(content) | words_of_cause_number(cause_number)


def alternatives(query: str) -> list[frozenset[str]]:
    """Return what is looked for: a case fits when it has every word of any of these sets."""
    together = _together(query)
    if not together:
        return []
    found = [frozenset({together})]
    if together.isdigit() and together.lstrip("0"):
        found.append(frozenset({together.lstrip("0")}))
    chunks = (_RUNS.findall(chunk) for chunk in _TOGETHER.findall(_folded(query)))
    words = {"".join(runs)[:LONGEST_WORD] for runs in chunks}
    found.append(frozenset(words - COMMON or words))
    return list(dict.fromkeys(found))


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in apart if not unicodedata.combining(c))


def _together(text: str) -> str:
    return "".join(_RUNS.findall(_folded(text)))[:LONGEST_WORD]


def _texts(content: Any, key: str = "") -> Iterator[str]:
    if isinstance(content, str):
        if key not in _CHOICES and not _DAY.match(content):
            yield content
    elif isinstance(content, dict):
        for name, value in content.items():
            yield from _texts(value, name)
    elif isinstance(content, (list, tuple)):
        for value in content:
            yield from _texts(value, key)
