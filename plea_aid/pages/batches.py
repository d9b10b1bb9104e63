"""What a person does in one moment is answered whole: nothing typed, pressed or followed is lost to the rest.

A tap leaves a field and presses a button or follows a link at once. Streamlit's page sends all that under the one part
of the page that was touched first, and the program draws that part alone: a press outside it would be lost. It drops
what comes for a part that this process has not drawn, as after a process was restarted. Here such a batch has the whole
page drawn. And what was typed may be sent after the link was followed, in the name of the page that was left: it would
bring the person back there. So would a page that asks to be drawn again. Here both go where the person goes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from weakref import WeakKeyDictionary

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType

_AT_ONCE = 1.0
"""Seconds in which what comes from the page that was left was sent with the leave; it comes within milliseconds."""


@dataclass
class _Sent:
    """What the browser of a session sent last."""

    fields: dict[str, bytes]
    page: str
    query: str
    left: str = ""
    """The page it asked to leave, and when, in seconds."""
    when: float = 0.0


_sent: WeakKeyDictionary[AppSession, _Sent] = WeakKeyDictionary()

Ask = Callable[[AppSession, ClientState | None], None]
Fold = Callable[[ScriptRequests, RerunData], bool]


def answer_all() -> None:
    """Have every session of this process answer all that a person did in one moment, and go where the person goes."""
    if not hasattr(AppSession.request_rerun, "__wrapped__"):
        AppSession.request_rerun = _answered_whole(AppSession.request_rerun)  # type: ignore[assignment, method-assign]
        folded = _where_the_person_goes(ScriptRequests._request_rerun_locked)
        ScriptRequests._request_rerun_locked = folded  # type: ignore[assignment, method-assign]


def _answered_whole(ask: Ask) -> Ask:
    @wraps(ask)
    def request_rerun(session: AppSession, asked: ClientState | None) -> None:
        if asked is not None:
            before = _sent.get(session, _Sent({}, "", ""))
            before.page = before.page or session.page_script_hash  # at first the browser sends only its address
            if _late(before, asked):
                asked.page_script_hash, asked.query_string, asked.fragment_id = before.page, before.query, ""
            now = _Sent(_fields(asked), asked.page_script_hash, asked.query_string, before.left, before.when)
            if now.page != before.page:
                now.left, now.when = before.page, time.monotonic()
            _sent[session] = now
            part = asked.fragment_id
            if part and not (session.has_fragment(part) and _all_within(session, part, before.fields, now.fields)):
                asked.fragment_id = ""
        ask(session, asked)

    return request_rerun


def _late(before: _Sent, asked: ClientState) -> bool:
    """Say whether this was entered on a page that its person has left since."""
    entered = bool(asked.widget_states.widgets) and not asked.is_history_navigation
    return entered and asked.page_script_hash == before.left != "" and time.monotonic() - before.when < _AT_ONCE


def _fields(asked: ClientState) -> dict[str, bytes]:
    return {one.id: one.SerializeToString(deterministic=True) for one in asked.widget_states.widgets}


def _all_within(session: AppSession, part: str, before: dict[str, bytes], now: dict[str, bytes]) -> bool:
    """Say whether all that changed stands in one part of the page."""
    known = session.session_state._new_widget_state.widget_metadata
    changed = [known.get(field) for field, state in now.items() if before.get(field) != state]
    return all(field is not None and field.fragment_id == part for field in changed)


def _where_the_person_goes(fold: Fold) -> Fold:
    @wraps(fold)
    def request_rerun_locked(requests: ScriptRequests, asked: RerunData) -> bool:
        drawing = get_script_run_ctx(suppress_warning=True)  # none where a browser asks
        waiting = requests._rerun_data
        if (
            drawing is not None
            and requests._state is ScriptRequestType.RERUN
            and asked.page_script_hash == drawing.page_script_hash
            and waiting.page_script_hash not in ("", drawing.page_script_hash)
        ):
            asked = replace(
                asked,
                page_script_hash=waiting.page_script_hash,
                page_name=waiting.page_name,
                query_string=waiting.query_string,
            )
        return fold(requests, asked)

    return request_rerun_locked
