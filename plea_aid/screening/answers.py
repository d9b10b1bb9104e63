"""What a row of a docket comes to, in the words of the engine."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from plea_aid.analysis.charge import Outcome
from plea_aid.analysis.levels import flagged, higher, rank
from plea_aid.law.records import LEVELS, Level
from plea_aid.screening.kinds import Kind, Kinds
from plea_aid.screening.marks import GRAMS, LOSS, MANNER, NAMES, NUMBER, SERVED, SUM, TERM, Template
from plea_aid.screening.rows import BLANK, Rows
from plea_aid.screening.tables import Across, Tables
from plea_aid.screening.together import Cases

NOTHING_FOUND = "No ground on file is reached."
INCOMPLETE = "Another row of this case has an error, so this was analysed without it."
_KEPT = 100_000
_PLANS_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class RowFinding:
    """One consequence that a count has part in, for the postures that come to the same level."""

    ground: str
    level: Level
    postures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What every row of a kind, in cases that come to the same for it, is answered; words still hold marks."""

    findings: tuple[RowFinding, ...]
    flag: str
    level: str
    grounds: str
    postures: str
    lead: str
    steps: tuple[Template | int, ...]
    """Reasons of what the flag stands for; a number stands for the reasons of that test across counts."""
    reads: tuple[str, ...]
    """Marks, besides the number of the count, that the reasons hold."""
    across: tuple[int, ...]
    """The tests across counts among the steps."""
    adds_up: bool
    """One of them adds up days."""
    together: bool
    """The case comes to something in some test across counts, whether or not the flag stands for it."""
    kind: int
    place: int


