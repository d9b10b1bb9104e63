"""The law as the program has it: offenses, grounds and authorities, each with its sources and its state of review."""

from __future__ import annotations

from datetime import date

import streamlit as st

from plea_aid.analysis.classify import classify
from plea_aid.analysis.elements import elements_of_way
from plea_aid.casework.permissions import Action, can
from plea_aid.law.catalogue import Law
from plea_aid.law.glossary import explained
from plea_aid.law.load import load_law
from plea_aid.law.policy import policy_sentence
from plea_aid.law.records import Offense, Penalty, Way
from plea_aid.law.search import find_authorities, find_grounds, find_offenses
from plea_aid.notes.desk_card import FILE_NAME, desk_card_pdf
from plea_aid.pages.frame import page_link, signed_in
from plea_aid.pages.glossary import draw_term, show_glossary
from plea_aid.pages.law_entries import draw_category, draw_ground, ground_body, lists
from plea_aid.pages.law_search import show_search, strings_of
from plea_aid.pages.law_signoff import show_sign_off, show_state, signed_words
from plea_aid.pages.reasons import LEGEND, authority_line
from plea_aid.pages.wording import counted, days, dollars, level, nth, plain, sentence, short_day
from plea_aid.pages.words_used import show_words

_SHOWN = 40


def draw() -> None:
    """Draw the page: one offense when the address names one, else the search."""
    law = load_law()
    named = st.query_params.get("offense")
    offense = law.offenses.get(named) if named else None
    if offense is not None:
        _offense(offense, law)
        return
    ground = law.grounds.get(st.query_params.get("ground") or "")
    if ground is not None:
        draw_ground(ground, law)
        return
    category = law.categories.get(st.query_params.get("category") or "")
    if category is not None:
        draw_category(category, law)
        return
    term = law.glossary.get(st.query_params.get("term") or "")
    if term is not None:
        draw_term(term, law)
        return
    st.title("Law", anchor=False)
    st.markdown(
        f"Version {plain(law.version)}: {counted(len(law.offenses), 'offense')}, "
        f"{counted(len(law.grounds), 'ground')}, "
        f"{counted(len(law.authorities), 'authority', 'authorities')}. {signed_words(law)}"
    )
    st.caption(plain(policy_sentence(law, date.today())))
    page_link("law-draft", "Draft a statute that is not in the catalogue")
    if can(signed_in(), Action.IMPACT_READ):
        page_link("law-impact", "Which stored analyses a change of the law touched")
    if law.desk_card(date.today()):
        st.download_button(
            "Desk card to print (PDF, two pages)",
            data=lambda: desk_card_pdf(law, date.today()),
            file_name=FILE_NAME,
            mime="application/pdf",
            on_click="ignore",
            help="The office's commonest offenses at a glance and the rules to keep in sight, as the law stands today.",
        )
    if show_search(law):
        return
    offenses, grounds, categories, authorities, glossary = st.tabs(
        ["Offenses", "Grounds", "Federal categories", "Authorities", "Glossary"]
    )
    with offenses:
        _offenses(law)
    with grounds:
        _grounds(law)
    with categories:
        _categories(law)
    with authorities:
        _authorities(law)
    with glossary:
        show_glossary(law)


def _offenses(law: Law) -> None:
    st.header("Offenses", anchor=False)
    text = st.text_input(
        "Citation or words", key="law/offenses", placeholder="45-5-206, or: shoplifting", type="search"
    )
    found = find_offenses(law, text, _SHOWN) if text.strip() else tuple(law.offenses.values())[:_SHOWN]
    if not found:
        st.markdown("No offense fits.")
    elif not text.strip() and len(law.offenses) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(law.offenses)}; search for the others.")
    with st.container(gap="xxsmall"):
        for offense in found:
            page_link("law-entry", f"{offense.cite} {offense.title}", offense=offense.id)


def _grounds(law: Law) -> None:
    st.header("Grounds", anchor=False)
    text = st.text_input("Words or citation", key="law/grounds", placeholder="domestic violence", type="search")
    found = find_grounds(law, text)
    if not found:
        st.markdown("No ground fits.")
    for ground in found:
        with st.expander(f"{plain(ground.name)} ({plain(ground.citation)})"):
            ground_body(ground, law)
            page_link("law-entry", "Its own page, with the sign-off", ground=ground.id)


def _categories(law: Law) -> None:
    st.header("Federal categories", anchor=False)
    with st.container(gap="xxsmall"):
        for category in law.categories.values():
            page_link("law-entry", plain(category.name), category=category.id)


