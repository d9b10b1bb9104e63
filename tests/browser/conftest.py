"""The program as a person starts it: one process on loopback, and a headless Chromium where one is installed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Play a browser test once more before it counts as failed: a busy machine can outlast any patience of a page."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@dataclass(frozen=True)
class Server:
    """A running program and what it printed."""

    address: str
    code: str
    printed: str


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Start the program on a free port with an empty database; stop it again."""
    with running(tmp_path) as started:
        yield started


@contextmanager
def running(
    folder: Path,
    *options: str,
    start: Sequence[str] = (sys.executable, "-m", "plea_aid", "serve"),
    at: Path | None = None,
    **settings: str,
) -> Iterator[Server]:
    """Run the program on a free port with an empty database in ``folder`` and the given options and settings.

    ``start`` is the command, ``at`` where it is given; ``folder`` unless said.
    """
    port = free_port()
    environment = {
        **os.environ,
        "PLEA_AID_HOME": str(folder),
        "PLEA_AID_PORT": str(port),
        "PLEA_AID_DATABASE_URL": f"sqlite:///{folder / 'office.db'}",
        **settings,
    }
    log = folder / "printed.txt"
    with log.open("w") as printed:
        program = subprocess.Popen(
            [*start, *options],
            cwd=at or folder,
            env=environment,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_healthy(program, address, log)
            text = log.read_text()
            code = re.search(r"one-time code: (\S+)", text)
            assert code, text
            yield Server(address, code[1], text)
        finally:
            program.terminate()
            program.wait(timeout=20)


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(program: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert program.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the program did not start within a minute:\n{log.read_text()}")


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A headless Chromium; skips, saying why, where none is installed."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found is None:
        pytest.skip("no Chromium is installed on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()
