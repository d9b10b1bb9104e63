"""The case file: what a prosecutor gives the program, in the shape the contract fixes.

No key may hold a name, a date or place of birth, a status or an origin: every model forbids keys it does not
know, and none of the keys it knows is about a person.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from plea_aid.analysis.signs import Line

Days = Annotated[int, Field(ge=0, le=36500)]
Dollars = Annotated[int, Field(ge=0, le=100_000_000)]
Number = Annotated[int, Field(ge=1, le=999)]

CHARGE_STAGE = "charge stage"


class Disposition(StrEnum):
    """How a count ends; the ids of the contract. What each means is law, in ``data/federal/dispositions.toml``."""

    GUILTY_PLEA = "guilty-plea"
    NOLO_CONTENDERE = "nolo-contendere"
    ALFORD_PLEA = "alford-plea"
    FOUND_GUILTY = "found-guilty"
    DEFERRED_IMPOSITION = "deferred-imposition"
    DEFERRED_PROSECUTION = "deferred-prosecution"
    DEFERRED_PROSECUTION_ADMISSION = "deferred-prosecution-admission"
    BOND_FORFEITURE = "bond-forfeiture"
    DISMISSED = "dismissed"
    ACQUITTED = "acquitted"
    CIVIL_INFRACTION = "civil-infraction"
    PENDING = "pending"
    VACATED_LEGAL_DEFECT = "vacated-legal-defect"
    VACATED_REHABILITATIVE = "vacated-rehabilitative"
    EXPUNGED = "expunged"
    JUVENILE_ADJUDICATION = "juvenile-adjudication"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Record(BaseModel):
    """What the record of conviction would show. Beyond the four common keys each offense lists its own facts."""

    model_config = ConfigDict(extra="allow", frozen=True)

    substance: Line | None = None
    marijuana_grams: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    loss: Annotated[float, Field(ge=0)] | None = None
    victim: Line | None = None

    @property
    def facts(self) -> dict[str, str | bool]:
        """Return the offense-specific facts given, by key."""
        return dict(self.model_extra or {})


class Count(_Strict):
    """One charged count."""

    number: Number
    offense: Annotated[Line, Field(min_length=1, max_length=200)]
    nth: Annotated[int, Field(ge=1, le=20)] = 1
    offense_date: date | None = None
    same_scheme_as: Number | None = None
    record: Record = Record()


class Prior(_Strict):
    """A known earlier conviction; ``sentence_days`` is the term ordered, suspended time included."""

    offense: Annotated[Line, Field(min_length=1, max_length=200)]
    date: date
    sentence_days: Days = 0
    same_scheme_as: Number | None = None


class OptionCount(_Strict):
    """What one option does with one count. Jail is executed; jail and suspended days add up to the term ordered."""

    number: Number
    disposition: Disposition = Disposition.GUILTY_PLEA
    offense: Annotated[Line, Field(min_length=1, max_length=200)] | None = None
    nth: Annotated[int, Field(ge=1, le=20)] | None = None
    jail_days: Days = 0
    suspended_days: Days = 0
    fine: Dollars = 0
    served_days: Days | None = None
    supervision_days: Days | None = None
    record: Record | None = None

    @property
    def ordered_days(self) -> int:
        """Days of confinement ordered, suspended time included (8 U.S.C. 1101(a)(48)(B))."""
        return self.jail_days + self.suspended_days

    @property
    def confined_days(self) -> int:
        """Days expected to be actually served; the executed jail term unless stated."""
        return self.jail_days if self.served_days is None else self.served_days


class Option(_Strict):
    """One way the case could resolve."""

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    count: tuple[OptionCount, ...] = ()


class Plan(_Strict):
    """What a proposed resolution must keep (used by the planner)."""

    keep_conviction: bool = False
    min_imposed_days: Days = 0
    min_jail_days: Days = 0
    min_supervision_days: Days = 0
    min_fine: Dollars = 0
    keep_prior_for: tuple[Line, ...] = ()
    concurrent: bool = False
    exclude: tuple[Line, ...] = ()


class Case(_Strict):
    """A whole case file."""

    cause_number: Annotated[Line, Field(max_length=60)] | None = None
    offense_date: date | None = None
    plea_date: date | None = None
    count: Annotated[tuple[Count, ...], Field(min_length=1, max_length=60)]
    prior: Annotated[tuple[Prior, ...], Field(max_length=60)] = ()
    option: Annotated[tuple[Option, ...], Field(max_length=200)] = ()
    plan: Plan = Plan()

    @model_validator(mode="after")
    def _numbers_refer_to_counts(self) -> Case:
        numbers = [c.number for c in self.count]
        if len(set(numbers)) != len(numbers):
            raise ValueError("two counts have the same number; each count needs its own")
        known = set(numbers)
        for count in self.count:
            if count.same_scheme_as is not None and count.same_scheme_as not in known - {count.number}:
                raise ValueError(f"count {count.number}: same_scheme_as must name another count of this case")
        for prior in self.prior:
            if prior.same_scheme_as is not None and prior.same_scheme_as not in known:
                raise ValueError("prior: same_scheme_as must name a count of this case")
        for option in self.option:
            seen: set[int] = set()
            for part in option.count:
                if part.number not in known:
                    raise ValueError(f"option '{option.name}': there is no count {part.number}")
                if part.number in seen:
                    raise ValueError(f"option '{option.name}': count {part.number} appears twice")
                seen.add(part.number)
        names = [o.name for o in self.option]
        if len(set(names)) != len(names):
            raise ValueError("two options have the same name; each option needs its own")
        return self

    def as_document(self) -> dict[str, Any]:
        """Return the case file as plain data, dates as ISO text, defaults left out."""
        return self.model_dump(mode="json", exclude_defaults=True)
