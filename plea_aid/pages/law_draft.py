"""Draft a statute the catalogue does not have: enter its elements, read its classification. Nothing is stored."""

from __future__ import annotations

import copy
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from plea_aid.analysis.charge import CaseError
from plea_aid.analysis.draft import draft_json, draft_of
from plea_aid.analysis.levels import rank
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.law.records import DIMENSIONS
from plea_aid.pages.draft_toml import draft_toml
from plea_aid.pages.frame import page_link
from plea_aid.pages.reasons import LEGEND, STANDING, authority_line
from plea_aid.pages.wording import counted, level, nth, plain, sentence
from plea_aid.pages.words_used import show_words

LABELS: dict[str, str] = {
    "mental": "State of mind",
    "mental_effect": "State of mind as to the effect",
    "act": "Conduct",
    "result": "Result",
    "victim": "Victim",
    "object": "Object",
    "purpose": "Purpose",
    "means": "Means",
    "substance": "Substance",
}
_ASKS: dict[str, str] = {
    "mental_effect": "Only where it differs from the state of mind as to the conduct.",
    "purpose": "What the statute says the act must be done for.",
    "means": "How it must be done.",
}
GRADES = {"misdemeanor": "Misdemeanor", "felony": "Felony", "infraction": "Infraction"}
WAYS_ARE = {
    "unknown": "Not known",
    "elements": "Elements: the jury must agree on one",
    "means": "Means: the jury need not agree on one",
}
_WAYS, _TIERS = "draft/ways", "draft/tiers"


def draw() -> None:
    """Draw the page."""
    law = load_law()
    page_link("law", "All of the law")
    st.title("Draft a statute", anchor=False)
    st.markdown(
        "Enter the elements of a statute or ordinance of any state. The classification follows from them as you type, "
        "with its reasons. Nothing is stored; copy the text at the end to keep it."
    )
    raw = _form(law)
    st.header("Drafted classification", anchor=False)
    lacking = lacks(raw)
    if lacking:
        st.info(f"Still needed: {'; '.join(lacking)}.")
        show_words("law-draft")
        return
    try:
        offense = draft_of(copy.deepcopy(raw), law, date.today())
    except CaseError as fault:
        st.error("  \n".join(plain(problem) for problem in fault.problems))
        return
    drafted = draft_json(offense, law, date.today())
    _classification(drafted, law)
    st.header("The draft as text", anchor=False)
    text = draft_toml(raw)
    st.text_area(
        "Copy it to a file; the command plea-aid law draft reads it",
        value=text,
        height=min(600, 60 + 24 * text.count("\n")),
    )
    reasons = (line for category in drafted["categories"] for line in category["because"])
    grounds = (row["Ground"] for row in consequence_rows(drafted["options"], law))
    show_words("law-draft", texts=(*reasons, *grounds))


def lacks(raw: dict[str, Any]) -> list[str]:
    """Return what a draft still needs before it can be classified."""
    lacking = [f"the {key}" for key, name in (("citation", "cite"), ("title", "title")) if not raw[name].strip()]
    for place, way in enumerate(raw["way"], 1):
        if not any(way.get(key) for key in (*DIMENSIONS, "facts")):
            lacking.append(f"an element in way {place}" if len(raw["way"]) > 1 else "an element")
    return lacking


def _form(law: Law) -> dict[str, Any]:
    """Draw the fields; return what they hold, as the plain data of a draft."""
    one, two, three = st.columns([2, 3, 2])
    with one:
        cite = _text("Citation", "draft/cite", "Cal. Penal Code 242")
    with two:
        title = _text("Title", "draft/title", "Battery")
    with three:
        grade = st.selectbox(
            "Grade", list(GRADES), format_func=GRADES.__getitem__, key="draft/grade", persist_state="session"
        )
    st.header("Ways of committing it", anchor=False)
    st.markdown(
        "Several words in one field are alternatives (*purposely or knowingly*). Use a further way where the statute "
        "joins different conduct with its own result or victim."
    )
    ways = [_way(number, place, law) for place, number in enumerate(_numbers(_WAYS), 1)]
    _add("Add another way", _WAYS)
    raw: dict[str, Any] = {"cite": cite, "title": title, "grade": grade}
    if len(ways) > 1:
        raw["ways_are"] = st.selectbox(
            "The ways are",
            list(WAYS_ARE),
            format_func=WAYS_ARE.__getitem__,
            key="draft/ways-are",
            help="Elements make the statute divisible, so the record of conviction tells which way it was.",
            persist_state="session",
        )
    st.header("Penalties", anchor=False)
    tiers = [_tier(number, place, grade == "felony") for place, number in enumerate(_numbers(_TIERS), 1)]
    _add("Add a later offense", _TIERS)
    return {**raw, "way": ways, "penalty": tiers}


