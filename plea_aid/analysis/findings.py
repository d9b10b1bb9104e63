"""Turn what the grounds come to into findings: one for each ground and set of postures with the same level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from plea_aid.analysis.levels import flagged, higher
from plea_aid.analysis.limb import Situation
from plea_aid.analysis.single import Result
from plea_aid.law.records import Ground, Kind, Level


@dataclass(frozen=True)
class Finding:
    """One immigration consequence of one option, for the postures it concerns."""

    ground: str
    kind: Kind
    level: Level
    postures: tuple[str, ...]
    counts: tuple[int, ...]
    because: tuple[str, ...]
    authorities: tuple[str, ...]
    avoided_by: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the finding in the contract's form, without what avoids it, which only `assess` tells."""
        return {
            "ground": self.ground,
            "kind": self.kind,
            "level": self.level,
            "flag": flagged(self.level),
            "postures": list(self.postures),
            "counts": list(self.counts),
            "because": list(self.because),
            "authorities": list(self.authorities),
        }


@dataclass(frozen=True)
class NotAnalysed:
    """A ground that could not be decided because no doctrine on file reaches the offense; never shown as clear."""

    ground: str
    counts: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the ground in the contract's form."""
        return {"ground": self.ground, "counts": list(self.counts)}


def findings_of(situation: Situation) -> tuple[tuple[Finding, ...], tuple[NotAnalysed, ...]]:
    """Return every finding above ``none`` and every ground left unanalysed, in the order of the law's files."""
    found: list[Finding] = []
    unanalysed: list[NotAnalysed] = []
    near = situation.near()
    for ground, postures, one_by_one in situation.analyst.grounds:
        if one_by_one and ground.id not in near:
            continue
        results = situation.limbs(ground, ground.burden)
        live = [(limb.postures, r) for limb, r in results if r.level != "none"]
        if live:
            # The results are kept with the findings, so that their identity is not given to others.
            key = (ground.id, *(id(r) for _, r in live))
            known, _ = situation.analyst.remember(key, partial(_findings_and_results, ground, postures, live))
            found += known
        elif any(r.not_analysed for _, r in results):
            missing = tuple(dict.fromkeys(n for _, r in results if r.not_analysed for n in r.counts))
            unanalysed.append(NotAnalysed(ground.id, missing))
    return tuple(found), tuple(unanalysed)


Live = Sequence[tuple[tuple[str, ...], Result]]


def _findings_and_results(ground: Ground, postures: tuple[str, ...], live: Live) -> tuple[list[Finding], Live]:
    return _by_posture(ground, postures, live), live


def _by_posture(ground: Ground, postures: tuple[str, ...], live: Live) -> list[Finding]:
    """Give each posture its strongest limb, then put postures with the same answer together."""
    if not any(only for only, _ in live):
        return [_finding(ground, postures, _strongest([r for _, r in live]))] if postures else []
    merged: dict[tuple[Result, ...], list[str]] = {}
    for posture in postures:
        mine = [r for only, r in live if not only or posture in only]
        if mine:
            merged.setdefault(_strongest(mine), []).append(posture)
    return [_finding(ground, tuple(named), chosen) for chosen, named in merged.items()]


def _strongest(results: Sequence[Result]) -> tuple[Result, ...]:
    if len(results) == 1:
        return tuple(results)
    top = higher(r.level for r in results)
    return tuple(r for r in results if r.level == top)


def _finding(ground: Ground, postures: tuple[str, ...], chosen: tuple[Result, ...]) -> Finding:
    if len(chosen) == 1:
        only = chosen[0]
        counts = tuple(sorted(only.counts)) if len(only.counts) > 1 else only.counts
        return Finding(ground.id, ground.kind, only.level, postures, counts, only.because, only.authorities)
    return Finding(
        ground=ground.id,
        kind=ground.kind,
        level=chosen[0].level,
        postures=postures,
        counts=tuple(sorted({n for r in chosen for n in r.counts})),
        because=tuple(dict.fromkeys(s for r in chosen for s in r.because)),
        authorities=tuple(dict.fromkeys(a for r in chosen for a in r.authorities)),
    )


def with_avoidance(finding: Finding, avoided_by: tuple[str, ...]) -> Finding:
    """Return the finding with what would avoid it."""
    return replace(finding, avoided_by=avoided_by)
