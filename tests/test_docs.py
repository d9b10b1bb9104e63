"""What the documents show is true: their commands run and their examples are accepted."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from plea_aid.analysis.casefile import parse_case
from plea_aid.analysis.classify import classify
from plea_aid.law.load import read_law
from plea_aid.settings import data_dir

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DATA_README = (data_dir() / "README.md").read_text(encoding="utf-8")


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


COMMANDS = [
    line.removeprefix("$ plea-aid ")
    for block in _blocks(README, "console")
    for line in block.splitlines()
    if line.startswith("$ plea-aid ")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("The defendant paid restitution.\n", encoding="utf-8")
    arguments = [a.strip('"') for a in re.findall(r'"[^"]*"|\S+', command)]
    arguments = [str(ROOT / a) if a.startswith("data/") else a for a in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "plea_aid", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_the_two_commands_are_what_ci_runs() -> None:
    shown = [line for block in _blocks(README, "console") for line in block.splitlines() if "uv run" in line]
    assert shown == ["$ pip install uv && uv run plea-aid", "$ pip install uv && uv run pytest"]
    assert "pip install --quiet uv && uv run pytest" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_case_file_of_the_readme_is_accepted() -> None:
    for block in _blocks(README, "toml"):
        assert parse_case(block, "toml").count


def test_the_worked_offense_of_the_data_guide_is_accepted(tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(data_dir(), root)
    (root / "montana" / "offenses" / "99-1-101.toml").write_text(_blocks(DATA_README, "toml")[0], encoding="utf-8")
    law = read_law(root)
    offense = law.resolve("MCA 99-1-101")[0]
    levels = {m.category: m.level for m in classify(offense, law, offense.checked)}
    assert levels["cimt"] in ("none", "unlikely")


def test_every_setting_is_documented() -> None:
    source = (ROOT / "plea_aid" / "settings.py").read_text(encoding="utf-8")
    for name in set(re.findall(r"PLEA_AID_[A-Z_]+", source)):
        assert name in README, name


def test_every_folder_of_the_data_guide_exists() -> None:
    guide = DATA_README.split("\n## ")[0]
    assert guide.count("| `") > 10
    for path in re.findall(r"^\| `([^`]+)` \|", guide, re.MULTILINE):
        assert (data_dir() / path).exists(), path
