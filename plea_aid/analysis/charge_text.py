"""One charge as it is written in a charging list, taken apart: its number, citation, offense number, form and words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from plea_aid.law.catalogue import Law
from plea_aid.law.shorthand import Form, Shorthand, folded

Grade = Literal["felony", "misdemeanor"]
HIGHEST_NTH = 10
MOST_TIMES = 20
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_LABEL = re.compile(
    r"^\W*(?:(?:counts?|cts?|charges?)\b[\s.#]*(?P<count>\d{1,3}|[ivx]{1,4})\b(?!-\d)|(?P<item>\d{1,3})(?=[.):]\s))"
    r"\s*[:.)\-]*\s*",
    re.IGNORECASE,
)
_SECTION = re.compile(r"(?<![\d-])\d{1,2}-\d{1,2}-\d{1,4}(?![\d-])(?:\s*\([0-9A-Za-z]{1,5}\))*")
_EDITION = re.compile(r"\((?:19|20)\d\d\)")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NTH = re.compile(
    rf"\b(?:(?P<figure>\d{{1,3}})(?:st|nd|rd|th|d)\b|(?P<word>{'|'.join(_ORDINALS)})\b)\s*\+?"
    r"(?:\s*(?:or|and)\s*(?:subsequent|more|greater|above)\b)?(?:[\s-]*(?:offense|offence|off|conviction|time)\b\.?)?",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"(?:\bx\s*(?P<after>\d{1,3})\b|\b(?P<before>\d{1,3})\s*x(?=\s|$)|\b(?P<counts>\d{1,3})\s*(?:counts?|cts?)\b)",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\bMont(?:ana)?\.?\s*Code\s*(?:Ann(?:otated)?\.?)?|\bMCA\b|\bM\.C\.A\.?|§+|\bsections?\b|\bsecs?\b\.?",
    re.IGNORECASE,
)
_GRADE = re.compile(
    r"\b(?:felony|fel)\b\.?|\(\s*F\s*\)|(?P<misdemeanor>\b(?:misdemeanor|misd)\b\.?|\(\s*M\s*\))", re.IGNORECASE
)
_MORE_SUBSECTIONS = re.compile(_SECTION.pattern + r"\s*(?:/|-|,|&|and\b|or\b)\s*\([0-9A-Za-z]{1,5}\)", re.IGNORECASE)
_EMPTY = frozenset(re.findall(r"\w+", "a an the of to for offense offence off charge charges count counts"))


@dataclass(frozen=True)
class ChargeText:
    """What one piece of a charging list says; nothing is looked up in the catalogue yet."""

    text: str
    number: int | None
    """The count's number where the list gives one."""
    sections: tuple[str, ...]
    """Citations without what stands around them: '45-5-206(1)(a)'."""
    several: bool
    """True where subsections are listed after a citation: '45-5-206(1)(a)/(c)'."""
    code: str
    """The code that the piece names besides Montana's, as catalogue citations begin: 'Helena City Code'; else empty."""
    nths: tuple[int, ...]
    """Offense numbers written, each once; none stands for a first offense."""
    times: int
    grade: Grade | None
    forms: tuple[Shorthand, ...]
    words: str
    """The other words, folded, as they name an offense."""
    whole: str
    """All words folded, for a title that holds an ordinal or the word attempt itself."""

    @property
    def form(self) -> Form | None:
        """Return the form it names; accountability makes no other offense of it."""
        return self.forms[0].form if self.forms else None

    @property
    def says_nothing_alone(self) -> bool:
        """True for '1st offense' or 'MCA' standing alone: it belongs to the piece before it."""
        return not self.sections and not self.words


def take_apart(law: Law, text: str) -> ChargeText:
    """Return what one piece of a charging list says."""
    rest = clean(text)
    label = _LABEL.match(rest)
    number = None
    if label:
        given = label["count"] or label["item"]
        number = int(given) if given.isdigit() else _ROMAN.get(given.lower())
        rest = rest[label.end() :] if number else rest
    stated, rest = rest, _EDITION.sub(" ", rest)
    code = next((c for c in codes(law) if re.search(rf"\b{re.escape(c)}\b", rest, re.IGNORECASE)), "")
    rest = re.sub(rf"\b{re.escape(code)}\b", " ", rest, flags=re.IGNORECASE) if code else rest
    sections = tuple(dict.fromkeys(re.sub(r"\s+", "", one) for one in _SECTION.findall(rest)))
    several = bool(_MORE_SUBSECTIONS.search(rest))
    rest = _NOISE.sub(" ", _SECTION.sub(" ", rest))
    whole = folded(rest)
    times, rest = _times(rest)
    nths = tuple(dict.fromkeys(_nth(found) for found in _NTH.finditer(rest)))
    rest = _NTH.sub(" ", rest)
    grades = {"misdemeanor" if found["misdemeanor"] else "felony" for found in _GRADE.finditer(rest)}
    grade: Grade | None = grades.pop() if len(grades) == 1 else None  # type: ignore[assignment]
    forms, words, sections = _forms(law, folded(_GRADE.sub(" ", rest)), sections)
    words = " ".join(w for w in words.split() if w not in _EMPTY)
    return ChargeText(
        " ".join(stated.split()), number, sections, several, code, nths, times, grade, forms, words, whole
    )


def codes(law: Law) -> tuple[str, ...]:
    """Return the codes besides Montana's from which the catalogue cites, each as its citations begin."""
    known: tuple[str, ...] | None = law.memory.get("codes")
    if known is None:
        begin = (re.match(r"(\D+?)\s+\d", o.cite) for o in law.offenses.values())
        names = {found[1] for found in begin if found}
        known = law.memory["codes"] = tuple(sorted(n for n in names if not n.startswith("MCA")))
    return known


def clean(text: str) -> str:
    """Return ``text`` with one kind of hyphen and blank, and without signs that no eye sees."""
    text = _HYPHENS.sub("-", unicodedata.normalize("NFKC", text))
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C").strip()


def _nth(found: re.Match[str]) -> int:
    return int(found["figure"]) if found["figure"] else _ORDINALS.index(found["word"].lower()) + 1


def _times(text: str) -> tuple[int, str]:
    found = _TIMES.search(text)
    if not found:
        return 1, text
    times = int(found["after"] or found["before"] or found["counts"])
    return (times, _TIMES.sub(" ", text, count=1)) if times else (1, text)


def _forms(law: Law, words: str, sections: tuple[str, ...]) -> tuple[tuple[Shorthand, ...], str, tuple[str, ...]]:
    """Return the forms named, the other words, and the citations that are not those of a form."""
    found: list[Shorthand] = []
    padded = f" {words} "
    for one in (s for s in law.shorthands if s.form):
        for word in sorted((folded(w) for w in one.words), key=len, reverse=True):
            if f" {word} " in padded:
                padded = padded.replace(f" {word} ", " ")
                found.append(one)
        if any(cite in sections for cite in one.cites):
            found.append(one)
            sections = tuple(s for s in sections if s not in one.cites)
    distinct = {one.form: one for one in found}
    return tuple(distinct.values()), " ".join(padded.split()), sections
