"""Who may do what: one table of roles, a few rules on the case, everything else denied.

The page that explains permissions reads the same table and the same rules.
"""

from __future__ import annotations

from collections.abc import Callable
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
    WALL_LIST = "wall.list"
    WALL_CHANGE = "wall.change"
    EXAMPLES_LOAD = "examples.load"
    PASSWORD_CHANGE = "account.password"  # noqa: S105
    SESSION_OWN = "session.own"
    GUIDE_KEEP = "account.guide"
    USER_LIST = "user.list"
    USER_CHANGE = "user.change"
    SESSION_LIST = "session.list"
    SESSION_END = "session.end"
    AUDIT_READ = "audit.read"
    OFFICE_READ = "office.read"
    LAW_READ = "law.read"
    QUICK_CHECK = "law.quick-check"
    LAW_SIGN_OFF = "law.sign-off"
    TEXT_SEAL = "text.seal"
    TEXT_READ = "text.read"
    RELEASE_MAKE = "release.make"
    RELEASE_LIST = "release.list"
    RETENTION_READ = "retention.read"
    HOLD_CHANGE = "hold.change"
    DISPOSAL_REQUEST = "disposal.request"
    DISPOSAL_APPROVE = "disposal.approve"
    WORKLOAD_READ = "office.workload"
    FIGURES_EXPORT = "office.figures-export"
    LAW_CHECK = "law.check-impact"
    IMPACT_READ = "impact.read"
    IMPACT_READ_ALL = "impact.read-all"
    IMPACT_ACKNOWLEDGE = "impact.acknowledge"
    DATABASE_BACKUP = "database.backup"
    DATABASE_RESTORE = "database.restore"
    OFFICE_EXPORT = "office.export"
    KEY_KEEP = "key.keep"
    DOCKET_SCREEN = "docket.screen"


