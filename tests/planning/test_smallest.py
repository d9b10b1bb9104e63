"""The smallest changes: the ground is gone, every part is needed, and single changes are all found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from planner_cases import LAW, cases

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.assess import assess
from plea_aid.analysis.case import Case, Option, OptionCount
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import CaseError, outcomes
from plea_aid.analysis.levels import rank
from plea_aid.analysis.limb import Situation
from plea_aid.law.catalogue import Law
from plea_aid.planning.accountability import shortfalls
from plea_aid.planning.changes import SmallestChange
from plea_aid.planning.moves import Change, moves_of
from plea_aid.planning.plan import Planned, plan
from plea_aid.planning.readings import taken_apart
from plea_aid.planning.smallest import CURED_BY_NOTHING
from plea_aid.planning.terms import POSSIBLE

DAY = date(2026, 5, 2)
slow = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def _level(case: Case, law: Law, option: Option, ground: str, postures: Sequence[str]) -> int:
    day = case.plea_date or DAY
    outs = outcomes(law, option, case.count, case.prior, case.offense_date, day)
    situation = Situation(Analyst(law, day), outs)
    if any(r.not_analysed for _, r in situation.limbs(law.grounds[ground], law.grounds[ground].burden)):
        return POSSIBLE
    limbs = situation.limbs(law.grounds[ground], law.grounds[ground].burden)
    named = (rank(r.level) for limb, r in limbs if not limb.postures or set(limb.postures) & set(postures))
    return max(named, default=0)


def _put_back(option: Option, base: Option, change: Change) -> Option:
    before = {p.number: p for p in base.count}[change.count]
    parts = []
    for part in option.count:
        if part.number == change.count:
            data = part.model_dump(exclude_none=True)
            if change.field.startswith("record."):
                key = change.field.removeprefix("record.")
                data["record"] = {k: v for k, v in data.get("record", {}).items() if k != key}
                stated = before.record.model_dump(exclude_none=True) if before.record else {}
                if key in stated:
                    data["record"][key] = stated[key]
            else:
                data.pop(change.field, None)
                if getattr(before, change.field) is not None:
                    data[change.field] = getattr(before, change.field)
            parts.append(OptionCount.model_validate(data))
        else:
            parts.append(part)
    return Option(name="put back", count=tuple(parts))


def _holds(case: Case, law: Law, planned: Planned, found: SmallestChange) -> None:
    assert 1 <= len(found.changes) <= 3
    for ground, postures in found.avoids:
        assert _level(case, law, planned.baseline.option, ground, postures) >= POSSIBLE
        assert _level(case, law, found.option, ground, postures) < POSSIBLE
        for change in found.changes:
            try:
                level = _level(case, law, _put_back(found.option, planned.baseline.option, change), ground, postures)
            except CaseError:
                continue  # without this part the option is not lawful
            assert level >= POSSIBLE, (ground, change)


@slow
@given(case=cases(most_counts=3))
def test_every_set_avoids_its_ground_and_needs_each_part(case: Case) -> None:
    planned = plan(case, LAW)
    short = shortfalls(case.plan, planned.baseline.accountability)
    for found in planned.smallest:
        _holds(case, LAW, planned, found)
        after = shortfalls(case.plan, found.accountability)
        assert all(amount <= short.get(key, 0) for key, amount in after.items())


@slow
@given(case=cases(most_counts=3))
def test_every_single_change_that_avoids_a_ground_is_covered(case: Case) -> None:
    """A lawful single change that avoids a finding is listed, or a smaller step of the same field is."""
    planned = plan(case, LAW)
    apart = taken_apart(LAW, DAY)
    base = planned.baseline.option
    listed = {(g, ps): [] for f in planned.smallest + planned.forced for g, ps in f.avoids}
    for found in planned.smallest + planned.forced:
        for target in found.avoids:
            listed[target].append({(c.count, c.field) for c in found.changes})
    for moves in moves_of(case, LAW, apart, base):
        for move in moves.moves:
            if len(move.changes) != 1 or move.adjustments:
                continue
            (change,) = move.changes
            parts = tuple(move.part if p.number == change.count else p for p in base.count)
            option = Option(name="single", count=parts)
            if _breaks(case, planned, option):
                continue
            for finding in planned.baseline.findings:
                target = (finding.ground, finding.postures)
                if rank(finding.level) >= POSSIBLE and _level(case, LAW, option, *target) < POSSIBLE:
                    assert any(fields == {(change.count, change.field)} for fields in listed.get(target, []))


def _breaks(case: Case, planned: Planned, option: Option) -> bool:
    trial = case.model_copy(update={"option": (option,)})
    weight = plan(trial, LAW).baseline.accountability
    before = shortfalls(case.plan, planned.baseline.accountability)
    ended, was = ({p.disposition.value for p in o.count} for o in (option, planned.baseline.option))
    rule = LAW.limits.apart[0]
    apart = ended & {*rule.one} and ended & {*rule.other} and not (was & {*rule.one} and was & {*rule.other})
    return bool(apart) or any(a > before.get(k, 0) for k, a in shortfalls(case.plan, weight).items())


@slow
@given(case=cases(most_counts=3))
def test_every_finding_is_answered(case: Case) -> None:
    planned = plan(case, LAW)
    answered = {t for f in planned.smallest + planned.forced for t in f.avoids}
    answered |= {(u.ground, u.postures) for u in planned.unavoidable}
    wanted = {(f.ground, f.postures) for f in planned.baseline.findings if rank(f.level) >= POSSIBLE}
    assert answered == wanted


# ----- worked cases


def _small(counts: list[dict], parts: list[dict], **more: object) -> Planned:
    document = {"plea_date": "2026-05-02", "offense_date": "2026-03-14", "count": counts, **more}
    document["option"] = [{"name": "offer", "count": parts}]
    return plan(validate_case(document), LAW)


def test_one_day_less_is_enough_and_no_more_is_proposed() -> None:
    planned = _small(
        [{"number": 1, "offense": "rough-103"}],
        [{"number": 1, "jail_days": 5, "suspended_days": 360, "fine": 1000}],
        plan={"keep_conviction": True},
    )
    for_long_term = [f for f in planned.smallest if "long-term" in dict(f.avoids)]
    assert {(c.field, c.before, c.after) for f in for_long_term for c in f.changes} == {
        ("suspended_days", 360, 359),
        ("jail_days", 5, 4),
    }
    assert all(len(f.changes) == 1 for f in for_long_term)


def test_a_charge_stage_finding_is_said_to_be_beyond_any_plea() -> None:
    planned = _small([{"number": 1, "offense": "drug-104"}], [{"number": 1, "suspended_days": 10}])
    charged = next(u for u in planned.unavoidable if u.ground == "charged")
    assert charged.because == CURED_BY_NOTHING


def test_two_of_a_kind_fall_when_either_changes_but_not_within_one_scheme() -> None:
    counts = [{"number": 1, "offense": "vile-102"}, {"number": 2, "offense": "vile-102"}]
    parts = [{"number": 1, "suspended_days": 100}, {"number": 2, "suspended_days": 100}]
    planned = _small(counts, parts)
    counts_changed = {c.count for f in planned.smallest if "two-vile" in dict(f.avoids) for c in f.changes}
    assert counts_changed == {1, 2}
    counts[1]["same_scheme_as"] = 1
    assert "two-vile" not in {f.ground for f in _small(counts, parts).baseline.findings}


def test_changes_to_two_counts_where_each_brings_the_ground() -> None:
    counts = [{"number": 1, "offense": "drug-104"}, {"number": 2, "offense": "drug-104"}]
    parts = [{"number": 1, "suspended_days": 100}, {"number": 2, "suspended_days": 100}]
    planned = _small(counts, parts)
    sets = [f for f in planned.smallest if "drugs" in dict(f.avoids)]
    assert sets
    assert all({c.count for c in f.changes} == {1, 2} for f in sets)


def test_what_the_plan_keeps_is_not_given_up() -> None:
    planned = _small(
        [{"number": 1, "offense": "drug-104", "record": {"kind": "hard"}}],
        [{"number": 1, "jail_days": 5, "suspended_days": 100}],
        plan={"keep_conviction": True, "min_jail_days": 5, "exclude": ["MCA 99-1-105"]},
    )
    jailed = next(u for u in planned.unavoidable if u.ground == "jailed")
    assert "the plan keeps" in jailed.because
    assert all(f.accountability.convictions and f.accountability.jail_days >= 5 for f in planned.smallest)


def test_the_record_can_be_kept_silent_and_says_what_that_needs() -> None:
    planned = _small(
        [{"number": 1, "offense": "drug-104", "record": {"kind": "hard"}}],
        [{"number": 1, "suspended_days": 100}],
    )
    wording = [f for f in planned.smallest if f.changes[0].field == "record.kind"]
    assert all(c.before == "hard" and c.after == "unspecified" for f in wording for c in f.changes)
    assert all(any("left open" in line for line in f.requires) for f in wording)


def test_a_limb_the_planner_cannot_read_is_refused_in_words() -> None:
    odd = LAW.grounds["vile-bar"].limbs[0].model_copy(update={"convictions_at_least": 2})
    grounds = {**LAW.grounds, "vile-bar": LAW.grounds["vile-bar"].model_copy(update={"limbs": (odd,)})}
    from planner_law import build_law

    with pytest.raises(ValueError, match="petty"):
        taken_apart(build_law(grounds=grounds), DAY)


# ----- the law the program ships


REAL = [
    (
        "PFMA",
        [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
        [{"number": 1, "jail_days": 10, "suspended_days": 355}],
        [],
    ),
    (
        "theft with a prior",
        [{"number": 1, "offense": "MCA 45-6-301(1)"}],
        [{"number": 1, "suspended_days": 180}],
        [{"offense": "MCA 45-6-301(1)", "date": "2022-01-10"}],
    ),
    ("paraphernalia", [{"number": 1, "offense": "MCA 45-10-103"}], [{"number": 1, "suspended_days": 180}], []),
    (
        "DUI",
        [{"number": 1, "offense": "MCA 61-8-1002(1)(a)"}],
        [{"number": 1, "jail_days": 1, "suspended_days": 179}],
        [],
    ),
    (
        "two counts",
        [{"number": 1, "offense": "MCA 45-6-301"}, {"number": 2, "offense": "MCA 45-7-302"}],
        [{"number": 1, "suspended_days": 90}, {"number": 2, "jail_days": 5}],
        [],
    ),
]


@pytest.mark.parametrize(("name", "counts", "parts", "priors"), REAL, ids=[r[0] for r in REAL])
def test_smallest_changes_under_the_shipped_law(
    name: str, counts: list[dict], parts: list[dict], priors: list[dict], real_law: Law
) -> None:
    document = {"offense_date": "2026-03-14", "plea_date": "2026-05-02", "count": counts, "prior": priors}
    case = validate_case({**document, "option": [{"name": "offer", "count": parts}]})
    planned = plan(case, real_law)
    assert planned.smallest
    for found in planned.smallest:
        _holds(case, real_law, planned, found)
    options = [f.option.model_copy(update={"name": f"s{i}"}) for i, f in enumerate(planned.smallest)]
    options += [f.option.model_copy(update={"name": f"f{i}"}) for i, f in enumerate(planned.frontier)]
    assessed = assess(case.model_copy(update={"option": tuple(options)}), real_law)
    unlawful = ("mandatory minimum", "does not allow", "no confinement can be ordered")
    warnings = [w for o in assessed.options for w in o.warnings]
    assert not [w for w in warnings if any(text in w for text in unlawful)]
