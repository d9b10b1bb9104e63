"""Random cases over the shipped law, and planted changes of every kind of its records."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from plea_aid.analysis.assess import assess
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.leaf import leaves_of
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Condition, Ground, Offense, Rule

DISPOSITIONS = (
    "guilty-plea", "guilty-plea", "guilty-plea", "nolo-contendere", "deferred-imposition", "deferred-prosecution",
    "dismissed", "bond-forfeiture", "found-guilty",
)  # fmt: skip
Plant = Callable[[random.Random, Law, dict[str, Any]], Law]


def random_document(rng: random.Random, law: Law, most_counts: int = 3) -> dict[str, Any]:
    """Return a case file: counts with what their records show, perhaps priors, one to three options."""
    offenses = list(law.offenses.values())
    counts = [_count(rng, number, rng.choice(offenses)) for number in range(1, rng.randint(1, most_counts) + 1)]
    if len(counts) > 1 and rng.random() < 0.3:
        counts[1]["same_scheme_as"] = 1
    document: dict[str, Any] = {"cause_number": f"CR-{rng.randint(0, 9999)}", "count": counts}
    if rng.random() < 0.8:
        document["offense_date"] = _day(rng, 2024, 2026)
    if rng.random() < 0.6:
        document["plea_date"] = _day(rng, 2025, 2027)
    if rng.random() < 0.3:
        document["prior"] = [
            {
                "offense": rng.choice(offenses).id,
                "date": _day(rng, 2010, 2025),
                "sentence_days": rng.choice((0, 180, 400)),
            }
            for _ in range(rng.randint(1, 2))
        ]
    document["option"] = [
        {"name": f"Option {n}", "count": [_part(rng, law, c) for c in counts if rng.random() < 0.95]}
        for n in range(1, rng.randint(1, 3) + 1)
    ]
    return document


def _count(rng: random.Random, number: int, offense: Offense) -> dict[str, Any]:
    named = rng.choice((offense.id, offense.cite, offense.cite, f"attempted {offense.cite}"))
    found: dict[str, Any] = {"number": number, "offense": named}
    if rng.random() < 0.3:
        found["nth"] = rng.randint(1, 4)
    record: dict[str, Any] = {f.key: rng.choice(sorted(f.answers)) for f in offense.record_facts if rng.random() < 0.4}
    record = {
        k: {"true": True, "false": False}.get(v, v) for k, v in record.items() if k not in ("substance", "victim")
    }
    if rng.random() < 0.2:
        record["victim"] = rng.choice(("partner-or-family", "minor", "officer", "other", "unspecified"))
    if rng.random() < 0.15:
        record |= {"substance": "marijuana", "marijuana_grams": rng.choice((10, 40))}
    if rng.random() < 0.15:
        record["loss"] = rng.choice((0, 500, 20_000))
    return found | ({"record": record} if record else {})


def _part(rng: random.Random, law: Law, count: dict[str, Any]) -> dict[str, Any]:
    offense = entry(law, count["offense"])
    part: dict[str, Any] = {"number": count["number"], "disposition": rng.choice(DISPOSITIONS)}
    if rng.random() < 0.25 and offense.alternatives:
        other = law.find(rng.choice(offense.alternatives).offense)
        if other and not count.get("record"):
            offense = other[0]
            part["offense"] = offense.cite
    most = min(p.jail_max_days for p in offense.penalties)
    fine = min(p.fine_max for p in offense.penalties)
    if law.dispositions[part["disposition"]].confines:
        jail = rng.choice((0, min(most, 1), min(most, 10), min(most, 180), most))
        part |= {"jail_days": jail, "suspended_days": rng.choice((0, most - jail, (most - jail) // 2))}
        part["fine"] = rng.choice((0, fine // 2, fine))
    return part


def _day(rng: random.Random, first: int, last: int) -> str:
    return (date(first, 1, 1) + timedelta(days=rng.randint(0, 365 * (last - first + 1) - 1))).isoformat()


def entry(law: Law, text: str) -> Offense:
    """Return the first entry that a charge of a random case names."""
    return law.find(text.removeprefix("attempted "))[0]


# ----- planted changes: each takes a law and a case and changes one record, most often one the case depends on


def _with(law: Law, pool: str, record: Any) -> Law:
    return replace(law, version=law.version + "+", **{pool: {**getattr(law, pool), record.id: record}})


def _without(law: Law, pool: str, record_id: str) -> Law:
    kept = {k: v for k, v in getattr(law, pool).items() if k != record_id}
    return replace(law, version=law.version + "-", **{pool: kept})


def _offense(rng: random.Random, law: Law, document: dict[str, Any]) -> Offense:
    named = [entry(law, c["offense"]) for c in document["count"]]
    named += [law.find(p["offense"])[0] for o in document["option"] for p in o["count"] if p.get("offense")]
    named += [law.find(p["offense"])[0] for p in document.get("prior", ())]
    return rng.choice(named) if rng.random() < 0.9 else rng.choice(list(law.offenses.values()))


def _edit(law: Law, offense: Offense, **change: Any) -> Law:
    return _with(law, "offenses", offense.model_copy(update=change))


def way_element(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    offense = _offense(rng, law, document)
    way = rng.choice(offense.ways)
    name = rng.choice(("result", "mental", "act", "victim"))
    word = rng.choice(list(law.vocabulary[name]))
    other = way.model_copy(update={"elements": {**way.elements, name: (word,)}})
    return _edit(law, offense, ways=tuple(other if w is way else w for w in offense.ways))


def way_fact(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    offense = _offense(rng, law, document)
    told = [x for c in law.categories.values() for r in c.rules for x in (*r.when.all, *r.when.any, *r.when.none)]
    word = rng.choice([x for one in told if one.startswith("facts:") for x in one[6:].split("|")])
    ways = tuple(w.model_copy(update={"facts": w.facts ^ {word}}) for w in offense.ways)
    return _edit(law, offense, ways=ways)


def divisibility(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    offense = _offense(rng, law, document)
    other = rng.choice([x for x in ("elements", "means", "unknown") if x != offense.ways_are])
    return _edit(law, offense, ways_are=other)


def penalty(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    offense = _offense(rng, law, document)
    change = rng.choice((
        {"jail_max_days": rng.choice((0, 180, 364, 365, 366, 1825))}, {"felony": True}, {"fine_max": 1},
        {"from_": date(2026, 1, 1)}, {"until": date(2025, 6, 1)}, {"nth": 2},
    ))  # fmt: skip
    tiers = list(offense.penalties)
    place = rng.randrange(len(tiers))
    tiers[place] = tiers[place].model_copy(update=change)
    return _edit(law, offense, penalties=tuple(tiers))


def holding(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    offense = _offense(rng, law, document)
    if offense.holdings and rng.random() < 0.5:
        return _edit(law, offense, holdings=offense.holdings[1:])
    from plea_aid.law.records import Holding

    new = Holding(category=rng.choice(list(law.categories)), answer=rng.choice(("yes", "no", "unsettled")),
                  weight="binding", authorities=offense.authorities[:1], reason="planted")  # fmt: skip
    return _edit(law, offense, holdings=(new, *offense.holdings))


def label(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    offense = _offense(rng, law, document)
    return _edit(law, offense, labels=() if offense.labels else ("theft", "shoplifting"), flags=("minor-traffic",))


def record_fact(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    return _edit(law, _offense(rng, law, document), record_facts=())


def offense_removed(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    return _without(law, "offenses", _offense(rng, law, document).id)


def offense_added(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    offense = _offense(rng, law, document)
    new = offense.model_copy(update={"id": "mt-planted", "cite": offense.cite, "labels": ("theft",)})
    return _with(law, "offenses", new)


def alternative(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    return _edit(law, _offense(rng, law, document), alternatives=())


def offense_words(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    return _edit(law, _offense(rng, law, document), summary="Said otherwise.", traps=("A new trap.",))


def _rule(rng: random.Random, law: Law, document: dict[str, Any]) -> tuple[Any, Rule]:
    """Choose a rule, most often one that decides for an offense of the case."""
    category = law.categories[rng.choice(("cimt", "cimt", *law.categories))]
    holding = [r for r in category.rules for leaf in leaves_of(_offense(rng, law, document), law) if leaf.meets(r.when)]
    top = [r for r in holding if r.rank == max(x.rank for x in holding)]
    return category, rng.choice(top or category.rules)


def _rules(law: Law, category: Any, rules: tuple[Rule, ...]) -> Law:
    return _with(law, "categories", category.model_copy(update={"rules": rules}))


def rule_answer(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    category, rule = _rule(rng, law, document)
    answer = rng.choice([a for a in ("yes", "no", "unsettled") if a != rule.answer])
    other = rule.model_copy(update={"answer": answer, "weight": rng.choice(("text", "binding", "persuasive", "split"))})
    return _rules(law, category, tuple(other if r is rule else r for r in category.rules))


def rule_condition(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    category, rule = _rule(rng, law, document)
    way = rng.choice(_offense(rng, law, document).ways)
    literals = [f"{d}:{v}" for d, values in way.elements.items() for v in values if v not in law.terms]
    literals += [f"facts:{x}" for x in way.facts] or ["inchoate:attempt"]
    parts = {name: getattr(rule.when, name) for name in ("all", "any", "none")}
    where = rng.choice(tuple(parts))
    parts[where] = (*parts[where], rng.choice(literals)) if rng.random() < 0.5 else ()
    other = rule.model_copy(update={"when": Condition(**parts), "rank": rng.randint(0, 9)})
    return _rules(law, category, tuple(other if r is rule else r for r in category.rules))


def rule_removed(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    category, rule = _rule(rng, law, document)
    return _rules(law, category, tuple(r for r in category.rules if r is not rule))


def rule_dated(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    category, rule = _rule(rng, law, document)
    from plea_aid.law.records import Dated

    other = rule.model_copy(update={"in_force": Dated.model_validate({"from": date(2026, 3, 1)})})
    return _rules(law, category, tuple(other if r is rule else r for r in category.rules))


def category_form(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    offense = entry(law, document["count"][0]["offense"])
    document["count"][0]["offense"] = f"attempted {offense.cite}"
    leaves = leaves_of(offense, law)
    reached = [
        c
        for c in law.categories.values()
        if any(r.answer == "yes" and leaf.meets(r.when) for r in c.rules for leaf in leaves)
    ]
    category = rng.choice(reached or list(law.categories.values()))
    facts = "facts" if category.approach == "categorical" else "categorical"
    attempt = "no" if category.inchoate.get("attempt") == "yes" else "yes"
    change = rng.choice(({"approach": facts}, {"inchoate": {"attempt": attempt}}))
    return _with(law, "categories", category.model_copy(update=change))


def _ground(rng: random.Random, law: Law, document: dict[str, Any]) -> Ground:
    """Choose a ground that can be reached, most often one that the case reaches."""
    whole = assess(validate_case(document), law)
    reached = [f.ground for o in whole.options for f in o.findings]
    names = reached if reached and rng.random() < 0.8 else [g.id for g in law.grounds.values() if g.limbs]
    return law.grounds[rng.choice(names)]


def _limb(rng: random.Random, law: Law, document: dict[str, Any], change: Callable[[Any], dict[str, Any]]) -> Law:
    ground = _ground(rng, law, document)
    limb = rng.choice(ground.limbs)
    other = limb.model_copy(update=change(limb))
    limbs = tuple(other if x is limb else x for x in ground.limbs)
    return _with(law, "grounds", ground.model_copy(update={"limbs": limbs}))


def threshold(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    def change(limb: Any) -> dict[str, Any]:
        numbers = [f for f in type(limb).model_fields if type(getattr(limb, f)) is int]
        name = rng.choice([*numbers, "ordered_at_least", "maximum_at_least", "served_over", "convictions_at_least"])
        given = getattr(limb, name) or rng.choice((1, 2, 10, 180, 365))
        return {name: max(1, given + rng.choice((-1, 1, -100, 100)))}

    return _limb(rng, law, document, change)


def limb_basis(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    return _limb(rng, law, document, lambda limb: rng.choice((
        {"basis": rng.choice([b for b in ("conviction", "charge", "conduct") if b != limb.basis])},
        {"exceptions": () if limb.exceptions else ("petty-offense",)},
        {"any_category": (*limb.any_category, rng.choice(list(law.categories)))},
        {"level_at_most": rng.choice(("possible", "unlikely"))},
        {"postures": (rng.choice(list(law.postures)),)},
        {"described_in": ("dep-cimt-one",), "described_by": "any"},
    )))  # fmt: skip


def ground_removed(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    described = {d for g in law.grounds.values() for x in g.limbs for d in x.described_in}
    return _without(law, "grounds", rng.choice([g for g in law.grounds if g not in described]))


def ground_postures(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    ground = _ground(rng, law, document)
    change = rng.choice(({"postures": ("lpr",)}, {"burden": "applicant"}, {"postures": ("all-noncitizens",)}))
    return _with(law, "grounds", ground.model_copy(update=change))


def ground_dated(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    from plea_aid.law.records import Dated

    ground = _ground(rng, law, document)
    return _with(
        law, "grounds", ground.model_copy(update={"in_force": Dated.model_validate({"from": date(2026, 3, 1)})})
    )


def exception(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    record = rng.choice(list(law.exceptions.values()))
    change = rng.choice(({"maximum_not_over": 180}, {"ordered_not_over": 10}, {"only_one_ever": False},
                         {"category": "theft"}, {"grams_not_over": 5.0}))  # fmt: skip
    return _with(law, "exceptions", record.model_copy(update=change))


def posture_removed(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    return _without(law, "postures", rng.choice(list(law.postures)))


def posture_words(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    record = rng.choice(list(law.postures.values()))
    return _with(law, "postures", record.model_copy(update={"name": "Another name", "group": "Another group"}))


def disposition(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    used = [p["disposition"] for o in document["option"] for p in o["count"]] or ["guilty-plea"]
    record = law.dispositions[rng.choice((*used, *used, rng.choice(list(law.dispositions))))]
    other = rng.choice([x for x in ("yes", "no", "depends") if x != record.is_conviction])
    return _with(law, "dispositions", record.model_copy(update={"is_conviction": other}))


def term(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    using = [
        o for o in law.offenses.values() for w in o.ways if any(v in law.terms for x in w.elements.values() for v in x)
    ]
    offense = rng.choice(using)
    document["count"][0] = {"number": 1, "offense": offense.cite}
    used = [v for w in offense.ways for x in w.elements.values() for v in x if v in law.terms]
    record = law.terms[rng.choice(used)]
    words = list(law.vocabulary[record.dimension])
    means = record.means[1:] or (rng.choice(words),)
    change = rng.choice(
        ({"means": means}, {"means": (*record.means, rng.choice(words))}, {"alternatives_are": "elements"})
    )
    return _with(law, "terms", record.model_copy(update=change))


def definition(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    record = rng.choice(list(law.definitions.values()))
    return _with(law, "definitions", record.model_copy(update={"says": "Said otherwise.", "binding": "nobody"}))


def authority(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    record = rng.choice(list(law.authorities.values()))
    return _with(law, "authorities", record.model_copy(update={"treatment": "overruled: planted"}))


def limits(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    return replace(
        law, version=law.version + "+", limits=law.limits.model_copy(update={"offers": law.limits.offers[1:]})
    )


def policy(rng: random.Random, law: Law, document: dict[str, Any]) -> Law:
    return replace(law, version=law.version + "+", policies=(), checklists=())


FINDS_NOTHING: tuple[Plant, ...] = (
    alternative, offense_words, posture_words, definition, authority, limits, policy,
)  # fmt: skip
"""Changes of records that no finding is read from."""
FINDS: tuple[Plant, ...] = (
    way_element, way_fact, divisibility, penalty, holding, label, record_fact, offense_removed, offense_added,
    rule_answer, rule_condition, rule_removed, rule_dated, category_form, threshold, limb_basis, ground_removed,
    ground_postures, ground_dated, exception, posture_removed, disposition, term,
)  # fmt: skip
