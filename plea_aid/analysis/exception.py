"""Statutory exceptions: what takes an offense out of a ground, and what destroys the exception."""

from __future__ import annotations

from collections.abc import Sequence

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.charge import Outcome
from plea_aid.analysis.levels import lower, rank
from plea_aid.law.records import GroundException, Level, Offense


def exception_applies(
    analyst: Analyst, outcomes: Sequence[Outcome], exception: GroundException, outcome: Outcome
) -> tuple[str, str]:
    """Say whether a statutory exception takes the count out: 'yes', 'no' or 'maybe', with the step."""
    name = exception.name
    most, ordered = outcome.maximum_days, outcome.ordered_days
    if exception.maximum_not_over is not None and most > exception.maximum_not_over:
        return "no", f"{name} not met: maximum possible {most} days, more than {exception.maximum_not_over}."
    if exception.ordered_not_over is not None and ordered > exception.ordered_not_over:
        return "no", (
            f"{name} not met: term ordered {outcome.ordered_words}, more than {exception.ordered_not_over}, "
            "suspended time counted."
        )
    uncertain = ""
    if exception.substance is not None:
        named = (outcome.record.substance or "").strip().lower()
        covered = _substances(analyst, outcome)
        if named != exception.substance and covered != {exception.substance}:
            if named in ("", "unspecified") and (not covered or exception.substance in covered):
                uncertain = f"{name} could apply if the substance is {exception.substance}."
            else:
                return "no", f"{name} not met: the substance is not {exception.substance}."
        grams = outcome.record.marijuana_grams
        if grams is not None and exception.grams_not_over is not None:
            if grams > exception.grams_not_over:
                return "no", f"{name} not met: {grams:g} g, more than {exception.grams_not_over:g} g."
        elif not uncertain:
            uncertain = f"{name} applies if the amount was {exception.grams_not_over:g} g or less; it is not stated."
    if exception.requires_any:
        meets = [_element_meets(o, literal) for o in outcome.final.offenses for literal in exception.requires_any]
        if not any(meets):
            return "no", f"{name} not met: the offense is more than the simple conduct it covers."
    if any(w.facts & set(exception.not_with_facts) for o in outcome.final.offenses for w in o.ways):
        return "no", f"{name} not met: the offense is graver than the simple conduct it covers."
    if exception.only_one_ever:
        others = _others(analyst, outcomes, exception, outcome)
        if others == "certain":
            return "no", f"{name} not met: there is more than one such offense."
        if others == "possible":
            uncertain = uncertain or f"{name} applies only if no other offense here counts, which is not settled."
    return ("maybe", uncertain) if uncertain else ("yes", "")


def answer_alone(analyst: Analyst, exception: GroundException, outcome: Outcome) -> str:
    """Say whether the exception takes the count out if nothing stands beside it: 'yes', 'no' or 'maybe'."""
    return exception_applies(analyst, (outcome,), exception, outcome)[0]


def weight_for_others(analyst: Analyst, exception: GroundException, outcome: Outcome) -> Level:
    """Return how surely the count is another offense of the exception's category for a count beside it."""
    if outcome.conviction == "none":
        return "none"
    return lower(
        analyst.match(outcome.final, outcome, exception.category).level or "possible",
        outcome.conviction,
    )


def _substances(analyst: Analyst, outcome: Outcome) -> set[str]:
    """Return the substances the elements of the conviction still cover once the record has been read."""
    facts = analyst.facts(outcome.record)
    leaves = [x for o in outcome.final.offenses for x in analyst.reader.reading(o, None, facts, False).leaves]
    return {x.values["substance"] for x in leaves if "substance" in x.values}


def _element_meets(offense: Offense, literal: str) -> bool:
    dimension, _, text = literal.partition(":")
    return any(set(w.elements.get(dimension, ())) & set(text.split("|")) for w in offense.ways)


def _others(analyst: Analyst, outcomes: Sequence[Outcome], exception: GroundException, outcome: Outcome) -> str:
    """Say whether another conviction is of the exception's category: 'certain', 'possible' or 'none'."""
    seen = False
    same_incident = exception.substance is not None
    for other in outcomes:
        if other is outcome or other.conviction == "none" or (same_incident and other.scheme == outcome.scheme):
            continue
        weight = rank(weight_for_others(analyst, exception, other))
        if weight >= rank("likely"):
            return "certain"
        seen = seen or weight == rank("possible")
    return "possible" if seen else "none"
