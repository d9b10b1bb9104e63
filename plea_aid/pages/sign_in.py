"""Signing in, the very first account, and a one-time code for someone new or locked out."""

from __future__ import annotations

import streamlit as st

from plea_aid.casework import accounts
from plea_aid.casework.errors import CaseworkError
from plea_aid.pages import provider, session
from plea_aid.pages.wording import plain

PASSWORD_HELP = "At least 15 characters. A short sentence is easy to remember and hard to guess."  # noqa: S105


def draw() -> None:
    """Draw what a person sees who is not signed in."""
    with st.container(horizontal_alignment="center"), st.container(width=480):
        if accounts.needs_first_account(session.database()):
            _first_account()
        else:
            _sign_in()


def _first_account() -> None:
    st.title("Set up Plea Aid", anchor=False)
    st.markdown(
        "Nobody has an account yet. The program printed a one-time code in the terminal where it was started; with it "
        "you create the first account, a supervising attorney's, who can do the whole walk and add other people."
    )
    with st.form("first-account"):
        code = st.text_input("One-time code", help="Four groups of letters and digits.", autocomplete="off")
        name = st.text_input("Your name", help="As it stands under a signature.", autocomplete="name")
        user = st.text_input("User name", help="Letters, digits and . _ @ -", autocomplete="username")
        password = st.text_input("Password", type="password", help=PASSWORD_HELP, autocomplete="new-password")
        again = st.text_input("Password once more", type="password", autocomplete="new-password")
        pressed = st.form_submit_button("Create account", type="primary")
    if not pressed:
        return
    if password != again:
        st.error("The two passwords differ; please type the same one twice.")
        return
    try:
        account = {"user_name": user, "display_name": name, "role": "supervisor"}
        accounts.create_first_account(session.database(), code, account, password)
        session.sign_in(user, password)
    except CaseworkError as refusal:
        st.error(str(refusal))
    else:
        st.rerun()


def _sign_in() -> None:
    st.title("Sign in to Plea Aid", anchor=False)
    ended = session.farewell()
    if ended:
        st.info(f"{ended} What you had entered is saved.")
    office = provider.configured()
    if office is None:
        _by_password(primary=True)
    else:
        refusal = session.refused()
        if refusal:
            st.error(plain(refusal))
        if st.button(f"Sign in with {plain(office.name)}", type="primary"):
            st.login(provider.NAME)
        with st.expander("Sign in with a user name and password"):
            _by_password(primary=False)
    with st.expander("I have a one-time code"):
        _use_code()


def _by_password(*, primary: bool) -> None:
    with st.form("sign-in"):
        user = st.text_input("User name", autocomplete="username")
        password = st.text_input("Password", type="password", autocomplete="current-password")
        pressed = st.form_submit_button("Sign in", type="primary" if primary else "secondary")
    if not pressed:
        return
    try:
        session.sign_in(user, password)
    except CaseworkError as refusal:
        st.error(str(refusal))
    else:
        st.rerun()


def _use_code() -> None:
    st.markdown("Whoever keeps the accounts gave you a code. Choose your password with it.")
    with st.form("use-code"):
        user = st.text_input("User name", key="code/user", autocomplete="username")
        code = st.text_input("One-time code", key="code/code", autocomplete="off")
        password = st.text_input(
            "New password", key="code/password", type="password", help=PASSWORD_HELP, autocomplete="new-password"
        )
        pressed = st.form_submit_button("Set password and sign in")
    if not pressed:
        return
    try:
        accounts.use_code(session.database(), user, code, password)
        session.sign_in(user, password)
    except CaseworkError as refusal:
        st.error(str(refusal))
    else:
        st.rerun()
