"""What the security documents name exists: each test by file and name, each requirement once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [name for name in ("audit.md", "asvs.md", "threat-model.md") if (ROOT / "docs" / name).is_file()]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_that_a_document_names_exists(name: str) -> None:
    named = NAMED.findall((ROOT / "docs" / name).read_text(encoding="utf-8"))
    assert named
    for file, test in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert test in functions, f"{name} names {file}::{test}"
        assert test.startswith("test_")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_row_of_a_table_says_by_which_test_or_why_not(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    for line in re.findall(r"^\| (?:\(|\d).*$", text, re.MULTILINE):
        last = line.strip("| ").split(" | ")[-1]
        assert NAMED.search(last) or re.search(r"not met|not applicable|by reading", last), line