class Answers:
    """Answers rows, each distinct combination of kind and case once."""

    def __init__(self, tables: Tables, kinds: Kinds) -> None:
        self.tables, self.kinds = tables, kinds
        self.found: list[Answer] = []
        """Every answer given so far; the law bounds how many there are, not the docket."""
        self._places: dict[bytes, int] = {}
        self._alone: dict[tuple[int, bytes], _Alone] = {}
        self._across: dict[tuple[int, int, int], tuple[Template, ...]] = {}
        self._counted: dict[tuple[int, int], tuple[int, str]] = {}
        self._grounds: dict[tuple[object, ...], tuple[_ByPosture, list[tuple[RowFinding, tuple[str | int, ...]]]]] = {}
        self._same: dict[tuple[object, ...], _ByPosture] = {}
        self._templates: dict[str, Template] = {}
        self._plans: dict[tuple[int, str], _Plan] = {}

    def next_cases(self) -> None:
        """Forget what is of some cases only; what was worked out of the law stays."""
        self._counted.clear()

    def place(self, row: int, rows: Rows, cases: Cases) -> int:
        """Return the place of the answer to a row without an error."""
        kind = int(rows.kind[row])
        key = kind.to_bytes(4, "little") + cases.others[row].tobytes() + cases.levels[row].tobytes()
        found = self._places.get(key)
        if found is None:
            alone = self._look(kind, row, rows, cases)
            found = self._places[key] = len(self.found)
            self.found.append(self._compose(alone, kind, cases.levels[row].tolist()))
        return found

    # ----- findings

    def _look(self, kind: int, row: int, rows: Rows, cases: Cases) -> _Alone:
        """Return what the engine finds in a kind of count, beside other counts that defeat exceptions or not."""
        key = (kind, cases.others[row].tobytes())
        found = self._alone.get(key)
        if found is None:
            if len(self._alone) >= _KEPT:
                self._alone.clear()
            beside: list[Outcome] = []
            if cases.others[row].any():
                others = [int(n) for n in cases.rows_of(row) if n != row and rows.kind[n] != BLANK]
                beside = [self.kinds.kinds[rows.kind[n]].outcome for n in others]
            found = self._alone[key] = self._by_ground(self.kinds.kinds[kind], beside)
        return found

    def _by_ground(self, kind: Kind, beside: Sequence[Outcome]) -> _Alone:
        findings, unanalysed = self.tables.alone(kind.outcome, beside)
        grounds: dict[str, _ByPosture] = {}
        for ground, found in itertools.groupby(findings, key=lambda f: f.ground):
            # The same answer is the same object for every kind, so that what is made of it is made once.
            said = tuple((f.postures, rank(f.level), f.because) for f in found)
            if said not in self._same:
                self._same[said] = {p: (level, because) for postures, level, because in said for p in postures}
            grounds[ground] = self._same[said]
        return _Alone(grounds, frozenset(n.ground for n in unanalysed))

    def _compose(self, alone: _Alone, kind: int, levels: Sequence[int]) -> Answer:
        """Return the answer from what one count finds and what the tests across counts come to."""
        t = self.tables
        grounds = {*alone.grounds, *(g for g, feeds in t.feeds.items() if any(levels[f.across] for f in feeds))}
        findings: list[RowFinding] = []
        reasons: list[tuple[str | int, ...]] = []
        for ground in sorted(grounds, key=t.ground_order.__getitem__):
            for finding, steps in self._ground(ground, alone.grounds.get(ground, _NOTHING), levels):
                findings.append(finding)
                reasons.append(steps)
        unanalysed = bool(alone.unanalysed - {f.ground for f in findings})
        found = self._answer(tuple(findings), reasons, unanalysed)
        words = [s for s in found.steps if isinstance(s, Template)]
        for place in found.across:
            words += self._words(place, kind, t.across[place].needs)
        held = frozenset[str]().union(*(w.marks for w in words))
        reads = tuple(m for m in _MARKS if m in held)
        return replace(found, reads=reads, together=any(levels), kind=kind, place=len(self.found))

    def _ground(
        self, ground: str, alone: _ByPosture, levels: Sequence[int]
    ) -> list[tuple[RowFinding, tuple[str | int, ...]]]:
        """Return what a ground comes to, by level, from one count alone and from the tests across counts."""
        t = self.tables
        feeds = t.feeds.get(ground, ())
        key = (ground, id(alone), *(levels[f.across] for f in feeds))
        known = self._grounds.get(key)
        if known is not None:
            return known[1]
        by_posture: dict[str, tuple[int, tuple[str | int, ...]]] = dict(alone)
        for feed in feeds:
            level = min(levels[feed.across], feed.cap)
            if not level:
                continue
            for posture in feed.postures or t.postures[ground]:
                now, said = by_posture.get(posture, (0, ()))
                if level >= now:
                    by_posture[posture] = (level, (*(said if level == now else ()), feed.across))
        merged: dict[int, tuple[list[str], list[str | int]]] = {}
        for posture in t.postures[ground]:
            if posture in by_posture:
                level, said = by_posture[posture]
                names, steps = merged.setdefault(level, ([], []))
                names.append(posture)
                steps += said
        found = [
            (RowFinding(ground, LEVELS[level], tuple(names)), tuple(dict.fromkeys(steps)))
            for level, (names, steps) in merged.items()
        ]
        if len(self._grounds) >= _KEPT:
            self._grounds.clear()
        self._grounds[key] = (alone, found)  # kept with it, so that its identity is not given to another
        return found

    def _answer(
        self, findings: tuple[RowFinding, ...], reasons: list[tuple[str | int, ...]], unanalysed: bool
    ) -> Answer:
        tables = self.tables
        level = higher(f.level for f in findings)
        flag = "flag" if flagged(level) else _FLAGS[level]
        shown = [
            (f, steps)
            for f, steps in zip(findings, reasons, strict=True)
            if f.level == level or (flagged(level) and flagged(f.level))
        ]
        steps = tuple(dict.fromkeys(step for _, said in shown for step in said))
        across = [step for step in steps if isinstance(step, int)]
        by_level: dict[Level, dict[str, None]] = {}
        for finding, _ in shown:
            by_level.setdefault(finding.level, {})[finding.ground] = None
        leads = [
            f"{each.capitalize()}: {', '.join(by_level[each])}." for each in sorted(by_level, key=rank, reverse=True)
        ]
        if unanalysed and flag == "clear":
            flag = "not-analysed"
            leads.append("No doctrine on file decides a ground here; it is not analysed, which is not clear.")
        held = {p for f in findings for p in f.postures}
        return Answer(
            findings=findings,
            flag=flag,
            level="not-analysed" if flag == "not-analysed" else level,
            grounds="; ".join(dict.fromkeys(f.ground for f in findings)),
            postures="; ".join(p for p in tables.law.postures if p in held),
            lead=" ".join(leads) or NOTHING_FOUND,
            steps=tuple(step if isinstance(step, int) else self._template(step) for step in steps),
            reads=(),
            across=tuple(across),
            adds_up=any(tables.across[n].kind != "tally" for n in across),
            together=False,
            kind=BLANK,
            place=BLANK,
        )

    # ----- words

    def told(self, across: Sequence[int], case: int, rows: Rows, cases: Cases) -> str:
        """Return how many counts of a case each test across counts counts, and which or what they add up to.

        The first line holds test, number of counts and which of the other lines is theirs; ``because`` reads it.
        """
        lines: dict[str, int] = {}
        head = []
        for place in across:
            counted, words = self._counts(place, case, rows, cases)
            head.append(f"{place} {counted} {lines.setdefault(words, len(lines))}")
        return "\n".join([",".join(head), *lines])

    def because(self, answer: Answer, told: str, figures: Mapping[str, str], *, incomplete: bool) -> str:
        """Return the reasons of a row, its figures and what was told of its case filled in."""
        head, *lines = told.split("\n")
        plan = self._plans.get((answer.place, head))
        if plan is None:
            if len(self._plans) >= _PLANS_KEPT:
                self._plans.clear()
            plan = self._plans[answer.place, head] = self._plan(answer, head)
        said = plan.filled(figures, lines)
        return f"{said} {INCOMPLETE}" if incomplete else said

    def _plan(self, answer: Answer, head: str) -> _Plan:
        """Return the reasons of an answer one after the other, each once."""
        counts = {
            place: (counted, line) for place, counted, line in (map(int, one.split()) for one in head.split(",") if one)
        }
        said: dict[tuple[str, int], tuple[Template, int]] = {}
        for step in answer.steps:
            if isinstance(step, Template):
                said.setdefault((step.text, 0), (step, 0))
                continue
            counted, line = counts[step]
            for words in self._words(step, answer.kind, counted):
                line_read = line if words.marks & _OF_SEVERAL else 0
                said.setdefault((words.text, line_read), (words, line_read))
        return _Plan(answer.lead, said.values())

    def _counts(self, place: int, case: int, rows: Rows, cases: Cases) -> tuple[int, str]:
        """Return how many counts of a case a test counts, and which they are or what they add up to."""
        test = self.tables.across[place]
        key = (place, int((cases.names if test.kind == "tally" else cases.sums)[case]))
        found = self._counted.get(key)
        if found is None:
            of_case = cases.order[cases.starts[case] : cases.starts[case + 1]]
            found = self._counted[key] = self._count(test, place, of_case, rows)
        return found

    def _count(self, test: Across, place: int, of_case: npt.NDArray[np.intp], rows: Rows) -> tuple[int, str]:
        pairs = zip(of_case.tolist(), rows.kind[of_case].tolist(), strict=True)
        kinds = [(n, kind) for n, kind in pairs if kind != BLANK]
        if test.kind == "tally":
            own = [(self.kinds.own_of(kind)[place], n, kind) for n, kind in kinds]
            counted = sorted((one for one in own if one[0]), key=lambda one: -one[0])
            names = [f"Count {rows.number[n]} ({self.kinds.kinds[kind].outcome.final.cite})" for _, n, kind in counted]
            return len(counted), "; ".join(names)
        convicted = [n for n, kind in kinds if self.kinds.conviction_of(kind)]
        days = [int(rows.served[n] if test.served else rows.jail[n] + rows.suspended[n]) for n in convicted]
        return len(days), f"{' + '.join(map(str, days))} = {sum(days)}"

    def _words(self, place: int, kind: int, counted: int) -> tuple[Template, ...]:
        key = (place, kind, counted)
        words = self._across.get(key)
        if words is None:
            if len(self._across) >= _KEPT:
                self._across.clear()
            outcome = self.kinds.kinds[kind].outcome
            said = self.tables.words_across(place, outcome, counted)
            words = self._across[key] = tuple(map(self._template, said))
        return words

    def _template(self, text: str) -> Template:
        found = self._templates.get(text)
        if found is None:
            found = self._templates[text] = Template(text)
        return found


