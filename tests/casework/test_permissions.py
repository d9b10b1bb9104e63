"""The matrix of roles and actions, written out here a second time, and the conditions on a case."""

from __future__ import annotations

import pytest

from plea_aid.casework.actors import NOBODY, ROLES, Actor
from plea_aid.casework.permissions import CASE_RULES, Action, can
from plea_aid.casework.views import CaseFacts

P, S, L, A, M = "prosecutor", "supervisor", "paralegal", "auditor", "administrator"
MATRIX = {
    Action.CASE_LIST: {P, S, L, A},
    Action.CASE_READ: {P, S, L, A},
    Action.CASE_CREATE: {P, S, L},
    Action.CASE_CHANGE: {P, S, L},
    Action.CASE_WEIGH: {P, S},
    Action.CASE_DECIDE: {P, S},
    Action.CASE_SUBMIT: {P, S},
    Action.CASE_APPROVE: {S},
    Action.CASE_RETURN: {S},
    Action.CASE_OFFER: {P, S},
    Action.CASE_OUTCOME: {P, S, L},
    Action.CASE_REOPEN: {P, S},
    Action.CASE_HAND_OVER: {P, S},
    Action.CASE_EXPORT: {P, S},
    Action.WALL_LIST: {P, S, A},
    Action.WALL_CHANGE: {P, S},
    Action.EXAMPLES_LOAD: {P, S},
    Action.PASSWORD_CHANGE: {P, S, L, A, M},
    Action.SESSION_OWN: {P, S, L, A, M},
    Action.GUIDE_KEEP: {P, S, L, A, M},
    Action.USER_LIST: {S, A, M},
    Action.USER_CHANGE: {S, M},
    Action.SESSION_LIST: {S, M},
    Action.SESSION_END: {S, M},
    Action.AUDIT_READ: {S, A, M},
    Action.OFFICE_READ: {P, S, A},
    Action.LAW_READ: {P, S, L, A, M},
    Action.QUICK_CHECK: {P, S, L, A, M},
    Action.LAW_SIGN_OFF: {P, S},
    Action.TEXT_SEAL: {P, S, L},
    Action.TEXT_READ: {P, S},
    Action.RELEASE_MAKE: {P, S},
    Action.RELEASE_LIST: {P, S, A},
    Action.RETENTION_READ: {P, S, A},
    Action.HOLD_CHANGE: {P, S},
    Action.DISPOSAL_REQUEST: {P, S},
    Action.DISPOSAL_APPROVE: {S},
    Action.WORKLOAD_READ: {S},
    Action.FIGURES_EXPORT: {S, A},
    Action.LAW_CHECK: {S},
    Action.IMPACT_READ: {P, S, L, A},
    Action.IMPACT_READ_ALL: {S, A},
    Action.IMPACT_ACKNOWLEDGE: {P, S},
    Action.DATABASE_BACKUP: {M},
    Action.DATABASE_RESTORE: set(),
    Action.KEY_KEEP: set(),
    Action.OFFICE_EXPORT: {S},
    Action.DOCKET_SCREEN: {P, S, L},
}


def actor(role: str, user_id: str = "me") -> Actor:
    return Actor(user_id, "name", "Name", role)


def test_the_matrix_names_every_action() -> None:
    assert set(MATRIX) == set(Action)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", list(Action))
def test_a_role_may_what_the_matrix_grants_and_nothing_else(role: str, action: Action) -> None:
    verdict = can(actor(role), action)
    assert bool(verdict) == (role in MATRIX[action])
    assert verdict.because.endswith(".")
    assert role in verdict.because


@pytest.mark.parametrize("action", [*Action, "case.destroy", "", "CASE.READ"])
@pytest.mark.parametrize("role", ["", "owner", "Supervisor", "prosecutor "])
def test_an_unknown_role_may_nothing(role: str, action: str) -> None:
    assert not can(actor(role), action)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ["case.destroy", "", "CASE.READ", "case.read "])
def test_an_unknown_action_is_denied_to_all(role: str, action: str) -> None:
    assert not can(actor(role), action)


@pytest.mark.parametrize("action", list(Action))
def test_nobody_who_is_not_signed_in_may_anything(action: Action) -> None:
    assert not can(NOBODY, action, CaseFacts("", "draft", None, True))


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        (P, Action.CASE_READ, True),
        (P, Action.CASE_CHANGE, False),
        (P, Action.CASE_WEIGH, False),
        (P, Action.CASE_DECIDE, False),
        (P, Action.CASE_SUBMIT, False),
        (P, Action.CASE_OFFER, False),
        (P, Action.CASE_OUTCOME, False),
        (P, Action.CASE_REOPEN, False),
        (P, Action.CASE_HAND_OVER, False),
        (S, Action.CASE_CHANGE, False),
        (S, Action.CASE_WEIGH, False),
        (S, Action.CASE_DECIDE, False),
        (S, Action.CASE_SUBMIT, False),
        (S, Action.CASE_OFFER, True),
        (S, Action.CASE_OUTCOME, True),
        (S, Action.CASE_REOPEN, True),
        (S, Action.CASE_HAND_OVER, True),
        (S, Action.CASE_APPROVE, True),
        (S, Action.CASE_RETURN, True),
        (L, Action.CASE_CHANGE, True),
        (L, Action.CASE_OUTCOME, True),
        (P, Action.WALL_LIST, False),
        (P, Action.WALL_CHANGE, False),
        (S, Action.WALL_LIST, True),
        (S, Action.WALL_CHANGE, True),
        (A, Action.WALL_LIST, True),
    ],
)
def test_what_may_be_done_on_a_colleagues_case(role: str, action: Action, allowed: bool) -> None:
    colleague = CaseFacts("colleague", "submitted", "colleague", True, frozenset({"colleague"}))
    assert bool(can(actor(role), action, colleague)) == allowed


@pytest.mark.parametrize("action", [Action.CASE_APPROVE, Action.CASE_RETURN])
@pytest.mark.parametrize(
    "facts",
    [
        CaseFacts("me", "submitted", "colleague", True),
        CaseFacts("colleague", "submitted", "me", True),
        CaseFacts("colleague", "submitted", "colleague", True, frozenset({"me"})),
    ],
    ids=["owns it", "submitted it", "had part in it"],
)
def test_nobody_reviews_their_own(action: Action, facts: CaseFacts) -> None:
    verdict = can(actor(S), action, facts)
    assert not verdict
    assert "Nobody reviews their own work" in verdict.because


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", list(Action))
def test_nobody_may_anything_on_a_case_that_is_closed_to_them(role: str, action: Action) -> None:
    closed = CaseFacts("me", "submitted", None, True, closed_to=frozenset({"me"}))
    verdict = can(actor(role), action, closed)
    assert not verdict
    assert verdict.rule == ("closed" if role in MATRIX[action] else "role")


def test_a_refusal_names_its_rule() -> None:
    mine, theirs = CaseFacts("me", "submitted", "me", True), CaseFacts("colleague", "draft", None, True)
    assert can(actor(P), "case.destroy").rule == "unknown-action"
    assert can(actor(A), Action.CASE_CHANGE).rule == "role"
    assert can(actor(P), Action.CASE_DECIDE, theirs).rule == "own-case"
    assert can(actor(S), Action.CASE_APPROVE, mine).rule == "not-own-work"
    assert can(actor(S), Action.CASE_READ, theirs).rule == ""
    assert len({rule.id for rule in CASE_RULES}) == len(CASE_RULES)
