"""Runs what a document shows: its commands in order, its changes of files, and what each command prints.

A document is worked through from top to bottom in one fresh folder with a copy of `data/` and a database of its own:

- a `console` block: after `$` a command, below it what it prints; `...` stands for anything, and lines may be left out
  between those shown. `$ echo $?` shows the exit code of the command before; without it the command succeeds.
- a `diff` block: a change of the file that it names; a block that only adds, adds at the end.
- a `toml` block below `<!-- file: NAME -->`: the whole of that file.
- `<!-- office: example cases -->`: from here on the database holds the example cases, as a prosecutor's.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PIECE = re.compile(
    r"^<!-- (?P<mark>file|office): (?P<said>[^\n]*) -->$|^```(?P<kind>console|diff|toml)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
OTHER_SETTINGS = ("PATH", "SYSTEMROOT", "HOME", "USERPROFILE", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP", "LANG")


@dataclass(frozen=True)
class Shown:
    """One command of a document and what stands below it."""

    command: str
    prints: tuple[str, ...]
    code: int


def shown_commands(block: str) -> Iterator[Shown]:
    """Yield the commands of a console block."""
    steps: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        elif line.strip():
            assert steps, f"output before any command: {line}"
            steps[-1][1].append(line)
    for place, (command, prints) in enumerate(steps):
        if command != "echo $?":
            asked = steps[place + 1][0] == "echo $?" if place + 1 < len(steps) else False
            yield Shown(command, tuple(prints), int(steps[place + 1][1][0]) if asked else 0)


class Session:
    """A folder, a database and the settings in which one document is worked through."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        shutil.copytree(data, folder / "data")
        (folder / "notes.txt").write_text("The defendant paid restitution.\n", encoding="utf-8")
        kept = {name: os.environ[name] for name in OTHER_SETTINGS if name in os.environ}
        self.settings = {
            **kept,
            "PLEA_AID_HOME": str(folder / "home"),
            "PLEA_AID_PORT": str(_free_port()),
            "COLUMNS": "120",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONPATH": str(data.parent),
        }

    def work_through(self, text: str) -> int:
        """Do everything that ``text`` shows; return how many commands ran."""
        ran, file = 0, ""
        for piece in PIECE.finditer(text):
            kind, body = piece["kind"], piece["body"] or ""
            if piece["mark"] == "office":
                self._fill_office()
            elif piece["mark"] == "file":
                file = piece["said"]
                continue
            elif kind == "toml" and file:
                (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / file).write_text(body, encoding="utf-8")
            elif kind == "diff":
                apply_change(self.folder, body)
            elif kind == "console":
                for shown in shown_commands(body):
                    ran += self.run(shown)
            file = ""
        return ran

    def _fill_office(self) -> None:
        script = str(Path(__file__).with_name("example_office.py"))
        subprocess.run([sys.executable, script], cwd=self.folder, env=self.settings, check=True, timeout=120)

    def run(self, shown: Shown) -> int:
        """Run one command and hold what it prints against what the document shows; 0 when it is none of ours."""
        words = shlex.split(shown.command)
        settings = dict(self.settings)
        while words and re.match(r"PLEA_AID_[A-Z_]+=", words[0]):
            name, _, value = words.pop(0).partition("=")
            settings[name] = value
        if words[:2] == ["cp", "-r"]:
            shutil.copytree(self.folder / words[2], self.folder / words[3])
            return 1
        if words[0] != "plea-aid":
            return 0
        command = [sys.executable, "-m", "plea_aid", *words[1:]]
        if words == ["plea-aid"]:
            said, code = self._started(command, settings, shown.prints), shown.code
        else:
            done = subprocess.run(
                command, cwd=self.folder, env=settings, capture_output=True, encoding="utf-8", timeout=180
            )
            said, code = done.stdout + done.stderr, done.returncode
        assert code == shown.code, f"$ {shown.command}\n{said}"
        missing = first_missing(shown.prints, said)
        assert missing is None, f"$ {shown.command}\ndoes not print: {missing}\nbut:\n{said}"
        return 1

    def _started(self, command: list[str], settings: dict[str, str], prints: tuple[str, ...]) -> str:
        """Start the program, wait until it said what is shown or ends, stop it, and return what it said."""
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        ) as running:
            assert running.stdout
            guard = threading.Timer(120, running.kill)
            guard.start()
            said = ""
            try:
                for line in running.stdout:
                    said += line
                    if first_missing(prints, said) is None:
                        break
            finally:
                guard.cancel()
                running.kill()
            return said


def first_missing(prints: tuple[str, ...], said: str) -> str | None:
    """Return the first line shown that does not stand, in order, in what was said; spaces and frames aside."""
    rest = _plain(said)
    for line in prints:
        pattern = ".*?".join(re.escape(part) for part in _plain(line).split("..."))
        found = re.search(pattern, rest)
        if found is None:
            return line
        rest = rest[found.end() :]
    return None


def apply_change(folder: Path, body: str) -> None:
    """Make the change that a diff block shows."""
    first, *lines = body.splitlines()
    assert first.startswith("+++ "), f"a change begins with the file that it changes: {first}"
    file = folder / first[4:]
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] in ("", " ", "-"))
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] in ("", " ", "+"))
    text = file.read_text(encoding="utf-8")
    if before:
        assert text.count(before) == 1, f"{file.name} has this {text.count(before)} times:\n{before}"
        text = text.replace(before, after)
    else:
        text += after
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.write(text)


def _plain(text: str) -> str:
    return re.sub(r"[\s\u2500-\u257f]+", " ", text).strip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
