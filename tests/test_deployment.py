"""The worked deployment files are accepted by the programs they are for, and name settings and commands that exist."""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plea_aid.cli import app

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(DEPLOY.iterdir()) if path.is_file()}


def test_every_file_is_in_the_guide_and_every_file_of_the_guide_is_there() -> None:
    named = set(re.findall(r"`deploy/([\w@.-]+)`", GUIDE))
    assert set(TEXTS) <= named | {"README.md"}
    for name in named:
        assert list(DEPLOY.glob(name)), name


@pytest.mark.parametrize("name", [*TEXTS, "the guide"])
def test_every_setting_and_command_exists(name: str) -> None:
    text = TEXTS.get(name, GUIDE)
    known = set(re.findall(r"PLEA_AID_[A-Z_]+", (ROOT / "plea_aid" / "settings.py").read_text(encoding="utf-8")))
    assert set(re.findall(r"PLEA_AID_[A-Z_]+", text)) <= known
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    for command in re.findall(r"plea-aid (backup|restore|export|verify|serve)\b", text):
        assert command in commands


def test_the_compose_file_holds_together() -> None:
    compose = yaml.safe_load(TEXTS["compose.yaml"])
    services = compose["services"]
    for service in services.values():
        assert set(service.get("networks", [])) <= set(compose["networks"])
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        assert set(service.get("depends_on", {})) <= set(services)
        if "network_mode" in service:
            assert service["network_mode"].removeprefix("service:") in services
    ports = {one["environment"]["PLEA_AID_PORT"] for name, one in services.items() if name.startswith("app")}
    assert ports == set(re.findall(r"server 127\.0\.0\.1:(\d+)", TEXTS["nginx.conf"]))
    # Nothing but the proxy is reached from outside, and the database has no way out.
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert compose["networks"]["office"]["internal"] is True
    assert services["database"]["networks"] == ["office"]
    for path in re.findall(r"COPY (.+) \S+", TEXTS["Dockerfile"]):
        for one in path.split():
            assert (ROOT / one).exists(), one


def certificate(folder: Path, name: str) -> None:
    """Write a certificate of our own for ``name``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx is installed on this machine")
def test_nginx_accepts_its_file(tmp_path: Path) -> None:
    certificate(tmp_path, "plea-aid.example")
    text = TEXTS["nginx.conf"].replace("/etc/plea-aid/tls", str(tmp_path)).replace("/run/", f"{tmp_path}/")
    text = text.replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr.replace('"user" directive', "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd is installed on this machine")
@pytest.mark.parametrize("name", ["plea-aid@.service", "plea-aid-backup.service", "plea-aid-backup.timer"])
def test_systemd_accepts_its_units(name: str, tmp_path: Path) -> None:
    for unit in (one for one in TEXTS if one.startswith("plea-aid")):
        text = TEXTS[unit].replace("/opt/plea-aid/bin/plea-aid", sys.executable)
        (tmp_path / unit.replace("@.", "@8501.")).write_text(text, encoding="utf-8")
    unit_file = tmp_path / name.replace("@.", "@8501.")
    done = subprocess.run(["systemd-analyze", "verify", str(unit_file)], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "plea-aid" in line]
    assert ours == []
    if name.endswith("@.service"):
        judged = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit_file)],
            capture_output=True,
            text=True,
        )
        assert judged.returncode == 0, judged.stdout[-400:]
