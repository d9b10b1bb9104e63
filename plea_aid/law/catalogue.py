"""The law in memory: look a record up by id or citation, as of a day."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from plea_aid.law.citation import covers, is_section, normalise
from plea_aid.law.desk_card import DeskCard
from plea_aid.law.figures import CAUTIOUS, FigureRules
from plea_aid.law.records import (
    Authority,
    Category,
    Checklist,
    Definition,
    DispositionRule,
    GlossaryEntry,
    Ground,
    GroundException,
    Limits,
    Offense,
    Penalty,
    Policy,
    Posture,
    Term,
)
from plea_aid.law.shorthand import Shorthand
from plea_aid.law.thresholds import ReviewRules


class UnknownOffense(LookupError):
    """No catalogue entry answers to the citation or id given."""


@dataclass(frozen=True, eq=False)
class Law:
    """Every record, by id, with the version that names exactly this content."""

    folder: Path
    version: str
    vocabulary: Mapping[str, Mapping[str, str]]
    authorities: Mapping[str, Authority]
    offenses: Mapping[str, Offense]
    terms: Mapping[str, Term]
    categories: Mapping[str, Category]
    grounds: Mapping[str, Ground]
    exceptions: Mapping[str, GroundException]
    postures: Mapping[str, Posture]
    dispositions: Mapping[str, DispositionRule]
    definitions: Mapping[str, Definition]
    policies: tuple[Policy, ...]
    checklists: tuple[Checklist, ...]
    glossary: Mapping[str, GlossaryEntry]
    figures: tuple[FigureRules, ...] = ()
    """The office's rules on its figures and on what leaves it for a reviewer."""
    reviews: tuple[ReviewRules, ...] = ()
    """The office's rules on supervisor review; without any, every analysis is reviewed."""
    desk_cards: tuple[DeskCard, ...] = ()
    """The office's printable card at a glance; without any, none can be printed."""
    limits: Limits = field(default_factory=Limits)
    """What the parties can agree on; empty where the data has no such file, and then nothing is proposed."""
    shorthands: tuple[Shorthand, ...] = ()
    """How charging lists are written."""

    def find(self, text: str) -> tuple[Offense, ...]:
        """Return the entries that a citation or id stands for: one, all under a wider citation, or none."""
        by_id = self.offenses.get(text.strip().lower())
        if by_id is not None:
            return (by_id,)
        bare = normalise(text)
        exact = self._by_citation.get(bare)
        if exact:
            return exact
        if not is_section(bare):
            return ()
        under: dict[str, Offense] = {}
        for citation, entries in self._by_citation.items():
            if covers(bare, citation):
                under.update((e.id, e) for e in entries)
        return tuple(under.values())

    def resolve(self, text: str) -> tuple[Offense, ...]:
        """Return what ``find`` returns; raise UnknownOffense with the nearest entries when there is none."""
        found = self.find(text)
        if found:
            return found
        bare = normalise(text)
        close = difflib.get_close_matches(bare, list(self._by_citation), n=30, cutoff=0.6)
        close.sort(key=lambda c: _differ_from(bare, c), reverse=True)
        near = list(dict.fromkeys(self._by_citation[c][0].cite for c in close))[:3]
        hint = f"; nearest: {', '.join(near)}" if near else ""
        raise UnknownOffense(
            f"'{text}' is not an offense of the catalogue; a citation such as MCA 45-5-206(1)(a) or a catalogue id is "
            f"accepted{hint}"
        )

    @cached_property
    def memory(self) -> dict[Any, Any]:
        """What the rooms above have worked out under exactly this law, each under a key of its own; gone with it."""
        return {}

    @cached_property
    def _by_citation(self) -> dict[str, tuple[Offense, ...]]:
        table: dict[str, tuple[Offense, ...]] = {}
        for offense in self.offenses.values():
            for cite in (offense.cite, *offense.also_cited):
                key = normalise(cite)
                table[key] = (*table.get(key, ()), offense)
        return table

    def penalty(self, offense: Offense, nth: int, day: date, facts: Mapping[str, str | bool]) -> Penalty:
        """Return the range for the ``nth`` offense committed on ``day`` with these facts of the record.

        Of the tiers in force, the one with the highest number not above ``nth`` applies, and of those the one
        whose own conditions are met; a day before every tier takes the earliest.
        """
        in_force = [p for p in offense.penalties if p.in_force(day)] or list(offense.penalties)
        fitting = [p for p in in_force if all(facts.get(k) == v for k, v in p.when.items())]
        pool = fitting or [p for p in in_force if not p.when] or in_force
        reached = [p for p in pool if p.nth <= nth] or pool
        return max(reached, key=lambda p: (p.nth, len(p.when), p.jail_max_days))

    def posture_ids(self, named: tuple[str, ...]) -> tuple[str, ...]:
        """Return posture ids in catalogue order, with 'all-noncitizens' spelled out."""
        if "all-noncitizens" in named:
            return tuple(self.postures)
        return tuple(p for p in self.postures if p in named)

    @property
    def policy(self) -> Policy | None:
        """The policy the office follows; None when the office has none on file."""
        return self.policies[0] if self.policies else None

    def checklist(self, day: date) -> Checklist | None:
        """Return the office's checklist of factors and gates in its newest edition on ``day``."""
        past = [c for c in self.checklists if c.edition <= day] or list(self.checklists)
        return max(past, key=lambda c: c.edition) if past else None

    def figure_rules(self, day: date) -> FigureRules:
        """Return the office's rules on its figures in force on ``day``; cautious ones where there are none."""
        return next((r for r in reversed(self.figures) if r.in_force(day)), CAUTIOUS)

    def review_rules(self, day: date) -> ReviewRules | None:
        """Return the office's rules on supervisor review in force on ``day``."""
        return next((r for r in reversed(self.reviews) if r.in_force(day)), None)

    def desk_card(self, day: date) -> DeskCard | None:
        """Return the office's desk card in force on ``day``."""
        return next((c for c in reversed(self.desk_cards) if c.in_force(day)), None)


def _differ_from(one: str, other: str) -> int:
    """Return the place of the first character at which two citations differ."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
