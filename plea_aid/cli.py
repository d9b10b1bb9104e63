"""The command line: the same jobs without a browser.

Exit codes: 0 done; 2 bad input, one line for each fault on stderr. A traceback never reaches a user.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from plea_aid.analysis.case import Case
    from plea_aid.casework.database import Database
    from plea_aid.law.catalogue import Law

app = typer.Typer(
    name="plea-aid",
    help="Likely immigration consequences of plea options, with reasons, as one factor among the others.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
law_app = typer.Typer(help="Look up, validate and compare the law data.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(law_app, name="law")

users_app = typer.Typer(help="Accounts of the people of the office.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(users_app, name="users")

CaseFile = Annotated[str, typer.Argument(help="A case file (TOML or JSON), or - for JSON on standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def main() -> None:
    """Run the command line; the last guard against a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as fault:  # a user gets one line, whatever went wrong
        typer.echo(f"plea-aid: something went wrong: {type(fault).__name__}: {fault}", err=True)
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Port on this machine (default 8501, or PLEA_AID_PORT).")] = None,
) -> None:
    """Start the web app on this machine only and print its address."""
    from plea_aid.server import run_server

    with _one_line_faults("serve"):
        sys.exit(run_server(port))


@app.command()
def assess(case: CaseFile, as_json: AsJson = False) -> None:
    """Analyse a case file: every option, every ground, every posture."""
    with _one_line_faults(case):
        law = _law()
        result = _assess(_read_case(case), law)
        if as_json:
            _print_json(result.as_json())
            return
        from rich.console import Console

        from plea_aid.law.policy import policy_sentence
        from plea_aid.terminal import print_assessment

        print_assessment(Console(), result, law, policy_sentence(law, result.as_of))


@app.command()
def options(case: CaseFile, as_json: AsJson = False) -> None:
    """Suggest plea options: the smallest changes that avoid a ground, and the whole frontier."""
    with _one_line_faults(case):
        from plea_aid.planning.plan import plan

        law = _law()
        planned = plan(_read_case(case), law)
        if as_json:
            _print_json(planned.as_json())
            return
        from rich.console import Console

        from plea_aid.terminal_plan import print_plan

        print_plan(Console(), planned, law)


@app.command()
def note(
    case: CaseFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="The PDF to write.")],
    profile: Annotated[str, typer.Option(help="internal, supervisor or comparison.")] = "internal",
) -> None:
    """Write the PDF case note of a case file, without the database."""
    with _one_line_faults(case):
        from plea_aid.notes.from_case import note_of_case

        law = _law()
        parsed = _read_case(case)
        content = note_of_case(parsed, _assess(parsed, law), law, profile)
        _write(output, content)
        typer.echo(f"Wrote {output} ({len(content):,} bytes).")


@app.command()
def guard(
    file: Annotated[str, typer.Argument(help="Text to scan, one entry a line; - for standard input.")] = "-",
    as_json: AsJson = False,
) -> None:
    """Scan text for information that Section 2 of the resolution protects."""
    with _one_line_faults(file):
        from plea_aid.privacy.guard import load_guard

        scanned = load_guard().scan_lines(_text_lines(_read_text(file)))
        if as_json:
            _print_json(scanned)
            return
        for line in scanned["lines"]:
            for hit in line["hits"]:
                typer.echo(f"line {line['line']}, {hit['start']}-{hit['end']}: {hit['kind']}: {hit['text']}")
        if not any(line["hits"] for line in scanned["lines"]):
            typer.echo("Nothing found.")


@law_app.command("show")
def law_show(
    cite: Annotated[str, typer.Argument(help="A citation, a catalogue id, or the id of a ground or authority.")],
    as_json: AsJson = False,
) -> None:
    """Show an offense, a ground or an authority with its sources."""
    with _one_line_faults(cite):
        from plea_aid.lookup import print_lookup, show

        law = _law()
        found = show(law, cite)
        if as_json:
            _print_json(found)
        else:
            print_lookup(law, cite)


