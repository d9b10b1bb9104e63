"""The findings of each option, explained so that a reader meets every reason once.

A case of one count and four options can have a hundred findings, most of which share steps, authorities and ways
out. What has been told in full is pointed to afterwards: a long step by the finding that tells it, an authority by
its short name, a change that avoids a finding by its letter in the option's own list.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from plea_aid.notes.content import Authority, Finding, NoteData, OptionNote
from plea_aid.notes.overview import LEVEL_ORDER, strongest_first
from plea_aid.notes.printable import Tree

Row: TypeAlias = dict[str, Any]

LONG_STEP = 200  # characters from which a step is told once and pointed to afterwards
SHORT = 110  # characters that a step keeps where it is pointed to
_SENTENCE_END = re.compile(r"(?<=[a-z)\]])\. (?=[A-Z])")  # not the points of "18 U.S.C. 16" or "Johnson v. U.S."
USES = 8  # places listed beside an authority or a change before the rest is counted


def explained_options(data: NoteData) -> list[Tree]:
    """Every option with its findings, strongest first, numbered 2.1, 2.2 ... within option 2.

    Grounds that nobody analysed, and about which there is nothing more to say, are named together.
    """
    told = _Told({posture for group in data.posture_groups for posture in group.postures}, data.kind_names)
    return [_option(number, option, told) for number, option in enumerate(data.options, 1)]


def tallied_options(data: NoteData) -> list[Tree]:
    """For a summary: each option's name, how many findings stand at each level, and what nobody analysed."""
    return [
        [f"{number}. {option.name}", _tally(option) or "none", "; ".join(map(_named, option.findings_left_open()))]
        for number, option in enumerate(data.options, 1)
    ]


def table_of_authorities(data: NoteData) -> list[Row]:
    """Every authority by name: where it is used, and whether anybody has read it at its source.

    One mention that is not verified makes the authority unverified.
    """
    used: dict[tuple[str, str], tuple[list[Authority], list[str]]] = {}
    for number, option in enumerate(data.options, 1):
        for place, finding in enumerate(strongest_first(option.findings), 1):
            for authority in finding.authorities:
                entries, where = used.setdefault((authority.name, authority.citation), ([], []))
                entries.append(authority)
                if (label := f"{number}.{place}") not in where:
                    where.append(label)
    return [
        {
            "name": name,
            "citation": citation,
            "proposition": next((entry.proposition for entry in entries if entry.proposition), ""),
            "treatment": next((entry.treatment for entry in entries if entry.treatment), ""),
            "verified": all(entry.verified for entry in entries),
            "used": _places(where),
        }
        for (name, citation), (entries, where) in sorted(used.items(), key=lambda item: item[0][0].casefold())
    ]


class _Told:
    """What the reader has already been told, and where."""

    def __init__(self, every_posture: set[str], kinds: dict[str, str]) -> None:
        self.every_posture = every_posture
        self.kinds = kinds
        self._findings: dict[tuple[object, ...], str] = {}
        self._steps: dict[str, str] = {}
        self._authorities: set[tuple[str, str]] = set()

    def finding(self, finding: Finding, label: str) -> str:
        """The label of an earlier finding with the same ground, reasons and authorities, else nothing."""
        first = self._findings.setdefault((finding.ground, finding.because, finding.authorities), label)
        return "" if first == label else first

    def step(self, text: str, label: str, place: int) -> str:
        """The step, or its beginning and where it is told in full."""
        if len(text) < LONG_STEP:
            return text
        here = f"finding {label}, step {place}"
        first = self._steps.setdefault(text, here)
        return text if first == here else f"{_beginning(text)} In full: {first}."

    def authority(self, authority: Authority) -> Row:
        """Name and citation at the first mention, the name alone later; treatment only where it is not simply good."""
        key = (authority.name, authority.citation)
        words = authority.name if key in self._authorities else ", ".join(filter(None, key))
        treatment = "" if key in self._authorities or authority.treatment == "good" else authority.treatment
        self._authorities.add(key)
        return {"words": words, "treatment": treatment, "verified": authority.verified}


def _option(number: int, option: OptionNote, told: _Told) -> Row:
    changes: dict[str, list[str]] = {}
    rows: list[Row] = []
    for place, finding in enumerate(strongest_first(option.findings), 1):
        if finding.is_left_open():
            continue
        label = f"{number}.{place}"
        for change in finding.avoided_by:
            changes.setdefault(change, []).append(label)
        rows.append(_finding(finding, label, told))
    letters = {change: f"{number}{_letters(place)}" for place, change in enumerate(changes)}
    for row in rows:
        row["avoided_by"] = ", ".join(letter for change, letter in letters.items() if change in row["avoided_by"])
    return {
        "name": f"Option {number}. {option.name}",
        "analysed": option.analysed,
        "tally": _tally(option),
        "findings": rows,
        "changes": [[letters[change], change, _places(labels)] for change, labels in changes.items()],
        "unanalysed": [_named(finding) for finding in option.findings_left_open()],
        "warnings": list(option.warnings),
    }


def _finding(finding: Finding, label: str, told: _Told) -> Row:
    postures = list(finding.postures)
    if len(told.every_posture) > 1 and told.every_posture <= set(postures):
        postures = [f"every posture analysed ({len(set(postures))})"]
    kind = told.kinds.get(finding.kind, finding.kind)
    same_as = told.finding(finding, label)
    steps = [] if same_as else [told.step(step, label, place) for place, step in enumerate(finding.because, 1)]
    return {
        "label": label,
        "ground": finding.ground,
        "named": "; ".join(filter(None, (finding.citation, kind, _count_words(finding.counts)))),
        "level": finding.level,
        "postures": ", ".join(postures),
        "same_as": same_as,
        "because": steps,
        "authorities": [] if same_as else [told.authority(authority) for authority in finding.authorities],
        "avoided_by": list(finding.avoided_by),
    }


def _beginning(text: str) -> str:
    """The first sentence of a step, shortened where it is long itself."""
    sentence = _SENTENCE_END.split(text, maxsplit=1)[0]
    return f"{sentence}." if len(sentence) <= SHORT else f"{sentence[:SHORT].rsplit(' ', 1)[0]} …"


def _named(finding: Finding) -> str:
    return ", ".join(filter(None, (finding.ground, finding.citation)))


def _tally(option: OptionNote) -> str:
    """How many findings stand at each level, in words."""
    numbers = {level: sum(finding.level == level for finding in option.findings) for level in LEVEL_ORDER}
    return ", ".join(f"{number} {level.replace('-', ' ')}" for level, number in numbers.items() if number)


def _count_words(numbers: tuple[int, ...]) -> str:
    listed = ", ".join(map(str, numbers))
    return "" if not numbers else f"count {listed}" if len(numbers) == 1 else f"counts {listed}"


def _places(labels: list[str]) -> str:
    """Where something is used, the first places by name and the rest by number."""
    rest = len(labels) - USES
    return ", ".join(labels) if rest <= 0 else f"{', '.join(labels[:USES])} and {rest} more"


def _letters(place: int) -> str:
    """a, b ... z, aa, ab ... for 0, 1 ... 25, 26, 27 ..."""
    first, last = divmod(place, 26)
    return (_letters(first - 1) if first else "") + chr(ord("a") + last)
