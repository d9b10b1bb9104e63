"""What a newcomer has: a clone of the repository, and the README's first command given in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.conftest import Server, running

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = str(ROOT / "tests" / "offline")


@contextmanager
def started_by_the_readme(folder: Path) -> Iterator[Server]:
    """Clone the repository into ``folder`` and start the program there as the README says, with nothing fetched.

    ``uv run`` installs from what it has at hand since it installed the tests; where it is not there, or has not all of
    it, this Python runs the clone.
    """
    clone, home = folder / "clone", folder / "home"
    home.mkdir()
    _clone(clone)
    command = re.search(r"^\$ pip install uv && uv run (plea-aid)$", (clone / "README.md").read_text("utf-8"), re.M)
    assert command, "the README shows no first command"
    start, settings = _by_uv(clone) or _by_this_python(clone)
    with running(home, start=start, at=clone, **settings) as server:
        yield server


def _by_uv(clone: Path) -> tuple[tuple[str, ...], dict[str, str]] | None:
    uv = os.environ.get("UV") or shutil.which("uv")
    # The environment that these tests run in stays as it is.
    settings = {name: str(clone / ".venv") for name in ("UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV")}
    run = (str(uv), "run", "--offline", "--no-dev")  # what only the tests need would double the work
    if uv and _runs_it((*run, "python"), clone, settings):
        return (*run, "plea-aid"), settings
    shutil.rmtree(clone / ".venv", ignore_errors=True)  # half of one
    return None


def _by_this_python(clone: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    settings = {"PYTHONPATH": os.pathsep.join((str(clone), OFFLINE))}
    assert _runs_it((sys.executable,), clone, settings)
    return (sys.executable, "-m", "plea_aid"), settings


def _runs_it(python: tuple[str, ...], clone: Path, settings: dict[str, str]) -> bool:
    """Say whether ``python`` finds the program; what it finds is the clone."""
    said = subprocess.run(
        (*python, "-c", "import plea_aid; print(plea_aid.__file__)"),
        cwd=clone,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )
    assert said.returncode or Path(said.stdout.strip()).resolve().is_relative_to(clone.resolve()), said.stdout
    return said.returncode == 0


def _clone(to: Path) -> None:
    """Clone the repository; what is not committed yet is laid over it. Without one, copy the folder."""
    if not (ROOT / ".git").exists():
        shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(".venv", "__pycache__", ".*_cache"))
        return
    trust = to.with_suffix(".gitconfig")
    trust.write_text("[safe]\n\tdirectory = *\n")  # whoever checked it out
    settings = {**os.environ, "GIT_CONFIG_GLOBAL": str(trust)}
    subprocess.run(("git", "clone", "--quiet", str(ROOT), str(to)), env=settings, check=True)
    listed = ("git", "-C", str(ROOT), "ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard")
    names = subprocess.run(listed, env=settings, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        there, here = ROOT / name, to / name
        if there.is_file():
            here.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(there, here)
        else:
            here.unlink(missing_ok=True)
