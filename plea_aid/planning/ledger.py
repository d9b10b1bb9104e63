"""Put the readings of several counts together: many partial options at once, one row each.

A row holds what the counts so far show together: the consequences they reach by themselves, how many of them count
towards each tally, whether they make 'another' for a lone-offense exception, terms added up, and the weight gained.
Adding a count only takes maxima and sums, so it never lowers a consequence. Counts of one scheme of misconduct are
added first into an open page, which is closed into the row when the scheme is complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plea_aid.analysis.charge import Outcome
from plea_aid.planning.readings import Reading, TakenApart
from plea_aid.planning.space import Choice
from plea_aid.planning.terms import Term

Levels = NDArray[np.uint8]
Days = NDArray[np.int32]
Flags = NDArray[np.bool_]

LEVELS_ABOVE_NONE = (1, 2, 3, 4)
_LONE_OPEN, _TALLY_OPEN = 4, 1
"""Places on the open page: how surely it is another with the three levels; the level."""


@dataclass(frozen=True)
class Rows:
    """Partial options. All arrays have one row an option."""

    reached: Levels
    """Maxima: the columns, then for each special term its levels."""
    counted: Levels
    """Sums, each up to what its term asks for."""
    open: Levels
    """Maxima over the scheme of misconduct now being added."""
    totals: Days
    """Days ordered and days served over all convictions."""
    weight: Days
    """Convictions, jail, imposed, fine, supervision."""
    kept: Levels
    """Restitution, and each enhancement family: 1 where kept."""
    picks: NDArray[np.int16]
    """Which choice of each count; -1 where the count is not added yet."""
    changes: Days

    def __len__(self) -> int:
        return len(self.picks)

    def take(self, places: NDArray[np.intp] | Flags) -> Rows:
        """Return the rows at these places."""
        return Rows(*(getattr(self, name)[places] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Special:
    """Where a term that looks at several counts keeps its figures."""

    term: Term
    place: int
    reached: slice
    counted: slice
    open: slice
    feeds: NDArray[np.intp]
    """The columns it can raise, and up to what."""
    caps: Levels
    lone: int = -1


class Ledger:
    """The layout of the rows for one case, and the arithmetic on them."""

    def __init__(
        self,
        apart: TakenApart,
        choices: Sequence[Sequence[Choice]],
        priors: Sequence[Outcome],
        concurrent: bool,
        families: Sequence[str],
    ) -> None:
        self.apart, self.concurrent, self.families = apart, concurrent, tuple(families)
        self.counts = len(choices)
        self.choices = choices
        self.priors = [(p, apart.read(p)) for p in priors]
        self.specials = self._lay_out()
        self.caps = self._caps()
        self._tables = [self._table(place, options) for place, options in enumerate(choices)]

    # ----- layout

    def _lay_out(self) -> list[Special]:
        own = [c.reading for options in self.choices for c in options]
        readings = [*own, *(r for _, r in self.priors)]
        alike: dict[tuple[object, ...], list[int]] = {}
        for place, term in enumerate(self.apart.terms):
            if (term.lone or term.tally or term.total) and self._can_matter(term, place, readings):
                shown = () if term.total else tuple(r.levels[place] for r in readings)
                kind = (term.lone, term.tally, term.needs, term.by_scheme, term.total, term.total_needs)
                alike.setdefault((*kind, shown), []).append(place)
        fed = [self._feeds_of(places) for places in alike.values()]
        self._merge_columns(own, fed)
        specials: list[Special] = []
        reached, counted, opened = len(self.shown_at), 0, 0
        for places, caps in zip(alike.values(), fed, strict=True):
            term = self.apart.terms[places[0]]
            lone = next((i for i, e in enumerate(self.apart.lone) if e.id == term.lone), -1)
            if term.lone:
                sizes = (9, 2, _LONE_OPEN if self._same_incident(lone) else 0)
            elif term.tally:
                sizes = (1, len(LEVELS_ABOVE_NONE), _TALLY_OPEN if term.by_scheme else 0)
            else:
                sizes = (1, 1, 0)
            special = Special(
                term=term,
                place=places[0],
                reached=slice(reached, reached + sizes[0]),
                counted=slice(counted, counted + sizes[1]),
                open=slice(opened, opened + sizes[2]),
                feeds=np.flatnonzero(caps[self.shown_at]),
                caps=caps[self.shown_at][caps[self.shown_at] > 0],
                lone=lone,
            )
            reached, counted, opened = reached + sizes[0], counted + sizes[1], opened + sizes[2]
            specials.append(special)
        self.width = (reached, counted, opened)
        return specials

    def _feeds_of(self, terms: Sequence[int]) -> Levels:
        """Return, for each consequence, the highest cap at which one of ``terms`` feeds it; 0 where none does."""
        caps = [max((f.cap for f in c.feeds if f.term in terms), default=0) for c in self.apart.consequences]
        return np.array(caps, np.uint8)

    def _merge_columns(self, own: Sequence[Reading], fed: Sequence[Levels]) -> None:
        """Find the consequences that no option of this case can tell apart: they share a column of the rows."""
        first: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        columns: list[int] = []
        expand: list[int] = []
        for i in range(len(self.apart.consequences)):
            key = (tuple(r.columns[i] for r in own), tuple(int(caps[i]) for caps in fed))
            if key not in first:
                first[key] = len(columns)
                columns.append(i)
            expand.append(first[key])
        self.shown_at = np.array(columns, np.intp)
        """For each column of the rows, the first consequence it stands for."""
        self.expand = np.array(expand, np.intp)
        """For each consequence, its column."""

    def _same_incident(self, lone: int) -> bool:
        return self.apart.lone[lone].substance is not None

    def _can_matter(self, term: Term, place: int, readings: Sequence[Reading]) -> bool:
        """Leave out what no option of the case can reach: nothing qualifies, or the longest terms add up to less."""
        if not term.total:
            return any(any(r.levels[place]) for r in readings)
        most = sum(_days(term, r) for _, r in self.priors)
        most += sum(max((_days(term, c.reading) for c in options), default=0) for options in self.choices)
        return most >= term.total_needs

    def _caps(self) -> Levels:
        caps = np.zeros(self.width[1], np.uint8)
        for s in self.specials:
            caps[s.counted] = 2 if s.term.lone else s.term.needs
        return caps

    # ----- rows

    def alone(self, place: int) -> bool:
        """Say whether a count has its scheme of misconduct to itself."""
        schemes = [options[0].outcome.scheme for options in self.choices]
        return schemes.count(schemes[place]) == 1

    def _table(self, place: int, options: Sequence[Choice]) -> Rows:
        rows = self._blank(len(options))
        for i, choice in enumerate(options):
            self._enter(rows, i, choice.reading)
            share = choice.share
            rows.weight[i] = (
                share.conviction, share.jail_days, share.imposed_days, share.fine, share.supervision_days,
            )  # fmt: skip
            rows.kept[i] = (share.restitution, *(f in share.priors for f in self.families))
            rows.changes[i] = choice.changes
            rows.picks[i, place] = i
        return self.close(rows, options[0].outcome.scheme) if self.alone(place) else rows

    def _blank(self, many: int) -> Rows:
        reached, counted, opened = self.width
        return Rows(
            reached=np.zeros((many, reached), np.uint8),
            counted=np.zeros((many, counted), np.uint8),
            open=np.zeros((many, opened), np.uint8),
            totals=np.zeros((many, 2), np.int32),
            weight=np.zeros((many, 5), np.int32),
            kept=np.zeros((many, 1 + len(self.families)), np.uint8),
            picks=np.full((many, self.counts), -1, np.int16),
            changes=np.zeros(many, np.int32),
        )

    def _enter(self, rows: Rows, i: int, reading: Reading, *, prior: bool = False) -> None:
        if not prior:
            rows.reached[i, : len(self.shown_at)] = [reading.columns[at] for at in self.shown_at]
        for s in self.specials:
            self._enter_special(rows, i, s, reading, prior)

    def _enter_special(self, rows: Rows, i: int, s: Special, reading: Reading, prior: bool) -> None:
        levels = reading.levels[s.place]
        if s.term.lone:
            another = reading.others[s.lone]
            shown = (0, 0, 0) if prior else levels
            if self._same_incident(s.lone):
                if not prior:
                    rows.open[i, s.open] = (another, *shown)
            else:
                rows.counted[i, s.counted] = (another >= 1, another >= 2)
                rows.reached[i, s.reached] = _by_class(another, shown)
        elif s.term.by_scheme:
            if not prior:
                rows.open[i, s.open] = levels[0]
        elif s.term.tally:
            rows.counted[i, s.counted] = [levels[0] >= x for x in LEVELS_ABOVE_NONE]
            rows.reached[i, s.reached] = 0 if prior else levels[0]
        elif reading.conviction:
            rows.totals[i, int(s.term.total == "served")] = _days(s.term, reading)
            rows.counted[i, s.counted] = 1
            rows.reached[i, s.reached] = 0 if prior else reading.conviction

    def start(self, schemes: Iterable[str]) -> Rows:
        """Return one row with the priors; those of ``schemes`` (of this case's counts) join when a scheme is closed."""
        rows = self._blank(1)
        for _, reading in self.priors:
            row = self._blank(1)
            self._enter(row, 0, reading, prior=True)
            rows = self.add(rows, row)
        own = set(schemes)
        for scheme in dict.fromkeys(p.scheme for p, _ in self.priors):
            if scheme not in own:
                rows = self.close(rows, scheme)
        return rows

    def table(self, place: int) -> Rows:
        """Return the choices of one count as rows."""
        return self._tables[place]

    def add(self, rows: Rows, other: Rows) -> Rows:
        """Return every row with every row of ``other`` added to it."""
        n, m = len(rows), len(other)
        left, right = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
        a, b = rows.take(left), other.take(right)
        weight = a.weight + b.weight
        if self.concurrent:
            longest = [1, 2, 4]
            weight[:, longest] = np.maximum(a.weight[:, longest], b.weight[:, longest])
        return Rows(
            reached=np.maximum(a.reached, b.reached),
            counted=np.minimum(a.counted + b.counted, self.caps),
            open=np.maximum(a.open, b.open),
            totals=a.totals + b.totals,
            weight=weight,
            kept=np.maximum(a.kept, b.kept),
            picks=np.maximum(a.picks, b.picks),
            changes=a.changes + b.changes,
        )

    def close(self, rows: Rows, scheme: str) -> Rows:
        """Return the rows with the open page of ``scheme`` entered: each scheme counts once."""
        if not self.width[2]:
            return rows
        reached, counted = rows.reached.copy(), rows.counted.copy()
        mine = [r for p, r in self.priors if p.scheme == scheme]
        for s in self.specials:
            if s.term.by_scheme:
                level = rows.open[:, s.open.start]
                before = max((r.levels[s.place][0] for r in mine), default=0)
                best = np.maximum(level, before)
                counted[:, s.counted] += (best[:, None] >= LEVELS_ABOVE_NONE).astype(np.uint8)
                current = np.where(level >= before, level, 0)
                reached[:, s.reached.start] = np.maximum(reached[:, s.reached.start], current)
            elif s.term.lone and self._same_incident(s.lone):
                page = rows.open[:, s.open]
                another = np.maximum(page[:, 0], max((r.others[s.lone] for r in mine), default=0))
                counted[:, s.counted] += np.stack([another >= 1, another >= 2], axis=1).astype(np.uint8)
                for which in range(3):
                    place = slice(s.reached.start + 3 * which, s.reached.start + 3 * which + 3)
                    shown = np.where((another == which)[:, None], page[:, 1:], 0)
                    reached[:, place] = np.maximum(reached[:, place], shown)
        return replace(rows, reached=reached, counted=np.minimum(counted, self.caps), open=np.zeros_like(rows.open))

    # ----- what the rows come to

    def special_level(self, s: Special, rows: Rows) -> Levels:
        """Return the level of a term that looks at several counts."""
        if s.term.lone:
            return _lone_level(rows.reached[:, s.reached], rows.counted[:, s.counted])
        if s.term.tally:
            enough = (rows.counted[:, s.counted] >= s.term.needs).sum(axis=1)
            level: Levels = np.minimum(enough, rows.reached[:, s.reached.start]).astype(np.uint8)
            return level
        days = rows.totals[:, int(s.term.total == "served")]
        met = (days >= s.term.total_needs) & (rows.counted[:, s.counted.start] >= s.term.needs)
        return np.where(met, rows.reached[:, s.reached.start], 0).astype(np.uint8)

    def consequences(self, rows: Rows) -> Levels:
        """Return the level of every column of rows whose open page is closed."""
        found: Levels = rows.reached[:, : len(self.shown_at)].copy()
        for s in self.specials:
            level = np.minimum(self.special_level(s, rows)[:, None], s.caps)
            found[:, s.feeds] = np.maximum(found[:, s.feeds], level)
        return found


def _by_class(another: int, levels: tuple[int, int, int]) -> tuple[int, ...]:
    blank = (0, 0, 0)
    return tuple(x for which in range(3) for x in (levels if which == another else blank))


def _lone_level(classes: Levels, counted: Levels) -> Levels:
    """Return the level of a term with a lone-offense exception.

    Each count sees the surest of the others. The surest one of all, where it stands alone in its class, sees the
    second; every other count sees the surest.
    """
    rows = np.arange(len(classes))
    table = classes.reshape(len(classes), 3, 3)
    perhaps, surely = counted[:, 0], counted[:, 1]
    first = np.where(surely >= 1, 2, np.where(perhaps >= 1, 1, 0))
    second = np.where(surely >= 2, 2, np.where(perhaps >= 2, 1, 0))
    everyone = table[rows, :, first].max(axis=1)
    less_sure = np.where(
        first == 2, np.maximum(table[:, 0, 2], table[:, 1, 2]), np.where(first == 1, table[:, 0, 1], 0)
    )
    top_alone = np.maximum(less_sure, table[rows, first, second])
    return np.where(first == second, everyone, top_alone).astype(np.uint8)


def _days(term: Term, reading: Reading) -> int:
    if not reading.conviction:
        return 0
    return reading.ordered_days if term.total == "ordered" else reading.served_days
