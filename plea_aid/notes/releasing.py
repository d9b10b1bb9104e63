"""Releasing a copy: made from the parts, read back, and handed over only with its entry in the ledger."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from plea_aid.casework import releases as ledger
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid
from plea_aid.casework.free_text import look_over
from plea_aid.casework.releases import ReleaseRequest, ReleaseView, checked_request
from plea_aid.law.releases import PARTS, Releases, load_releases
from plea_aid.notes.content import NoteData
from plea_aid.notes.release import Copy, Release, copy_words, lines_of, make_copy
from plea_aid.privacy.guard import Hit


@dataclass(frozen=True)
class Prepared:
    """A copy that is ready to be handed over, and what its attorney should see before."""

    copy: Copy
    request: ReleaseRequest
    sha256: str
    finds: tuple[Hit, ...]
    """What looks like sensitive information in the finished file, whatever its source."""
    kinds: tuple[str, ...]
    """The kinds of it, in words."""
    internal: tuple[str, ...]
    """What the internal copy says, line by line."""
    last: tuple[str, ...] | None
    """What the last release by the same profile said; None when there was none."""


@dataclass(frozen=True)
class Difference:
    """How a copy differs from another: lines only in this one, lines only in the other."""

    only_here: tuple[str, ...]
    only_there: tuple[str, ...]


def prepare(
    db: Database,
    actor: Actor,
    case_id: str,
    request: ReleaseRequest | dict[str, object],
    note: NoteData,
    whole: NoteData | None = None,
) -> Prepared:
    """Return the copy that a request asks for, read back; nothing is handed over or entered yet.

    ``note`` is the internal note, of some of the options if only they are to be shown; ``whole`` is then that of
    all. Raises Invalid when the request does not fit or the finished file holds a text
    of a part it must not carry; NotAllowed, NotFound, NoteError, UnreadableFile.
    """
    releases = load_releases()
    request = checked_request(request, releases)
    sealed = ledger.all_sealed(db, actor, case_id)
    going = ledger.texts_to_release(db, actor, case_id, request.sealed_texts) if request.sealed_texts else {}
    release = Release(
        profile=releases.profile(request.profile),
        recipient=request.recipient,
        basis=f"{releases.basis(request.basis).name}: {request.authority}",
        on=date.today(),
        parts=request.parts(releases),
        sealed=going,
    )
    copy = make_copy(note, release, releases, [text for number, text in sealed.items() if number not in going], whole)
    if copy.leaks or copy.read.hiding:
        raise Invalid(
            "The finished file holds something that this release does not carry, so it is not handed over. "
            "This is a fault of the program, not yours: tell whoever runs it. "
            f"Places: {len(copy.leaks)} text(s), {len(copy.read.hiding)} hidden place(s)."
        )
    # One text at a time: words of two cells that only stand side by side on the page say nothing about a person.
    # A copy that stays inside city government may hold what the record holds.
    texts = () if release.profile.inside else copy.texts
    finds = [find for text in texts if (find := look_over("the file", text))]
    return Prepared(
        copy=copy,
        request=request,
        sha256=hashlib.sha256(copy.pdf).hexdigest(),
        finds=tuple(hit for find in finds for hit in find.hits),
        kinds=tuple(dict.fromkeys(kind for find in finds for kind in find.kinds)),
        internal=_internal_lines(whole or note, release, releases),
        last=ledger.last_lines(db, actor, case_id, request.profile),
    )


def hand_over(
    db: Database, actor: Actor, case_id: str, prepared: Prepared, *, version: int | None = None, knowingly: bool = False
) -> ReleaseView:
    """Enter a prepared copy into the ledger; only then is its file to be given out.

    What looks like sensitive information in it is no bar: the attorney says that it goes knowingly, and the entry
    keeps the kinds. Raises Invalid when they did not say so; NotAllowed, NotFound, Sensitive.
    """
    if prepared.finds and not knowingly:
        raise Invalid(
            f"The file holds what looks like {' and '.join(prepared.kinds)}. If it is to go, say so; "
            "the ledger keeps that you did."
        )
    return ledger.record_release(
        db,
        actor,
        case_id,
        prepared.request,
        document_sha256=prepared.sha256,
        lines=prepared.copy.lines,
        found=prepared.kinds,
        version=version,
    )


def difference(here: tuple[str, ...], there: tuple[str, ...]) -> Difference:
    """Return which lines each of two copies has alone, in their order."""
    only_here: list[str] = []
    only_there: list[str] = []
    for change, a, b, c, d in SequenceMatcher(None, there, here, autojunk=False).get_opcodes():
        if change != "equal":
            only_there += there[a:b]
            only_here += here[c:d]
    return Difference(tuple(only_here), tuple(only_there))


def _internal_lines(note: NoteData, release: Release, releases: Releases) -> tuple[str, ...]:
    whole = Release(release.profile, release.recipient, release.basis, release.on, frozenset(PARTS), {})
    return tuple(lines_of(copy_words(note, whole, releases)))
