"""What a note prints beside the record itself: the law's words for the ids used, the policy's state, the weights.

It is frozen with a version, so that the note of that version needs no law file and no later data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from plea_aid import __version__
from plea_aid.analysis.case import Case
from plea_aid.law.catalogue import Law
from plea_aid.law.policy import FACTOR_SECTION, factor_in_force, policy_sentence


def printed(law: Law, document: Mapping[str, Any], analysis: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return as plain data what the note of an analysis needs of the law, the policy and the planner."""
    return {
        "office": law.policy.office if law.policy else "",
        "policy": _policy(law, today),
        "words": _words(law, analysis),
        "weights": weights_of(law, document, today),
    }


def weights_of(law: Law, document: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the weight of each option by name, in order, as plain data; raise CaseError."""
    from plea_aid.planning.weighing import weigh_options  # loaded when a case is weighed, not when the program starts

    found = weigh_options(Case.model_validate(dict(document)), law, today)
    return {name: weight.as_json() for name, weight in found.items()}


@cache
def made_with() -> dict[str, str]:
    """Return what sets a note: the program, the typesetter, and a mark of the note's own code and templates.

    With the same three, the same frozen version gives the same bytes.
    """
    digest = hashlib.sha256()
    notes = Path(__file__).resolve().parent.parent / "notes"
    for path in sorted(p for p in notes.rglob("*") if p.suffix in (".py", ".typ")):
        digest.update(path.relative_to(notes).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return {"program": __version__, "typst": installed("typst"), "layout": digest.hexdigest()[:12]}


def _policy(law: Law, today: date) -> dict[str, Any]:
    status = law.policy.section_status(FACTOR_SECTION, today) if law.policy else None
    return {
        "title": law.policy.title if law.policy else "No policy on file",
        "in_force": factor_in_force(law, today),
        "since": status.from_.isoformat() if status and status.from_ else None,
        "sentence": policy_sentence(law, today),
    }


def _words(law: Law, analysis: Mapping[str, Any]) -> dict[str, Any]:
    options = analysis["options"]
    grounds = {f["ground"] for o in options for f in (*o["findings"], *o["not_analysed"])}
    authorities = {a for o in options for f in o["findings"] for a in f["authorities"]}
    counts = [c for o in options for c in o["counts"]]
    groups: dict[str, list[str]] = {}
    for posture in law.postures.values():
        groups.setdefault(posture.group, []).append(posture.id)
    return {
        "grounds": {
            g.id: {
                "name": g.name,
                "citation": g.citation,
                "kind": g.kind,
                "postures": list(law.posture_ids(g.postures)),
            }
            for g in law.grounds.values()
            if g.id in grounds
        },
        "postures": {p.id: p.name for p in law.postures.values()},
        "posture_groups": [[name, ids] for name, ids in groups.items()],
        "authorities": {
            a.id: {
                "name": a.name,
                "citation": a.citation,
                "verified": a.verified,
                "treatment": a.treatment,
                "proposition": a.proposition,
            }
            for a in law.authorities.values()
            if a.id in authorities
        },
        "dispositions": {i: law.dispositions[i].name for i in sorted({c["disposition"] for c in counts})},
        "offenses": {
            i: {"cite": law.offenses[i].cite, "title": law.offenses[i].title}
            for i in sorted({c["offense"] for c in counts})
            if i in law.offenses
        },
    }
