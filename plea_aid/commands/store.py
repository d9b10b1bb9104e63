"""The commands that take the office's data out and put it back: backup, restore, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plea_aid.analysis.signs import as_said
from plea_aid.commands.command import database, one_line_faults

if TYPE_CHECKING:
    from plea_aid.casework.keyring import MasterKeys


def backup(
    output: Annotated[Path, typer.Option("--output", "-o", help="The backup to write; a file that is there stays.")],
) -> None:
    """Back the whole database up while it is in use, and read the file back before saying so."""
    with one_line_faults(str(output)), database() as db:
        from plea_aid.casework.accounts import server_actor
        from plea_aid.casework.backups import make_backup

        keys = _keys()
        made = make_backup(db, server_actor(), output, keys)
        typer.echo(f"Wrote {as_said(str(made.file))}: {made.rows:,} rows, read back and whole. SHA-256 {made.sha256}")
        typer.echo(f"It opens only with master key {keys.first.fingerprint} from {keys.origin}, which is not in it.")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup that plea-aid backup wrote, of either kind of database.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of a database with work in it, which is kept aside.")
    ] = False,
    accept_altered: Annotated[
        bool, typer.Option("--accept-altered", help="Restore although the audit trail in it does not verify.")
    ] = False,
) -> None:
    """Put a backup in the place of the office's database, once all of it was read and verified."""
    with one_line_faults(str(file)):
        from plea_aid.casework.accounts import server_actor
        from plea_aid.casework.errors import CaseworkError
        from plea_aid.casework.keyring import keys_at_hand
        from plea_aid.casework.restoring import restore_backup
        from plea_aid.settings import settings

        try:
            done = restore_backup(
                settings().database_url,
                server_actor(),
                file,
                keys_at_hand(),
                replace=replace,
                accept_altered=accept_altered,
            )
        except CaseworkError as fault:
            raise ValueError(str(fault)) from None
        typer.echo(f"Restored {done.rows:,} rows as of {done.header.made_at}; {done.events:,} audit events verified.")
        typer.echo("Everyone signs in anew.")
        if done.kept:
            typer.echo(f"The database that stood there is kept as {done.kept}.")


def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="A new folder, or a new file that ends in .zip.")],
    notes: Annotated[bool, typer.Option(help="Make the PDF note of every submitted version too.")] = True,
) -> None:
    """Write everything of the office in open formats (CSV, JSON, PDF) with a manifest; it is not encrypted."""
    with one_line_faults(str(output)), database() as db:
        from plea_aid.casework.accounts import server_actor
        from plea_aid.casework.exporting import export_office
        from plea_aid.notes.from_record import full_note

        done = export_office(db, server_actor(), output, full_note if notes else None)
        typer.echo(f"Wrote {as_said(str(done.target))}: {done.rows:,} rows in {done.files:,} files.")
        typer.echo(f"Manifest SHA-256 {done.sha256}")
        typer.echo("It is readable by whoever has it: keep it as you keep the case files.")


def _keys() -> MasterKeys:
    """Return the keys at hand; there are some, since the database was opened with one."""
    from plea_aid.casework.keyring import KeyFault, keys_at_hand

    found = keys_at_hand()
    if found is None:
        raise KeyFault("The key file went away meanwhile.")
    return found
