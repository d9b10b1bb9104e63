"""Reduce any spelling of a text to one plain form, and remember where each character came from.

A detector reads the plain form; the writer sees marks in the text as it was typed. So every character of the
plain form carries the span of the original it stands for: full-width digits become ASCII digits, every dash
becomes a hyphen, accents and invisible characters go, look-alike letters of other alphabets become Latin.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

SEALED = "\ufffc"
"""Stands in the plain form for a span that holds nothing to find: a placeholder, or a hit already made."""

# Letters of other alphabets that look like Latin ones. Folding whole Cyrillic or Greek text to nonsense is harmless:
# no detector looks for words of those languages.
_LOOKALIKES = dict(
    zip(
        "АВСЕНІЈКМОРЅТХҮасеіјорѕухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοινρυКкɡıłŁøØđĐ∕⁄",
        "ABCEHIJKMOPSTXYaceijopsyxhdqwABEZHIKMNOPTYXaoivpuKkgilLoOdD//",
        strict=True,
    )
)
_QUOTES = dict.fromkeys("‘’‚‛ʼʹʻ′`´＇", "'") | dict.fromkeys("“”„‟″«»＂", '"')
_HYPHENS = frozenset("−‐‑‒–—―⁃﹘﹣－·•∙‧")
_LINE_ENDS = frozenset("\n\x0b\x0c\x85\u2028\u2029")
_SOFT_HYPHEN = "\u00ad"
_PLAIN = re.compile(r"[ -~]*\Z")
_WRAP = re.compile(
    r"(?<![.:;!?\n])\n(?=[a-z0-9(])(?!\d{1,2}[.)] )"
    r"|(?<=\b(?:of|in|is|on|an|by|to|at|or))\n|(?<=\b(?:the|and|was|for|has|her|his))\n|(?<=\bfrom)\n|(?<=\ba)\n"
)
"""A line end inside a sentence: the next line goes on in lower case, or this one ends on a small word."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A plain form with, for each of its characters, the start and end (exclusive) in the original."""

    text: str
    starts: list[int]
    ends: list[int]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that the non-empty span [start, end) of the plain form stands for."""
        return self.starts[start], self.ends[end - 1]

    def seal(self, spans: list[tuple[int, int]]) -> "Folded":
        """The same text with each of the sorted, disjoint spans of the plain form shrunk to one SEALED character."""
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for start, end in [*spans, (len(self.text), len(self.text))]:
            text.append(self.text[at:start])
            starts.extend(self.starts[at:start])
            ends.extend(self.ends[at:start])
            if end > start:
                text.append(SEALED)
                starts.append(self.starts[start])
                ends.append(self.ends[end - 1])
            at = end
        return Folded("".join(text), starts, ends)


def fold(text: str) -> Folded:
    """The plain form of a text. Never raises, whatever the characters; runs in one pass."""
    if _PLAIN.match(text) and "  " not in text:
        return Folded(text, list(range(len(text))), list(range(1, len(text) + 1)))
    plain: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(text):
        folded = _fold_character(character)
        if character == _SOFT_HYPHEN and plain and plain[-1].isdigit() and text[place + 1 : place + 2].isdigit():
            folded = "-"
        for letter in folded:
            if letter in " \n" and plain and plain[-1] in " \n":
                # a run of blanks is one blank, and a line end if any of them is one
                ends[-1] = place + 1
                if letter == "\n":
                    plain[-1] = "\n"
                continue
            plain.append(letter)
            starts.append(place)
            ends.append(place + 1)
        if not folded and ends and ends[-1] == place:
            # an accent or an invisible character belongs to what it follows, so that removing one removes both
            ends[-1] = place + 1
    return Folded(_WRAP.sub(" ", "".join(plain)), starts, ends)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if " " <= character <= "~":
        return character
    if character in _LINE_ENDS:
        return "\n"
    if character in _LOOKALIKES:
        return _LOOKALIKES[character]
    if character in _QUOTES:
        return _QUOTES[character]
    if character in _HYPHENS:
        return "-"
    category = unicodedata.category(character)
    if character.isspace() or category == "Zs":
        return " "
    if category in ("Cf", "Cc", "Mn", "Me", "Cs", "Co", "Cn"):
        return ""
    if category == "Pd":
        return "-"
    if category in ("Nd", "No"):
        digit = unicodedata.digit(character, None)
        if digit is not None:
            return str(digit)
    parts = unicodedata.normalize("NFKD", character)
    if parts == character:
        return character
    return "".join(_fold_character(part) for part in parts)
