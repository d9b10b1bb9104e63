"""The planner behind the screens: asked for, and worked out once for each case file and version of the law."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import CaseError
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.load import load_law
from plea_aid.pages.analysed import Analysed
from plea_aid.planning.plan import Planned, plan

_ABOUT = ("offense_date", "plea_date", "count", "prior", "plan")
"""Keys of a case file that the planner reads, the options aside."""


@dataclass(frozen=True)
class Suggested:
    """What the planner found, or in one sentence each why it could not begin."""

    planned: Planned | None
    faults: tuple[str, ...] = ()


def planning_text(document: Mapping[str, Any], analysed: Analysed) -> str:
    """Return what the planner is asked about: the case with every option that could be analysed, the first always."""
    options = [
        option
        for place, option in enumerate(document.get("option", ()))
        if place == 0 or analysed.option(option["name"]) is not None
    ]
    about = {key: document[key] for key in _ABOUT if key in document}
    return json.dumps({**about, "option": options}, sort_keys=True)


def same_start(one: str, other: str) -> bool:
    """Say whether two questions differ in nothing but the options beside the baseline: answers to one fit the other."""
    return _start(one) == _start(other)


def suggested(text: str, today: date | None = None) -> Suggested:
    """Return what the planner finds under the law in use; raise LawError when the law data cannot be used."""
    return _suggested(text, today or date.today(), load_law())


@lru_cache(maxsize=32)
def _suggested(text: str, today: date, law: Law) -> Suggested:
    try:
        return Suggested(plan(validate_case(json.loads(text)), law, today=today))
    except CaseError as fault:
        return Suggested(None, tuple(fault.problems))
    except UnknownOffense as fault:
        return Suggested(None, (str(fault.args[0]),))


def _start(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    document["option"] = [{**option, "name": ""} for option in document["option"][:1]]
    return document
