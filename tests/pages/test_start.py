"""What the start of the server leaves out, and what it must not."""

from __future__ import annotations

import importlib.metadata

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.component_manager import BidiComponentManager

from plea_aid.server import leave_packages_alone


def test_streamlit_takes_no_component_from_installed_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(importlib.metadata, "distributions", lambda: asked.append(1) or ())
    scan = manifest_scanner.scan_component_manifests
    # Streamlit's own, not the one that remembers what it found for the tests.
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", getattr(scan, "__wrapped__", scan))
    BidiComponentManager().discover_and_register_components(start_file_watching=False)
    assert asked == [1], "Streamlit looks elsewhere now"
    leave_packages_alone()
    BidiComponentManager().discover_and_register_components(start_file_watching=False)
    assert asked == [1]
