"""A pasted charging list: every way it is written, read or asked or left, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import resolve_charge
from plea_aid.analysis.charging_list import LONGEST_LIST, MOST_COUNTS, Taken, numbered, read_list
from plea_aid.law.load import load_law
from plea_aid.law.shorthand import folded

LAW = load_law()

READ: list[tuple[str, list[tuple[str, int]]]] = [
    ("PFMA 1st; theft 45-6-301; DUI 2nd", [("MCA 45-5-206", 1), ("MCA 45-6-301", 1), ("MCA 61-8-1002", 2)]),
    ("PFMA, theft, DUI 2nd", [("MCA 45-5-206", 1), ("MCA 45-6-301", 1), ("MCA 61-8-1002", 2)]),
    ("PFMA\r\ntheft\n\nDUI", [("MCA 45-5-206", 1), ("MCA 45-6-301", 1), ("MCA 61-8-1002", 1)]),
    ("pfma; D.U.I.; P.F.M.A.", [("MCA 45-5-206", 1), ("MCA 61-8-1002", 1), ("MCA 45-5-206", 1)]),
    ("45-6-301, MCA", [("MCA 45-6-301", 1)]),
    ("Mont. Code Ann. § 45-5-206(1)(a) (2023)", [("MCA 45-5-206(1)(a)", 1)]),
    ("§ 45-5-206 (1)(a), M.C.A.", [("MCA 45-5-206(1)(a)", 1)]),
    ("45–5–206(1)(a)", [("MCA 45-5-206(1)(a)", 1)]),
    ("theft, 45-6-301, first offense", [("MCA 45-6-301", 1)]),
    ("45-5-206(1)(a) & 45-6-301(1)", [("MCA 45-5-206(1)(a)", 1), ("MCA 45-6-301(1)", 1)]),
    ("PFMA and theft", [("MCA 45-5-206", 1), ("MCA 45-6-301", 1)]),
    ("hit & run; DUI", [("MCA 61-8-1002", 1)]),
    ("DUI 4th+; PFMA third or subsequent offense", [("MCA 61-8-1002", 4), ("MCA 45-5-206", 3)]),
    ("second offense DUI per se", [("MCA 61-8-1002(1)(b)", 2)]),
    ("theft x2", [("MCA 45-6-301", 1), ("MCA 45-6-301", 1)]),
    ("2 counts of theft", [("MCA 45-6-301", 1), ("MCA 45-6-301", 1)]),
    ("attempted theft 45-6-301(1)", [("attempted MCA 45-6-301(1)", 1)]),
    ("theft (attempt, 45-4-103)", [("attempted MCA 45-6-301", 1)]),
    ("conspiracy to commit burglary", [("conspiracy to commit MCA 45-6-204", 1)]),
    ("solicitation of burglary", [("solicitation of MCA 45-6-204", 1)]),
    ("burglary by accountability, 45-2-302", [("MCA 45-6-204", 1)]),
    ("felony theft", [("MCA 45-6-301, value over $1,500", 1)]),
    ("Stalking: first offense", [("MCA 45-5-220(1)", 1)]),
    ("disorderly conduct, fighting", [("MCA 45-8-101(1)(a)(i)", 1)]),
    ("Helena City Code 5-1-1", [("Helena City Code 5-1-1", 1)]),
    ("mt-45-5-206-1-a", [("MCA 45-5-206(1)(a)", 1)]),
]


@pytest.mark.parametrize(("text", "counts"), READ, ids=[text for text, _ in READ])
def test_what_is_clear_is_read(text: str, counts: list[tuple[str, int]]) -> None:
    taken = [Taken(p, p.offense) for p in read_list(LAW, text) if p.offense]
    assert [(c["offense"], c.get("nth", 1)) for c in numbered(taken)] == counts


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("VOP", ["MCA 45-5-626", "MCA 45-5-209(8)"]),
        ("theft 45-5-206", ["MCA 45-5-206", "MCA 45-6-301"]),
        ("no insurance", ["MCA 61-6-301", "MCA 61-6-302"]),
        ("PFMA strangled", ["MCA 45-5-206", "MCA 45-5-206(1)(a)", "MCA 45-5-206(1)(b)", "MCA 45-5-206(1)(c)"]),
        ("felony DUI 4th", [f"MCA 61-8-1002(1)({x})" for x in "abcd"]),
    ],
)
def test_what_can_mean_several_things_is_asked(text: str, choices: list[str]) -> None:
    (piece,) = read_list(LAW, text)
    assert piece.offense is None
    assert [c.offense for c in piece.choices] == choices


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("xyzzy", "No offense of the catalogue fits"),
        ("45-5-999", "nearest"),
        ("PFMA 45-5-206 theft", "more than one charge"),
        ("DUI 1st 2nd", "two things"),
        ("45-5-206 45-6-301", "2 citations"),
        ("45-5-206(1)(a)/(c)", "subsections"),
        ("DUI 23rd", "from 1 to 10"),
        ("theft x99", "up to 20 times"),
        ("felony speeding", "is a felony"),
        ("1st offense", "names no offense"),
        ("seen 3-14-2026", "not an offense"),
    ],
)
def test_what_cannot_be_read_says_why_and_is_no_count(text: str, said: str) -> None:
    (piece,) = read_list(LAW, text)
    assert said in piece.fault
    assert not piece.choices


def test_a_list_of_good_and_bad_pieces_loses_neither() -> None:
    pieces = read_list(LAW, "xyzzy, PFMA 2nd, DUI")
    assert [(p.text, bool(p.fault)) for p in pieces] == [("xyzzy", True), ("PFMA 2nd", False), ("DUI", False)]


def test_numbers_of_the_list_are_kept_while_they_are_free() -> None:
    pieces = read_list(LAW, "Ct 1: PFMA Ct. 3: DUI; 2. theft x2; Count IV - 45-5-201(1)(a)")
    taken = [Taken(p, p.offense) for p in pieces if p.offense]
    assert [c["number"] for c in numbered(taken)] == [1, 3, 5, 6, 4]
    assert [c["number"] for c in numbered(taken, {1, 4})] == [5, 3, 6, 7, 8]


def test_a_list_that_is_too_long_is_one_line() -> None:
    with pytest.raises(ValueError, match="letters"):
        read_list(LAW, "x" * (LONGEST_LIST + 1))
    with pytest.raises(ValueError, match=str(MOST_COUNTS)):
        read_list(LAW, "DUI;" * (MOST_COUNTS + 1))
    assert read_list(LAW, " ;\n , - ") == ()


def test_every_offense_is_read_from_its_citation_its_id_and_its_title() -> None:
    asked = {folded(word) for short in LAW.shorthands for word in short.words}
    for offense in LAW.offenses.values():
        for written in (offense.id, offense.cite, offense.title):
            (piece,) = read_list(LAW, written)
            if folded(written) in asked:
                assert offense.cite in {c.offense for c in piece.choices}, written
            else:
                assert piece.offense == offense.cite, (written, piece)
        assert resolve_charge(LAW, offense.cite).offenses == (offense,)


def test_every_short_form_leads_to_the_catalogue_and_to_one_entry_only() -> None:
    words = [folded(word) for short in LAW.shorthands for word in short.words]
    assert len(words) == len(set(words))
    for short in LAW.shorthands:
        for word in short.words if short.stands_for else ():
            (piece,) = read_list(LAW, word)
            assert piece.choices, word
            assert not piece.fault, word


TEXTS = st.lists(st.sampled_from([text for text, _ in READ]), min_size=1, max_size=6)
SCRAPS = (
    "PFMA",
    "DUI",
    "theft",
    "45-6-301",
    ",",
    ";",
    "and",
    "x3",
    "2nd",
    "(",
    "'",
    '"',
    "$(",
    "<b>",
    "1.",
    "Ct 2:",
    "\\",
)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["; ", "\n", " ;\n"]))
def test_pieces_read_the_same_in_any_company(texts: list[str], separator: str) -> None:
    alone = [piece for text in texts for piece in read_list(LAW, text)]
    assert list(read_list(LAW, separator.join(texts))) == alone


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120) | st.lists(st.sampled_from(SCRAPS), max_size=14).map(" ".join))
def test_whatever_is_pasted_is_read_or_left_and_only_the_catalogue_gets_into_a_case(text: str) -> None:
    pieces = read_list(LAW, text)
    for piece in pieces:
        assert bool(piece.choices) != bool(piece.fault)
        assert all(resolve_charge(LAW, c.offense).title == c.title for c in piece.choices)
    counts = numbered([Taken(p, p.choices[0].offense) for p in pieces if p.choices])
    if counts:
        validate_case({"count": list(counts)})
