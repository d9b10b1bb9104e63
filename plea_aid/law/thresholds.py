"""When a supervising attorney must review: the office's thresholds, as data, over a fixed list of conditions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from plea_aid.law.records import Dated, Strict

Condition = Literal[
    "violence",
    "weapon",
    "injury",
    "repeat",
    "factor-against",
    "victim-not-reached",
    "flag-avoided",
    "section-5-weighs",
    "charge-amended",
    "count-dismissed",
    "lighter",
    "departure",
    "decision-changed",
    "not-analysed",
]
"""What a threshold may ask of a case; each is told in ``data/README.md`` and answered in ``casework.thresholds``."""
_DETAIL: dict[str, str] = {"factor-against": "factor", "section-5-weighs": "weight"}
"""The further key that a condition needs."""


class Threshold(Strict):
    """One condition that sends an analysis to a supervising attorney."""

    id: str
    name: str
    when: Condition
    factor: str | None = None
    """For ``factor-against``: the factor of the checklist that speaks against the option chosen."""
    weight: str | None = None
    """For ``section-5-weighs``: the least of the checklist's weights that counts."""
    says: str
    source: str
    authorities: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _detail_fits(self) -> Threshold:
        for key in ("factor", "weight"):
            wanted = _DETAIL.get(self.when) == key
            if wanted != (getattr(self, key) is not None):
                raise ValueError(f"'{self.when}' {'needs' if wanted else 'takes no'} '{key}'")
        return self


class ReviewRules(Dated):
    """The office's rules on review, in force from a day: what forces it, and what holds below every threshold."""

    id: str
    below: Literal["review", "no-review"]
    because: str
    """Why an analysis below every threshold is, or is not, reviewed."""
    source: str
    checked: date
    thresholds: Annotated[tuple[Threshold, ...], Field(alias="threshold")] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> ReviewRules:
        ids = [one.id for one in self.thresholds]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"the id {twice[0]} is used twice")
        return self
