"""Nothing leaves the machine: what refuses it refuses it, in this process and in every one that a test starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

# Addresses of documentation (RFC 5737, RFC 3849) and names that never exist (RFC 2606).
TRIES = {
    "a connection": "socket.create_connection(('192.0.2.1', 80), timeout=5)",
    "a connection by IPv6": "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
    "a connection that does not wait": "socket.socket().connect_ex(('192.0.2.1', 80))",
    "a mapped address": "socket.socket(socket.AF_INET6).connect(('::ffff:192.0.2.1', 80))",
    "a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "a name": "socket.getaddrinfo('plea-aid.invalid', 443)",
    "an old way to a name": "socket.gethostbyname('plea-aid.invalid')",
    "a library": "urllib.request.urlopen('http://192.0.2.1/', timeout=5)",
    "another library": "__import__('httpx').get('https://plea-aid.invalid/')",
    "an event loop": "asyncio.run(asyncio.open_connection('192.0.2.1', 80))",
}
SCRIPT = """
import asyncio, socket, sys, urllib.request
for attempt in sys.argv[1:]:
    try:
        eval(attempt)
        print("went out:", attempt)
    except Exception as refusal:
        print("No connection leaves this machine" in repr(refusal) + repr(refusal.__context__))
"""


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the attempts of this test are noted, so that they do not fail the run."""
    monkeypatch.setenv("OUTBOUND_NOTES", str(tmp_path / "notes"))
    return tmp_path / "notes"


def test_no_process_that_a_test_starts_reaches_outside(notes: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, *TRIES.values()], capture_output=True, text=True, timeout=60)
    assert done.stdout.split("\n") == ["True"] * len(TRIES) + [""], done
    assert len(notes.read_text().splitlines()) >= len(TRIES)


def test_this_process_does_not_reach_outside_either(notes: Path) -> None:
    with pytest.raises(PermissionError, match="No connection leaves this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=5)
    with pytest.raises(PermissionError):
        socket.getaddrinfo(b"plea-aid.invalid", 443)
    assert notes.read_text().splitlines() == ["socket.connect 192.0.2.1", "socket.getaddrinfo plea-aid.invalid"]


def test_what_stays_on_this_machine_is_left_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        for name in ("127.0.0.1", "localhost"):
            socket.create_connection((name, listening.getsockname()[1]), timeout=5).close()
    if hasattr(socket, "AF_UNIX"):
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(os.path.relpath(tmp_path / "s") if len(str(tmp_path)) > 80 else str(tmp_path / "s"))
            listening.listen()
            with socket.socket(socket.AF_UNIX) as asking:
                asking.connect(listening.getsockname())


def test_the_program_refuses_it_to_itself(tmp_path: Path) -> None:
    # Without the guard of the tests: what 'plea-aid serve' itself installs.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    script = (
        "import socket, streamlit\n"
        "from plea_aid import server\n"
        "streamlit.App.run = lambda self, config: socket.create_connection(('192.0.2.1', 80), timeout=5)\n"
        "server.run_server(int(__import__('sys').argv[1]))\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment["PLEA_AID_HOME"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", script, port], env=environment, capture_output=True, text=True, timeout=60
    )
    assert "PermissionError: No connection leaves this machine; 192.0.2.1 was asked for." in done.stderr
