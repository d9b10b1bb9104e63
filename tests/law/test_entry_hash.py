"""A content hash names exactly what an attorney read."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import pytest

from plea_aid.law.entry_hash import KINDS, entry_hash, find_entry, hash_of_entry
from plea_aid.law.load import load_law
from plea_aid.law.records import Offense, Review

THEFT = "mt-45-6-301-1"


def draft(**more: object) -> Offense:
    raw = {
        "id": "x", "cite": "X 1", "title": "X", "family": "x", "grade": "misdemeanor", "court": "municipal",
        "summary": "x", "way": [{"id": "a", "act": ["take", "damage"], "facts": ["repeated", "pattern", "occupied"]}],
        "penalty": [{"jail_max_days": 180, "fine_max": 500}], "authorities": ["a"], "edition": "2025",
        "checked": date(2026, 11, 1), "confidence": "high",
    }  # fmt: skip
    return Offense.model_validate({**raw, **more})


def test_every_entry_has_its_own_hash() -> None:
    law = load_law()
    hashes = [entry_hash(entry) for pool in (law.offenses, law.grounds, law.categories) for entry in pool.values()]
    assert len(set(hashes)) == len(hashes)
    assert all(len(one) == 64 for one in hashes)


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_the_hash_is_the_same_in_every_process(seed: str) -> None:
    """Sets are iterated in an order that differs by process; the hash must not follow it."""
    program = (
        "from tests.law.test_entry_hash import draft\nfrom plea_aid.law.entry_hash import entry_hash\n"
        "print(entry_hash(draft()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True
    )
    assert done.stdout.strip() == entry_hash(draft()), done.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Y"},
        {"penalty": [{"jail_max_days": 179, "fine_max": 500}]},
        {"way": [{"id": "a", "act": ["damage", "take"], "facts": ["repeated", "pattern", "occupied"]}]},
        {"way": [{"id": "a", "act": ["take", "damage"], "facts": ["repeated", "pattern"]}]},
        {"checked": date(2026, 11, 2)},
        {"unverified": ["the fine"]},
        {"deferral": "barred"},
    ],
)
def test_any_change_of_content_is_another_hash(change: dict[str, object]) -> None:
    assert entry_hash(draft(**change)) != entry_hash(draft())


def test_what_says_nothing_new_is_the_same_hash() -> None:
    facts = ["occupied", "repeated", "pattern"]
    same = draft(way=[{"facts": facts, "act": ["take", "damage"], "id": "a"}], deferral="allowed", traps=[])
    assert entry_hash(same) == entry_hash(draft())
    signed = draft().model_copy(update={"review": Review(state="attorney-reviewed", by="A", on=date(2026, 11, 5))})
    assert entry_hash(signed) == entry_hash(draft())


def test_an_entry_is_found_by_kind_and_id() -> None:
    law = load_law()
    assert find_entry(law, "offense", THEFT) is law.offenses[THEFT]
    assert hash_of_entry(law, "category", "cimt") == entry_hash(law.categories["cimt"])
    assert all(find_entry(law, kind, "no-such") is None for kind in KINDS)
    assert hash_of_entry(law, "posture", "lpr") is None
