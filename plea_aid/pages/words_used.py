"""Help where it is needed: the words a page uses, told from the glossary, and the way back to the guide."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import streamlit as st

from plea_aid.analysis.assess import OptionAnalysis
from plea_aid.law.catalogue import Law
from plea_aid.law.glossary import terms_of
from plea_aid.law.load import load_law
from plea_aid.pages import tour
from plea_aid.pages.frame import signed_in
from plea_aid.pages.reasons import authority_line, whom
from plea_aid.pages.session import database
from plea_aid.pages.wording import plain


def show_words(page: str, options: Iterable[OptionAnalysis | None] = (), texts: Iterable[str] = ()) -> None:
    """Show, folded, every term of the page, of the findings and the texts it shows; on a step, offer the guide."""
    lines = words_of(page, options, texts)
    with st.expander(f"Words used on this page ({len(lines)})"):
        st.markdown("\n".join(lines))
        st.caption("Each term leads to its authorities in the glossary, in a new tab.")
        if page in tour.TELLS:
            tour.offer(database(), signed_in())


def words_of(page: str, options: Iterable[OptionAnalysis | None] = (), texts: Iterable[str] = ()) -> tuple[str, ...]:
    """Return a line for each term that ``show_words`` shows."""
    law = load_law()
    return _told(law, page, (*_texts(options, law), *texts))


@lru_cache(maxsize=256)
def _told(law: Law, page: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return a line for each term; a page is drawn again at every input, mostly with the same words."""
    # A relative address: the glossary opens beside the page, and nothing typed is left behind.
    return tuple(
        f"- [**{plain(entry.term)}**](law?term={entry.id}): {plain(entry.says)}" for entry in terms_of(law, page, texts)
    )


def _texts(options: Iterable[OptionAnalysis | None], law: Law) -> Iterable[str]:
    """Return every text of the findings once: many findings share grounds, groups of postures and authorities."""
    shown = [option for option in options if option is not None]
    findings = [finding for option in shown for finding in option.findings]
    texts = {text for finding in findings for text in (*finding.because, *finding.avoided_by)}
    texts |= {whom(finding, law) for finding in {f.postures: f for f in findings}.values()}
    for ground in (law.grounds[one] for one in {finding.ground for finding in findings}):
        texts |= {ground.name, *ground.waivers, "waiver" if ground.waivers else ""}
    texts |= {authority_line(one, law) for one in {a for finding in findings for a in finding.authorities}}
    for option in shown:
        texts |= {*option.warnings}
        for offense in (o for c in option.counts for o in (*c.outcome.charged.offenses, *c.outcome.final.offenses)):
            texts |= {offense.title, offense.summary, *offense.traps, *offense.unverified}
    return texts
