"""Turn what the grounds come to into findings: one for each ground and set of postures with the same level."""

from __future__ import annotations

from dataclasses import dataclass, replace

from plea_aid.analysis.levels import rank
from plea_aid.analysis.limb import Result, Situation
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


@dataclass(frozen=True)
class NotAnalysed:
    """A ground that could not be decided because no doctrine on file reaches the offense; never shown as clear."""

    ground: str
    counts: tuple[int, ...]


def findings_of(situation: Situation) -> tuple[tuple[Finding, ...], tuple[NotAnalysed, ...]]:
    """Return every finding above ``none`` and every ground left unanalysed, in the order of the law's files."""
    found: list[Finding] = []
    unanalysed: list[NotAnalysed] = []
    for ground in situation.law.grounds.values():
        if not ground.in_force.in_force(situation.analyst.day):
            continue
        results = situation.limbs(ground, ground.burden)
        found += _by_posture(situation, ground, [(limb.postures, r) for limb, r in results])
        missing = tuple(dict.fromkeys(n for _, r in results if r.not_analysed for n in r.counts))
        if missing and not any(f.ground == ground.id for f in found):
            unanalysed.append(NotAnalysed(ground.id, missing))
    return tuple(found), tuple(unanalysed)


def _by_posture(situation: Situation, ground: Ground, results: list[tuple[tuple[str, ...], Result]]) -> list[Finding]:
    """Give each posture its strongest limb, then put postures with the same answer together."""
    law = situation.law
    strongest: dict[str, tuple[Result, ...]] = {}
    for posture in law.posture_ids(ground.postures):
        mine = [r for only, r in results if not only or posture in only]
        top = max((r.level for r in mine), key=rank, default="none")
        if top != "none":
            strongest[posture] = tuple(r for r in mine if r.level == top)
    merged: dict[tuple[Result, ...], list[str]] = {}
    for posture, chosen in strongest.items():
        merged.setdefault(chosen, []).append(posture)
    return [
        Finding(
            ground=ground.id,
            kind=ground.kind,
            level=chosen[0].level,
            postures=tuple(postures),
            counts=tuple(sorted({n for r in chosen for n in r.counts})),
            because=tuple(dict.fromkeys(s for r in chosen for s in r.because)),
            authorities=tuple(dict.fromkeys(a for r in chosen for a in r.authorities)),
        )
        for chosen, postures in merged.items()
    ]


def with_avoidance(finding: Finding, avoided_by: tuple[str, ...]) -> Finding:
    """Return the finding with what would avoid it."""
    return replace(finding, avoided_by=avoided_by)
