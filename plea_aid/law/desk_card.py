"""What the office's printable desk card shows, as data: which offenses, which columns of grounds, which reminders."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from plea_aid.law.records import Dated, Kind, Strict


class CardColumn(Strict):
    """One column: how far an offense matches a category, or the strongest level of its grounds or kinds of ground."""

    name: str
    category: str = ""
    grounds: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()

    @model_validator(mode="after")
    def _asks_for_something(self) -> CardColumn:
        if [bool(self.category), bool(self.grounds), bool(self.kinds)].count(True) != 1:
            raise ValueError(f"column '{self.name}': give it a category, grounds or kinds, and one of them only")
        return self


class CardReminder(Strict):
    """One rule to keep in sight, told by a definition or by a term of the glossary; no law of its own."""

    definition: str = ""
    term: str = ""
    prominent: bool = False
    """Set off from the others, by a bar and by words."""

    @model_validator(mode="after")
    def _told_once(self) -> CardReminder:
        if bool(self.definition) == bool(self.term):
            raise ValueError("a reminder names one definition or one term of the glossary")
        return self


class DeskCard(Dated):
    """One edition of the office's desk card."""

    id: str
    disposition: str
    """The usual way a count ends; every level is for it."""
    standing: str
    """What the card is and is not, printed on both pages."""
    because: str
    source: str
    unverified: tuple[str, ...] = ()
    checked: date
    offenses: Annotated[tuple[str, ...], Field(min_length=1)]
    """Citations, each of one offense of the catalogue, in the order of the card."""
    words: tuple[str, ...] = ()
    """Terms of the glossary that the columns need."""
    columns: Annotated[tuple[CardColumn, ...], Field(alias="column", min_length=1)]
    reminders: Annotated[tuple[CardReminder, ...], Field(alias="reminder")] = ()
