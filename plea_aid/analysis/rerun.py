"""Analyse stored cases again under another law, and say what comes out differently.

Very many cases come by. Each is first narrowed to the grounds the change can touch (``law_delta``). An option none of
whose counts leaves another footprint (``footprint``) comes out the same. Any other is looked at once for all cases that
no rule of either law tells apart: dates between the same two turning days, terms between the same two thresholds,
counts with the same footprints. ``tests/analysis/test_rerun.py`` holds the answer against the plain way.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.assess import charge_stage, situation_of
from plea_aid.analysis.case import CHARGE_STAGE, Case, Count, Option, OptionCount, Prior
from plea_aid.analysis.charge import CaseError, outcomes
from plea_aid.analysis.findings import Finding, NotAnalysed, findings_of
from plea_aid.analysis.footprint import Footprints
from plea_aid.analysis.law_delta import LawDelta, standing_grounds, thresholds, turning_days
from plea_aid.analysis.reader import Reader
from plea_aid.law.catalogue import Law
from plea_aid.law.citation import is_section, normalise

Content = Mapping[str, Any]
NOT_ANALYSED = "not-analysed"
NOT_ACCEPTED = "not-accepted"
"""The state of an option that a law refuses: an offense that is not on file, a term above the maximum."""
UNCERTAIN = "?"
"""Stands for a charge that is not written as a citation or an id: always looked at again."""
_PENDING: Content = {"disposition": "pending"}
_KEPT = 200_000
_ALWAYS = (180, 365)
"""Numbers of days the analysis itself holds, beside those of the data."""

Levels = dict[tuple[str, str], str]
Feet = tuple[tuple[int, bool, int], ...]
"""The numbers of the footprints of an option's counts and priors, whether each is a prior, and its scheme."""
Side = tuple[Analyst, Footprints]
"""One of the two laws, narrowed to some grounds, as of one day."""


@dataclass(frozen=True)
class Change:
    """One ground of one option that comes out differently, for the postures it does so for."""

    option: int
    """0 is the charge stage; the options of the document count from 1."""
    ground: str
    """Empty where an option is accepted under only one of the laws."""
    postures: tuple[str, ...]
    before: str
    """A level, ``not-analysed`` or ``not-accepted``."""
    after: str
    because: tuple[str, ...] = ()
    """Why the option is not accepted."""

    def as_json(self) -> dict[str, Any]:
        """Return the change as plain data."""
        return {**vars(self), "postures": list(self.postures), "because": list(self.because)}


def analysed_part(document: Content) -> dict[str, Any]:
    """Return what a finding depends on in a case file: no cause number, no name of an option, no plan."""
    kept = {key: document[key] for key in ("offense_date", "count", "prior") if key in document}
    options = [None if o["name"] == CHARGE_STAGE else {"count": o.get("count", [])} for o in document.get("option", ())]
    return {**kept, "option": options}


