"""Comparable decided cases of the office: what others charged with the same family of offense were offered.

No person is named. What a wall closes to the reader is not there: the condition stands on every query (``visibility``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.cases import read_case
from plea_aid.casework.database import Database
from plea_aid.casework.permissions import Action
from plea_aid.casework.review import Stage
from plea_aid.casework.tables import CaseFamily, CaseFile, CaseVersion, ReviewStep
from plea_aid.casework.work import reading

DECIDED: tuple[Stage, ...] = ("approved", "offered", "accepted", "rejected", "withdrawn", "entered")
"""Stages of a case whose last submitted decision stands."""


@dataclass(frozen=True)
class Comparable:
    """A decided case of the same offense family, without anyone's name."""

    case_id: str
    cause_number: str | None
    stage: str
    submitted_at: datetime
    families: tuple[str, ...]
    """The families it shares with the case it is shown beside."""
    version: int
    charged: tuple[str, ...]
    """Citations of the counts as charged."""
    chosen: str
    weight: dict[str, Any]
    """The weight of the option chosen, as the version keeps it; empty where the version kept none."""
    flags_at_baseline: int
    flags_kept: int
    """Grounds flagged for the baseline, and for the option chosen."""
    departure: bool
    """Whether the equivalence gate called it a departure."""
    ended: str
    """How it ended, as entered; empty before."""


def keep_families(session: Session, case_id: str, families: frozenset[str], submitted_at: datetime) -> None:
    """Note the families of a case as it is submitted."""
    session.execute(delete(CaseFamily).where(col(CaseFamily.case_id) == case_id))
    session.add_all(CaseFamily(case_id=case_id, family=one, submitted_at=submitted_at) for one in sorted(families))


def comparable_cases(db: Database, actor: Actor, case_id: str, *, limit: int = 10) -> tuple[Comparable, ...]:
    """Return decided cases that share an offense family with a submitted case, the last submitted first.

    The reading is recorded. Raises NotAllowed or NotFound.
    """
    with reading(db, actor) as work:
        read_case(work, case_id, Action.CASE_READ)
        families = select(col(CaseFamily.family)).where(col(CaseFamily.case_id) == case_id)
        shared: dict[str, list[str]] = {}
        for family in sorted(work.session.scalars(families)):
            for other in work.session.scalars(_of_family(family, case_id, limit)):
                shared.setdefault(other, []).append(family)
        found = [_comparable(work.session, other, tuple(common)) for other, common in shared.items()]
        work.record("case.compare", "case", case_id, shown=sorted(shared))
        return tuple(sorted(found, key=lambda one: one.submitted_at, reverse=True)[:limit])


def _of_family(family: str, case_id: str, limit: int) -> Any:
    return (
        select(col(CaseFamily.case_id))
        .join(CaseFile, col(CaseFile.id) == col(CaseFamily.case_id))
        .where(col(CaseFamily.family) == family, col(CaseFamily.case_id) != case_id)
        .where(col(CaseFile.stage).in_(DECIDED), col(CaseFile.example).is_(False))
        .order_by(col(CaseFamily.submitted_at).desc())
        .limit(limit)
    )


def _comparable(session: Session, case_id: str, families: tuple[str, ...]) -> Comparable:
    case = session.get_one(CaseFile, case_id)
    last = select(CaseVersion).where(col(CaseVersion.case_id) == case_id).order_by(col(CaseVersion.number).desc())
    version = session.scalars(last.limit(1)).one()
    content = json.loads(version.content)
    chosen = content["decision"]["chosen_option"]
    names = [option["name"] for option in content["document"].get("option", ())]
    flags = {one["name"]: _flags(one) for one in content["analysis"]["options"]}
    charge = content["analysis"]["options"][0]
    entered = select(ReviewStep).where(col(ReviewStep.case_id) == case_id, col(ReviewStep.move) == "enter")
    step = session.scalars(entered).first()
    return Comparable(
        case_id=case_id,
        cause_number=case.cause_number,
        stage=case.stage,
        submitted_at=case.submitted_at or case.updated_at,
        families=families,
        version=version.number,
        charged=tuple(dict.fromkeys(one["cite"] for one in charge.get("counts", ()))),
        chosen=chosen,
        weight=content.get("printed", {}).get("weights", {}).get(chosen, {}),
        flags_at_baseline=len(flags.get(names[0], ())),
        flags_kept=len(flags.get(chosen, ())),
        departure=content["gates"].get("equivalence", {}).get("status") == "departure",
        ended=json.loads(step.detail).get("ended", "") if step else "",
    )


def _flags(option: dict[str, Any]) -> set[str]:
    return {one["ground"] for one in option.get("findings", ()) if one["flag"]}
