"""Who sits at the screen: the database handle, the signed-in person, and how a reload finds them again.

A session is a row on the server; the browser holds only its token, in a cookie that scripts cannot read (see
``tickets``). Streamlit's session state holds the token too, so that signing in needs no reload.
"""

from __future__ import annotations

import streamlit as st

from plea_aid.casework import identity, signin
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import SessionEnded, SignInFailed, SignInStale
from plea_aid.casework.migrate import open_database
from plea_aid.pages import provider, tickets

_TOKEN, _TICKET, _ENDED, _TRIED, _REFUSED, _ACTOR = (
    f"session/{name}" for name in ("token", "ticket", "ended", "tried", "refused", "actor")
)


@st.cache_resource(show_spinner=False)
def database() -> Database:
    """Return the office's database, opened once for the process; raise Invalid or Unavailable."""
    return open_database()


def current_actor() -> Actor | None:
    """Return who is signed in, from this session, the browser's cookie or the provider; None when nobody is.

    Asked at the start of every run; what is drawn later in it takes the answer from ``actor_of_this_run``.
    """
    st.session_state.pop(_ACTOR, None)
    actor = _resumed()
    if actor is not None:
        st.session_state[_ACTOR] = actor
    return actor


def actor_of_this_run() -> Actor | None:
    """Return who was signed in when this run began; every service asks by itself whether that still stands."""
    known: Actor | None = st.session_state.get(_ACTOR)
    return known or current_actor()


def _resumed() -> Actor | None:
    token = st.session_state.get(_TOKEN) or _cookie()
    if not token or token == st.session_state.get(_ENDED):
        return _from_provider()
    try:
        actor = signin.resume(database(), token)
    except SessionEnded as ended:
        st.session_state[_ENDED] = token
        if st.session_state.pop(_TOKEN, None):
            st.session_state["session/farewell"] = str(ended)
        return _from_provider()
    st.session_state[_TOKEN] = token
    return actor


def sign_in(user_name: str, password: str) -> Actor:
    """Sign a person in and remember it in the browser; raise SignInFailed."""
    return _hold(signin.sign_in(database(), user_name, password, terminal()))


def sign_out() -> None:
    """End the session here, on the server, in the browser and at the provider; forget what this screen held."""
    token = st.session_state.get(_TOKEN)
    if token:
        signin.sign_out(database(), token)
    for key in list(st.session_state):
        del st.session_state[key]
    st.session_state[_ENDED] = token
    if provider.claims() is None:
        st.session_state[_TICKET] = tickets.leave("")
    else:
        st.logout()  # by way of the provider, and the server clears the cookie on the way
        st.stop()  # a run that begins now would drop what sends the browser there


def farewell() -> str | None:
    """Return, once, why a session ended by itself."""
    said: str | None = st.session_state.pop("session/farewell", None)
    return said


def refused() -> str | None:
    """Return why a sign-in through the provider opened nothing."""
    said: str | None = st.session_state.get(_REFUSED)
    return said


def hand_over_ticket() -> None:
    """Let the page change its ticket, while one waits, for the cookie."""
    ticket = st.session_state.get(_TICKET)
    if ticket and tickets.waits(ticket):
        # Random letters of our own and nothing a person typed, so this script can hold nothing else.
        call = f'fetch("{tickets.ROUTE}", {{method: "POST", body: "{ticket}", credentials: "same-origin"}})'
        st.html(f"<script>{call}</script>", unsafe_allow_javascript=True)


def terminal() -> str:
    """Return the mark of the place where the person sits, for the audit trail."""
    address: object = st.context.ip_address
    return address if isinstance(address, str) else "this machine"


def _from_provider() -> Actor | None:
    """Open a session for whoever has just come back from the provider; each sign-in there is tried once."""
    office, claims = provider.configured(), provider.claims()
    if office is None or claims is None:
        return None
    try:
        found = identity.identity_of(claims, office.issuer)
        if st.session_state.get(_TRIED) == found.proof:
            return None
        st.session_state[_TRIED] = found.proof
        return _hold(identity.sign_in_with(database(), found, terminal()))
    except SignInStale:
        return None  # the cookie of a session that is over
    except SignInFailed as refusal:
        st.session_state[_REFUSED] = str(refusal)
        return None


def _hold(opened: signin.SignedIn) -> Actor:
    st.session_state[_TOKEN] = opened.token
    st.session_state[_TICKET] = tickets.leave(opened.token)
    st.session_state.pop(_REFUSED, None)
    return opened.actor


def _cookie() -> str | None:
    cookie: object = st.context.cookies.get(tickets.cookie())
    return cookie if isinstance(cookie, str) else None  # a test run has no browser and no cookie
