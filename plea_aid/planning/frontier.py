"""Every option that no other beats, exactly: counts are added one by one, and what is beaten is dropped for good.

Why nothing is lost: a partial option whose consequences so far are nowhere higher and whose weight so far is nowhere
lower than another's stays so whatever the remaining counts add, because adding only takes maxima and sums (see
``ledger``). So the beaten one can never come out ahead, and every unbeaten option has an unbeaten or equal partial
option behind it at every step. The plan's minima only ask for more weight, so an unbeaten option that meets them is
among the unbeaten options of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plea_aid.analysis.case import Plan
from plea_aid.analysis.charge import Outcome
from plea_aid.law.records import Apart, Kind
from plea_aid.planning.ledger import Days, Flags, Ledger, Levels, Rows, Special
from plea_aid.planning.readings import TakenApart
from plea_aid.planning.skyline import undominated
from plea_aid.planning.space import Choice, CountSpace

MOST_WORK = 600_000_000
"""Comparisons of partial options after which the search goes on with a part of them and says it was not exhaustive.

Twelve different counts need about a tenth of it; a minute's work would not be worth waiting for at a screen.
"""
ROWS_AFTER = 400
"""How many partial options are kept at each step from then on."""


@dataclass(frozen=True)
class Found:
    """An unbeaten option: the choice made for each count, and the level of each column."""

    choices: tuple[Choice, ...]
    levels: tuple[int, ...]


@dataclass(frozen=True)
class Frontier:
    """The unbeaten options and whether it is proved that there are no others."""

    found: tuple[Found, ...]
    columns: tuple[tuple[tuple[str, Kind], ...], ...]
    """For each level of a found option, the postures and kinds it stands for."""
    exhaustive: bool


def frontier_of(
    spaces: Sequence[CountSpace], priors: Sequence[Outcome], plan: Plan, apart: TakenApart, rules: Sequence[Apart]
) -> Frontier:
    """Return every option of the space that meets the plan and that no other such option beats."""
    families = sorted({f for s in spaces for c in s.choices for f in c.share.priors})
    pieces: list[tuple[Ledger, Rows]] = []
    exhaustive = True
    for allowed in _agreements(spaces, rules):
        if not all(allowed):
            continue
        ledger = Ledger(apart, allowed, priors, plan.concurrent, families)
        rows, complete = _Search(ledger, plan).run()
        exhaustive &= complete
        pieces.append((ledger, rows))
    if not pieces:
        return Frontier((), (), exhaustive)
    costs = np.concatenate([ledger.consequences(rows)[:, ledger.expand] for ledger, rows in pieces])
    kept = np.concatenate([rows.kept for _, rows in pieces])
    weight = np.concatenate([rows.weight for _, rows in pieces])
    changes = np.concatenate([rows.changes for _, rows in pieces])
    source = np.concatenate([np.full(len(rows), i) for i, (_, rows) in enumerate(pieces)])
    picks = np.concatenate([rows.picks for _, rows in pieces])
    best = undominated(np.concatenate([costs, 1 - kept], axis=1), weight, changes)
    found = tuple(
        Found(
            tuple(pieces[source[i]][0].choices[count][pick] for count, pick in enumerate(picks[i])),
            tuple(int(x) for x in costs[i]),
        )
        for i in best[np.lexsort((changes[best], costs[best].astype(np.int32).sum(axis=1)))]
    )
    return Frontier(found, tuple(c.stands_for for c in apart.consequences), exhaustive)


def _agreements(spaces: Sequence[CountSpace], rules: Sequence[Apart]) -> list[list[list[Choice]]]:
    """Return the spaces without the dispositions that cannot stand together: one for each way of leaving some out."""
    allowed = [[list(s.choices) for s in spaces]]
    for rule in rules:
        allowed = [
            [[c for c in options if c.part.disposition.value not in out] for options in choices]
            for choices in allowed
            for out in (rule.one, rule.other)
        ]
    return allowed


class _Search:
    def __init__(self, ledger: Ledger, plan: Plan) -> None:
        self.ledger, self.plan = ledger, plan
        self.complete = True
        self.tables = [self._unbeaten(ledger.table(i)) for i in range(ledger.counts)]
        self.schemes = [options[0].outcome.scheme for options in ledger.choices]
        self.order = self._order()
        columns = len(ledger.shown_at)
        self.floors = [t.reached[:, :columns].min(axis=0) for t in self.tables]
        self.longest = [(int(t.totals[:, 0].max()), int(t.totals[:, 1].max())) for t in self.tables]
        # A scheme's page is closed with the priors of the scheme, so the most a count can add is read with it closed.
        closed = [t if ledger.alone(i) else ledger.close(t, self.schemes[i]) for i, t in enumerate(self.tables)]
        self.shown = {(s.place, i): _shown(s, t) for s in ledger.specials for i, t in enumerate(self.tables)}
        self.adds = {
            (s.place, i): t.counted[:, s.counted].max(axis=0) for s in ledger.specials for i, t in enumerate(closed)
        }

    def run(self) -> tuple[Rows, bool]:
        """Return the unbeaten whole options that meet the plan, and whether every option was considered."""
        rows = self.ledger.start(self.schemes)
        work = 0
        for step, count in enumerate(self.order):
            ahead = len(rows) ** 2 * len(self.tables[count])
            if work + ahead > MOST_WORK and len(rows) > ROWS_AFTER:
                self.complete = False
                rows = rows.take(_spread(rows))
                ahead = 0
            work += ahead
            rows = self.ledger.add(rows, self.tables[count])
            rest = self.order[step + 1 :]
            scheme = self.schemes[count]
            if not self.ledger.alone(count) and scheme not in [self.schemes[other] for other in rest]:
                rows = self.ledger.close(rows, scheme)
            rows = rows.take(self._can_meet_the_plan(rows, rest))
            if not len(rows):
                break
            rows = self._unbeaten(self._settled(rows, rest, scheme))
        return rows, self.complete

    def _order(self) -> list[int]:
        """Add the counts with the fewest choices first, those of one scheme of misconduct next to each other.

        Where terms are added up against a threshold, the longest terms come first: what is left can then be told early.
        """
        totals = any(s.term.total for s in self.ledger.specials)
        days = [int(t.totals[:, 0].max()) if totals else 0 for t in self.tables]
        first: dict[str, tuple[int, int]] = {}
        for scheme, table, most in zip(self.schemes, self.tables, days, strict=True):
            known = first.get(scheme, (0, 0))
            first[scheme] = min(known[0], -most), max(known[1], len(table))
        keys = [(first[s], s, -days[i], len(self.tables[i]), i) for i, s in enumerate(self.schemes)]
        return [key[-1] for key in sorted(keys)]

    def _unbeaten(self, rows: Rows) -> Rows:
        costs = np.concatenate([rows.reached, rows.counted, rows.open, 1 - rows.kept], axis=1)
        gains = np.concatenate([rows.weight, -rows.totals], axis=1)
        return rows.take(undominated(costs, gains, rows.changes))

    # ----- what the remaining counts can still do

    def _can_meet_the_plan(self, rows: Rows, rest: Sequence[int]) -> Flags:
        """Say which rows can still reach the plan's minima."""
        most = np.zeros(5, np.int32)
        kept = np.zeros(rows.kept.shape[1], np.uint8)
        for count in rest:
            table = self.tables[count]
            top = table.weight.max(axis=0)
            most = np.where(self._longest, np.maximum(most, top), most + top)
            kept = np.maximum(kept, table.kept.max(axis=0))
        reach = np.where(self._longest, np.maximum(rows.weight, most), rows.weight + most)
        plan = self.plan
        least = np.array(
            [plan.keep_conviction, plan.min_jail_days, plan.min_imposed_days, plan.min_fine, plan.min_supervision_days]
        )
        meets: Flags = np.all(reach >= least, axis=1)
        for family in plan.keep_prior_for:
            if family not in self.ledger.families:
                return np.zeros(len(rows), bool)
            place = 1 + self.ledger.families.index(family)
            meets = meets & (np.maximum(rows.kept[:, place], kept[place]) == 1)
        return meets

    @property
    def _longest(self) -> Flags:
        return np.array([False, True, True, False, True]) & self.ledger.concurrent

    def _settled(self, rows: Rows, rest: Sequence[int], scheme: str) -> Rows:
        """Return the rows with what can no longer make a difference wiped out, so that more of them are equal.

        A column can only end at or above what it has reached and what the remaining counts add at the least. A term
        that looks at several counts is wiped where all it could still come to is reached in every column it feeds.
        """
        ledger = self.ledger
        columns = len(ledger.shown_at)
        closed = ledger.close(rows, scheme) if rows.open.any() else rows
        reached = rows.reached.copy()
        reached[:, :columns] = ledger.consequences(closed)
        if rest:
            floor = np.max([self.floors[count] for count in rest], axis=0)
            reached[:, :columns] = np.maximum(reached[:, :columns], floor)
        counted, page, totals = rows.counted.copy(), rows.open.copy(), rows.totals.copy()
        needed = {"ordered": np.zeros(len(rows), bool), "served": np.zeros(len(rows), bool)}
        for special in ledger.specials:
            top = self._could_reach(special, closed, rest)
            alive = np.any(reached[:, special.feeds] < np.minimum(top[:, None], special.caps), axis=1)
            gone = ~alive
            reached[gone, special.reached] = 0
            counted[gone, special.counted] = 0
            page[gone, special.open] = 0
            if special.term.total:
                needed[special.term.total] |= alive
        most = max([0, *(s.term.total_needs for s in ledger.specials)])
        totals = np.minimum(totals, most)
        totals[~needed["ordered"], 0] = 0
        totals[~needed["served"], 1] = 0
        return replace(rows, reached=reached, counted=counted, open=page, totals=totals)

    def _could_reach(self, special: Special, rows: Rows, rest: Sequence[int]) -> Levels:
        """Return a level that the term cannot end above, whatever the remaining counts add."""
        most = max((self.shown[special.place, count] for count in rest), default=0)
        if special.term.lone:
            return np.full(len(rows), max(most, int(rows.reached[:, special.reached].max())), np.uint8)
        best: Levels = np.maximum(rows.reached[:, special.reached.start], np.uint8(most))
        if special.term.tally:
            more = sum((self.adds[special.place, count].astype(np.int32) for count in rest), np.zeros(4, np.int32))
            lacking = np.maximum(special.term.needs - more, 0).astype(np.uint8)
            enough: Levels = np.sum(rows.counted[:, special.counted] >= lacking, axis=1, dtype=np.uint8)
            return np.minimum(best, enough)
        which = int(special.term.total == "served")
        days: Days = rows.totals[:, which] + sum(self.longest[count][which] for count in rest)
        return np.where(days >= special.term.total_needs, best, 0).astype(np.uint8)


def _spread(rows: Rows) -> NDArray[np.intp]:
    """Return places spread evenly from the fewest consequences to the most."""
    order = np.argsort(rows.reached.astype(np.int32).sum(axis=1), kind="stable")
    return np.sort(order[np.linspace(0, len(order) - 1, ROWS_AFTER).astype(np.intp)])


def _shown(special: Special, table: Rows) -> int:
    """Return the highest level that any choice of a count shows for the term."""
    page = table.open[:, special.open]
    page = page[:, 1:] if special.term.lone else page
    return max(int(page.max(initial=0)), int(table.reached[:, special.reached].max(initial=0)))
