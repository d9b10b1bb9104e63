"""How long a case's record is kept: its class, legal holds, and disposal with another person's approval."""

from __future__ import annotations

from functools import partial

import streamlit as st

from plea_aid.casework import retention
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.retention import CertificateView, Keeping
from plea_aid.law.retention import load_retention
from plea_aid.pages import pressing, saving
from plea_aid.pages.frame import Screen, case_page, go
from plea_aid.pages.sensitive import settle_text
from plea_aid.pages.wording import clock, counted, day, plain
from plea_aid.pages.words_used import show_words


def draw() -> None:
    """Draw the page."""
    screen = case_page("retention")
    if screen is None:
        return
    verdict = can(screen.actor, Action.RETENTION_READ, screen.view)
    if not verdict:
        st.info(verdict.because)
        return
    kept = retention.keeping(screen.db, screen.actor, screen.view.id)
    _how_long(kept)
    _holds(screen, kept)
    _disposal(screen, kept)
    show_words("retention")


def show_certificates(found: tuple[CertificateView, ...]) -> None:
    """Show certificates of disposal as a table, the last first."""
    if not found:
        st.markdown("No record was disposed of.")
        return
    st.table(
        [
            {
                "Cause": plain(c.cause_number or "none"),
                "Class": plain(c.retention_class),
                "What": plain(", ".join(f"{n} {t.replace('_', ' ')}" for t, n in c.contents.items()) or "no rows"),
                "Asked by": plain(c.requested_by_name),
                "Approved by": plain(c.approved_by_name),
                "When": clock(c.approved_at, st.context.timezone),
                "Certificate": c.sha256[:12],
            }
            for c in found
        ],
        hide_index=True,
    )


def _how_long(kept: Keeping) -> None:
    office = load_retention()
    st.header("How long it is kept", anchor=False)
    if kept.retention_class and kept.until:
        st.markdown(
            f"**{plain(kept.retention_class.name)}**: {counted(kept.retention_class.years, 'year')} after it was "
            f"closed, that is until {day(kept.until)}."
        )
    else:
        st.markdown("The case is not closed, so its retention period has not begun.")
    st.caption(plain(office.kept))
    for line in office.unverified:
        st.caption(f"Not verified: {plain(line)}")


def _holds(screen: Screen, kept: Keeping) -> None:
    st.header("Legal hold", anchor=False)
    if kept.held:
        st.warning("A legal hold stands: nothing of this case can be disposed of.")
    if kept.holds:
        st.table(
            [
                {
                    "No.": str(h.number),
                    "Why": plain(h.reason),
                    "Asked for by": plain(h.asked_by),
                    "Placed": f"{plain(h.placed_by_name)}, {clock(h.placed_at, st.context.timezone)}",
                    "Lifted": f"{plain(h.lifted_by_name)}, {clock(h.lifted_at, st.context.timezone)}: "
                    f"{plain(h.lifted_reason)}"
                    if h.lifted_at
                    else "stands",
                }
                for h in kept.holds
            ],
            hide_index=True,
        )
    verdict = can(screen.actor, Action.HOLD_CHANGE, screen.view)
    if not verdict:
        st.caption(verdict.because)
        return
    with st.expander("Place a legal hold"):
        why = st.text_input("Why it is held", key="hold/reason", max_chars=retention.LONGEST)
        asked = st.text_input("Who asked for it, and their reference", key="hold/asked", max_chars=retention.LONGEST)
        settle_text("hold/reason", "Reason of a hold")
        settle_text("hold/asked", "Who asked for a hold")
        hold_it = partial(retention.place_hold, screen.db, screen.actor, screen.view.id, why, asked)
        pressing.button("Place the hold", partial(saving.attempt, hold_it, "The hold stands."), type="primary")
    for hold in (h for h in kept.holds if h.stands):
        with st.expander(f"Lift hold {hold.number}"):
            key = f"hold/lift/{hold.number}"
            why = st.text_input("Why it is lifted", key=key, max_chars=retention.LONGEST)
            settle_text(key, "Reason to lift a hold")
            lift = partial(retention.lift_hold, screen.db, screen.actor, screen.view.id, hold.number, why)
            lifted = partial(saving.attempt, lift, "The hold is lifted.")
            pressing.button(f"Lift hold {hold.number} now", lifted)


def _disposal(screen: Screen, kept: Keeping) -> None:
    st.header("Disposal", anchor=False)
    st.caption(plain(load_retention().approval))
    if kept.request:
        st.markdown(
            f"**{plain(kept.request.requested_by_name)}** asked for the disposal of this record: "
            f"{plain(kept.request.reason)}"
        )
        _approval(screen, kept)
        return
    verdict = can(screen.actor, Action.DISPOSAL_REQUEST, screen.view)
    if not verdict:
        st.caption(verdict.because)
        return
    with st.expander("Ask for the disposal of this record"):
        why = st.text_input("Why it is disposed of", key="disposal/reason", max_chars=retention.LONGEST)
        settle_text("disposal/reason", "Reason of a disposal")
        ask = partial(retention.request_disposal, screen.db, screen.actor, screen.view.id, why)
        asked = partial(saving.attempt, ask, "Asked for. Another supervising attorney approves it or not.")
        pressing.button("Ask for it", asked)


def _approval(screen: Screen, kept: Keeping) -> None:
    verdict = can(screen.actor, Action.DISPOSAL_APPROVE, screen.view)
    if not verdict:
        st.caption(verdict.because)
    elif kept.request and kept.request.requested_by == screen.actor.user_id:
        st.caption("Nobody approves the disposal they asked for: another supervisor does.")
    else:
        st.markdown(
            "Approving it deletes the charges, options, factors, gates, decisions, frozen versions, review and sealed "
            "texts of this case for good. A certificate says what was deleted; backups made before still hold it."
        )
        sure = st.text_input("Type the cause number to approve", key="disposal/sure")
        ready = sure.strip() == (screen.view.cause_number or "no number")
        approve = partial(
            saving.attempt,
            partial(retention.approve_disposal, screen.db, screen.actor, screen.view.id),
            "The record was disposed of; its certificate is on the page Releases.",
        )
        pressing.button(
            "Approve the disposal",
            approve,
            then=lambda disposed: go("releases") if disposed else st.rerun(),
            type="primary",
            disabled=not ready,
        )
