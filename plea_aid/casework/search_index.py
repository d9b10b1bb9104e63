"""The search index: keyed marks of the words of each case, kept in the transaction that saves the text.

One code for both databases. To someone who holds the database without its keys the index tells how many different
words a case has, which cases share a word and how often a word occurs; not which word it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col

from plea_aid.casework.encrypted import keyring_of
from plea_aid.casework.search_words import alternatives, words_of, words_of_document, words_within
from plea_aid.casework.tables import (
    CaseFile,
    DecisionRow,
    FactorRow,
    GateRow,
    ReviewStep,
    SearchToken,
    Table,
)

_TOKENS = SearchToken.__table__  # type: ignore[attr-defined]
_COMMON = 1000
"""From this many cases on a word counts as common, and how many there are is not counted further."""
_BATCH = 500
LOOKS, FURTHER_LOOKS = 5_000, 20_000
"""Places of the rarest word that a search looks at, and that it looks at when it is asked to go on."""

Part = tuple[str, str, set[str]]
"""The case, the part of it, and the words that part is found by."""

PARTS: dict[type[Table], tuple[tuple[str, ...], Callable[[Any], Part]]] = {
    CaseFile: (("document",), lambda row: (row.id, "document", words_of_document(row.document))),
    FactorRow: (
        ("content",),
        lambda row: (row.case_id, f"factor {row.factor}", words_within(json.loads(row.content))),
    ),
    GateRow: (("content",), lambda row: (row.case_id, f"gate {row.gate}", words_within(json.loads(row.content)))),
    DecisionRow: (
        ("rationale", "change_explanation"),
        lambda row: (
            row.case_id,
            f"decision {row.number}",
            words_of(row.rationale) | words_of(row.change_explanation),
        ),
    ),
    ReviewStep: (
        ("reasons", "detail"),
        lambda row: (
            row.case_id,
            f"review {row.number}",
            words_of(row.reasons) | words_within(json.loads(row.detail)),
        ),
    ),
}
"""Which columns of which tables are searched, and what they are found by."""


@dataclass(frozen=True)
class Found:
    """Cases found, the newest first."""

    ids: tuple[str, ...]
    looked_until: str | None = None
    """The oldest case that was looked at, where older ones may fit; None when every case was looked at or the ids are
    as many as were asked for."""


def find(session: Session, text: str, *, limit: int, before: str | None, where: Iterable[ColumnElement[bool]]) -> Found:
    """Return the ids of cases that hold every word of ``text``, the newest case first.

    Also found is a cause number that begins with ``text`` or whose last number it is. ``before`` is the last id of the
    page before, or where a search stopped; ``where`` narrows the cases (their stage, who may see them). A search among
    words that many cases have stops after some of them, so that it costs no more in a large office than in a small one.
    """
    keys = keyring_of(session.get_bind()).opened()
    conditions = list(where)
    found: set[str] = set()
    stops: list[str] = []
    for words in alternatives(text):
        tokens = _rarest_first(session, [keys.token(word) for word in words])
        stop = _stop(session, tokens[0], before) if len(tokens) > 1 or conditions else None
        stops += [stop] if stop else []
        found.update(session.scalars(_holding(tokens, limit, before, conditions, stop)))
    until = max(stops, default=None)
    ids = sorted((one for one in found if until is None or one >= until), reverse=True)[:limit]
    return Found(tuple(ids), None if len(ids) == limit else until)


def _stop(session: Session, token: int, before: str | None) -> str | None:
    """Return the case at which a look through the cases with a word stops; None when all of them are looked at."""
    some = select(_TOKENS.c.case_id).where(_TOKENS.c.token == token)
    if before is not None:
        some = some.where(_TOKENS.c.case_id < before)
    looks = LOOKS if before is None else FURTHER_LOOKS
    return session.scalar(some.order_by(_TOKENS.c.case_id.desc()).offset(looks).limit(1))


def searched_tokens(session: Session, text: str) -> list[int]:
    """Return the marks of what was looked for: they tell a later inquiry whether a word was searched, and no more."""
    keys = keyring_of(session.get_bind()).opened()
    return sorted({keys.token(word) for words in alternatives(text) for word in words})


def rebuild(session: Session) -> int:
    """Index every text of every case anew; return how many texts there are."""
    session.execute(sa.delete(_TOKENS))
    count = 0
    for model, (_, part_of) in PARTS.items():
        last = ""
        while rows := session.scalars(
            select(model).where(col(model.id) > last).order_by(col(model.id)).limit(_BATCH)  # type: ignore[attr-defined]
        ).all():
            for row in rows:
                _put(session.connection(), *part_of(row))
            count, last = count + len(rows), rows[-1].id  # type: ignore[attr-defined]
            session.expunge_all()
    return count


def _holding(
    tokens: list[int],
    limit: int,
    before: str | None,
    where: Iterable[ColumnElement[bool]],
    stop: str | None = None,
) -> sa.Select[tuple[str]]:
    """Return the query of the newest cases that have every word and fit ``where``.

    It reads the cases with the first word in the order of the index, and of each whether it has the others and fits.
    """
    first = _TOKENS.alias()
    query = select(first.c.case_id).where(first.c.token == tokens[0], *_between(first.c.case_id, stop, before))
    for token in tokens[1:]:
        other = _TOKENS.alias()
        query = query.where(
            _has(select(other.c.token).where(other.c.token == token, other.c.case_id == first.c.case_id))
        )
    # Asked also where nothing narrows the cases: it is here that those closed to the person are left out.
    query = query.where(_has(select(col(CaseFile.id)).where(col(CaseFile.id) == first.c.case_id, *where)))
    return query.distinct().order_by(first.c.case_id.desc()).limit(limit)


def _has(row: sa.Select[Any]) -> ColumnElement[bool]:
    """Return the condition that there is such a row, asked of one case after the other.

    A join or an EXISTS leaves it to the database what to read first, and that may be every case with the other word:
    more of them the larger the office is.
    """
    return row.limit(1).scalar_subquery().is_not(None)


def _between(case_id: Any, stop: str | None, before: str | None) -> list[ColumnElement[bool]]:
    """Return what holds of the cases from where a look stops to where it began."""
    return [*([case_id >= stop] if stop is not None else []), *([case_id < before] if before is not None else [])]


def _rarest_first(session: Session, tokens: list[int]) -> list[int]:
    if len(tokens) == 1:
        return tokens

    def frequency(token: int) -> int:
        # In the order of the index: a database that takes the word for a common one would read the table instead.
        some = select(_TOKENS.c.token).where(_TOKENS.c.token == token).order_by(_TOKENS.c.case_id).limit(_COMMON)
        return int(session.execute(select(sa.func.count()).select_from(some.subquery())).scalar_one())

    return sorted(tokens, key=frequency)


def _put(connection: Connection, case_id: str, part: str, words: set[str]) -> None:
    """Let the words of a part of a case be exactly ``words``."""
    keys = keyring_of(connection).opened()
    here = (_TOKENS.c.case_id == case_id, _TOKENS.c.part == part)
    there = set(connection.execute(select(_TOKENS.c.token).where(*here)).scalars())
    wanted = {keys.token(word) for word in words}
    gone = there - wanted
    if gone:
        connection.execute(sa.delete(_TOKENS).where(*here, _TOKENS.c.token.in_(gone)))
    fresh = [{"case_id": case_id, "part": part, "token": token} for token in sorted(wanted - there)]
    if fresh:
        connection.execute(sa.insert(_TOKENS), fresh)


@event.listens_for(Mapper, "after_insert")
@event.listens_for(Mapper, "after_update")
def _keep(_mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    columns, part_of = PARTS.get(type(target), ((), None))
    if part_of and any(get_history(target, name).has_changes() for name in columns):
        _put(connection, *part_of(target))
