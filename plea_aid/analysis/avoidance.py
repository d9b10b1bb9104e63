"""What one change to an option would lower a finding: named exactly, and each one tried, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.case import Case, Option, OptionCount, Record
from plea_aid.analysis.charge import CaseError, Outcome, facts_of
from plea_aid.analysis.findings import Finding
from plea_aid.analysis.levels import higher, rank
from plea_aid.analysis.limb import Situation
from plea_aid.law.records import Ground, Level

SituationOf = Callable[[Case, Option, Analyst], Situation]

CURED_BY_NOTHING = (
    "No change to the plea avoids this: the charge or arrest alone is enough. Only not charging, or charging an "
    "accurate offense that is not on the list, would have."
)


def avoided_by(
    case: Case, option: Option, analyst: Analyst, findings: Sequence[Finding], situation_of: SituationOf
) -> dict[int, tuple[str, ...]]:
    """Return, by the place of each finding, sentences naming the single changes that lower it below a flag.

    Sentence, record of conviction, disposition and plea to a related offense are tried, in that order.
    """
    wanted = {i: f for i, f in enumerate(findings) if rank(f.level) >= rank("possible")}
    if not wanted:
        return {}
    advice: dict[int, list[str]] = {i: [] for i in wanted}
    base = situation_of(case, option, analyst)
    cured_by_sentence: set[tuple[int, int]] = set()
    for kind, number, sentence, changed in _changes(
        case, option, base, [analyst.law.grounds[f.ground] for f in wanted.values()]
    ):
        try:
            tried = situation_of(case, changed, analyst)
        except CaseError:
            continue
        for i, finding in wanted.items():
            if kind == "sentence" and (i, number) in cured_by_sentence:
                continue  # a longer term already avoids it
            after = ground_level(tried, analyst.law.grounds[finding.ground], finding.postures)
            if rank(after) < rank(finding.level) and rank(after) < rank("possible"):
                suffix = "" if after == "none" else f" (then {after})"
                advice[i].append(sentence + suffix)
                if kind == "sentence":
                    cured_by_sentence.add((i, number))
            elif rank(after) < rank(finding.level) and after == "possible":
                advice[i].append(f"{sentence} (lowers it to possible)")
    return {i: tuple(lines) if lines else _last_word(analyst, wanted[i]) for i, lines in advice.items()}


def ground_level(situation: Situation, ground: Ground, postures: Sequence[str]) -> Level:
    """Return the highest level of ``ground`` for any of ``postures``."""
    return higher(
        r.level
        for limb, r in situation.limbs(ground, ground.burden)
        if not limb.postures or set(limb.postures) & set(postures)
    )


def _last_word(analyst: Analyst, finding: Finding) -> tuple[str, ...]:
    limbs = analyst.law.grounds[finding.ground].limbs
    if all(limb.basis == "charge" for limb in limbs):
        return (CURED_BY_NOTHING,)
    return ("No single change tried here avoids it; two changes together, or dismissing the count, might.",)


def _changes(
    case: Case, option: Option, base: Situation, grounds: Sequence[Ground]
) -> Iterator[tuple[str, int, str, Option]]:
    """Yield single changes: their kind, the count, a sentence for each, and the option with it made."""
    parts = {p.number: p for p in option.count}
    for outcome in base.outcomes:
        if outcome.number is None or outcome.number not in parts or outcome.conviction == "none":
            continue
        part = parts[outcome.number]
        for kind, changes in (
            ("sentence", _sentence_changes(part, outcome, grounds, base)),
            ("record", _record_changes(part, outcome)),
            ("disposition", _disposition_changes(part, outcome)),
            ("offense", _offense_changes(part, outcome, base)),
        ):
            for sentence, changed in changes:
                others = tuple(changed if p.number == part.number else p for p in option.count)
                yield kind, part.number, sentence, Option(name=option.name, count=others)


def _sentence_changes(
    part: OptionCount, outcome: Outcome, grounds: Sequence[Ground], base: Situation
) -> Iterator[tuple[str, OptionCount]]:
    """One day under each threshold on the term ordered, and on the time served."""
    ordered = sorted({t - 1 for t in _ordered_thresholds(grounds, base) if t <= outcome.ordered_days}, reverse=True)
    for days in ordered:
        suspended = max(0, days - part.jail_days)
        jail = min(part.jail_days, days)
        changed = part.model_copy(
            update={
                "jail_days": jail,
                "suspended_days": suspended,
                "served_days": None if part.served_days is None else min(part.served_days, jail),
            }
        )
        split = f"{jail} executed and {suspended} suspended" if suspended else f"{jail} executed"
        yield (
            f"Order {days} days or fewer on count {part.number} instead of {outcome.ordered_days}, suspended time "
            f"counted (for example {split})",
            changed,
        )
    for limit in sorted({x.served_over for g in grounds for x in g.limbs if x.served_over is not None}):
        if outcome.served_days > limit:
            yield (
                f"Have {limit} days or fewer to serve on count {part.number} instead of {outcome.served_days}",
                part.model_copy(
                    update={
                        "jail_days": limit,
                        "suspended_days": part.suspended_days + max(0, part.jail_days - limit),
                        "served_days": limit,
                    }
                ),
            )


def _ordered_thresholds(grounds: Sequence[Ground], base: Situation) -> set[int]:
    """Every term at which a ground, or a ground it is described in, or an exception, turns."""
    limbs = [x for g in grounds for x in g.limbs]
    limbs += [x for limb in limbs for g in limb.described_in for x in base.law.grounds[g].limbs]
    found = {x.ordered_at_least for x in limbs if x.ordered_at_least is not None}
    for limb in limbs:
        for name in limb.exceptions:
            exception = base.law.exceptions[name]
            if exception.ordered_not_over is not None:
                found.add(exception.ordered_not_over + 1)
    return found


def _record_changes(part: OptionCount, outcome: Outcome) -> Iterator[tuple[str, OptionCount]]:
    """Each truthful choice the offense offers for what the record of conviction names."""
    given = facts_of(outcome.record)
    stated = part.record.model_dump(exclude_none=True) if part.record else {}
    for offense in outcome.final.offenses:
        for fact in offense.record_facts:
            if fact.effect not in ("selects-way", "selects-value") or given.get(fact.key) not in (None, "unspecified"):
                continue
            meanings: dict[str, list[str]] = {}
            for answer, meaning in fact.answers.items():
                if meaning and answer != "unspecified":
                    meanings.setdefault(meaning, []).append(answer)
            for answers in meanings.values():
                named = " or ".join(a.replace("-", " ") for a in answers[:3])
                changed = part.model_copy(update={"record": Record.model_validate({**stated, fact.key: answers[0]})})
                yield (
                    f"If the facts support it, have the record of count {part.number} name {named} "
                    f"({fact.question.rstrip('?').lower()})",
                    changed,
                )


def _disposition_changes(part: OptionCount, outcome: Outcome) -> Iterator[tuple[str, OptionCount]]:
    if all(o.deferral == "allowed" for o in outcome.final.offenses):
        yield (
            f"Defer prosecution of count {part.number} before any plea, with no admission and no stipulated facts "
            "(MCA 46-16-130; it cannot be part of a plea agreement)",
            OptionCount.model_validate({"number": part.number, "disposition": "deferred-prosecution"}),
        )


def _offense_changes(part: OptionCount, outcome: Outcome, base: Situation) -> Iterator[tuple[str, OptionCount]]:
    """A plea to each lesser or related offense on file, at the same term as far as its maximum allows."""
    offered: set[str] = set()
    for offense in outcome.final.offenses:
        for alternative in offense.alternatives:
            if alternative.offense in offered or not base.law.find(alternative.offense):
                continue
            offered.add(alternative.offense)
            entries = base.law.find(alternative.offense)
            day = outcome.day or base.analyst.day
            most = min(base.law.penalty(o, 1, day, {}).jail_max_days for o in entries)
            fine = min(base.law.penalty(o, 1, day, {}).fine_max for o in entries)
            jail = min(part.jail_days, most)
            yield (
                f"Amend count {part.number} to {entries[0].cite} if there is a factual basis: {alternative.needs}",
                OptionCount(
                    number=part.number,
                    disposition=part.disposition,
                    offense=alternative.offense,
                    jail_days=jail,
                    suspended_days=min(part.suspended_days, most - jail),
                    fine=min(part.fine, fine),
                ),
            )
