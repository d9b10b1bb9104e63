"""The command that measures this installation."""

from __future__ import annotations

from typing import Annotated

import typer

from plea_aid.commands.command import AsJson, one_line_faults, print_json


def bench(
    subject: Annotated[
        list[str] | None, typer.Argument(help="What to measure; everything when nothing is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure this installation: every figure a ratio to a named baseline of the same run."""
    with one_line_faults("bench"):
        from plea_aid.bench.table import markdown, measured

        rows = list(measured(subject or ()))
        if as_json:
            print_json([r.as_json() for r in rows])
        else:
            typer.echo(markdown(rows))
        if any(r.same is False for r in rows):
            raise ValueError("two ways of computing the same thing differ; see the rows marked NO")