def uses_of(content: Content, law: Law) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the offenses a case names, as bare citations or ids, and its dispositions.

    What is neither a citation nor an id of ``law`` stands as ``?``: free text goes no further.
    """
    parts = [part for option in content.get("option", ()) if option for part in option.get("count", ())]
    texts = [row["offense"] for row in (*content["count"], *content.get("prior", ()), *parts) if row.get("offense")]
    named = {_citation(text, law) for text in texts}
    return tuple(sorted(named)), tuple(sorted({part.get("disposition", "guilty-plea") for part in parts}))


def changes_between(before: Sequence[Levels | CaseError], after: Sequence[Levels | CaseError]) -> tuple[Change, ...]:
    """Return what differs between two analyses of the same options, the charge stage first."""
    return tuple(c for i, pair in enumerate(zip(before, after, strict=True)) for c in _changes(i, *pair))


def levels_of(findings: Sequence[Finding], unanalysed: Sequence[NotAnalysed], law: Law) -> Levels:
    """Return the level of every ground above ``none`` for each posture; what could not be decided is said so."""
    found: Levels = {}
    for missing in unanalysed:
        for posture in law.posture_ids(law.grounds[missing.ground].postures):
            found[missing.ground, posture] = NOT_ANALYSED
    for finding in findings:
        for posture in finding.postures:
            found[finding.ground, posture] = finding.level
    return found


class Rerun:
    """Re-runs cases under two laws. Meant to be used for many cases in a row: what it works out it remembers."""

    def __init__(self, old: Law, new: Law) -> None:
        self.delta = LawDelta(old, new)
        self.evaluated = 0
        """How many different options were looked at under both laws."""
        self._days = turning_days(old, new)
        numbers = {*thresholds(old, new), *_ALWAYS}
        # A rule asks for more than n days, n or more, or not more than n: nothing else tells two terms apart.
        self._steps = sorted({0, 1, *numbers, *(n + 1 for n in numbers)})
        limbs = [x for law in (old, new) for g in law.grounds.values() for x in g.limbs]
        self._total_ordered = min((x.total_ordered_at_least for x in limbs if x.total_ordered_at_least), default=None)
        self._total_served = min((x.total_served_at_least for x in limbs if x.total_served_at_least), default=None)
        self._sides: dict[tuple[frozenset[str], date], tuple[Side, Side]] = {}
        self._readers: dict[tuple[bool, date], Reader] = {}
        self._known: dict[tuple[frozenset[str], date, object], tuple[Change, ...]] = {}
        self._feet_known: dict[tuple[frozenset[str], date, str], int | None] = {}
        self._numbered: dict[Hashable, int] = {}
        self._unlike: set[int] = set()
        self._touched: dict[tuple[tuple[str, ...], tuple[str, ...]], frozenset[str]] = {}

    def touched(self, uses: tuple[tuple[str, ...], tuple[str, ...]]) -> frozenset[str]:
        """Return the grounds on which a case with these offenses and dispositions (``uses_of``) may change."""
        found = self._touched.get(uses)
        if found is None:
            offenses, dispositions = uses
            unclear = UNCERTAIN in offenses and not self.nothing_differs
            found = self.delta.grounds if unclear else self.delta.touched(offenses, dispositions)
            if len(self._touched) >= _KEPT:
                self._touched.clear()
            self._touched[uses] = found
        return found

    @property
    def nothing_differs(self) -> bool:
        """True when no record that findings are read from differs between the two laws."""
        d = self.delta
        return not (d.everywhere or d.dispositions or d.offenses or d.categories)

    def changes(self, content: Content, day: date, grounds: frozenset[str]) -> tuple[Change, ...]:
        """Return what comes out differently on these grounds; ``content`` is that of ``analysed_part``."""
        if not grounds:
            return ()
        held = self._held(day)
        shared = {
            "count": [self._count(c, content.get("offense_date")) for c in content["count"]],
            "prior": [{**p, "date": self._held_text(p["date"])} for p in content.get("prior", ())],
        }
        found: list[Change] = []
        for place, option in enumerate((CHARGE_STAGE, *content["option"])):
            if option is None:
                continue
            priors, parts, adds_up = self._terms(None if option == CHARGE_STAGE else option["count"], shared["prior"])
            feet = None if adds_up else self._feet(held, grounds, shared["count"], priors, parts)
            if feet is not None and not self._may_differ(held, grounds, feet):
                continue
            case = json.dumps([held.isoformat(), shared["count"], priors, parts]) if feet is None else ""
            key = (grounds, held, case if feet is None else feet)
            known = self._known.get(key)
            if known is None:
                known = self._look(shared["count"], priors, parts, held, grounds)
                if len(self._known) >= _KEPT:
                    self._known.clear()
                self._known[key] = known
            found += [replace(c, option=place) if c.ground else self._refused(c, content, place, day) for c in known]
        return tuple(found)

    def _feet(
        self,
        day: date,
        grounds: frozenset[str],
        counts: Sequence[Content],
        priors: Sequence[Content],
        parts: Sequence[Content] | None,
    ) -> Feet | None:
        """Return the footprints of an option under both laws, those that are empty left out; None if one is refused.

        With each stands whether it is a prior, and which of them are of one scheme.
        """
        stated = {part["number"]: part for part in parts or ()}
        found: list[tuple[int, bool, str]] = []
        for count in counts:
            number, joined = count["number"], count.get("same_scheme_as")
            foot = self._foot(day, grounds, _bare(count), _bare(stated.get(number, _PENDING)))
            if foot is None:
                return None
            if foot:
                found.append((foot, False, f"count-{min(number, joined or number)}"))
        for place, prior in enumerate(priors, start=1):
            foot, joined = self._foot(day, grounds, _bare(prior), None), prior.get("same_scheme_as")
            if foot is None:
                return None
            if foot:
                found.append((foot, True, f"count-{joined}" if joined else f"prior-{place}"))
        schemes: dict[str, int] = {}
        return tuple((foot, prior, schemes.setdefault(name, len(schemes))) for foot, prior, name in sorted(found))

    def _may_differ(self, day: date, grounds: frozenset[str], feet: Feet) -> bool:
        """Say whether an option can come out differently: a count does, or what is asked of several together."""
        (_, old), (_, new) = self._analysts(day, grounds)
        return old.across != new.across or any(foot in self._unlike for foot, _, _ in feet)

    def _foot(self, day: date, grounds: frozenset[str], one: Content, part: Content | None) -> int | None:
        key = (grounds, day, json.dumps([one, part]))
        if key not in self._feet_known:
            if len(self._feet_known) >= _KEPT:
                self._feet_known.clear()
            self._feet_known[key] = self._both_feet(day, grounds, one, part)
        return self._feet_known[key]

    def _both_feet(self, day: date, grounds: frozenset[str], one: Content, part: Content | None) -> int | None:
        """Return the number given to the footprints under both laws, 0 when both are empty, None if one refuses it."""
        pair = []
        counts = () if part is None else (Count.model_validate({**one, "number": 1}),)
        priors = (Prior.model_validate(one),) if part is None else ()
        stated = () if part is None else (OptionCount.model_validate({**part, "number": 1}),)
        for side, footprints in self._analysts(day, grounds):
            try:
                (outcome,) = outcomes(side.law, Option(name="an option", count=stated), counts, priors, None, day)
            except CaseError:
                return None
            pair.append(footprints.of(outcome))
        if not any(pair):
            return 0
        number = self._numbered.setdefault((grounds, *pair), len(self._numbered) + 1)
        if pair[0] != pair[1]:
            self._unlike.add(number)
        return number

    def _refused(self, change: Change, content: Content, place: int, day: date) -> Change:
        """Return the change with the words of the law that refuses the option, in the case's own numbers."""
        raw = content["option"][place - 1] if place else None
        named = [{"name": f"option {place}", **raw}] if raw else []
        case = Case.model_validate({**content, "option": named})
        side, _ = self._analysts(day, self.delta.grounds)[change.after == NOT_ACCEPTED]
        fault = _answer(case, case.option[0] if named else charge_stage(case), side, frozenset())
        return replace(change, option=place, because=tuple(fault.problems) if isinstance(fault, CaseError) else ())

    def after(self, content: Content, day: date) -> list[Levels | CaseError]:
        """Return the levels of every option under the new law, on every ground, nothing narrowed."""
        side, _ = self._analysts(day, self.delta.grounds)[1]
        found: list[Levels | CaseError] = []
        for place, option in enumerate((CHARGE_STAGE, *content["option"])):
            if option is None:
                found.append({})
            else:
                case = Case.model_validate({**content, "option": [] if place == 0 else [{"name": "one", **option}]})
                chosen = case.option[0] if case.option else charge_stage(case)
                found.append(_answer(case, chosen, side, self.delta.grounds))
        return found

    def _look(
        self,
        counts: Sequence[Content],
        priors: Sequence[Content],
        parts: Sequence[Content] | None,
        day: date,
        grounds: frozenset[str],
    ) -> tuple[Change, ...]:
        option = [] if parts is None else [{"name": "an option", "count": parts}]
        case = Case.model_validate({"count": counts, "prior": priors, "option": option})
        chosen = case.option[0] if case.option else charge_stage(case)
        self.evaluated += 1
        return _changes(0, *(_answer(case, chosen, side, grounds) for side, _ in self._analysts(day, grounds)))

    def _analysts(self, day: date, grounds: frozenset[str]) -> tuple[Side, Side]:
        found = self._sides.get((grounds, day))
        if found is None:
            one, two = (self._side(law, day, grounds) for law in (self.delta.old, self.delta.new))
            found = self._sides[grounds, day] = one, two
        return found

    def _side(self, law: Law, day: date, grounds: frozenset[str]) -> Side:
        key = (law is self.delta.new, day)
        reader = self._readers.get(key) or self._readers.setdefault(key, Reader(law, day))
        analyst = Analyst(replace(law, grounds=standing_grounds(law, grounds)), day, reader)
        return analyst, Footprints(analyst)

    def _count(self, count: Content, offense_date: str | None) -> dict[str, Any]:
        on = count.get("offense_date") or offense_date
        return {**count, "offense_date": self._held_text(on)} if on else dict(count)

    def _terms(
        self, parts: Sequence[Content] | None, priors: Sequence[Content]
    ) -> tuple[Sequence[Content], Sequence[Content] | None, bool]:
        """Return the priors and the parts of an option, every term put at the lowest that no rule tells from it.

        Where terms add up to a total that a ground asks for, they stay as they are; whether they do comes last.
        """
        mine = parts or ()
        ordered = sum(p.get("sentence_days", 0) for p in priors) + sum(_ordered(p) for p in mine)
        served = sum(_served(p) for p in mine)
        if _reaches(ordered, self._total_ordered) or _reaches(served, self._total_served):
            return list(priors), parts, True
        lower = [{**p, "sentence_days": self._step(p.get("sentence_days", 0))} for p in priors]
        return lower, None if parts is None else [self._part(p) for p in parts], False

    def _part(self, part: Content) -> Content:
        ordered, served = _ordered(part), _served(part)
        if served > ordered:
            return part
        suspended = 1 if part.get("suspended_days") else 0
        found = {k: v for k, v in part.items() if k not in ("jail_days", "suspended_days", "fine", "supervision_days")}
        found |= {"jail_days": self._step(ordered) - suspended, "suspended_days": suspended}
        found |= {"served_days": self._step(served), "fine": self._step(part.get("fine", 0))}
        return found | ({"supervision_days": 1} if part.get("supervision_days") else {})

    def _step(self, number: int) -> int:
        return self._steps[bisect_right(self._steps, number) - 1]

    def _held(self, day: date) -> date:
        place = bisect_right(self._days, day)
        return self._days[place - 1] if place else date.min

    def _held_text(self, day: str) -> str:
        return self._held(date.fromisoformat(day)).isoformat()


