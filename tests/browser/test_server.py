"""What the server says and how it answers, asked without a browser."""

from __future__ import annotations

import socket

import pytest

from plea_aid import server as module
from plea_aid.server import locked_configuration, run_server, script_path
from plea_aid.settings import settings


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


@pytest.mark.parametrize(
    ("behind_proxy", "public_url", "said"),
    [
        (True, "", "--behind-proxy needs PLEA_AID_PUBLIC_URL"),
        (True, "http://localhost:8501", "the https address that people open"),
        (True, "https://city.example/plea-aid", "names a path"),
        (False, "https://plea-aid.city.example", "start with --behind-proxy"),
    ],
)
def test_an_address_that_does_not_fit_the_way_people_come_is_one_line_and_exit_code_2(
    behind_proxy: bool,
    public_url: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLEA_AID_PUBLIC_URL", public_url)
    settings.cache_clear()
    assert run_server(1, behind_proxy=behind_proxy) == 2
    refusal = capsys.readouterr().err
    assert said in refusal
    assert refusal.count("\n") == 1
    settings.cache_clear()


def test_only_addresses_are_believed_to_be_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEA_AID_PROXY_ADDRESSES", "127.0.0.1, *")
    settings.cache_clear()
    with pytest.raises(ValueError, match=r"PLEA_AID_PROXY_ADDRESSES: '\*' is not accepted"):
        settings()
    settings.cache_clear()


def test_the_configuration_is_locked_to_loopback_without_telemetry_or_tracebacks() -> None:
    locked = locked_configuration()
    assert locked["server.address"] == "127.0.0.1"
    assert locked["browser.gatherUsageStats"] is False
    assert locked["client.showErrorDetails"] == "none"
    assert locked["client.disableDataExport"] is True
    assert locked["client.allowedOrigins"] == []
    assert locked["server.maxUploadSize"] <= 20
    assert locked["server.maxWidgetStateSize"] <= 5
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