def _way(number: int, place: int, law: Law) -> dict[str, Any]:
    key = f"draft/way/{number}"
    with st.container(border=True):
        st.subheader(f"Way {place}", anchor=False)
        says = _text(
            "The way in the statute's words", f"{key}/says", "uses force or violence on another", optional=True
        )
        chosen: dict[str, list[str]] = {}
        for row in (DIMENSIONS[:3], DIMENSIONS[3:6], DIMENSIONS[6:]):
            for column, dimension in zip(st.columns(3), row, strict=True):
                with column:
                    chosen[dimension] = _words(LABELS[dimension], f"{key}/{dimension}", dimension, law)
        facts = _words("What else must be proved, all of it", f"{key}/facts", "facts", law)
        several = [dimension for dimension in DIMENSIONS if len(chosen[dimension]) > 1]
        divisible: list[str] = []
        if several:
            divisible = st.multiselect(
                "The jury must agree on one of the alternatives in",
                several,
                format_func=LABELS.__getitem__,
                key=f"{key}/divisible",
                help="Alternatives the jury must agree on are elements; the others are means of one element.",
                persist_state="session",
            )
        way: dict[str, Any] = {"id": f"way-{place}"}
        way |= {"says": says} if says.strip() else {}
        way |= {dimension: values for dimension, values in chosen.items() if values}
        way |= {"facts": facts} if facts else {}
        way |= {"divisible": divisible} if divisible else {}
        _meanings({**chosen, "facts": facts}, law)
        _remove(f"Remove way {place}", _WAYS, number)
    return way


def _words(label: str, key: str, dimension: str, law: Law) -> list[str]:
    meanings = law.vocabulary[dimension]
    listed = "\n".join(f"- **{plain(sentence(word))}**: {plain(means)}" for word, means in meanings.items())
    chosen: list[str] = st.multiselect(
        label,
        list(meanings),
        format_func=sentence,
        key=key,
        help=f"{_ASKS.get(dimension, '')}\n\n{listed}".strip(),
        placeholder="None",
        persist_state="session",
    )
    return chosen


def _meanings(chosen: dict[str, list[str]], law: Law) -> None:
    """Say under a way what the words chosen mean."""
    lines = [
        f"- {plain(sentence(word))}: {plain(law.vocabulary[dimension][word])}"
        for dimension, words in chosen.items()
        for word in words
    ]
    if lines:
        st.markdown("**As entered, these words mean**\n" + "\n".join(lines))


def _tier(number: int, place: int, felony: bool) -> dict[str, Any]:
    key = f"draft/tier/{number}"
    with st.container(border=True):
        st.subheader(nth(place), anchor=False)
        one, two, three = st.columns(3)
        with one:
            least = _number("Least jail, days", f"{key}/least", 0)
        with two:
            most = _number("Most jail, days", f"{key}/most", 180, help="Six months is 180, one year is 365.")
        with three:
            fine = _number("Highest fine, dollars", f"{key}/fine", 500)
        if place > 1:
            _remove(f"Remove the {nth(place).lower()}", _TIERS, number)
    tier: dict[str, Any] = {"nth": place, "jail_max_days": most, "fine_max": fine}
    tier |= {"jail_min_days": least} if least else {}
    return tier | ({"felony": True} if felony else {})


