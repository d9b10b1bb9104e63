"""What a change of the law can touch: which grounds must be looked at again, for a case with these offenses.

Nothing is ever missed: whatever is not known to be without effect on findings counts as a change, and a charge that
is not certain to be read alike under both laws has every ground looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, cached_property
from typing import Any

from pydantic import BaseModel

from plea_aid.analysis.charge import resolve_charge
from plea_aid.analysis.leaf import Leaf, leaves_of, taken_apart
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.records import Category, Dated, Ground, Offense, Rule

WORDS = frozenset({
    "says", "title", "summary", "name", "citation", "ina", "notes", "note", "reason", "differs_because", "traps",
    "sources", "edition", "checked", "confidence", "unverified", "history", "review", "authorities", "question",
    "ways_are_because", "priors_rule", "waivers", "not_formalised", "who", "group", "verified", "family",
    "alternatives", "violence", "victim_consultation", "needs", "deference",
})  # fmt: skip
"""Fields of records that no finding is read from: words for a person, sources, the state of review."""


class LawDelta:
    """Two versions of the law, and what a case must be looked at again for.

    The records compared are those that findings are read from; authorities, definitions, the glossary, the limits of
    what can be agreed, the checklist and the policy change no finding.
    """

    def __init__(self, old: Law, new: Law) -> None:
        self.old, self.new = old, new
        self.grounds = frozenset({*old.grounds, *new.grounds})
        self._touching = cache(self._grounds_of_offense)

    def touched(self, offenses: Iterable[str], dispositions: Iterable[str]) -> frozenset[str]:
        """Return the grounds on which a case with these offenses and dispositions could come out differently.

        ``offenses`` are citations or ids as the case has them, its earlier convictions included.
        """
        if not self.dispositions.isdisjoint({*dispositions, "pending", "guilty-plea"}):
            return self.grounds
        return frozenset().union(self.everywhere, *(self._touching(text) for text in offenses))

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """Grounds that themselves differ, or the exceptions or grounds they rest on: looked at in every case."""
        if set(self.old.postures) != set(self.new.postures):
            return self.grounds
        exceptions = _differing(self.old.exceptions, self.new.exceptions)
        changed = _differing(self.old.grounds, self.new.grounds)
        for law in (self.old, self.new):
            changed |= {g.id for g in law.grounds.values() if any(exceptions & set(x.exceptions) for x in g.limbs)}
        return self._described(changed)

    @cached_property
    def dispositions(self) -> frozenset[str]:
        """Dispositions that differ."""
        return frozenset(_differing(self.old.dispositions, self.new.dispositions))

    @cached_property
    def offenses(self) -> frozenset[str]:
        """Offenses whose record, or a defined term in it, differs."""
        terms = _differing(self.old.terms, self.new.terms)
        found = _differing(self.old.offenses, self.new.offenses)
        for law in (self.old, self.new):
            found |= {o.id for o in law.offenses.values() if terms & _words_of(o)}
        return frozenset(found)

    @cached_property
    def categories(self) -> Mapping[str, tuple[Rule, ...] | None]:
        """Categories that differ, each with its rules that differ; None where more than single rules does."""
        return {
            name: _changed_rules(self.old.categories.get(name), self.new.categories.get(name))
            for name in _differing(self.old.categories, self.new.categories)
        }

    def _grounds_of_offense(self, text: str) -> frozenset[str]:
        before, after = _entries(self.old, text), _entries(self.new, text)
        if not before and not after:
            return frozenset()  # both laws refuse the case
        if before != after or not self.offenses.isdisjoint(before):
            return self.grounds
        found: frozenset[str] = frozenset()
        for name, rules in self.categories.items():
            if rules is None or any(_may_meet(self.new.offenses[i], self.new, rules) for i in before):
                found |= self._resting_on(name)
        return found

    @cached_property
    def _resting_on(self) -> Any:
        return cache(self._grounds_of_category)

    def _grounds_of_category(self, name: str) -> frozenset[str]:
        return self._described({
            ground.id
            for law in (self.old, self.new)
            for ground in law.grounds.values()
            if any(name in _categories(limb, law) for limb in ground.limbs)
        })  # fmt: skip

    def _described(self, grounds: set[str]) -> frozenset[str]:
        """Return ``grounds`` with every ground that takes over what one of them came to."""
        found, before = set(grounds), -1
        while len(found) != before:
            before = len(found)
            for law in (self.old, self.new):
                found |= {g.id for g in law.grounds.values() if any(found & set(x.described_in) for x in g.limbs)}
        return frozenset(found)


def turning_days(*laws: Law) -> list[date]:
    """Return every day on which a record of these laws comes into force or ends, in order."""
    return sorted({
        day
        for law in laws
        for pool in (law.offenses, law.terms, law.categories, law.grounds, law.exceptions, law.postures)
        for record in pool.values()
        for one in _records_in(record)
        if isinstance(one, Dated)
        for day in (one.from_, one.until)
        if day is not None
    })  # fmt: skip


def thresholds(*laws: Law) -> set[int]:
    """Return every whole number that a ground, an exception or a penalty of these laws holds."""
    return {
        int(number)
        for law in laws
        for pool in (law.grounds, law.exceptions, law.offenses)
        for record in pool.values()
        for one in _records_in(record)
        for field in type(one).model_fields
        if isinstance(number := getattr(one, field), int | float) and not isinstance(number, bool)
    }


def standing_grounds(law: Law, wanted: frozenset[str]) -> dict[str, Ground]:
    """Return ``wanted`` grounds of a law, in its order, with those they take over."""
    needed, before = set(wanted), -1
    while len(needed) != before:
        before = len(needed)
        needed |= {d for g in needed if g in law.grounds for x in law.grounds[g].limbs for d in x.described_in}
    return {name: ground for name, ground in law.grounds.items() if name in needed}


def _differing(old: Mapping[str, BaseModel], new: Mapping[str, BaseModel]) -> set[str]:
    """Return the ids of records added, removed, or different in more than words."""
    found = set(old) ^ set(new)
    for name in set(old) & set(new):
        if old[name] != new[name] and _substance(old[name]) != _substance(new[name]):
            found.add(name)
    return found


def _substance(value: Any) -> Any:
    """Return a record as plain data without its words."""
    if isinstance(value, BaseModel):
        return {f: _substance(getattr(value, f)) for f in type(value).model_fields if f not in WORDS}
    if isinstance(value, Mapping):
        return {key: _substance(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_substance(one) for one in value]
    return value


def _changed_rules(old: Category | None, new: Category | None) -> tuple[Rule, ...] | None:
    if old is None or new is None:
        return None
    one, two = _substance(old), _substance(new)
    if {k: v for k, v in one.items() if k != "rules"} != {k: v for k, v in two.items() if k != "rules"}:
        return None
    kept = [_substance(r) for r in old.rules], [_substance(r) for r in new.rules]
    return (
        *(r for r in old.rules if _substance(r) not in kept[1]),
        *(r for r in new.rules if _substance(r) not in kept[0]),
    )


def _entries(law: Law, text: str) -> tuple[str, ...]:
    """Return the ids of the entries a charge stands for, with its form; empty when it cannot be resolved."""
    try:
        charge = resolve_charge(law, text)
    except UnknownOffense:
        return ()
    return (*((charge.form,) if charge.form else ()), *(o.id for o in charge.offenses))


def _may_meet(offense: Offense, law: Law, rules: tuple[Rule, ...]) -> bool:
    """Say whether a way of committing ``offense`` could meet one of the rules, whatever the record shows."""
    added = {m for fact in offense.record_facts if fact.effect == "adds-fact" for m in fact.answers.values() if m}
    leaves = leaves_of(offense, law)
    return any(_could(leaf, added, rule) for leaf in leaves for rule in rules)


def _could(leaf: Leaf, added: set[str], rule: Rule) -> bool:
    when = rule.when
    return (
        all(_can_hold(leaf, added, literal) for literal in when.all)
        and (not when.any or any(_can_hold(leaf, added, literal) for literal in when.any))
        and all(_can_fail(leaf, literal) for literal in when.none)
    )


def _can_hold(leaf: Leaf, added: set[str], literal: str) -> bool:
    dimension, wanted = taken_apart(literal)
    if dimension == "facts":
        return not wanted.isdisjoint(leaf.facts | added)
    return dimension == "inchoate" or leaf.values.get(dimension, "-") in wanted


def _can_fail(leaf: Leaf, literal: str) -> bool:
    dimension, wanted = taken_apart(literal)
    if dimension == "facts":
        return wanted.isdisjoint(leaf.facts)
    return dimension == "inchoate" or leaf.values.get(dimension, "-") not in wanted


def _categories(limb: Any, law: Law) -> set[str]:
    return {*limb.any_category, *(law.exceptions[e].category for e in limb.exceptions)}


def _words_of(offense: Offense) -> set[str]:
    return {word for way in offense.ways for values in way.elements.values() for word in values}


def _records_in(record: BaseModel) -> Iterable[BaseModel]:
    yield record
    for field in type(record).model_fields:
        value = getattr(record, field)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, BaseModel):
                yield from _records_in(one)
