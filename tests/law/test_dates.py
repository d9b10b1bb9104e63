"""An analysis as of a date uses the law in force that day; a penalty is that of the day of the offense."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from plea_aid.analysis.assess import assess
from plea_aid.analysis.case import CHARGE_STAGE
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import CaseError
from plea_aid.analysis.classify import classify
from plea_aid.analysis.draft import draft_of, with_draft
from plea_aid.law.load import load_law

THEFT = "MCA 45-6-301(1)"
SB_19 = date(2025, 10, 1)
LAKEN_RILEY = date(2025, 1, 29)
HEMP = date(2026, 11, 12)
EVE = timedelta(days=1)


def theft(offense_day: date, plea_day: date, nth: int, days: int) -> Any:
    return assess(
        validate_case(
            {
                "offense_date": offense_day.isoformat(),
                "plea_date": plea_day.isoformat(),
                "count": [{"number": 1, "offense": THEFT, "nth": nth}],
                "option": [{"name": "plea", "count": [{"number": 1, "jail_days": days}]}],
            }
        ),
        load_law(),
    )


@pytest.mark.parametrize(
    ("offense_day", "nth", "maximum"),
    [
        (SB_19 - EVE, 1, 0),
        (SB_19, 1, 180),
        (SB_19 - EVE, 2, 180),
        (SB_19 - EVE, 3, 365),
        (SB_19, 3, 180),
    ],
)
def test_the_tier_of_theft_is_that_of_the_day_of_the_offense(offense_day: date, nth: int, maximum: int) -> None:
    plea = max(offense_day, SB_19) + timedelta(days=100)
    result = theft(offense_day, plea, nth, 0)
    assert result.options[-1].counts[0].outcome.maximum_days == maximum
    with pytest.raises(CaseError, match=f"above the maximum of {maximum} days"):
        theft(offense_day, plea, nth, maximum + 1)


def test_a_third_theft_reached_a_year_before_sb_19_and_not_since() -> None:
    def one_cimt(offense_day: date) -> bool:
        result = theft(offense_day, date(2026, 3, 2), 3, 30)
        return any(f.ground == "dep-cimt-one" for f in result.options[-1].findings)

    assert one_cimt(SB_19 - EVE)
    assert not one_cimt(SB_19)


def test_the_laken_riley_act_holds_from_its_day() -> None:
    def at_charge_stage(plea_day: date) -> bool:
        result = theft(date(2024, 12, 1), plea_day, 1, 0)
        stage = next(o for o in result.options if o.name == CHARGE_STAGE)
        return any(f.ground == "laken-riley" for f in stage.findings)

    assert not at_charge_stage(LAKEN_RILEY - EVE)
    assert at_charge_stage(LAKEN_RILEY)


def _cannabis(category: str, day: date, **way: Any) -> str | None:
    law = load_law()
    raw = {
        "cite": "X",
        "title": "X",
        "way": [{"mental": "knowingly", "object": "drug", "substance": "hemp-by-delta-9", **way}],
        "penalty": [{"jail_max_days": 180, "fine_max": 500}],
    }
    draft = draft_of(raw, law, day)
    return next(m.level for m in classify(draft, with_draft(law, draft), day) if m.category == category)


@pytest.mark.parametrize(
    ("category", "way"),
    [
        ("controlled-substance", {"act": "possess"}),
        ("drug-trafficking", {"act": "distribute", "purpose": "distribute-for-gain"}),
    ],
)
def test_hemp_is_measured_by_total_thc_from_its_day(category: str, way: dict[str, str]) -> None:
    assert _cannabis(category, HEMP - EVE, **way) == "none"
    assert _cannabis(category, HEMP, **way) in ("likely", "certain")


def test_a_drafted_day_before_every_tier_takes_the_earliest() -> None:
    law = load_law()
    offense = law.resolve(THEFT)[0]
    assert law.penalty(offense, 1, date(1990, 1, 1), {}).fine_max == 500


def test_every_dated_record_says_a_day_that_can_come() -> None:
    """A record that ends before it begins would never be in force, and its law would be lost in silence."""
    law = load_law()
    dated = [g.in_force for g in law.grounds.values()]
    dated += [r.in_force for c in law.categories.values() for r in c.rules]
    dated += [t.in_force for t in law.terms.values()]
    dated += [p for o in law.offenses.values() for p in (o.in_force, *o.penalties)]
    assert [d for d in dated if d.from_ and d.until and d.from_ >= d.until] == []
    assert any(d.from_ == LAKEN_RILEY for d in dated)
    assert any(d.until == HEMP for d in dated)
