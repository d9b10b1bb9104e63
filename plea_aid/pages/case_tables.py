"""Charges and plea options to be read, for whoever may not or need not change them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from plea_aid.analysis.charge import resolve_charge
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.notes.equivalence import Weight, rows
from plea_aid.pages.documents import Document, part_of
from plea_aid.pages.questions import stored_answer
from plea_aid.pages.wording import answer, days, dollars, nth, plain, short_iso

_NOTHING = "–"


def show_charges(document: Document, law: Law) -> None:
    """Show the counts and the known earlier convictions."""
    st.table([_count_row(count, document, law) for count in document.get("count", ())], hide_index=True)
    priors = document.get("prior", ())
    if priors:
        st.header("Known earlier convictions", anchor=False)
        st.table(
            [
                {
                    "Offense": plain(p["offense"]),
                    "Date": short_iso(p["date"]),
                    "Ordered": days(p.get("sentence_days", 0)),
                }
                for p in priors
            ],
            hide_index=True,
        )


def show_terms(option: Document, document: Document, law: Law) -> None:
    """Show how each count ends under an option."""
    rows = [_term_row(part_of(option, count["number"]), count, law) for count in document.get("count", ())]
    st.table(rows, hide_index=True)


def show_equivalence(found: Sequence[Weight]) -> None:
    """Show what each option asks of the defendant, beside the first."""
    st.table([{plain(name): plain(cell) for name, cell in row.items()} for row in rows(found)], hide_index=True)


def _count_row(count: Document, document: Document, law: Law) -> dict[str, str]:
    on = count.get("offense_date") or document.get("offense_date")
    return {
        "Count": str(count["number"]),
        "Offense": _named(count["offense"], law),
        "Offense number": nth(count.get("nth", 1)),
        "Date": short_iso(on) if on else _NOTHING,
        "Record": _record(count.get("record", {})),
    }


def _term_row(part: Document, count: Document, law: Law) -> dict[str, str]:
    return {
        "Count": str(count["number"]),
        "Ends by": law.dispositions[part.get("disposition", "guilty-plea")].name,
        "Offense": _named(part["offense"], law) if part.get("offense") else "As charged",
        "Jail to serve": days(part.get("jail_days", 0)),
        "Jail suspended": days(part.get("suspended_days", 0)),
        "Fine": plain(dollars(part.get("fine", 0))),
        "Supervision": days(part.get("supervision_days")),
        "Record": _record(part.get("record", {})),
    }


def _named(offense: str, law: Law) -> str:
    try:
        charge = resolve_charge(law, offense)
    except UnknownOffense:
        return plain(offense)
    return plain(f"{charge.title} ({charge.cite})")


def _record(record: Document) -> str:
    facts = [f"{key.replace('_', ' ')}: {answer(stored_answer(value)).lower()}" for key, value in record.items()]
    return plain("; ".join(facts)) or _NOTHING
