"""What can go wrong in the casework room; the text of every error is one sentence fit for the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from plea_aid.analysis.signs import as_said
from plea_aid.privacy.guard import Hit

LONGEST_SENTENCE = 1_000
"""Characters of what a refusal says."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong or missing, and the place where it is mended."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" if self.place else self.what


class CaseworkError(Exception):
    """Any refusal of this room, in one short sentence, whatever it repeats. Nothing was saved."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(as_said(sentence, LONGEST_SENTENCE))


class NotAllowed(CaseworkError):
    """The person may not do this; the denial is in the audit trail."""

    action: str = ""
    """What was refused, where a permission refused it."""


class SignInFailed(NotAllowed):
    """The name and password did not open a session."""


class SignInStale(SignInFailed):
    """A sign-in at the provider that is old, or has opened a session already."""


class SessionEnded(NotAllowed):
    """The session is over: idle too long, too old, ended by someone, or the account is closed."""


class NotFound(CaseworkError):
    """No such case, version, person or session."""


class Unavailable(CaseworkError):
    """The database did not answer or had no room; nothing was changed, unless the sentence says otherwise."""


class Invalid(CaseworkError):
    """What was given cannot be accepted; ``faults`` says what and where."""

    def __init__(self, sentence: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(sentence)
        self.faults = faults or (Fault("", sentence),)


@dataclass(frozen=True)
class Find:
    """A text, the place it was written for, and what in it Section 2 protects."""

    place: str
    text: str
    hits: tuple[Hit, ...]
    kinds: tuple[str, ...]
    """The kinds found, in the words a reader knows them by, each once."""
    replaced: str
    """The text with a placeholder for each hit."""


class Sensitive(CaseworkError):
    """A text holds what policy Section 2 protects. Nothing was stored: its writer settles it first.

    The sentence names kinds and never the words themselves, which are in ``finds`` for the writer alone.
    """

    def __init__(self, finds: tuple[Find, ...]) -> None:
        kinds = tuple(dict.fromkeys(kind for find in finds for kind in find.kinds))
        super().__init__(
            f"Not saved yet: the text holds what looks like {' and '.join(kinds)}, which this record keeps out "
            "(policy Section 2). Take it out, or keep the text sealed with a reason."
        )
        self.finds = finds


class Conflict(CaseworkError):
    """Someone else saved first. Nothing was saved or lost: both sides' content is here."""

    def __init__(
        self,
        what: str,
        *,
        mine: Mapping[str, Any],
        theirs: Mapping[str, Any],
        expected: int,
        found: int,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        who = by or "Someone else"
        when = f" on {at:%Y-%m-%d at %H:%M} UTC" if at else ""
        super().__init__(
            f"{who} changed {what}{when} while you were working on it; "
            "nothing of yours was saved yet and nothing was lost."
        )
        self.mine = dict(mine)
        self.theirs = dict(theirs)
        self.expected = expected
        self.found = found
        self.by = by
        self.at = at


def invalid_from(error: ValidationError, what: str) -> Invalid:
    """Turn a validation error into one sentence that names the first fault and counts the others."""
    faults = tuple(
        Fault(".".join(str(part) for part in one["loc"]), one["msg"].removeprefix("Value error, "))
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    )
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Invalid(f"{what} cannot be saved: {faults[0]}{more}.", faults)