@law_app.command("check")
def law_check() -> None:
    """Validate every law file: schema, references, dates, authorities."""
    with _one_line_faults("law"):
        from plea_aid.law.check import check_law

        law = _law()
        problems, remarks = check_law(law)
        for line in problems:
            typer.echo(line, err=True)
        if problems:
            raise typer.Exit(2)
        for line in remarks:
            typer.echo(line)
        typer.echo(f"Law {law.version}: no fault.")


@law_app.command("draft")
def law_draft(
    file: Annotated[str, typer.Argument(help="An offense as elements and penalties (TOML), or - for standard input.")],
    as_json: AsJson = False,
) -> None:
    """Draft the classification of a statute from its elements and penalties alone."""
    with _one_line_faults(file):
        from plea_aid.analysis.draft import draft_json, parse_draft

        law, day = _law(), date.today()
        offense = parse_draft(_read_text(file), law, day)
        drafted = draft_json(offense, law, day)
        if as_json:
            _print_json(drafted)
            return
        from rich.console import Console

        from plea_aid.terminal import print_draft

        print_draft(Console(), offense, law, drafted)


@law_app.command("evaluate")
def law_evaluate(
    file: Annotated[str, typer.Argument(help="A table of published outcomes (TOML, [[entry]]).")],
    as_json: AsJson = False,
) -> None:
    """Run a table of holdings or examples and print the agreement by family."""
    with _one_line_faults(file):
        from plea_aid.analysis.evaluate import evaluate, parse_entries

        result = evaluate(parse_entries(_read_text(file)), _law(), date.today())
        if as_json:
            _print_json(result.as_json())
            return
        from rich.console import Console

        from plea_aid.terminal import print_agreement

        print_agreement(Console(), result)


@law_app.command("diff")
def law_diff(
    old: Annotated[Path, typer.Argument(help="The folder of the older law data.")],
    new: Annotated[Path, typer.Argument(help="The folder of the newer law data.")],
    as_json: AsJson = False,
) -> None:
    """Show, word by word, how two versions of the law differ, and which offenses' conclusions change."""
    with _one_line_faults("law diff"):
        from plea_aid.analysis.comparison import compare_laws
        from plea_aid.law.load import read_law

        changes = compare_laws(read_law(old), read_law(new), date.today())
        if as_json:
            _print_json(changes.as_json())
            return
        from rich.console import Console

        from plea_aid.terminal import print_changes

        print_changes(Console(), changes)


@law_app.command("chart")
def law_chart(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: .pdf, .csv or .json.")],
) -> None:
    """Write the chart of the whole catalogue as of today: every offense against every kind of consequence."""
    with _one_line_faults(str(output)):
        from plea_aid.notes.chart_files import chart_file

        content = chart_file(_law(), date.today(), output.suffix)
        _write(output, content)
        typer.echo(f"Wrote {output} ({len(content):,} bytes).")


@law_app.command("words")
def law_words(
    as_json: AsJson = False,
    into: Annotated[Path | None, typer.Option(help="A document whose generated part to bring up to date.")] = None,
) -> None:
    """Print the element vocabulary: the words that offenses and doctrine rules are written with."""
    with _one_line_faults(str(into or "law words")):
        from plea_aid.law.words import words_json, words_markdown

        law = _law()
        if as_json:
            _print_json(words_json(law))
            return
        _print_or_put(words_markdown(law), "law words", into)


@law_app.command("coverage")
def law_coverage(
    as_json: AsJson = False,
    into: Annotated[Path | None, typer.Option(help="A document whose generated part to bring up to date.")] = None,
) -> None:
    """Count what the law data covers, and list the grounds that no offense of the catalogue can reach."""
    with _one_line_faults(str(into or "law coverage")):
        from plea_aid.analysis.coverage import coverage, coverage_markdown, unreachable_markdown

        counts = coverage(_law())
        if as_json:
            _print_json(counts)
            return
        _print_or_put(coverage_markdown(counts), "law coverage", into)
        if into is None:
            typer.echo(f"\n{unreachable_markdown(counts)}")


def _print_or_put(content: str, command: str, into: Path | None) -> None:
    """Print generated Markdown, or put it between its marks in a document."""
    if into is None:
        typer.echo(content)
        return
    from plea_aid.law.words import with_generated

    into.write_text(with_generated(_read_text(str(into)), command, content), encoding="utf-8", newline="\n")
    typer.echo(f"Brought {into} up to date.")


