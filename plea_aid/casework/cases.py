"""Cases: create, open, change, find. Every step is stored as it is made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import canonical, is_id, now, sha256, stamp, unstamp
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Conflict, Invalid
from plea_aid.casework.permissions import Action
from plea_aid.casework.review import EDITABLE, STAGES
from plea_aid.casework.rules import Rules, validated
from plea_aid.casework.search_index import find, searched_tokens
from plea_aid.casework.tables import CaseFile, User
from plea_aid.casework.views import CaseFacts, CaseRow, CaseView, facts_of, names_of, view_of
from plea_aid.casework.work import Work, changing, reading

OWNING_ROLES = ("prosecutor", "supervisor")
LONGEST_LIST = 200
_UNKNOWN_PLACE = "That place in the list is not known; start from its beginning."


@dataclass(frozen=True)
class Listing:
    """One page of a list; ``next`` is given back as ``after`` for the page that follows.

    A search that stopped before the oldest case has a ``next`` even where its page is short or empty.
    """

    rows: tuple[CaseRow, ...]
    next: str | None


def create_case(
    db: Database,
    actor: Actor,
    document: Mapping[str, Any],
    *,
    owner_id: str | None = None,
    hearing_date: date | None = None,
    rules: Rules | None = None,
) -> CaseView:
    """Create a case from a case file, or from its cause number alone; the actor has it unless ``owner_id`` says.

    Raises NotAllowed, or Invalid for a document that does not fit the grammar.
    """
    content = (rules.validate if rules else validated)(document)
    with changing(db, actor) as work:
        row = insert_case(work, content, owner_id=owner_id, hearing_date=hearing_date)
        return view_of(work.session, row)


def insert_case(
    work: Work,
    content: dict[str, Any],
    *,
    owner_id: str | None = None,
    hearing_date: date | None = None,
    source_key: str | None = None,
    example: bool = False,
) -> CaseFile:
    """Store a validated document as a new case, within a piece of work."""
    work.require(Action.CASE_CREATE, kind="case")
    owner = _owner(work.session, owner_id or work.actor.user_id)
    cause = content.get("cause_number")
    row = CaseFile(
        source=source_key,
        source_key=source_key,
        cause_number=cause,
        owner_id=owner.id,
        document=canonical(content),
        document_by=work.actor.user_id,
        hearing_date=hearing_date,
        example=example,
    )
    work.session.add(row)
    work.session.flush()
    work.record(Action.CASE_CREATE, "case", row.id, document=sha256(row.document))
    return row


def open_case(db: Database, actor: Actor, case_id: str) -> CaseView:
    """Return a case; the reading is recorded before it is returned.

    Raises NotAllowed or NotFound.
    """
    with reading(db, actor) as work:
        row = read_case(work, case_id, Action.CASE_READ)
        work.record(Action.CASE_READ, "case", row.id)
        refuse_disposed(row)
        return view_of(work.session, row)


def update_document(
    db: Database,
    actor: Actor,
    case_id: str,
    expected_version: int,
    document: Mapping[str, Any],
    *,
    rules: Rules | None = None,
) -> int:
    """Store a changed document and return its new version; the same document again changes nothing.

    ``expected_version`` is the ``document_version`` the change was made on. Raises Conflict, with both documents,
    when someone saved in between; Invalid, NotAllowed or NotFound.
    """
    content = (rules.validate if rules else validated)(document)
    text = canonical(content)
    with changing(db, actor) as work:
        row, _ = editable_case(work, case_id, Action.CASE_CHANGE)
        if row.document_version != expected_version:
            raise _document_conflict(work, row, content, expected_version)
        if row.document == text:
            return row.document_version
        before = row.document
        row.document, row.document_by = text, actor.user_id
        row.document_version += 1
        row.cause_number = content.get("cause_number")
        touch(row)
        work.record(
            Action.CASE_CHANGE,
            "case",
            case_id,
            version=row.document_version,
            changed=_changed_parts(json.loads(before), content),
            document=sha256(text),
        )
        return row.document_version


def set_hearing_date(db: Database, actor: Actor, case_id: str, expected_version: int, hearing_date: date | None) -> int:
    """Store the date of the next hearing, in any stage; return the case's new version."""
    with changing(db, actor) as work:
        row, _ = locked_case(work, case_id, Action.CASE_CHANGE)
        expect_version(row, expected_version)
        row.hearing_date = hearing_date
        touch(row)
        work.record("case.hearing-date", "case", case_id)
        return row.version


