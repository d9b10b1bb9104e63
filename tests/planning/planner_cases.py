"""Cases over the small law, drawn at random."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st
from planner_law import build_law

from plea_aid.analysis.case import Case, Disposition, OptionCount
from plea_aid.analysis.casefile import validate_case
from plea_aid.planning.space import CountSpace

LAW = build_law()
_MOST = {o.id: o.penalties[0].jail_max_days for o in LAW.offenses.values()}
_LEAST = {o.id: o.penalties[0].jail_min_days for o in LAW.offenses.values()}


@st.composite
def cases(draw: st.DrawFn, most_counts: int = 4, with_option: bool = True) -> Case:
    """Draw a case: counts, schemes of misconduct, priors, a plan, and perhaps an option to start from."""
    numbers = range(1, draw(st.integers(1, most_counts)) + 1)
    counts = [_count(draw, number) for number in numbers]
    document: dict[str, Any] = {"offense_date": "2026-03-14", "plea_date": "2026-05-02", "count": counts}
    document["prior"] = draw(st.lists(_priors(len(counts)), max_size=2))
    document["plan"] = {
        "concurrent": draw(st.booleans()),
        "keep_conviction": draw(st.booleans()),
        "min_imposed_days": draw(st.sampled_from([0, 0, 0, 100, 400])),
        "min_jail_days": draw(st.sampled_from([0, 0, 0, 5, 95])),
        "min_supervision_days": draw(st.sampled_from([0, 0, 180])),
        "min_fine": draw(st.sampled_from([0, 0, 400])),
        "keep_prior_for": draw(st.sampled_from([[], [], ["theft"], ["dui"]])),
        "exclude": draw(st.sampled_from([[], [], ["MCA 99-1-105"]])),
    }
    if with_option and draw(st.booleans()):
        document["option"] = [{"name": "offer", "count": [_part(draw, c) for c in counts]}]
    return validate_case(document)


def _count(draw: st.DrawFn, number: int) -> dict[str, Any]:
    found: dict[str, Any] = {"number": number, "offense": draw(st.sampled_from(sorted(LAW.offenses)))}
    if number > 1 and draw(st.booleans()):
        found["same_scheme_as"] = draw(st.integers(1, number - 1))
    if found["offense"] == "drug-104":
        record = draw(st.sampled_from([{}, {"kind": "hard"}, {"kind": "mild"}, {"kind": "unspecified"}]))
        grams = draw(st.sampled_from([{}, {"substance": "marijuana", "marijuana_grams": 20.0}]))
        found["record"] = {**record, **grams}
    return found


def _priors(counts: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "offense": st.sampled_from(["vile-101", "vile-102", "drug-104", "drunk-107"]),
            "date": st.just("2022-01-10"),
            "sentence_days": st.sampled_from([0, 90, 400]),
            "same_scheme_as": st.one_of(st.none(), st.integers(1, counts)),
        }
    )


def _part(draw: st.DrawFn, count: dict[str, Any]) -> dict[str, Any]:
    most, least = _MOST[count["offense"]], _LEAST[count["offense"]]
    ended = draw(st.sampled_from(["guilty-plea", "guilty-plea", "nolo-contendere", "dismissed"]))
    if ended == "dismissed":
        return {"number": count["number"], "disposition": ended}
    jail = draw(st.sampled_from(sorted({least, min(most, max(least, 10)), min(most, max(least, 95))})))
    suspended = draw(st.sampled_from(sorted({0, min(80, most - jail), most - jail})))
    return {"number": count["number"], "disposition": ended, "jail_days": jail, "suspended_days": suspended}


def thinned(spaces: tuple[CountSpace, ...], seed: int, combinations: int) -> tuple[CountSpace, ...]:
    """Return the spaces with some choices left out, so that brute force can keep up."""
    rng = random.Random(seed)
    each = max(2, int(combinations ** (1 / len(spaces))))
    return tuple(CountSpace(s.number, tuple(rng.sample(s.choices, min(each, len(s.choices)))), s.size) for s in spaces)


def any_parts(case: Case, seed: int) -> tuple[OptionCount, ...]:
    """Return a part for every count with any disposition, sentences within the range."""
    rng = random.Random(seed)
    parts = []
    for count in case.count:
        most = _MOST[count.offense]
        ended = rng.choice(sorted(LAW.dispositions))
        confines = LAW.dispositions[ended].confines
        jail = rng.choice([0, min(most, 5), min(most, 120)]) if confines else 0
        suspended = rng.choice([0, most - jail]) if confines else 0
        parts.append(
            OptionCount(number=count.number, disposition=Disposition(ended), jail_days=jail, suspended_days=suspended)
        )
    return tuple(parts)
