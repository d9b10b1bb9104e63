"""Plea options for a case: the smallest changes to the baseline, and the whole frontier.

Nothing here ranks options by one score. Consequences are levels by posture and kind, weight is a vector, and what is
listed is what no other option beats on all of them at once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plea_aid.analysis.analyst import analyst_of
from plea_aid.analysis.case import Case, Option
from plea_aid.analysis.charge import Outcome, outcomes
from plea_aid.analysis.findings import Finding, NotAnalysed, findings_of
from plea_aid.analysis.limb import Situation
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Kind
from plea_aid.planning.accountability import Accountability, weigh, weigh_option
from plea_aid.planning.changes import Lowering, SmallestChange, Unavoidable, option_json
from plea_aid.planning.fold import Item, all_levels
from plea_aid.planning.frontier import Found, Frontier, frontier_of
from plea_aid.planning.groups import Group, groups_of, shown_order
from plea_aid.planning.readings import TakenApart, taken_apart
from plea_aid.planning.requirements import count_requirements, together
from plea_aid.planning.smallest import smallest_changes
from plea_aid.planning.space import Choice, baseline_of, spaces_of
from plea_aid.planning.terms import level_of

Shown = str
"""A level, or 'not-analysed' where no doctrine on file reaches the offense."""


@dataclass(frozen=True)
class Baseline:
    """What the options are compared with: the first option of the file, or a plea as charged at the minimum."""

    option: Option
    findings: tuple[Finding, ...]
    not_analysed: tuple[NotAnalysed, ...]
    accountability: Accountability

    def as_json(self) -> dict[str, Any]:
        """Return the baseline in the contract's form."""
        return {
            "name": self.option.name,
            "option": option_json(self.option),
            "findings": [f.as_json() for f in self.findings],
            "not_analysed": [n.as_json() for n in self.not_analysed],
            "accountability": self.accountability.as_json(),
        }


@dataclass(frozen=True)
class FrontierOption:
    """An option that no other beats."""

    option: Option
    consequences: Mapping[str, Mapping[Kind, Shown]]
    """For each posture, the highest level of each kind."""
    accountability: Accountability
    requires: tuple[str, ...]

    @property
    def kinds(self) -> dict[Kind, Shown]:
        """The highest level of each kind over all postures."""
        found: dict[Kind, Shown] = {}
        for kinds in self.consequences.values():
            for kind, level in kinds.items():
                found[kind] = max(found.get(kind, "none"), level, key=shown_order)
        return found

    def as_json(self) -> dict[str, Any]:
        """Return the option in the contract's form."""
        return {
            "option": option_json(self.option),
            "consequences": {posture: dict(kinds) for posture, kinds in self.consequences.items()},
            "accountability": self.accountability.as_json(),
            "requires": list(self.requires),
        }


@dataclass(frozen=True)
class Search:
    """How much was searched, and how long it took. Seconds of this process, the law already loaded."""

    combinations: int
    exhaustive: bool
    seconds: float
    """For the options space and the frontier."""
    seconds_smallest: float

    def as_json(self) -> dict[str, Any]:
        """Return the search in the contract's form."""
        return {
            "combinations": str(self.combinations),
            "exhaustive": self.exhaustive,
            "seconds": round(self.seconds, 4),
            "seconds_smallest_changes": round(self.seconds_smallest, 4),
        }


@dataclass(frozen=True)
class Planned:
    """Everything the planner found for a case under one version of the law."""

    law_version: str
    as_of: date
    baseline: Baseline
    smallest: tuple[SmallestChange, ...]
    lowering: tuple[Lowering, ...]
    unavoidable: tuple[Unavoidable, ...]
    forced: tuple[SmallestChange, ...]
    beaten_sets: int
    frontier: tuple[FrontierOption, ...]
    groups: tuple[Group, ...]
    search: Search

    def as_json(self) -> dict[str, Any]:
        """Return the plan in the contract's form."""
        return {
            "law": {"version": self.law_version, "as_of": self.as_of.isoformat()},
            "baseline": self.baseline.as_json(),
            "smallest_changes": [c.as_json() for c in self.smallest],
            "forced_changes": [c.as_json() for c in self.forced],
            "lowering_changes": [c.as_json() for c in self.lowering],
            "unavoidable": [u.as_json() for u in self.unavoidable],
            "beaten_change_sets": self.beaten_sets,
            "frontier": [o.as_json() for o in self.frontier],
            "groups": [g.as_json() for g in self.groups],
            "search": self.search.as_json(),
        }


