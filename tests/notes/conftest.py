"""One case of partner or family member assault with its options, told twice: as a note and as the contract's JSON.

Reasons and authorities are placeholders ("reason one", "Authority A"): a test of the page must not teach law.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from plea_aid.notes.content import (
    Accountability,
    Authority,
    ChargedCount,
    Decision,
    Factor,
    Finding,
    Gate,
    LabelledDate,
    LawStamp,
    NoteData,
    NoteWords,
    OptionCount,
    OptionNote,
    PolicyState,
    PostureGroup,
    Review,
    ReviewEvent,
)

A = Authority(
    name="Authority A", citation="1 Placeholder 100", verified=True, treatment="good",
    proposition="Stands for the first placeholder proposition, in one sentence of ordinary length.",
)  # fmt: skip
B = Authority(
    name="Authority B", citation="2 Placeholder 200", verified=False, treatment="good",
    proposition="Stands for the second placeholder proposition.",
)  # fmt: skip
C = Authority(name="Authority C", citation="3 Placeholder 300", verified=True, treatment="superseded in part")

RESIDENTS = ("Lawful permanent resident", "Conditional resident")
HUMANITARIAN = ("Refugee", "Asylee", "Asylum applicant")
VISITORS = ("Nonimmigrant visa holder", "Visa Waiver Program")
NO_STATUS = ("Entered without inspection", "Overstay")
GROUPS = (
    PostureGroup(name="Permanent residents", postures=RESIDENTS),
    PostureGroup(name="Returning permanent residents", postures=("Returning LPR",)),
    PostureGroup(name="Refugees and asylum", postures=HUMANITARIAN),
    PostureGroup(name="Visa holders and visitors", postures=VISITORS),
    PostureGroup(name="No status", postures=NO_STATUS),
    PostureGroup(name="DACA", postures=("DACA recipient",)),
    PostureGroup(name="TPS", postures=("TPS holder",)),
    PostureGroup(
        name="Victim-based relief",
        postures=("VAWA self-petitioner", "U visa applicant or holder", "T visa applicant or holder"),
    ),
    PostureGroup(name="Naturalization", postures=("Naturalization applicant",)),
)
EVERYONE = tuple(posture for group in GROUPS for posture in group.postures)
ADMITTED = (*RESIDENTS, "Refugee", "Asylee", *VISITORS, "Overstay")

DOMESTIC = Finding(
    ground="Crime of domestic violence", citation="8 USC 1227(a)(2)(E)(i)", kind="deportability", level="possible",
    postures=ADMITTED, counts=(1,),
    because=(
        "Reason one: the first step of the chain, written as a sentence that a lawyer would sign.",
        "Reason two: the second step, which turns on what the record of conviction would show.",
        "Reason three: ordered 10 + 355 = 365 days; the threshold of this placeholder is met.",
    ),
    authorities=(A, B), avoided_by=("First placeholder change to the plea.", "Second placeholder change."),
)  # fmt: skip
FELONY = Finding(
    ground="Aggravated felony: crime of violence", citation="8 USC 1101(a)(43)(F)", kind="aggravated-felony",
    level="likely", postures=EVERYONE, counts=(1,),
    because=("Reason four: the placeholder category.", "Reason five: ordered 365 days, one year or more: met."),
    authorities=(A, C), avoided_by=("One day less, suspended or not, on count 1.",),
)  # fmt: skip
TPS = Finding(
    ground="TPS: a felony or two misdemeanors", citation="8 CFR 244.4", kind="relief-bar", level="certain",
    postures=("TPS holder",), counts=(1, 2), because=("Reason six: two misdemeanors.",), authorities=(A,),
)  # fmt: skip
CIMT = Finding(
    ground="Crime involving moral turpitude", citation="8 USC 1182(a)(2)(A)(i)(I)", kind="inadmissibility",
    level="unlikely", postures=("Returning LPR", *HUMANITARIAN, *NO_STATUS, "DACA recipient"), counts=(1,),
    because=("Reason seven: the better view is no.",), authorities=(B,),
)  # fmt: skip
UNREACHED = Finding(
    ground="Placeholder detention class", citation="8 USC 1226(c)", kind="detention", level="not-analysed",
    postures=NO_STATUS, counts=(1,), because=("No rule reached this question.",),
)  # fmt: skip


def _count(number: int, disposition: str, **terms: Any) -> OptionCount:
    offense, cite = {
        1: ("Partner or family member assault", "MCA 45-5-206(1)(a)"),
        2: ("Disorderly conduct", "MCA 45-8-101(1)(a)(i)"),
    }[number]
    return OptionCount(**{"number": number, "offense": offense, "cite": cite, "disposition": disposition} | terms)


@pytest.fixture
def minimal_note() -> NoteData:
    """The least a note can hold: law, policy and one option with nothing in it."""
    return NoteData(
        law=LawStamp(version="2026.11", as_of=dt.date(2026, 5, 2)),
        policy=PolicyState(resolution_title="Placeholder resolution", section_5_in_force=True),
        options=(OptionNote(name="As charged"),),
    )


@pytest.fixture
def full_note() -> NoteData:
    """Charge stage, the charge as it stands, and one reduced option, decided, returned once and approved."""
    return NoteData(
        office="City Attorney's Office, Prosecution Division",
        cause_number="CR-2026-0412",
        law=LawStamp(version="2026.11-3f9a2c71", as_of=dt.date(2026, 5, 2), review="drafted, not attorney-reviewed"),
        policy=PolicyState(
            resolution_title="Resolution on immigration enforcement", section_5_in_force=True,
            since=dt.date(2026, 1, 26), sentence="It is a record of this office and can be switched.",
        ),
        prepared_on=dt.date(2026, 5, 4),
        dates=(
            LabelledDate(label="Offense date", on=dt.date(2026, 3, 14)),
            LabelledDate(label="Plea date", on=dt.date(2026, 5, 2)),
        ),
        stage="Plea negotiation",
        counts=(
            ChargedCount(number=1, title="Partner or family member assault", cite="MCA 45-5-206(1)(a)",
                         maximum_days=365),
            ChargedCount(number=2, title="Disorderly conduct", cite="MCA 45-8-101(1)(a)(i)", maximum_days=10),
        ),
        posture_groups=GROUPS,
        options=(
            OptionNote(
                name="Charge stage", counts=(_count(1, "pending"), _count(2, "pending")),
                findings=(UNREACHED, CIMT),
            ),
            OptionNote(
                name="As charged",
                counts=(
                    _count(1, "guilty plea", jail_days=10, suspended_days=355, served_days=10, fine_dollars=500),
                    _count(2, "guilty plea", jail_days=0, suspended_days=10, served_days=0, fine_dollars=100),
                ),
                findings=(CIMT, DOMESTIC, TPS, FELONY),
            ),
            OptionNote(
                name="Count 1 at 364 days, count 2 dismissed",
                counts=(
                    _count(1, "guilty plea", jail_days=10, suspended_days=354, served_days=10, fine_dollars=750),
                    _count(2, "dismissed"),
                ),
                findings=(
                    DOMESTIC.model_copy(update={"counts": (1,)}),
                    TPS.model_copy(update={"level": "none", "counts": (1,), "because": ("Reason eight: one only.",)}),
                    CIMT,
                ),
                warnings=("Placeholder warning about a sentence that is lawful but unusual.",),
            ),
        ),
        warnings=("Placeholder warning about the case as a whole.",),
        unverified=("The highest term of count 2 was read in a secondary source.",),
        accountability=(
            Accountability(
                option="As charged", is_baseline=True, convictions=2, custody_days=10, suspended_days=365,
                fine_dollars=600, supervision_days=365, restitution="none claimed", later_enhancement="pfma",
            ),
            Accountability(
                option="Count 1 at 364 days, count 2 dismissed", convictions=1, custody_days=10, suspended_days=354,
                fine_dollars=750, supervision_days=365, restitution="none claimed", later_enhancement="pfma",
            ),
        ),
        factors=tuple(
            Factor(
                name=name, state=state, points=points, weight=weight,
                rationale=f"Factor rationale {place}: two or three sentences of what was considered, in plain words. "
                "They are long enough to run over the end of a line." if state == "considered" else "",
            )
            for place, (name, state, points, weight) in enumerate((
                ("Strength of the evidence", "considered", "neither", "moderate"),
                ("Seriousness and harm", "considered", "toward 'As charged'", "strong"),
                ("Public safety", "considered", "neither", "strong"),
                ("Victim's views", "considered", "toward the reduced option", "moderate"),
                ("Criminal history", "no information", "", ""),
                ("Proportionality of punishment and collateral consequences", "considered",
                 "toward the reduced option", "moderate"),
                ("Equal treatment of the similarly situated", "considered", "neither", "moderate"),
                ("Avoidance of adverse immigration consequences (Section 5)", "considered",
                 "toward the reduced option", "moderate"),
                ("Restitution", "not applicable", "", ""),
            ), 1)
        ),
        gates=(
            Gate(name="Public safety", state="met", detail="Gate detail one."),
            Gate(name="Victim consultation", state="met", detail="Consulted on April 20, 2026."),
            Gate(name="Factual basis for a substituted charge", state="not applicable"),
            Gate(name="Equivalence", state="met", detail="One conviction less; a fine $150 higher."),
        ),
        decision=Decision(
            chosen_option="Count 1 at 364 days, count 2 dismissed",
            rationale="Decision rationale, first paragraph. It says what tipped the balance and what did not.\n\n"
            "Decision rationale, second paragraph. It names the conditions that stay the same.",
            agreement_type="placeholder agreement type",
        ),
        review=Review(
            state="approved",
            events=(
                ReviewEvent(action="submitted", by_name="P. Rosecutor", by_role="prosecutor",
                            at=dt.datetime(2026, 5, 3, 9, 30, tzinfo=dt.UTC)),
                ReviewEvent(action="returned", by_name="S. Upervisor", by_role="supervisor",
                            at=dt.datetime(2026, 5, 3, 15, 2, tzinfo=dt.UTC), reasons="Say why the fine rises."),
                ReviewEvent(action="approved", by_name="S. Upervisor", by_role="supervisor",
                            at=dt.datetime(2026, 5, 4, 8, 15, tzinfo=dt.UTC)),
            ),
        ),
        analysis_version=2,
        program_version="0.1.0",
        content_hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )  # fmt: skip


@pytest.fixture
def case() -> dict[str, Any]:
    """A case file as TOML gives it."""
    return {
        "cause_number": "CR-2026-0412",
        "offense_date": dt.date(2026, 3, 14),
        "plea_date": "2026-05-02",
        "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)", "nth": 1, "record": {"victim": "partner-or-family"}}],
        "option": [
            {"name": "As charged", "count": [
                {"number": 1, "disposition": "guilty-plea", "jail_days": 10, "suspended_days": 355, "fine": 500},
            ]},
            {"name": "Amended", "count": [
                {"number": 1, "disposition": "nolo-contendere", "offense": "MCA 45-5-201(1)(a)", "jail_days": 12,
                 "suspended_days": 100, "served_days": 5, "fine": 450.5},
            ]},
        ],
    }  # fmt: skip


@pytest.fixture
def assessment() -> dict[str, Any]:
    """The same case as `assess --json` answers it."""
    pfma = {"number": 1, "offense": "mt-45-5-206-1-a", "cite": "MCA 45-5-206(1)(a)", "is_conviction": True,
            "max_possible_days": 365, "sentence_imposed_days": 365, "categories": []}  # fmt: skip
    assault = pfma | {"offense": "mt-45-5-201-1-a", "cite": "MCA 45-5-201(1)(a)", "max_possible_days": 180}
    finding = {"ground": "dep-dv", "kind": "deportability", "level": "possible", "postures": ["lpr", "overstay"],
               "counts": [1], "because": ["reason one", "reason two"], "authorities": ["authority-a", "unheard-of"],
               "avoided_by": ["a change"]}  # fmt: skip
    return {
        "law": {"version": "2026.11-3f9a2c71", "as_of": "2026-05-02"},
        "options": [
            {"name": "charge stage", "counts": [pfma], "findings": []},
            {"name": "As charged", "counts": [pfma], "findings": [finding], "warnings": ["a warning"]},
            {"name": "Amended", "counts": [assault], "findings": [finding | {"level": "unlikely"}]},
        ],
    }


@pytest.fixture
def law_words() -> NoteWords:
    """Printed words for the ids of that assessment, one authority left out on purpose."""
    return NoteWords.model_validate({
        "grounds": {"dep-dv": {"name": "Crime of domestic violence", "citation": "8 USC 1227(a)(2)(E)(i)",
                               "kind": "deportability"}},
        "postures": {"lpr": "Lawful permanent resident", "overstay": "Overstay", "daca": "DACA recipient"},
        "posture_groups": {"Permanent residents": ["lpr"], "No status": ["overstay"], "DACA": ["daca"]},
        "authorities": {"authority-a": {"name": "Authority A", "citation": "1 Placeholder 100", "verified": True,
                                        "treatment": "good", "proposition": "a proposition"}},
        "dispositions": {"guilty-plea": "guilty plea", "nolo-contendere": "no contest plea"},
        "offenses": {"mt-45-5-206-1-a": {"cite": "MCA 45-5-206(1)(a)", "title": "Partner or family member assault"},
                     "mt-45-5-201-1-a": {"cite": "MCA 45-5-201(1)(a)", "title": "Assault"}},
    })  # fmt: skip


@pytest.fixture
def policy() -> PolicyState:
    return PolicyState(resolution_title="Resolution on immigration enforcement", section_5_in_force=True)
