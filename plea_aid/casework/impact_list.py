"""The analyses a change of the law touched, as their owners and supervisors see them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlmodel import Session, col

from plea_aid.analysis.rerun import Change
from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import now
from plea_aid.casework.cases import LONGEST_LIST, locked_case, shown_id
from plea_aid.casework.database import Database
from plea_aid.casework.errors import NotFound
from plea_aid.casework.impact import last_check
from plea_aid.casework.permissions import Action, can
from plea_aid.casework.stored import AS_IT_STANDS, stands
from plea_aid.casework.tables import CaseFile, CaseVersion, LawCheck, LawImpact, StoredAnalysis
from plea_aid.casework.views import names_of, option_names
from plea_aid.casework.work import changing, reading


@dataclass(frozen=True)
class ImpactView:
    """An analysis that comes out differently under the law of today."""

    case_id: str
    cause_number: str | None
    owner_id: str
    owner_name: str
    stage: str
    hearing_date: date | None
    version_number: int
    """0 is the case as it stands."""
    stands: bool
    """False for a version that later work has taken the place of."""
    law_before: str
    law_after: str
    changes: tuple[Change, ...]
    options: tuple[str, ...]
    """Names of the options, the first one being option 1 of the changes."""
    acknowledged_by: str | None
    acknowledged_at: datetime | None

    def option(self, change: Change) -> str:
        """Return the name of the option a change is about."""
        if not change.option:
            return "The charge alone"
        return self.options[change.option - 1] if change.option <= len(self.options) else f"Option {change.option}"


@dataclass(frozen=True)
class Impacts:
    """A page of the list: the rows, and how many there are in all."""

    rows: tuple[ImpactView, ...]
    total: int


@dataclass(frozen=True)
class Waiting:
    """How many cases a change of the law touched and nobody has looked at yet."""

    mine: int
    office: int | None
    """None for whoever may not see the cases of others in this list."""


def waiting(db: Database, actor: Actor) -> Waiting:
    """Count the cases whose standing analysis comes out differently and that wait for their owner; NotAllowed."""
    with reading(db, actor) as work:
        work.require(Action.IMPACT_READ, kind="case")
        check = last_check(work.session)
        if check is None or not check.affected:
            return Waiting(0, 0 if can(actor, Action.IMPACT_READ_ALL) else None)
        counted = _rows(check, func.count(col(CaseFile.id).distinct()))
        counted = counted.where(stands(), col(LawImpact.acknowledged_at).is_(None))
        mine = work.session.execute(counted.where(col(CaseFile.owner_id) == actor.user_id)).scalar_one()
        office = work.session.execute(counted).scalar_one() if can(actor, Action.IMPACT_READ_ALL) else None
        return Waiting(mine, office)


def list_impacts(db: Database, actor: Actor, *, everyone: bool = False, limit: int = 25, offset: int = 0) -> Impacts:
    """Return what the last check found: first what waits, the earliest hearing first.

    Without ``everyone`` only the actor's own cases. Raises NotAllowed.
    """
    limit = max(1, min(limit, LONGEST_LIST))
    with reading(db, actor) as work:
        work.require(Action.IMPACT_READ_ALL if everyone else Action.IMPACT_READ, kind="case")
        work.record(Action.IMPACT_READ, "case", "", everyone=everyone)
        check = last_check(work.session)
        if check is None:
            return Impacts((), 0)
        mine = () if everyone else (col(CaseFile.owner_id) == actor.user_id,)
        total = work.session.execute(_rows(check, func.count()).where(*mine)).scalar_one()
        query = _rows(check, LawImpact, CaseFile, stands().label("stands")).where(*mine)
        query = query.order_by(
            col(LawImpact.acknowledged_at).is_not(None), (~stands()), col(CaseFile.hearing_date).is_(None),
            col(CaseFile.hearing_date), col(CaseFile.id), col(LawImpact.version_number),
        )  # fmt: skip
        rows = work.session.execute(query.limit(limit).offset(max(0, offset))).all()
        names = names_of(work.session, [x for row in rows for x in (row[0].acknowledged_by, row[1].owner_id)])
        return Impacts(tuple(_view(work.session, check, names, *row) for row in rows), total)


def acknowledge(db: Database, actor: Actor, case_id: str, version_number: int) -> None:
    """Note that the owner has looked at what a change of the law does to an analysis.

    Raises NotAllowed for anyone but the owner, NotFound.
    """
    with changing(db, actor) as work:
        row, _ = locked_case(work, case_id, Action.IMPACT_ACKNOWLEDGE)
        check = last_check(work.session)
        query = select(LawImpact).where(
            col(LawImpact.check_number) == (check.number if check else 0),
            col(LawImpact.case_id) == shown_id(case_id),
            col(LawImpact.version_number) == version_number,
        )
        impact = work.session.scalars(query).first()
        if impact is None:
            raise NotFound("The law changes nothing in that analysis any more.")
        if impact.acknowledged_at is None:
            impact.acknowledged_by, impact.acknowledged_at = actor.user_id, now()
            work.record(Action.IMPACT_ACKNOWLEDGE, "case", row.id, version=version_number, check=impact.check_number)


def _rows(check: LawCheck, *columns: Any) -> Select[Any]:
    same = and_(
        col(StoredAnalysis.case_id) == col(LawImpact.case_id),
        col(StoredAnalysis.version_number) == col(LawImpact.version_number),
    )
    query = select(*columns).select_from(LawImpact).join(StoredAnalysis, same)
    query = query.join(CaseFile, col(CaseFile.id) == col(LawImpact.case_id))
    return query.where(col(LawImpact.check_number) == check.number)


def _view(
    session: Session, check: LawCheck, names: dict[str, str], impact: LawImpact, case: CaseFile, standing: bool
) -> ImpactView:
    return ImpactView(
        case_id=case.id,
        cause_number=case.cause_number,
        owner_id=case.owner_id,
        owner_name=names[case.owner_id],
        stage=case.stage,
        hearing_date=case.hearing_date,
        version_number=impact.version_number,
        stands=bool(standing),
        law_before=impact.law_version,
        law_after=check.law_version,
        changes=tuple(_change(one) for one in json.loads(impact.changes)),
        options=_option_names(session, case, impact.version_number),
        acknowledged_by=names.get(impact.acknowledged_by or ""),
        acknowledged_at=impact.acknowledged_at,
    )


def _change(stored: dict[str, Any]) -> Change:
    lists: dict[str, Iterable[str]] = {key: tuple(stored[key]) for key in ("postures", "because")}
    return Change(**{**stored, **lists})


def _option_names(session: Session, case: CaseFile, number: int) -> tuple[str, ...]:
    if number == AS_IT_STANDS:
        return option_names(json.loads(case.document))
    query = select(CaseVersion).where(col(CaseVersion.case_id) == case.id, col(CaseVersion.number) == number)
    return option_names(json.loads(session.scalars(query).one().content)["document"])
