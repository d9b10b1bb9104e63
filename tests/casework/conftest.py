"""People, rules and a case for the casework tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from plea_aid.casework import cases, record
from plea_aid.casework.actors import ROLES, Actor
from plea_aid.casework.database import Database
from plea_aid.casework.rules import Rules
from plea_aid.casework.tables import User
from plea_aid.casework.views import CaseView

DOCUMENT: dict[str, Any] = {
    "cause_number": "CR-2026-0412",
    "offense_date": "2026-03-14",
    "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
    "option": [
        {"name": "As charged", "count": [{"number": 1, "jail_days": 10, "suspended_days": 355}]},
        {"name": "364 days", "count": [{"number": 1, "jail_days": 10, "suspended_days": 354}]},
        {"name": "Amended", "count": [{"number": 1, "offense": "MCA 45-5-201(1)(a)", "suspended_days": 180}]},
    ],
}
GATES: tuple[dict[str, Any], ...] = (
    {"gate": "public-safety", "violence": "yes", "weapon": "no", "injury": "no", "repeat": "no", "note": "No contact."},
    {"gate": "victim-consultation", "status": "consulted", "on": "2026-04-01"},
    {"gate": "factual-basis"},
    {"gate": "defense-submission", "status": "none-received"},
    {"gate": "equivalence", "status": "equivalent", "explanation": "One day less suspended, nothing else."},
    {"gate": "plea-agreement", "type": "46-12-211(1)(b)"},
    {"gate": "advisement", "reminded": True},
)


@pytest.fixture
def rules() -> Rules:
    """Three factors, every gate, an analysis that names the document's options."""
    return Rules(
        law_version="2026-11-22-0123456789ab",
        policy_version="helena-2026, Section 5 in-force",
        factor_ids=("evidence", "harm", "section-5"),
        gate_ids=tuple(one["gate"] for one in GATES),
        analyse=lambda document: {"options": [{"name": one["name"]} for one in document["option"]]},
        must_consider=frozenset({"section-5"}),
        never_alone=frozenset({"section-5"}),
        factor_labels={"section-5": "Avoidance of adverse immigration consequences"},
    )


@dataclass(frozen=True)
class People:
    """One person of each role, and a second prosecutor and supervisor."""

    prosecutor: Actor
    supervisor: Actor
    paralegal: Actor
    auditor: Actor
    administrator: Actor
    other_prosecutor: Actor
    other_supervisor: Actor


@pytest.fixture
def people(db: Database) -> People:
    """Accounts in the database, each as an actor."""
    actors = {}
    with db.write() as session:
        for name in (*ROLES, "other_prosecutor", "other_supervisor"):
            role = name.removeprefix("other_")
            user = User(user_name=name, user_key=name, display_name=name.replace("_", " ").title(), role=role)
            session.add(user)
            actors[name] = Actor(user.id, name, user.display_name, role, "desk 1", f"session of {name}")
    return People(**actors)


@pytest.fixture
def case(db: Database, people: People, rules: Rules) -> CaseView:
    """A draft case of the prosecutor."""
    return cases.create_case(db, people.prosecutor, DOCUMENT, rules=rules)


@pytest.fixture
def fill(db: Database, people: People, rules: Rules) -> Callable[..., CaseView]:
    """Fill a case until it may be submitted."""

    def filled(case_id: str, actor: Actor | None = None, option: str = "364 days") -> CaseView:
        who = actor or people.prosecutor
        view = cases.open_case(db, who, case_id)
        for factor in rules.factor_ids:
            entry = {
                "factor": factor,
                "state": "considered",
                "points": {option: "for"},
                "weight": "some",
                "rationale": f"About {factor}.",
            }
            version = view.factors[factor].version if factor in view.factors else 0
            record.save_factor(db, who, case_id, version, entry, rules=rules)
        for gate in GATES:
            version = view.gates[gate["gate"]].version if gate["gate"] in view.gates else 0
            record.save_gate(db, who, case_id, version, gate, rules=rules)
        number = view.decision.number if view.decision else 0
        decision = {"chosen_option": option, "rationale": "It is just.", "change_explanation": "See the file."}
        record.decide(db, who, case_id, number, decision)
        return cases.open_case(db, who, case_id)

    return filled
