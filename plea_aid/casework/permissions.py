"""Who may do what: one table of roles, a few conditions on the case, everything else denied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from plea_aid.casework.actors import Actor


class Action(StrEnum):
    """Everything the casework room does on someone's behalf."""

    CASE_LIST = "case.list"
    CASE_READ = "case.read"
    CASE_CREATE = "case.create"
    CASE_CHANGE = "case.change"
    CASE_WEIGH = "case.weigh"
    CASE_DECIDE = "case.decide"
    CASE_SUBMIT = "case.submit"
    CASE_APPROVE = "case.approve"
    CASE_RETURN = "case.return"
    CASE_OFFER = "case.offer"
    CASE_OUTCOME = "case.outcome"
    CASE_REOPEN = "case.reopen"
    CASE_HAND_OVER = "case.hand-over"
    CASE_EXPORT = "case.export"
    EXAMPLES_LOAD = "examples.load"
    USER_LIST = "user.list"
    USER_CHANGE = "user.change"
    SESSION_LIST = "session.list"
    SESSION_END = "session.end"
    AUDIT_READ = "audit.read"
    OFFICE_READ = "office.read"
    LAW_READ = "law.read"
    LAW_SIGN_OFF = "law.sign-off"
    DATABASE_BACKUP = "database.backup"
    DATABASE_RESTORE = "database.restore"
    OFFICE_EXPORT = "office.export"


class CaseFacts(Protocol):
    """What a permission may depend on in a case."""

    @property
    def owner_id(self) -> str: ...
    @property
    def submitted_by(self) -> str | None: ...
    @property
    def authors(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class Verdict:
    """Yes or no, and the sentence that says why."""

    allowed: bool
    because: str

    def __bool__(self) -> bool:
        return self.allowed


_A = Action
_READ = frozenset({_A.CASE_LIST, _A.CASE_READ, _A.LAW_READ})
_ATTORNEY = _READ | {
    _A.CASE_CREATE, _A.CASE_CHANGE, _A.CASE_WEIGH, _A.CASE_DECIDE, _A.CASE_SUBMIT, _A.CASE_OFFER,
    _A.CASE_OUTCOME, _A.CASE_REOPEN, _A.CASE_HAND_OVER, _A.CASE_EXPORT, _A.EXAMPLES_LOAD, _A.OFFICE_READ,
    _A.LAW_SIGN_OFF,
}  # fmt: skip
_ACCOUNTS = frozenset({_A.USER_LIST, _A.USER_CHANGE, _A.SESSION_LIST, _A.SESSION_END})

ROLE_MAY: dict[str, frozenset[Action]] = {
    "prosecutor": _ATTORNEY,
    "supervisor": _ATTORNEY | _ACCOUNTS | {_A.CASE_APPROVE, _A.CASE_RETURN, _A.AUDIT_READ, _A.OFFICE_EXPORT},
    "paralegal": _READ | {_A.CASE_CREATE, _A.CASE_CHANGE, _A.CASE_OUTCOME},
    "auditor": _READ | {_A.AUDIT_READ, _A.OFFICE_READ, _A.USER_LIST},
    "administrator": _ACCOUNTS | {_A.AUDIT_READ, _A.LAW_READ, _A.DATABASE_BACKUP},
    # Whoever runs commands on the server: no account has this role, and it opens no case on a screen.
    "operator": _ACCOUNTS | {_A.AUDIT_READ, _A.LAW_READ, _A.DATABASE_BACKUP, _A.DATABASE_RESTORE, _A.OFFICE_EXPORT},
}
"""What each role may do at all; the conditions below narrow it. What is not listed is denied."""

_PHRASES: dict[Action, str] = {
    _A.CASE_LIST: "see the list of cases",
    _A.CASE_READ: "open cases",
    _A.CASE_CREATE: "create cases",
    _A.CASE_CHANGE: "change the charges and options of a case",
    _A.CASE_WEIGH: "weigh factors",
    _A.CASE_DECIDE: "decide and sign",
    _A.CASE_SUBMIT: "submit an analysis for review",
    _A.CASE_APPROVE: "approve an analysis",
    _A.CASE_RETURN: "return an analysis",
    _A.CASE_OFFER: "record that an offer was made",
    _A.CASE_OUTCOME: "record an outcome",
    _A.CASE_REOPEN: "reopen a case",
    _A.CASE_HAND_OVER: "hand a case over",
    _A.CASE_EXPORT: "export a case note",
    _A.EXAMPLES_LOAD: "load the example cases",
    _A.USER_LIST: "see the list of accounts",
    _A.USER_CHANGE: "add or change accounts",
    _A.SESSION_LIST: "see who is signed in",
    _A.SESSION_END: "end other people's sessions",
    _A.AUDIT_READ: "read the audit trail",
    _A.OFFICE_READ: "see the office figures",
    _A.LAW_READ: "see who signed the law off",
    _A.LAW_SIGN_OFF: "sign an entry of the law off",
    _A.DATABASE_BACKUP: "back the database up",
    _A.DATABASE_RESTORE: "restore the database",
    _A.OFFICE_EXPORT: "export everything of the office",
}
_OWNERS_ONLY = frozenset({_A.CASE_WEIGH, _A.CASE_DECIDE, _A.CASE_SUBMIT})
_OWNERS_OR_SUPERVISORS = frozenset({_A.CASE_OFFER, _A.CASE_OUTCOME, _A.CASE_REOPEN, _A.CASE_HAND_OVER})
_REVIEW = frozenset({_A.CASE_APPROVE, _A.CASE_RETURN})


def can(actor: Actor, action: str, resource: CaseFacts | None = None) -> Verdict:
    """Say whether ``actor`` may do ``action`` (on this case), and why. What is not granted is denied."""
    try:
        act = Action(action)
    except ValueError:
        return Verdict(False, f"'{action}' is not something this program does.")
    if act not in ROLE_MAY.get(actor.role, frozenset()):
        return Verdict(False, f"{_role_words(actor)} may not {_PHRASES[act]}{_who_may(act)}.")
    if resource is not None:
        refusal = _refusal(actor, act, resource)
        if refusal:
            return Verdict(False, refusal)
    return Verdict(True, f"{_role_words(actor)} may {_PHRASES[act]}.")


def _refusal(actor: Actor, act: Action, case: CaseFacts) -> str | None:
    owns = bool(actor.user_id) and actor.user_id == case.owner_id
    if act in _OWNERS_ONLY and not owns:
        return f"Only the attorney who has this case may {_PHRASES[act]}; it can be handed over."
    if act is Action.CASE_CHANGE and not owns and actor.role != "paralegal":
        return "Only the attorney who has this case, or a paralegal, may change it; it can be handed over."
    if act in _OWNERS_OR_SUPERVISORS and not owns and actor.role not in ("supervisor", "paralegal"):
        return f"Only the attorney who has this case, or a supervisor, may {_PHRASES[act]}."
    if act in _REVIEW and (owns or actor.user_id == case.submitted_by or actor.user_id in case.authors):
        return "Nobody reviews their own work: another supervisor decides on this analysis."
    return None


def _role_words(actor: Actor) -> str:
    if not actor.role:
        return "Someone who is not signed in"
    article = "An" if actor.role[0] in "aeiou" else "A"
    return f"{article} {actor.role}"


def _who_may(act: Action) -> str:
    roles = [role for role, actions in ROLE_MAY.items() if act in actions]
    return f"; that is for: {', '.join(roles)}" if roles else ""
