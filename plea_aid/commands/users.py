"""The account commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plea_aid.commands.command import database, group, one_line_faults

if TYPE_CHECKING:
    from plea_aid.casework.database import Database

users_app = group("Accounts of the people of the office.")


@users_app.command("list")
def users_list() -> None:
    """List the accounts: user name, role, whether active."""
    with one_line_faults("users"), database() as db:
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
    email: Annotated[
        str, typer.Option(help="The address at the office's sign-in provider; then there is no code.")
    ] = "",
) -> None:
    """Add an account and print the one-time code its owner sets a password with."""
    with one_line_faults("users"), database() as db:
        from plea_aid.casework import accounts

        new = {"user_name": user_name, "display_name": display_name, "role": role, "email": email}
        user, code = accounts.add_user(db, accounts.server_actor(), new)
        if code is None:
            typer.echo(f"{user.user_name} ({user.role}) may sign in through the office's provider as {user.email}")
        else:
            typer.echo(f"{user.user_name} ({user.role}) may sign up with this one-time code: {code}")


@users_app.command("code")
def users_code(user_name: Annotated[str, typer.Argument(help="The account that lost its password.")]) -> None:
    """Issue a new one-time code for an account and end its sessions."""
    with one_line_faults("users"), database() as db:
        from plea_aid.casework import accounts

        code = accounts.issue_code(db, accounts.server_actor(), _account_id(db, user_name))
        typer.echo(f"One-time code for {user_name}: {code}")


@users_app.command("email")
def users_email(
    user_name: Annotated[str, typer.Argument(help="The account.")],
    email: Annotated[str, typer.Argument(help="The address at the office's sign-in provider; '' unties the account.")],
) -> None:
    """Name the address under which the office's sign-in provider knows the holder of an account."""
    with one_line_faults("users"), database() as db:
        from plea_aid.casework import accounts, identity

        identity.set_email(db, accounts.server_actor(), _account_id(db, user_name), email)
        typer.echo(f"{user_name}: {f'signs in as {email}' if email else 'is tied to no address any more'}")


def _account_id(db: Database, user_name: str) -> str:
    from plea_aid.casework import accounts

    found = [u for u in accounts.list_users(db, accounts.server_actor()) if u.user_name == user_name]
    if not found:
        raise LookupError(f"there is no account '{user_name}'; plea-aid users list shows them")
    return found[0].id
