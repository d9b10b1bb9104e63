"""What the law data must hold, whatever else it holds."""

from __future__ import annotations

from plea_aid.analysis.case import Disposition
from plea_aid.analysis.classify import classify
from plea_aid.law.check import check_law, supporting_citations
from plea_aid.law.load import load_law

CATEGORIES = [
    "cimt",
    "crime-of-violence",
    "theft",
    "burglary",
    "fraud",
    "forgery",
    "obstruction-of-justice",
    "perjury",
    "controlled-substance",
    "drug-trafficking",
    "firearm",
    "domestic-violence",
    "stalking",
    "child-abuse",
    "protection-order",
    "sexual-abuse-of-minor",
    "rape",
    "prostitution",
    "failure-to-appear",
    "false-citizenship-claim",
    "assault-on-officer",
    "dui",
    "significant-misdemeanor",
]

FIRST_CUT = [
    "45-5-201",
    "45-5-206",
    "45-5-208",
    "45-5-220",
    "45-5-626",
    "45-6-101",
    "45-6-203",
    "45-6-301",
    "45-7-301",
    "45-7-302",
    "45-8-101",
    "45-10-103",
    "61-8-1002",
    "61-8-301",
    "61-5-212",
]


def test_every_category_of_the_contract_has_doctrine() -> None:
    assert set(CATEGORIES) <= set(load_law().categories)


def test_every_disposition_of_the_contract_has_its_rule() -> None:
    assert {d.value for d in Disposition} == set(load_law().dispositions)


def test_the_first_offenses_are_there() -> None:
    law = load_law()
    for section in FIRST_CUT:
        assert law.find(f"MCA {section}"), section


def test_nothing_rests_on_a_withdrawn_authority_and_the_data_is_clean() -> None:
    problems, _ = check_law(load_law())
    assert problems == []


def test_every_conclusion_has_an_authority() -> None:
    law = load_law()
    for offense in law.offenses.values():
        for match in classify(offense, law, offense.checked):
            if match.level is not None:
                assert match.authorities, f"{offense.id}: {match.category}"
    for ground in law.grounds.values():
        assert ground.authorities


def test_every_authority_is_known() -> None:
    law = load_law()
    assert set(supporting_citations(law)) <= set(law.authorities)


def test_what_is_unverified_says_so() -> None:
    """An authority counts as verified only when its citation and its proposition were both read."""
    for authority in load_law().authorities.values():
        assert authority.verified == (authority.citation_seen and authority.proposition_seen)


def test_policy_section_five_is_dated() -> None:
    law = load_law()
    assert law.policy is not None
    day = law.policy.checked
    status = law.policy.section_status(5, day)
    assert status is not None
    assert status.from_ is not None
    assert law.policy.section_status(5, status.from_.replace(year=status.from_.year - 1)) is None
