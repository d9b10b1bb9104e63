"""The ASVS table is whole: every requirement of levels 1 and 2 stands in it once, and its count is right."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "asvs.md").read_text(encoding="utf-8")
# Section: the last number of its requirements of levels 1 and 2, which come before those of level 3 (version 5.0.0).
LAST = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
REQUIRED = [f"{section}.{number}" for section, last in LAST.items() for number in range(1, last + 1)]


def rows() -> list[list[str]]:
    """The rows of the table, each as its five cells."""
    return [line.strip("| ").split(" | ") for line in re.findall(r"^\| \d.*$", TEXT, re.MULTILINE)]


def test_every_requirement_stands_once_and_says_how_it_stands() -> None:
    named = [number for row in rows() for number in row[0].split(", ")]
    assert sorted(named) == sorted(REQUIRED)
    for row in rows():
        assert len(row) == 5, row
        assert row[1] in ("1", "2"), row
        assert row[4].startswith(("`tests/", "by reading", "not met", "not applicable")), row


def test_the_summary_counts_right() -> None:
    counts = dict.fromkeys(("met", "in part", "not met", "not applicable"), 0)
    for numbers, _, _, how, shown in rows():
        stands = next((word for word in ("not applicable", "not met") if shown.startswith(word)), "met")
        counts["in part" if "**Met in part**" in how else stands] += len(numbers.split(", "))
    met, part, not_met, does_not_apply = counts.values()
    summary = (
        f"Of {len(REQUIRED)} requirements {met} are met, {part} in part, {not_met} are not met, and {does_not_apply}"
    )
    assert summary in TEXT
