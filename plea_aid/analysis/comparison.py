"""Compare two versions of the law: the words that changed, and the conclusions that change with them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from plea_aid.analysis.classify import classify
from plea_aid.law.catalogue import Law


@dataclass(frozen=True)
class FieldChange:
    """One field of a record: its words in order, each run kept (=), removed (-) or added (+)."""

    field: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RecordChange:
    """One record added, removed or changed."""

    kind: str
    id: str
    what: str
    lines: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class ConclusionChange:
    """One offense whose stand to a category changes, the record open."""

    offense: str
    cite: str
    category: str
    before: str
    after: str


@dataclass(frozen=True)
class LawChanges:
    """Everything that differs between two versions of the law."""

    old: str
    new: str
    records: tuple[RecordChange, ...]
    conclusions: tuple[ConclusionChange, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the changes as plain data."""
        return {
            "old": self.old,
            "new": self.new,
            "records": [
                {
                    "kind": r.kind,
                    "id": r.id,
                    "change": r.what,
                    "fields": [{"field": f.field, "words": [list(w) for w in f.words]} for f in r.lines],
                }
                for r in self.records
            ],
            "conclusions": [vars(c) for c in self.conclusions],
        }


def compare_laws(old: Law, new: Law, day: date) -> LawChanges:
    """Return what differs from ``old`` to ``new``; conclusions are those of ``day`` under each."""
    pools: tuple[tuple[str, Mapping[str, BaseModel], Mapping[str, BaseModel]], ...] = (
        ("offense", old.offenses, new.offenses),
        ("term", old.terms, new.terms),
        ("category", old.categories, new.categories),
        ("ground", old.grounds, new.grounds),
        ("exception", old.exceptions, new.exceptions),
        ("posture", old.postures, new.postures),
        ("disposition", old.dispositions, new.dispositions),
        ("definition", old.definitions, new.definitions),
        ("authority", old.authorities, new.authorities),
        ("policy", {p.id: p for p in old.policies}, {p.id: p for p in new.policies}),
        ("checklist", {c.id: c for c in old.checklists}, {c.id: c for c in new.checklists}),
        ("review", {r.id: r for r in old.reviews}, {r.id: r for r in new.reviews}),
    )
    records = tuple(change for kind, before, after in pools for change in _record_changes(kind, before, after))
    return LawChanges(old.version, new.version, records, tuple(_conclusions(old, new, day)))


def _record_changes(kind: str, before: Mapping[str, BaseModel], after: Mapping[str, BaseModel]) -> list[RecordChange]:
    found = [RecordChange(kind, i, "removed") for i in before if i not in after]
    found += [RecordChange(kind, i, "added") for i in after if i not in before]
    for i in before:
        if i in after and before[i] != after[i]:
            lines = _field_changes(before[i], after[i])
            found.append(RecordChange(kind, i, "changed", lines))
    return found


def _field_changes(before: BaseModel, after: BaseModel) -> tuple[FieldChange, ...]:
    one, two = before.model_dump(mode="json"), after.model_dump(mode="json")
    return tuple(
        FieldChange(name, word_runs(_text(one.get(name)), _text(two.get(name))))
        for name in dict.fromkeys((*one, *two))
        if one.get(name) != two.get(name)
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def word_runs(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Return the runs of words kept (=), removed (-) and added (+), in order."""
    one, two = before.split(), after.split()
    runs: list[tuple[str, str]] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(("=", " ".join(one[i:j])))
            continue
        if j > i:
            runs.append(("-", " ".join(one[i:j])))
        if m > k:
            runs.append(("+", " ".join(two[k:m])))
    return tuple(runs)


def _conclusions(old: Law, new: Law, day: date) -> list[ConclusionChange]:
    changes = []
    for i in old.offenses:
        if i not in new.offenses:
            continue
        before = {m.category: m.level or "not analysed" for m in classify(old.offenses[i], old, day)}
        after = {m.category: m.level or "not analysed" for m in classify(new.offenses[i], new, day)}
        changes += [
            ConclusionChange(i, new.offenses[i].cite, c, before.get(c, "no such category"), after[c])
            for c in after
            if before.get(c) != after[c]
        ]
    return changes
