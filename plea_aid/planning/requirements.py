"""What the law asks before an option can be offered: every line from the data, with its authority in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from plea_aid.analysis.case import Count, OptionCount
from plea_aid.analysis.charge import Charge, resolve_charge
from plea_aid.law.catalogue import Law
from plea_aid.law.citation import normalise
from plea_aid.planning.accountability import offer_of


def requirements(
    law: Law,
    counts: Sequence[Count],
    parts: Sequence[OptionCount],
    ordered_steps: Iterable[int],
    every: Sequence[OptionCount] | None = None,
) -> tuple[str, ...]:
    """Return the preconditions of these counts' dispositions, substituted offenses, wording and terms, each once.

    ``every`` is the whole option where ``parts`` are only the counts that changed.
    """
    by_number = {c.number: c for c in counts}
    lines: list[str] = []
    for part in parts:
        count = by_number[part.number]
        lines += count_requirements(law, count, part, frozenset(ordered_steps))
    return tuple(dict.fromkeys([*lines, *together(law, parts, every or parts)]))


def together(law: Law, parts: Sequence[OptionCount], every: Sequence[OptionCount]) -> list[str]:
    """Return what the counts ask for together: a dismissal beside a plea is a term of the agreement."""
    pleads = any(law.dispositions[p.disposition.value].montana_conviction for p in every)
    dismissed = any(p.disposition.value == "dismissed" for p in parts)
    return [law.limits.dismissal_of_others] if pleads and dismissed and law.limits.dismissal_of_others else []


def count_requirements(law: Law, count: Count, part: OptionCount, steps: frozenset[int]) -> list[str]:
    """Return the preconditions of one count."""
    return [f"Count {part.number}: {line}" for line in _of_count(law, count, part, steps)]


def _of_count(law: Law, count: Count, part: OptionCount, steps: frozenset[int]) -> list[str]:
    limits = law.limits
    rule = law.dispositions[part.disposition.value]
    offer = offer_of(law, rule.id)
    charged = resolve_charge(law, count.offense)
    final = resolve_charge(law, part.offense) if part.offense else charged
    lines: list[str] = []
    if rule.id != "guilty-plea":
        lines += [f"{rule.name}: {need}" for need in rule.needs]
        lines += [f"Not verified: {line}" for line in offer.unverified]
        if rule.id.startswith("deferred") and any(o.deferral == "unverified" for o in final.offenses):
            lines.append(f"Whether {final.cite} may be deferred is not verified.")
    if final.id != charged.id:
        lines += _substitution(law, charged, final)
    if part.record is not None:
        lines += _wording(law, final, part)
    if part.ordered_days in steps and offer.agreements:
        lines += [f"{a.cite}: {a.says} {a.force}" for a in limits.agreements if a.id in _TERM_AGREEMENTS]
    return lines


_TERM_AGREEMENTS = ("specific-sentence", "recommendation")


def _substitution(law: Law, charged: Charge, final: Charge) -> list[str]:
    ids = {o.id for o in final.offenses}
    lines = [law.limits.related_offense] if law.limits.related_offense else []
    for offense in charged.offenses:
        for alternative in offense.alternatives:
            if ids & {o.id for o in law.find(alternative.offense)}:
                lines.append(f"A factual basis for {final.cite}: {alternative.needs} ({alternative.differs}).")
    if len(lines) < 2:
        lines.append(f"A factual basis for {final.cite}: {'; '.join(dict.fromkeys(o.summary for o in final.offenses))}")
    if any(o.court == "unverified" for o in final.offenses):
        lines.append(f"Whether the municipal court has jurisdiction over {final.cite} is not verified.")
    return lines


def _wording(law: Law, final: Charge, part: OptionCount) -> list[str]:
    said = part.record.model_dump(exclude_none=True) if part.record else {}
    questions = {f.key: f.question for o in final.offenses for f in o.record_facts}
    lines = []
    for key, answer in said.items():
        asked = questions.get(key, key.replace("_", " "))
        if answer == "unspecified":
            lines.append(f"The record leaves this open: {asked} {law.limits.record_silent}")
        else:
            named = str(answer).replace("-", " ")
            lines.append(f"The record names {named}: {asked} {law.limits.record_named}")
    return lines


def authorities_in(law: Law, lines: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the authorities that these lines name: a Montana section by its number, a decision by name."""
    text = " ".join(lines)
    sections = {m.group() for m in _SECTION.finditer(text)}
    return tuple(
        a.id
        for a in law.authorities.values()
        if (normalise(a.citation).split("(")[0] in sections if a.kind == "statute" else a.name in text)
    )


_SECTION = re.compile(r"\b\d+-\d+-\d+\b")
