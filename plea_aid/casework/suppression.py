"""Small counts left out of a table, and with them every count from which one of them could be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Place = tuple[int, int]


@dataclass(frozen=True)
class Withheld:
    """A table with its column totals; None stands for a count that is not shown. Row totals are shown elsewhere."""

    rows: tuple[tuple[int | None, ...], ...]
    totals: tuple[int | None, ...]


def withhold(rows: Sequence[Sequence[int]], least: int) -> Withheld:
    """Leave out every count from 1 to ``least`` - 1, and more until none that is left out can be worked out.

    The reader is taken to know every row's total, the grand total, and that a count left out is not zero.
    """
    table = _Table([list(row) for row in rows])
    table.hidden = {p for p in table.places() if 0 < table.at(p) < least}
    while (place := table.determined()) is not None:
        beside = table.beside(place)
        if beside is None:
            table.hidden = {p for p in table.places() if table.at(p)}
            if table.determined() is not None:
                return Withheld(tuple((None,) * len(r) for r in rows), (None,) * (len(rows[0]) if rows else 0))
            break
        table.hidden.add(beside)
    shown = [[None if (i, j) in table.hidden else n for j, n in enumerate(row)] for i, row in enumerate(table.cells)]
    return Withheld(tuple(tuple(row) for row in shown[:-1]), tuple(shown[-1]))


class _Table:
    """The counts with the row of column totals last. Every row has a sum that is known, and so has every column."""

    def __init__(self, rows: list[list[int]]) -> None:
        self.cells: list[list[int]] = [*rows, [sum(column) for column in zip(*rows, strict=True)]]
        self.hidden: set[Place] = set()

    def places(self) -> list[Place]:
        return [(i, j) for i, row in enumerate(self.cells) for j in range(len(row))]

    def at(self, place: Place) -> int:
        return self.cells[place[0]][place[1]]

    def determined(self) -> Place | None:
        """Return a hidden place whose count follows from what is shown; None when there is none."""
        return next((p for p in sorted(self.hidden) if not (self._moves(p, 1) or self._moves(p, -1))), None)

    def beside(self, place: Place) -> Place | None:
        """Return the smallest count of the same row, else of the same column, that can be hidden too."""
        row = [p for p in self.places() if p[0] == place[0]]
        column = [p for p in self.places() if p[1] == place[1]]
        for line in (row, column):
            free = [p for p in line if p not in self.hidden and self.at(p)]
            if free:
                return min(free, key=self.at)
        return None

    def _moves(self, start: Place, by: int) -> bool:
        """Say whether another table, with this count ``by`` one more or less, shows the same to the reader.

        One more here means one less elsewhere in the row, one more in that column, and so on round to the start.
        """
        if not self._can(start, by):
            return False
        seen, rows = {start[0]}, [start[0]]
        while rows:
            row = rows.pop()
            for down in [p for p in self.hidden if p[0] == row and p != start and self._can(p, -by)]:
                if down[1] == start[1]:
                    if row != start[0]:
                        return True
                    continue
                for up in [p for p in self.hidden if p[1] == down[1] and p[0] not in seen and self._can(p, by)]:
                    seen.add(up[0])
                    rows.append(up[0])
        return False

    def _can(self, place: Place, by: int) -> bool:
        # A column total moves against its column, since it stands on the other side of the sum.
        change = -by if place[0] == len(self.cells) - 1 else by
        return self.at(place) + change >= 1
