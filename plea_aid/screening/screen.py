"""Screen a docket: every row against every ground and posture, the counts of a case together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from plea_aid.law.catalogue import Law
from plea_aid.screening.answers import Answer, Answers
from plea_aid.screening.columns import ADDED, KNOWN
from plea_aid.screening.marks import GRAMS, LOSS, MANNER, NUMBER, SERVED, TERM
from plea_aid.screening.rows import BLANK, MANNERS, Ints, Places, RowReader, Rows, distinct
from plea_aid.screening.sources import Texts, as_columns, as_frame
from plea_aid.screening.tables import Tables
from plea_aid.screening.together import Cases, put_together
from plea_aid.screening.waiting import Records, Waiting, as_rows


class Screening:
    """A docket being screened: take its rows block by block, settle, then ask for the answers of any stretch of rows.

    Between blocks nothing of a row is kept in memory, so the rows of a case may stand far apart in a docket that does
    not fit in memory, unless what waits is told to wait there.
    """

    def __init__(self, law: Law, day: date, waiting: Waiting | None = None) -> None:
        self.tables = Tables(law, day)
        self.waiting = Waiting() if waiting is None else waiting
        self.reader = RowReader(self.tables, self.waiting.sentences)
        self.answers = Answers(self.tables, self.reader.kinds)
        self.cases = self.wrong = 0
        self._first_wrong = BLANK

    def take(self, columns: Mapping[str, Texts], wrong: Mapping[int, str] | None = None) -> None:
        """Take the next rows, by known column. ``wrong`` says what is wrong with a row already."""
        rows = self.reader.read(columns)
        for row, said in (wrong or {}).items():
            rows.error[row], rows.kind[row] = self.reader.errors.place(said), BLANK
        self.waiting.keep(rows)
        self.tables.forget()

    def settle(self, tell: Callable[[float], None] = lambda _: None) -> None:
        """Put the counts of each case together, once every row was taken; ``tell`` is told how far that is, 0 to 1."""
        done = 0
        tell(0.0)
        for whole in self.waiting.cases():
            rows = as_rows(whole.records)
            cases = put_together(rows, self.reader)
            self.answers.next_cases()
            first, alike = distinct([cases.alike])
            answers = [BLANK if rows.kind[n] == BLANK else self.answers.place(n, rows, cases) for n in first.tolist()]
            whole.records["kind"], whole.records["error"] = rows.kind, rows.error
            whole.records["alike"] = np.array(answers, dtype=np.int32)[alike]
            whole.records["told"] = self._told(whole.records["alike"], rows, cases)
            whole.records["incomplete"] = cases.incomplete
            self.waiting.put_back(whole)
            self.tables.forget()
            done += len(rows)
            tell(done / len(self.waiting))
            self.cases += len(cases.starts) - 1
            wrong = whole.rows[rows.kind == BLANK]
            self.wrong += len(wrong)
            if len(wrong) and not 0 <= self._first_wrong < wrong.min():
                self._first_wrong = int(wrong.min())

    def _told(self, places: Places, rows: Rows, cases: Cases) -> Ints:
        """Return, by row, the place of what its answer says of several counts together."""
        told = np.full(len(rows), BLANK, dtype=np.int64)
        found, answer = distinct([places])
        answers = [self._answer(int(places[row])) for row in found.tolist()]
        asked = np.array([bool(a.across) for a in answers], dtype=np.bool_)[answer]
        if asked.any():
            tests: dict[tuple[int, ...], int] = {}
            across = np.array([tests.setdefault(a.across, len(tests)) for a in answers])[answer[asked]]
            adds_up = np.array([a.adds_up for a in answers])[answer[asked]]
            which, case = np.flatnonzero(asked), cases.case[asked]
            first, alike = distinct([across, np.where(adds_up, cases.sums[case], cases.names[case])])
            said = [
                self.answers.told(answers[answer[row]].across, int(cases.case[row]), rows, cases)
                for row in which[first].tolist()
            ]
            told[which] = np.array([self.waiting.sentences.place(one) for one in said], dtype=np.int64)[alike]
        return told

    def next_docket(self) -> None:
        """Take the rows of another docket from here on; what was worked out of the law serves it too."""
        self.waiting = Waiting()
        self.reader.errors = self.waiting.sentences
        self.cases = self.wrong = 0
        self._first_wrong = BLANK

    def answer(self, row: int) -> Answer | None:
        """Return what a row comes to; None for a row with an error."""
        place = int(self.waiting.rows(row, row + 1)["alike"][0])
        return None if place == BLANK else self.answers.found[place]

    def _answer(self, place: int) -> Answer:
        return _NO_ANSWER if place == BLANK else self.answers.found[place]

    def columns(self, start: int, stop: int) -> dict[str, Texts]:
        """Return the columns that screening adds, for rows from ``start`` up to ``stop``."""
        records = self.waiting.rows(start, stop)
        first, alike = distinct([records["alike"]])
        answers = [self._answer(place) for place in records["alike"][first].tolist()]
        found = {name: _texts([getattr(a, name) for a in answers], alike) for name in ADDED[:4]}
        found["because"] = self._because(records, alike, answers)
        wrong, which = distinct([records["error"]])
        found["error"] = _texts([self.waiting.sentences.text(p) for p in records["error"][wrong].tolist()], which)
        return found

    def _because(self, records: Records, alike: npt.NDArray[np.intp], answers: list[Answer]) -> Texts:
        """Return the reasons of each row; rows that differ in no figure their reasons hold are put in words once."""
        figures: dict[str, Callable[[], npt.NDArray[np.int64]]] = {
            MANNER: lambda: records["manner"].astype(np.int64),
            TERM: lambda: records["jail"].astype(np.int64) * 100_000 + records["suspended"],
            SERVED: lambda: records["served"].astype(np.int64),
            LOSS: lambda: pd.factorize(records["loss"])[0].astype(np.int64),
            GRAMS: lambda: pd.factorize(records["grams"])[0].astype(np.int64),
        }
        told_apart: list[npt.NDArray[Any]] = [alike, records["number"], records["incomplete"], records["told"]]
        for mark, values in figures.items():
            reads = np.array([mark in a.reads for a in answers])
            if reads.any():
                told_apart.append(np.where(reads[alike], values(), BLANK))
        first, which = distinct(told_apart)
        chosen = zip(alike[first].tolist(), records[_SAID_OF][first].tolist(), strict=True)
        return _texts([self._said(answers[place], *figures) for place, figures in chosen], which)

    def _said(
        self,
        answer: Answer,
        number: int,
        manner: int,
        jail: int,
        suspended: int,
        served: int,
        loss: float,
        grams: float,
        told: int,
        incomplete: bool,
    ) -> str:
        """Return the reasons of a row, its figures as the engine would print them."""
        if answer is _NO_ANSWER:
            return ""
        figures = {NUMBER: str(number)}
        for mark in answer.reads:
            if mark == MANNER:
                figures[mark] = self._manners[manner]
            elif mark == TERM:
                added = f"{jail} + {suspended} = " if jail and suspended else ""
                figures[mark] = f"{added}{jail + suspended} days"
            elif mark == SERVED:
                figures[mark] = str(served)
            else:
                figures[mark] = f"{loss:,.2f}" if mark == LOSS else f"{grams:g}"
        return self.answers.because(answer, self.waiting.sentences.text(told), figures, incomplete=incomplete)

    @cached_property
    def _manners(self) -> list[str]:
        names = [self.tables.law.dispositions[manner].name for manner in MANNERS]
        return [name[0].lower() + name[1:] for name in names]

    @property
    def first_wrong(self) -> tuple[int, str] | None:
        """The first row with an error, from 0, and what is wrong with it; None if there is none."""
        if not self.wrong:
            return None
        place = int(self.waiting.rows(self._first_wrong, self._first_wrong + 1)["error"][0])
        return self._first_wrong, self.waiting.sentences.text(place)


_SAID_OF = ["number", "manner", "jail", "suspended", "served", "loss", "grams", "told", "incomplete"]


def _texts(values: list[str], places: npt.NDArray[Any]) -> Texts:
    return pa.DictionaryArray.from_arrays(pa.array(places, type=pa.int32()), pa.array(values, type=pa.large_string()))


_NO_ANSWER = Answer((), "not-analysed", "", "", "", "", (), (), (), False, False, BLANK, BLANK)
"""What a row with an error is answered."""


def screen_frame(frame: pd.DataFrame, law: Law, day: date) -> pd.DataFrame:
    """Return the columns screening adds to a docket in memory, whose known columns are named as the contract does."""
    screening = Screening(law, day)
    screening.take(as_columns(frame[[c for c in KNOWN if c in frame]].fillna("").astype(str)))
    screening.settle()
    return as_frame(screening.columns(0, len(frame))).set_index(frame.index)
