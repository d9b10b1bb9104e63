"""Findings explained once: what has been told is pointed to, and nothing is dropped on the way."""

from __future__ import annotations

import pytest

from plea_aid.notes.content import Authority, Finding, NoteData, OptionNote
from plea_aid.notes.explain import LONG_STEP, _letters, explained_options, table_of_authorities, tallied_options

LONG = "Some category (18 U.S.C. 16(a)): possible. " + "The long chain of reasons goes on and on. " * 8
assert len(LONG) > LONG_STEP


def noted(note: NoteData, *options: OptionNote) -> NoteData:
    return note.model_copy(update={"options": options})


def finding(ground: str, **more: object) -> Finding:
    return Finding.model_validate({"ground": ground, "level": "likely"} | more)


def test_the_same_reasons_are_told_once(full_note: NoteData) -> None:
    _, charged, reduced = explained_options(full_note)
    cimt = next(row for row in charged["findings"] if row["ground"] == "Crime involving moral turpitude")
    assert (cimt["same_as"], cimt["because"], cimt["authorities"]) == ("1.2", [], [])
    tps = next(row for row in reduced["findings"] if row["ground"].startswith("TPS"))
    assert tps["same_as"] == "", "another reason is told, whatever the ground"
    assert tps["because"] == ["Reason eight: one only."]


def test_a_long_step_is_told_once_and_pointed_to(minimal_note: NoteData) -> None:
    option = OptionNote(name="A", findings=(
        finding("one", because=("short step", LONG)), finding("two", because=(LONG, "short step")),
    ))  # fmt: skip
    (row,) = explained_options(noted(minimal_note, option))
    first, second = row["findings"]
    assert first["because"] == ["short step", LONG]
    assert second["because"] == [
        "Some category (18 U.S.C. 16(a)): possible. In full: finding 1.1, step 2.",
        "short step",
    ]


def test_a_long_first_sentence_is_cut_at_a_word(minimal_note: NoteData) -> None:
    step = "word " * 80
    option = OptionNote(name="A", findings=(finding("one", because=(step,)), finding("two", because=(step,))))
    (row,) = explained_options(noted(minimal_note, option))
    (pointed,) = row["findings"][1]["because"]
    assert pointed.endswith("word … In full: finding 1.1, step 1.")


def test_an_authority_is_cited_in_full_at_its_first_mention(minimal_note: NoteData) -> None:
    good = Authority(name="Authority A", citation="1 P 1", verified=True, treatment="good")
    bad = Authority(name="Authority B", citation="2 P 2", treatment="withdrawn")
    option = OptionNote(name="A", findings=(
        finding("one", authorities=(good, bad)), finding("two", authorities=(bad,), because=("x",)),
    ))  # fmt: skip
    (row,) = explained_options(noted(minimal_note, option))
    first, second = row["findings"]
    assert first["authorities"] == [
        {"words": "Authority A, 1 P 1", "treatment": "", "verified": True},
        {"words": "Authority B, 2 P 2", "treatment": "withdrawn", "verified": False},
    ]
    assert second["authorities"] == [{"words": "Authority B", "treatment": "", "verified": False}]


def test_what_avoids_findings_stands_in_one_table_an_option(minimal_note: NoteData) -> None:
    option = OptionNote(name="A", findings=(
        finding("one", avoided_by=("plead to less", "one day less")), finding("two", avoided_by=("one day less",)),
    ))  # fmt: skip
    (row,) = explained_options(noted(minimal_note, option))
    assert row["changes"] == [["1a", "plead to less", "1.1"], ["1b", "one day less", "1.1, 1.2"]]
    assert [found["avoided_by"] for found in row["findings"]] == ["1a, 1b", "1b"]


def test_places_beyond_the_eighth_are_counted(minimal_note: NoteData) -> None:
    option = OptionNote(
        name="A", findings=tuple(finding(f"g{place}", avoided_by=("one change",)) for place in range(11))
    )
    (row,) = explained_options(noted(minimal_note, option))
    assert row["changes"][0][2] == "1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8 and 3 more"


def test_bare_grounds_that_nobody_analysed_are_named_together(minimal_note: NoteData) -> None:
    bare = Finding(ground="A bare ground", citation="1 P 1", level="not-analysed")
    told = Finding(ground="A told ground", level="not-analysed", because=("why it is open",))
    note = noted(minimal_note, OptionNote(name="A", findings=(bare, told, finding("g"))))
    (option,) = explained_options(note)
    assert option["unanalysed"] == ["A bare ground, 1 P 1"]
    assert [row["ground"] for row in option["findings"]] == ["g", "A told ground"]
    assert option["tally"] == "1 likely, 2 not analysed"
    assert tallied_options(note) == [["1. A", "1 likely, 2 not analysed", "A bare ground, 1 P 1"]]


def test_one_unread_mention_makes_an_authority_unverified(full_note: NoteData) -> None:
    table = {item["name"]: item for item in table_of_authorities(full_note)}
    assert list(table) == ["Authority A", "Authority B", "Authority C"]
    assert (table["Authority A"]["verified"], table["Authority B"]["verified"]) == (True, False)
    assert table["Authority C"]["used"] == "2.2"


@pytest.mark.parametrize(("place", "letters"), [(0, "a"), (25, "z"), (26, "aa"), (51, "az"), (52, "ba")])
def test_letters(place: int, letters: str) -> None:
    assert _letters(place) == letters
