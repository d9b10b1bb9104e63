"""What every command shares: reading its input, printing its answer, and one clear line for each fault."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plea_aid.analysis.signs import as_said

if TYPE_CHECKING:
    from plea_aid.analysis.case import Case
    from plea_aid.casework.database import Database
    from plea_aid.law.catalogue import Law

CaseFile = Annotated[str, typer.Argument(help="A case file (TOML or JSON), or - for JSON on standard input.")]
MOST_FAULTS = 20
"""Faults of one file that are told; of more, how many there are."""
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def group(purpose: str) -> typer.Typer:
    """Return an empty group of commands, shown with its ``purpose`` when called without one."""
    return typer.Typer(help=purpose, no_args_is_help=True, rich_markup_mode=None)


@contextmanager
def database() -> Iterator[Database]:
    """Open the office's database; what it refuses becomes a ValueError."""
    from plea_aid.casework.keyring import first_words
    from plea_aid.casework.migrate import open_database

    with _plain_refusals(), closing(open_database()) as db:
        for line in first_words(db.first_keys, show_code=sys.stderr.isatty()):
            typer.echo(line, err=True)
        yield db


@contextmanager
def bare_database() -> Iterator[Database]:
    """Reach the office's database without opening what is encrypted in it."""
    from plea_aid.casework.database import Database
    from plea_aid.settings import settings

    with _plain_refusals(), closing(Database(settings().database_url)) as db:
        yield db


@contextmanager
def _plain_refusals() -> Iterator[None]:
    from plea_aid.casework.errors import CaseworkError

    try:
        yield
    except CaseworkError as fault:
        raise ValueError(str(fault)) from None


def current_law() -> Law:
    """Load the law data of this installation."""
    from plea_aid.law.load import load_law

    return load_law()


def read_case(name: str) -> Case:
    """Return the case of a file, or of JSON on standard input for '-'; raise ValueError with what is wrong where."""
    from plea_aid.analysis.casefile import parse_case

    text = read_text(name)
    return parse_case(text, "json" if name == "-" or name.lower().endswith(".json") else "toml")


def read_text(name: str) -> str:
    """Return the text of a file, or of standard input for '-'; raise ValueError with what was wrong."""
    try:
        if name == "-":
            return sys.stdin.buffer.read().decode("utf-8")
        return Path(name).read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("not readable as text: UTF-8 is accepted") from None


def text_lines(text: str) -> list[str]:
    """Return the lines of ``text``: a line ends with a newline and nothing else, as a text editor counts them."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def write_file(path: Path, content: bytes) -> None:
    """Write a file; raise OSError when it cannot be."""
    path.write_bytes(content)


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def one_line_faults(place: str) -> Iterator[None]:
    """Turn bad input into one line for each fault on stderr and exit code 2."""
    try:
        yield
    except ValueError as fault:
        _say_faults(place, getattr(fault, "problems", None) or str(fault).splitlines())
        raise typer.Exit(2) from None
    except RecursionError:
        _say_faults(place, ["nested too deeply to be read"])
        raise typer.Exit(2) from None
    except LookupError as fault:
        _say_faults(place, [str(fault.args[0] if fault.args else fault)])
        raise typer.Exit(2) from None
    except OSError as fault:
        _say_faults(place, [f"{fault.filename or place}: {fault.strerror or fault}"])
        raise typer.Exit(2) from None


def _say_faults(place: str, faults: Sequence[str]) -> None:
    for line in faults[:MOST_FAULTS]:
        typer.echo(f"{as_said(place)}: {as_said(line)}", err=True)
    if len(faults) > MOST_FAULTS:
        typer.echo(f"{as_said(place)}: and {len(faults) - MOST_FAULTS:,} more", err=True)
