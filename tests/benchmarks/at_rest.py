"""What encryption costs: saving, opening, listing and searching with it, beside the same code without it.

Run ``python tests/benchmarks/at_rest.py [CASES]``. Both halves run in turns in one process on SQLite, after it was
asserted that they answer alike; each figure is a ratio to the half that stores everything readable.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.data_keys import DataKeys
from plea_aid.casework.database import Database
from plea_aid.casework.keyring import MasterKey
from plea_aid.casework.migrate import open_database
from plea_aid.casework.tables import User

ROUNDS = 15


def document(number: int) -> dict[str, Any]:
    """A case file with three options."""
    return {
        "cause_number": f"CR-2026-{number:05}",
        "offense_date": "2026-03-14",
        "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
        "option": [
            {"name": f"Option {i} of {number}", "count": [{"number": 1, "jail_days": i, "suspended_days": 300 + i}]}
            for i in range(3)
        ],
    }


@contextmanager
def readable() -> Iterator[None]:
    """Store and read everything as it is."""
    with (
        patch.object(DataKeys, "encrypt", lambda _keys, _place, _row, text: text),
        patch.object(DataKeys, "decrypt", lambda _keys, _place, _row, stored: stored),
        patch("plea_aid.casework.data_keys.Keyring.decrypt", lambda _ring, _place, _row, stored: stored),
    ):
        yield


@contextmanager
def encrypted() -> Iterator[None]:
    """Store and read as the program does."""
    yield


class Office:
    """A database with cases in it."""

    def __init__(self, folder: str, name: str, count: int) -> None:
        self.db: Database = open_database(f"sqlite:///{folder}/{name}.db")
        user = User(user_name="pat", user_key="pat", display_name="Pat Doe", role="prosecutor")
        with self.db.write() as session:
            session.add(user)
            self.actor = Actor(user.id, "pat", "Pat Doe", "prosecutor")
        self.made = 0
        self.ids = [self.create() for _ in range(count)]

    def create(self) -> str:
        self.made += 1
        return cases.create_case(self.db, self.actor, document(self.made)).id

    def change(self) -> int:
        view = cases.open_case(self.db, self.actor, self.ids[0])
        plan = {"min_fine": view.document.get("plan", {}).get("min_fine", 0) + 1}
        return cases.update_document(
            self.db, self.actor, view.id, view.document_version, {**view.document, "plan": plan}
        )

    def open(self) -> dict[str, Any]:
        return cases.open_case(self.db, self.actor, self.ids[1]).document

    def list(self) -> list[str | None]:
        return [row.cause_number for row in cases.list_cases(self.db, self.actor, limit=50).rows]

    def search(self) -> list[str | None]:
        return [row.cause_number for row in cases.list_cases(self.db, self.actor, text="45-5-206", limit=50).rows]


def main(count: int) -> None:
    """Print the table."""
    os.environ.setdefault("PLEA_AID_KEY", MasterKey(bytes(32)).as_text())
    jobs: dict[str, Callable[[Office], Any]] = {
        "create a case": Office.create,
        "open and save a case": Office.change,
        "open a case": Office.open,
        "list 50 cases": Office.list,
        "search, 50 found": Office.search,
    }
    with tempfile.TemporaryDirectory() as folder:
        with readable():
            plain = Office(folder, "readable", count)
        sealed = Office(folder, "encrypted", count)
        times: dict[tuple[str, str], list[float]] = {}
        for _ in range(ROUNDS):
            for name, job in jobs.items():
                answers = []
                for half, office, mode in (("without", plain, readable), ("with", sealed, encrypted)):
                    with mode():
                        began = time.perf_counter()
                        for _ in range(10):
                            answer = job(office)
                        times.setdefault((name, half), []).append((time.perf_counter() - began) / 10)
                        answers.append(answer)
                assert name == "create a case" or answers[0] == answers[1], name
        sizes = {}
        for office in (plain, sealed):
            office.db.close()
        for name in ("readable", "encrypted"):
            sizes[name] = os.path.getsize(f"{folder}/{name}.db")
    print(f"{count:,} cases, SQLite, medians of {ROUNDS} x 10")
    print("| step | without, ms | with, ms | ratio |\n|---|---|---|---|")
    for name in jobs:
        without, with_ = (statistics.median(times[name, half]) * 1000 for half in ("without", "with"))
        print(f"| {name} | {without:.2f} | {with_:.2f} | {with_ / without:.2f} |")
    ratio = sizes["encrypted"] / sizes["readable"]
    print(f"| size of the file | {sizes['readable']:,} bytes | {sizes['encrypted']:,} bytes | {ratio:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
