"""The charges: counts by citation or by search, and the facts of the record that each offense turns on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from plea_aid.analysis.case import Record
from plea_aid.analysis.charge import Charge, facts_of, not_in_catalogue, resolve_charge
from plea_aid.casework import cases
from plea_aid.casework.views import CaseView
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.glossary import explained
from plea_aid.pages import documents, pressing, saving
from plea_aid.pages.adding import add_counts
from plea_aid.pages.analysed import Analysed, analyse
from plea_aid.pages.case_tables import show_charges
from plea_aid.pages.fields import choice_field, date_field, text_field
from plea_aid.pages.frame import Screen, adding, case_page, show_part, timeless
from plea_aid.pages.matrix import findings_for, flag_line
from plea_aid.pages.priors import show_priors
from plea_aid.pages.questions import questions_of
from plea_aid.pages.reasons import show_findings
from plea_aid.pages.record_fields import ask
from plea_aid.pages.session import database
from plea_aid.pages.wording import days, dollars, fault_words, nth, plain, short_day
from plea_aid.pages.words_used import show_words

HIGHEST_NTH = 10


def draw() -> None:
    """Draw the page."""
    screen = case_page("charges")
    if screen is None:
        return
    locked = screen.locked()
    if locked:
        st.info(locked)
    show_part(screen, _charges, _besides)


def _charges(screen: Screen) -> None:
    """Show the charges and what they would lead to."""
    document = screen.view.document
    analysed = analyse(document)
    for fault in analysed.charge_faults:
        st.error(fault_words(fault))
    if screen.locked():
        show_charges(document, screen.law)
    else:
        _details(screen)
        for count in document.get("count", []):
            _count(screen, count)
        add_counts(screen)
        if document.get("count"):
            show_priors(screen)
    _charge_stage(analysed, screen.law)
    show_words("charges", [analysed.charge])


def _besides(view: CaseView) -> object:
    """Return what the page shows of the case outside the charges; the next step waits for what is being added."""
    header = {"plea_date": view.document.get("plea_date"), "count": bool(view.document.get("count"))}
    return replace(timeless(view), document_version=0, document=header), adding()


def _details(screen: Screen) -> None:
    view = screen.view
    with st.container(border=True):
        st.header("Case", anchor=False)
        first, second, third, fourth = st.columns(4)
        with first:
            text_field(
                "Cause number",
                f"{view.id}/cause",
                view.cause_number,
                partial(_set, "cause_number"),
                longest=60,
            )
        with second:
            date_field(
                "Date of the offense",
                f"{view.id}/offense-date",
                view.document.get("offense_date"),
                partial(_set, "offense_date"),
            )
        with third:
            date_field(
                "Date of the plea",
                f"{view.id}/plea-date",
                view.document.get("plea_date"),
                partial(_set, "plea_date"),
                help="The law in force on this day is applied; today's when it is empty.",
            )
        with fourth:
            date_field("Next hearing", f"{view.id}/hearing", view.hearing_date, _set_hearing)


def _set(key: str, value: Any) -> bool:
    text = value.strip() if isinstance(value, str) else value
    return saving.change_document(lambda d: documents.with_key(d, key, text))


def _set_hearing(value: str | None) -> bool:
    case_id, day = saving.seen_case().id, date.fromisoformat(value) if value else None

    def set_it() -> None:
        view = cases.open_case(database(), saving.actor(), case_id)
        cases.set_hearing_date(database(), saving.actor(), case_id, view.version, day)

    return saving.attempt(set_it)


def _count(screen: Screen, count: dict[str, Any]) -> None:
    number, key = count["number"], f"{screen.view.id}/count/{count['number']}"
    with st.container(border=True):
        try:
            charge = resolve_charge(screen.law, count["offense"])
        except UnknownOffense:
            charge = None
        st.header(f"Count {number}: {plain(charge.title if charge else count['offense'])}", anchor=False)
        if charge:
            st.markdown(f"{plain(charge.cite)}. {plain(_summary(charge))}")
        first, second, third = st.columns([2, 1, 1])
        with first:
            text_field(
                "Offense charged",
                f"{key}/offense",
                count["offense"],
                partial(_set_count, number, "offense"),
                check=partial(not_in_catalogue, screen.law),
                help="A citation, with or without MCA. A wider citation stands for every subsection under it.",
            )
        with second:
            choice_field(
                "Offense number",
                f"{key}/nth",
                count.get("nth", 1),
                list(range(1, HIGHEST_NTH + 1)),
                nth,
                partial(_set_count, number, "nth"),
                help="As it counts for the penalty.",
            )
        with third:
            date_field(
                "Date, if another",
                f"{key}/date",
                count.get("offense_date"),
                partial(_set_count, number, "offense_date"),
                help="Only when this count has another date than the case.",
            )
        _scheme(screen, count)
        if charge:
            _record(charge, count, key, screen.law)
            st.markdown(_range(screen, charge, count))
            _worth_knowing(charge)
        pressing.button(f"Remove count {number}", partial(_remove_count, number), key=f"{key}/remove")


def _remove_count(number: int) -> None:
    saving.change_document(lambda d: documents.without_count(d, number), undo=f"Count {number} was removed")


def _summary(charge: Charge) -> str:
    if len(charge.offenses) == 1:
        return charge.offenses[0].summary
    return (
        f"The record does not name a subsection, so all {len(charge.offenses)} alternatives are analysed together; "
        "where they differ the answer is possible."
    )


def _scheme(screen: Screen, count: dict[str, Any]) -> None:
    others = [c["number"] for c in screen.view.document["count"] if c["number"] != count["number"]]
    if others:
        choice_field(
            "Part of the same scheme of misconduct as",
            f"{screen.view.id}/count/{count['number']}/scheme",
            count.get("same_scheme_as", 0),
            [0, *others],
            lambda n: f"Count {n}" if n else "No other count",
            lambda n: _set_count(count["number"], "same_scheme_as", n or None),
            help="Two crimes of one scheme count once for the ground of two crimes involving moral turpitude.",
        )


def _record(charge: Charge, count: dict[str, Any], key: str, law: Law) -> None:
    record = count.get("record", {})
    asked = questions_of(charge, record)
    if not asked:
        return
    st.markdown("**What the record of conviction would show**", help=plain(explained(law, "record-of-conviction")))
    columns = st.columns(2)
    for place, question in enumerate(asked):
        with columns[place % 2]:
            ask(question, f"{key}/fact/{question.key}", record, partial(_set_fact, count["number"]))


def _range(screen: Screen, charge: Charge, count: dict[str, Any]) -> str:
    given = count.get("offense_date") or screen.view.document.get("offense_date")
    day = date.fromisoformat(given) if given else date.today()
    facts = facts_of(Record.model_validate(count.get("record", {})))
    found = charge.penalties(screen.law, count.get("nth", 1), day, facts)
    longest, dearest = max(p.jail_max_days for p in found), max(p.fine_max for p in found)
    shortest = min(p.jail_min_days for p in found)
    words = (
        f"**Range** for a {nth(count.get('nth', 1)).lower()} on {short_day(day)}: up to {days(longest)} of jail and "
    )
    words += plain(dollars(dearest))
    if shortest:
        words += f", at least {days(shortest)}"
    notes = [plain(n) for n in dict.fromkeys(p.note for p in found if p.note)]
    if any(p.felony for p in found):
        notes.append("a felony, which is outside the city's court")
    if not all(p.verified for p in found):
        notes.append("not verified at the source")
    return f"{words}. Note: {'; '.join(notes)}." if notes else f"{words}."


def _worth_knowing(charge: Charge) -> None:
    traps = list(dict.fromkeys(t for o in charge.offenses for t in o.traps))
    unsure = list(dict.fromkeys(u for o in charge.offenses for u in o.unverified))
    if not traps and not unsure:
        return
    with st.expander("Worth knowing about this offense"):
        st.markdown("\n".join(f"- {plain(t)}" for t in traps))
        if unsure:
            st.markdown("**Not verified**")
            st.markdown("\n".join(f"- {plain(u)}" for u in unsure))


def _set_count(number: int, key: str, value: Any) -> bool:
    value = value.strip() if isinstance(value, str) else value
    return saving.change_document(lambda d: documents.with_count_key(d, number, key, value))


def _set_fact(number: int, key: str, value: Any) -> bool:
    return saving.change_document(lambda d: documents.with_fact(d, number, key, value))


def _charge_stage(analysed: Analysed, law: Law) -> None:
    if analysed.charge is None:
        return
    st.header("What the charge alone does", anchor=False)
    st.markdown(
        f"{flag_line(analysed.charge)} These follow from the charge or the arrest, before any plea; a plea does not "
        "undo them.",
        help=plain(explained(law, "charge-stage")),
    )
    show_findings(analysed.charge, findings_for(analysed.charge, None), law)
