"""What each option asks of the defendant, side by side with the first: the answer to 'is it the same weight?'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from plea_aid.analysis.assess import OptionAnalysis
from plea_aid.analysis.case import Case, Option
from plea_aid.notes.content import Accountability
from plea_aid.pages.wording import days, dollars, joined


@dataclass(frozen=True)
class Weight:
    """One option's weight. Days are days, money is dollars."""

    option: str
    label: str
    """The offenses that end in a conviction under Montana law, most serious maximum first."""
    convictions: int
    federal_convictions: str
    """How many are convictions for immigration purposes, in words, because some may depend."""
    jail: int
    suspended: int
    fine: int
    supervision: int
    priors: tuple[str, ...]
    """Families in which the result counts as a prior conviction later."""


MEASURES: tuple[tuple[str, str], ...] = (
    ("convictions", "Convictions under Montana law"),
    ("label", "Convicted of"),
    ("federal_convictions", "Convictions for immigration law"),
    ("jail", "Jail to serve"),
    ("suspended", "Jail suspended"),
    ("fine", "Fine"),
    ("supervision", "Supervision stated"),
    ("priors", "Counts as a prior for"),
)


def weights(case: Case, options: Sequence[OptionAnalysis]) -> tuple[Weight, ...]:
    """Return the weight of each analysed option of a case, in order."""
    filed = {o.name: o for o in case.option}
    return tuple(_weigh(case, filed[o.name], o) for o in options if o.name in filed)


def rows(found: Sequence[Weight]) -> list[dict[str, str]]:
    """Return the comparison as a table: a row for each measure, the first option as the baseline."""
    table = []
    for key, name in MEASURES:
        row = {"Measure": name}
        for weight in found:
            row[weight.option] = _shown(key, getattr(weight, key), getattr(found[0], key), weight is found[0])
        table.append(row)
    return table


def departures(baseline: Weight, chosen: Weight) -> tuple[str, ...]:
    """Return in plain sentences in what the chosen option weighs less or more than the baseline."""
    lines = []
    for key, name in MEASURES:
        before, after = getattr(baseline, key), getattr(chosen, key)
        if before == after:
            continue
        if key in ("jail", "suspended", "fine", "supervision", "convictions"):
            lines.append(f"{name}: {_plain(key, after)} instead of {_plain(key, before)}.")
        else:
            lines.append(f"{name}: {_plain(key, after)}; the baseline has {_plain(key, before)}.")
    return tuple(lines)


def accountability(found: Sequence[Weight]) -> tuple[Accountability, ...]:
    """Return the same figures as the note prints them."""
    return tuple(
        Accountability(
            option=w.option,
            is_baseline=place == 0,
            convictions=w.convictions,
            custody_days=w.jail,
            suspended_days=w.suspended,
            fine_dollars=w.fine,
            supervision_days=w.supervision,
            later_enhancement=_plain("priors", w.priors),
        )
        for place, w in enumerate(found)
    )


def _weigh(case: Case, filed: Option, option: OptionAnalysis) -> Weight:
    total = max if case.plan.concurrent else sum
    parts = filed.count
    convicted = [c.outcome for c in option.counts if c.outcome.disposition.montana_conviction]
    sure = sum(c.outcome.conviction == "certain" for c in option.counts)
    maybe = sum(c.outcome.conviction == "possible" for c in option.counts)
    ordered = sorted(convicted, key=lambda o: -o.maximum_days)
    families = {f for o in convicted for e in o.final.offenses for f in e.counts_as_prior}
    return Weight(
        option=option.name,
        label="; ".join(dict.fromkeys(f"{o.final.title} ({o.final.cite})" for o in ordered)) or "nothing",
        convictions=len(convicted),
        federal_convictions=f"{sure}, and {maybe} that may count" if maybe else str(sure),
        jail=total([p.jail_days for p in parts] or [0]),
        suspended=total([p.suspended_days for p in parts] or [0]),
        fine=sum(p.fine for p in parts),
        supervision=total([p.supervision_days or 0 for p in parts] or [0]),
        priors=tuple(sorted(families)),
    )


def _shown(key: str, value: Any, baseline: Any, is_baseline: bool) -> str:
    words = _plain(key, value)
    if is_baseline or value == baseline or not isinstance(value, int):
        return words if is_baseline or value == baseline else f"{words} (differs)"
    return f"{words} ({'+' if value > baseline else '−'}{_plain(key, abs(value - baseline))})"


def _plain(key: str, value: Any) -> str:
    if key in ("jail", "suspended", "supervision"):
        return days(value)
    if key == "fine":
        return dollars(value)
    if key == "priors":
        return joined([_FAMILIES.get(f, f) for f in value]) or "nothing"
    return str(value)


_FAMILIES = {"dui": "DUI", "pfma": "partner or family member assault", "stalking": "stalking", "theft": "theft"}
