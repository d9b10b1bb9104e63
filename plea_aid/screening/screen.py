"""Screen a docket: every row against every ground and posture, the counts of a case together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from plea_aid.law.catalogue import Law
from plea_aid.screening.answers import Answer, Answers
from plea_aid.screening.columns import ADDED, KNOWN
from plea_aid.screening.rows import BLANK, RowReader, Rows
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

    def columns(self, start: int, stop: int) -> dict[str, list[str]]:
        """Return the columns that screening adds, for rows from ``start`` up to ``stop``."""
        rows, cases = self.settled
        errors, kinds = list(self.reader.errors), rows.kind[start:stop].tolist()
        found: dict[str, list[str]] = {name: [] for name in ADDED}
        flag, level, grounds, postures, because, error = (found[name].append for name in ADDED)
        for row, kind in enumerate(kinds, start):
            if kind == BLANK:
                flag("not-analysed"), level(""), grounds(""), postures(""), because("")
                error(errors[rows.error[row]])
                continue
            answer = self.answers.answer(row, rows, cases)
            flag(answer.flag), level(answer.level), grounds(answer.grounds), postures(answer.postures)
            because(self.answers.because(answer, row, rows, cases))
            error("")
        return found

    @property
    def wrong_rows(self) -> np.ndarray:
        """The rows with an error, from 0."""
        return np.flatnonzero(self.settled[0].kind == BLANK)

    def error(self, row: int) -> str:
        """Return what is wrong with a row; '' if nothing."""
        place = self.settled[0].error[row]
        return "" if place == BLANK else list(self.reader.errors)[place]


def screen_frame(frame: pd.DataFrame, law: Law, day: date) -> pd.DataFrame:
    """Return the columns screening adds to a docket in memory, whose known columns are named as the contract does."""
    screening = Screening(law, day)
    screening.take(frame[[c for c in KNOWN if c in frame]].fillna("").astype(str))
    screening.settle()
    return pd.DataFrame(screening.columns(0, len(frame)), index=frame.index, columns=list(ADDED))
