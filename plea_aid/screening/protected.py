"""Section 2 at the door: a docket whose columns look, by name or value, like protected information does not enter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tomli

from plea_aid.privacy.guard import Guard, load_guard
from plea_aid.screening.columns import DocketError
from plea_aid.screening.sources import Texts
from plea_aid.settings import data_dir

SHAPES_READ = 20_000
"""Distinct forms of value of a column that are read; of more, as many evenly spread ones."""
OF_A_SHAPE = 25
"""Values that are read of each form, where a form is a value with its digits left out."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


@cache
def _names(path: Path) -> tuple[tuple[str, str], ...]:
    document = tomli.loads(path.read_text(encoding="utf-8"))
    return tuple((kind, f" {words} ") for kind, listed in document["names"].items() for words in listed)


def protected_names(header: Iterable[str]) -> dict[str, str]:
    """Return the columns whose name says that they hold protected information, with the kind."""
    found: dict[str, str] = {}
    for name in header:
        words = f" {' '.join(w.lower() for w in _WORD.findall(name))} "
        plain = f" {re.sub(r'[^a-z0-9]+', ' ', name.lower()).strip()} "
        for kind, wanted in _names(data_dir() / "helena" / "guard-columns.toml"):
            if wanted in words or wanted in plain:
                found.setdefault(name, kind)
    return found


class ValueCheck:
    """Reads the values of a docket as they pass, each form of value of a column some times."""

    def __init__(self, guard: Guard | None = None) -> None:
        self._guard = guard or load_guard()
        self._shapes: dict[str, dict[str, int]] = {}

    def read(self, columns: Mapping[str, Texts], first_row: int) -> None:
        """Read a block; raise DocketError, naming the columns and how to leave them out, but never the value."""
        problems = []
        for name, column in columns.items():
            found = self._column(name, column)
            if found:
                row, kind = found
                problems.append(_refusal(name, f"row {first_row + row + 1}", self._guard.kinds[kind]))
        if problems:
            raise DocketError(problems)

    def _column(self, name: str, column: Texts) -> tuple[int, str] | None:
        """Return the first row of a value that is protected, with its kind."""
        seen = self._shapes.setdefault(name, {})
        shapes = pc.replace_substring_regex(column.dictionary, r"\p{Nd}", "0").dictionary_encode()
        alike = shapes.indices.to_numpy()
        by_shape = np.argsort(alike, kind="stable")
        ends = np.cumsum(np.bincount(alike, minlength=len(shapes.dictionary)))
        fresh: list[int] = []
        for place, shape in enumerate(shapes.dictionary.to_pylist()):
            times = seen.get(shape, 0)
            if (
                times >= OF_A_SHAPE
                or (not times and len(seen) >= SHAPES_READ and crc32(shape.encode()) % 16)
                or not shape.strip()
            ):
                continue
            start = int(ends[place - 1]) if place else 0
            mine = by_shape[start : min(int(ends[place]), start + OF_A_SHAPE - times)].tolist()
            if times or len(seen) < SHAPES_READ:  # of a form beyond those, nothing is kept: it is read in each block
                seen[shape] = times + len(mine)
            fresh += mine
        values = column.dictionary.take(pa.array(sorted(fresh), type=pa.int64())).to_pylist() if fresh else []
        for place, value in zip(sorted(fresh), values, strict=True):
            hits = self._guard.scan(value)
            if hits:
                return int((column.indices.to_numpy() == place).argmax()), hits[0].kind
        return None


def check_names(header: Sequence[str]) -> None:
    """Raise DocketError when a column's name says that it holds protected information."""
    kinds = load_guard().kinds
    found = protected_names(header)
    if found:
        raise DocketError([_refusal(name, "its name", kinds[kind]) for name, kind in found.items()])


def _refusal(column: str, where: str, label: str) -> str:
    article = "an" if label[0].lower() in "aei" else "a"
    return (
        f"column '{column}', {where}: looks like {article} {label}, which Section 2 protects; nothing was screened; "
        f"to leave the column out give --drop {_quoted(column)}"
    )


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else f'"{name}"'
