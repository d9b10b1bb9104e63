"""How the office's figures are shown and given away: the smallest counts, and what a return can be about, as data."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from plea_aid.law.records import Dated, Strict


class ReturnKind(Strict):
    """One thing a return can be about."""

    id: str
    name: str


class FigureRules(Dated):
    """The office's rules on its figures, in force from a day."""

    id: str
    smallest_cell: Annotated[int, Field(ge=2)]
    """A count from 1 to one less than this is not shown."""
    smallest_group: Annotated[int, Field(ge=2)]
    """At least so many rows of the export look alike in what a court record also shows."""
    because: str
    source: str
    checked: date
    return_kinds: Annotated[tuple[ReturnKind, ...], Field(alias="return_kind")] = ()


CAUTIOUS = FigureRules(
    id="none", smallest_cell=10, smallest_group=10, because="The office has set nothing.", source="", checked=date.min
)
"""What holds where the data has no such file."""
