"""What a change of the law does to analyses already made: found once, kept, shown to their owners.

Comparing takes the law each analysis was made under and the law of today, with this program on both sides, as of the
case's plea date, or else the day it was submitted (an open draft: today).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, select, text, tuple_, update
from sqlmodel import Session, col

from plea_aid.analysis.case import CHARGE_STAGE
from plea_aid.analysis.rerun import NOT_ANALYSED, Change, Levels, Rerun, changes_between
from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import canonical, now
from plea_aid.casework.database import Database
from plea_aid.casework.law_editions import keep_edition, kept_law, law_of_last_start
from plea_aid.casework.permissions import Action
from plea_aid.casework.stored import AS_IT_STANDS, bring_up_to_date, read_back, still_counts
from plea_aid.casework.tables import CaseFile, CaseVersion, LawCheck, LawImpact, StoredAnalysis, User
from plea_aid.casework.visibility import closed_cases
from plea_aid.casework.work import changing
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law

_PAGE = 2000
_CHECK_LOCK = 0x4C415749


@dataclass(frozen=True)
class Affected:
    """A stored analysis that comes out differently. Whose case it is stands on its page, for whoever may open it."""

    case_id: str
    version_number: int
    """0 is the case as it stands."""
    stage: str
    owner: str
    """User name of the attorney who has the case."""
    as_of: date
    law_version: str
    """The law compared from."""
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "case": self.case_id,
            "version": self.version_number or None,
            "stage": self.stage,
            "owner": self.owner,
            "as_of": self.as_of.isoformat(),
            "law_before": self.law_version,
            "changes": [c.as_json() for c in self.changes],
        }


@dataclass
class Tally:
    """How much a check looked at."""

    analyses: int = 0
    rerun: int = 0
    """Analyses that the change could touch."""
    options: int = 0
    """Different options that were looked at under both laws."""
    affected: int = 0
    not_comparable: int = 0
    """Open drafts whose earlier law is not kept or no longer readable."""


@dataclass
class Check:
    """A finished check."""

    law_version: str
    tally: Tally = field(default_factory=Tally)


def what_if(
    db: Database, actor: Actor, old: Law, new: Law, tally: Tally, *, today: date | None = None
) -> Iterator[Affected]:
    """Compare every stored analysis under two laws and give those that come out differently; nothing is stored.

    Raises NotAllowed.
    """
    with changing(db, actor) as work:
        work.require(Action.LAW_CHECK, kind="law", id_=new.version)
        work.record(Action.LAW_CHECK, "law", new.version, compared=old.version)
        closed = closed_cases(work.session, actor)
    bring_up_to_date(db, load_law(), law_of_last_start(db) or load_law().version)
    rerun = Rerun(old, new)
    for batch in _batches(db, rerun, None, old.version, today or date.today(), tally):
        yield from (one for one in batch if one.case_id not in closed)


def check_at_start(db: Database, actor: Actor, law: Law | None = None) -> Check | None:
    """Check every stored analysis if the law is not the one of the last start; None when there is nothing to do."""
    law = law or load_law()
    with changing(db, actor) as work:
        work.require(Action.LAW_CHECK, kind="law", id_=law.version)
        keep_edition(work.session, law)
    if law_of_last_start(db) == law.version:
        return None
    return check(db, actor, law, at_start=True)


def check(
    db: Database,
    actor: Actor,
    law: Law | None = None,
    *,
    at_start: bool = False,
    today: date | None = None,
    each: Callable[[Affected], object] = lambda _: None,
) -> Check:
    """Compare every stored analysis with the law of today, and keep what comes out differently for its owner.

    ``each`` is called with every analysis found.

    A case keeps its acknowledgement while what comes out differently is the same. Raises NotAllowed.
    """
    law, today = law or load_law(), today or date.today()
    bring_up_to_date(db, law, law_of_last_start(db) or law.version)
    with changing(db, actor) as work:
        work.require(Action.LAW_CHECK, kind="law", id_=law.version)
        _alone(work.session)
        keep_edition(work.session, law)
        number = (work.session.execute(select(func.max(col(LawCheck.number)))).scalar_one() or 0) + 1
        work.session.add(LawCheck(number=number, law_version=law.version, at_start=at_start))
        closed = closed_cases(work.session, actor)
    found = Check(law.version)
    for basis in _laws_of_analyses(db, law.version):
        for batch in _check_from(db, basis, law, today, found.tally):
            with db.write() as session:
                _alone(session)
                _keep(session, number, batch)
            for one in batch:
                if one.case_id not in closed:
                    each(one)
    with changing(db, actor) as work:
        row = work.session.get_one(LawCheck, number)
        tally = found.tally
        tally.analyses = work.session.execute(_subjects(func.count())).scalar_one()
        row.analyses, row.affected, row.not_comparable = tally.analyses, tally.affected, tally.not_comparable
        row.finished_at = now()
        if at_start:
            _move_on(work.session, number, law.version)
        work.record(Action.LAW_CHECK, "law", law.version, check=number, affected=tally.affected)
    return found


def last_check(session: Session) -> LawCheck | None:
    """Return the last finished check."""
    query = select(LawCheck).where(col(LawCheck.finished_at).is_not(None))
    return session.scalars(query.order_by(col(LawCheck.number).desc()).limit(1)).first()


def _check_from(db: Database, basis: str, law: Law, today: date, tally: Tally) -> Iterator[list[Affected]]:
    with db.read() as session:
        old = kept_law(session, basis)
    if old is None:
        return _from_frozen(db, basis, law, today, tally)
    return _batches(db, Rerun(old, law), basis, basis, today, tally)


def _batches(
    db: Database, rerun: Rerun, basis: str | None, named: str, today: date, tally: Tally
) -> Iterator[list[Affected]]:
    """Give the affected analyses page by page; only those the change can touch are read and run again."""
    for page in _pages(db, basis):
        tally.analyses += len(page)
        touched = {
            (row.case_id, row.version_number): grounds for row in page if (grounds := rerun.touched(_uses(row.uses)))
        }
        tally.rerun += len(touched)
        found = []
        with db.read() as session:
            contents = _contents(session, list(touched))
        for row in page:
            key = (row.case_id, row.version_number)
            if key in touched:
                content, day = read_back(contents[key], today)
                changes = rerun.changes(content, day, touched[key])
                if changes:
                    found.append(Affected(*key, row.stage, row.user_name, day, named, changes))
        tally.affected += len(found)
        tally.options = rerun.evaluated
        yield found


def _from_frozen(db: Database, basis: str, law: Law, today: date, tally: Tally) -> Iterator[list[Affected]]:
    """Compare with what was frozen, where the law it was made under cannot be read any more."""
    rerun = Rerun(law, law)
    for page in _pages(db, basis):
        found = []
        for row in page:
            tally.rerun += 1
            key = (row.case_id, row.version_number)
            if row.version_number == AS_IT_STANDS:
                tally.not_comparable += 1
                continue
            with db.read() as session:
                content, day = read_back(_contents(session, [key])[key], today)
                frozen = _frozen(session, *key, law)
            changes = changes_between(frozen, rerun.after(content, day))
            if changes:
                found.append(Affected(*key, row.stage, row.user_name, day, basis, changes))
        tally.affected += len(found)
        yield found


def _frozen(session: Session, case_id: str, number: int, law: Law) -> list[Levels]:
    """Return the levels a version froze, option by option, the charge stage first."""
    query = select(CaseVersion).where(col(CaseVersion.case_id) == case_id, col(CaseVersion.number) == number)
    content = json.loads(session.scalars(query).one().content)
    frozen = {option["name"]: option for option in content["analysis"]["options"]}
    names = [CHARGE_STAGE, *(o["name"] for o in content["document"].get("option", ()))]
    return [
        _frozen_levels(frozen.get(name, {}) if i == 0 or name != CHARGE_STAGE else {}, law)
        for i, name in enumerate(names)
    ]


def _frozen_levels(option: Mapping[str, Any], law: Law) -> Levels:
    found: Levels = {}
    for missing in option.get("not_analysed", ()):
        ground = law.grounds.get(missing["ground"])
        found |= {(missing["ground"], p): NOT_ANALYSED for p in law.posture_ids(ground.postures if ground else ())}
    for finding in option.get("findings", ()):
        found |= {(finding["ground"], posture): finding["level"] for posture in finding["postures"]}
    return found


def _pages(db: Database, basis: str | None) -> Iterator[list[Any]]:
    """Give stored analyses in pages of a few columns, each page from one moment of the database."""
    key = tuple_(col(StoredAnalysis.case_id), col(StoredAnalysis.version_number))
    last = ("", -1)
    while True:
        columns = (
            col(StoredAnalysis.case_id), col(StoredAnalysis.version_number), col(StoredAnalysis.uses),
            col(CaseFile.stage), col(User.user_name),
        )  # fmt: skip
        query = _subjects(*columns).join(User, col(User.id) == col(CaseFile.owner_id)).where(key > last)
        if basis is not None:
            query = query.where(col(StoredAnalysis.law_version) == basis)
        with db.read() as session:
            rows = list(
                session.execute(
                    query.order_by(col(StoredAnalysis.case_id), col(StoredAnalysis.version_number)).limit(_PAGE)
                )
            )
        if rows:
            yield rows
            last = (rows[-1].case_id, rows[-1].version_number)
        if len(rows) < _PAGE:
            return


def _subjects(*columns: Any) -> Select[Any]:
    query = select(*columns).select_from(StoredAnalysis).join(CaseFile, col(CaseFile.id) == col(StoredAnalysis.case_id))
    return query.where(still_counts(), col(StoredAnalysis.uses) != "")


def _contents(session: Session, keys: list[tuple[str, int]]) -> dict[tuple[str, int], StoredAnalysis]:
    found: dict[tuple[str, int], StoredAnalysis] = {}
    for start in range(0, len(keys), 200):
        wanted = tuple_(col(StoredAnalysis.case_id), col(StoredAnalysis.version_number)).in_(keys[start : start + 200])
        rows = session.scalars(select(StoredAnalysis).where(wanted))
        found |= {(row.case_id, row.version_number): row for row in rows}
    return found


def _uses(text_: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    offenses, dispositions = json.loads(text_)
    return tuple(offenses), tuple(dispositions)


def _laws_of_analyses(db: Database, but: str) -> list[str]:
    query = select(col(StoredAnalysis.law_version)).where(col(StoredAnalysis.law_version) != but).distinct()
    with db.read() as session:
        return sorted(session.execute(query).scalars())


def _keep(session: Session, number: int, batch: list[Affected]) -> None:
    """Store what a page of a check found; what was acknowledged before and is the same stays acknowledged."""
    keys = [(one.case_id, one.version_number) for one in batch]
    mine = tuple_(col(LawImpact.case_id), col(LawImpact.version_number))
    before: dict[tuple[str, int], LawImpact] = {}
    previous = last_check(session)
    for start in range(0, len(keys), 200):
        some = mine.in_(keys[start : start + 200])
        session.execute(delete(LawImpact).where(some, col(LawImpact.check_number) == number))
        rows = session.scalars(
            select(LawImpact).where(some, col(LawImpact.check_number) == (previous.number if previous else 0))
        )
        before |= {(row.case_id, row.version_number): row for row in rows}
    for one in batch:
        changes = canonical([c.as_json() for c in one.changes])
        known = before.get((one.case_id, one.version_number))
        same = known is not None and known.changes == changes and known.law_version == one.law_version
        session.add(
            LawImpact(
                check_number=number,
                case_id=one.case_id,
                version_number=one.version_number,
                law_version=one.law_version,
                changes=changes,
                acknowledged_by=known.acknowledged_by if known and same else None,
                acknowledged_at=known.acknowledged_at if known and same else None,
            )
        )


def _move_on(session: Session, number: int, law_version: str) -> None:
    """Note that whatever this check did not find affected is the same under today's law."""
    same = and_(
        col(LawImpact.case_id) == col(StoredAnalysis.case_id),
        col(LawImpact.version_number) == col(StoredAnalysis.version_number),
        col(LawImpact.check_number) == number,
    )
    session.execute(
        update(StoredAnalysis)
        .where(~exists().where(same), col(StoredAnalysis.law_version) != law_version)
        .values(law_version=law_version)
        .execution_options(synchronize_session=False)
    )


def _alone(session: Session) -> None:
    """Wait until no other process writes a check."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHECK_LOCK})
