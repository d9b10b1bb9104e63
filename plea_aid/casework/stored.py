"""What each analysis was made from, kept small and apart, so that very many can be run again in one pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_
from sqlmodel import Session, col

from plea_aid.analysis.rerun import analysed_part, uses_of
from plea_aid.casework.canonical import canonical
from plea_aid.casework.database import Database
from plea_aid.casework.review import EDITABLE
from plea_aid.casework.tables import CaseFile, CaseVersion, StoredAnalysis
from plea_aid.law.catalogue import Law

AS_IT_STANDS = 0
"""The number that stands for the open document of a case instead of a frozen version."""
_BATCH = 200


def is_open() -> Any:
    """Return the condition that a case may still change, so that its document is an open analysis."""
    return col(CaseFile.stage).in_(sorted(EDITABLE))


def still_counts() -> Any:
    """Return the condition that a stored analysis, joined with its case, is a frozen version or still open."""
    return or_(col(StoredAnalysis.version_number) > AS_IT_STANDS, is_open())


def stands() -> Any:
    """Return the condition that a stored analysis, joined with its case, is the one that stands: no later version."""
    latest = select(func.max(col(CaseVersion.number))).where(col(CaseVersion.case_id) == col(CaseFile.id))
    number = col(StoredAnalysis.version_number)
    return or_(and_(number == AS_IT_STANDS, is_open()), and_(~is_open(), number == latest.scalar_subquery()))


def store_version(session: Session, version: CaseVersion, content: Mapping[str, Any], law: Law) -> None:
    """Keep what a frozen version was made from; ``content`` is what it froze."""
    document = content["document"]
    made = content["analysis"].get("law", {}).get("as_of") or version.submitted_at[:10]
    _store(session, version.case_id, version.number, 0, document, document.get("plea_date") or made, law,
           version.law_version)  # fmt: skip


def bring_up_to_date(db: Database, law: Law, made_under: str) -> None:
    """Keep what is not kept yet: versions without an entry, and documents saved since (under ``made_under``)."""
    _versions(db, law)
    _documents(db, law, made_under)


def _versions(db: Database, law: Law) -> None:
    last = ("", 0)
    while True:
        with db.write() as session:
            key = tuple_(col(CaseVersion.case_id), col(CaseVersion.number))
            same = and_(
                col(StoredAnalysis.case_id) == col(CaseVersion.case_id),
                col(StoredAnalysis.version_number) == col(CaseVersion.number),
            )
            query = select(CaseVersion).outerjoin(StoredAnalysis, same)
            query = query.where(col(StoredAnalysis.case_id).is_(None), key > last)
            rows = session.scalars(
                query.order_by(col(CaseVersion.case_id), col(CaseVersion.number)).limit(_BATCH)
            ).all()
            for row in rows:
                store_version(session, row, json.loads(row.content), law)
            if len(rows) < _BATCH:
                return
            last = (rows[-1].case_id, rows[-1].number)


def _documents(db: Database, law: Law, made_under: str) -> None:
    last = ""
    while True:
        with db.write() as session:
            same = and_(
                col(StoredAnalysis.case_id) == col(CaseFile.id), col(StoredAnalysis.version_number) == AS_IT_STANDS
            )
            kept = col(StoredAnalysis.document_version)
            query = select(CaseFile).outerjoin(StoredAnalysis, same)
            query = query.where(is_open(), or_(kept.is_(None), kept != col(CaseFile.document_version)))
            rows = session.scalars(query.where(col(CaseFile.id) > last).order_by(col(CaseFile.id)).limit(_BATCH)).all()
            for row in rows:
                document = json.loads(row.document)
                _store(session, row.id, AS_IT_STANDS, row.document_version, document, document.get("plea_date"), law,
                       made_under)  # fmt: skip
            if len(rows) < _BATCH:
                return
            last = rows[-1].id


def _store(
    session: Session, case_id: str, number: int, document_version: int, document: Mapping[str, Any],
    as_of: str | None, law: Law, made_under: str,
) -> None:  # fmt: skip
    row = session.get(StoredAnalysis, (case_id, number))
    if row is None:
        row = StoredAnalysis(case_id=case_id, version_number=number, document_version=0, uses="", content="",
                             law_version=made_under)  # fmt: skip
        session.add(row)
    row.document_version, row.law_version = document_version, made_under
    row.uses = row.content = ""
    if document.get("count"):
        content = analysed_part(document)
        row.uses, row.content = canonical(uses_of(content, law)), canonical({"as_of": as_of, **content})


def read_back(row: StoredAnalysis, today: date) -> tuple[dict[str, Any], date]:
    """Return the content of a stored analysis and the day it is read as of."""
    content = json.loads(row.content)
    as_of = content.pop("as_of")
    return content, date.fromisoformat(as_of) if as_of else today
