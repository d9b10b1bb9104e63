"""The server is killed and started again while somebody types: the session stands, and so does what was typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import _wait_until_healthy, free_port
from tests.browser.hands import at, fill, first_account, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]


@contextmanager
def running(folder: Path, port: int) -> Iterator[str]:
    """Run the program on SQLite in ``folder``; give what it printed, and kill it in the end."""
    environment = {
        **os.environ,
        "PLEA_AID_HOME": str(folder),
        "PLEA_AID_DATABASE_URL": f"sqlite:///{folder / 'office.db'}",
    }
    log = folder / "printed.txt"
    command = [sys.executable, "-m", "plea_aid", "serve", "--port", str(port)]
    with log.open("w") as printed:
        program = subprocess.Popen(command, cwd=folder, env=environment, stdout=printed, stderr=subprocess.STDOUT)
        try:
            _wait_until_healthy(program, f"http://127.0.0.1:{port}", log)
            yield log.read_text()
        finally:
            program.kill()
            program.wait(timeout=20)


def test_a_server_killed_and_started_again_finds_the_session_and_what_was_typed(
    browser: Browser, tmp_path: Path
) -> None:
    port = free_port()
    page = browser.new_context().new_page()
    page.set_default_timeout(30_000)
    with running(tmp_path, port) as printed:
        code = re.search(r"one-time code: (\S+)", printed)
        assert code, printed
        page.goto(f"http://127.0.0.1:{port}")
        first_account(page, code[1])
        page.wait_for_timeout(1500)  # the ticket is changed for the cookie
        fill(page, "Cause number", "CR-2026-0412")
        press(page, "Start a case")
        at(page, "Charges")
        fill(page, "Date of the plea", "5/2/2026")
        expect(page.get_by_text(re.compile("Saved [0-9]"))).to_be_visible()
        typed = page.get_by_role("textbox", name="Citation or words", exact=True).first
        typed.fill("stood here when the server died")
    with running(tmp_path, port):
        app = page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=60_000)
        at(page, "Charges")
        expect(page.get_by_text("Signed in as Pat Doe")).to_be_visible()
        expect(typed).to_have_value("stood here when the server died")
        page.reload()
        at(page, "Charges")
        expect(page.get_by_role("textbox", name="Date of the plea", exact=True).first).to_have_value("5/2/2026")
