"""The state of the office's policy on a day, in words."""

from __future__ import annotations

from datetime import date

from plea_aid.law.catalogue import Law

FACTOR_SECTION = 5
"""Section 5 of the Helena resolution makes avoiding adverse immigration consequences one factor."""
BINDING = ("in-force", "amended")
"""States in which a section binds; in any other nothing is asked of anyone."""


def factor_state(law: Law, day: date) -> str:
    """Return the state of the factor's section on ``day``: in-force, amended, stayed, rescinded ..."""
    status = law.policy.section_status(FACTOR_SECTION, day) if law.policy else None
    return status.state if status else "not-in-force"


def factor_in_force(law: Law, day: date) -> bool:
    """Say whether the policy gives immigration consequences as a factor on ``day``."""
    return factor_state(law, day) in BINDING


def policy_sentence(law: Law, day: date) -> str:
    """Return the state of the policy's Section 5 on ``day`` in a sentence or two."""
    policy = law.policy
    status = policy.section_status(FACTOR_SECTION, day) if policy else None
    if policy is None or status is None:
        return "No policy on file gives immigration consequences as a factor on this day."
    since = f" since {status.from_}" if status.from_ else ""
    return f"{policy.title}, Section {FACTOR_SECTION}: {status.state.replace('-', ' ')}{since}. {status.note}".strip()
