"""The cases that the planner and the engine are measured on, under the law as shipped."""

from __future__ import annotations

import itertools
from datetime import date

from plea_aid.analysis.case import Case, Disposition, OptionCount
from plea_aid.analysis.casefile import validate_case
from plea_aid.law.catalogue import Law
from plea_aid.planning.accountability import longest_supervision, offer_of, share_of
from plea_aid.planning.readings import TakenApart
from plea_aid.planning.space import Choice, CountSpace, changed_fields, outcome_of

DAY = date(2026, 5, 2)
CITES = (
    "45-5-206(1)(a)", "45-6-301(1)", "45-10-103", "61-8-1002(1)(a)", "45-5-201(1)(a)", "45-5-626", "45-7-302",
    "45-6-203(1)(a)", "45-8-101(1)(a)(i)", "61-5-212", "45-6-101(1)(a)", "45-7-301(1)(a)",
)  # fmt: skip
TEN = (
    "guilty-plea", "nolo-contendere", "alford-plea", "found-guilty", "deferred-imposition", "deferred-prosecution",
    "deferred-prosecution-admission", "bond-forfeiture", "dismissed", "civil-infraction",
)  # fmt: skip


def case_of(counts: int) -> Case:
    """Return a case with the first ``counts`` of the twelve offenses, as the shipped law has them."""
    rows = [{"number": i + 1, "offense": f"MCA {CITES[i]}"} for i in range(counts)]
    return validate_case({"offense_date": "2026-03-14", "plea_date": DAY.isoformat(), "count": rows})


def ten_by_eight(case: Case, law: Law, apart: TakenApart) -> tuple[CountSpace, ...]:
    """Return every count with ten dispositions and eight sentence steps, merged where nothing tells them apart."""
    spaces = []
    for count in case.count:
        charged = outcome_of(case, law, apart, count, OptionCount(number=count.number))
        merged: dict[object, Choice] = {}
        for name, (jail, suspended) in itertools.product(TEN, _eight_steps(charged.minimum_days, charged.maximum_days)):
            rule, offer = law.dispositions[name], offer_of(law, name)
            if not rule.confines or offer.sentence != "full":
                jail, suspended = 0, 0
            fine = charged.fine_max if rule.confines and offer.sentence == "full" else 0
            supervision = longest_supervision(offer, suspended, charged.maximum_days) or None
            part = OptionCount(
                number=count.number, disposition=Disposition(name), jail_days=jail, suspended_days=suspended,
                fine=fine, supervision_days=supervision,
            )  # fmt: skip
            outcome = outcome_of(case, law, apart, count, part)
            choice = Choice(
                part, outcome, share_of(law, part, outcome), apart.read(outcome), changed_fields(part, part)
            )
            alone = name in law.limits.apart[0].one, name in law.limits.apart[0].other
            merged.setdefault((choice.reading, choice.share, alone), choice)
        spaces.append(CountSpace(count.number, tuple(merged.values()), len(TEN) * 8))
    return tuple(spaces)


def _eight_steps(least: int, most: int) -> list[tuple[int, int]]:
    """Return eight pairs of executed and suspended days: two of the first, four terms each, as far as they go."""
    terms = [most, min(most, 364), min(most, 180), min(most, 90)]
    return [(jail, max(0, term - jail)) for jail in (min(least, most), min(most, 10)) for term in terms]
