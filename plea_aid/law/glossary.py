"""The glossary: the terms of a page, found by the words it shows, and what is told of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from plea_aid.law.catalogue import Law
from plea_aid.law.records import GlossaryEntry


def terms_in(law: Law, texts: Iterable[str]) -> tuple[GlossaryEntry, ...]:
    """Return the entries whose words occur in ``texts``, whatever their case, in the order of the glossary."""
    found = frozenset[str]().union(*(_named(law, text) for text in texts))
    return tuple(entry for entry in law.glossary.values() if entry.id in found)


def terms_of(law: Law, page: str, texts: Iterable[str] = ()) -> tuple[GlossaryEntry, ...]:
    """Return the entries a page always needs, and those whose words occur in the ``texts`` it shows."""
    found = {entry.id for entry in terms_in(law, texts)}
    return tuple(entry for entry in law.glossary.values() if page in entry.pages or entry.id in found)


def explained(law: Law, *ids: str) -> str:
    """Return what the glossary says of the terms with these ids, one a paragraph, for a tip beside a field."""
    return "\n\n".join(f"{law.glossary[one].term}: {law.glossary[one].says}" for one in ids if one in law.glossary)


@lru_cache(maxsize=8192)
def _named(law: Law, text: str) -> frozenset[str]:
    """Return the ids of the entries whose words occur in a text; a page shows mostly the texts it has just shown."""
    folded = text.casefold()
    # Most terms are in no text: looking for plain letters first is quick.
    return frozenset(
        entry.id
        for entry, forms, pattern in _patterns(law)
        if any(form in folded for form in forms) and pattern.search(text)
    )


def _patterns(law: Law) -> list[tuple[GlossaryEntry, tuple[str, ...], re.Pattern[str]]]:
    found: list[tuple[GlossaryEntry, tuple[str, ...], re.Pattern[str]]] | None = law.memory.get("glossary/patterns")
    if found is None:
        found = [
            (entry, tuple(f.casefold() for f in _forms(entry)), _pattern(entry)) for entry in law.glossary.values()
        ]
        law.memory["glossary/patterns"] = found
    return found


def _forms(entry: GlossaryEntry) -> tuple[str, ...]:
    return entry.forms or (re.sub(r" \(.*\)$", "", entry.term),)


def _pattern(entry: GlossaryEntry) -> re.Pattern[str]:
    alternatives = "|".join(re.escape(form) for form in _forms(entry))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)
