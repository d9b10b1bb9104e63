"""Plea options: what each does with each count, checked and analysed as it is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from plea_aid.analysis.assess import OptionAnalysis
from plea_aid.analysis.charge import Charge, not_in_catalogue, resolve_charge
from plea_aid.casework.views import CaseView
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.glossary import explained
from plea_aid.law.load import load_law
from plea_aid.law.records import Alternative
from plea_aid.pages import documents, pressing, saving
from plea_aid.pages.analysed import Analysed, analyse
from plea_aid.pages.case_tables import show_terms
from plea_aid.pages.constraints import show_constraints
from plea_aid.pages.documents import Document
from plea_aid.pages.fields import choice_field, number_field, text_field
from plea_aid.pages.frame import Screen, case_page, go, show_part, timeless
from plea_aid.pages.matrix import by_kind, findings_for, flag_line
from plea_aid.pages.merge import Change
from plea_aid.pages.questions import questions_of
from plea_aid.pages.reasons import LEGEND, flag_lines, missing_grounds
from plea_aid.pages.record_fields import ask
from plea_aid.pages.suggestions import show_suggestions
from plea_aid.pages.wording import KINDS, days, dollars, fault_words, level, plain
from plea_aid.pages.words_used import show_words, words_of

_ANOTHER = "another"
_BY_HAND, _SUGGESTED = "Options by hand", "Suggestions"


def draw() -> None:
    """Draw the page."""
    screen = case_page("options")
    if screen is None:
        return
    document = screen.view.document
    if not document.get("count"):
        st.info("An option says how each count ends, so the counts come first.")
        if st.button("Go to the charges", type="primary"):
            go("charges", screen.view.id)
        return
    locked = screen.locked()
    if locked:
        st.info(locked)
    options = document.get("option", [])
    if not options:
        st.markdown(
            "No option yet. Begin with the usual offer on the charges as filed: it is the baseline that every other "
            "option is compared with."
        )
        usual = partial(_add, documents.BASELINE)
        if not locked:
            pressing.button("Add the usual offer as charged", usual, type="primary")
        show_words("options")
        return
    if not locked and _view(screen) == _SUGGESTED:
        analysed = analyse(document)
        show_constraints(screen)
        show_suggestions(screen, analysed)
        show_words("options", analysed.options)
        return
    if locked:
        _by_hand(screen)
    else:
        show_part(screen, _by_hand, _besides)
    show_words("options", [_shown(screen.view)])


def _by_hand(screen: Screen) -> None:
    """Show the options to choose from, and the one chosen with what follows from it."""
    options, locked = screen.view.document["option"], screen.locked()
    analysed = analyse(screen.view.document, advised=False)
    place = _choose(screen, analysed)
    name = options[place]["name"]
    if locked:
        st.header(plain(name), anchor=False)
        show_terms(options[place], screen.view.document, screen.law)
        _live(analysed, name, screen.law, screen.view.id)
    else:
        editor, live = st.columns([3, 2], gap="medium")
        with editor:
            _editor(screen, place)
        with live:
            _live(analysed, name, screen.law, screen.view.id)


def _besides(view: CaseView) -> object:
    """Return what the page shows outside the options: the case, and the words that are used."""
    document = {**view.document, "option": bool(view.option_names)}
    words = words_of("options", [_shown(view)]) if view.option_names else ()
    return replace(timeless(view), document_version=0, document=document), words


def _shown(view: CaseView) -> OptionAnalysis | None:
    """Return the analysis of the option that is shown."""
    place = _chosen_place(_chosen_key(view), len(view.option_names))
    return analyse(view.document, advised=False).option(view.option_names[place])


def _chosen_key(view: CaseView) -> str:
    return f"{view.id}/option/chosen"


def _view(screen: Screen) -> str | None:
    """Show the two ways to an option, by hand or from a suggestion; return the one chosen."""
    key = f"{screen.view.id}/options/way"
    chosen: str | None = st.segmented_control(
        "Way to an option",
        [_BY_HAND, _SUGGESTED],
        # In the primary colour, which Streamlit gives the one chosen, it would be read at 4.3:1 in the dark.
        format_func=":blue[{}]".format,
        default=_BY_HAND if key not in st.session_state else None,
        required=True,
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen


def _choose(screen: Screen, analysed: Analysed) -> int:
    """Show the options to choose from, each with what is flagged in it, and the buttons that add one."""
    options = screen.view.document["option"]
    key = _chosen_key(screen.view)
    st.session_state[key] = place = _chosen_place(key, len(options))

    def caption(option: Document) -> str:
        found = analysed.option(option["name"])
        return flag_line(found) if found else "Not accepted as entered, see below."

    # What changes as one types stands in the captions: a browser names its choice by the label.
    st.radio(
        "Option",
        range(len(options)),
        format_func=lambda n: plain(options[n]["name"]),
        captions=[caption(option) for option in options],
        key=key,
    )
    st.session_state[f"{key}/kept"] = place = _within(st.session_state[key], len(options), place)
    if not screen.locked():
        with st.container(horizontal=True):
            pressing.button("Copy this option", partial(_grow, lambda d: documents.with_copy(d, place), key))
            pressing.button("Add an option", partial(_add, "New option", key))
            pressing.button("Remove this option", partial(_remove, place, options[place]["name"]))
    return place


def _chosen_place(key: str, number: int) -> int:
    """Return the place chosen; where a renamed or removed option left none, the one kept from before."""
    kept = min(_within(st.session_state.get(f"{key}/kept"), 1 << 20, 0), number - 1)
    return _within(st.session_state.get(key), number, kept)


def _within(value: object, number: int, otherwise: int) -> int:
    return value if isinstance(value, int) and 0 <= value < number else otherwise


def _add(name: str, key: str = "") -> None:
    _grow(lambda d: documents.with_option(d, name), key)


def _grow(change: Change, key: str) -> None:
    """Add an option and turn to it."""
    if saving.change_document(change) and key:
        saving.later(key, len(saving.seen_case().document["option"]) - 1)


def _remove(place: int, name: str) -> None:
    # The options after this one move up, and what their fields remember moves with them.
    fields = f"{saving.seen_case().id}/option/"
    for key in [k for k in st.session_state if str(k).startswith(fields)]:
        del st.session_state[key]
    saving.change_document(lambda d: documents.without_option(d, place), undo=f"The option '{name}' was removed")


def _editor(screen: Screen, place: int) -> None:
    option = screen.view.document["option"][place]
    key = f"{screen.view.id}/option/{place}"
    st.header(plain(option["name"]), anchor=False)
    text_field(
        "Name of the option",
        f"{key}/name",
        option["name"],
        lambda typed: saving.change_document(lambda d: documents.with_option_name(d, place, typed)),
        longest=120,
        check=lambda typed: documents.why_no_option_name(screen.view.document, place, typed),
    )
    for count in screen.view.document["count"]:
        with st.container(border=True):
            _part(screen, place, count, documents.part_of(option, count["number"]), key)


def _part(screen: Screen, place: int, count: Document, part: Document, key: str) -> None:
    number, law = count["number"], screen.law
    key = f"{key}/count/{number}"
    save = partial(_set, place, number)
    try:
        charged = resolve_charge(law, count["offense"])
    except UnknownOffense as fault:
        st.error(f"Count {number}: {fault.args[0]}")
        return
    st.subheader(f"Count {number}: {plain(charged.title)}", anchor=False)
    disposition = part.get("disposition", "guilty-plea")
    choice_field(
        "How the count ends",
        f"{key}/disposition",
        disposition,
        list(law.dispositions),
        lambda d: law.dispositions[d].name,
        partial(save, "disposition"),
        help=plain(explained(law, "conviction", "deferred-imposition", "deferred-prosecution")),
    )
    rule = law.dispositions[disposition]
    st.caption(plain(rule.says))
    final = _offense(charged, part, key, save, law)
    if rule.confines or any(part.get(k) for k in ("jail_days", "suspended_days", "fine", "served_days")):
        _sentence(part, key, save)
    _record(final, count, part, place, key)
    if rule.needs:
        with st.expander(f"What a {rule.name[:1].lower()}{rule.name[1:]} needs"):
            st.markdown("\n".join(f"- {plain(need)}" for need in rule.needs))


def _offense(charged: Charge, part: Document, key: str, save: Callable[[str, Any], bool], law: Law) -> Charge:
    """Show to which offense the count is pleaded; return it."""
    related = {a.offense: a for o in charged.offenses for a in o.alternatives}
    stored = part.get("offense", "")
    writing = f"{key}/writing"
    if stored and stored not in related:
        st.session_state[writing] = True
    chosen = _ANOTHER if st.session_state.get(writing) else stored

    def words(cite: str) -> str:
        if not cite:
            return "As charged"
        return "Another offense" if cite == _ANOTHER else _named(law, cite)

    def choose(cite: str) -> bool:
        st.session_state[writing] = cite == _ANOTHER
        return cite == _ANOTHER or save("offense", cite or None)

    choice_field(
        "Offense pleaded to",
        f"{key}/plea-to",
        chosen,
        ["", *related, _ANOTHER],
        words,
        choose,
    )
    if chosen == _ANOTHER:
        text_field(
            "Which offense",
            f"{key}/offense",
            stored,
            lambda typed: save("offense", typed.strip() or None),
            check=lambda typed: not_in_catalogue(law, typed) if typed.strip() else None,
            placeholder="A citation such as 45-8-101(1)(a)(i)",
        )
    elif stored:
        st.caption(_difference(related[stored]))
    try:
        return resolve_charge(law, stored) if stored else charged
    except UnknownOffense:
        return charged


def _difference(alternative: Alternative) -> str:
    return plain(f"Differs: {alternative.differs}. Needs facts that show: {alternative.needs}.")


def _named(law: Law, cite: str) -> str:
    found = law.find(cite)
    return f"{found[0].title} ({cite})" if len(found) == 1 else cite


def _sentence(part: Document, key: str, save: Any) -> None:
    first, second, third = st.columns(3)
    with first:
        number_field(
            "Jail to serve, days",
            f"{key}/jail",
            part.get("jail_days", 0),
            partial(save, "jail_days"),
        )
    with second:
        number_field(
            "Jail suspended, days",
            f"{key}/suspended",
            part.get("suspended_days", 0),
            partial(save, "suspended_days"),
            help=plain(explained(load_law(), "sentence-ordered")),
        )
    with third:
        number_field("Fine, dollars", f"{key}/fine", part.get("fine", 0), partial(save, "fine"), step=50)
    ordered = part.get("jail_days", 0) + part.get("suspended_days", 0)
    st.caption(f"Ordered in all: {days(ordered)}. Federal law counts suspended time as if it were served.")
    fourth, fifth, _ = st.columns(3, vertical_alignment="bottom")
    with fourth:
        number_field(
            "Expected to be served, days",
            f"{key}/served",
            part.get("served_days"),
            partial(save, "served_days"),
            optional=True,
            help="The jail to serve unless you say otherwise, for example for good time.",
        )
    with fifth:
        number_field(
            "Supervision, days",
            f"{key}/supervision",
            part.get("supervision_days"),
            partial(save, "supervision_days"),
            optional=True,
        )


def _record(final: Charge, count: Document, part: Document, place: int, key: str) -> None:
    """Ask what the record of this plea would show where it can differ from the charge."""
    charged_record, own = count.get("record", {}), part.get("record", {})
    asked = questions_of(final, {**charged_record, **own})
    if not asked:
        return
    number = count["number"]
    with st.expander("What the record of this plea would show", expanded=bool(own)):
        st.caption("As in the charge, unless you say otherwise. It has to be true.")
        for question in asked:
            ask(
                question,
                f"{key}/fact/{question.key}",
                own,
                lambda k, v: saving.change_document(lambda d: documents.with_part_fact(d, place, number, k, v)),
                unanswered="As in the charge",
            )


def _set(place: int, number: int, key: str, value: Any) -> bool:
    return saving.change_document(lambda d: documents.with_part_key(d, place, number, key, value))


def _live(analysed: Analysed, name: str, law: Law, case_id: str) -> None:
    st.header("What follows", anchor=False)
    for fault in (*analysed.charge_faults, *analysed.faults.get(name, ())):
        st.error(fault_words(fault, name))
    option = analysed.option(name)
    if option is None:
        st.markdown("Nothing is shown for this option until that is mended. What you entered is saved.")
        return
    st.markdown(f"**{flag_line(option)}**")
    st.table(
        [{"Kind": KINDS[kind], "Highest level": level(top)} for kind, top in by_kind(option, law).items()],
        hide_index=True,
    )
    st.caption(f"Signs: {LEGEND}")
    for count in option.counts:
        outcome = count.outcome
        said = {"certain": "a conviction", "none": "no conviction", "possible": "possibly a conviction"}
        st.caption(
            f"Count {outcome.number}: for immigration law {said[outcome.conviction]}; "
            f"maximum {days(outcome.maximum_days)}, ordered {days(outcome.ordered_days)}, "
            f"fine up to {plain(dollars(outcome.fine_max))}."
        )
    for warning in option.warnings:
        st.warning(plain(warning))
    flags = flag_lines(findings_for(option, None), law)
    if flags:
        st.subheader("Flags", anchor=False)
        st.markdown("\n".join(f"- {line}" for line in flags))
    missing = missing_grounds(option, law)
    if missing:
        st.subheader("Not analysed", anchor=False)
        st.markdown("\n".join(f"- {line}" for line in missing))
    if st.button("Read the reasons", help="Opens the comparison, where every ground has its reasons."):
        go("compare", case_id)
