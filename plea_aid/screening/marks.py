"""Figures that print as marks: one analysis of a kind of count gives the words for every count of that kind.

Two counts that differ only in figures which no test of the law tells apart (ten days or eleven) come to the same, in
words that differ in those figures alone. The kind is put to the engine once with figures that compare as numbers and
print as marks, and the marks are filled in for each count.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any, Self

from plea_aid.analysis.charge import Outcome

NUMBER, TERM, SERVED, LOSS, GRAMS, MANNER, NAMES, SUM = (chr(0xE000 + place) for place in range(8))
"""Number of the count, term ordered in words, days served, loss, grams, disposition; the counts and the sum of a
finding that rests on several counts. Characters of private use, which no text of the law holds."""


class _Marked:
    """A figure that prints as its mark, whatever format is asked for."""

    mark: str

    def __str__(self) -> str:
        return self.mark

    def __format__(self, _: str) -> str:
        return self.mark


class Days(_Marked, int):
    """A number of days, or of a count, that prints as its mark."""

    def __new__(cls, value: int, mark: str) -> Self:
        made = super().__new__(cls, value)
        made.mark = mark
        return made


class Amount(_Marked, float):
    """An amount of money or weight that prints as its mark."""

    def __new__(cls, value: float, mark: str) -> Self:
        made = super().__new__(cls, value)
        made.mark = mark
        return made


class MarkedOutcome(Outcome):
    """An outcome whose figures and disposition print as marks."""

    @property
    def ordered_words(self) -> str:
        """The mark of the term ordered."""
        return TERM


def marked(outcome: Outcome) -> MarkedOutcome:
    """Return ``outcome``, the outcome of a count, with marks for what tells counts of its kind apart."""
    values: dict[str, Any] = {f.name: getattr(outcome, f.name) for f in fields(outcome)}
    record = outcome.record
    changed: dict[str, Any] = {}
    if record.loss is not None:
        changed["loss"] = Amount(record.loss, LOSS)
    if record.marijuana_grams is not None:
        changed["marijuana_grams"] = Amount(record.marijuana_grams, GRAMS)
    values |= {
        "number": Days(1, NUMBER),
        "served_days": Days(outcome.served_days, SERVED),
        "disposition": outcome.disposition.model_copy(update={"name": MANNER}),
        "record": record.model_copy(update=changed),
    }
    return MarkedOutcome(**values)


_MARK = re.compile(f"([{NUMBER}-{SUM}])")


class Template:
    """Words with marks, taken apart once to be filled in often."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[str] = [text] if not _MARK.search(text) else _MARK.split(text)
        """Words and marks by turns."""
        self.marks = frozenset(self.parts[1::2])
        """The marks the words hold."""
