"""The commands on the office's database."""

from __future__ import annotations

import typer

from plea_aid.commands.command import database, one_line_faults


def verify() -> None:
    """Check the audit trail and every frozen version for an altered byte; exit 2 and say where if there is one."""
    with one_line_faults("verify"), database() as db:
        from plea_aid.casework.audit import verify_chain

        result = verify_chain(db)
        for fault in result.faults:
            typer.echo(f"{fault.place}: {fault.what}", err=True)
        if not result.ok:
            raise typer.Exit(2)
        typer.echo(f"{result.events} events and {result.sealed_rows} sealed rows: nothing was altered.")
