"""A suggested option in plain words: what is changed, what it comes to, and the name it gets in the case."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from plea_aid.analysis.case import Disposition, Option, OptionCount
from plea_aid.law.catalogue import Law
from plea_aid.pages.documents import LONGEST_NAME
from plea_aid.pages.wording import answer, days, dollars, plain
from plea_aid.planning.changes import SmallestChange
from plea_aid.planning.moves import Change

_DAYS = {
    "jail_days": "jail to serve",
    "suspended_days": "jail suspended",
    "served_days": "expected to be served",
    "supervision_days": "supervision",
}


def changes_in_words(change: SmallestChange, law: Law, many_counts: bool) -> str:
    """Return what is changed field by field, and what that forces besides."""
    return "; ".join(_change(c, law, many_counts) for c in (*change.changes, *change.adjustments))


def terms_in_words(option: Option, law: Law, many_counts: bool) -> str:
    """Return how each count ends."""
    return "; ".join(_count(part.number, many_counts) + _part(part, law) for part in option.count)


def name_of_changes(change: SmallestChange, law: Law, many_counts: bool) -> str:
    """Return a short name for an option that differs from the baseline in these changes."""
    return _short("; ".join(_count(c.count, many_counts) + _after(c, law) for c in change.changes))


def name_of_parts(option: Option, law: Law, many_counts: bool) -> str:
    """Return a short name for an option of the frontier: how its counts end."""
    return _short(terms_in_words(option, law, many_counts))


def ground_names(law: Law, grounds: Iterable[str]) -> str:
    """Return the names of grounds, with every sign of Markdown literal."""
    return "; ".join(plain(law.grounds[g].name) for g in grounds)


def terms_of(option: Mapping[str, Any]) -> str:
    """Return what an option of a case file does, its name aside: equal for options that do the same."""
    parts = [OptionCount.model_validate(part) for part in option.get("count", ())]
    said = [p.model_dump(mode="json", exclude_none=True) for p in parts if p.disposition is not Disposition.PENDING]
    return json.dumps(sorted(said, key=lambda p: int(p["number"])), sort_keys=True)


def _change(change: Change, law: Law, many_counts: bool) -> str:
    where = _count(change.count, many_counts)
    name = change.field
    before, after = (_value(change, v, law) for v in (change.before, change.after))
    if name.startswith("record."):
        return f"{where}Record, {name.removeprefix('record.').replace('_', ' ')}: {before} → {after}"
    label = {"offense": "Offense", "disposition": "Ends by", "fine": "Fine"}.get(name) or _DAYS[name].capitalize()
    return f"{where}{label}: {before} → {after}"


def _after(change: Change, law: Law) -> str:
    after = _value(change, change.after, law)
    if change.field == "offense":
        return f"Plea to {after}"
    if change.field in _DAYS:
        return f"{after} {_DAYS[change.field]}"
    if change.field.startswith("record."):
        return f"Record, {change.field.removeprefix('record.').replace('_', ' ')}: {after}"
    return after


def _value(change: Change, value: Any, law: Law) -> str:
    if value is None:
        return "as charged" if change.field == "offense" else "not stated"
    if change.field == "offense":
        found = law.find(str(value))
        return f"{found[0].title} ({value})" if len(found) == 1 else str(value)
    if change.field == "disposition":
        return law.dispositions[str(value)].name
    if change.field == "fine":
        return dollars(value)
    return days(value) if change.field in _DAYS else answer(str(value)).lower()


def _part(part: OptionCount, law: Law) -> str:
    found = law.find(part.offense) if part.offense else ()
    offense = f"{found[0].title} ({part.offense})" if len(found) == 1 else part.offense or ""
    said = [law.dispositions[part.disposition.value].name, offense]
    if part.ordered_days:
        said.append(f"{days(part.jail_days)} jail and {part.suspended_days:,} suspended")
    said += [dollars(part.fine) + " fine"] if part.fine else []
    said += [f"{days(part.supervision_days)} supervision"] if part.supervision_days else []
    if part.record is not None:
        facts = part.record.model_dump(exclude_none=True)
        said += [f"record, {k.replace('_', ' ')}: {answer(str(v)).lower()}" for k, v in facts.items()]
    return ", ".join(filter(None, said))


def _count(number: int, many_counts: bool) -> str:
    return f"Count {number}: " if many_counts else ""


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 2].rstrip(' ,;')} …"
