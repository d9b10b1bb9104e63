"""The command that measures this installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plea_aid.commands.command import AsJson, one_line_faults, print_json, read_text


def bench(
    subject: Annotated[
        list[str] | None, typer.Argument(help="What to measure; everything when nothing is named.")
    ] = None,
    as_json: AsJson = False,
    full: Annotated[bool, typer.Option(help="Fill the large store with a million cases.")] = False,
    server: Annotated[str | None, typer.Option(help="A PostgreSQL server on which databases may be made.")] = None,
    into: Annotated[Path | None, typer.Option(help="A document whose generated part to bring up to date.")] = None,
) -> None:
    """Measure this installation: every figure a ratio to a named baseline of the same run."""
    with one_line_faults("bench"):
        from plea_aid.bench.row import Row, Run
        from plea_aid.bench.table import chosen, markdown, measured
        from plea_aid.law.words import with_generated

        document = read_text(str(into)) if into else ""
        if into:
            if subject:
                raise ValueError("a document gets the whole table; leave the subjects out")
            with_generated(document, "bench", "")
        rows: list[Row] = []
        for name in chosen(subject or ()):
            typer.echo(f"measuring: {name}", err=True)
            rows += measured([name], Run(full, server))
        if as_json:
            print_json([r.as_json() for r in rows])
        elif into:
            into.write_text(with_generated(document, "bench", markdown(rows)), encoding="utf-8", newline="\n")
            typer.echo(f"Brought {into} up to date.")
        else:
            typer.echo(markdown(rows))
        if any(r.same is False for r in rows):
            raise ValueError("two ways of computing the same thing differ; see the rows marked NO")