@users_app.command("list")
def users_list() -> None:
    """List the accounts: user name, role, whether active."""
    with _one_line_faults("users"), _database() as db:
        from plea_aid.casework import accounts

        for user in accounts.list_users(db, accounts.server_actor()):
            state = "active" if user.active else "inactive"
            typer.echo(f"{user.user_name}\t{user.display_name}\t{user.role}\t{state}")


@users_app.command("add")
def users_add(
    user_name: Annotated[str, typer.Argument(help="The name the person signs in with.")],
    display_name: Annotated[str, typer.Argument(help="The name colleagues see.")],
    role: Annotated[
        str, typer.Option(help="prosecutor, supervisor, paralegal, auditor or administrator.")
    ] = "prosecutor",
) -> None:
    """Add an account and print the one-time code its owner sets a password with."""
    with _one_line_faults("users"), _database() as db:
        from plea_aid.casework import accounts

        new = {"user_name": user_name, "display_name": display_name, "role": role}
        user, code = accounts.add_user(db, accounts.server_actor(), new)
        typer.echo(f"{user.user_name} ({user.role}) may sign up with this one-time code: {code}")


@users_app.command("code")
def users_code(user_name: Annotated[str, typer.Argument(help="The account that lost its password.")]) -> None:
    """Issue a new one-time code for an account and end its sessions."""
    with _one_line_faults("users"), _database() as db:
        from plea_aid.casework import accounts

        actor = accounts.server_actor()
        found = [u for u in accounts.list_users(db, actor) if u.user_name == user_name]
        if not found:
            raise LookupError(f"there is no account '{user_name}'; plea-aid users list shows them")
        typer.echo(f"One-time code for {user_name}: {accounts.issue_code(db, actor, found[0].id)}")


@app.command()
def verify() -> None:
    """Check the audit trail and every frozen version for an altered byte; exit 2 and say where if there is one."""
    with _one_line_faults("verify"), _database() as db:
        from plea_aid.casework.audit import verify_chain

        result = verify_chain(db)
        for fault in result.faults:
            typer.echo(f"{fault.place}: {fault.what}", err=True)
        if not result.ok:
            raise typer.Exit(2)
        typer.echo(f"{result.events} events and {result.sealed_rows} sealed rows: nothing was altered.")


@contextmanager
def _database() -> Iterator[Database]:
    from plea_aid.casework.errors import CaseworkError
    from plea_aid.casework.migrate import open_database

    db = open_database()
    try:
        yield db
    except CaseworkError as fault:
        raise ValueError(str(fault)) from None
    finally:
        db.close()


def _assess(case: Case, law: Law) -> Any:
    from plea_aid.analysis.assess import assess as run

    return run(case, law)


def _law() -> Law:
    from plea_aid.law.load import load_law

    return load_law()


def _read_case(name: str) -> Case:
    from plea_aid.analysis.casefile import parse_case

    text = _read_text(name)
    return parse_case(text, "json" if name == "-" or name.lower().endswith(".json") else "toml")


def _read_text(name: str) -> str:
    """Return the text of a file, or of standard input for '-'; raise ValueError with what was wrong."""
    try:
        if name == "-":
            return sys.stdin.buffer.read().decode("utf-8")
        return Path(name).read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("not readable as text: UTF-8 is accepted") from None


def _text_lines(text: str) -> list[str]:
    """Return the lines of ``text``: a line ends with a newline and nothing else, as a text editor counts them."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def _one_line_faults(place: str) -> Iterator[None]:
    """Turn bad input into one line for each fault on stderr and exit code 2."""
    try:
        yield
    except ValueError as fault:
        for line in getattr(fault, "problems", None) or str(fault).splitlines():
            typer.echo(f"{place}: {line}", err=True)
        raise typer.Exit(2) from None
    except LookupError as fault:
        typer.echo(f"{place}: {fault.args[0] if fault.args else fault}", err=True)
        raise typer.Exit(2) from None
    except OSError as fault:
        typer.echo(f"{place}: {fault.filename or place}: {fault.strerror or fault}", err=True)
        raise typer.Exit(2) from None
