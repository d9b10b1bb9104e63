"""Read the law from its files, validate every record and every reference between records, and name the version."""

from __future__ import annotations

import csv
import hashlib
import re
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import tomli
from pydantic import BaseModel, ValidationError

from plea_aid.law.catalogue import Law
from plea_aid.law.desk_card import DeskCard
from plea_aid.law.figures import FigureRules
from plea_aid.law.records import (
    DIMENSIONS,
    Authority,
    Category,
    Checklist,
    Definition,
    DispositionRule,
    GlossaryEntry,
    Ground,
    GroundException,
    Limits,
    Offense,
    Policy,
    Posture,
    Term,
)
from plea_aid.law.shorthand import Shorthand, folded
from plea_aid.law.thresholds import ReviewRules
from plea_aid.settings import data_dir

_R = TypeVar("_R", bound=BaseModel)


class LawError(ValueError):
    """The data under ``data/`` is not accepted; ``problems`` has one line for each fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def load_law(folder: Path | None = None) -> Law:
    """Return the whole law; raise LawError naming file, place and what is accepted.

    The same folder is read once in a process.
    """
    root = (folder or data_dir()).resolve()
    cached = _LOADED.get(root)
    if cached is None:
        cached = _LOADED[root] = read_law(root)
    return cached


_LOADED: dict[Path, Law] = {}


def read_law(root: Path) -> Law:
    """Read and validate the law under ``root`` afresh; raise LawError."""
    if not root.is_dir():
        raise LawError([f"{root}: there is no law data here; set PLEA_AID_DATA to the folder that holds federal/"])
    reader = _Reader(root)
    federal, states = root / "federal", [d for d in sorted(root.iterdir()) if (d / "offenses").is_dir()]
    law = Law(
        folder=root,
        version=law_version(root),
        vocabulary=reader.vocabulary(root / "vocabulary.toml"),
        authorities=reader.authorities(root / "authorities.csv"),
        offenses=reader.offenses(states),
        terms={t.id: t for s in states for t in reader.many(s / "terms.toml", "term", Term, optional=True)},
        categories={c.id: c for c in reader.each_file(federal / "categories", Category)},
        grounds={g.id: g for f in _tomls(federal / "grounds") for g in reader.many(f, "ground", Ground)},
        exceptions={e.id: e for e in reader.many(federal / "exceptions.toml", "exception", GroundException)},
        postures={p.id: p for p in reader.many(federal / "postures.toml", "posture", Posture)},
        dispositions={d.id: d for d in reader.many(federal / "dispositions.toml", "disposition", DispositionRule)},
        definitions={
            d.id: d for f in _tomls(federal / "definitions") for d in reader.many(f, "definition", Definition)
        },
        policies=tuple(reader.each_file(root / "helena" / "policy", Policy)),
        checklists=tuple(reader.each_file(root / "helena" / "checklist", Checklist)),
        figures=tuple(reader.each_file(root / "helena" / "figures", FigureRules)),
        reviews=tuple(reader.each_file(root / "helena" / "review", ReviewRules)),
        desk_cards=tuple(reader.each_file(root / "helena" / "desk-card", DeskCard)),
        glossary={g.id: g for g in reader.many(root / "glossary.toml", "entry", GlossaryEntry, optional=True)},
        limits=next((x for s in states if (x := reader.one(s / "limits.toml", "limits", Limits))), Limits()),
        shorthands=tuple(
            one for s in states for one in reader.many(s / "shorthand.toml", "shorthand", Shorthand, optional=True)
        ),
    )
    problems = reader.problems or cross_references(law)
    if problems:
        raise LawError(problems)
    return law


def law_version(root: Path) -> str:
    """Return the version of the law under ``root``: newest day checked, and a hash of every law file's content."""
    digest = hashlib.sha256()
    newest = date.min.isoformat().encode()
    for path in law_files(root):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + content + b"\0")
        newest = max([newest, *re.findall(rb"\nchecked = (\d{4}-\d\d-\d\d)", b"\n" + content)])
    return f"{newest.decode()}-{digest.hexdigest()[:12]}"


def law_files(root: Path) -> list[Path]:
    """Return the files that are law, in a fixed order; examples, evaluation tables and detector data are not."""
    return sorted(
        p
        for p in root.rglob("*")
        if p.suffix in (".toml", ".csv")
        and p.relative_to(root).parts[0] not in ("examples", "evaluation")
        and not p.name.startswith("guard")
    )


