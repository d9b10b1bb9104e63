"""The life of an analysis, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from plea_aid.casework.permissions import Action

Stage = Literal["draft", "submitted", "approved", "returned", "offered", "accepted", "rejected", "withdrawn", "entered"]
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
    unreviewed: bool = False
    """Open only where the office's thresholds ask for no supervisor review."""


_A = Action
# fmt: off
MOVES: tuple[Rule, ...] = (
    #    move        from                                             to           permission
    Rule("submit",   ("draft", "returned"),                              "submitted", _A.CASE_SUBMIT),
    Rule("approve",  ("submitted",),                                     "approved",  _A.CASE_APPROVE),
    Rule("return",   ("submitted",),                                     "returned",  _A.CASE_RETURN, reasons=True),
    Rule("offer",    ("approved",),                                      "offered",   _A.CASE_OFFER),
    Rule("offer",    ("submitted",),                                     "offered",   _A.CASE_OFFER, unreviewed=True),
    Rule("accept",   ("offered",),                                       "accepted",  _A.CASE_OUTCOME),
    Rule("reject",   ("offered",),                                       "rejected",  _A.CASE_OUTCOME),
    Rule("withdraw", ("offered", "accepted"),                            "withdrawn", _A.CASE_OUTCOME),
    Rule("enter",    ("accepted", "rejected", "withdrawn"),              "entered",   _A.CASE_OUTCOME),
    Rule("reopen",   ("submitted", "approved", "rejected", "withdrawn"), "draft",     _A.CASE_REOPEN, reasons=True),
)
# fmt: on


def rule_for(stage: str, move: str, *, review_required: bool) -> Rule | None:
    """Return the rule by which ``move`` may be made from ``stage``; None when it may not."""
    for rule in MOVES:
        if rule.move == move and stage in rule.from_ and not (rule.unreviewed and review_required):
            return rule
    return None
