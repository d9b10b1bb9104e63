"""What the server says and how it answers, asked without a browser."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request

import pytest

from plea_aid import server as module
from plea_aid.pages import tickets
from plea_aid.server import locked_configuration, run_server, script_path
from plea_aid.settings import settings
from tests.browser.conftest import Server


def post(address: str, body: bytes, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(f"{address}{tickets.ROUTE}", data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers.get("set-cookie") or ""
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers.get("set-cookie") or ""


@pytest.mark.xdist_group("server")
def test_the_program_says_where_it_runs_guards_every_answer_and_gives_no_cookie_for_nothing(server: Server) -> None:
    assert server.address in server.printed
    assert "this machine only" in server.printed
    assert "Traceback" not in server.printed
    with urllib.request.urlopen(server.address, timeout=10) as answer:
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "connect-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert b'lang="en"' in answer.read()
    assert post(server.address, b"guessed") == (410, "")
    assert post(server.address, b"guessed", Origin="http://elsewhere.example") == (403, "")


def test_a_port_that_is_taken_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("PLEA_AID_DATABASE_URL", f"sqlite:///{tmp_path}/office.db")
    settings.cache_clear()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run_server(port) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"port {port} is in use" in said
    assert run_server(70_000) == 2
    assert "1 to 65535" in capsys.readouterr().err
    settings.cache_clear()


def test_law_data_that_cannot_be_used_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("PLEA_AID_DATA", f"{tmp_path}/nowhere")
    assert run_server(1) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "the law data cannot be used" in said


def test_the_configuration_is_locked_to_loopback_without_telemetry_or_tracebacks() -> None:
    locked = locked_configuration()
    assert locked["server.address"] == "127.0.0.1"
    assert locked["browser.gatherUsageStats"] is False
    assert locked["client.showErrorDetails"] == "none"
    assert locked["client.disableDataExport"] is True
    assert "server.enableAgentApi" not in locked
    assert script_path().is_file()


def test_an_installed_program_finds_its_script_inside_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    package = Path(str(tmp_path)) / "plea_aid"
    package.mkdir()
    (package / "streamlit_app.py").write_text("")
    (package / "streamlit_config.toml").write_text('[server]\naddress = "127.0.0.1"\n')
    monkeypatch.setattr(module, "__file__", str(package / "server.py"))
    assert script_path() == (package / "streamlit_app.py").resolve()
    assert locked_configuration() == {"server.address": "127.0.0.1"}