def _classification(drafted: dict[str, Any], law: Law) -> None:
    st.caption("; ".join(plain(u) for u in drafted["unverified"]))
    ordered = sorted(drafted["categories"], key=lambda c: -_weight(c["level"]))
    shown = [c for c in ordered if c["level"] != "none"]
    clear = [c for c in ordered if c["level"] == "none"]
    st.subheader("Federal categories", anchor=False)
    for category in shown:
        _category(category, law)
    if not shown:
        st.markdown("It matches none of the categories on file.")
    if clear:
        with st.expander(
            f"{level('none')} · {counted(len(clear), 'category', 'categories')} it does not match, and why"
        ):
            for category in clear:
                st.markdown(f"**{plain(law.categories[category['category']].name)}**")
                _because(category, law)
    st.subheader("Immigration consequences of a guilty plea", anchor=False)
    options = [o for o in drafted["options"] if o["name"] != "charge stage"]
    table = consequence_rows(options, law)
    if table:
        st.table(table, hide_index=True)
    else:
        st.markdown("No ground on file is reached.")
    missing = dict.fromkeys(n["ground"] for option in options for n in option["not_analysed"])
    if missing:
        names = "; ".join(law.grounds[ground].name for ground in missing)
        st.markdown(f"**{level('not-analysed')}**, each has to be looked up: {plain(names)}")
    st.caption(f"Signs: {LEGEND}. {STANDING}")


def consequence_rows(options: list[dict[str, Any]], law: Law) -> list[dict[str, str]]:
    """Return one row a ground that any option reaches, with its highest level under each, the gravest first."""
    highest: dict[str, dict[str, str]] = {}
    for option in options:
        for finding in option["findings"]:
            levels = highest.setdefault(finding["ground"], {})
            if _weight(finding["level"]) > _weight(levels.get(option["name"], "none")):
                levels[option["name"]] = finding["level"]
    order = sorted(highest, key=lambda ground: -max(map(_weight, highest[ground].values()), default=0))
    return [
        {
            "Ground": plain(f"{law.grounds[ground].name} ({law.grounds[ground].citation})"),
            **{plain(o["name"]): level(highest[ground].get(o["name"], "none")) for o in options},
        }
        for ground in order
        if highest[ground]
    ]


def _category(category: dict[str, Any], law: Law) -> None:
    name = plain(law.categories[category["category"]].name)
    with st.expander(f"**{level(category['level'])}** · {name}"):
        _because(category, law)


def _because(category: dict[str, Any], law: Law) -> None:
    st.markdown("\n".join(f"{n}. {plain(step)}" for n, step in enumerate(category["because"], 1)))
    st.markdown("\n".join(f"- {authority_line(a, law)}" for a in category["authorities"]))


def _weight(name: str) -> float:
    return 2.5 if name == "not-analysed" else rank(name)  # type: ignore[arg-type]


def _text(label: str, key: str, placeholder: str, *, optional: bool = False) -> str:
    label += " (optional)" if optional else ""
    return st.text_input(label, key=key, placeholder=placeholder, persist_state="session")


def _number(label: str, key: str, first: int, *, help: str | None = None) -> int:
    if key not in st.session_state:
        st.session_state[key] = first
    return int(st.number_input(label, min_value=0, step=1, key=key, help=help, persist_state="session") or 0)


def _numbers(key: str) -> list[int]:
    """Return the numbers of the ways or tiers on the page; there is always one."""
    numbers: list[int] = st.session_state.setdefault(key, [1])
    return numbers


def _add(label: str, key: str) -> None:
    st.button(label, key=f"{key}/add", on_click=partial(_append, key))


def _remove(label: str, key: str, number: int) -> None:
    if len(_numbers(key)) > 1:
        st.button(label, key=f"{key}/remove/{number}", on_click=partial(_drop, key, number))


def _append(key: str) -> None:
    numbers = _numbers(key)
    st.session_state[key] = [*numbers, max(numbers) + 1]


def _drop(key: str, number: int) -> None:
    st.session_state[key] = [n for n in _numbers(key) if n != number]
