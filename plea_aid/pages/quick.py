"""The quick check: a charge, a disposition and a sentence, and what follows, without a case. Nothing is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from plea_aid.analysis.case import Record
from plea_aid.analysis.charge import Charge, facts_of, resolve_charge
from plea_aid.casework import cases
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.quick_check import record_quick_check
from plea_aid.law.catalogue import Law
from plea_aid.law.glossary import explained
from plea_aid.law.load import load_law
from plea_aid.pages import documents, matrix
from plea_aid.pages.analysed import Analysed, analyse
from plea_aid.pages.documents import Document
from plea_aid.pages.frame import go, page_link, policy_notice, policy_words, signed_in
from plea_aid.pages.paste import EXAMPLE, ReadList, ask_list
from plea_aid.pages.questions import NOT_STATED, answer_to_store, questions_of
from plea_aid.pages.reasons import LEGEND, STANDING, show_findings
from plea_aid.pages.session import database
from plea_aid.pages.wording import KINDS, answer, counted, days, dollars, fault_words, level, nth, plain, short_day
from plea_aid.pages.words_used import show_words

_TEXT = "quick/text"
_OPTION = "Quick check"
_TIERS = range(1, 11)


def draw() -> None:
    """Draw the page."""
    actor, law = signed_in(), load_law()
    record_quick_check(database(), actor)
    st.title("Quick check", anchor=False)
    st.markdown(
        "What would follow from a charge, a disposition and a sentence. **Nothing is stored**: no case, no text. "
        "The audit trail says only that you used the page."
    )
    _from_address(law)
    text: str = st.text_input(
        "Charge, or a whole charging list",
        key=_TEXT,
        placeholder=EXAMPLE,
        help="A citation, words or a short form; several charges parted by semicolons. 1st, 2nd or 4th+ is the offense "
        "number.",
        live=True,
    )
    read = ask_list(law, text, "quick/read")
    if read is None:
        st.caption(
            f"For example: {plain(EXAMPLE)}. Law {plain(law.version)}, as of {short_day(date.today())} · "
            f"{policy_words(law, date.today())}"
        )
        return
    if not read.taken:
        return
    glance = st.empty()
    document = _terms(law, read)
    analysed = analyse(document)
    option = analysed.option(_OPTION)
    if option is not None and len(document["count"]) > 1:
        glance.markdown(f"**Together: {matrix.flag_line(option)}**")
    _follows(law, analysed)
    show_words("quick", [option])
    if can(actor, Action.CASE_CREATE) and st.button(
        "Start a case with these counts", help="This stores the counts, and nothing else of the page."
    ):
        view = cases.create_case(database(), actor, {"count": document["count"]})
        go("charges", view.id)


def _from_address(law: Law) -> None:
    """Take the offense that a link named; an address holds a catalogue id and never what somebody typed."""
    offense = law.offenses.get(st.query_params.get("offense", ""))
    if offense and _TEXT not in st.session_state:
        st.session_state[_TEXT] = offense.cite


def _terms(law: Law, read: ReadList) -> Document:
    """Ask how each count ends; return the whole as a case file."""
    document = documents.with_counts({}, read.taken)
    parts: list[Document] = []
    for count in document["count"]:
        with st.container(border=True):
            charge = resolve_charge(law, count["offense"])
            several = f"Count {count['number']}: " if len(document["count"]) > 1 else ""
            st.header(f"{several}{plain(charge.title)}", anchor=False)
            parts.append(_part(law, charge, count))
    return {**document, "option": [{"name": _OPTION, "count": parts}]}


def _part(law: Law, charge: Charge, count: Document) -> Document:
    key = f"quick/{count['number']}/{charge.id}"
    part: Document = {"number": count["number"]}
    first, second, third, fourth, fifth = st.columns([3, 2, 1.5, 1.5, 1.5], vertical_alignment="bottom")
    part["disposition"] = first.selectbox(
        "How it ends",
        list(law.dispositions),
        index=list(law.dispositions).index("guilty-plea"),
        format_func=lambda d: law.dispositions[d].name,
        key=f"{key}/disposition",
        help=plain(explained(law, "conviction", "deferred-imposition", "deferred-prosecution")),
    )
    given = count.get("nth", 1)
    if given > 1 or _tiered(law, charge):
        count["nth"] = second.selectbox(
            "Offense number",
            list(_TIERS),
            index=given - 1,
            format_func=nth,
            key=f"{key}/nth/{given}",
            help="The prior offenses decide the range.",
        )
    if law.dispositions[part["disposition"]].confines:
        part["jail_days"] = third.number_input("Jail, days", min_value=0, step=1, key=f"{key}/jail")
        part["suspended_days"] = fourth.number_input(
            "Suspended, days",
            min_value=0,
            step=1,
            key=f"{key}/suspended",
            help=plain(explained(law, "sentence-ordered")),
        )
        part["fine"] = fifth.number_input("Fine, dollars", min_value=0, step=50, key=f"{key}/fine")
    count["record"] = _record(charge, key)
    found = charge.penalties(law, count.get("nth", 1), date.today(), facts_of(Record.model_validate(count["record"])))
    ordered = part.get("jail_days", 0) + part.get("suspended_days", 0)
    st.caption(
        f"{plain(charge.cite)} · range up to {days(max(p.jail_max_days for p in found))} and "
        f"{plain(dollars(max(p.fine_max for p in found)))} · ordered in all {days(ordered)}, suspended time counted"
    )
    return part


def _tiered(law: Law, charge: Charge) -> bool:
    """Say whether the offense number changes the range."""
    return len({str(charge.penalties(law, tier, date.today(), {})) for tier in _TIERS}) > 1


def _record(charge: Charge, key: str) -> dict[str, Any]:
    """Ask what the record of conviction would show, where the offense turns on it."""
    asked = questions_of(charge, {})
    record: dict[str, Any] = {}
    if not asked:
        return record
    with st.expander("What the record of conviction would show"):
        for question in asked:
            place = f"{key}/fact/{question.key}"
            given: Any
            if question.number:
                given = st.number_input(question.asks, min_value=0.0, value=None, key=place)
            else:
                given = answer_to_store(
                    st.selectbox(
                        question.asks,
                        [NOT_STATED, *question.answers],
                        format_func=lambda a: "Not stated" if a == NOT_STATED else answer(a),
                        key=place,
                    )
                )
            if given is not None:
                record[question.key] = given
    return record


def _follows(law: Law, analysed: Analysed) -> None:
    st.header("What follows", anchor=False)
    for fault in (*analysed.charge_faults, *analysed.faults.get(_OPTION, ())):
        st.error(fault_words(fault, _OPTION))
    option = analysed.option(_OPTION)
    if option is None:
        return
    st.markdown(f"**{matrix.flag_line(option)}**")
    for warning in option.warnings:
        st.warning(plain(warning))
    show_findings(option, matrix.findings_for(option, None), law)
    st.subheader("By situation and by kind", anchor=False)
    by_situation, by_kind = st.columns(2)
    by_situation.table(
        [{"Situation": cell.group, "Highest level": cell.words} for cell in matrix.cells([option], law)],
        hide_index=True,
    )
    by_kind.table(
        [{"Kind": KINDS[kind], "Highest level": level(top)} for kind, top in matrix.by_kind(option, law).items()],
        hide_index=True,
    )
    said = policy_notice(law)
    if said:
        st.warning(plain(said))
    offenses = {c.outcome.final.id: c.outcome.final for c in option.counts}
    checked = min(o.checked for charge in offenses.values() for o in charge.offenses)
    st.caption(
        f"Signs: {LEGEND}. Law {plain(law.version)}, as of {short_day(analysed.day)}; "
        f"{counted(len(offenses), 'offense')} checked {short_day(checked)} or later. {STANDING}"
    )
    with st.container(horizontal=True):
        for charge in offenses.values():
            for one in charge.offenses[:1]:
                page_link("law-entry", f"{charge.cite} in the law", offense=one.id)