def _bare(one: Content) -> Content:
    """Return a count, its part of an option or a prior without its number and its scheme."""
    return {key: value for key, value in one.items() if key not in ("number", "same_scheme_as")}


def _answer(case: Case, option: Option, analyst: Analyst, grounds: frozenset[str]) -> Levels | CaseError:
    try:
        found = findings_of(situation_of(case, option, analyst))
    except CaseError as fault:
        return fault
    return {key: level for key, level in levels_of(*found, analyst.law).items() if key[0] in grounds}


def _changes(option: int, before: Levels | CaseError, after: Levels | CaseError) -> tuple[Change, ...]:
    if isinstance(before, CaseError) or isinstance(after, CaseError):
        if type(before) is type(after):
            return ()
        refused = isinstance(after, CaseError)
        return (Change(option, "", (), *(("accepted", NOT_ACCEPTED) if refused else (NOT_ACCEPTED, "accepted"))),)
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for ground, posture in dict.fromkeys((*before, *after)):
        pair = before.get((ground, posture), "none"), after.get((ground, posture), "none")
        if pair[0] != pair[1]:
            grouped.setdefault((ground, *pair), []).append(posture)
    return tuple(Change(option, g, tuple(sorted(p)), one, two) for (g, one, two), p in sorted(grouped.items()))


def _citation(text: str, law: Law) -> str:
    bare = normalise(text)
    if text.strip().lower() in law.offenses:
        return text.strip().lower()
    return bare if is_section(bare) or law.find(text) else UNCERTAIN


def _ordered(part: Content) -> int:
    return int(part.get("jail_days", 0) + part.get("suspended_days", 0))


def _served(part: Content) -> int:
    served = part.get("served_days")
    return int(part.get("jail_days", 0) if served is None else served)


def _reaches(days: int, needed: int | None) -> bool:
    return needed is not None and days >= needed