def _tomls(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))


class _Reader:
    """Reads files, collecting every fault instead of stopping at the first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[str] = []

    def toml(self, path: Path, optional: bool = False) -> dict[str, Any]:
        if not path.is_file():
            if not optional:
                self.problems.append(f"{self._name(path)}: the file is missing")
            return {}
        try:
            return tomli.loads(path.read_text(encoding="utf-8"))
        except (tomli.TOMLDecodeError, UnicodeDecodeError) as fault:
            self.problems.append(f"{self._name(path)}: not readable as TOML: {fault}")
            return {}

    def many(self, path: Path, key: str, model: type[_R], optional: bool = False) -> list[_R]:
        raw = self.toml(path, optional)
        unknown = set(raw) - {key}
        if unknown:
            self.problems.append(f"{self._name(path)}: unknown table {sorted(unknown)}; accepted: [[{key}]]")
        return [r for row in raw.get(key, []) if (r := self._record(path, row, model)) is not None]

    def one(self, path: Path, key: str, model: type[_R]) -> _R | None:
        raw = self.toml(path, optional=True)
        return self._record(path, raw[key], model) if key in raw else None

    def each_file(self, folder: Path, model: type[_R]) -> list[_R]:
        return [r for p in _tomls(folder) if (r := self._record(p, self.toml(p), model)) is not None]

    def offenses(self, states: list[Path]) -> dict[str, Offense]:
        found: dict[str, Offense] = {}
        for state in states:
            for path in _tomls(state / "offenses"):
                for offense in self.many(path, "offense", Offense):
                    if offense.id in found:
                        self.problems.append(f"{self._name(path)}: the id {offense.id} is used twice")
                    found[offense.id] = offense.model_copy(update={"jurisdiction": state.name})
        return found

    def vocabulary(self, path: Path) -> dict[str, dict[str, str]]:
        return {k: v for k, v in self.toml(path).items() if isinstance(v, dict)}

    def authorities(self, path: Path) -> dict[str, Authority]:
        found: dict[str, Authority] = {}
        if not path.is_file():
            self.problems.append(f"{self._name(path)}: the file is missing")
            return found
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                authority = self._record(path, {k: v for k, v in row.items() if v}, Authority)
                if authority is None:
                    continue
                if authority.id in found:
                    self.problems.append(f"{self._name(path)}: the id {authority.id} is used twice")
                found[authority.id] = authority
        return found

    def _record(self, path: Path, row: dict[str, Any], model: type[_R]) -> _R | None:
        try:
            return model.model_validate(row)
        except ValidationError as fault:
            for error in fault.errors():
                place = ".".join(str(p) for p in error["loc"])
                self.problems.append(f"{self._name(path)}: {row.get('id', '(no id)')}: {place}: {error['msg']}")
            return None

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def cross_references(law: Law) -> list[str]:
    """Return one line for every reference to a record, word or number that does not exist."""
    problems: list[str] = []

    def known(what: str, ids: object, pool: object, where: str) -> None:
        missing = [i for i in ids if i not in pool]  # type: ignore[attr-defined,operator]
        problems.extend(f"{where}: unknown {what} '{i}'" for i in missing)

    for offense in law.offenses.values():
        where = f"offense {offense.id}"
        known("authority", offense.authorities, law.authorities, where)
        for way in offense.ways:
            for dimension, values in way.elements.items():
                known(
                    f"word ({dimension})", [v for v in values if v not in law.terms], law.vocabulary[dimension], where
                )
            known("word (facts)", way.facts, law.vocabulary["facts"], where)
            known("divisible dimension", way.divisible, way.elements, where)
        for holding in offense.holdings:
            known("authority", holding.authorities, law.authorities, where)
            known("category", [holding.category], law.categories, where)
            known("way", holding.ways, offense.way_ids, where)
        for fact in offense.record_facts:
            if fact.effect == "selects-way":
                known("way", [a for a in fact.answers.values() if a], offense.way_ids, where)
            elif fact.effect == "selects-value":
                pool = law.vocabulary.get(fact.dimension or "", {})
                known("word", [a for a in fact.answers.values() if a], pool, f"{where}, fact {fact.key}")
            elif fact.effect == "adds-fact":
                known("word (facts)", [a for a in fact.answers.values() if a], law.vocabulary["facts"], where)
        for alternative in offense.alternatives:
            if not law.find(alternative.offense):
                problems.append(f"{where}: alternative '{alternative.offense}' is not in the catalogue")
    for term in law.terms.values():
        known("authority", term.authorities, law.authorities, f"term {term.id}")
        known("word", term.means, law.vocabulary.get(term.dimension, {}), f"term {term.id}")
    for category in law.categories.values():
        known("authority", category.authorities, law.authorities, f"category {category.id}")
        for rule in category.rules:
            where = f"rule {rule.id}"
            known("authority", rule.authorities, law.authorities, where)
            for literal in (*rule.when.all, *rule.when.any, *rule.when.none):
                dimension, _, text = literal.partition(":")
                if dimension in (*DIMENSIONS, "facts"):
                    words = [v for v in text.split("|") if v != "-"]
                    known(f"word ({dimension})", words, law.vocabulary[dimension], where)
                elif dimension != "inchoate":
                    problems.append(f"{where}: unknown dimension '{dimension}' in '{literal}'")
    for ground in law.grounds.values():
        where = f"ground {ground.id}"
        known("authority", ground.authorities, law.authorities, where)
        known("posture", [p for p in ground.postures if p != "all-noncitizens"], law.postures, where)
        for limb in ground.limbs:
            known("category", limb.any_category, law.categories, where)
            known("exception", limb.exceptions, law.exceptions, where)
            known("ground", limb.described_in, law.grounds, where)
            known("posture", limb.postures, law.postures, where)
            known("authority", limb.authorities, law.authorities, where)
    for records in (law.exceptions, law.postures, law.dispositions, law.definitions, law.glossary):
        for record in records.values():
            known("authority", record.authorities, law.authorities, record.id)
    limits = law.limits
    known("authority", limits.authorities, law.authorities, "limits")
    for offer in limits.offers:
        known("disposition", [offer.disposition], law.dispositions, "limits")
        known("agreement", offer.agreements, [a.id for a in limits.agreements], f"limits, {offer.disposition}")
    for apart in limits.apart:
        known("disposition", (*apart.one, *apart.other), law.dispositions, "limits, apart")
        known("authority", apart.authorities, law.authorities, "limits, apart")
    for place, notes in (("firearm", limits.firearm), ("treatment", limits.treatment)):
        for note in notes:
            where = f"limits, {place}"
            known("authority", note.authorities, law.authorities, where)
            known("family", note.reduced_to, {o.family for o in law.offenses.values()}, where)
            if not any(note.covers(o) for o in law.offenses.values()):
                problems.append(f"{where}: no offense of the catalogue is under {', '.join(note.offenses)}")
    problems.extend(_shorthand_faults(law))
    for review in law.reviews:
        factors = {f.id for c in law.checklists for f in c.factors}
        weights = {w for c in law.checklists for w in c.weights}
        for one in review.thresholds:
            where = f"review {review.id}, threshold {one.id}"
            known("authority", one.authorities, law.authorities, where)
            known("factor", [one.factor] if one.factor else [], factors, where)
            known("weight", [one.weight] if one.weight else [], weights, where)
    for card in law.desk_cards:
        where = f"desk card {card.id}"
        known("disposition", [card.disposition], law.dispositions, where)
        known("ground", [g for c in card.columns for g in c.grounds], law.grounds, where)
        known("category", [c.category for c in card.columns if c.category], law.categories, where)
        known("definition", [r.definition for r in card.reminders if r.definition], law.definitions, where)
        known("glossary entry", [*card.words, *(r.term for r in card.reminders if r.term)], law.glossary, where)
        problems.extend(
            f"{where}: '{c}' is not one offense of the catalogue" for c in card.offenses if len(law.find(c)) != 1
        )
    for policy in law.policies:
        known("authority", policy.authorities, law.authorities, f"policy {policy.id}")
    return problems


def _shorthand_faults(law: Law) -> list[str]:
    """Return one line for every short form that leads nowhere or has two meanings in two places."""
    problems: list[str] = []
    first: dict[str, str] = {}
    for one in law.shorthands:
        where = f"shorthand {one.words[0]}"
        problems.extend(f"{where}: '{cite}' is not in the catalogue" for cite in one.stands_for if not law.find(cite))
        problems.extend(f"{where}: unknown authority '{a}'" for a in one.authorities if a not in law.authorities)
        for word in one.words:
            known = first.setdefault(folded(word), where)
            if known != where:
                problems.append(f"{where}: '{word}' stands under {known} too; one entry can name several offenses")
            if not folded(word):
                problems.append(f"{where}: '{word}' holds no letter")
    return problems
