"""A process that saves and saves until it is killed; the tests kill it at random moments.

Run as ``python zygote.py URL CASE_ID USER_ID``. For each line on standard input it forks a writer, so that the slow
start is paid once, and says when that writer is gone. The writer says what was saved after each acknowledged save.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from plea_aid.casework import cases, record, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.rules import Rules

RULES = Rules(
    law_version="2026-11-22-0123456789ab",
    policy_version="helena-2026, Section 5 in-force",
    factor_ids=("harm",),
    gate_ids=(),
    analyse=lambda document: {"options": [{"name": one["name"]} for one in document["option"]]},
)
OPTIONS = ("As charged", "364 days")


def save_everything(db: Database, actor: Actor, case_id: str, saved: Callable[[str, int], None]) -> None:
    """Save each part of a case once, the numbers one higher than those that stand there."""
    view = cases.open_case(db, actor, case_id)
    if not view.editable:
        submission.reopen(db, actor, case_id, view.version, "Worked on further.")
        view = cases.open_case(db, actor, case_id)
    number = view.document.get("plan", {}).get("min_fine", 0) + 1
    document: dict[str, Any] = {**view.document, "plan": {"min_fine": number}}
    cases.update_document(db, actor, case_id, view.document_version, document, rules=RULES)
    saved("document", number)
    version = view.factors["harm"].version if "harm" in view.factors else 0
    words = f"{version + 1} " * 200
    entry = {"factor": "harm", "state": "considered", "weight": "some", "rationale": words, "points": {}}
    record.save_factor(db, actor, case_id, version, entry, rules=RULES)
    saved("factor", version + 1)
    decided = view.decision.number if view.decision else 0
    decision = {"chosen_option": OPTIONS[decided % 2], "rationale": words, "change_explanation": "It changed."}
    record.decide(db, actor, case_id, decided, decision)
    saved("decision", decided + 1)
    now = cases.open_case(db, actor, case_id)
    version_view = submission.submit(db, actor, case_id, now.version, rules=RULES)
    saved("version", version_view.number)


def _say(line: str) -> None:
    os.write(1, line.encode() + b"\n")  # one write a line: what is said is said whole


def _write_until_killed(db: Database, case_id: str, actor: Actor) -> None:
    while True:
        save_everything(db, actor, case_id, lambda kind, number: _say(f"{kind} {number}"))


if __name__ == "__main__":
    url, case_id, user_id = sys.argv[1:]
    prosecutor = Actor(user_id, "prosecutor", "Prosecutor", "prosecutor")
    database = Database(url)
    save_everything(database, prosecutor, case_id, lambda *_: None)  # what is loaded when first used is loaded now
    database.close()
    _say("ready")
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            _write_until_killed(database, case_id, prosecutor)
        _say(f"writer {child}")
        os.waitpid(child, 0)
        _say("gone")
