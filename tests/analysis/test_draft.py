"""Statutes of other states, entered from their published elements, come out as the courts decided."""

from __future__ import annotations

from datetime import date

import pytest

from plea_aid.analysis.charge import CaseError
from plea_aid.analysis.draft import draft_json, parse_draft
from plea_aid.law.load import load_law
from plea_aid.settings import data_dir

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("statute", "asked", "flagged"),
    [
        ("california-battery", "cimt", False),  # Garcia-Hernandez
        ("california-battery", "crime-of-violence", False),  # Ortega-Mendez
        ("california-corporal-injury", "crime-of-violence", True),  # Laurico-Yeno
        ("california-corporal-injury", "dep-dv", True),  # Laurico-Yeno
        ("arizona-shoplifting", "cimt", True),  # Diaz-Lizarraga
        ("washington-malicious-mischief", "cimt", False),  # Rodriguez-Herrera
        ("oregon-child-neglect", "dep-child-abuse", True),  # Rivera-Mendoza
        ("nevada-paraphernalia", "dep-controlled-substance", False),  # Madrigal-Barcenas
    ],
)
def test_published_outcomes(statute: str, asked: str, flagged: bool) -> None:
    law = load_law()
    text = (data_dir() / "examples" / "statutes" / f"{statute}.toml").read_text(encoding="utf-8")
    drafted = draft_json(parse_draft(text, law, TODAY), law, TODAY)
    levels = [c["level"] for c in drafted["categories"] if c["category"] == asked]
    levels += [f["level"] for f in drafted["options"][1]["findings"] if f["ground"] == asked]
    assert any(level in ("likely", "certain") for level in levels) == flagged, levels
    assert "not-analysed" not in levels


def test_a_word_outside_the_vocabulary_is_refused_in_one_line() -> None:
    text = 'cite = "X"\ntitle = "X"\n[[way]]\nact = "wiggle"\n[[penalty]]\njail_max_days = 1\nfine_max = 1\n'
    with pytest.raises(CaseError) as fault:
        parse_draft(text, load_law(), TODAY)
    assert "unknown word (act) 'wiggle'" in fault.value.problems[0]
