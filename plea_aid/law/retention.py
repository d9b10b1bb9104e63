"""Retention classes: how long a record is kept once it is closed. Data only, with what is unverified said."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import tomli
from pydantic import Field, ValidationError

from plea_aid.law.records import Strict
from plea_aid.settings import data_dir


class RetentionDataError(ValueError):
    """The file of retention classes cannot be used: the message names the file, the place and what is wrong."""


class RetentionClass(Strict):
    """One kind of record; ``years`` run from the day it was closed."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    name: str
    years: Annotated[int, Field(ge=0, le=200)]
    closed: Annotated[frozenset[str], Field(min_length=1)]
    """Stages in which a record of the class counts as closed."""
    examples: bool = False
    """For the fictional example cases, and only for them."""

    def until(self, closed_on: date) -> date:
        """Return the first day on which a record closed on ``closed_on`` may be disposed of."""
        year = closed_on.year + self.years
        try:
            return closed_on.replace(year=year)
        except ValueError:  # February 29
            return date(year, 3, 1)


class Retention(Strict):
    """One edition of the classes."""

    id: str
    edition: date
    authorities: tuple[str, ...] = ()
    approval: str
    unverified: tuple[str, ...] = ()
    kept: str
    classes: Annotated[tuple[RetentionClass, ...], Field(alias="class", min_length=1)]

    def class_of(self, stage: str, *, example: bool) -> RetentionClass | None:
        """Return the class of a closed record; None for one that is not closed."""
        fitting = (c for c in self.classes if c.examples == example and stage in c.closed)
        return next(fitting, None)


def load_retention(day: date | None = None, folder: Path | None = None) -> Retention:
    """Return the edition in force on ``day`` (default: today); raise RetentionDataError."""
    place = (folder or data_dir()) / "helena" / "retention"
    editions = [_read(file, file.stat().st_mtime_ns) for file in sorted(place.glob("*.toml"))]
    in_force = [one for one in editions if one.edition <= (day or date.today())]
    if not in_force:
        raise RetentionDataError(f"{place}: there is no edition of the retention classes for that day")
    return max(in_force, key=lambda one: one.edition)


@lru_cache(maxsize=8)
def _read(file: Path, changed: int) -> Retention:
    try:
        return Retention.model_validate(tomli.loads(file.read_text(encoding="utf-8")))
    except (OSError, tomli.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise RetentionDataError(f"{file}: cannot be read: {fault}") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        raise RetentionDataError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from fault
