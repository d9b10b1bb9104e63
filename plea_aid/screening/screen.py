"""Screen a docket: every row against every ground and posture, the counts of a case together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from plea_aid.law.catalogue import Law
from plea_aid.screening.answers import Answer, Answers
from plea_aid.screening.columns import ADDED, KNOWN
from plea_aid.screening.marks import GRAMS, LOSS, MANNER, SERVED, TERM
from plea_aid.screening.rows import BLANK, RowReader, Rows, distinct
from plea_aid.screening.sources import Texts, as_columns, as_frame
from plea_aid.screening.tables import Tables
from plea_aid.screening.together import Cases, joined, put_together


class Screening:
    """A docket being screened: take its rows block by block, settle, then ask for the answers of any stretch of rows.

    Between blocks only a few numbers are kept of each row, so the rows of a case may stand far apart in a docket that
    does not fit in memory.
    """

    def __init__(self, law: Law, day: date) -> None:
        self.tables = Tables(law, day)
        self.reader = RowReader(self.tables)
        self.answers = Answers(self.tables, self.reader.kinds)
        self._blocks: list[Rows] = []
        self._settled: tuple[Rows, Cases] | None = None

    def take(self, columns: Mapping[str, Texts], wrong: Mapping[int, str] | None = None) -> None:
        """Take the next rows, by known column. ``wrong`` says what is wrong with a row already."""
        rows = self.reader.read(columns)
        for row, said in (wrong or {}).items():
            rows.error[row], rows.kind[row] = self.reader.errors.place(said), BLANK
        self._blocks.append(rows)

    def settle(self) -> None:
        """Put the counts of each case together, once every row was taken."""
        rows = joined(self._blocks)
        self._blocks = []
        self._settled = rows, put_together(rows, self.reader)

    def next_docket(self) -> None:
        """Take the rows of another docket from here on; what was worked out of the law serves it too."""
        self._blocks, self._settled = [], None
        self.answers.next_docket()

    @property
    def settled(self) -> tuple[Rows, Cases]:
        """The rows and cases; raise ValueError before they are settled."""
        if self._settled is None:
            raise ValueError("the docket is not settled: rows may still be taken")
        return self._settled

    def answer(self, row: int) -> Answer | None:
        """Return what a row comes to; None for a row with an error."""
        rows, cases = self.settled
        return None if rows.kind[row] == BLANK else self.answers.answer(row, rows, cases)

    def columns(self, start: int, stop: int) -> dict[str, Texts]:
        """Return the columns that screening adds, for rows from ``start`` up to ``stop``."""
        rows, cases = self.settled
        first, alike = distinct([cases.alike[start:stop]])
        answers = [self.answer(start + row) or _NO_ANSWER for row in first.tolist()]
        found = {name: _texts([getattr(a, name) for a in answers], alike) for name in ADDED[:4]}
        found["because"] = self._because(alike, answers, start, stop)
        wrong = rows.error[start:stop]
        found["error"] = _texts([*self.reader.errors, ""], np.where(wrong == BLANK, len(self.reader.errors), wrong))
        return found

    def _because(self, alike: npt.NDArray[np.intp], answers: list[Answer], start: int, stop: int) -> Texts:
        """Return the reasons of each row; rows that differ in no figure their reasons hold are put in words once."""
        rows, cases = self.settled
        part = slice(start, stop)
        figures: dict[str, Callable[[], npt.NDArray[np.int64]]] = {
            MANNER: lambda: rows.manner[part].astype(np.int64),
            TERM: lambda: rows.jail[part].astype(np.int64) * 100_000 + rows.suspended[part],
            SERVED: lambda: rows.served[part].astype(np.int64),
            LOSS: lambda: pd.factorize(rows.loss[part])[0].astype(np.int64),
            GRAMS: lambda: pd.factorize(rows.grams[part])[0].astype(np.int64),
        }
        told_apart: list[npt.NDArray[Any]] = [alike, rows.number[part], cases.incomplete[part]]
        for mark, values in figures.items():
            reads = np.array([mark in a.reads for a in answers])
            if reads.any():
                told_apart.append(np.where(reads[alike], values(), BLANK))
        for named, other_counts in (("across", cases.names), ("adds_up", cases.sums)):
            asks = np.array([getattr(a, named) for a in answers])
            if asks.any():
                told_apart.append(np.where(asks[alike], other_counts[cases.case[part]], BLANK))
        first, which = distinct(told_apart)
        return _texts([self._said(answers[alike[row]], start + row) for row in first.tolist()], which)

    def _said(self, answer: Answer, row: int) -> str:
        return "" if answer is _NO_ANSWER else self.answers.because(answer, row, *self.settled)

    @property
    def wrong_rows(self) -> npt.NDArray[np.intp]:
        """The rows with an error, from 0."""
        return np.flatnonzero(self.settled[0].kind == BLANK)

    def error(self, row: int) -> str:
        """Return what is wrong with a row; '' if nothing."""
        place = self.settled[0].error[row]
        return "" if place == BLANK else list(self.reader.errors)[place]


def _texts(values: list[str], places: npt.NDArray[Any]) -> Texts:
    return pa.DictionaryArray.from_arrays(pa.array(places, type=pa.int32()), pa.array(values, type=pa.large_string()))


_NO_ANSWER = Answer((), "not-analysed", "", "", "", "", (), (), False, False, -1)
"""What a row with an error is answered."""


def screen_frame(frame: pd.DataFrame, law: Law, day: date) -> pd.DataFrame:
    """Return the columns screening adds to a docket in memory, whose known columns are named as the contract does."""
    screening = Screening(law, day)
    screening.take(as_columns(frame[[c for c in KNOWN if c in frame]].fillna("").astype(str)))
    screening.settle()
    return as_frame(screening.columns(0, len(frame))).set_index(frame.index)
