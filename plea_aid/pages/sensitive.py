"""What policy Section 2 protects, found in a text while it is written: what and why, and the ways to settle it.

The services store no such text, so it stays in its field until its writer takes it out, puts a placeholder in its
place, or keeps it sealed with a reason.
"""

from __future__ import annotations

import threading
from functools import partial

import streamlit as st

from plea_aid.casework import sealed_texts
from plea_aid.casework.errors import Find, Invalid
from plea_aid.casework.free_text import look_over
from plea_aid.pages import pressing, saving
from plea_aid.pages.session import database
from plea_aid.pages.wording import joined, plain

_one_loads = threading.Lock()


def prepare() -> None:
    """Read the detectors, which takes some seconds the first time, so that no page waits for them."""
    with _one_loads:
        look_over("", "Nothing to find.")


def settle_text(key: str, place: str, case_id: str | None = None, *, stored: str = "") -> None:
    """Show, below the field ``key``, what Section 2 protects in what stands there, and the ways to settle it.

    ``place`` names the field. A text can be kept sealed in a case only; ``stored`` is what the record holds already.
    """
    text = str(st.session_state.get(key) or "")
    find = _found(place, text)
    if find is None:
        _say_sealed(text)
        return
    with st.container(border=True, gap="xsmall", key=f"{key}/sensitive"):
        st.warning(warning(find, saved=text == stored), icon=":material/front_hand:")
        with st.container(horizontal=True):
            kinds = joined([f"[removed: {kind}]" for kind in find.kinds])
            replaced, left = partial(saving.later, key, find.replaced), partial(saving.later, key, without(find))
            pressing.button(plain(f"Put {kinds} in its place"), replaced, key=f"{key}/replace", type="primary")
            pressing.button("Take the words out", left, key=f"{key}/remove")
        if case_id:
            _keep_sealed(key, find, case_id)


def warning(find: Find, *, saved: bool = False) -> str:
    """Return what was found in a text and why it matters, in words for its writer."""
    seen = {hit.text: hit.why for hit in find.hits}
    words = joined([f"'{plain(text)}'" for text in list(seen)[:4]])
    if len(seen) > 4:
        words += f" and {len(seen) - 4} more"
    because = " ".join(dict.fromkeys(plain(why) for why in list(seen.values())[:4]))
    state = "It was saved before this was looked for." if saved else "The text is not saved yet; it stays in the field."
    return (
        f"{words}: this looks like {plain(joined(list(find.kinds), 'or'))}, which this record keeps out "
        f"(policy Section 2). {because} {state}"
    )


def without(find: Find) -> str:
    """Return the text less what was found, with no doubled blanks where it stood."""
    text = find.text
    for hit in reversed(find.hits):
        before, after = text[: hit.start].rstrip(" "), text[hit.end :].lstrip(" ")
        gap = "" if not before or before.endswith("\n") or after[:1] in ("", ".", ",", ";", ":", ")", "\n") else " "
        text = before + gap + after
    return text


def _found(place: str, text: str) -> Find | None:
    if not _one_loads.acquire(blocking=False):
        return None  # the detectors are being read for the first time; the service looks in any case
    try:
        return look_over(place, text)
    except Invalid as fault:
        st.warning(plain(str(fault)))
        return None
    finally:
        _one_loads.release()


def _keep_sealed(key: str, find: Find, case_id: str) -> None:
    with st.expander("The record must have it: keep the text sealed"):
        st.markdown(
            "The words are kept apart. In the record, every note and every release stands only a placeholder such "
            "as \\[sealed text 1\\]. Who has the case and supervising attorneys open it on the page Release a copy; "
            "the audit trail says who sealed it, why, and who opened it."
        )
        reason = st.text_input(
            "Why the record must have it",
            key=f"{key}/reason",
            max_chars=sealed_texts.LONGEST_REASON,
            help="The reason is read in the audit trail; it names none of the words itself.",
        )
        act = partial(_seal, key, find, case_id, reason)
        seal = partial(saving.attempt, act, "The text is sealed; a placeholder stands in its place.")
        pressing.button("Keep it sealed", seal, key=f"{key}/seal")


def _seal(key: str, find: Find, case_id: str, reason: str) -> None:
    sealed = sealed_texts.seal_text(database(), saving.actor(), case_id, find.text, reason, place=find.place)
    saving.later(key, sealed.placeholder)


def _say_sealed(text: str) -> None:
    numbers = sealed_texts.PLACEHOLDER.findall(text)
    if numbers:
        st.caption(
            f"Sealed text {joined(list(dict.fromkeys(numbers)))}: who may read it opens it on the page Release a copy."
        )
