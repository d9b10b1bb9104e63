"""The loader refuses what a slip of the pen makes of the data, one line a fault."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from plea_aid.law.load import LawError, law_version, load_law, read_law
from plea_aid.settings import data_dir


@pytest.fixture
def law_copy(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    shutil.copytree(data_dir(), root)
    return root


def _edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


PFMA = Path("montana/offenses/45-5-206.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('result = "mt:bodily-injury"', 'result = "bodly-injury"', "unknown word (result) 'bodly-injury'"),
        ('"mca-45-5-206"', '"mca-45-5-999"', "unknown authority 'mca-45-5-999'"),
        ("jail_max_days = 365", "jail_max_day = 365", "jail_max_day"),
        ('grade = "misdemeanor"', 'grade = "misdemeanour"', "grade"),
        ('offense = "MCA 45-5-201(1)(c)"', 'offense = "MCA 45-5-299"', "alternative 'MCA 45-5-299'"),
        ("[[offense.way]]", "[[offense.weg]]", "weg"),
        ("checked = 2026-11-22", "checked = yesterday", "not readable as TOML"),
    ],
)
def test_a_slip_is_named_with_its_place(law_copy: Path, old: str, new: str, said: str) -> None:
    _edit(law_copy / PFMA, lambda text: text.replace(old, new, 1))
    with pytest.raises(LawError) as fault:
        read_law(law_copy)
    assert any(said in line for line in fault.value.problems), fault.value.problems
    assert all("\n" not in line for line in fault.value.problems)


def test_the_version_names_the_content(law_copy: Path) -> None:
    before = law_version(law_copy)
    assert before == load_law().version
    path = law_copy / PFMA
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert law_version(law_copy) == before, "line endings are not content"
    _edit(path, lambda text: text.replace("jail_max_days = 365", "jail_max_days = 364", 1))
    assert law_version(law_copy) != before


def test_an_example_is_not_law(law_copy: Path) -> None:
    before = law_version(law_copy)
    (law_copy / "examples" / "another.toml").write_text("x = 1\n")
    assert law_version(law_copy) == before


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="there is no law data here"):
        read_law(tmp_path / "nowhere")
