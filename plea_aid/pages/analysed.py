"""The analysis behind the screens: each option by itself, so that one that cannot be right hides no other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from plea_aid.analysis.analyst import analyst_of
from plea_aid.analysis.assess import Assessment, OptionAnalysis, assess_option, charge_stage
from plea_aid.analysis.case import CHARGE_STAGE, Case
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import CaseError
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.planning.advice import assess_option_with_advice


@dataclass(frozen=True)
class Analysed:
    """A document analysed as of a day: the options that could be, and for each other one why not."""

    day: date
    law_version: str
    case: Case | None
    charge: OptionAnalysis | None
    options: tuple[OptionAnalysis, ...]
    faults: Mapping[str, tuple[str, ...]]
    """By option name: one sentence for each thing that is not accepted."""
    charge_faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """True when there is a count, and nothing in the document was refused."""
        return self.charge is not None and not self.faults and not self.charge_faults

    def option(self, name: str) -> OptionAnalysis | None:
        """Return the analysis of an option by name."""
        return next((o for o in self.options if o.name == name), None)

    def assessment(self, law: Law) -> Assessment:
        """Return what ``assess`` would: the charge stage first, then every option that could be analysed."""
        done = tuple(o for o in (self.charge, *self.options) if o is not None)
        cited = {a for o in done for f in o.findings for a in f.authorities}
        cited |= {a for o in done for c in o.counts for m in c.matches for a in m.authorities}
        unverified = tuple(sorted(a for a in cited if not law.authorities[a].verified))
        return Assessment(self.law_version, self.day, done, unverified)


def analyse(document: Mapping[str, Any], today: date | None = None, *, advised: bool = True) -> Analysed:
    """Return the analysis of a stored document under the law in use; the same document is analysed once.

    A page that does not show what would avoid a finding need not wait for it: ``advised=False``.
    Raises LawError when the law data cannot be used.
    """
    return _analyse(json.dumps(document, sort_keys=True), today or date.today(), load_law(), advised)


@lru_cache(maxsize=256)
def _analyse(text: str, today: date, law: Law, advised: bool) -> Analysed:
    document = json.loads(text)
    if not document.get("count"):
        return Analysed(today, law.version, None, None, (), {}, ())
    try:
        case = validate_case(document)
    except CaseError as fault:
        return Analysed(today, law.version, None, None, (), {}, tuple(fault.problems))
    day = case.plea_date or today
    base = json.dumps({key: value for key, value in document.items() if key != "option"}, sort_keys=True)
    charge, charge_faults = _charge_stage(base, day, law)
    done: list[OptionAnalysis] = []
    faults: dict[str, tuple[str, ...]] = {}
    for option in document.get("option", ()):
        if option["name"] == CHARGE_STAGE:
            continue
        found, said = _option(base, json.dumps(option, sort_keys=True), day, law, advised)
        if found is not None:
            done.append(found)
        elif charge is not None:
            faults[option["name"]] = said
    return Analysed(day, law.version, case, charge, tuple(done), faults, charge_faults)


Found = tuple[OptionAnalysis | None, tuple[str, ...]]


@lru_cache(maxsize=256)
def _charge_stage(base: str, day: date, law: Law) -> Found:
    case = validate_case(json.loads(base))
    try:
        return assess_option(case, charge_stage(case), analyst_of(law, day)), ()
    except CaseError as fault:
        return None, tuple(fault.problems)


@lru_cache(maxsize=2048)
def _option(base: str, option: str, day: date, law: Law, advised: bool) -> Found:
    """Analyse one option of a document; of a document in which one option changes, only that one is analysed again."""
    case = validate_case({**json.loads(base), "option": [json.loads(option)]})
    try:
        if advised:
            return assess_option_with_advice(case, case.option[0], law, day), ()
        return assess_option(case, case.option[0], analyst_of(law, day)), ()
    except CaseError as fault:
        return None, tuple(fault.problems)
