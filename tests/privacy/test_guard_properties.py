"""Properties of the guard that hold for every text."""

import re
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plea_aid.privacy.folding import fold
from plea_aid.privacy.guard import Guard, load_guard
from plea_aid.privacy.scorecard import load_corpus

GUARD = load_guard()
CORPUS = load_corpus()

# Pieces of case notes, so that random texts are full of half-finished and interwoven facts.
PIECES = [
    "DOB ", "3/4/91", "born in ", "Guadalajara", ", Mexico", " and ", "the victim, ", "Maria Lopez", ", ", ". ", "\n",
    "He is ", "a lawful permanent resident", "undocumented", "if ", "the defendant is ", "on SNAP", " from Honduras",
    "SSN ", "516-84-2203", "A123456789", " gay", " bipolar", "Mexican", " national", " passport ", "G12345678",
    "citizen of ",
    "Chile", " and Peru", "ICE", " detainer", "posture ", "lpr", ": likely", "visa ", "Section 8", "\u200b",
    "\u00a0", "－",
    "(", ")", '"', "[removed: birth date]", "victims ", "John Smith", " in a wheelchair", " with ", "[", "]",
    "MCA 45-5-206",
]  # fmt: skip

note = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
anything = st.one_of(note, st.text(max_size=120), st.text(alphabet=string.printable, max_size=120))


def guard() -> Guard:
    return GUARD


@given(anything)
@settings(max_examples=250, deadline=None)
@example("İ DOB ﬁ 3/4/91")
@example("\ufffc is gay \ufffc")
@example("a\u0301" * 50 + " SSN 516-84-2203")
def test_hits_lie_in_the_text_sorted_apart_and_true(text: str) -> None:
    end = 0
    for hit in guard().scan(text):
        assert end <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] == hit.text
        assert hit.kind in guard().kinds
        end = hit.end


@given(note)
@settings(max_examples=250, deadline=None)
def test_a_cleaned_text_holds_nothing_more(text: str) -> None:
    cleaned = guard().replace(text, guard().scan(text))
    assert guard().scan(cleaned) == []


@given(anything)
@settings(max_examples=100, deadline=None)
def test_scanning_is_deterministic(text: str) -> None:
    assert guard().scan(text) == guard().scan(text)


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_the_plain_form_keeps_places_and_length_in_lower_case(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends) == len(folded.text.lower())
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert folded.starts == sorted(folded.starts)


@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_most_of_the_corpus_is_found_whatever_the_case(change) -> None:  # type: ignore[no-untyped-def]
    expected = found = 0
    for entry in CORPUS:
        hits = guard().scan(change(entry.line))
        for kind, words in entry.expected:
            expected += 1
            found += any(hit.kind == kind and change(words) in change(hit.text) for hit in hits)
    assert found / expected >= 0.97


def test_every_line_of_the_corpus_can_be_cleaned() -> None:
    for entry in CORPUS:
        cleaned = guard().replace(entry.line, guard().scan(entry.line))
        assert guard().scan(cleaned) == [], entry.line
        left = re.sub(r"\[removed: [a-z A-Z-]+\]", "", cleaned)
        for _, words in entry.expected:
            assert words not in left or entry.line.count(words) > 1, entry.line
