"""What each table and column holds, in words, for whoever reads an export: taken from the tables' own descriptions."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass
from itertools import pairwise

from plea_aid.casework.tables import Table

WITHHELD: dict[tuple[str, str], str] = {
    ("user_account", "password_hash"): "it is a credential",
    ("setup_code", "code_hash"): "it is a credential",
    ("sign_in_session", "token_hash"): "it is a credential",
    ("sign_in_session", "proof"): "it is a credential",
    ("sign_in_attempts", "name_hash"): "people type passwords there by mistake",
    ("sealed_text", "content"): "it is sealed; it leaves the office in a release only",
    ("data_key", "wrapped"): "it is a key",
    ("search_token", "token"): "it is of use only beside its key, which does not leave the office",
}
"""Columns that leave the office in no export, and why."""

_COMMON = {
    "id": "The row's own id.",
    "case_id": "The case it belongs to.",
    "user_id": "The account it belongs to.",
    "owner_id": "The attorney who has the case.",
    "version": "Grows by one with every change.",
    "content": "What was entered, as JSON.",
    "sha256": "The hash of the whole row, which is in the audit trail too.",
    "created_at": "When it was made.",
    "made_at": "When it was made.",
    "purpose": "What it is for.",
    "wrapped": "The key, encrypted under the master key.",
    "token": "The keyed mark of the word.",
    "updated_at": "When it was last changed.",
    "expires_at": "Until when it is good.",
    "used_at": "When it was used; empty while it was not.",
    "revoked_at": "When it was ended; empty while it was not.",
    "last_seen_at": "When it was last used.",
    "reason": "Why, in words.",
    "raised_by": "The account that did it.",
    "raised_at": "When.",
    "lifted_by": "The account that took it back.",
    "lifted_at": "When it was taken back; empty while it stands.",
    "lifted_reason": "Why it was taken back, in words.",
    "saved_by": "The account that saved it last.",
    "saved_at": "When it was saved last.",
    "edition": "The edition of the office's data it was made under.",
    "released_by": "The account that released it.",
    "released_at": "When it was released.",
    "sealed_by": "The account that sealed it.",
    "sealed_at": "When it was sealed.",
    "signed_by": "The account that signed it.",
    "signed_at": "When it was signed.",
    "submitted_by": "The account that submitted it.",
    "submitted_at": "When it was submitted.",
    "moved_by": "The account that made the move.",
    "moved_at": "When the move was made.",
    "terminal": "From where: an address or a session mark.",
    "role": "The role of the person.",
    "user_name": "The name the person signs in with.",
    "display_name": "The name colleagues see.",
    "active": "Whether the account is open.",
    "issuer": "The sign-in provider that vouches for the person.",
    "linked_at": "When the person first signed in through the provider.",
    "failures": "Failed attempts to sign in since the last that worked.",
    "since": "Since when they are counted.",
    "last_at": "When the last of them was.",
    "waits_until": "Until when the name waits after failed attempts.",
    "code_hash": "The hash of the code.",
    "token_hash": "The hash of the session's token.",
    "stage": "Where the case stands in review.",
    "cause_number": "The cause number as typed.",
    "document": "The case file as JSON: charges, known priors, options.",
    "document_by": "The account that last changed the document.",
    "hearing_date": "The date of the next hearing.",
    "example": "Whether it is one of the fictional examples.",
    "factor": "The factor of the office's checklist.",
    "gate": "The gate of the office's checklist.",
    "chosen_option": "The option that was chosen.",
    "rationale": "Why, in the attorney's words.",
    "change_explanation": "Why the decision differs from an earlier one.",
    "law_version": "The version of the law it was made under.",
    "policy_version": "The state of the office's policy it was made under.",
    "program_version": "The version of the program it was made with.",
    "move": "The move in review.",
    "from_stage": "The stage before.",
    "to_stage": "The stage after.",
    "reasons": "The reasons given.",
    "kind": "What kind of thing it is about.",
    "entry_id": "The id of the entry.",
    "note": "A remark, in words.",
    "seq": "The number of the event, from 1, without a gap.",
    "at": "When it happened.",
    "actor_id": "The account that did it, or 'server' for a command on the server.",
    "actor_name": "The user name of that account at that time.",
    "program": "The program and version that did it.",
    "action": "What was done.",
    "resource_kind": "To what kind of thing.",
    "resource_id": "To which one.",
    "outcome": "Whether it was done or denied.",
    "detail": "Further particulars, as JSON.",
    "previous": "The hash of the event before.",
    "hash": "The hash of this event.",
}
"""Columns that mean the same wherever they occur, unless the table says otherwise."""


@dataclass(frozen=True)
class Words:
    """A table's meaning and that of each column; empty where nobody has written it."""

    table: str
    columns: dict[str, str]


def models() -> dict[str, type[Table]]:
    """Return the class of each table by the table's name."""
    found: dict[str, type[Table]] = {}
    waiting: list[type[Table]] = [Table]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if hasattr(one, "__table__"):
            found[one.__table__.name] = one
    return found


def meanings(model: type[Table]) -> Words:
    """Return what a table and its columns hold: the texts beneath the fields, else the common meaning."""
    said: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if isinstance(one, type) and issubclass(one, Table) and one is not Table:
            said |= _beneath_fields(one)
    columns = {c.name: said.get(c.name) or _COMMON.get(c.name, "") for c in model.__table__.columns}  # type: ignore[attr-defined]
    return Words(_one_line(model.__doc__ or ""), columns)


def _beneath_fields(model: type[Table]) -> dict[str, str]:
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    found = {}
    for before, after in pairwise(body):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            found[before.target.id] = _one_line(str(after.value.value))
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
