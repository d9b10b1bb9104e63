"""Two people's changes to one record, put together without losing a word of either; where only a person can say
which of two stays, nobody guesses.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Fields = dict[str, Any]
Change = Callable[[Fields], Fields]
PROSE = frozenset({"rationale", "note", "explanation", "reasons", "change_explanation", "basis", "text"})
"""Keys that hold sentences: two people's sentences can stand one after the other, two numbers cannot."""


def merged(base: Fields, theirs: Fields, change: Change) -> Fields | None:
    """Return ``theirs`` with ``change`` made in it; None when both sides changed the same thing since ``base``.

    A change that is in ``theirs`` already gives ``theirs`` back. Counts are the same by their number, options and
    earlier convictions by their place, or by their name when some were removed.
    """
    try:
        both = change(theirs)
    except (LookupError, ValueError):
        both = None  # what it changes is not there any more, or its name is taken
    if both == theirs:
        return theirs
    mine = change(base)
    if both is not None and _only_adds(base, mine) and _only_adds(base, theirs):
        return both  # every place still means the same row, and the change gives its row a number or name of its own
    try:
        found: Fields = _three_way(base, mine, theirs, prose=False)
    except _Clash:
        return None
    return found


def together(base: Fields, mine: Fields, theirs: Fields) -> Fields | None:
    """Return both sides with their sentences one after the other; None when they clash in more than sentences."""
    try:
        found: Fields = _three_way(base, mine, theirs, prose=True)
    except _Clash:
        return None
    return found


def both_texts(base: str, mine: str, theirs: str) -> str:
    """Return a text with every change of both sides: where they changed the same place, theirs stands before mine."""
    words = _words(base)
    ours, others = _edits(words, _words(mine)), _edits(words, _words(theirs))
    text, at = "", 0
    for start, end in _regions([*ours, *others]):
        text += "".join(words[at:start])
        by_me, by_them = _applied(words, ours, start, end), _applied(words, others, start, end)
        before = "".join(words[start:end])
        if by_me in (before, by_them):
            text += by_them
        elif by_them == before:
            text += by_me
        else:
            text = _joined(text, by_them)
            text = _joined(text, by_me)
        at = end
        if at < len(words):
            text = _joined(text, "")
    return text + "".join(words[at:])


class _Clash(Exception):
    """Both sides changed the same thing."""


_ABSENT: Any = object()


def _three_way(base: Any, mine: Any, theirs: Any, *, prose: bool, key: str = "") -> Any:
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if isinstance(mine, dict) and isinstance(theirs, dict):
        known = base if isinstance(base, dict) else {}
        found = {
            k: _three_way(
                known.get(k, _ABSENT), mine.get(k, _ABSENT), theirs.get(k, _ABSENT), prose=prose, key=_place(key, k)
            )
            for k in dict.fromkeys((*theirs, *mine))
        }
        return {k: value for k, value in found.items() if value is not _ABSENT}
    if isinstance(mine, list) and isinstance(theirs, list):
        return _three_way_rows(base if isinstance(base, list) else [], mine, theirs, prose=prose)
    if prose and key in PROSE and isinstance(mine, str) and isinstance(theirs, str):
        return both_texts(base if isinstance(base, str) else "", mine, theirs)
    raise _Clash


def _place(above: str, key: str) -> str:
    return "text" if above == "facts" else key  # the facts of a gate are sentences, each under its element


def _three_way_rows(base: list[Any], mine: list[Any], theirs: list[Any], *, prose: bool) -> list[Any]:
    if not all(isinstance(row, dict) for row in (*base, *mine, *theirs)):
        raise _Clash
    by_me, my_new = _aligned(base, mine)
    by_them, their_new = _aligned(base, theirs)
    rows = [_three_way(*three, prose=prose) for three in zip(base, by_me, by_them, strict=True)]
    new = [*their_new, *(row for row in my_new if row not in their_new)]
    found = [row for row in (*rows, *new) if row is not _ABSENT]
    for name in ("number", "name"):
        named = [row[name] for row in found if name in row]
        if len(named) != len(set(named)):
            raise _Clash  # two new rows, or a new and a renamed one, under one name
    return found


def _aligned(base: list[Fields], side: list[Fields]) -> tuple[list[Any], list[Fields]]:
    """Return what became of each row of ``base`` in ``side``, and the rows that are new there."""
    if all("number" in row for row in (*base, *side)):
        there = {row["number"]: row for row in side}
        return [there.pop(row["number"], _ABSENT) for row in base], list(there.values())
    if len(side) >= len(base):
        return list(side[: len(base)]), side[len(base) :]
    left = list(side)
    found = []
    for row in base:
        same = bool(left) and (left[0] == row or ("name" in row and left[0].get("name") == row["name"]))
        found.append(left.pop(0) if same else _ABSENT)
    if left:
        raise _Clash  # a row was removed and another one renamed: nobody can tell which is which
    return found, []


def _only_adds(before: Any, after: Any) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        return all(key in after and _only_adds(value, after[key]) for key, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return len(after) >= len(before) and all(map(_only_adds, before, after))
    return bool(before == after)


Edit = tuple[int, int, str]


def _words(text: str) -> list[str]:
    """Return the words of a text, each with the space after it."""
    return re.findall(r"\s*\S+\s*|\s+", text) if text[:1].isspace() else re.findall(r"\S+\s*", text)


def _edits(words: list[str], changed: list[str]) -> list[Edit]:
    found = difflib.SequenceMatcher(None, words, changed, autojunk=False).get_opcodes()
    return [(a, b, "".join(changed[c:d])) for kind, a, b, c, d in found if kind != "equal"]


def _regions(edits: Iterable[Edit]) -> Iterator[tuple[int, int]]:
    """Yield the stretches that somebody changed, those that touch as one."""
    start = end = -1
    for a, b, _ in sorted(edits):
        if a > end or end < 0:
            if end >= 0:
                yield start, end
            start, end = a, b
        else:
            end = max(end, b)
    if end >= 0:
        yield start, end


def _applied(words: list[str], edits: list[Edit], start: int, end: int) -> str:
    text, at = "", start
    for a, b, new in edits:
        if start <= a and b <= end:
            text += "".join(words[at:a]) + new
            at = b
    return text + "".join(words[at:end])


def _joined(text: str, more: str) -> str:
    return text + more if not text or text[-1].isspace() else f"{text} {more}"
