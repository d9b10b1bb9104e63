"""A finding on the screen: its level by word and shape, whom it concerns, why, on which authority, what avoids it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from plea_aid.analysis.assess import OptionAnalysis
from plea_aid.analysis.findings import Finding
from plea_aid.analysis.levels import rank
from plea_aid.law.catalogue import Law
from plea_aid.pages.wording import KINDS, joined, level, plain

LEGEND = "■ certain · ▲ likely · ◆ possible · ○ unlikely · · none · ? not analysed"
STANDING = (
    "The same analysis is made for every case. Nobody's status is asked, inferred or stored. It is a screening aid for "
    "a lawyer's decision and one factor among the others; nothing here means safe."
)


def show_findings(found: Sequence[Finding], law: Law, *, empty: str) -> None:
    """Show findings, each in a fold of its own; the unlikely ones together at the end."""
    shown = [f for f in found if rank(f.level) >= rank("possible")]
    unlikely = [f for f in found if f.level == "unlikely"]
    for finding in shown:
        ground = law.grounds[finding.ground]
        with st.expander(f"**{level(finding.level)}** · {plain(ground.name)} ({plain(ground.citation)})"):
            _body(finding, law)
    if not shown:
        st.markdown(empty)
    if unlikely:
        with st.expander(f"**{level('unlikely')}** · {len(unlikely)} more, looked at and unlikely"):
            for finding in unlikely:
                st.markdown(f"**{plain(law.grounds[finding.ground].name)}**")
                _body(finding, law)


def show_missing(option: OptionAnalysis, law: Law) -> None:
    """Show the grounds that no doctrine on file reaches; they are never shown as clear."""
    if not option.not_analysed:
        return
    names = [
        f"{plain(law.grounds[n.ground].name)} ({plain(law.grounds[n.ground].citation)})" for n in option.not_analysed
    ]
    with st.expander(f"**{level('not-analysed')}** · {len(names)} grounds nobody has analysed for this offense"):
        st.markdown("This is not a finding that nothing follows: it has to be looked up.")
        st.markdown("\n".join(f"- {n}" for n in names))


def finding_lines(found: Sequence[Finding], law: Law, least: str = "possible") -> list[str]:
    """Return one line for each finding from ``least`` up: level, ground, whom it concerns."""
    lines = []
    for f in found:
        if rank(f.level) >= rank(least):  # type: ignore[arg-type]
            lines.append(f"**{level(f.level)}** {plain(law.grounds[f.ground].name)}: {whom(f, law)}")
    return lines


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
    st.markdown("\n".join(f"- {authority_line(a, law)}" for a in finding.authorities))
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
