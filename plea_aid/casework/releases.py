"""The ledger of releases: sealed, append-only, one entry for every copy of a record that was handed over."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, select
from sqlmodel import col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import canonical, now, stamp, unstamp
from plea_aid.casework.cases import case_for, locked_case, shown_id
from plea_aid.casework.database import Database
from plea_aid.casework.entries import parsed, storable
from plea_aid.casework.errors import Invalid, NotFound
from plea_aid.casework.permissions import Action
from plea_aid.casework.tables import CaseFile, ReleaseCopy, ReleaseEntry, SealedText, User
from plea_aid.casework.work import changing, reading
from plea_aid.law.releases import PARTS, Part, Releases, load_releases

LONGEST_LIST = 500
_Named = Annotated[
    str, StringConstraints(min_length=3, max_length=300, strip_whitespace=True), AfterValidator(storable)
]


class ReleaseRequest(BaseModel):
    """What an attorney decides about a release."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: str
    recipient: _Named
    """Who receives it."""
    basis: str
    authority: _Named
    """The statute, order or function that the basis rests on here."""
    added: frozenset[Part] = frozenset()
    """Parts beyond the profile."""
    sealed_texts: frozenset[Annotated[int, Field(ge=1, le=999_999)]] = frozenset()
    """Sealed texts that go with the copy, by number."""

    def parts(self, releases: Releases) -> frozenset[Part]:
        """Return every part that the copy carries."""
        return releases.profile(self.profile).carries | self.added


@dataclass(frozen=True)
class ReleaseView:
    """An entry of the ledger as shown."""

    case_id: str
    cause_number: str | None
    number: int
    profile: str
    recipient: str
    basis: str
    authority: str
    carried: tuple[str, ...]
    added: tuple[str, ...]
    sealed_texts: tuple[int, ...]
    found: tuple[str, ...]
    version_number: int | None
    document_sha256: str
    released_by_name: str
    released_at: datetime


def checked_request(request: ReleaseRequest | dict[str, object], releases: Releases | None = None) -> ReleaseRequest:
    """Return a request that fits; raise Invalid with one sentence that says what is missing or unknown."""
    request = parsed(ReleaseRequest, request, "The release")
    releases = releases or load_releases()
    try:
        profile, basis = releases.profile(request.profile), releases.basis(request.basis)
    except LookupError as fault:
        raise Invalid(f"{fault.args[0]}.") from fault
    if basis.inside and not profile.inside:
        raise Invalid(
            f"'{basis.name}' is no basis for '{profile.name}', which leaves city government; choose another basis."
        )
    return request


def texts_to_release(db: Database, actor: Actor, case_id: str, numbers: Collection[int]) -> Mapping[int, str]:
    """Return the sealed texts that go with a release; each reading is recorded. Raises NotFound or NotAllowed."""
    found = all_sealed(db, actor, case_id, opened=numbers)
    missing = sorted(set(numbers) - found.keys())
    if missing:
        raise NotFound(f"There is no sealed text {missing[0]} in this case.")
    return {number: found[number] for number in sorted(numbers)}


def all_sealed(db: Database, actor: Actor, case_id: str, opened: Collection[int] = ()) -> dict[int, str]:
    """Return every sealed text of a case by number, to be looked for in a finished file; ``opened`` are recorded."""
    with reading(db, actor) as work:
        _, facts = case_for(work, case_id, Action.RELEASE_MAKE)
        work.record("release.prepare", "case", case_id)
        query = select(SealedText).where(col(SealedText.case_id) == case_id)
        found = {row.number: row.content for row in work.session.scalars(query)}
        for number in sorted(found.keys() & set(opened)):
            work.require(Action.TEXT_READ, facts, kind="case", id_=case_id)
            work.record(Action.TEXT_READ, "case", case_id, number=number)
        return found


