"""Changes to a case file: each takes a document and returns a new one, so that a change can be tried, saved, redone."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from plea_aid.analysis.charging_list import Taken, numbered

Document = dict[str, Any]
BASELINE = "As charged"
LONGEST_NAME = 110
"""Letters; a case file allows 120, and a number may follow."""


def with_key(document: Document, key: str, value: Any) -> Document:
    """Return the document with a case-level key set, or left out for None and an empty text."""
    return _set(document, key, value)


def with_count(document: Document, offense: str) -> Document:
    """Return the document with one more count, numbered after the highest."""
    changed = copy.deepcopy(document)
    counts = changed.setdefault("count", [])
    number = max((c["number"] for c in counts), default=0) + 1
    counts.append({"number": number, "offense": offense})
    for option in changed.get("option", []):
        option.setdefault("count", []).append({"number": number, "disposition": "guilty-plea"})
    return changed


def with_counts(document: Document, taken: Sequence[Taken]) -> Document:
    """Return the document with the counts read from a charging list after those it has."""
    changed = copy.deepcopy(document)
    counts = changed.setdefault("count", [])
    added = numbered(taken, [c["number"] for c in counts])
    counts.extend(added)
    for option in changed.get("option", []):
        parts = option.setdefault("count", [])
        parts.extend({"number": count["number"], "disposition": "guilty-plea"} for count in added)
    return changed


def without_count(document: Document, number: int) -> Document:
    """Return the document without a count, and without what options and other counts said of it."""
    changed = copy.deepcopy(document)
    changed["count"] = [c for c in changed.get("count", []) if c["number"] != number]
    for one in (*changed["count"], *changed.get("prior", [])):
        if one.get("same_scheme_as") == number:
            del one["same_scheme_as"]
    for option in changed.get("option", []):
        option["count"] = [part for part in option.get("count", []) if part["number"] != number]
    if not changed["count"]:
        # A case file needs a count before it can hold options, earlier convictions or a plan.
        changed = {k: v for k, v in changed.items() if k in ("cause_number", "offense_date", "plea_date")}
    return changed


def with_count_key(document: Document, number: int, key: str, value: Any) -> Document:
    """Return the document with one key of a count set, or left out for None and an empty text."""
    return _each(document, "count", number, lambda count: _set(count, key, value))


def with_fact(document: Document, number: int, key: str, value: Any) -> Document:
    """Return the document with one fact of a count's record set, or left out for None."""

    def change(count: Document) -> Document:
        record = _set(count.get("record", {}), key, value)
        if key == "substance" and value != "marijuana":
            record.pop("marijuana_grams", None)
        return _set(count, "record", record or None)

    return _each(document, "count", number, change)


def with_prior(document: Document, offense: str, on: str, sentence_days: int) -> Document:
    """Return the document with one more known earlier conviction."""
    changed = copy.deepcopy(document)
    prior: Document = {"offense": offense, "date": on}
    if sentence_days:
        prior["sentence_days"] = sentence_days
    changed.setdefault("prior", []).append(prior)
    return changed


def without_prior(document: Document, place: int) -> Document:
    """Return the document without the earlier conviction at ``place`` (from 0)."""
    changed = copy.deepcopy(document)
    del changed["prior"][place]
    if not changed["prior"]:
        del changed["prior"]
    return changed


def with_option(document: Document, name: str = BASELINE) -> Document:
    """Return the document with one more option: a guilty plea to every count as charged."""
    changed = copy.deepcopy(document)
    parts = [{"number": c["number"], "disposition": "guilty-plea"} for c in changed.get("count", [])]
    changed.setdefault("option", []).append({"name": free_name(changed, name), "count": parts})
    return changed


def with_copy(document: Document, place: int) -> Document:
    """Return the document with a copy of the option at ``place`` after the last one."""
    changed = copy.deepcopy(document)
    twin = copy.deepcopy(changed["option"][place])
    twin["name"] = free_name(changed, f"{twin['name']}, changed")
    changed["option"].append(twin)
    return changed


def with_adopted(document: Document, option: Document, name: str) -> Document:
    """Return the document with a suggested option after the last one, under a name no other option has."""
    changed = copy.deepcopy(document)
    added = {**copy.deepcopy(option), "name": free_name(changed, name[:LONGEST_NAME])}
    changed.setdefault("option", []).append(added)
    return changed


def with_plan_key(document: Document, key: str, value: Any) -> Document:
    """Return the document with one thing that a resolution must keep, or left out where nothing is asked."""
    return _set(document, "plan", _set(document.get("plan", {}), key, value or None) or None)


def with_kept_prior(document: Document, family: str, kept: bool) -> Document:
    """Return the document with an enhancement family that the result must still count for, or without it."""
    others = [f for f in document.get("plan", {}).get("keep_prior_for", []) if f != family]
    return with_plan_key(document, "keep_prior_for", [*others, family] if kept else others)


def without_option(document: Document, place: int) -> Document:
    """Return the document without the option at ``place`` (from 0)."""
    changed = copy.deepcopy(document)
    del changed["option"][place]
    if not changed["option"]:
        del changed["option"]
    return changed


def with_option_name(document: Document, place: int, name: str) -> Document:
    """Return the document with an option renamed; raise ValueError when the name is empty or taken."""
    refusal = why_no_option_name(document, place, name)
    if refusal:
        raise ValueError(refusal)
    changed = copy.deepcopy(document)
    changed["option"][place]["name"] = " ".join(name.split())
    return changed


def why_no_option_name(document: Document, place: int, name: str) -> str | None:
    """Return in a sentence why the option at ``place`` cannot have this name; None when it can."""
    wanted = " ".join(name.split())
    if not wanted:
        return "Please give the option a name."
    if wanted in {o["name"] for i, o in enumerate(document["option"]) if i != place}:
        return f"There is another option named '{wanted}'; please choose a different name."
    return None


def with_part_key(document: Document, place: int, number: int, key: str, value: Any) -> Document:
    """Return the document with one key of what an option does with a count set, or left out for None."""
    changed = copy.deepcopy(document)
    parts = changed["option"][place].setdefault("count", [])
    part = next((p for p in parts if p["number"] == number), None)
    if part is None:
        part = {"number": number, "disposition": "pending"}
        parts.append(part)
        parts.sort(key=lambda p: int(p["number"]))
    parts[parts.index(part)] = _set(part, key, value)
    return changed


def with_part_fact(document: Document, place: int, number: int, key: str, value: Any) -> Document:
    """Return the document with one fact of the record of an option's plea set, or left out for None."""
    record = _set(part_of(document["option"][place], number).get("record", {}), key, value)
    return with_part_key(document, place, number, "record", record or None)


def part_of(option: Document, number: int) -> Document:
    """Return what an option does with a count; a count it does not mention stays pending."""
    found = next((p for p in option.get("count", []) if p["number"] == number), None)
    return found or {"number": number, "disposition": "pending"}


def free_name(document: Document, name: str) -> str:
    """Return ``name``, with a number after it when another option has it."""
    taken = {o["name"] for o in document.get("option", [])}
    if name not in taken:
        return name
    return next(f"{name} {n}" for n in range(2, len(taken) + 3) if f"{name} {n}" not in taken)


def _set(record: Document, key: str, value: Any) -> Document:
    rest = {k: v for k, v in record.items() if k != key}
    return rest if value is None or value == "" else {**record, key: value}


def _each(document: Document, table: str, number: int, change: Any) -> Document:
    changed = copy.deepcopy(document)
    changed[table] = [change(row) if row["number"] == number else row for row in changed.get(table, [])]
    return changed
