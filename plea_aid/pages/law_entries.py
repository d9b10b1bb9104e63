"""A ground and a category of federal law, each on a page of its own."""

from __future__ import annotations

import streamlit as st

from plea_aid.law.catalogue import Law
from plea_aid.law.records import Category, Condition, Ground, Rule
from plea_aid.pages.frame import page_link
from plea_aid.pages.law_search import strings_of
from plea_aid.pages.law_signoff import show_sign_off, show_state
from plea_aid.pages.reasons import authority_line
from plea_aid.pages.wording import KINDS, counted, plain, sentence, short_day
from plea_aid.pages.words_used import show_words

_WEIGHTS = {
    "text": "the text of the law",
    "binding": "binding authority",
    "persuasive": "persuasive authority",
    "split": "courts that are split",
}
_ANSWERS = {"yes": "Matches", "no": "Does not match", "unsettled": "Unsettled"}


def draw_ground(ground: Ground, law: Law) -> None:
    """Draw the page of a ground."""
    page_link("law", "All of the law")
    st.title(plain(ground.name), anchor=False)
    show_state("ground", ground.id, law)
    ground_body(ground, law)
    routes = [c for c in law.categories if any(c in limb.any_category for limb in ground.limbs)]
    if routes:
        st.header("Categories that lead to it", anchor=False)
        with st.container(gap="xxsmall"):
            for category in routes:
                page_link("law-entry", plain(law.categories[category].name), category=category)
    show_sign_off("ground", ground.id, law)
    show_words("law-entry", texts=("burden of proof", *strings_of(ground.model_dump())))


def ground_body(ground: Ground, law: Law) -> None:
    """Show what a ground says, whom it concerns and what it rests on."""
    names = [law.postures[p].name for p in law.posture_ids(ground.postures)]
    everyone = len(names) == len(law.postures)
    st.markdown(f"**{plain(ground.citation)}**. {plain(ground.says)}")
    st.markdown(
        f"**Kind:** {KINDS[ground.kind]}  \n**Concerns:** "
        + ("everyone who is not a citizen" if everyone else plain("; ".join(names)))
        + f"  \n**Burden of proof:** {ground.burden}"
    )
    if ground.limbs:
        st.markdown("\n".join(f"- {plain(limb.says)}" for limb in ground.limbs))
    if ground.unreachable:
        st.markdown(plain(ground.unreachable))
    lists(
        ("Waivers", ground.waivers),
        ("Not verified", ground.unverified),
        ("Notes", (ground.notes,) if ground.notes else ()),
    )
    st.markdown("**Authority**\n" + "\n".join(f"- {authority_line(a, law)}" for a in ground.authorities))
    st.caption(f"Confidence {ground.confidence}, checked {short_day(ground.checked)}.")


def draw_category(category: Category, law: Law) -> None:
    """Draw the page of a category: what it is, its rules, what they leave out."""
    page_link("law", "All of the law")
    st.title(plain(category.name), anchor=False)
    show_state("category", category.id, law)
    st.markdown(plain(category.says))
    st.markdown(
        "What was done decides, not the elements: the record of conviction is always read."
        if category.approach == "facts"
        else "The elements decide, not what was done."
    )
    forms = [f"{form}: {_ANSWERS[answer].lower()}" for form, answer in sorted(category.inchoate.items())]
    lists(
        ("Inchoate forms of a matching offense", tuple(forms)), ("Not in these rules", tuple(category.not_formalised))
    )
    st.markdown("**Authority**\n" + "\n".join(f"- {authority_line(a, law)}" for a in category.authorities))
    st.caption(f"Checked {short_day(category.checked)}.")
    st.header("Rules", anchor=False)
    st.markdown(
        f"{counted(len(category.rules), 'rule')}. Of the rules that an offense meets, those of the highest rank decide."
    )
    for rule in sorted(category.rules, key=lambda r: -r.rank):
        with st.expander(f"**{_ANSWERS[rule.answer]}** · {plain(rule.reason)}"):
            _rule(rule, law)
    show_sign_off("category", category.id, law)
    show_words(
        "law-entry", texts=("elements, record of conviction, inchoate", *strings_of(category.model_dump(by_alias=True)))
    )


def lists(*entries: tuple[str, tuple[str, ...]]) -> None:
    """Show each list that holds anything under its title."""
    for title, lines in entries:
        if lines:
            st.markdown(f"**{title}**\n" + "\n".join(f"- {plain(line)}" for line in lines))


def _rule(rule: Rule, law: Law) -> None:
    st.markdown(f"**Rank:** {rule.rank}  \n**Rests on:** {_WEIGHTS[rule.weight]}")
    lines = condition_lines(rule.when)
    st.markdown("**When**\n" + "\n".join(f"- {plain(line)}" for line in lines) if lines else "**When:** always")
    if rule.deference:
        st.markdown("It rests on deference to the agency, so it can be argued again after Loper Bright (2024).")
    st.markdown("\n".join(f"- {authority_line(a, law)}" for a in rule.authorities))


def condition_lines(when: Condition) -> tuple[str, ...]:
    """Return a rule's condition in words: what must hold, of what one at least, of what nothing."""
    said = [_literal(one) for one in when.all]
    if when.any:
        said.append("one at least of: " + "; ".join(_literal(one) for one in when.any))
    said += [f"not: {_literal(one)}" for one in when.none]
    return tuple(said)


def _literal(text: str) -> str:
    dimension, _, values = text.partition(":")
    name = sentence(dimension).lower()
    if values == "-":
        return f"no element of {name}"
    return f"{name}: " + " or ".join("no element" if v == "-" else v.replace("-", " ") for v in values.split("|"))
