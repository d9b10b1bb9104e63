"""Every way a citation is written names the same offense."""

from __future__ import annotations

import pytest

from plea_aid.law.catalogue import UnknownOffense
from plea_aid.law.citation import covers, normalise
from plea_aid.law.load import load_law


@pytest.mark.parametrize(
    "text",
    [
        "MCA 45-5-206(1)(a)",
        "45-5-206(1)(a)",
        "45-5-206(1)(a), MCA",
        "Mont. Code Ann. § 45-5-206(1)(a)",
        "Mont. Code Ann. § 45-5-206(1)(a) (2025)",
        "§ 45-5-206 (1) (a)",
        "mca 45-5-206(1)(A)",
        "MCA 45\u20115\u2011206(1)(a)",  # non-breaking hyphens, as a word processor makes them
        "Section 45-5-206(1)(a), M.C.A.",
        "mt-45-5-206-1-a",
    ],
)
def test_forms_of_one_citation(text: str) -> None:
    assert [o.id for o in load_law().resolve(text)] == ["mt-45-5-206-1-a"]


def test_a_wider_citation_stands_for_everything_under_it() -> None:
    ids = {o.id for o in load_law().resolve("MCA 45-5-206")}
    assert {"mt-45-5-206-1-a", "mt-45-5-206-1-b", "mt-45-5-206-1-c"} <= ids
    assert all(i.startswith("mt-45-5-206") for i in ids)


def test_a_section_does_not_cover_a_longer_number() -> None:
    assert not covers("45-5-20", "45-5-206")
    assert covers("45-5-206", "45-5-206(1)(a)")


def test_an_unknown_offense_names_the_nearest() -> None:
    with pytest.raises(UnknownOffense, match="nearest: MCA 45-5-20"):
        load_law().resolve("45-5-2060")


def test_normalising_twice_changes_nothing() -> None:
    once = normalise("Mont. Code Ann. § 45-5-206(1)(a) (2025)")
    assert normalise(once) == once == "45-5-206(1)(a)"
