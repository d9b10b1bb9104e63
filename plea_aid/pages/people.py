"""Accounts for whoever keeps them, and everyone's own."""

from __future__ import annotations

from functools import partial

import streamlit as st

from plea_aid.casework import accounts, identity
from plea_aid.casework.accounts import UserView
from plea_aid.casework.actors import ROLES, Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.permissions import Action, can
from plea_aid.pages import pressing, saving
from plea_aid.pages.frame import page_link, signed_in
from plea_aid.pages.session import database
from plea_aid.pages.sign_in import PASSWORD_HELP
from plea_aid.pages.wording import address, plain, sentence
from plea_aid.pages.words_used import show_words

ROLE_WORDS = {
    "prosecutor": "Prosecutor: has cases, weighs, decides and submits",
    "supervisor": "Supervising attorney: has cases too, reviews others' work and keeps accounts",
    "paralegal": "Paralegal: enters charges and options, records dates and outcomes",
    "auditor": "Auditor: reads everything, changes nothing",
    "administrator": "Administrator: keeps accounts, sees no case",
}


def draw_accounts() -> None:
    """Draw the page of accounts."""
    db, actor = database(), signed_in()
    st.title("Accounts", anchor=False)
    saving.show_notices()
    users = accounts.list_users(db, actor)
    st.table(
        [
            {
                "Name": plain(u.display_name),
                "User name": plain(u.user_name),
                "Role": sentence(u.role),
                "Signs in by": _way(u),
                "State": _state(u),
            }
            for u in users
        ],
        hide_index=True,
    )
    if can(actor, Action.USER_CHANGE):
        _add(db, actor)
        _change(db, actor, users)
    if can(actor, Action.SESSION_LIST):
        page_link("sessions", "See who is signed in, and end sessions")
    show_words("accounts")


def draw_own() -> None:
    """Draw the page of one's own account."""
    db, actor = database(), signed_in()
    st.title("Your account", anchor=False)
    saving.show_notices()
    st.markdown(f"{plain(actor.display_name)}, user name {plain(actor.user_name)}. {ROLE_WORDS[actor.role]}.")
    with st.container(horizontal=True):
        page_link("sessions", "Where you are signed in")
        page_link("may", "What you may do, and why")
    own = accounts.own_account(db, actor)
    st.header("Change your password", anchor=False)
    if not own.has_password:
        st.markdown(
            f"You have no password here: you sign in through the office's provider as {address(own.email)}. Whoever "
            "keeps the accounts can give you a one-time code, with which you choose one."
        )
        return
    with st.form("own-password", width=480):
        old = st.text_input("Present password", type="password", autocomplete="current-password")
        new = st.text_input("New password", type="password", help=PASSWORD_HELP, autocomplete="new-password")
        again = st.text_input("New password once more", type="password", autocomplete="new-password")
        pressed = st.form_submit_button("Change password", type="primary")
    if not pressed:
        return
    if new != again:
        st.error("The two new passwords differ; please type the same one twice.")
        return
    try:
        accounts.change_password(db, actor, old, new)
    except CaseworkError as refusal:
        st.error(str(refusal))
    else:
        st.success("Your password is changed. Your other sessions have ended.")


def _state(user: UserView) -> str:
    if not user.active:
        return "Closed"
    return "Open" if user.has_password or user.linked else "Waits for the first sign-in"


def _way(user: UserView) -> str:
    ways = ["password"] if user.has_password else []
    if user.email:
        ways.append(f"provider, as {address(user.email)}")
    return " or ".join(ways) or "one-time code"


def _add(db: Database, actor: Actor) -> None:
    st.header("Add a person", anchor=False)
    with st.form("add-user", width=640):
        name = st.text_input("Name", key="people/name", help="As it stands under a signature.")
        user = st.text_input("User name", key="people/user")
        role = st.selectbox("Role", list(ROLES), format_func=ROLE_WORDS.__getitem__, key="people/role")
        email = st.text_input(
            "E-mail address, if they sign in through the office's provider",
            key="people/email",
            help="As the provider knows it. Left empty, they get a one-time code and choose a password.",
        )
        pressed = st.form_submit_button("Add", type="primary")
    if pressed:
        try:
            wanted = {"user_name": user, "display_name": name, "role": role, "email": email}
            added, code = accounts.add_user(db, actor, wanted)
        except CaseworkError as refusal:
            st.error(str(refusal))
        else:
            _tell_code(added, code)


def _change(db: Database, actor: Actor, users: list[UserView]) -> None:
    others = {u.id: u for u in users if u.id != actor.user_id}
    if not others:
        return
    st.header("Change an account", anchor=False)
    chosen = st.selectbox(
        "Account",
        list(others),
        format_func=lambda i: f"{others[i].display_name} ({others[i].user_name})",
        key="people/of",
    )
    user, roles = others[chosen], [str(role) for role in ROLES]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        role = st.selectbox(
            "Role of this account",
            roles,
            index=roles.index(user.role),
            format_func=ROLE_WORDS.__getitem__,
            key=f"people/role/{chosen}",
        )
        change = partial(accounts.change_user, db, actor, chosen, role=role)
        changed = partial(saving.attempt, change, "The role is changed.")
        pressing.button("Change the role", changed, disabled=role == user.role)
    with st.form(f"people/email/{chosen}", width=640):
        email = st.text_input(
            "E-mail address at the office's sign-in provider",
            value=user.email,
            key=f"people/email-of/{chosen}/{user.email}",
            help="The next sign-in under this address opens the account and ties it for good. Empty it to untie it.",
        )
        if st.form_submit_button("Save the address"):
            saving.attempt(lambda: identity.set_email(db, actor, chosen, email), "The address is saved.")
            st.rerun()
    with st.container(horizontal=True):
        label = "Close the account" if user.active else "Open the account again"
        turn = partial(accounts.change_user, db, actor, chosen, active=not user.active)
        pressing.button(label, partial(saving.attempt, turn, "Done."))
        if st.button("Give a new one-time code", help="Their password is void and their sessions end."):
            try:
                _tell_code(user, accounts.issue_code(db, actor, chosen))
            except CaseworkError as refusal:
                st.error(str(refusal))


def _tell_code(user: UserView, code: str | None) -> None:
    if code is None:
        st.success(f"{plain(user.display_name)} signs in through the office's provider as {address(user.email)}.")
        return
    st.success(
        f"Give {plain(user.display_name)} this one-time code, in person or by telephone: **{plain(code)}**. It is "
        "shown only now. They sign in with it under 'I have a one-time code'."
    )
