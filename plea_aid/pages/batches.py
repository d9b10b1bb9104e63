"""What a browser sends together is answered together.

Streamlit's page sends all that changed in one moment (a tap leaves a field and presses a button at once) under the one
part of the page that was touched first, and the program draws that part alone: a press outside it would be lost. And it
drops what comes for a part that this process has not drawn, as after a process was restarted. Here such a batch has the
whole page drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from weakref import WeakKeyDictionary

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession

_sent: WeakKeyDictionary[AppSession, dict[str, bytes]] = WeakKeyDictionary()
"""By session: what stood in each field when its page last sent anything."""


def answer_whole() -> None:
    """Have every session of this process draw the whole page where a batch is about more than one part of it."""
    if not hasattr(AppSession.request_rerun, "__wrapped__"):
        AppSession.request_rerun = _whole_where_needed(AppSession.request_rerun)  # type: ignore[assignment, method-assign]


Ask = Callable[[AppSession, ClientState | None], None]


def _whole_where_needed(ask: Ask) -> Ask:
    @wraps(ask)
    def request_rerun(session: AppSession, client_state: ClientState | None) -> None:
        if client_state is not None:
            before = _sent.get(session, {})
            now = {one.id: one.SerializeToString(deterministic=True) for one in client_state.widget_states.widgets}
            _sent[session] = now
            part = client_state.fragment_id
            if part and not (session.has_fragment(part) and _all_within(session, part, before, now)):
                client_state.fragment_id = ""
        ask(session, client_state)

    return request_rerun


def _all_within(session: AppSession, part: str, before: dict[str, bytes], now: dict[str, bytes]) -> bool:
    """Say whether all that changed stands in one part of the page."""
    known = session.session_state._new_widget_state.widget_metadata
    changed = [known.get(field) for field, state in now.items() if before.get(field) != state]
    return all(field is not None and field.fragment_id == part for field in changed)
