"""The office's thresholds: each condition met and not met, what holds below all of them, and what the record says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from plea_aid.casework import submission
from plea_aid.casework.database import Database
from plea_aid.casework.entries import FactorEntry, parsed_gate
from plea_aid.casework.rules import Rules, office_rules
from plea_aid.casework.thresholds import EVERY_ANALYSIS, Facts, Reason, reasons
from plea_aid.casework.views import CaseView, DecisionView, FactorView, GateView
from plea_aid.law.load import LawError, load_law, read_law
from plea_aid.law.thresholds import Condition, ReviewRules, Threshold

from .conftest import People

LAW = load_law()
DAY = date(2026, 11, 22)
CHECKLIST = LAW.checklist(DAY)
assert CHECKLIST
SECTION_5 = next(one.id for one in CHECKLIST.factors if one.section_5)
AT = datetime(2026, 11, 22, tzinfo=UTC)
FLAGGED = next(iter(LAW.grounds))
WEIGHT = {
    "convictions": 1, "jail_days": 10, "suspended_days": 355, "fine": 500, "supervision_days": 365,
    "counts_as_prior": ["pfma"],
}  # fmt: skip


def decision(option: str) -> DecisionView:
    return DecisionView(1, option, "It is just.", "", "u", "Prosecutor", AT)


def gate(**content: Any) -> GateView:
    return GateView(parsed_gate(content), 1, "u", "Prosecutor", AT)


def factor(**content: Any) -> FactorView:
    entry = FactorEntry.model_validate({"state": "considered", "rationale": "As it is.", "weight": "slight", **content})
    return FactorView(entry, 1, "u", "Prosecutor", AT)


def facts(chosen: str = "B", offense: str = "MCA 45-8-101(1)(a)", **changes: Any) -> Facts:
    """A case that meets no condition: one count, two options of the same weight, nothing flagged."""
    part = {"number": 1, "jail_days": 10}
    document = {
        "count": [{"number": 1, "offense": offense}],
        "option": [{"name": "A", "count": [part]}, {"name": "B", "count": [part]}],
    }
    found: dict[str, Any] = {
        "findings": [],
        "not_analysed": [],
        "counts": [{"number": 1, "disposition": "guilty-plea"}],
    }
    view = CaseView(
        id="c", cause_number=None, stage="draft", owner_id="u", owner_name="Prosecutor", version=1,
        document_version=1, document=changes.pop("document", document), hearing_date=None, example=False,
        submitted_by=None, submitted_at=None, review_required=True, created_at=AT, updated_at=AT,
        decision=decision(chosen), **changes.pop("view", {}),
    )  # fmt: skip
    options = [{"name": name, **found, **changes.get(name, {})} for name in ("A", "B")]
    weights = {name: {**WEIGHT, **changes.get(f"weight_{name}", {})} for name in ("A", "B")}
    assert CHECKLIST
    return Facts(view, {"options": options}, weights, LAW, CHECKLIST)


def met(when: str, case: Facts, **detail: str) -> str | None:
    """Return what meets the condition in the case; None when it is not met."""
    threshold = Threshold(id="t", name="T", when=when, says="Says.", source="Test.", **detail)  # type: ignore[arg-type]
    rules = ReviewRules(id="r", below="no-review", because="", source="", checked=DAY, threshold=(threshold,))
    found = reasons(rules, case)
    return found[0].found if found else None


def flagged(*grounds: str) -> dict[str, Any]:
    return {"findings": [{"ground": ground, "flag": True} for ground in grounds]}


AMENDED = {
    "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
    "option": [
        {"name": "A", "count": [{"number": 1}]},
        {"name": "B", "count": [{"number": 1, "offense": "MCA 45-8-101(1)(a)"}]},
    ],
}
SECOND = {"count": [{"number": 1, "offense": "MCA 45-8-101(1)(a)", "nth": 2}], "option": AMENDED["option"]}
SAFE = {"gate": "public-safety", "violence": "no", "weapon": "no", "injury": "no", "repeat": "no"}
MET: list[tuple[str, dict[str, str], Facts, str]] = [
    *(
        (name, {}, facts(view={"gates": {"public-safety": gate(**{**SAFE, name: "yes"})}}), "answered yes at the gate")
        for name in ("violence", "weapon", "injury", "repeat")
    ),
    ("violence", {}, facts(offense="MCA 45-5-206(1)(a)"), "count 1 (MCA 45-5-206(1)(a))"),
    ("repeat", {}, facts(document=SECOND), "count 1 is charged as offense number 2"),
    (
        "factor-against", {"factor": "victims-views"},
        facts(view={"factors": {"victims-views": factor(factor="victims-views", points={"B": "against"})}}), "",
    ),
    (
        "victim-not-reached", {},
        facts(view={"gates": {"victim-consultation": gate(gate="victim-consultation", status="attempted")}}),
        "tried, not reached",
    ),
    ("flag-avoided", {}, facts(A=flagged(FLAGGED)), LAW.grounds[FLAGGED].name),
    (
        "section-5-weighs", {"weight": "substantial"},
        facts(view={"factors": {SECTION_5: factor(factor=SECTION_5, weight="decisive", points={"B": "for"})}}),
        "weight decisive",
    ),
    ("charge-amended", {}, facts(document=AMENDED), "count 1 becomes MCA 45-8-101(1)(a)"),
    ("count-dismissed", {}, facts(B={"counts": [{"number": 1, "disposition": "dismissed"}]}), "count 1"),
    ("lighter", {}, facts(weight_B={"suspended_days": 354}), "days suspended 1 less"),
    ("lighter", {}, facts(weight_B={"counts_as_prior": []}), "no longer a prior for pfma"),
    (
        "departure", {},
        facts(view={"gates": {"equivalence": gate(gate="equivalence", status="departure", explanation="Less.")}}), "",
    ),
    ("decision-changed", {}, facts(view={"submitted_choice": "A"}), "'A' before"),
    ("not-analysed", {}, facts(B={"not_analysed": [{"ground": FLAGGED}]}), LAW.grounds[FLAGGED].name),
]  # fmt: skip


@pytest.mark.parametrize(("when", "detail", "case", "found"), MET, ids=[f"{m[0]}-{i}" for i, m in enumerate(MET)])
def test_a_condition_is_met_and_says_by_what(when: str, detail: dict[str, str], case: Facts, found: str) -> None:
    assert met(when, case, **detail) == found


def test_every_condition_is_tested_and_none_is_met_by_a_case_that_meets_none() -> None:
    assert {one[0] for one in MET} == set(get_args(Condition))
    details = {"factor-against": {"factor": "victims-views"}, "section-5-weighs": {"weight": "substantial"}}
    for when in get_args(Condition):
        assert met(when, facts(), **details.get(when, {})) is None, when


@pytest.mark.parametrize(
    ("when", "detail", "case"),
    [
        ("flag-avoided", {}, facts(A=flagged(FLAGGED), B=flagged(FLAGGED))),
        ("flag-avoided", {}, facts(chosen="A", A=flagged(FLAGGED))),
        ("lighter", {}, facts(weight_B={"suspended_days": 356})),
        ("lighter", {}, facts(chosen="A", weight_B={"fine": 0})),
        ("charge-amended", {}, facts(chosen="A", document=AMENDED)),
        ("decision-changed", {}, facts(view={"submitted_choice": "B"})),
        (
            "section-5-weighs", {"weight": "substantial"},
            facts(view={"factors": {SECTION_5: factor(factor=SECTION_5, weight="moderate", points={"B": "for"})}}),
        ),
        (
            "section-5-weighs", {"weight": "substantial"},
            facts(view={"factors": {SECTION_5: factor(factor=SECTION_5, weight="decisive", points={"A": "for"})}}),
        ),
        (
            "factor-against", {"factor": "victims-views"},
            facts(view={"factors": {"victims-views": factor(factor="victims-views", points={"A": "against"})}}),
        ),
    ],
)  # fmt: skip
def test_just_beside_a_condition_it_is_not_met(when: str, detail: dict[str, str], case: Facts) -> None:
    assert met(when, case, **detail) is None


def test_below_every_threshold_the_offices_data_decides() -> None:
    strict = LAW.review_rules(DAY)
    assert strict is not None
    assert strict.below == "review"  # the cautious default of this office
    [reason] = reasons(strict, facts())
    assert reason.threshold == "below-every-threshold"
    lenient = strict.model_copy(update={"below": "no-review"})
    assert reasons(lenient, facts()) == ()
    assert [one.threshold for one in reasons(lenient, facts(weight_B={"fine": 100}))] == ["lighter"]
    assert reasons(None, facts()) == (EVERY_ANALYSIS,)
    assert LAW.review_rules(date(2026, 1, 1)) is None


def data_with(tmp_path: Path, text: str) -> Path:
    for one in LAW.folder.iterdir():
        (tmp_path / one.name).symlink_to(one)
    (tmp_path / "helena").unlink()
    (tmp_path / "helena").mkdir()
    for one in (LAW.folder / "helena").iterdir():
        if one.name != "review":
            (tmp_path / "helena" / one.name).symlink_to(one)
    (tmp_path / "helena" / "review").mkdir()
    (tmp_path / "helena" / "review" / "changed.toml").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('when = "lighter"', 'when = "feels-light"', "Input should be"),
        ('factor = "victims-views"', 'factor = "horoscope"', "unknown factor 'horoscope'"),
        ('factor = "victims-views"\n', "", "'factor-against' needs 'factor'"),
        ('weight = "substantial"', 'weight = "tons"', "unknown weight 'tons'"),
        ('id = "weapon"', 'id = "violence"', "the id violence is used twice"),
        ('below = "review"', 'below = "whatever"', "'review' or 'no-review'"),
        ("mca-46-12-211", "mca-0-0-0", "unknown authority 'mca-0-0-0'"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused_on_load(tmp_path: Path, old: str, new: str, fault: str) -> None:
    [file] = (LAW.folder / "helena" / "review").glob("*.toml")
    text = file.read_text()
    assert old in text
    with pytest.raises(LawError, match=fault):
        read_law(data_with(tmp_path, text.replace(old, new, 1)))


def test_a_threshold_takes_no_detail_that_its_condition_does_not_ask_for() -> None:
    with pytest.raises(ValidationError, match="takes no 'factor'"):
        Threshold(id="t", name="T", when="weapon", factor="harm", says="", source="")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_frozen_version_and_the_stage_say_which_threshold_asked(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Callable[..., CaseView]
) -> None:
    because = (Reason("lighter", "Lighter", "It weighs less.", "1 fewer day suspended"),)
    ready = fill(case.id)
    strict = replace(rules, review_because=lambda view, _analysis: because if view.decision else ())
    version = submission.submit(db, people.prosecutor, case.id, ready.version, rules=strict)
    assert version.review_required
    assert version.content["review"]["because"] == ["Lighter: It weighs less. Here: 1 fewer day suspended."]
    assert version.content["review"]["thresholds"][0]["threshold"] == "lighter"


def test_this_offices_rules_reach_every_part_of_a_case() -> None:
    rules = office_rules(DAY)
    assert rules.elements("MCA 45-5-206(1)(a)")
    assert rules.elements("MCA 99-9-999") == ()
    assert rules.covered({"count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}]}) == (
        "count 1 (MCA 45-5-206(1)(a))",
    )
    assert rules.covered({"count": [{"number": 1, "offense": "MCA 45-8-101(1)(a)"}]}) == ()
