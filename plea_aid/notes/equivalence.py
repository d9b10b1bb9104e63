"""What each option asks of the defendant, in words, beside the baseline: the answer to 'is it the same weight?'.

The figures are the planner's own vector (``planning.accountability``): screen, note and command line say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from plea_aid.analysis.assess import OptionAnalysis
from plea_aid.analysis.case import Case
from plea_aid.law.catalogue import Law
from plea_aid.notes.content import Accountability as NoteVector
from plea_aid.notes.view import days, dollars
from plea_aid.planning.accountability import Accountability, weigh_option

FAMILIES = {"dui": "DUI", "pfma": "partner or family member assault", "stalking": "stalking", "theft": "theft"}
"""Enhancement families in words."""


@dataclass(frozen=True)
class Measure:
    """One measure of the vector: its key there, its name, and how a figure of it is said."""

    key: str
    name: str
    words: Callable[[int], str]


@dataclass(frozen=True)
class Said:
    """What is said of the vector in words, no figure."""

    name: str
    words: Callable[[Accountability], str]


def families(ids: Iterable[str]) -> str:
    """Return enhancement families in words; 'nothing' where there is none."""
    return ", ".join(FAMILIES.get(f, f) for f in ids) or "nothing"


LABEL = Said("Convicted of", lambda v: v.label)
PRIORS = Said("Counts as a prior for", lambda v: families(v.counts_as_prior))
FIGURES: tuple[Measure, ...] = (
    Measure("convictions", "Convictions under Montana law", lambda n: f"{n:,}"),
    Measure("jail_days", "Jail to serve", days),
    Measure("suspended_days", "Jail suspended", days),
    Measure("imposed_days", "Ordered in all", days),
    Measure("fine", "Fine", dollars),
    Measure("supervision_days", "Supervision", days),
)
SAYINGS: tuple[Said, ...] = (
    Said("Restitution", lambda v: "Can be ordered" if v.restitution_available else "Cannot be ordered"),
    Said("Treatment ordered by law", lambda v: v.treatment_note or "None on file"),
    Said("Treatment as a condition", lambda v: "Can be set" if v.treatment_condition else "No supervision to carry it"),
    PRIORS,
    Said("Firearms", lambda v: v.firearm_note or "No bar on file"),
)
NOT_STATED = "not stated, so the most the law allows"


@dataclass(frozen=True)
class Weight:
    """One option of a case and its vector."""

    option: str
    vector: Accountability
    federal_convictions: str = ""
    """How many are convictions for immigration purposes, in words, because some may depend; empty where not said."""


def weights(law: Law, case: Case, options: Sequence[OptionAnalysis]) -> tuple[Weight, ...]:
    """Return the weight of each analysed option of a case, in order; the first is the baseline."""
    filed = {o.name: o for o in case.option}
    return tuple(
        Weight(
            o.name,
            weigh_option(law, case.plan, filed[o.name], [c.outcome for c in o.counts]),
            _federal_convictions(o),
        )
        for o in options
        if o.name in filed
    )


def figure(measure: Measure, vector: Accountability) -> str:
    """Return one figure in words; supervision that nobody stated is said to be the most the law allows."""
    words = measure.words(getattr(vector, measure.key))
    unstated = measure.key == "supervision_days" and not vector.supervision_stated
    return f"{words} ({NOT_STATED})" if unstated else words


def rows(found: Sequence[Weight]) -> list[dict[str, str]]:
    """Return the comparison as a table: a row for each measure, a column for each option, the first as baseline."""
    base = found[0].vector
    table = [{"Measure": LABEL.name, **{w.option: _beside(LABEL, w.vector, base) for w in found}}]
    for measure in FIGURES:
        cells = {w.option: _figure_beside(measure, w.vector, base) for w in found}
        table.append({"Measure": measure.name, **cells})
        if measure.key == "convictions" and all(w.federal_convictions for w in found):
            table.append(
                {"Measure": "Convictions for immigration law", **{w.option: w.federal_convictions for w in found}}
            )
    table += [{"Measure": said.name, **{w.option: _beside(said, w.vector, base) for w in found}} for said in SAYINGS]
    return table


def departures(baseline: Accountability, chosen: Accountability, *, brief: bool = False) -> tuple[str, ...]:
    """Return in plain sentences in what ``chosen`` asks less or more than the baseline; empty where in nothing.

    A ``brief`` answer names the sayings that differ and are long, and leaves their words to the table.
    """
    lines = [
        f"{m.name}: {_at_most(m, chosen)} instead of {_at_most(m, baseline)}."
        for m in FIGURES
        if m.key != "imposed_days" and getattr(baseline, m.key) != getattr(chosen, m.key)
    ]
    differ = [said for said in (LABEL, *SAYINGS) if said.words(baseline) != said.words(chosen)]
    named = [said for said in differ if brief and said.name not in (LABEL.name, PRIORS.name)]
    lines += [
        f"{said.name}: {said.words(chosen).rstrip('.')}; the baseline has: {said.words(baseline).rstrip('.')}."
        for said in differ
        if said not in named
    ]
    if named:
        lines.append(f"Also different: {', '.join(s.name[:1].lower() + s.name[1:] for s in named)}.")
    return tuple(lines)


def _at_most(measure: Measure, vector: Accountability) -> str:
    words = measure.words(getattr(vector, measure.key))
    return f"{words} at most" if measure.key == "supervision_days" and not vector.supervision_stated else words


def accountability(found: Sequence[Weight]) -> tuple[NoteVector, ...]:
    """Return the same vectors as the note prints them."""
    return tuple(
        NoteVector(
            option=w.option,
            is_baseline=place == 0,
            label=w.vector.label,
            convictions=w.vector.convictions,
            custody_days=w.vector.jail_days,
            suspended_days=w.vector.suspended_days,
            fine_dollars=w.vector.fine,
            supervision_days=w.vector.supervision_days,
            supervision_stated=w.vector.supervision_stated,
            **{key: said.words(w.vector) for key, said in zip(_NOTE_KEYS, SAYINGS, strict=True)},
        )
        for place, w in enumerate(found)
    )


_NOTE_KEYS = ("restitution", "treatment_ordered", "treatment_condition", "later_enhancement", "firearm")


def _federal_convictions(option: OptionAnalysis) -> str:
    sure = sum(c.outcome.conviction == "certain" for c in option.counts)
    maybe = sum(c.outcome.conviction == "possible" for c in option.counts)
    return f"{sure}, and {maybe} that may count" if maybe else str(sure)


def _figure_beside(measure: Measure, vector: Accountability, base: Accountability) -> str:
    value, before = getattr(vector, measure.key), getattr(base, measure.key)
    words = figure(measure, vector)
    if value == before:
        return words
    return f"{words} ({'+' if value > before else '−'}{measure.words(abs(value - before))})"


def _beside(said: Said, vector: Accountability, base: Accountability) -> str:
    words = said.words(vector)
    return words if words == said.words(base) else f"{words} (differs)"
