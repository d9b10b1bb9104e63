"""A finding on the screen: its level by word and shape, whom it concerns, why, on which authority, what avoids it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from plea_aid.analysis.assess import OptionAnalysis
from plea_aid.analysis.findings import Finding
from plea_aid.analysis.levels import flagged, rank
from plea_aid.law.catalogue import Law
from plea_aid.law.records import LEVELS
from plea_aid.pages.wording import KINDS, counted, joined, level, plain, short_day

LEGEND = ", ".join(level(name) for name in (*reversed(LEVELS), "not-analysed"))
STANDING = (
    "The same analysis is made for every case. Nobody's status is asked, inferred or stored. It is a screening aid for "
    "a lawyer's decision and one factor among the others; nothing here means safe."
)


def show_findings(option: OptionAnalysis, found: Sequence[Finding], law: Law) -> None:
    """Show the reasons behind an option's findings: flagged, possible, unlikely and not analysed, a tab each."""
    ordered = sorted(found, key=lambda f: (-rank(f.level), list(KINDS).index(f.kind)))
    flags = [f for f in ordered if flagged(f.level)]
    possible = [f for f in ordered if f.level == "possible"]
    unlikely = [f for f in ordered if f.level == "unlikely"]
    missing = missing_grounds(option, law)
    names = [
        f"Flagged ({len(flags)})",
        f"Possible ({len(possible)})",
        f"Unlikely ({len(unlikely)})",
        f"Not analysed ({len(missing)})",
    ]
    filled = [name for name, group in zip(names, (flags, possible, unlikely, missing), strict=True) if group]
    tabs = st.tabs(names, default=filled[0] if filled else None)
    for tab, group, empty in zip(
        tabs,
        (flags, possible, unlikely),
        ("Nothing here is certain or likely.", "Nothing here is possible.", "Nothing here was looked at and unlikely."),
        strict=False,
    ):
        with tab:
            for finding in group:
                _fold(finding, law)
            if not group:
                st.markdown(empty)
    with tabs[3]:
        if missing:
            st.markdown("This is not a finding that nothing follows: each has to be looked up.")
            st.markdown("\n".join(f"- {m}" for m in missing))
        else:
            st.markdown("Every ground on file was analysed.")


def missing_grounds(option: OptionAnalysis, law: Law) -> list[str]:
    """Return the grounds that no doctrine on file reaches; they are never shown as clear."""
    return [
        f"{plain(law.grounds[n.ground].name)} ({plain(law.grounds[n.ground].citation)})" for n in option.not_analysed
    ]


def _fold(finding: Finding, law: Law) -> None:
    ground = law.grounds[finding.ground]
    share = f"{len(finding.postures)} of {counted(len(law.postures), 'situation')}"
    with st.expander(f"**{level(finding.level)}** · {plain(ground.name)} ({plain(ground.citation)}) · {share}"):
        _body(finding, law)


def flag_lines(found: Sequence[Finding], law: Law) -> list[str]:
    """Return one line for each flag: level, ground, whom it concerns."""
    return [
        f"**{level(f.level)}** {plain(law.grounds[f.ground].name)}, for {whom(f, law)}"
        for f in found
        if flagged(f.level)
    ]


def whom(finding: Finding, law: Law) -> str:
    """Return the postures that a finding concerns, in words."""
    if len(finding.postures) == len(law.postures):
        return "everyone who is not a citizen"
    names = [law.postures[p].name for p in finding.postures]
    return plain(joined([name[:1].lower() + name[1:] if name[1:2].islower() else name for name in names]))


def _body(finding: Finding, law: Law) -> None:
    ground = law.grounds[finding.ground]
    st.markdown(f"**Kind:** {KINDS[finding.kind]}  \n**Concerns:** {whom(finding, law)}")
    st.markdown("**Because**")
    st.markdown("\n".join(f"{n}. {plain(step)}" for n, step in enumerate(finding.because, 1)))
    st.markdown("**Authority**")
    st.markdown("\n".join(f"- {dated_line(a, law)}" for a in finding.authorities))
    if finding.avoided_by:
        st.markdown("**Avoided by**")
        st.markdown("\n".join(f"- {plain(a)}" for a in finding.avoided_by))
    if ground.waivers:
        st.markdown("**Waivers on file**")
        st.markdown("\n".join(f"- {plain(w)}" for w in ground.waivers))


def authority_line(authority_id: str, law: Law) -> str:
    """Return an authority as it is cited, with a warning where nobody has read it at the source."""
    a = law.authorities[authority_id]
    return plain(f"{a.name}, {a.citation}") + ("" if a.verified else " (not verified at the source)")


def dated_line(authority_id: str, law: Law) -> str:
    """Return an authority as it is cited, with the day on which it was last looked at."""
    return f"{authority_line(authority_id, law)}, checked {short_day(law.authorities[authority_id].checked)}"
