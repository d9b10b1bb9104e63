"""The commands that give the office's figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plea_aid.analysis.signs import as_said
from plea_aid.commands.command import database, group, one_line_faults, read_text, write_file

office_app = group("The office's figures for a reviewer outside.")


@office_app.command("export")
def office_export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The CSV file to write.")],
) -> None:
    """Write one row for each decided case, with no name, number, day or text, so that no row stands out."""
    with one_line_faults(str(output)), database() as db:
        from plea_aid.casework import accounts, outside

        found = outside.for_reviewer(db, accounts.server_actor())
        write_file(output, found.content)
        typer.echo(f"Wrote {as_said(str(output))}. {found.said}")


@office_app.command("columns")
def office_columns(
    into: Annotated[Path | None, typer.Option(help="A document whose generated part to bring up to date.")] = None,
) -> None:
    """Print what every column of that file means, and the values it can have."""
    with one_line_faults(str(into or "office columns")):
        from plea_aid.casework.outside import columns_markdown
        from plea_aid.law.words import with_generated

        if into is None:
            typer.echo(columns_markdown())
            return
        text = with_generated(read_text(str(into)), "office columns", columns_markdown())
        into.write_text(text, encoding="utf-8", newline="\n")
        typer.echo(f"Brought {into} up to date.")
