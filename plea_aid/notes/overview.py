"""The overview: for each option, the strongest level by group of postures and by kind of consequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

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


def overview(data: NoteData, *, columns: int) -> list[Tree]:
    """Two matrices, options as columns, cut into tables of at most `columns` options."""
    groups = _groups(data)
    kinds = _kinds(data)
    tables: list[Tree] = []
    for at in range(0, len(data.options), columns):
        options = list(enumerate(data.options, 1))[at : at + columns]
        heads: list[Tree] = [f"{number}. {option.name}" for number, option in options]
        chosen = [option for _, option in options]
        if groups:
            tables.append({
                "corner": "By immigration posture", "heads": heads,
                "rows": [_row(group.name, chosen, _concerns(group), _kind_words(data)) for group in groups],
            })  # fmt: skip
        if kinds:
            tables.append({
                "corner": "By kind of consequence", "heads": heads,
                "rows": [
                    _row(data.kind_names.get(kind, kind), chosen, _of_kind(kind), _ground_words) for kind in kinds
                ],
            })  # fmt: skip
    return tables


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


def _concerns(group: PostureGroup) -> Callable[[Finding], bool]:
    """Whether a finding touches the group; one that names no posture touches every group."""
    return lambda finding: not finding.postures or not set(finding.postures).isdisjoint(group.postures)


def _of_kind(kind: str) -> Callable[[Finding], bool]:
    return lambda finding: finding.kind == kind


def _kind_words(data: NoteData) -> Callable[[Sequence[Finding]], str]:
    """Names of the kinds of some findings, in the fixed order."""

    def words(findings: Sequence[Finding]) -> str:
        kinds = {finding.kind for finding in findings if finding.kind}
        ordered = [kind for kind in KIND_ORDER if kind in kinds] + sorted(kinds - set(KIND_ORDER))
        return ", ".join(data.kind_names.get(kind, kind) for kind in ordered)

    return words


def _ground_words(findings: Sequence[Finding]) -> str:
    number = len({finding.ground for finding in findings})
    return f"{number} ground" if number == 1 else f"{number} grounds"


def _row(
    name: str,
    options: list[OptionNote],
    belongs: Callable[[Finding], bool],
    note: Callable[[Sequence[Finding]], str],
) -> dict[str, Any]:
    return {"name": name, "cells": [_cell(option, belongs, note) for option in options]}


def _cell(
    option: OptionNote, belongs: Callable[[Finding], bool], note: Callable[[Sequence[Finding]], str]
) -> dict[str, Any]:
    """The strongest level; a question that nobody analysed is never shown as clear, and is named beside a flag."""
    if not option.analysed:
        return {"level": "not-analysed", "note": ""}
    findings = [finding for finding in option.findings if belongs(finding)]
    if not findings:
        return {"level": "none", "note": ""}
    level = min((finding.level for finding in findings), key=LEVEL_ORDER.index)
    words = "" if level == "none" else note([finding for finding in findings if finding.level == level])
    if level != "not-analysed" and any(finding.level == "not-analysed" for finding in findings):
        words = f"{words}; others not analysed"
    return {"level": level, "note": words}
