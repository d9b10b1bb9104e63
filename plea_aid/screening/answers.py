"""What a row of a docket comes to, in the words of the engine."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from plea_aid.analysis.charge import Outcome
from plea_aid.analysis.levels import flagged, higher, rank
from plea_aid.law.records import LEVELS, Level
from plea_aid.screening.kinds import Kind, Kinds
from plea_aid.screening.marks import GRAMS, LOSS, MANNER, NAMES, NUMBER, SERVED, SUM, TERM, filled
from plea_aid.screening.rows import BLANK, MANNERS, Rows
from plea_aid.screening.tables import Tables
from plea_aid.screening.together import Cases

NOTHING_FOUND = "No ground on file is reached."
INCOMPLETE = "Another row of this case has an error, so this was analysed without it."
_KEPT = 100_000


@dataclass(frozen=True)
class RowFinding:
    """One consequence that a count has part in, for the postures that come to the same level."""

    ground: str
    level: Level
    postures: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What every row of a kind, in cases that come to the same for it, is answered; words still hold marks."""

    findings: tuple[RowFinding, ...]
    flag: str
    level: str
    grounds: str
    postures: str
    lead: str
    steps: tuple[str | int, ...]
    """Reasons of what the flag stands for; a number stands for the reasons of that test across counts."""
    reads: tuple[str, ...]
    """Marks, besides the number of the count, that the reasons hold."""
    across: bool
    adds_up: bool
    serial: int
    """Tells answers apart."""


class Answers:
    """Answers rows, each distinct combination of kind and case once."""

    def __init__(self, tables: Tables, kinds: Kinds) -> None:
        self.tables, self.kinds = tables, kinds
        self._alone: dict[tuple[int, bytes], _Alone] = {}
        self._answers: dict[int, Answer] = {}
        self._across: dict[tuple[int, int, int], tuple[str, ...]] = {}
        self._said: dict[tuple[object, ...], str] = {}
        self._serial = itertools.count()

    def answer(self, row: int, rows: Rows, cases: Cases) -> Answer:
        """Return what a row without an error comes to."""
        key = int(cases.alike[row])
        found = self._answers.get(key)
        if found is None:
            if len(self._answers) >= _KEPT:
                self._answers.clear()
            kind = int(rows.kind[row])
            alone = self._look(kind, row, rows, cases)
            found = self._answers[key] = self._compose(alone, kind, cases.levels[row].tolist())
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
            found = self._alone[key] = _alone(self.tables, self.kinds.kinds[kind], beside)
        return found

    def _compose(self, alone: _Alone, kind: int, levels: Sequence[int]) -> Answer:
        """Return the answer from what one count finds and what the tests across counts come to."""
        t = self.tables
        grounds = {*alone.grounds, *(g for g, feeds in t.feeds.items() if any(levels[f.across] for f in feeds))}
        findings: list[RowFinding] = []
        reasons: list[list[str | int]] = []
        for ground in sorted(grounds, key=t.ground_order.__getitem__):
            by_posture = dict(alone.grounds.get(ground, {}))
            for feed in t.feeds.get(ground, ()):
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
            for level, (names, steps) in merged.items():
                findings.append(RowFinding(ground, LEVELS[level], tuple(names)))
                reasons.append(steps)
        unanalysed = bool(alone.unanalysed - {f.ground for f in findings})
        found = _answer(t, tuple(findings), reasons, unanalysed, next(self._serial))
        words = [s for s in found.steps if isinstance(s, str)]
        for place in (s for s in found.steps if isinstance(s, int)):
            words += self._words(place, kind, t.across[place].needs)
        return replace(found, reads=tuple(m for m in _MARKS if any(m in s for s in words)))

    # ----- words

    def because(self, answer: Answer, row: int, rows: Rows, cases: Cases) -> str:
        """Return the reasons of a row, its own figures filled in."""
        key = (
            answer.serial,
            rows.number[row],
            cases.incomplete[row],
            *(self._figure(m, row, rows) for m in answer.reads),
        )
        if answer.across:
            of_case = cases.rows_of(row)
            key = (*key, rows.number[of_case].tobytes(), rows.kind[of_case].tobytes())
            if answer.adds_up:
                days = (rows.jail[of_case], rows.suspended[of_case], rows.served[of_case])
                key = (*key, *(d.tobytes() for d in days))
        found = self._said.get(key)
        if found is None:
            if len(self._said) >= _KEPT:
                self._said.clear()
            found = self._said[key] = self._say(answer, row, rows, cases)
        return found

    def _say(self, answer: Answer, row: int, rows: Rows, cases: Cases) -> str:
        steps: list[str] = []
        for step in answer.steps:
            steps += [step] if isinstance(step, str) else self._words_across(step, row, rows, cases)
        figures = _figures(row, rows, self.tables)
        said = dict.fromkeys(filled(step, figures) for step in steps)
        return " ".join((answer.lead, *said, *((INCOMPLETE,) if cases.incomplete[row] else ())))

    def _figure(self, mark: str, row: int, rows: Rows) -> object:
        if mark == MANNER:
            return rows.manner[row]
        if mark == TERM:
            return rows.jail[row], rows.suspended[row]
        return (rows.served if mark == SERVED else rows.loss if mark == LOSS else rows.grams)[row]

    def _words_across(self, place: int, row: int, rows: Rows, cases: Cases) -> list[str]:
        test, kind = self.tables.across[place], int(rows.kind[row])
        of_case = [n for n in cases.rows_of(row).tolist() if rows.kind[n] != BLANK]
        own = {n: int(self.kinds.own_of(int(rows.kind[n]))[place]) for n in of_case}
        if test.kind == "tally":
            counted = sorted((n for n in of_case if own[n]), key=lambda n: -own[n])
            marks = {NAMES: "; ".join(self._name(n, rows) for n in counted)}
        else:
            counted = [n for n in of_case if self.kinds.conviction_of(int(rows.kind[n]))]
            days = [int(rows.served[n] if test.served else rows.jail[n] + rows.suspended[n]) for n in counted]
            marks = {SUM: f"{' + '.join(map(str, days))} = {sum(days)}"}
        return [filled(step, marks) for step in self._words(place, kind, len(counted))]

    def _words(self, place: int, kind: int, counted: int) -> tuple[str, ...]:
        key = (place, kind, counted)
        words = self._across.get(key)
        if words is None:
            if len(self._across) >= _KEPT:
                self._across.clear()
            outcome = self.kinds.kinds[kind].outcome
            words = self._across[key] = self.tables.words_across(place, outcome, counted)
        return words

    def _name(self, row: int, rows: Rows) -> str:
        return f"Count {rows.number[row]} ({self.kinds.kinds[rows.kind[row]].outcome.final.cite})"


