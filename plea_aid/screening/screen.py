"""Screen a docket: every row against every ground and posture, the counts of a case together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from plea_aid.law.catalogue import Law
from plea_aid.screening.answers import Answer, Answers
from plea_aid.screening.columns import ADDED, KNOWN
from plea_aid.screening.marks import GRAMS, LOSS, MANNER, SERVED, TERM
from plea_aid.screening.rows import BLANK, RowReader, Rows, distinct
from plea_aid.screening.tables import Tables
from plea_aid.screening.together import Cases, joined, put_together

Texts = npt.NDArray[np.object_]


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

    def take(self, frame: pd.DataFrame, wrong: Mapping[int, str] | None = None) -> None:
        """Take the next rows; ``frame`` has known columns, as text. ``wrong`` says what is wrong with a row already."""
        rows = self.reader.read(frame)
        for row, said in (wrong or {}).items():
            rows.error[row], rows.kind[row] = self.reader.errors.place(said), BLANK
        self._blocks.append(rows)

    def settle(self) -> None:
        """Put the counts of each case together, once every row was taken."""
        rows = joined(self._blocks)
        self._blocks = []
        self._settled = rows, put_together(rows, self.reader)

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
        alike, first = _first_of(cases.alike[start:stop])
        answers = [self.answer(start + int(row)) or _NO_ANSWER for row in first]
        found = {name: _texts([getattr(a, name) for a in answers])[alike] for name in ADDED[:4]}
        found["because"] = self._because(alike, answers, start, stop)
        errors = _texts([*self.reader.errors, ""])
        found["error"] = errors[rows.error[start:stop]]
        return found

    def _because(self, alike: npt.NDArray[np.intp], answers: list[Answer], start: int, stop: int) -> Texts:
        """Return the reasons of each row; rows that differ in no figure their reasons hold are put in words once."""
        rows, cases = self.settled
        part = slice(start, stop)
        figures: dict[str, npt.NDArray[np.int64]] = {
            MANNER: rows.manner[part].astype(np.int64),
            TERM: rows.jail[part].astype(np.int64) * 100_000 + rows.suspended[part],
            SERVED: rows.served[part].astype(np.int64),
            LOSS: pd.factorize(rows.loss[part])[0].astype(np.int64),
            GRAMS: pd.factorize(rows.grams[part])[0].astype(np.int64),
        }
        told_apart: list[npt.NDArray[Any]] = [alike, rows.number[part], cases.incomplete[part]]
        for mark, values in figures.items():
            reads = np.array([mark in a.reads for a in answers])
            if reads.any():
                told_apart.append(np.where(reads[alike], values, BLANK))
        found = np.full(stop - start, "", dtype=object)
        across = np.array([a.across for a in answers])[alike]
        good = rows.kind[part] != BLANK
        simple = np.flatnonzero(good & ~across)
        first, which = distinct([column[simple] for column in told_apart]) if len(simple) else (simple, simple)
        said = [self._said(answers[int(alike[row])], start + int(row)) for row in simple[first]]
        found[simple] = _texts(said)[which]
        for row in np.flatnonzero(good & across).tolist():
            found[row] = self._said(answers[alike[row]], start + row)
        return found

    def _said(self, answer: Answer, row: int) -> str:
        return self.answers.because(answer, row, *self.settled)

    @property
    def wrong_rows(self) -> npt.NDArray[np.intp]:
        """The rows with an error, from 0."""
        return np.flatnonzero(self.settled[0].kind == BLANK)

    def error(self, row: int) -> str:
        """Return what is wrong with a row; '' if nothing."""
        place = self.settled[0].error[row]
        return "" if place == BLANK else list(self.reader.errors)[place]


def _first_of(alike: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return which distinct value each row has, and where each first stands."""
    codes, _ = pd.factorize(alike)
    return codes, np.unique(codes, return_index=True)[1]


def _texts(values: list[str]) -> Texts:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


_NO_ANSWER = Answer((), "not-analysed", "", "", "", "", (), (), False, False, -1)
"""What a row with an error is answered."""


def screen_frame(frame: pd.DataFrame, law: Law, day: date) -> pd.DataFrame:
    """Return the columns screening adds to a docket in memory, whose known columns are named as the contract does."""
    screening = Screening(law, day)
    screening.take(frame[[c for c in KNOWN if c in frame]].fillna("").astype(str))
    screening.settle()
    return pd.DataFrame(screening.columns(0, len(frame)), index=frame.index, columns=list(ADDED))
