"""Who acts: a signed-in person, or the server itself on behalf of whoever may log in to the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["prosecutor", "supervisor", "paralegal", "auditor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Actor:
    """The operator of one action, as MCA 44-5-403 asks: an operator id and a terminal id."""

    user_id: str
    user_name: str
    display_name: str
    role: str
    terminal: str = ""
    """Where the person sits: an address or a session mark, never a secret."""
    session_id: str = ""


NOBODY = Actor("", "not signed in", "Not signed in", "")
"""The operator of a sign-in that failed."""
