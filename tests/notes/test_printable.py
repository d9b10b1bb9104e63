"""Text that can be set: nothing vanishes, nothing reorders, nothing is wider than its column."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plea_aid.notes import NoteData
from plea_aid.notes.content import Decision
from plea_aid.notes.printable import PLAIN, SETTABLE, printable, printable_tree
from plea_aid.notes.render import _compile
from plea_aid.notes.view import view


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("MCA 45-5-206(1)(a)", "MCA 45-5-206(1)(a)"),  # ordinary text stays as it is
        ("a\tb", "a b"),
        ("a\r\nb\rc\u2029d", "a\nb\nc\nd"),
        ("\x00", "[U+0000]"),
        ("\u2066x\u2069", "[U+2066]x[U+2069]"),  # would reorder what is read
        ("\ufeff", "[U+FEFF]"),
        ("\ud83d", "[U+D83D]"),  # half a pair: JSON could not carry it
        ("x" * 18, "x" * 18),
        ("x" * 19, "x" * 6 + "\u200b" + "x" * 6 + "\u200b" + "x" * 6 + "\u200bx"),  # places to break, nothing lost
        ("1227(a)(2)(A)(iii)(I)(II)", "1227(a)(2)(A)(iii)(I)(II)"),  # a citation stays whole, to be copied
        ("-" * 40, "\u200b".join(["-" * 6] * 6 + ["-" * 4])),
    ],
)
def test_printable(given_: str, shown: str) -> None:
    assert printable(given_) == shown


@given(st.text())
def test_nothing_vanishes(text: str) -> None:
    """Every letter and digit survives, or its number stands in its place."""
    shown = printable(text).replace("\u200b", "")
    for char in text:
        if not char.isspace() and char != "\u200b":
            assert char in shown or f"[U+{ord(char):04X}]" in shown


def test_plain_keeps_latin_and_numbers_the_rest() -> None:
    assert printable("é – Ж", plain=True) == "é – [U+0416]"


def test_tree_keeps_its_shape() -> None:
    tree = {"a": ["\x00", 1, None, {"b": "x"}], "c": True}
    assert printable_tree(tree) == {"a": ["[U+0000]", 1, None, {"b": "x"}], "c": True}


@pytest.mark.parametrize("ranges", [SETTABLE, PLAIN])
def test_every_character_called_settable_is_set_by_the_installed_fonts(
    minimal_note: NoteData, ranges: tuple[tuple[int, int], ...]
) -> None:
    """Typst refuses a character that no embedded font holds; a combining mark stands on a letter."""
    characters = [chr(code) for first, last in ranges for code in range(first, last + 1)]
    words = " ".join(f"a{char}" if unicodedata.combining(char) else char for char in characters)
    note = minimal_note.model_copy(update={"decision": Decision(chosen_option="x", rationale=words)})
    assert _compile("internal.typ", view(note), "", plain=False).startswith(b"%PDF-")
