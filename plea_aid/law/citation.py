"""The many ways a Montana citation is written, made into one."""

from __future__ import annotations

import re

_NOISE = re.compile(
    r"\bMont(?:ana)?\.?\s*Code\s*(?:Ann(?:otated)?\.?)?|\bMCA\b|\bM\.C\.A\.?|§+|\bsections?\b|\bsecs?\.",
    re.IGNORECASE,
)
_EDITION = re.compile(r"\((?:19|20)\d\d\)")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_SECTION = re.compile(r"^(\d+-\d+-\d+)((?:\([0-9a-zA-Z]+\))*)$")


def normalise(text: str) -> str:
    """Return ``text`` as a bare citation: ``45-5-206(1)(a)`` whatever words, signs or spaces came with it."""
    bare = _NOISE.sub(" ", _HYPHENS.sub("-", _EDITION.sub(" ", text)))
    return re.sub(r"[\s,;]+", "", bare).rstrip(".").lower()


def is_section(text: str) -> bool:
    """Say whether ``text``, already bare, has the form of a code section with or without subsections."""
    return bool(_SECTION.match(text))


def covers(wider: str, narrower: str) -> bool:
    """Say whether the bare citation ``wider`` stands for ``narrower``: the same section, or a subsection of it."""
    return narrower == wider or narrower.startswith(wider + "(")
