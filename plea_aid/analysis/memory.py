"""What has been worked out already, so that it is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Remembers what was worked out under each key, ``most`` things at most; then all are forgotten.

    Two things under one key must be the same thing: what is given back is whatever was worked out first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Hashable, Any] = {}

    def __call__(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """Return what is known under ``key``, worked out when it is asked for first; never None."""
        found: T | None = self._known.get(key)
        if found is None:
            if len(self._known) >= self._most:
                self._known.clear()
            found = self._known[key] = work_out()
        return found

    def forget(self) -> None:
        """Forget everything."""
        self._known.clear()
