"""What an event of the audit trail says, in words: 'approved the analysis', 'was refused: open cases'."""

from __future__ import annotations

from plea_aid.casework.permissions import PHRASES, Action

DONE: dict[str, str] = {
    "account.create": "made an account",
    "account.first-code": "printed the code for the first account",
    "account.guide": "opened or closed the guide of the walk",
    "account.identity": "tied an account to the sign-in provider",
    "account.password": "changed their own password",
    "account.use-code": "set a password with a one-time code",
    "audit.anchor": "anchored the audit trail outside",
    "audit.read": "read the audit trail",
    "audit.verify": "verified the audit trail",
    "case.approve": "approved the analysis",
    "case.change": "changed the charges and options",
    "case.compare": "read comparable cases",
    "case.create": "made the case",
    "case.decide": "decided and signed",
    "case.export": "took out a note of the case",
    "case.hand-over": "handed the case over",
    "case.hearing-date": "set the hearing date",
    "case.list": "read the list of cases",
    "case.offer": "recorded that the offer was made",
    "case.outcome": "recorded an outcome",
    "case.read": "opened the case",
    "case.reopen": "reopened the case",
    "case.return": "returned the analysis",
    "case.submit": "submitted the analysis",
    "case.weigh": "weighed a factor or a gate",
    "database.backup": "backed the database up",
    "database.restore": "restored the database",
    "disposal.approve": "approved the disposal of a record",
    "disposal.request": "asked for the disposal of a record",
    "docket.screen": "screened a docket",
    "examples.load": "loaded the example cases",
    "hold.change": "placed or lifted a legal hold",
    "impact.acknowledge": "noted that a change of the law was looked at",
    "impact.read": "read what a change of the law touches",
    "impact.read-all": "read what a change of the law touches in the office",
    "key.code-shown": "had the recovery code of the key shown",
    "key.keep": "changed a key",
    "law.check-impact": "compared the stored analyses with the law",
    "law.quick-check": "used the quick check",
    "law.read": "read who signed the law off",
    "law.sign-off": "signed an entry of the law off",
    "office.export": "exported everything of the office",
    "office.figures-export": "exported rows for an outside reviewer",
    "office.read": "read the office figures",
    "office.workload": "read how many open cases each colleague has",
    "release.list": "read the ledger of releases",
    "release.make": "released a copy",
    "release.prepare": "prepared a copy for release",
    "retention.read": "read holds and retention",
    "session.close": "signed out",
    "session.end": "ended a session",
    "session.list": "read who is signed in",
    "session.open": "signed in",
    "session.use": "used a session that is over",
    "session.own": "saw or ended their own sessions",
    "text.read": "opened a sealed text",
    "text.seal": "sealed a text",
    "user.change": "added or changed an account",
    "user.list": "read the list of accounts",
    "wall.change": "closed the case to a colleague or opened it again",
    "wall.list": "read to whom the case is closed",
}
"""Each action an event may name, in words that follow a person's name."""


def in_words(action: str, outcome: str) -> str:
    """Return what an event says, to follow the name of whoever caused it."""
    if outcome != "denied":
        return DONE.get(action, action)
    if action == "session.open":
        return "could not sign in"
    return (
        f"was refused: {PHRASES[Action(action)]}"
        if action in set(Action)
        else f"was refused: {DONE.get(action, action)}"
    )
