"""Programs started to be measured: this one, and an empty Streamlit app as its baseline."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

EMPTY = """import streamlit as st

many = st.session_state.setdefault("many", 0)
st.title("Empty")
if st.button("Press"):
    st.session_state["many"] = many = many + 1
st.write(f"pressed {many}")
"""
PATIENCE = 90.0
"""Seconds that a program may take to start."""


def empty_app(folder: Path) -> list[str]:
    """Return the command that runs an app with one title and one button, on Streamlit's own path."""
    script = folder / "empty_app.py"
    script.write_text(EMPTY, encoding="utf-8")
    quiet = ["--server.headless=true", "--browser.gatherUsageStats=false", "--server.address=127.0.0.1"]
    return [sys.executable, "-m", "streamlit", "run", str(script), "--server.fileWatcherType=none", *quiet]


def this_app() -> list[str]:
    """Return the command that starts this program."""
    return [sys.executable, "-m", "plea_aid", "serve"]


@contextmanager
def running(command: list[str], folder: Path, settings: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Start a program; give its address and the seconds until it answered, and stop it afterwards.

    Raises OSError, with the end of what it printed, when it does not start.
    """
    port = _free_port()
    named = "--server.port" if "streamlit" in command else "--port"
    log = folder / f"printed-{port}.txt"
    # An installed program is compiled; one that compiled itself anew at every start would hide what it does itself.
    environment = {**os.environ, **settings, "PYTHONDONTWRITEBYTECODE": ""}
    with log.open("w") as printed:
        started = time.perf_counter()
        program = subprocess.Popen(  # noqa: S603 - a command of this module
            [*command, f"{named}={port}"], cwd=folder, env=environment, stdout=printed, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            while not _healthy(address):
                if program.poll() is not None or time.perf_counter() - started > PATIENCE:
                    raise OSError(f"the program did not start: {log.read_text(encoding='utf-8')[-300:]}")
                time.sleep(0.01)
            yield address, time.perf_counter() - started
        finally:
            program.terminate()
            program.wait(timeout=20)


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
