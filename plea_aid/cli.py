"""The command line: the same jobs without a browser.

Exit codes: 0 done; 2 bad input, one line for each fault on stderr. A traceback never reaches a user.
"""

from __future__ import annotations

import sys

import typer

from plea_aid.analysis.signs import as_said
from plea_aid.commands import bench, case, charges, docket, serving, store, trail
from plea_aid.commands.key import key_app
from plea_aid.commands.law import law_app
from plea_aid.commands.office import office_app
from plea_aid.commands.users import users_app

app = typer.Typer(
    name="plea-aid",
    help="Likely immigration consequences of plea options, with reasons, as one factor among the others.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for job in (
    serving.serve,
    bench.bench,
    case.assess,
    case.options,
    case.note,
    case.guard,
    charges.charges,
    docket.screen,
    trail.verify,
    trail.anchor,
    trail.report,
    store.backup,
    store.restore,
    store.export,
):
    app.command()(job)
app.add_typer(law_app, name="law")
app.add_typer(office_app, name="office")
app.add_typer(users_app, name="users")
app.add_typer(key_app, name="key")


def main() -> None:
    """Run the command line; the last guard against a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as fault:  # a user gets one line, whatever went wrong
        typer.echo(f"plea-aid: something went wrong: {type(fault).__name__}: {as_said(str(fault))}", err=True)
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        serving.serve()
