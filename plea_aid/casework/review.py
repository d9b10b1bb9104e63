"""The life of an analysis, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from plea_aid.casework.permissions import Action

Stage = Literal[
    "draft", "submitted", "approved", "returned", "offered", "accepted", "rejected", "withdrawn", "entered"
]
STAGES: tuple[Stage, ...] = get_args(Stage)
EDITABLE: frozenset[str] = frozenset({"draft", "returned"})
"""Stages in which the case, its factors, gates and decision may change."""


@dataclass(frozen=True)
class Rule:
    """One move: from which stages, to which, whose permission it takes, and what else must hold."""

    move: str
    from_: tuple[Stage, ...]
    to: Stage
    action: Action
    reasons: bool = False
    """The person must say why."""
    unreviewed_only: bool = False
    """Open only where the office's thresholds ask for no supervisor review."""


# fmt: off
MOVES: tuple[Rule, ...] = (
    Rule("submit",   ("draft", "returned"),                              "submitted", Action.CASE_SUBMIT),
    Rule("approve",  ("submitted",),                                     "approved",  Action.CASE_APPROVE),
    Rule("return",   ("submitted",),                                     "returned",  Action.CASE_RETURN, reasons=True),
    Rule("offer",    ("approved",),                                      "offered",   Action.CASE_OFFER),
    Rule("offer",    ("submitted",),                                     "offered",   Action.CASE_OFFER, unreviewed_only=True),
    Rule("accept",   ("offered",),                                       "accepted",  Action.CASE_OUTCOME),
    Rule("reject",   ("offered",),                                       "rejected",  Action.CASE_OUTCOME),
    Rule("withdraw", ("offered", "accepted"),                            "withdrawn", Action.CASE_OUTCOME),
    Rule("enter",    ("accepted", "rejected", "withdrawn"),              "entered",   Action.CASE_OUTCOME),
    Rule("reopen",   ("submitted", "approved", "rejected", "withdrawn"), "draft",     Action.CASE_REOPEN, reasons=True),
)
# fmt: on


def rule_for(stage: str, move: str, *, review_required: bool) -> Rule | None:
    """Return the rule by which ``move`` may be made from ``stage``; None when it may not."""
    for rule in MOVES:
        if rule.move == move and stage in rule.from_ and not (rule.unreviewed_only and review_required):
            return rule
    return None
