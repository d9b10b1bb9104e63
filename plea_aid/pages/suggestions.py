"""Suggested options: what the planner found from the baseline, each to be added to the case with one click.

Nothing is worked out until it is asked for, and then only once for a case file and a version of the law, so that the
page stays quick while somebody types. The answer is drawn in a fragment: looking through it draws nothing else anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

import streamlit as st

from plea_aid.analysis.case import Option
from plea_aid.analysis.levels import rank
from plea_aid.law.records import Kind
from plea_aid.notes.equivalence import Weight, departures, families
from plea_aid.pages import documents, pressing, saving
from plea_aid.pages.analysed import Analysed
from plea_aid.pages.case_tables import show_equivalence
from plea_aid.pages.frame import Screen
from plea_aid.pages.planned import planning_text, same_start, suggested
from plea_aid.pages.reasons import authority_line
from plea_aid.pages.suggestion_words import (
    changes_in_words,
    ground_names,
    name_of_changes,
    name_of_parts,
    terms_in_words,
    terms_of,
)
from plea_aid.pages.wording import KINDS, counted, fault_words, level, plain
from plea_aid.planning.accountability import Accountability
from plea_aid.planning.changes import SmallestChange, option_json
from plea_aid.planning.groups import Group, Kept, by_what_is_kept, shown_order
from plea_aid.planning.plan import Planned
from plea_aid.planning.requirements import authorities_in

AT_ONCE = 4
"""Suggestions shown before somebody asks for more."""
MORE = 10
_EVERY = "every"
T = TypeVar("T")


def show_suggestions(screen: Screen, analysed: Analysed) -> None:
    """Show what the planner suggests for the case, once somebody asks."""
    _fragment(screen, analysed)


@st.fragment
def _fragment(screen: Screen, analysed: Analysed) -> None:
    document, case_id = screen.view.document, screen.view.id
    key = f"{case_id}/suggestions/asked"
    question = planning_text(document, analysed)
    asked: str | None = st.session_state.get(key)
    baseline = document["option"][0]["name"]
    ask = partial(st.session_state.update, {key: question})
    if asked is None or not same_start(asked, question):
        st.markdown(
            f"From the baseline, **{plain(baseline)}**, every lawful change is tried: which are the smallest that take "
            "a ground away, which options are beaten by no other, and what no plea avoids."
        )
        if asked is not None:
            st.info("The charges, the baseline or what must stay have changed since suggestions were worked out.")
        st.button("Suggest options", key=f"{case_id}/suggestions/ask", on_click=ask)
        return
    with st.spinner("Working out the options"):
        answer = suggested(asked)
    for fault in answer.faults:
        st.error(fault_words(fault))
    if answer.planned is None:
        st.markdown("Suggestions begin from the first option; they can be worked out once that is mended.")
        return
    if asked != question:
        st.caption("Other options were added or changed since: what they contain is not searched yet.")
        st.button("Work out again", key=f"{case_id}/suggestions/again", on_click=ask)
    _Suggestions(screen, answer.planned).draw()


class _Suggestions:
    """One answer of the planner on the screen."""

    def __init__(self, screen: Screen, planned: Planned) -> None:
        self.screen, self.planned, self.law = screen, planned, screen.law
        self.base = planned.baseline
        self.many_counts = len(screen.view.document["count"]) > 1
        self.mine = {terms_of(o): o["name"] for o in screen.view.document["option"]}
        self.key = f"{screen.view.id}/suggestions"

    def draw(self) -> None:
        """Draw the search, the smallest changes, what stays and the frontier."""
        search = self.planned.search
        if not search.exhaustive:
            st.warning(
                "Not every combination could be accounted for: an option that is not shown here may be as good as "
                "those that are."
            )
        proof = "every one accounted for" if search.exhaustive else "not all accounted for"
        st.caption(
            f"{search.combinations:,} combinations, {proof}. The order is one of reading: nothing is ranked by one "
            "score, and nothing here means safe."
        )
        self._smallest()
        self._stays()
        self._frontier()

    # ----- smallest changes

    def _smallest(self) -> None:
        st.header("Smallest changes", anchor=False)
        changes = (*self.planned.smallest, *self.planned.forced)
        if not changes:
            st.markdown("No change that keeps what must stay takes a ground of the baseline away.")
            return
        st.markdown("Undo any part of one of these and the ground is back.")
        levels = {f.ground: f.level for f in sorted(self.base.findings, key=lambda f: rank(f.level))}
        ways: dict[str, list[SmallestChange]] = {}
        for change in changes:
            for ground in dict.fromkeys(g for g, _ in change.avoids):
                ways.setdefault(ground, []).append(change)
        grounds = sorted(ways, key=lambda g: -rank(levels[g]))

        def words(ground: str) -> str:
            if ground == _EVERY:
                return f"Any ground: {counted(len(changes), 'change')}"
            return f"{level(levels[ground])}: {self.law.grounds[ground].name} ({counted(len(ways[ground]), 'way')})"

        chosen = st.selectbox(
            "Ground to avoid", [*grounds, _EVERY], format_func=words, key=f"{self.key}/ground", persist_state="session"
        )
        shown = ways.get(chosen, list(changes))
        self._each(shown, f"{self.key}/smallest/{chosen}", self._change)

    def _change(self, change: SmallestChange, key: str) -> None:
        with st.container(border=True):
            st.subheader(plain(changes_in_words(change, self.law, self.many_counts)), anchor=False)
            lines = [f"**Removes** {ground_names(self.law, change.removed) or 'no ground for everyone'}"]
            if change.added:
                lines.append(f"**Adds** {ground_names(self.law, change.added)}")
            lines.append(f"**Keeps** {counted(len(change.kept), 'ground')} of the baseline")
            self._weight(lines, change.accountability)
            name = name_of_changes(change, self.law, self.many_counts)
            self._more(change.option, change.accountability, change.requires, change.kept, name)
            self._adopt(change.option, name, key)

    # ----- what stays

    def _stays(self) -> None:
        stuck = self.planned.unavoidable
        if not stuck:
            return
        st.header("What no suggestion avoids", anchor=False)
        for because in dict.fromkeys(u.because for u in stuck):
            st.markdown(plain(because))
            found = sorted((u for u in stuck if u.because == because), key=lambda u: -rank(u.level))
            lines = dict.fromkeys(f"- **{level(u.level)}** {plain(self.law.grounds[u.ground].name)}" for u in found)
            st.markdown("\n".join(lines))

    # ----- the frontier

    def _frontier(self) -> None:
        st.header("Options that no other beats", anchor=False)
        groups = self.planned.groups
        if not groups:
            st.markdown("No lawful option keeps everything that must stay. Ask for less above to see some.")
            return
        st.markdown(
            f"{counted(len(self.planned.frontier), 'option')} in {counted(len(groups), 'group')}. Choose what is to be "
            "left first, then the weight."
        )
        rows = [self._group_levels(group) for group in groups]
        alike = [kind for kind in KINDS if len({row[kind] for row in rows}) == 1]
        if len(groups) > 1:
            common = [f"{level(rows[0][kind])} {KINDS[kind].lower()}" for kind in alike if rows[0][kind] != "none"]
            if common:
                st.markdown(f"All of them leave {', '.join(common)}.")
            st.table(
                [self._group_row(n, g, row, alike) for n, (g, row) in enumerate(zip(groups, rows, strict=True), 1)],
                hide_index=True,
            )
        chosen = st.selectbox(
            "Group to look at",
            range(len(groups)),
            format_func=lambda n: f"Group {n + 1}: {counted(len(groups[n].options), 'option')}",
            key=f"{self.key}/group",
            persist_state="session",
        )
        chosen = chosen if chosen < len(groups) else 0
        shown, key = groups[chosen].options, f"{self.key}/group/{chosen}"
        parts = by_what_is_kept(shown, [self.planned.frontier[place].accountability for place in shown])
        if len(shown) > AT_ONCE and len(parts) > 1:
            kept = st.selectbox(
                "What it keeps",
                list(parts),
                format_func=lambda part: f"{_kept_in_words(part)} ({counted(len(parts[part]), 'option')})",
                key=f"{key}/kept",
                persist_state="session",
            )
            place = list(parts).index(kept) if kept in parts else 0
            shown, key = list(parts.values())[place], f"{key}/{place}"
        self._each(shown, key, self._option)

    def _group_levels(self, group: Group) -> dict[Kind, str]:
        """Return the highest level of each kind in a group."""
        options = [self.planned.frontier[place] for place in group.options]
        return {kind: max((o.kinds.get(kind, "none") for o in options), key=shown_order) for kind in KINDS}

    def _group_row(self, place: int, group: Group, levels: dict[Kind, str], alike: Sequence[Kind]) -> dict[str, str]:
        row = {"Group": str(place), "Options": f"{len(group.options):,}"}
        row.update({KINDS[kind]: level(top) for kind, top in levels.items() if kind not in alike})
        row["Ordered, days"] = _span(group.least["imposed_days"], group.most["imposed_days"])
        row["Fine, dollars"] = _span(group.least["fine"], group.most["fine"])
        return row

    def _option(self, place: int, key: str) -> None:
        found = self.planned.frontier[place]
        with st.container(border=True):
            words = terms_in_words(found.option, self.law, self.many_counts)
            st.subheader(plain(words), anchor=False)
            left = [f"{level(top)} {KINDS[k].lower()}" for k, top in found.kinds.items() if top != "none"]
            lines = [f"**Leaves** {', '.join(left) or 'nothing of any kind'}"]
            self._weight(lines, found.accountability)
            name = name_of_parts(found.option, self.law, self.many_counts)
            self._more(found.option, found.accountability, found.requires, (), name)
            self._adopt(found.option, name, key)

    # ----- parts of a card

    def _weight(self, lines: list[str], weight: Accountability) -> None:
        differs = departures(self.base.accountability, weight, brief=True)
        said = " ".join(differs) if differs else "the same as the baseline in every measure"
        st.markdown("  \n".join([*lines, f"**Weight** {plain(said)}"]))

    def _more(
        self, option: Option, weight: Accountability, requires: Sequence[str], kept: Iterable[str], name: str
    ) -> None:
        with st.expander("What it needs, and its weight beside the baseline"):
            st.markdown("**Needs**")
            st.markdown("\n".join(f"- {plain(line)}" for line in requires) or "Nothing beyond the plea itself.")
            cited = dict.fromkeys([*authorities_in(self.law, requires), *weight.note_authorities])
            if cited:
                st.markdown("**Authority**")
                st.markdown("\n".join(f"- {authority_line(a, self.law)}: {plain(a)}" for a in cited))
            names = ground_names(self.law, kept)
            if names:
                st.markdown(f"**Grounds of the baseline that stay** {names}")
            show_equivalence([Weight(self.base.option.name, self.base.accountability), Weight(f"This: {name}", weight)])

    def _adopt(self, option: Option, name: str, key: str) -> None:
        stored = option_json(option)
        has = self.mine.get(terms_of(stored))
        if has is not None:
            place = next(i for i, o in enumerate(self.screen.view.document["option"]) if o["name"] == has)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"In this case as **{plain(has)}**.", width="content")
                removed = f"The option '{has}' was removed"
                out = partial(saving.change_document, partial(documents.without_option, place=place), undo=removed)
                if place:
                    pressing.button("Take it out again", out, key=f"{key}/out")
            return
        added = documents.free_name(self.screen.view.document, name)
        adopt = partial(
            saving.change_document,
            partial(documents.with_adopted, option=stored, name=name),
            undo=f"The option '{added}' was added",
        )
        said = f"Adds the option '{name}' to this case."
        pressing.button("Add to the options", adopt, key=f"{key}/adopt", help=said)

    def _each(self, found: Sequence[T], key: str, draw: Callable[[T, str], None]) -> None:
        """Draw the first of these, and more each time somebody asks."""
        shown = st.session_state.setdefault(f"{key}/shown", AT_ONCE)
        for place, one in enumerate(found[:shown]):
            draw(one, f"{key}/{place}")
        left = len(found) - shown
        if left > 0:
            more = {f"{key}/shown": shown + MORE}
            st.button(f"Show more ({left:,} left)", key=f"{key}/more", on_click=st.session_state.update, args=(more,))


def _kept_in_words(kept: Kept) -> str:
    convictions, priors = kept
    later = f", counts as a prior for {families(priors)}" if priors else ", counts as a prior for nothing"
    return counted(convictions, "conviction") + later


def _span(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
