"""What the planner's tests share: a small law, the real one, and a slow oracle."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from planner_law import build_law

from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law


@pytest.fixture(scope="session")
def small_law() -> Law:
    """The small law, built once."""
    return build_law()


@pytest.fixture(scope="session")
def real_law() -> Law:
    """The law the program ships."""
    return load_law()
