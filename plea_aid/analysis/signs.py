"""Signs that no one types: what cannot be stored, what moves a terminal, what makes a text read as another."""

from __future__ import annotations

from typing import Annotated
from unicodedata import category

from pydantic import AfterValidator

LONGEST_SAID = 400
"""Characters of a line that repeats what someone gave."""
_BLANKS = frozenset("\t\n\v\f\r")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates of direction: with them a text reads otherwise than it is stored."""
_NO_CHARACTERS = frozenset("\ufffe\uffff")
_LINE_ENDS = frozenset("\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")


def hidden_sign(text: str) -> str | None:
    """Return the first sign in ``text`` that no one types, as 'U+202E'; None when there is none.

    Such are control characters other than blanks and line ends, halves of a character, and signs that turn the
    direction of a text.
    """
    for sign in text:
        if sign not in _BLANKS and (category(sign) in ("Cc", "Cs") or sign in _TURNING or sign in _NO_CHARACTERS):
            return f"U+{ord(sign):04X}"
    return None


def as_line(text: str) -> str:
    """Return a text of one line; raise ValueError when it has hidden signs or several lines."""
    hidden = hidden_sign(text) or next((f"U+{ord(sign):04X}" for sign in text if sign in _LINE_ENDS), None)
    if hidden:
        raise ValueError(f"holds the hidden sign {hidden}; one line of text is accepted, so type it anew")
    return text


def as_said(text: str, longest: int = LONGEST_SAID) -> str:
    """Return a text as one line fit for any terminal or log: hidden signs and line ends spelled out, cut if long."""
    shown = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in shown)


Line = Annotated[str, AfterValidator(as_line)]
"""One line of text without hidden signs."""