def record_release(
    db: Database,
    actor: Actor,
    case_id: str,
    request: ReleaseRequest,
    *,
    document_sha256: str,
    lines: Sequence[str],
    found: Sequence[str] = (),
    version: int | None = None,
    releases: Releases | None = None,
) -> ReleaseView:
    """Enter a release into the ledger and return the entry; ``found`` are kinds that went in the file knowingly.

    Raises NotAllowed, NotFound or Invalid; Sensitive when the authority as written holds what Section 2 protects.
    """
    releases = releases or load_releases()
    request = checked_request(request, releases)
    carried = request.parts(releases)
    added = carried - releases.profile(request.profile).carries
    with changing(db, actor) as work:
        case, _ = locked_case(work, case_id, Action.RELEASE_MAKE)
        query = select(func.max(col(ReleaseEntry.number))).where(col(ReleaseEntry.case_id) == case_id)
        number = (work.session.execute(query).scalar_one_or_none() or 0) + 1
        row = ReleaseEntry(
            case_id=case_id,
            number=number,
            profile=request.profile,
            edition=releases.id,
            recipient=request.recipient,
            basis=request.basis,
            authority=request.authority,
            carried=",".join(part for part in PARTS if part in carried),
            added=",".join(part for part in PARTS if part in added),
            sealed_texts=",".join(str(n) for n in sorted(request.sealed_texts)),
            found=",".join(dict.fromkeys(found)),
            version_number=version,
            document_sha256=document_sha256,
            released_by=actor.user_id,
            released_at=stamp(now()),
        )
        work.seal(row)
        work.seal(ReleaseCopy(case_id=case_id, number=number, lines=canonical(list(lines))))
        work.record(
            Action.RELEASE_MAKE,
            "case",
            case_id,
            number=number,
            profile=request.profile,
            basis=request.basis,
            added=row.added,
            sealed_texts=row.sealed_texts,
            document=document_sha256,
        )
        return _view(row, case.cause_number, actor.display_name)


def ledger(db: Database, actor: Actor, *, case_id: str | None = None, limit: int = 100) -> tuple[ReleaseView, ...]:
    """Return releases, the last first: of one case, or of every case that the person may see. Raises NotAllowed."""
    query = (
        select(ReleaseEntry, col(CaseFile.cause_number), col(User.display_name))
        .join(CaseFile, col(CaseFile.id) == col(ReleaseEntry.case_id))
        .join(User, col(User.id) == col(ReleaseEntry.released_by))
        .order_by(col(ReleaseEntry.released_at).desc(), col(ReleaseEntry.number).desc())
        .limit(max(1, min(limit, LONGEST_LIST)))
    )
    if case_id is not None:
        query = query.where(col(ReleaseEntry.case_id) == shown_id(case_id))
    with reading(db, actor) as work:
        work.require(Action.RELEASE_LIST, kind="release", id_=shown_id(case_id or ""))
        work.record(Action.RELEASE_LIST, "release", shown_id(case_id or ""))
        return tuple(_view(row, cause, name) for row, cause, name in work.session.execute(query))


def last_lines(db: Database, actor: Actor, case_id: str, profile: str) -> tuple[str, ...] | None:
    """Return what the last release of a case by this profile said, line by line; None when there was none.

    Raises NotAllowed or NotFound.
    """
    query = (
        select(col(ReleaseCopy.lines))
        .join(
            ReleaseEntry,
            (col(ReleaseEntry.case_id) == col(ReleaseCopy.case_id))
            & (col(ReleaseEntry.number) == col(ReleaseCopy.number)),
        )
        .where(col(ReleaseEntry.case_id) == shown_id(case_id), col(ReleaseEntry.profile) == profile)
        .order_by(col(ReleaseEntry.number).desc())
        .limit(1)
    )
    with reading(db, actor) as work:
        case_for(work, case_id, Action.RELEASE_MAKE)
        work.record("release.prepare", "case", case_id, profile=profile)
        found = work.session.scalars(query).first()
        return tuple(json.loads(found)) if found is not None else None


def _view(row: ReleaseEntry, cause_number: str | None, name: str) -> ReleaseView:
    return ReleaseView(
        row.case_id, cause_number, row.number, row.profile, row.recipient, row.basis, row.authority,
        _listed(row.carried), _listed(row.added), tuple(int(n) for n in _listed(row.sealed_texts)), _listed(row.found),
        row.version_number, row.document_sha256, name, unstamp(row.released_at),
    )  # fmt: skip


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))
