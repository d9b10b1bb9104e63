"""Checks beyond the schema: what a lawyer would be ashamed of."""

from __future__ import annotations

from plea_aid.law.catalogue import Law
from plea_aid.law.records import DIMENSIONS


def check_law(law: Law) -> tuple[list[str], list[str]]:
    """Return faults (the data is not accepted) and remarks (worth knowing), one line each."""
    return [
        *_withdrawn_support(law),
        *_uncited_authorities(law),
        *_penalties(law),
        *_unverified_said(law),
        *_dates(law),
    ], _remarks(law)


def supporting_citations(law: Law) -> dict[str, list[str]]:
    """Return, for each authority cited, the records that rest on it."""
    cited: dict[str, list[str]] = {}

    def add(where: str, ids: tuple[str, ...]) -> None:
        for authority in ids:
            cited.setdefault(authority, []).append(where)

    for offense in law.offenses.values():
        add(f"offense {offense.id}", offense.authorities)
        for holding in offense.holdings:
            add(f"holding on {offense.id}", holding.authorities)
    for category in law.categories.values():
        add(f"category {category.id}", category.authorities)
        for rule in category.rules:
            add(f"rule {rule.id}", rule.authorities)
    for ground in law.grounds.values():
        add(f"ground {ground.id}", ground.authorities)
        for limb in ground.limbs:
            add(f"ground {ground.id}", limb.authorities)
    for pool in (law.terms, law.exceptions, law.postures, law.dispositions, law.definitions, law.glossary):
        for record in pool.values():
            add(record.id, record.authorities)
    for policy in law.policies:
        add(f"policy {policy.id}", policy.authorities)
        for section in policy.sections:
            for status in section.status:
                add(f"policy {policy.id}, section {section.number}", status.authorities)
    for checklist in law.checklists:
        for gate in checklist.gates:
            add(f"gate {gate.id}", gate.authorities)
    add("limits", law.limits.authorities)
    for apart in law.limits.apart:
        add("limits", apart.authorities)
    for note in (*law.limits.firearm, *law.limits.treatment):
        add("limits", note.authorities)
    for short in law.shorthands:
        add(f"shorthand {short.words[0]}", short.authorities)
    for review in law.reviews:
        for one in review.thresholds:
            add(f"review threshold {one.id}", one.authorities)
    return cited


def _withdrawn_support(law: Law) -> list[str]:
    return [
        f"{where}: rests on {authority}, which is {law.authorities[authority].treatment}"
        for authority, places in supporting_citations(law).items()
        if authority in law.authorities and law.authorities[authority].withdrawn
        for where in places
    ]


def _uncited_authorities(law: Law) -> list[str]:
    cited = supporting_citations(law)
    return [
        f"authorities.csv: {a.id} is cited nowhere"
        for a in law.authorities.values()
        if a.id not in cited and not a.kept
    ]


def _penalties(law: Law) -> list[str]:
    problems = []
    for offense in law.offenses.values():
        if all(p.nth > 1 for p in offense.penalties) and offense.court == "municipal":
            problems.append(f"offense {offense.id}: there is no penalty for a first offense")
        for p in offense.penalties:
            if p.jail_min_days > p.jail_max_days or p.fine_min > p.fine_max:
                problems.append(f"offense {offense.id}: a minimum is above its maximum (offense number {p.nth})")
            if offense.grade == "misdemeanor" and not p.felony and p.jail_max_days > 365:
                problems.append(f"offense {offense.id}: a misdemeanor tier above one year (offense number {p.nth})")
            unknown = set(p.when) - {f.key for f in offense.record_facts}
            problems += [f"offense {offense.id}: penalty asks for '{k}', which no record_fact offers" for k in unknown]
    return problems


def _unverified_said(law: Law) -> list[str]:
    return [
        f"offense {o.id}: confidence is low and nothing says what is unverified"
        for o in law.offenses.values()
        if o.confidence == "low" and not o.unverified
    ]


def _dates(law: Law) -> list[str]:
    problems = []
    for offense in law.offenses.values():
        for dated in (offense.in_force, *offense.penalties):
            if dated.from_ and dated.until and dated.from_ >= dated.until:
                problems.append(f"offense {offense.id}: 'from' is not before 'until'")
    return problems


def _remarks(law: Law) -> list[str]:
    used: dict[str, set[str]] = {d: set() for d in (*DIMENSIONS, "facts")}
    for offense in law.offenses.values():
        for way in offense.ways:
            used["facts"] |= way.facts
            for dimension, values in way.elements.items():
                used[dimension].update(v for x in values for v in (law.terms[x].means if x in law.terms else (x,)))
        for fact in offense.record_facts:
            if fact.effect == "adds-fact":
                used["facts"].update(a for a in fact.answers.values() if a)
    for category in law.categories.values():
        for rule in category.rules:
            for literal in (*rule.when.all, *rule.when.any, *rule.when.none):
                dimension, _, text = literal.partition(":")
                if dimension in used:
                    used[dimension].update(text.split("|"))
    idle = [f"{d}:{w}" for d, words in law.vocabulary.items() for w in words if w not in used.get(d, set())]
    unverified = [a for a in law.authorities.values() if not a.verified]
    return [
        f"{len(law.offenses)} offenses, {len(law.grounds)} grounds, {len(law.postures)} postures, "
        f"{len(law.categories)} categories with {sum(len(c.rules) for c in law.categories.values())} rules, "
        f"{len(law.authorities)} authorities ({len(unverified)} not verified).",
        *([f"Words no offense or rule uses: {', '.join(idle)}."] if idle else []),
    ]
