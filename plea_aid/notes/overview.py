"""The overview: for each option, the strongest level by group of postures and by kind of consequence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from plea_aid.notes.content import Finding, Level, NoteData, OptionNote, PostureGroup
from plea_aid.notes.printable import Tree

LEVEL_ORDER: tuple[Level, ...] = ("certain", "likely", "possible", "not-analysed", "unlikely", "none")
KIND_ORDER = (
    "aggravated-felony",
    "deportability",
    "inadmissibility",
    "relief-bar",
    "detention",
    "gmc",
    "benefit",
)


def numbered(number: int, option: str) -> str:
    """An option's name in a table: its number, and as much of the name as a column can hold."""
    return f"{number}. {shortened(option, 90)}"


def shortened(text: str, room: int) -> str:
    """At most `room` characters of a text that is printed in full elsewhere."""
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def strongest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by level, then by kind, else as they came."""

    def place(finding: Finding) -> tuple[int, int]:
        kind = KIND_ORDER.index(finding.kind) if finding.kind in KIND_ORDER else len(KIND_ORDER)
        return LEVEL_ORDER.index(finding.level), kind

    return sorted(findings, key=place)


def by_posture(data: NoteData, columns: int) -> list[Tree]:
    """Groups of postures down, options across; each cell also names the kinds that reach its level."""
    note = _kind_words(data)
    rows = [(group.name, _concerns(group), note) for group in _groups(data)]
    return _tables(data, "By immigration posture", rows, columns)


def by_kind(data: NoteData, columns: int) -> list[Tree]:
    """Kinds of consequence down, options across; each cell also counts the grounds that reach its level."""
    rows = [(_capital(data.kind_names.get(kind, kind)), _of_kind(kind), _ground_words) for kind in _kinds(data)]
    return _tables(data, "By kind of consequence", rows, columns)


def by_ground(data: NoteData, columns: int, *, labelled: bool, flagged: bool = False) -> list[Tree]:
    """Grounds down, options across: those that are flagged, open or not analysed under at least one option.

    `labelled` adds to each cell the numbers under which the full note explains its findings; `flagged` leaves out
    the grounds that no option flags.
    """
    left_out = ("unlikely", "none", "possible", "not-analysed") if flagged else ("unlikely", "none")
    findings = strongest_first(finding for option in data.options for finding in option.findings)
    grounds = dict.fromkeys((f.ground, f.citation) for f in findings if f.level not in left_out)
    note = _labels if labelled else _nothing
    rows = [(", ".join(filter(None, key)), _on_ground(key), note) for key in grounds]
    corner = "By ground, where flagged" if flagged else "By ground, where flagged or open"
    return _tables(data, corner, rows, columns, first=3.3, named=False)


def kinds_reached(data: NoteData) -> list[str]:
    """The kinds of ground that some option reaches at a level above none, in the fixed order."""
    return [kind for kind in _kinds(data) if any(level_of_kind(option, kind) != "none" for option in data.options)]


def level_of_kind(option: OptionNote, kind: str) -> Level:
    """The strongest level of an option's findings of one kind; a question that nobody analysed is never clear."""
    levels: list[Level] = [finding.level for finding in option.findings if finding.kind == kind]
    return min(levels, key=LEVEL_ORDER.index, default="none") if option.analysed else "not-analysed"


_Belongs: TypeAlias = Callable[[Finding], bool]
_Note: TypeAlias = Callable[[int, OptionNote, Sequence[Finding]], str]


def _tables(
    data: NoteData,
    corner: str,
    rows: Sequence[tuple[str, _Belongs, _Note]],
    columns: int,
    first: float = 1.0,
    named: bool = True,
) -> list[Tree]:
    """One table for each `columns` options, headed by their names or, where these stand above, their numbers.

    `first` is the width of the first column beside the others'.
    """
    if not rows:
        return []
    options = list(enumerate(data.options, 1))
    return [
        {
            "corner": corner,
            "first": first,
            "heads": [numbered(number, option.name) if named else f"Option {number}" for number, option in chunk],
            "rows": [
                {"name": name, "cells": [_cell(number, option, belongs, note) for number, option in chunk]}
                for name, belongs, note in rows
            ],
        }
        for chunk in (options[at : at + columns] for at in range(0, len(options), columns))
    ]


def _groups(data: NoteData) -> list[PostureGroup]:
    """The groups given, and one more for postures that a finding names and no group holds; else one a posture."""
    named = list(dict.fromkeys(p for option in data.options for f in option.findings for p in f.postures))
    if not data.posture_groups:
        return [PostureGroup(name=posture, postures=(posture,)) for posture in named]
    held = {posture for group in data.posture_groups for posture in group.postures}
    rest = tuple(posture for posture in named if posture not in held)
    return [*data.posture_groups, *([PostureGroup(name="Other postures", postures=rest)] if rest else [])]


def _kinds(data: NoteData) -> list[str]:
    found = {finding.kind for option in data.options for finding in option.findings if finding.kind}
    return [kind for kind in KIND_ORDER if kind in found] + sorted(found - set(KIND_ORDER))


def _concerns(group: PostureGroup) -> _Belongs:
    """Whether a finding touches the group; one that names no posture touches every group."""
    return lambda finding: not finding.postures or not set(finding.postures).isdisjoint(group.postures)


def _of_kind(kind: str) -> _Belongs:
    return lambda finding: finding.kind == kind


def _on_ground(ground: tuple[str, str]) -> _Belongs:
    return lambda finding: (finding.ground, finding.citation) == ground


def _kind_words(data: NoteData) -> _Note:
    """Names of the kinds of some findings, in the fixed order."""

    def words(number: int, option: OptionNote, findings: Sequence[Finding]) -> str:
        kinds = {finding.kind for finding in findings if finding.kind}
        ordered = [kind for kind in KIND_ORDER if kind in kinds] + sorted(kinds - set(KIND_ORDER))
        names = [data.kind_names.get(kind, kind) for kind in ordered]
        return ", ".join(names) if len(names) <= 2 else f"{names[0]}, {len(names) - 1} more"

    return words


def _ground_words(number: int, option: OptionNote, findings: Sequence[Finding]) -> str:
    number = len({finding.ground for finding in findings})
    return f"{number} ground" if number == 1 else f"{number} grounds"


def _labels(number: int, option: OptionNote, findings: Sequence[Finding]) -> str:
    """The numbers of some findings of an option, as the full note counts them."""
    asked = {id(finding) for finding in findings}  # the option's own, which would take long to compare field by field
    places = enumerate(strongest_first(option.findings), 1)
    return ", ".join(f"{number}.{place}" for place, f in places if id(f) in asked and not f.is_left_open())


def _nothing(number: int, option: OptionNote, findings: Sequence[Finding]) -> str:
    return ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _cell(number: int, option: OptionNote, belongs: _Belongs, note: _Note) -> dict[str, Tree]:
    """The strongest level; a question that nobody analysed is never shown as clear, and is named beside a flag."""
    if not option.analysed:
        return {"level": "not-analysed", "note": ""}
    findings = [finding for finding in option.findings if belongs(finding)]
    if not findings:
        return {"level": "none", "note": ""}
    level = min((finding.level for finding in findings), key=LEVEL_ORDER.index)
    words = "" if level == "none" else note(number, option, [finding for finding in findings if finding.level == level])
    if level != "not-analysed" and any(finding.level == "not-analysed" for finding in findings):
        words = "; ".join(filter(None, (words, "others not analysed")))
    return {"level": level, "note": words}
