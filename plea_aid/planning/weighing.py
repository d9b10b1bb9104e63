"""The weight of every option of a case, as its file states them, and as a version keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.assess import situation_of
from plea_aid.analysis.case import CHARGE_STAGE, Case
from plea_aid.law.catalogue import Law
from plea_aid.planning.accountability import Accountability, weigh_option

_EMPTY: dict[str, Any] = {"int": 0, "bool": False, "str": "", "tuple[str, ...]": ()}


def weigh_options(case: Case, law: Law, today: date) -> dict[str, Accountability]:
    """Return the weight of each option by name, in order, as of the plea date (``today`` without one).

    Raises CaseError for an option that the law does not allow.
    """
    analyst = Analyst(law, case.plea_date or today)
    return {
        option.name: weigh_option(law, case.plan, option, situation_of(case, option, analyst).outcomes)
        for option in case.option
        if option.name != CHARGE_STAGE
    }


def vector_of(kept: Mapping[str, Any]) -> Accountability:
    """Return the vector that ``Accountability.as_json`` wrote; a measure that it did not know yet is empty."""
    values: dict[str, Any] = {}
    for one in fields(Accountability):
        value = kept.get(one.name, _EMPTY[str(one.type)])
        values[one.name] = tuple(value) if isinstance(value, list) else value
    return Accountability(**values)
