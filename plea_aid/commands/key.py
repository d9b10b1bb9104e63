"""The commands on the keys that encrypt the office's data."""

from __future__ import annotations

from typing import Annotated

import typer

from plea_aid.commands.command import bare_database, database, group, one_line_faults

key_app = group("The keys that encrypt the office's data: check, change, bring back.")


@key_app.command("check")
def key_check() -> None:
    """Say which key the database needs, where it comes from, and what should be seen to."""
    with one_line_faults("key"), database() as db:
        from plea_aid.casework.key_care import key_state

        state = key_state(db)
        typer.echo(f"The database opens with master key {state.fingerprint} from {state.origin}.")
        typer.echo(f"Data keys: {state.data_keys}, the newest made {state.newest:%Y-%m-%d}.")
        for remark in state.remarks:
            typer.echo(remark)


@key_app.command("code")
def key_code() -> None:
    """Print the recovery code of the master key, to be kept on paper away from this machine."""
    with one_line_faults("key"), database() as db:
        from plea_aid.casework.accounts import server_actor
        from plea_aid.casework.key_care import recovery_code

        typer.echo(recovery_code(db, server_actor()))


@key_app.command("rotate")
def key_rotate(
    master: Annotated[bool, typer.Option("--master", help="Change the master key too; its code changes.")] = False,
) -> None:
    """Make a new data key for what is saved from now on; with --master, wrap all data keys with a new master key."""
    with one_line_faults("key"), database() as db:
        from plea_aid.casework.accounts import server_actor
        from plea_aid.casework.key_care import rotate_data_key, rotate_master_key

        number = rotate_data_key(db, server_actor())
        typer.echo(f"Data key {number} is in use; what is stored stays readable with its own key.")
        if master:
            key = rotate_master_key(db, server_actor())
            typer.echo(
                f"Master key {key.fingerprint} is in use. Copy its file to safe keeping again. Its recovery code:"
            )
            typer.echo(key.recovery_code())


@key_app.command("recover")
def key_recover(
    code: Annotated[str, typer.Argument(help="The recovery code; asked for when it is left out.")] = "",
) -> None:
    """Write the key file again from its recovery code."""
    with one_line_faults("key"), bare_database() as db:
        from plea_aid.casework.key_care import recover_key
        from plea_aid.settings import settings

        key = recover_key(code or typer.prompt("Recovery code"), db)
        typer.echo(f"Key {key.fingerprint} is in {settings().key_file} again.")


@key_app.command("new")
def key_new() -> None:
    """Print a new master key, for a place that hands keys over as variables; it is stored nowhere."""
    from plea_aid.casework.keyring import new_master_key

    typer.echo(new_master_key().as_text())