def _authorities(law: Law) -> None:
    st.header("Authorities", anchor=False)
    text = st.text_input("Name, citation or words", key="law/authorities", placeholder="Padilla", type="search")
    if not text.strip():
        st.markdown("Type a name or a word to find decisions, statutes and regulations the analysis rests on.")
        return
    found = find_authorities(law, text)
    if not found:
        st.markdown("No authority fits.")
    for authority in found:
        with st.expander(authority_line(authority.id, law)):
            st.markdown(plain(authority.proposition))
            details = {
                "Treatment": authority.treatment,
                "Court": authority.court,
                "Pinpoint": authority.pinpoint,
                "Notes": authority.notes,
                "Source": authority.url,
            }
            st.markdown("  \n".join(f"**{k}:** {plain(v)}" for k, v in details.items() if v))
            st.caption(f"Checked {short_day(authority.checked)}.")


def _offense(offense: Offense, law: Law) -> None:
    with st.container(horizontal=True):
        page_link("law", "All of the law")
        page_link("quick", "Quick check of this offense", offense=offense.id)
    st.title(plain(offense.title), anchor=False)
    st.markdown(f"**{plain(offense.cite)}**. {plain(offense.summary)}")
    st.caption(
        f"{sentence(offense.grade)}; court: {offense.court}; {plain(offense.edition)}, "
        f"checked {short_day(offense.checked)}; confidence {offense.confidence}."
    )
    show_state("offense", offense.id, law)
    st.header("Ways of committing it", anchor=False)
    for way in offense.ways:
        _way(way, law)
    if offense.ways_are_because:
        st.markdown(f"The ways are {offense.ways_are}: {plain(offense.ways_are_because)}")
    st.header("Penalties", anchor=False)
    st.table([_penalty_row(p) for p in offense.penalties], hide_index=True)
    if offense.priors_rule:
        st.markdown(plain(offense.priors_rule))
    st.header("Federal categories", anchor=False)
    st.markdown(
        "With nothing known of the record of conviction.",
        help=plain(explained(law, "categorical-approach", "record-of-conviction")),
    )
    matches = [m for m in classify(offense, law, date.today()) if m.level != "none"]
    for match in matches:
        with st.expander(f"**{level(match.level or 'not-analysed')}** · {plain(law.categories[match.category].name)}"):
            st.markdown("\n".join(f"{n}. {plain(step)}" for n, step in enumerate(match.because, 1)))
            st.markdown("\n".join(f"- {authority_line(a, law)}" for a in match.authorities))
    if not matches:
        st.markdown("It matches none of the categories on file.")
    st.caption(f"Signs: {LEGEND}")
    st.header("More about it", anchor=False)
    lists(
        ("Worth knowing", offense.traps),
        ("Not verified", offense.unverified),
        ("Related offenses", tuple(f"{a.offense}: {a.differs}. Needs: {a.needs}." for a in offense.alternatives)),
        ("Authority", tuple(f"{law.authorities[a].name}, {law.authorities[a].citation}" for a in offense.authorities)),
        ("Sources read", offense.sources),
        ("History", (offense.history,) if offense.history else ()),
    )
    show_sign_off("offense", offense.id, law)
    reasons = (text for match in matches for text in (law.categories[match.category].name, *match.because))
    cited = {*offense.authorities, *(one for match in matches for one in match.authorities)}
    names = (law.authorities[one].name for one in cited)
    show_words("law-entry", texts=(*strings_of(offense.model_dump()), *reasons, *names))


def _way(way: Way, law: Law) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(sentence(way.says or way.id))}**")
        st.markdown("\n".join(f"- {plain(line)}" for line in elements_of_way(way, law)))


def _penalty_row(p: Penalty) -> dict[str, str]:
    jail = days(p.jail_max_days) if not p.jail_min_days else f"{p.jail_min_days} to {days(p.jail_max_days)}"
    fine = dollars(p.fine_max) if not p.fine_min else f"{dollars(p.fine_min)} to {dollars(p.fine_max)}"
    span = [f"from {short_day(p.from_)}" if p.from_ else "", f"before {short_day(p.until)}" if p.until else ""]
    notes = [p.note, "felony" if p.felony else "", "" if p.verified else "not verified"]
    notes += [f"{k.replace('_', ' ')}: {v}" for k, v in p.when.items()]
    return {
        "Offense number": f"{nth(p.nth)} on",
        "Jail": jail,
        "Fine": plain(fine),
        "Committed": " ".join(s for s in span if s) or "any day",
        "Note": plain("; ".join(n for n in notes if n)),
    }
