"""A small law of its own, so that the planner is tested on every kind of rule and not on this year's data.

Its offenses and grounds are invented shapes: nothing here teaches law.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from plea_aid.law.catalogue import Law
from plea_aid.law.records import (
    Authority,
    Category,
    DispositionRule,
    Ground,
    GroundException,
    Limits,
    Offense,
    Posture,
)

DAY = date(2026, 5, 2)
_CHECKED = {"checked": DAY}
_AUTHORITIES = {"authorities": ["one"]}


def offense(name: str, act: str, most: int, fine: int = 500, **more: Any) -> Offense:
    """Return an offense with one way of committing it."""
    way = {"id": "only", "act": act, **more.pop("way", {})}
    return Offense.model_validate(
        {
            "id": name,
            "cite": f"MCA 99-1-{name.split('-')[-1]}",
            "title": name,
            "family": "test",
            "grade": "misdemeanor",
            "court": "municipal",
            "summary": f"the offense called {name}",
            "way": more.pop("ways", [way]),
            "penalty": [{"jail_max_days": most, "jail_min_days": more.pop("least", 0), "fine_max": fine}],
            "edition": "test",
            "confidence": "high",
            **_CHECKED,
            **_AUTHORITIES,
            **more,
        }
    )


def _alternative(cite: str) -> dict[str, str]:
    return {"offense": cite, "differs": "it is another offense", "needs": "facts that fit it"}


def _offenses() -> dict[str, Offense]:
    found = [
        offense("vile-101", "vile", 365, 1000, alternative=[_alternative("MCA 99-1-102")], counts_as_prior=["theft"]),
        offense("vile-102", "vile", 180, alternative=[_alternative("MCA 99-1-105")], counts_as_prior=["theft"]),
        offense("rough-103", "rough", 365, 2000, least=1, flags=["domestic-violence"], counts_as_prior=["pfma"]),
        offense(
            "drug-104",
            "possess",
            180,
            labels=["listed"],
            ways=[
                {"id": "a", "act": "possess", "substance": "marijuana"},
                {"id": "b", "act": "possess", "substance": "federal-drug"},
            ],
            ways_are="elements",
            record_fact=[
                {
                    "key": "kind",
                    "question": "Which kind?",
                    "effect": "selects-way",
                    "answers": {"unspecified": "", "mild": "a", "hard": "b"},
                }
            ],
            alternative=[_alternative("MCA 99-1-105")],
        ),
        offense("small-105", "plain", 10, 100),
        offense("fine-106", "plain", 0, 300),
        offense("drunk-107", "plain", 180, 1000, least=2, flags=["dui"], counts_as_prior=["dui"], deferral="barred"),
    ]
    return {o.id: o for o in found}


def _category(name: str, act: str) -> Category:
    def rule(which: str, answer: str, weight: str, **when: Any) -> dict[str, Any]:
        return {
            "id": f"{name}-{which}",
            "when": when,
            "answer": answer,
            "weight": weight,
            "reason": which,
            **_AUTHORITIES,
        }

    return Category.model_validate(
        {
            "id": name,
            "name": name,
            "says": name,
            "not_formalised": ["nothing"],
            "rule": [rule("yes", "yes", "binding", all=[act]), rule("no", "no", "text", none=[act])],
            **_CHECKED,
            **_AUTHORITIES,
        }
    )


def _grounds() -> dict[str, Ground]:
    everyone = ["resident", "visitor"]
    shapes: list[tuple[str, str, list[str], str, list[dict[str, Any]]]] = [
        (
            "long-term",
            "aggravated-felony",
            everyone,
            "government",
            [{"any_category": ["rough"], "ordered_at_least": 365}],
        ),
        (
            "one-vile",
            "deportability",
            ["resident"],
            "government",
            [{"any_category": ["vile"], "maximum_at_least": 365}],
        ),
        (
            "two-vile",
            "deportability",
            ["resident"],
            "government",
            [{"any_category": ["vile"], "convictions_at_least": 2, "separate_schemes": True}],
        ),
        (
            "vile-bar",
            "inadmissibility",
            ["visitor"],
            "applicant",
            [{"any_category": ["vile"], "exceptions": ["petty"]}],
        ),
        (
            "drugs",
            "deportability",
            everyone,
            "government",
            [{"any_category": ["drugs"], "exceptions": ["small-amount"]}],
        ),
        (
            "taken-over",
            "relief-bar",
            everyone,
            "applicant",
            [
                {"described_in": ["two-vile", "drugs", "long-term"]},
                {"described_in": ["vile-bar"], "level_at_most": "possible"},
            ],
        ),
        (
            "three-of-any",
            "relief-bar",
            ["visitor"],
            "applicant",
            [{"any_offense": True, "maximum_over": 5, "convictions_at_least": 3, "separate_schemes": True}],
        ),
        ("two-of-any", "relief-bar", ["resident"], "applicant", [{"any_offense": True, "convictions_at_least": 2}]),
        (
            "two-years",
            "inadmissibility",
            everyone,
            "applicant",
            [{"any_offense": True, "convictions_at_least": 2, "total_ordered_at_least": 700}],
        ),
        ("confined", "gmc", ["resident"], "applicant", [{"any_offense": True, "total_served_at_least": 100}]),
        ("supervised", "gmc", ["resident"], "applicant", [{"any_offense": True, "supervision_or_suspended": True}]),
        (
            "jailed",
            "detention",
            ["visitor"],
            "government",
            [{"any_offense": True, "served_over": 0, "level_at_most": "possible"}],
        ),
        ("charged", "detention", ["visitor"], "government", [{"basis": "charge", "any_label": ["listed"]}]),
        (
            "arrest",
            "benefit",
            everyone,
            "applicant",
            [{"basis": "charge", "any_flag": ["dui"], "level_at_most": "likely"}],
        ),
        ("conduct", "inadmissibility", ["visitor"], "applicant", [{"basis": "conduct", "any_category": ["rough"]}]),
    ]
    found = {}
    for name, kind, postures, burden, limbs in shapes:
        found[name] = Ground.model_validate(
            {
                "id": name,
                "name": f"Ground {name}",
                "citation": name,
                "kind": kind,
                "postures": postures,
                "burden": burden,
                "says": name,
                "limb": [{"says": name, **limb} for limb in limbs],
                "confidence": "high",
                **_CHECKED,
                **_AUTHORITIES,
            }
        )
    return found


def _exceptions() -> dict[str, GroundException]:
    shapes: list[dict[str, Any]] = [
        {"id": "petty", "category": "vile", "maximum_not_over": 365, "ordered_not_over": 180},
        {"id": "small-amount", "category": "drugs", "substance": "marijuana", "grams_not_over": 30},
    ]
    return {
        s["id"]: GroundException.model_validate(
            {"name": s["id"], "says": s["id"], "only_one_ever": True, **s, **_CHECKED, **_AUTHORITIES}
        )
        for s in shapes
    }


def _dispositions() -> dict[str, DispositionRule]:
    shapes: list[tuple[str, str, bool, bool]] = [
        ("guilty-plea", "yes", True, True),
        ("nolo-contendere", "yes", True, True),
        ("deferred-imposition", "yes", True, True),
        ("deferred-prosecution", "no", False, False),
        ("bond-forfeiture", "depends", False, False),
        ("dismissed", "no", False, False),
        ("civil-infraction", "no", False, False),
        ("pending", "no", False, False),
    ]
    return {
        name: DispositionRule.model_validate(
            {
                "id": name,
                "name": name.capitalize(),
                "is_conviction": conviction,
                "says": name,
                "montana_conviction": local,
                "confines": confines,
                "needs": [f"what {name} needs"],
                **_CHECKED,
                **_AUTHORITIES,
            }
        )
        for name, conviction, local, confines in shapes
    }


LIMITS: dict[str, Any] = {
    "agreement": [
        {
            "id": "specific-sentence",
            "cite": "MCA 99-2-1(b)",
            "says": "a sentence is agreed.",
            "force": "It can be rejected.",
        }
    ],
    "related_offense": "A plea to another offense can be agreed.",
    "record_silent": "It is left open.",
    "record_named": "It must be true.",
    "dismissal_of_others": "The dismissal is a term of the agreement.",
    "offer": [
        {
            "disposition": name,
            "agreements": ["specific-sentence"],
            "supervision_of_suspension": 180,
            "restitution": True,
            "counts_as_prior_for": ["dui", "pfma", "theft"],
        }
        for name in ("guilty-plea", "nolo-contendere")
    ]
    + [
        {
            "disposition": "deferred-imposition",
            "sentence": "none",
            "supervision_days": 365,
            "restitution": True,
            "counts_as_prior_for": ["dui", "pfma", "theft"],
        },
        {
            "disposition": "deferred-prosecution",
            "sentence": "none",
            "as_charged_only": True,
            "supervision_days": 365,
            "restitution": True,
        },
        {"disposition": "dismissed", "sentence": "none", "as_charged_only": True},
        {"disposition": "civil-infraction", "sentence": "fine", "fine_only_offense": True, "fine_max": 300},
        {"disposition": "bond-forfeiture", "offered": False, "because": "nobody agrees to it", "sentence": "none"},
    ],
    "apart": [
        {
            "one": ["deferred-prosecution"],
            "other": ["guilty-plea", "deferred-imposition"],
            "says": "alone",
            **_AUTHORITIES,
        }
    ],
    "firearm": [
        {"offenses": ["MCA 99-1-103"], "says": "A firearm bar.", **_AUTHORITIES},
        {"offenses": ["MCA 99-1-101"], "reduced_to": ["test"], "says": "It can remain.", **_AUTHORITIES},
    ],
    "treatment": [{"offenses": ["MCA 99-1-103"], "says": "An assessment.", **_AUTHORITIES}],
}


def build_law(**changed: Any) -> Law:
    """Return the small law, with records replaced by those given."""
    authority = {
        "id": "one",
        "name": "One",
        "citation": "1 Test 1",
        "kind": "statute",
        "proposition": "p",
        "treatment": "good",
        "citation_seen": True,
        "proposition_seen": True,
        **_CHECKED,
    }
    posture = {"group": "Everyone", "who": "someone", **_CHECKED, **_AUTHORITIES}
    records: dict[str, Any] = {
        "folder": Path(),
        "version": "test",
        "vocabulary": {},
        "authorities": {"one": Authority.model_validate(authority)},
        "offenses": _offenses(),
        "terms": {},
        "categories": {
            "vile": _category("vile", "act:vile"),
            "rough": _category("rough", "act:rough"),
            "drugs": _category("drugs", "act:possess"),
        },
        "grounds": _grounds(),
        "exceptions": _exceptions(),
        "postures": {p: Posture.model_validate({"id": p, "name": p, **posture}) for p in ("resident", "visitor")},
        "dispositions": _dispositions(),
        "definitions": {},
        "policies": (),
        "checklists": (),
        "glossary": {},
        "limits": Limits.model_validate(LIMITS),
    }
    return Law(**{**records, **changed})