def plan(case: Case, law: Law, *, today: date | None = None) -> Planned:
    """Return the plea options of a case as of its plea date (today when it has none).

    Raises CaseError when the case, or the option it starts from, has numbers or facts the law does not allow, and
    UnknownOffense for an offense that is not in the catalogue.
    """
    day = case.plea_date or today or date.today()
    apart = taken_apart(law, day, case)
    baseline_option = baseline_of(case, law, apart)
    outs = outcomes(law, baseline_option, case.count, case.prior, case.offense_date, day)
    priors = [o for o in outs if o.is_prior]
    baseline = _baseline(case, law, day, baseline_option, outs)
    started = time.perf_counter()
    spaces = spaces_of(case, law, apart, baseline_option)
    searched = frontier_of(spaces, priors, case.plan, apart, law.limits.apart)
    seconds = time.perf_counter() - started
    frontier = _shown(case, law, apart, searched, priors)
    started = time.perf_counter()
    small = smallest_changes(case, law, apart, baseline_option, baseline.findings, priors)
    return Planned(
        law_version=law.version,
        as_of=day,
        baseline=baseline,
        smallest=small.changes,
        lowering=small.lowering,
        unavoidable=small.unavoidable,
        forced=small.forced,
        beaten_sets=small.beaten,
        frontier=frontier,
        groups=groups_of([(o.kinds, o.accountability) for o in frontier]),
        search=Search(
            combinations=math.prod(s.size for s in spaces),
            exhaustive=searched.exhaustive,
            seconds=seconds,
            seconds_smallest=time.perf_counter() - started,
        ),
    )


def _baseline(case: Case, law: Law, day: date, option: Option, outs: Sequence[Outcome]) -> Baseline:
    found, unanalysed = findings_of(Situation(analyst_of(law, day), tuple(outs)))
    return Baseline(option, found, unanalysed, weigh_option(law, case.plan, option, outs))


def _shown(
    case: Case, law: Law, apart: TakenApart, searched: Frontier, priors: Sequence[Outcome]
) -> tuple[FrontierOption, ...]:
    counts = {c.number: c for c in case.count}
    lines: dict[int, list[str]] = {}
    found = []
    for place, item in enumerate(searched.found, start=1):
        parts = tuple(c.part for c in item.choices)
        requires: list[str] = []
        for choice in item.choices:
            if id(choice) not in lines:
                count = counts[choice.part.number]
                lines[id(choice)] = count_requirements(law, count, choice.part, apart.ordered_steps)
            requires += lines[id(choice)]
        found.append(
            FrontierOption(
                option=Option(name=_name(place, item.choices), count=parts),
                consequences=_consequences(law, apart, searched, item, priors),
                accountability=weigh(
                    law, case.plan, [c.share for c in item.choices], [c.outcome for c in item.choices]
                ),
                requires=tuple(dict.fromkeys([*requires, *together(law, parts, parts)])),
            )
        )
    return tuple(found)


def _consequences(
    law: Law, apart: TakenApart, searched: Frontier, item: Found, priors: Sequence[Outcome]
) -> dict[str, dict[Kind, Shown]]:
    levels: dict[tuple[str, Kind], Shown] = {}
    for keys, level in zip(searched.columns, item.levels, strict=True):
        for key in keys:
            levels[key] = level_of(level)
    if any(c.reading.not_analysed for c in item.choices):
        items = [Item(c.outcome.scheme, c.reading) for c in item.choices]
        items += [Item(p.scheme, apart.read(p), prior=True) for p in priors]
        decided: dict[tuple[str, str], int] = {}
        for (ground, posture), level in all_levels(apart, items, undecided=0).items():
            place = (posture, law.grounds[ground].kind)
            decided[place] = max(decided.get(place, 0), level)
        for key, shown in levels.items():
            if shown == "possible" and level_of(decided.get(key, 0)) != "possible":
                levels[key] = "not-analysed"
    found: dict[str, dict[Kind, Shown]] = {posture: {} for posture in law.postures}
    for (posture, kind), shown in levels.items():
        found[posture][kind] = shown
    return found


def _name(place: int, choices: Sequence[Choice]) -> str:
    said = f"{place}. " + "; ".join(_short(c) for c in choices)
    return said if len(said) <= 120 else f"{place}. " + _counted(choices)


def _short(choice: Choice) -> str:
    part = choice.part
    offense = f"{choice.outcome.final.cite} " if part.offense else ""
    term = f" {part.jail_days}+{part.suspended_days} days" if part.ordered_days else ""
    return f"count {part.number} {offense}{part.disposition.value.replace('-', ' ')}{term}"


def _counted(choices: Sequence[Choice]) -> str:
    many: dict[str, int] = {}
    for choice in choices:
        word = choice.part.disposition.value.replace("-", " ") + (" (amended)" if choice.part.offense else "")
        many[word] = many.get(word, 0) + 1
    return ", ".join(f"{n} {word}" for word, n in many.items())[:110]
