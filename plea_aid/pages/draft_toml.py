"""A drafted statute as the file that ``plea-aid law draft`` reads."""

from __future__ import annotations

import json
from typing import Any

WRITTEN_FOR = (
    "# A statute in the words of the element vocabulary (data/vocabulary.toml); read by: plea-aid law draft FILE\n"
)


def draft_toml(raw: dict[str, Any]) -> str:
    """Return a draft's plain data as TOML text: single values first, then each way and each penalty."""
    singles = {key: value for key, value in raw.items() if not _tables(value)}
    parts = [_lines(singles)]
    parts += [f"[[{key}]]\n{_lines(one)}" for key, value in raw.items() if _tables(value) for one in value]
    return "\n".join((WRITTEN_FOR.rstrip("\n"), "\n".join(parts)))


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _lines(values: dict[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, str):
        # JSON's string is TOML's, but for the one control character that JSON lets through.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    return str(int(value))
