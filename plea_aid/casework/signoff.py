"""Sign-off of the law: an attorney vouches for one entry as it stands; when it changes, the sign-off is void."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select, text
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import faulty_text, now, stamp, unstamp
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotFound
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import LawSignOff, User
from plea_aid.casework.work import changing, reading
from plea_aid.law.catalogue import Law
from plea_aid.law.entry_hash import entry_hash, find_entry
from plea_aid.law.load import load_law

LONGEST_NOTE = 500
"""Characters."""
_SIGN_LOCK = 0x5349474E


@dataclass(frozen=True)
class SignOffView:
    """A sign-off as shown."""

    kind: str
    entry_id: str
    number: int
    content_hash: str
    note: str
    signed_by: str
    signed_by_name: str
    signed_at: datetime


def sign_off(
    db: Database, actor: Actor, kind: str, entry_id: str, content_hash: str, note: str = "", *, law: Law | None = None
) -> SignOffView:
    """Sign an entry of the law (``law`` None: the one in use) off as the actor, and return the sign-off.

    ``content_hash`` is that of the content the person read (``entry_hash``). Raises NotAllowed, NotFound for an
    entry that is not there, Invalid for an entry that changed after it was read, for a note that is too long and
    for a second sign-off of unchanged content by the same person.
    """
    note = note.strip()
    if len(note) > LONGEST_NOTE or faulty_text(note):
        raise Invalid(f"The note of a sign-off is text of up to {LONGEST_NOTE} characters.")
    entry = find_entry(law or load_law(), kind, entry_id)
    name = f"{kind} {entry_id}" if entry is not None else ""
    with changing(db, actor) as work:
        work.require(Action.LAW_SIGN_OFF, kind="law", id_=name)
        if entry is None:
            raise NotFound("There is no such entry in the law on file.")
        if entry_hash(entry) != content_hash:
            raise Invalid("This entry changed after you opened it, so nothing was signed; read it again.")
        earlier = _of_entry(work.session, kind, entry_id)
        mine = [one for one in earlier if one.signed_by == actor.user_id]
        if mine and mine[-1].content_hash == content_hash:
            raise Invalid(f"You signed this entry off on {_day(unstamp(mine[-1].signed_at))}; it is unchanged since.")
        row = LawSignOff(
            kind=kind,
            entry_id=entry_id,
            number=len(earlier) + 1,
            content_hash=content_hash,
            note=note,
            signed_by=actor.user_id,
            signed_at=stamp(now()),
        )
        work.seal(row)
        work.record(Action.LAW_SIGN_OFF, "law", name, number=row.number, content=content_hash)
        return _view(row, actor.display_name)


def sign_offs(
    db: Database, actor: Actor, kind: str | None = None, entry_id: str | None = None
) -> tuple[SignOffView, ...]:
    """Return the sign-offs of everything, of a kind or of one entry, the earliest first; raises NotAllowed."""
    query = select(LawSignOff, col(User.display_name)).join(User, col(User.id) == col(LawSignOff.signed_by))
    query = query.order_by(col(LawSignOff.signed_at), col(LawSignOff.number))
    if kind is not None:
        query = query.where(col(LawSignOff.kind) == kind)
    if entry_id is not None:
        query = query.where(col(LawSignOff.entry_id) == entry_id)
    with reading(db, actor) as work:
        work.require(Action.LAW_READ, kind="law")
        work.record(Action.LAW_READ, "law", f"{kind or ''}/{entry_id or ''}".strip("/"))
        return tuple(_view(row, name) for row, name in work.session.execute(query))


def review_state(law: Law, signoffs: Iterable[SignOffView], kind: str, entry_id: str) -> str:
    """Return 'drafted', 'signed by NAME on DATE', or 'void: changed since NAME signed it on DATE'.

    A sign-off counts for exactly the content it names, the newest first; one that the entry's own file records
    counts like the others. Raises NotFound for an entry that is not there.
    """
    entry = find_entry(law, kind, entry_id)
    if entry is None:
        raise NotFound(f"There is no {kind} '{entry_id}' in the law on file.")
    signed = [
        (one.signed_at, one.signed_by_name, one.content_hash)
        for one in signoffs
        if (one.kind, one.entry_id) == (kind, entry_id)
    ]
    review = getattr(entry, "review", None)
    if review is not None and review.state == "attorney-reviewed":
        signed.append((_midnight(review.on), review.by or "an attorney", review.content or ""))
    if not signed:
        return "drafted"
    signed.sort(key=lambda one: one[0])
    present = entry_hash(entry)
    valid = [one for one in signed if one[2] == present]
    if valid:
        on, name, _ = valid[-1]
        return f"signed by {name} on {_day(on)}"
    on, name, _ = signed[-1]
    return f"void: changed since {name} signed it on {_day(on)}"


def law_review(law: Law, signoffs: Sequence[SignOffView], analysis: Mapping[str, Any]) -> str:
    """Say in a few words how far attorneys have signed off the offenses that an analysis rests on."""
    named = {c["offense"] for o in analysis["options"] for c in o.get("counts", ()) if c["offense"] in law.offenses}
    signed = [one for one in named if review_state(law, signoffs, "offense", one).startswith("signed")]
    if not signed:
        return "drafted; not yet reviewed by an attorney"
    if len(signed) == len(named):
        return "every offense named here is signed off by an attorney"
    return f"{len(signed)} of {len(named)} offenses named here are signed off by an attorney; the others are drafted"


def _of_entry(session: Session, kind: str, entry_id: str) -> list[LawSignOff]:
    if session.get_bind().dialect.name == "postgresql":
        # Two people who sign the same entry at once come one after the other; SQLite sees to that itself.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SIGN_LOCK})
    query = select(LawSignOff).where(col(LawSignOff.kind) == kind, col(LawSignOff.entry_id) == entry_id)
    return list(session.scalars(query.order_by(col(LawSignOff.number))))


def _view(row: LawSignOff, name: str) -> SignOffView:
    return SignOffView(
        row.kind, row.entry_id, row.number, row.content_hash, row.note, row.signed_by, name, unstamp(row.signed_at)
    )


def _midnight(on: date | None) -> datetime:
    return datetime.combine(on, time.min).astimezone(UTC) if on else datetime.min.replace(tzinfo=UTC)


def _day(at: datetime) -> str:
    """Return the day by the clock of the machine the program runs on: the office's."""
    if at.year == 1:
        return "a day not recorded"
    on = at.astimezone()
    return f"{on:%b} {on.day}, {on.year}"
