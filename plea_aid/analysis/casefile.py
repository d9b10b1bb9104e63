"""Read a case file's text: every fault becomes one line that says where, what, and what is accepted."""

from __future__ import annotations

import json
from typing import Any, Literal

import tomli
from pydantic import BaseModel, ValidationError

from plea_aid.analysis.case import Case, Count, Disposition, Option, OptionCount, Plan, Prior
from plea_aid.analysis.charge import CaseError

_MODELS: dict[str, type[BaseModel]] = {"count": Count, "prior": Prior, "option": Option, "plan": Plan}


def parse_case(text: str, form: Literal["toml", "json"]) -> Case:
    """Return the case that ``text`` holds; raise CaseError."""
    try:
        raw = tomli.loads(text) if form == "toml" else json.loads(text)
    except (tomli.TOMLDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise CaseError([f"not readable as {form.upper()}: {fault}"]) from None
    if not isinstance(raw, dict):
        raise CaseError([f"the {form.upper()} holds no case: a table of keys is accepted"])
    return validate_case(raw)


def validate_case(raw: dict[str, Any]) -> Case:
    """Return the case that plain data holds; raise CaseError."""
    try:
        return Case.model_validate(raw)
    except ValidationError as fault:
        errors = fault.errors()
        # A list whose items are at fault is also reported as too short; the items say what is wrong.
        telling = [e for e in errors if e["type"] != "too_short"] or errors
        raise CaseError([_line(error) for error in telling]) from None


def _line(error: Any) -> str:
    place, model = _place(error["loc"])
    kind, message = error["type"], str(error["msg"]).removeprefix("Value error, ")
    key = error["loc"][-1] if error["loc"] else ""
    if kind == "extra_forbidden":
        accepted = ", ".join(model.model_fields)
        return f"{place}: unknown key '{key}'; accepted: {accepted}"
    if kind == "missing":
        return f"{place}: the key is missing"
    if key == "disposition" and kind == "enum":
        return f"{place}: '{error['input']}' is not a disposition; accepted: {', '.join(d.value for d in Disposition)}"
    if not place:
        return message
    given = error.get("input")
    shown = "" if isinstance(given, dict | list) else f" (given: {str(given)[:60]!r})"
    return f"{place}: {message[0].lower() + message[1:]}{shown}"


def _place(loc: tuple[Any, ...]) -> tuple[str, type[BaseModel]]:
    """Return the place in words a person can find, and the model whose keys are accepted there."""
    parts: list[str] = []
    model: type[BaseModel] = Case
    for i, step in enumerate(loc):
        if isinstance(step, int):
            parts[-1] = f"{parts[-1]} {step + 1}"
            continue
        parts.append(str(step))
        if i < len(loc) - 1 and step in _MODELS:
            model = OptionCount if step == "count" and "option" in loc[:i] else _MODELS[step]
    return ", ".join(parts), model