@dataclass(frozen=True)
class _Alone:
    """What the tests of one count find, by ground and posture: rank and reasons."""

    grounds: dict[str, dict[str, tuple[int, tuple[str | int, ...]]]]
    unanalysed: frozenset[str]


def _alone(tables: Tables, kind: Kind, beside: Sequence[Outcome]) -> _Alone:
    findings, unanalysed = tables.alone(kind.outcome, beside)
    grounds: dict[str, dict[str, tuple[int, tuple[str | int, ...]]]] = {}
    for found in findings:
        said = (rank(found.level), found.because)
        grounds.setdefault(found.ground, {}).update(dict.fromkeys(found.postures, said))
    return _Alone(grounds, frozenset(n.ground for n in unanalysed))


_MARKS = (MANNER, TERM, SERVED, LOSS, GRAMS)
_FLAGS: dict[str, str] = {"possible": "amber", "unlikely": "clear", "none": "clear"}


def _answer(
    tables: Tables, findings: tuple[RowFinding, ...], reasons: list[list[str | int]], unanalysed: bool, serial: int
) -> Answer:
    level = higher(f.level for f in findings)
    flag = "flag" if flagged(level) else _FLAGS[level]
    shown = [
        (f, steps)
        for f, steps in zip(findings, reasons, strict=True)
        if f.level == level or (flagged(level) and flagged(f.level))
    ]
    steps = tuple(dict.fromkeys(step for _, said in shown for step in said))
    across = [step for step in steps if isinstance(step, int)]
    leads = []
    for each in sorted({f.level for f, _ in shown}, key=rank, reverse=True):
        leads.append(f"{each.capitalize()}: {', '.join(dict.fromkeys(f.ground for f, _ in shown if f.level == each))}.")
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
        steps=steps,
        reads=(),
        across=bool(across),
        adds_up=any(tables.across[n].kind != "tally" for n in across),
        serial=serial,
    )


def _figures(row: int, rows: Rows, tables: Tables) -> dict[str, str]:
    """Return what each mark stands for in a row, as the engine would print it."""
    jail, suspended = int(rows.jail[row]), int(rows.suspended[row])
    name = tables.law.dispositions[MANNERS[rows.manner[row]]].name
    return {
        NUMBER: str(rows.number[row]),
        MANNER: name[0].lower() + name[1:],
        TERM: f"{jail} + {suspended} = {jail + suspended} days" if jail and suspended else f"{jail + suspended} days",
        SERVED: str(rows.served[row]),
        LOSS: f"{rows.loss[row]:,.2f}",
        GRAMS: f"{rows.grams[row]:g}",
    }
