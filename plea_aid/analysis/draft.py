"""Classify a statute the catalogue does not have, from its elements and penalties alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import tomli
from pydantic import ValidationError

from plea_aid.analysis.assess import Assessment, assess
from plea_aid.analysis.case import Case
from plea_aid.analysis.charge import CaseError
from plea_aid.analysis.classify import classify
from plea_aid.analysis.match import Match
from plea_aid.law.catalogue import Law
from plea_aid.law.load import cross_references
from plea_aid.law.records import DIMENSIONS, Offense

DRAFT_ID = "draft"


def parse_draft(text: str, law: Law, today: date) -> Offense:
    """Return the offense that a draft's TOML holds; raise CaseError with one line for each fault.

    A draft needs ``cite``, ``title``, at least one ``[[way]]`` and one ``[[penalty]]``; the rest has defaults.
    """
    try:
        raw = tomli.loads(text)
    except tomli.TOMLDecodeError as fault:
        raise CaseError([f"not readable as TOML: {fault}"]) from None
    return draft_of(raw, law, today)


def draft_of(raw: dict[str, Any], law: Law, today: date) -> Offense:
    """Return the offense that a draft's plain data holds; raise CaseError."""
    filled = {
        "id": DRAFT_ID,
        "family": "draft",
        "grade": "misdemeanor",
        "court": "unverified",
        "summary": raw.get("title", ""),
        "authorities": ["draft"],
        "edition": "as entered",
        "checked": today,
        "confidence": "low",
        "unverified": ["The elements and penalties are as entered; nothing here was checked against the statute."],
        **raw,
    }
    for place, way in enumerate(filled.get("way", []) if isinstance(filled.get("way"), list) else [], start=1):
        if isinstance(way, dict):
            way.setdefault("id", f"way-{place}")
    try:
        offense = Offense.model_validate(filled)
    except ValidationError as fault:
        raise CaseError([f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in fault.errors()]) from None
    problems = [p for p in cross_references(with_draft(law, offense)) if f"offense {DRAFT_ID}" in p]
    problems = [p.removeprefix(f"offense {DRAFT_ID}: ") for p in problems if "authority 'draft'" not in p]
    if problems:
        words = f"the words are in data/vocabulary.toml: {', '.join(DIMENSIONS)}, facts"
        raise CaseError([f"{p} ({words})" for p in problems])
    return offense


def with_draft(law: Law, offense: Offense) -> Law:
    """Return the law with the drafted offense in the catalogue beside the others."""
    return replace(law, offenses={**law.offenses, offense.id: offense})


def classify_draft(offense: Offense, law: Law, day: date) -> tuple[tuple[Match, ...], Assessment]:
    """Return the drafted classification, and the findings of a guilty plea with nothing and with the most ordered."""
    beside = with_draft(law, offense)
    most = law.penalty(offense, 1, day, {}).jail_max_days
    case = Case.model_validate(
        {
            "count": [{"number": 1, "offense": offense.id}],
            "plea_date": day,
            "option": [
                {"name": "Guilty plea, no jail ordered", "count": [{"number": 1}]},
                {"name": f"Guilty plea, the most ({most} days) ordered", "count": [{"number": 1, "jail_days": most}]},
            ],
        }
    )
    return classify(offense, beside, day), assess(case, beside)


def draft_json(offense: Offense, law: Law, day: date) -> dict[str, Any]:
    """Return the drafted classification as plain data."""
    matches, assessment = classify_draft(offense, law, day)
    return {
        "law": {"version": law.version, "as_of": day.isoformat()},
        "offense": {"cite": offense.cite, "title": offense.title},
        "categories": [m.as_json() for m in matches],
        "options": assessment.as_json()["options"],
        "unverified": list(offense.unverified),
    }