class CaseFacts(Protocol):
    """What a permission may depend on in a case."""

    @property
    def owner_id(self) -> str: ...
    @property
    def submitted_by(self) -> str | None: ...
    @property
    def authors(self) -> frozenset[str]: ...
    @property
    def closed_to(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class Verdict:
    """Yes or no, and the sentence that says why."""

    allowed: bool
    because: str
    rule: str = ""
    """The id of the rule that refused."""

    def __bool__(self) -> bool:
        return self.allowed


_A = Action
_OWN = frozenset({_A.PASSWORD_CHANGE, _A.SESSION_OWN, _A.GUIDE_KEEP, _A.LAW_READ, _A.QUICK_CHECK})
_READ = _OWN | {_A.CASE_LIST, _A.CASE_READ, _A.IMPACT_READ}
_ATTORNEY = _READ | {
    _A.CASE_CREATE, _A.CASE_CHANGE, _A.CASE_WEIGH, _A.CASE_DECIDE, _A.CASE_SUBMIT, _A.CASE_OFFER,
    _A.CASE_OUTCOME, _A.CASE_REOPEN, _A.CASE_HAND_OVER, _A.CASE_EXPORT, _A.WALL_LIST, _A.WALL_CHANGE,
    _A.EXAMPLES_LOAD, _A.OFFICE_READ, _A.LAW_SIGN_OFF,
    _A.TEXT_SEAL, _A.TEXT_READ, _A.IMPACT_ACKNOWLEDGE, _A.DOCKET_SCREEN,
}  # fmt: skip
_RELEASING = frozenset({_A.RELEASE_MAKE, _A.RELEASE_LIST, _A.RETENTION_READ, _A.HOLD_CHANGE, _A.DISPOSAL_REQUEST})
_AUDITING = frozenset({_A.AUDIT_READ, _A.OFFICE_READ, _A.USER_LIST, _A.WALL_LIST, _A.RELEASE_LIST}) | {
    _A.IMPACT_READ_ALL, _A.FIGURES_EXPORT, _A.RETENTION_READ,
}  # fmt: skip
_ACCOUNTS = frozenset({_A.USER_LIST, _A.USER_CHANGE, _A.SESSION_LIST, _A.SESSION_END})
_REVIEWING = frozenset({_A.CASE_APPROVE, _A.CASE_RETURN, _A.AUDIT_READ, _A.LAW_CHECK, _A.IMPACT_READ_ALL}) | {
    _A.WORKLOAD_READ, _A.FIGURES_EXPORT,
}  # fmt: skip
_OPERATING = frozenset({_A.AUDIT_READ, _A.LAW_READ, _A.LAW_CHECK, _A.DATABASE_BACKUP, _A.DATABASE_RESTORE}) | {
    _A.OFFICE_READ, _A.FIGURES_EXPORT,
}  # fmt: skip

ROLE_MAY: dict[str, frozenset[Action]] = {
    "prosecutor": _ATTORNEY | _RELEASING,
    "supervisor": _ATTORNEY | _RELEASING | {_A.DISPOSAL_APPROVE} | _ACCOUNTS | _REVIEWING | {_A.OFFICE_EXPORT},
    "paralegal": _READ | {_A.CASE_CREATE, _A.CASE_CHANGE, _A.CASE_OUTCOME, _A.TEXT_SEAL, _A.DOCKET_SCREEN},
    "auditor": _READ | _AUDITING,
    "administrator": _OWN | _ACCOUNTS | {_A.AUDIT_READ, _A.DATABASE_BACKUP},
    # Whoever runs commands on the server: no account has this role, and it opens no case on a screen.
    "operator": _ACCOUNTS | _OPERATING | {_A.OFFICE_EXPORT, _A.KEY_KEEP},
}
"""What each role may do at all; the rules below narrow it. What is not listed is denied.

The office's figures and the export for a reviewer name no person and no case, and small counts are left out, so they
are not case access: attorneys and auditors see the figures, supervisors and auditors give the export away. How many
open cases each colleague has is for supervisors alone. Administrators keep the program and need neither.
"""

PHRASES: dict[Action, str] = {
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
    _A.WALL_LIST: "see to whom a case is closed",
    _A.WALL_CHANGE: "close a case to a colleague or open it to them again",
    _A.EXAMPLES_LOAD: "load the example cases",
    _A.PASSWORD_CHANGE: "change their own password",
    _A.SESSION_OWN: "see and end their own sessions",
    _A.GUIDE_KEEP: "open and close the guide of the walk",
    _A.USER_LIST: "see the list of accounts",
    _A.USER_CHANGE: "add or change accounts",
    _A.SESSION_LIST: "see who is signed in",
    _A.SESSION_END: "end other people's sessions",
    _A.AUDIT_READ: "read the audit trail",
    _A.OFFICE_READ: "see the office figures",
    _A.LAW_READ: "see who signed the law off",
    _A.QUICK_CHECK: "use the quick check",
    _A.LAW_SIGN_OFF: "sign an entry of the law off",
    _A.TEXT_SEAL: "keep a sealed text",
    _A.TEXT_READ: "read a sealed text",
    _A.RELEASE_MAKE: "release a copy of a record",
    _A.RELEASE_LIST: "see the ledger of releases",
    _A.RETENTION_READ: "see holds, retention and disposals",
    _A.HOLD_CHANGE: "place or lift a legal hold",
    _A.DISPOSAL_REQUEST: "ask for the disposal of a record",
    _A.DISPOSAL_APPROVE: "approve the disposal of a record",
    _A.WORKLOAD_READ: "see how many open cases each colleague has",
    _A.FIGURES_EXPORT: "export rows without names for an outside reviewer",
    _A.LAW_CHECK: "compare the stored analyses with the law of today",
    _A.IMPACT_READ: "see what a change of the law does to their cases",
    _A.IMPACT_READ_ALL: "see what a change of the law does to every case of the office",
    _A.IMPACT_ACKNOWLEDGE: "note that a change of the law was looked at",
    _A.DATABASE_BACKUP: "back the database up",
    _A.DATABASE_RESTORE: "restore the database",
    _A.OFFICE_EXPORT: "export everything of the office",
    _A.KEY_KEEP: "keep the keys",
    _A.DOCKET_SCREEN: "screen a docket",
}
"""Each action in words that follow 'may'."""


@dataclass(frozen=True)
class CaseRule:
    """One rule on a case: which actions it narrows, when it refuses, and the sentence that says so."""

    id: str
    name: str
    actions: frozenset[Action]
    refuses: Callable[[Actor, CaseFacts], bool]
    because: str
    """The sentence of a refusal; ``{do}`` stands for the action in words."""


def _owns(actor: Actor, case: CaseFacts) -> bool:
    return bool(actor.user_id) and actor.user_id == case.owner_id


def _had_part(actor: Actor, case: CaseFacts) -> bool:
    return _owns(actor, case) or actor.user_id == case.submitted_by or actor.user_id in case.authors


CASE_RULES: tuple[CaseRule, ...] = (
    CaseRule(
        "closed",
        "A case closed to a colleague",
        frozenset(Action),
        lambda actor, case: actor.user_id in case.closed_to,
        "This case is closed to this person.",
    ),
    CaseRule(
        "own-case",
        "The attorney's own decision",
        frozenset({_A.CASE_WEIGH, _A.CASE_DECIDE, _A.CASE_SUBMIT, _A.IMPACT_ACKNOWLEDGE}),
        lambda actor, case: not _owns(actor, case),
        "Only the attorney who has this case may {do}; it can be handed over.",
    ),
    CaseRule(
        "own-case-or-paralegal",
        "Who may change a case",
        frozenset({_A.CASE_CHANGE}),
        lambda actor, case: not _owns(actor, case) and actor.role != "paralegal",
        "Only the attorney who has this case, or a paralegal, may change it; it can be handed over.",
    ),
    CaseRule(
        "own-case-or-supervisor",
        "Who may move, hand over, close or release a case",
        frozenset(
            {_A.CASE_OFFER, _A.CASE_REOPEN, _A.CASE_HAND_OVER, _A.WALL_CHANGE, _A.TEXT_READ, _A.RELEASE_MAKE}
            | {_A.HOLD_CHANGE, _A.DISPOSAL_REQUEST}
        ),
        lambda actor, case: not _owns(actor, case) and actor.role != "supervisor",
        "Only the attorney who has this case, or a supervisor, may {do}.",
    ),
    CaseRule(
        "own-case-or-staff",
        "Who may record an outcome",
        frozenset({_A.CASE_OUTCOME, _A.TEXT_SEAL}),
        lambda actor, case: not _owns(actor, case) and actor.role not in ("supervisor", "paralegal"),
        "Only the attorney who has this case, a supervisor or a paralegal may {do}.",
    ),
    CaseRule(
        "own-case-supervisor-or-auditor",
        "Who may see walls",
        frozenset({_A.WALL_LIST}),
        lambda actor, case: not _owns(actor, case) and actor.role not in ("supervisor", "auditor"),
        "Only the attorney who has this case, a supervisor or an auditor may {do}.",
    ),
    CaseRule(
        "not-own-work",
        "Nobody reviews their own work",
        frozenset({_A.CASE_APPROVE, _A.CASE_RETURN}),
        _had_part,
        "Nobody reviews their own work: another supervisor decides on this analysis.",
    ),
)
"""Asked in this order after the role; the first that refuses is the answer."""


OTHER_RULES: dict[str, str] = {
    "role": "What each role may do",
    "unknown-action": "What this program does",
}
"""The rules that do not look at a case, by id."""
CASE_ACTIONS: tuple[Action, ...] = tuple(
    act
    for act in Action
    if (act.startswith(("case.", "wall.", "text.")) and act not in (_A.CASE_LIST, _A.CASE_CREATE))
    or act in (_A.RELEASE_MAKE, _A.IMPACT_ACKNOWLEDGE, _A.RETENTION_READ, _A.HOLD_CHANGE)
    or act in (_A.DISPOSAL_REQUEST, _A.DISPOSAL_APPROVE)
)
"""What is done on one case."""


def rule_name(rule: str) -> str:
    """Return the name of a rule by its id."""
    return OTHER_RULES.get(rule) or next(one.name for one in CASE_RULES if one.id == rule)


def can(actor: Actor, action: str, resource: CaseFacts | None = None) -> Verdict:
    """Say whether ``actor`` may do ``action`` (on this case), and why. What is not granted is denied."""
    try:
        act = Action(action)
    except ValueError:
        return Verdict(False, f"'{action}' is not something this program does.", "unknown-action")
    if act not in ROLE_MAY.get(actor.role, frozenset()):
        return Verdict(False, f"{_role_words(actor)} may not {PHRASES[act]}{_who_may(act)}.", "role")
    for rule in CASE_RULES if resource is not None else ():
        if act in rule.actions and resource is not None and rule.refuses(actor, resource):
            return Verdict(False, rule.because.format(do=PHRASES[act]), rule.id)
    return Verdict(True, f"{_role_words(actor)} may {PHRASES[act]}.")


def _role_words(actor: Actor) -> str:
    if not actor.role:
        return "Someone who is not signed in"
    article = "An" if actor.role[0] in "aeiou" else "A"
    return f"{article} {actor.role}"


def _who_may(act: Action) -> str:
    roles = [role for role, actions in ROLE_MAY.items() if act in actions]
    return f"; that is for: {', '.join(roles)}" if roles else ""
