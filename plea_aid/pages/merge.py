"""Two people's changes to one record: put together where they touch different things, else nobody guesses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Fields = dict[str, Any]
Change = Callable[[Fields], Fields]


def merged(base: Fields, theirs: Fields, change: Change) -> Fields | None:
    """Return ``theirs`` with ``change`` made in it; None when both sides changed the same thing since ``base``.

    A change that is in ``theirs`` already gives ``theirs`` back.
    """
    both = change(theirs)
    if both == theirs:
        return theirs
    mine = change(base)
    if _shape(base) != _shape(mine) or _shape(base) != _shape(theirs):
        return None  # rows were added or removed, so places no longer mean the same row
    return both if _touched(base, mine).isdisjoint(_touched(base, theirs)) else None


def _touched(before: Fields, after: Fields) -> set[tuple[object, ...]]:
    """Return the places whose value differs."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    return {place for place in old.keys() | new.keys() if old.get(place, _ABSENT) != new.get(place, _ABSENT)}


_ABSENT = object()


def _leaves(value: Any, place: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*place, index))
    else:
        yield place, value


def _shape(value: Any, place: tuple[object, ...] = ()) -> dict[tuple[object, ...], int]:
    """Return the length of every list by its place."""
    if isinstance(value, dict):
        return {k: n for key, inner in value.items() for k, n in _shape(inner, (*place, key)).items()}
    if isinstance(value, list):
        inside = {k: n for i, inner in enumerate(value) for k, n in _shape(inner, (*place, i)).items()}
        return {place: len(value), **inside}
    return {}
