"""Two processes on one PostgreSQL behind the worked nginx file: a session is good at both, and outlives either."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.conftest import FLAGS, _wait_until_healthy, free_port
from tests.browser.hands import at, fill, first_account, press
from tests.offices import PostgresDatabases
from tests.test_deployment import DEPLOY, certificate

NAME = "plea-aid.example"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.xdist_group("postgres"),
    pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx is installed on this machine"),
    pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium is installed on this machine"),
]


@contextmanager
def running(home: Path, database_url: str, port: int, public: int) -> Iterator[Path]:
    """Run one process of the program, behind the proxy at ``public``; return the file of what it printed."""
    environment = {
        **os.environ,
        "PLEA_AID_HOME": str(home),
        "PLEA_AID_DATABASE_URL": database_url,
        "PLEA_AID_PUBLIC_URL": f"https://{NAME}:{public}",
    }
    log = home / f"printed-{port}.txt"
    command = [sys.executable, "-m", "plea_aid", "serve", "--behind-proxy", "--port", str(port)]
    with log.open("w") as printed:
        program = subprocess.Popen(command, cwd=home, env=environment, stdout=printed, stderr=subprocess.STDOUT)
        try:
            _wait_until_healthy(program, f"http://127.0.0.1:{port}", log)
            yield log
        finally:
            program.terminate()
            program.wait(timeout=20)


def first_code(log: Path) -> str:
    """Return the one-time code that the program printed."""
    code = re.search(r"one-time code: (\S+)", log.read_text())
    assert code, log.read_text()
    return code[1]


@contextmanager
def proxy(folder: Path, ports: tuple[int, int], public: int) -> Iterator[str]:
    """Run nginx with the worked file, other ports and a certificate of our own; return the public address."""
    certificate(folder, NAME)
    plain = free_port()
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for before, after in {
        "/etc/plea-aid/tls": str(folder),
        "/run/": f"{folder}/",
        "/var/log/nginx": str(folder),
        "listen 443": f"listen 127.0.0.1:{public}",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "127.0.0.1:8501": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8502": f"127.0.0.1:{ports[1]}",
    }.items():
        assert before in text
        text = text.replace(before, after)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        try:
            yield f"https://{NAME}:{public}"
        finally:
            program.terminate()


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """A Chromium that finds the public name on this machine."""
    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield browser
        browser.close()


def test_a_session_is_good_at_every_process_and_outlives_each(
    postgres_databases: PostgresDatabases, chromium: Browser, tmp_path: Path
) -> None:
    ports, public = (free_port(), free_port()), free_port()
    with ExitStack() as stack:
        url = stack.enter_context(postgres_databases.empty())
        first, second = ExitStack(), ExitStack()
        stack.callback(first.close)
        stack.callback(second.close)
        first.enter_context(running(tmp_path, url, ports[0], public))
        code = first_code(second.enter_context(running(tmp_path, url, ports[1], public)))  # the later code counts
        address = stack.enter_context(proxy(tmp_path, ports, public))

        context = chromium.new_context(ignore_https_errors=True)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(address)
        first_account(page, code)
        expect(page.get_by_text("Signed in as Pat Doe")).to_be_visible()
        page.wait_for_timeout(1500)  # the ticket is changed for the cookie
        kept = {one["name"]: one for one in context.cookies()}
        for name in ("__Host-plea_aid_session", "__Host-plea_aid_route"):
            assert (kept[name]["httpOnly"], kept[name]["sameSite"]) == (True, "Strict")
        assert all(one["secure"] for one in kept.values()), kept
        fill(page, "Cause number", "CR-2026-0412")
        press(page, "Start a case")
        at(page, "Charges")

        # Each process goes once, so the browser's own one is among them.
        app = page.get_by_test_id("stApp")
        typed = page.get_by_role("textbox", name="Citation or words", exact=True).first
        for process, port in ((first, ports[0]), (second, ports[1])):
            typed.fill(f"stood here when {port} stopped")
            process.close()
            page.wait_for_timeout(2000)
            expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=60_000)
            expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
            at(page, "Charges")
            expect(page.get_by_text("Signed in as Pat Doe")).to_be_visible()
            expect(typed).to_have_value(f"stood here when {port} stopped")
            process.enter_context(running(tmp_path, url, port, public))
        # Typed at once, perhaps before the other process has drawn the page: then it stands beside its field.
        fill(page, "Date of the plea", "5/2/2026")
        page.wait_for_timeout(8_000)
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
        if page.get_by_text("The connection to the program was lost").count():
            expect(page.get_by_text("5/2/2026")).to_be_visible()
            fill(page, "Date of the plea", "5/2/2026")
            page.wait_for_timeout(500)
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
        page.reload()
        at(page, "Charges")
        expect(page.get_by_text("Signed in as Pat Doe")).to_be_visible()
        expect(page.get_by_role("textbox", name="Date of the plea", exact=True).first).to_have_value("5/2/2026")

        context.close()
        host = f"{NAME}:{public}"
        assert answer(public, {"Host": host, "Origin": "https://elsewhere.example"}) == 403
        assert answer(public, {"Host": host, "X-Forwarded-Proto": "http", "X-Forwarded-For": "127.0.0.1"}) == 200
        with pytest.raises(http.client.RemoteDisconnected):
            answer(public, {"Host": "another.example"})


def answer(port: int, headers: dict[str, str]) -> int:
    """Return the status that the proxy answers with."""
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=unverified)
    try:
        connection.request("GET", "/", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