def hand_over(db: Database, actor: Actor, case_id: str, expected_version: int, new_owner_id: str) -> int:
    """Give a case to another attorney; return the case's new version."""
    with changing(db, actor) as work:
        row, facts = locked_case(work, case_id, Action.CASE_HAND_OVER)
        expect_version(row, expected_version)
        owner = _owner(work.session, new_owner_id)
        if owner.id in facts.closed_to:
            raise Invalid(f"The case is closed to {owner.display_name}; open it to them first, or choose a colleague.")
        row.owner_id = owner.id
        touch(row)
        work.record(Action.CASE_HAND_OVER, "case", case_id, to=new_owner_id)
        return row.version


def list_cases(
    db: Database,
    actor: Actor,
    *,
    stage: str | None = None,
    owner_id: str | None = None,
    text: str = "",
    limit: int = 50,
    after: str | None = None,
) -> Listing:
    """Return cases, the last changed first.

    With ``text`` those that hold all its words, or whose cause number begins with it or ends in that number, the
    newest case first; a search for words that very many cases have looks at the newest of them first, and goes on from
    ``next``. Case, accents and punctuation do not matter. Raises Invalid for an unknown stage or place.
    """
    if stage is not None and stage not in STAGES:
        raise Invalid(f"'{stage}' is not a stage; accepted are {', '.join(STAGES)}.")
    limit = max(1, min(limit, LONGEST_LIST))
    where: list[ColumnElement[bool]] = []
    if stage is not None:
        where.append(col(CaseFile.stage) == stage)
    if owner_id is not None:
        where.append(col(CaseFile.owner_id) == shown_id(owner_id))
    with reading(db, actor) as work:
        work.require(Action.CASE_LIST, kind="case")
        searched = searched_tokens(work.session, text) if text.strip() else None
        stopped = None
        if searched is None:
            rows = _last_changed(work.session, where=where, limit=limit + 1, after=after)
        else:
            rows, stopped = _found(work.session, text=text, where=where, limit=limit + 1, after=after)
        owner = owner_id and shown_id(owner_id)
        work.record(Action.CASE_LIST, "case", "", stage=stage, owner=owner, searched=searched)
    following = stopped
    if len(rows) > limit:
        last = rows[limit - 1]
        following = last.id if searched is not None else f"{stamp(last.updated_at)}~{last.id}"
    return Listing(tuple(rows[:limit]), following)


def _last_changed(
    session: Session, *, where: Sequence[ColumnElement[bool]], limit: int, after: str | None
) -> list[CaseRow]:
    query = _rows_query().order_by(col(CaseFile.updated_at).desc(), col(CaseFile.id).desc()).limit(limit)
    if after is not None:
        query = query.where(_beyond(after))
    return [CaseRow(*row) for row in session.execute(query.where(*where))]


def _found(
    session: Session, *, text: str, where: Sequence[ColumnElement[bool]], limit: int, after: str | None
) -> tuple[list[CaseRow], str | None]:
    if after is not None and not is_id(after):
        raise Invalid(_UNKNOWN_PLACE)
    found = find(session, text, limit=limit, before=after, where=where)
    query = _rows_query().where(col(CaseFile.id).in_(found.ids)).order_by(col(CaseFile.id).desc())
    return [CaseRow(*row) for row in session.execute(query)], found.looked_until


QueueOrder = Literal["hearing", "age"]


def review_queue(db: Database, actor: Actor, *, order: QueueOrder = "hearing", limit: int = 50) -> list[CaseRow]:
    """Return the cases that wait for a supervisor's review: the earliest hearing first, or the longest waiting."""
    limit = max(1, min(limit, LONGEST_LIST))
    waiting = _rows_query().where(col(CaseFile.stage) == "submitted", col(CaseFile.review_required).is_(True))
    # Each in the order of an index, so that a long queue costs no more than a short one.
    with_hearing = waiting.where(col(CaseFile.hearing_date).is_not(None)).order_by(
        col(CaseFile.hearing_date), col(CaseFile.submitted_at)
    )
    without = waiting.where(col(CaseFile.hearing_date).is_(None)).order_by(col(CaseFile.submitted_at))
    by_age = waiting.order_by(col(CaseFile.submitted_at))
    with reading(db, actor) as work:
        work.require(Action.CASE_LIST, kind="case")
        work.record(Action.CASE_LIST, "case", "", stage="submitted")
        rows: list[CaseRow] = []
        for query in (with_hearing, without) if order == "hearing" else (by_age,):
            if len(rows) < limit:
                rows += [CaseRow(*row) for row in work.session.execute(query.limit(limit - len(rows)))]
        return rows


def record_export(
    db: Database, actor: Actor, case_id: str, what: str, sha256_: str, version: int | None = None
) -> None:
    """Record that ``what`` of a case (a note, say) left the program as a file with this hash."""
    with changing(db, actor) as work:
        locked_case(work, case_id, Action.CASE_EXPORT)
        work.record(Action.CASE_EXPORT, "case", case_id, what=what, sha256=sha256_, version=version)


