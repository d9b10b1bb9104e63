"""The ledger of releases: of one case, or of all cases that the person may see."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from plea_aid.casework import releases as ledger
from plea_aid.casework import retention
from plea_aid.casework.releases import ReleaseView
from plea_aid.law.releases import Releases, load_releases
from plea_aid.pages import saving
from plea_aid.pages.frame import page_link, signed_in
from plea_aid.pages.keeping import show_certificates
from plea_aid.pages.session import database
from plea_aid.pages.wording import clock, plain
from plea_aid.pages.words_used import show_words


def draw() -> None:
    """Draw the page with the releases of the office."""
    db, actor = database(), signed_in()
    st.title("Releases", anchor=False)
    st.markdown(
        "Every copy of a record that was handed over: to whom, on what basis, and the hash of its file; and every "
        "record that was disposed of, with its certificate."
    )
    saving.show_notices()
    entries = ledger.ledger(db, actor)
    show_ledger(entries, load_releases())
    for case_id, cause in dict.fromkeys((e.case_id, e.cause_number) for e in entries[:10]):
        page_link("release", f"Open the releases of {plain(cause or 'a case without number')}", case_id)
    st.header("Certificates of disposal", anchor=False)
    show_certificates(retention.certificates(db, actor))
    show_words("releases")


def show_ledger(entries: Sequence[ReleaseView], releases: Releases, *, cause: bool = True) -> None:
    """Show entries as a table, the last first."""
    if not entries:
        st.markdown(
            "Nothing was released yet." + (" A copy is made on a case's page 'Release a copy'." if cause else "")
        )
        return
    names = {**releases.part_names}
    profiles = {p.id: p.name for p in releases.profiles}
    bases = {b.id: b.name for b in releases.bases}
    st.table(
        [
            {
                **({"Cause number": plain(e.cause_number or "none")} if cause else {}),
                "No.": str(e.number),
                "When": clock(e.released_at, st.context.timezone),
                "Copy": plain(profiles.get(e.profile, e.profile)),
                "Recipient": plain(e.recipient),
                "Basis": plain(f"{bases.get(e.basis, e.basis)}: {e.authority}"),
                "Added": plain(
                    "; ".join(
                        [str(names.get(p, p)) for p in e.added]  # type: ignore[call-overload]
                        + [f"sealed text {n}" for n in e.sealed_texts]
                    )
                )
                or "nothing",
                "By": plain(e.released_by_name),
                "Of": f"Version {e.version_number}" if e.version_number else "A draft",
                "File": e.document_sha256[:12],
            }
            for e in entries
        ],
        hide_index=True,
    )
