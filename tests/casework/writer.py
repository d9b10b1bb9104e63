"""A second process for the concurrency tests: counts up in a case, trying again whenever someone was first.

Run as ``python writer.py URL CASE_ID USER_ID TIMES``.
"""

from __future__ import annotations

import sys
from typing import Any

from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Conflict


def count_up(db: Database, actor: Actor, case_id: str, times: int) -> int:
    """Add one to the case's least fine ``times`` times, one save each; return how often someone was first."""
    conflicts = 0
    for _ in range(times):
        while True:
            view = cases.open_case(db, actor, case_id)
            document: dict[str, Any] = dict(view.document)
            document["plan"] = {"min_fine": view.document.get("plan", {}).get("min_fine", 0) + 1}
            try:
                cases.update_document(db, actor, case_id, view.document_version, document)
            except Conflict:
                conflicts += 1
                continue
            break
    return conflicts


if __name__ == "__main__":
    url, case_id, user_id, times = sys.argv[1:]
    database = Database(url)
    print(count_up(database, Actor(user_id, "paralegal", "Paralegal", "paralegal"), case_id, int(times)))
    database.close()
