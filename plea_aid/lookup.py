"""Look anything up in the law: an offense by citation, a ground, an authority, a category, a definition."""

from __future__ import annotations

from datetime import date
from typing import Any

from plea_aid.analysis.classify import classify
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.records import Offense
from plea_aid.terminal import on_screen, print_offense


def show(law: Law, text: str, *, today: date | None = None) -> dict[str, Any]:
    """Return what ``text`` names as plain data; raise UnknownOffense with the nearest entries when nothing does."""
    day = today or date.today()
    stamp = {"version": law.version, "as_of": day.isoformat()}
    found = law.find(text)
    if found:
        return {"law": stamp, "offenses": [_offense(o, law, day) for o in found]}
    for name, pool in (
        ("ground", law.grounds),
        ("authority", law.authorities),
        ("category", law.categories),
        ("definition", law.definitions),
        ("posture", law.postures),
        ("disposition", law.dispositions),
        ("exception", law.exceptions),
    ):
        record = pool.get(text.strip().lower())
        if record is not None:
            return {"law": stamp, name: record.model_dump(mode="json", by_alias=True)}
    law.resolve(text)
    raise UnknownOffense(text)


def _offense(offense: Offense, law: Law, day: date) -> dict[str, Any]:
    return {
        **offense.model_dump(mode="json", by_alias=True),
        "categories": [m.as_json() for m in classify(offense, law, day)],
        "authorities_in_full": [
            {
                "id": a,
                "name": law.authorities[a].name,
                "citation": law.authorities[a].citation,
                "verified": law.authorities[a].verified,
            }
            for a in offense.authorities
        ],
    }


def print_lookup(law: Law, text: str) -> None:
    """Print what ``text`` names for a person; raise UnknownOffense."""
    console = on_screen()
    found = show(law, text)
    if "offenses" in found:
        for entry in found["offenses"]:
            print_offense(console, law.offenses[entry["id"]], law, entry["categories"])
            console.print()
        return
    kind = next(k for k in found if k != "law")
    for key, value in found[kind].items():
        if value not in ("", None, [], {}):
            console.print(f"{key.replace('_', ' ')}: {value}", markup=False, highlight=False)