_ByPosture = dict[str, tuple[int, tuple[str, ...]]]
"""Rank and reasons by posture."""
_NOTHING: _ByPosture = {}


@dataclass(frozen=True)
class _Alone:
    """What the tests of one count find, by ground and posture: rank and reasons."""

    grounds: dict[str, _ByPosture]
    unanalysed: frozenset[str]


_MARKS = (MANNER, TERM, SERVED, LOSS, GRAMS)
_FLAGS: dict[str, str] = {"possible": "amber", "unlikely": "clear", "none": "clear"}


class _Plan:
    """Reasons one after the other, taken apart once to be filled in often."""

    def __init__(self, lead: str, said: Iterable[tuple[Template, int]]) -> None:
        self._parts = [lead]
        self._figures: list[tuple[int, str]] = []
        self._lines: list[tuple[int, int]] = []
        for words, line in said:
            for place, part in enumerate((" ", *words.parts), start=len(self._parts)):
                if part in _OF_SEVERAL:
                    self._lines.append((place, line))
                elif part in _OF_ONE:
                    self._figures.append((place, part))
            self._parts += (" ", *words.parts)

    def filled(self, figures: Mapping[str, str], lines: Sequence[str]) -> str:
        """Return the words, with the figures of a row and the lines told of its case."""
        parts = self._parts.copy()
        for place, mark in self._figures:
            parts[place] = figures[mark]
        for place, line in self._lines:
            parts[place] = lines[line]
        return "".join(parts)


_OF_SEVERAL = frozenset({NAMES, SUM})
_OF_ONE = frozenset({NUMBER, *_MARKS})
