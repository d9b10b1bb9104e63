"""The review state of an entry of the law, and an attorney's sign-off of it as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from plea_aid.casework import signoff
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.signoff import SignOffView
from plea_aid.law.catalogue import Law
from plea_aid.law.entry_hash import hash_of_entry
from plea_aid.pages import saving
from plea_aid.pages.frame import Screen, signed_in
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.session import database
from plea_aid.pages.wording import clock, counted, plain, sentence


def signed_words(law: Law) -> str:
    """Return in a sentence how many offenses an attorney has signed off as they stand."""
    found = signoff.sign_offs(database(), signed_in(), "offense")
    count = sum(signoff.review_state(law, found, "offense", o).startswith("signed") for o in law.offenses)
    return f"{counted(count, 'offense')} {'is' if count == 1 else 'are'} signed off by an attorney as now written."


def signed_so_far(screen: Screen, analysis: Mapping[str, Any]) -> str:
    """Return in a few words how far attorneys have signed off the offenses that the analysis rests on."""
    return signoff.law_review(screen.law, signoff.sign_offs(screen.db, screen.actor, "offense"), analysis)


def show_state(kind: str, entry_id: str, law: Law) -> None:
    """Show an entry's review state in one line."""
    found = signoff.sign_offs(database(), signed_in(), kind, entry_id)
    state = signoff.review_state(law, found, kind, entry_id)
    shape = {"signed": "✓", "void": "!", "drafted": "○"}[state.split(" ")[0].rstrip(":")]
    more = {"drafted": ": no attorney has signed this entry off"}.get(state, "")
    st.markdown(f"**Review state:** {shape} {plain(sentence(state) + more)}")


def show_sign_off(kind: str, entry_id: str, law: Law) -> None:
    """Show the sign-offs of an entry, and to an attorney the form to add theirs."""
    actor, present = signed_in(), hash_of_entry(law, kind, entry_id) or ""
    found = signoff.sign_offs(database(), actor, kind, entry_id)
    st.header("Sign-off", anchor=False)
    saving.show_notices()  # here, where the person has just pressed the button
    st.markdown("A sign-off covers exactly what the entry says now. When a word of it changes, the sign-off is void.")
    if found:
        st.table([_row(one, present) for one in reversed(found)], hide_index=True)
    verdict = can(actor, Action.LAW_SIGN_OFF)
    if not verdict:
        st.caption(plain(verdict.because))
        return
    if any(one.signed_by == actor.user_id and one.content_hash == present for one in found):
        st.caption("You have signed this entry off as it stands.")
        return
    key = f"law/sign/{kind}/{entry_id}"
    with st.form(f"{key}/form"):
        st.text_input(
            "What you read it against",
            key=key,
            max_chars=signoff.LONGEST_NOTE,
            placeholder="The code and the decisions cited, all elements and penalties",
        )
        st.form_submit_button("Sign this entry off", on_click=_sign, args=(kind, entry_id, present, key))
    settle_text(key, "What you read it against")


def _sign(kind: str, entry_id: str, content: str, key: str) -> None:
    note = str(st.session_state.get(key) or "")
    if not note.strip():
        saving.notify("Say in a few words what you read the entry against; nothing was signed.", "error")
        return
    if saving.attempt(
        lambda: signoff.sign_off(database(), saving.actor(), kind, entry_id, content, note), "Signed off in your name."
    ):
        st.session_state.pop(key, None)


def _row(one: SignOffView, present: str) -> dict[str, str]:
    return {
        "Signed by": plain(one.signed_by_name),
        "When": f"{clock(one.signed_at, st.context.timezone)}, {one.signed_at:%Y}",
        "Read against": plain(one.note),
        "Covers": "What the entry says now" if one.content_hash == present else "An earlier text: void",
        "Content": one.content_hash[:12],
    }
