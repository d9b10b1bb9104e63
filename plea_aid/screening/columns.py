"""The columns of a docket: which are known, what each accepts, and what a value means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from plea_aid.analysis.case import Count, Disposition, Option, OptionCount, Record
from plea_aid.analysis.charge import VICTIMS
from plea_aid.analysis.signs import as_said

REQUIRED = ("case_id", "count", "offense")
KNOWN = (
    *REQUIRED, "nth", "offense_date", "disposition", "amended_offense", "jail_days", "suspended_days", "served_days",
    "fine", "substance", "marijuana_grams", "loss", "victim",
)  # fmt: skip
ADDED = ("flag", "level", "grounds", "postures", "because", "error")


class DocketError(ValueError):
    """The docket cannot be screened; each line of ``problems`` says where, what, and what is accepted."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = [as_said(one, 600) for one in problems]
        super().__init__("\n".join(self.problems))


def mapped(header: Iterable[str], mapping: Mapping[str, str], dropped: Iterable[str]) -> dict[str, str]:
    """Return known column -> column of the docket, by the mapping and else by name; raise DocketError.

    A name is found without regard to case, blanks and underscores when it is not there letter by letter.
    """
    names, gone = list(header), set(dropped)
    problems = [f"column '{n}' appears twice; each column needs its own name" for n in _twice(names)]
    problems += [f"--drop '{n}': there is no such column; there are: {', '.join(names)}" for n in gone - {*names}]
    loosely = {_loose(n): n for n in reversed(names) if n not in gone}
    found: dict[str, str] = {}
    for known in KNOWN:
        if known in mapping:
            if mapping[known] not in names:
                problems.append(f"'{mapping[known]}' is to be {known}, but there is no such column")
            else:
                found[known] = mapping[known]
        elif known in names and known not in gone:
            found[known] = known
        elif _loose(known) in loosely and loosely[_loose(known)] not in mapping.values():
            found[known] = loosely[_loose(known)]
    for known in sorted(set(mapping) - set(KNOWN)):
        problems.append(f"'{known}' is not a column of a docket; accepted: {', '.join(KNOWN)}")
    missing = [n for n in REQUIRED if n not in found]
    if missing:
        problems.append(
            f"the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} missing; a docket has "
            f"{', '.join(REQUIRED)} and any of {', '.join(KNOWN[3:])}; there are: {', '.join(names) or 'none'}"
        )
    for name in names:
        if name in ADDED and name not in gone:
            problems.append(f"column '{name}' is one that screening writes; rename it, or leave it out with --drop")
    if problems:
        raise DocketError(problems)
    return found


def _loose(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _twice(names: list[str]) -> list[str]:
    return sorted({n for n in names if names.count(n) > 1})


@dataclass
class Column:
    """Reads the values of one known column, each distinct one once."""

    name: str
    read: Callable[[str], Any]
    """Return the meaning of a value that is not blank; raise ValueError with what is accepted."""
    _seen: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def value(self, text: str) -> tuple[Any, str]:
        """Return what ``text`` means (None for a blank) and what is wrong with it ('' if nothing)."""
        found = self._seen.get(text)
        if found is None:
            if len(self._seen) >= _KEPT:
                self._seen.clear()
            found = self._seen[text] = self._value(text.strip())
        return found

    def _value(self, text: str) -> tuple[Any, str]:
        if not text:
            return None, ""
        try:
            return self.read(text), ""
        except ValueError as fault:
            return None, f"{self.name}: '{text[:60]}' is not accepted; {fault}"


_KEPT = 20_000
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def _number(model: Any, name: str, unit: str) -> Callable[[str], Any]:
    """Return a reader of a number as the case file has it, whole or not, with the case file's own limits."""
    adapter: TypeAdapter[Any] = TypeAdapter(model.model_fields[name].rebuild_annotation())

    def read(text: str) -> Any:
        plain = re.sub(r"\.0+$", "", text.removeprefix("$").replace(",", ""))
        try:
            found = adapter.validate_strings(plain)
        except ValidationError as fault:
            said = fault.errors()[0]["msg"]
            raise ValueError(f"{unit} is accepted ({said[0].lower() + said[1:]})") from None
        if isinstance(found, float) and found in (float("inf"), float("-inf")):
            raise ValueError(f"{unit} is accepted")
        return found

    return read


def _day(text: str) -> date:
    plain = re.sub(r"[T ]00:00(:00(\.0+)?)?$", "", text)
    american = _US_DAY.fullmatch(plain)
    try:
        if american:
            month, day, year = map(int, american.groups())
            return date(year, month, day)
        return date.fromisoformat(plain)
    except ValueError:
        raise ValueError("a day as 2026-03-14 or 3/14/2026 is accepted") from None


def _one_of(accepted: Iterable[str]) -> Callable[[str], str]:
    known = tuple(accepted)

    def read(text: str) -> str:
        plain = text.lower().replace(" ", "-").replace("_", "-")
        if plain not in known:
            raise ValueError(f"accepted: {', '.join(known)}")
        return plain

    return read


def _text(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"{longest} characters or fewer are accepted")
        return text

    return read


def readers() -> dict[str, Column]:
    """Return a reader for every known column but ``case_id``."""
    days = "a whole number of days"
    columns = (
        Column("count", _number(Count, "number", "the number of the count in its case")),
        Column("offense", _text(200)),
        Column("nth", _number(Count, "nth", "1 for a first offense, 2 for a second and so on")),
        Column("offense_date", _day),
        Column("disposition", _one_of(d.value for d in Disposition)),
        Column("amended_offense", _text(200)),
        Column("jail_days", _number(OptionCount, "jail_days", days)),
        Column("suspended_days", _number(OptionCount, "suspended_days", days)),
        Column("served_days", _number(OptionCount, "served_days", days)),
        Column("fine", _number(OptionCount, "fine", "a whole number of dollars")),
        Column("substance", lambda text: text.lower()),
        Column("marijuana_grams", _number(Record, "marijuana_grams", "a number of grams")),
        Column("loss", _number(Record, "loss", "a number of dollars")),
        Column("victim", _one_of(VICTIMS)),
    )
    return {c.name: c for c in columns}


def case_parts(values: Mapping[str, Any]) -> tuple[Count, OptionCount]:
    """Return a row as the count of a case file and what the option does with it; raise ValidationError."""
    record = {k: values[k] for k in ("substance", "marijuana_grams", "loss", "victim") if values.get(k) is not None}
    count = {
        "number": values["count"],
        "offense": values["offense"],
        "record": record,
        **{k: values[k] for k in ("nth", "offense_date") if values.get(k) is not None},
    }
    part = {
        "number": values["count"],
        "disposition": values.get("disposition") or Disposition.PENDING,
        "offense": values.get("amended_offense"),
        **{k: values[k] for k in ("jail_days", "suspended_days", "served_days", "fine") if values.get(k) is not None},
    }
    return Count.model_validate(count), OptionCount.model_validate(part)


def option_of(parts: Iterable[OptionCount]) -> Option:
    """Return the one option a docket describes."""
    return Option(name="docket", count=tuple(parts))
