"""The commands on the office's audit trail: verify it, anchor it outside, report from it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from plea_aid.analysis.signs import as_said
from plea_aid.commands.command import database, one_line_faults, write_file


def verify(
    anchor: Annotated[
        list[Path] | None, typer.Option(help="A file that plea-aid anchor wrote; may be given again.")
    ] = None,
    public_key: Annotated[
        str, typer.Option(help="The public key of the anchors; that of this machine's own key unless given.")
    ] = "",
) -> None:
    """Check the audit trail and every frozen version for an altered byte; exit 2 and say where if there is one."""
    with one_line_faults("verify"), database() as db:
        from plea_aid.casework.accounts import server_actor
        from plea_aid.casework.anchors import kept_by, read_anchor
        from plea_aid.casework.audit import verify_chain
        from plea_aid.casework.errors import Unavailable
        from plea_aid.casework.trail import record_verification

        public_key = public_key or (_own_public_key() if anchor else "")
        anchors = [read_anchor(file.read_bytes(), public_key) for file in anchor or ()]
        result = verify_chain(db, known=kept_by(anchors))
        for fault in result.faults:
            typer.echo(f"{fault.place}: {fault.what}", err=True)
        if not result.ok:
            raise typer.Exit(2)
        typer.echo(f"{result.events} events and {result.sealed_rows} sealed rows: nothing was altered.")
        if result.disposed:
            typer.echo(f"{result.disposed} sealed rows are gone by certificate of disposal, and no others.")
        try:
            record_verification(db, server_actor(), events=result.events, sealed_rows=result.sealed_rows)
        except Unavailable:
            typer.echo("Nothing can be written to this store, so that it was verified is not recorded in it.")
        for one in anchors:
            typer.echo(f"Events up to {one.last} are those that were anchored on {one.made_at}.")


def anchor(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; a file that is there stays.")],
) -> None:
    """Sign the end of the audit trail into a file to be kept elsewhere, so that a rewritten past is found."""
    with one_line_faults(str(output)), database() as db:
        from plea_aid.casework.accounts import server_actor
        from plea_aid.casework.anchors import make_anchor, public_text, signing_key
        from plea_aid.settings import settings

        key = signing_key(settings().anchor_key_file)
        made = make_anchor(db, server_actor(), key, output)
        typer.echo(f"Wrote {as_said(str(output))}: events {made.after + 1} to {made.last}.")
        typer.echo("Keep it away from this machine.")
        typer.echo(f"Its public key, to be kept with it: {public_text(key)}")


def report(
    since: Annotated[str, typer.Option(help="The first day, as 2026-11-01; a month ago unless given.")] = "",
    until: Annotated[str, typer.Option(help="The last day; today unless given.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A CSV of every event to write.")] = None,
) -> None:
    """Report from the audit trail who read, changed, took out or was refused what (MCA 44-5-403)."""
    with one_line_faults("report"), database() as db:
        from datetime import timedelta

        from plea_aid.casework.accounts import server_actor
        from plea_aid.casework.audit_report import SORTS, audit_report

        last = _day(until) or date.today()
        made = audit_report(db, server_actor(), _day(since) or last - timedelta(days=30), last)
        typer.echo(f"{made.since} to {made.until}: {made.events:,} events")
        typer.echo("\t".join(("operator", "role", *SORTS)))
        for (name, role), counted in sorted(made.counts.items()):
            typer.echo("\t".join((name, role or "-", *(str(counted[sort]) for sort in SORTS))))
        if output:
            write_file(output, b"\xef\xbb\xbf" + made.table.encode("utf-8", "replace"))
            typer.echo(f"Wrote {as_said(str(output))}.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"'{text}': a day as 2026-11-01 is accepted") from None


def _own_public_key() -> str:
    from plea_aid.casework.anchors import public_text, signing_key
    from plea_aid.settings import settings

    file = settings().anchor_key_file
    if not file.is_file():
        raise ValueError(f"there is no anchor key in {file}; give the public key with --public-key")
    return public_text(signing_key(file))