def read_case(work: Work, case_id: str, action: Action, *, lock: bool = False) -> CaseFile:
    """Return a case to a person whose role allows the action; raise NotAllowed, or NotFound where it is closed to them.

    Whether the case itself allows it (whose it is, at which stage) is another question: see ``case_for``.
    """
    case_id = shown_id(case_id)
    work.require(action, kind="case", id_=case_id)
    query = select(CaseFile).where(col(CaseFile.id) == case_id)
    row = work.session.scalars(query.with_for_update() if lock else query).first()
    if row is None:
        raise work.no_such_case(action, case_id)
    return row


def case_for(work: Work, case_id: str, action: Action, *, lock: bool = False) -> tuple[CaseFile, CaseFacts]:
    """Return a case on which the actor may take the action; raise NotAllowed or NotFound."""
    row = read_case(work, case_id, action, lock=lock)
    facts = facts_of(work.session, row)
    work.require(action, facts, kind="case", id_=row.id)
    return row, facts


def locked_case(work: Work, case_id: str, action: Action) -> tuple[CaseFile, CaseFacts]:
    """Return a case that nobody else changes until this work is done; raise as ``case_for`` does, and Invalid."""
    row, facts = case_for(work, case_id, action, lock=True)
    refuse_disposed(row)
    return row, facts


def refuse_disposed(row: CaseFile) -> None:
    """Raise Invalid for a case whose record was disposed of: nothing of it is there to be shown or changed."""
    if row.disposed_at is not None:
        raise Invalid(f"The record of this case was disposed of on {row.disposed_at:%Y-%m-%d}; a certificate says why.")


def editable_case(work: Work, case_id: str, action: Action) -> tuple[CaseFile, CaseFacts]:
    """Return a locked case that may still change; raise Invalid when it was submitted."""
    row, facts = locked_case(work, case_id, action)
    if row.stage not in EDITABLE:
        raise Invalid(
            f"The case is {row.stage}, so nothing in it changes any more; "
            "it can be returned or reopened, and later work becomes a new version."
        )
    return row, facts


def expect_version(row: CaseFile, expected: int) -> None:
    """Raise Conflict unless the case is as the person saw it."""
    if row.version != expected:
        raise Conflict(
            "the case",
            mine={"version": expected},
            theirs={"version": row.version, "stage": row.stage},
            expected=expected,
            found=row.version,
            at=row.updated_at,
        )


def who_saved(work: Work, user_id: str) -> str | None:
    """Return the name of whoever saved first, for a conflict."""
    if user_id == work.actor.user_id:
        return "You, in another window,"
    return names_of(work.session, [user_id]).get(user_id)


def shown_id(case_id: str) -> str:
    """Return ``case_id``, or nothing when it cannot be an id and is not to reach a database."""
    return case_id if is_id(case_id) else ""


def touch(row: CaseFile) -> None:
    """Count a change of the case."""
    row.version += 1
    row.updated_at = now()


def _owner(session: Session, user_id: str) -> User:
    owner = session.get(User, user_id) if is_id(user_id) else None
    if owner is None or not owner.active or owner.role not in OWNING_ROLES:
        raise Invalid("A case belongs to a prosecutor or a supervisor with an open account; choose one.")
    return owner


def _document_conflict(work: Work, row: CaseFile, mine: dict[str, Any], expected: int) -> Conflict:
    return Conflict(
        "the charges or options",
        mine=mine,
        theirs=json.loads(row.document),
        expected=expected,
        found=row.document_version,
        by=who_saved(work, row.document_by),
        at=row.updated_at,
    )


def _changed_parts(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))


def _rows_query() -> Select[*tuple[Any, ...]]:
    return select(
        col(CaseFile.id), col(CaseFile.cause_number), col(CaseFile.stage), col(CaseFile.owner_id),
        col(User.display_name), col(CaseFile.version), col(CaseFile.hearing_date), col(CaseFile.example),
        col(CaseFile.submitted_by), col(CaseFile.submitted_at), col(CaseFile.updated_at),
    ).join(User, col(User.id) == col(CaseFile.owner_id)).where(col(CaseFile.disposed_at).is_(None))  # fmt: skip


def _beyond(after: str) -> Any:
    try:
        moment, case_id = after.split("~")
        at = unstamp(moment)
    except ValueError as error:
        raise Invalid(_UNKNOWN_PLACE) from error
    # Compared as a pair, so that the list goes on from its index where it stopped.
    return tuple_(col(CaseFile.updated_at), col(CaseFile.id)) < tuple_(at, case_id)
