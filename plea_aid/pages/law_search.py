"""Full-text search: every word of every offense, ground, category, authority and glossary entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import streamlit as st

from plea_aid.law.catalogue import Law
from plea_aid.pages.frame import page_link
from plea_aid.pages.reasons import authority_line
from plea_aid.pages.wording import counted, plain

KINDS = {
    "offense": "Offenses",
    "ground": "Grounds",
    "category": "Federal categories",
    "authority": "Authorities",
    "glossary": "Glossary",
}
LONGEST = 240
"""Characters of an excerpt."""
_SHOWN = 15
_STEM = re.compile(r"(?:ing|ed|es|s)$")


@dataclass(frozen=True)
class Hit:
    """An entry in which every word occurs, and the passage that holds most of them."""

    kind: str
    id: str
    title: str
    excerpt: str


@dataclass(frozen=True)
class _Text:
    kind: str
    id: str
    title: str
    passages: tuple[str, ...]
    lowered: str


def full_text(law: Law, words: str) -> tuple[Hit, ...]:
    """Return every entry in whose text all of ``words`` occur, in any form; those named so in the title come first."""
    wanted = [_stem(w) for w in re.findall(r"\w+", words.lower())]
    if not wanted:
        return ()
    found = [text for text in _texts(law) if all(word in text.lowered for word in wanted)]
    found.sort(key=lambda text: -sum(word in text.title.lower() for word in wanted))
    return tuple(Hit(t.kind, t.id, t.title, _excerpt(t.passages, wanted)) for t in found)


def show_search(law: Law) -> bool:
    """Show the search field, and what was found; say whether anything was asked."""
    asked = st.text_input(
        "Search all of the law",
        key="law/all",
        placeholder="protection order, Castro, or: sentence of one year",
        type="search",
        persist_state="session",
    )
    if not asked.strip():
        return False
    hits = full_text(law, asked)
    st.markdown(f"{counted(len(hits), 'entry', 'entries')} with every word." if hits else "No entry has every word.")
    for kind, heading in KINDS.items():
        of_kind = [hit for hit in hits if hit.kind == kind]
        if of_kind:
            st.header(f"{heading} ({len(of_kind)})", anchor=False)
            for hit in of_kind[:_SHOWN]:
                _show(hit, law)
            if len(of_kind) > _SHOWN:
                st.caption(f"And {len(of_kind) - _SHOWN} more; another word narrows the search.")
    return True


def _show(hit: Hit, law: Law) -> None:
    with st.container(gap="xxsmall"):
        if hit.kind == "authority":
            st.markdown(f"**{authority_line(hit.id, law)}**")
        else:
            page_link("law-entry", plain(hit.title), **{"term" if hit.kind == "glossary" else hit.kind: hit.id})
        st.markdown(plain(hit.excerpt))


@lru_cache(maxsize=2)
def _texts(law: Law) -> tuple[_Text, ...]:
    pools: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("offense", law.offenses),
        ("ground", law.grounds),
        ("category", law.categories),
        ("authority", law.authorities),
        ("glossary", law.glossary),
    )
    return tuple(_text(kind, id_, record, law) for kind, pool in pools for id_, record in pool.items())


def _text(kind: str, id_: str, record: Any, law: Law) -> _Text:
    title = _title(kind, record)
    said = list(dict.fromkeys(strings_of(record.model_dump())))
    cited = [law.authorities[one] for one in said if one in law.authorities and one != id_]
    names = [f"{one.name}, {one.citation}" for one in cited]
    passages = (*(one for one in said if " " in one and one not in title), *names)
    return _Text(kind, id_, title, passages, "\n".join((title, *said, *names)).lower())


def _title(kind: str, record: Any) -> str:
    if kind == "offense":
        return f"{record.cite} {record.title}"
    if kind == "ground":
        return f"{record.name} ({record.citation})"
    if kind == "authority":
        return f"{record.name}, {record.citation}"
    return str(record.term if kind == "glossary" else record.name)


def strings_of(value: Any) -> Iterator[str]:
    """Yield every text within a record that was dumped."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from strings_of(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in sorted(value) if isinstance(value, (set, frozenset)) else value:
            yield from strings_of(one)


def _excerpt(passages: tuple[str, ...], words: list[str]) -> str:
    best = max(passages, key=lambda p: sum(word in p.lower() for word in words), default="")
    if len(best) <= LONGEST:
        return best
    first = min((at for word in words if (at := best.lower().find(word)) >= 0), default=0)
    start = max(0, min(first - LONGEST // 3, len(best) - LONGEST))
    start = best.rfind(" ", 0, start) + 1 if start else 0
    end = start + LONGEST
    cut = best[start:] if end >= len(best) else best[start:end].rsplit(" ", 1)[0] + " ..."
    return f"... {cut}" if start else cut


def _stem(word: str) -> str:
    shorter = _STEM.sub("", word)
    return shorter if len(shorter) >= 3 else word
