"""The one test command also runs the style, type, import and law checks, and the rule on long modules."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONG = 400  # lines


def _run(*command: str) -> None:
    tool = shutil.which(command[0], path=str(Path(sys.executable).parent)) or shutil.which(command[0])
    if tool is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def test_ruff_finds_nothing() -> None:
    _run("ruff", "check", ".")


def test_types_are_strict() -> None:
    _run("mypy")


def test_rooms_import_only_from_floors_below() -> None:
    _run("lint-imports")


def test_the_law_data_has_no_fault() -> None:
    _run("plea-aid", "law", "check")


def test_a_long_module_says_why_it_is_one_file() -> None:
    for file in (ROOT / "plea_aid").rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        if source.count("\n") > LONG:
            said = ast.get_docstring(ast.parse(source)) or ""
            assert "one file" in said, f"{file.relative_to(ROOT)}: split it, or say why it is one file"
