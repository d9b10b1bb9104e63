"""The comparison at a glance: options by posture groups, one level a cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plea_aid.analysis.assess import OptionAnalysis
from plea_aid.analysis.findings import Finding
from plea_aid.analysis.levels import flagged, rank
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Kind
from plea_aid.pages.wording import KINDS, counted
from plea_aid.pages.wording import level as level_words
from plea_aid.planning.groups import shown_order


@dataclass(frozen=True)
class Cell:
    """One option for one group of postures."""

    option: str
    group: str
    level: str
    """A level, or 'not-analysed', which is never shown as clear."""
    grounds: tuple[str, ...]
    """Names of the grounds at that level, each once."""

    @property
    def words(self) -> str:
        """The cell in a table: shape, word, and how many grounds reach the level."""
        shown = level_words(self.level)
        return f"{shown}, {counted(len(self.grounds), 'ground')}" if self.grounds and self.level != "none" else shown


def groups_of(law: Law) -> dict[str, tuple[str, ...]]:
    """Return posture ids by group, both in the catalogue's order."""
    found: dict[str, list[str]] = {}
    for posture in law.postures.values():
        found.setdefault(posture.group, []).append(posture.id)
    return {name: tuple(ids) for name, ids in found.items()}


def cells(options: Sequence[OptionAnalysis], law: Law) -> tuple[Cell, ...]:
    """Return every cell, option by option."""
    return tuple(_cell(option, name, ids, law) for option in options for name, ids in groups_of(law).items())


def table(found: Sequence[Cell]) -> list[dict[str, str]]:
    """Return the cells as a table: a row a posture group, a column an option."""
    groups = dict.fromkeys(c.group for c in found)
    return [{"Situation": group, **{c.option: c.words for c in found if c.group == group}} for group in groups]


def by_kind(option: OptionAnalysis, law: Law) -> dict[Kind, str]:
    """Return the highest level of each kind of ground."""
    return {
        kind: _top(
            (f.level for f in option.findings if f.kind == kind),
            any(law.grounds[n.ground].kind == kind for n in option.not_analysed),
        )
        for kind in KINDS
    }


def kind_table(options: Sequence[OptionAnalysis], law: Law) -> dict[str, dict[Kind, str]]:
    """Return, for each option by name, the highest level of each kind of ground."""
    return {option.name: by_kind(option, law) for option in options}


def findings_for(option: OptionAnalysis, postures: Sequence[str] | None) -> tuple[Finding, ...]:
    """Return the findings that concern one of these postures (all for None), the highest level first."""
    wanted = [f for f in option.findings if postures is None or set(f.postures) & set(postures)]
    return tuple(sorted(wanted, key=lambda f: -rank(f.level)))


def flag_line(option: OptionAnalysis) -> str:
    """Return in one sentence how many grounds are flagged, possible and not analysed."""
    flags = len({f.ground for f in option.findings if flagged(f.level)})
    open_ = len({f.ground for f in option.findings if f.level == "possible"})
    parts = [counted(flags, "ground") + " flagged" if flags else "No ground flagged"]
    if open_:
        parts.append(f"{open_} possible")
    if option.not_analysed:
        parts.append(f"{len(option.not_analysed)} not analysed")
    return ", ".join(parts) + "."


def summary(found: Sequence[Cell]) -> str:
    """Return the picture in words: for each option the groups at its highest level."""
    lines = []
    for name in dict.fromkeys(c.option for c in found):
        mine = [c for c in found if c.option == name]
        worst = max(mine, key=lambda c: shown_order(c.level)).level
        groups = [c.group for c in mine if c.level == worst]
        where = "every group" if len(groups) == len(mine) else "; ".join(groups)
        lines.append(f"{name}: highest level {worst.replace('-', ' ')}, for {where}.")
    return " ".join(lines)


def _cell(option: OptionAnalysis, name: str, ids: tuple[str, ...], law: Law) -> Cell:
    mine = [f for f in option.findings if set(f.postures) & set(ids)]
    missing = [n.ground for n in option.not_analysed if set(law.posture_ids(law.grounds[n.ground].postures)) & set(ids)]
    level = _top((f.level for f in mine), bool(missing))
    reached = missing if level == "not-analysed" else [f.ground for f in mine if f.level == level]
    return Cell(option.name, name, level, tuple(dict.fromkeys(law.grounds[g].name for g in reached)))


def _top(levels: Iterable[str], missing: bool) -> str:
    known = max(levels, key=shown_order, default="none")
    return "not-analysed" if missing and shown_order(known) < shown_order("not-analysed") else known
