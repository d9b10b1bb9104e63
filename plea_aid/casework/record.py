"""The record of a case: factors, gates, the decision. Each is saved by itself, against its own version."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from plea_aid.casework.actors import Actor
from plea_aid.casework.canonical import now, stamp
from plea_aid.casework.cases import editable_case, touch, who_saved
from plea_aid.casework.database import Database
from plea_aid.casework.entries import (
    CLERICAL_GATES,
    Decision,
    FactorEntry,
    Gate,
    parsed,
    parsed_gate,
)
from plea_aid.casework.errors import Conflict, Invalid
from plea_aid.casework.permissions import Action
from plea_aid.casework.rules import Rules, office_rules
from plea_aid.casework.tables import CaseFile, CaseVersion, DecisionRow, FactorRow, GateRow
from plea_aid.casework.views import decisions_of, option_names, submitted_choice
from plea_aid.casework.work import Work, changing


def save_factor(
    db: Database,
    actor: Actor,
    case_id: str,
    expected_version: int,
    entry: FactorEntry | dict[str, Any],
    *,
    rules: Rules | None = None,
) -> int:
    """Store what is said about a factor and return its new version (``expected_version`` 0: the first time).

    Raises Conflict, with both entries, when someone saved the same factor in between; Invalid, NotAllowed,
    NotFound.
    """
    entry = parsed(FactorEntry, entry, "The factor")
    rules = rules or office_rules()
    if entry.factor not in rules.factor_ids:
        raise Invalid(f"'{entry.factor}' is not on this office's checklist: {', '.join(rules.factor_ids)}.")
    if rules.weights and entry.weight and entry.weight not in rules.weights:
        raise Invalid(f"'{entry.weight}' is not a weight; accepted are {', '.join(rules.weights)}.")
    with changing(db, actor) as work:
        row, _ = editable_case(work, case_id, Action.CASE_WEIGH)
        names = option_names(json.loads(row.document))
        for option in entry.points:
            if option not in names:
                raise Invalid(f"There is no option '{option}' in this case; it has {', '.join(names) or 'none'}.")
        query = select(FactorRow).where(col(FactorRow.case_id) == case_id, col(FactorRow.factor) == entry.factor)
        stored = work.session.scalars(query).first() or FactorRow(
            case_id=case_id, factor=entry.factor, content="", version=0, saved_by=actor.user_id
        )
        _store(work, row, stored, expected_version, entry, f"the factor '{rules.factor_label(entry.factor)}'")
        work.record(Action.CASE_WEIGH, "case", case_id, factor=entry.factor, version=stored.version)
        return stored.version


def save_gate(
    db: Database,
    actor: Actor,
    case_id: str,
    expected_version: int,
    entry: Gate | dict[str, Any],
    *,
    rules: Rules | None = None,
) -> int:
    """Store what is said at a gate and return its new version (``expected_version`` 0: the first time).

    Raises Conflict, with both entries, when someone saved the same gate in between; Invalid, NotAllowed, NotFound.
    """
    entry = parsed_gate(entry)
    rules = rules or office_rules()
    if entry.gate not in rules.gate_ids:
        raise Invalid(f"'{entry.gate}' is not a gate of this office: {', '.join(rules.gate_ids)}.")
    action = Action.CASE_CHANGE if entry.gate in CLERICAL_GATES else Action.CASE_WEIGH
    with changing(db, actor) as work:
        row, _ = editable_case(work, case_id, action)
        query = select(GateRow).where(col(GateRow.case_id) == case_id, col(GateRow.gate) == entry.gate)
        stored = work.session.scalars(query).first() or GateRow(
            case_id=case_id, gate=entry.gate, content="", version=0, saved_by=actor.user_id
        )
        _store(work, row, stored, expected_version, entry, f"the gate '{rules.gate_label(entry.gate)}'")
        work.record(action, "case", case_id, gate=entry.gate, version=stored.version)
        return stored.version


def decide(db: Database, actor: Actor, case_id: str, expected_version: int, decision: Decision | dict[str, Any]) -> int:
    """Sign a decision as the actor and return its number (``expected_version`` 0: the first one).

    A decision that chooses another option than the one signed or submitted before must be explained. Raises
    Conflict, Invalid, NotAllowed, NotFound.
    """
    decision = parsed(Decision, decision, "The decision")
    if not decision.rationale.strip():
        raise Invalid("The decision needs its reasons in words.")
    with changing(db, actor) as work:
        row, _ = editable_case(work, case_id, Action.CASE_DECIDE)
        names = option_names(json.loads(row.document))
        if decision.chosen_option not in names:
            raise Invalid(f"There is no option '{decision.chosen_option}' in this case.")
        earlier = decisions_of(work.session, case_id)
        last = earlier[-1] if earlier else None
        number = last.number if last else 0
        if number != expected_version:
            raise _decision_conflict(work, last, decision, expected_version)
        submitted = submitted_choice(earlier, _last_submission(work.session, case_id))
        for before, what in ((submitted, "submitted"), (last and last.chosen_option, "signed")):
            if before not in (None, decision.chosen_option) and not decision.change_explanation.strip():
                raise Invalid(f"'{before}' was {what} before; say why the decision changed.")
        work.seal(
            DecisionRow(
                case_id=case_id,
                number=number + 1,
                **decision.model_dump(),
                signed_by=actor.user_id,
                signed_at=stamp(now()),
            )
        )
        touch(row)
        work.record(Action.CASE_DECIDE, "case", case_id, number=number + 1)
        return number + 1


def _store(
    work: Work,
    case: CaseFile,
    stored: FactorRow | GateRow,
    expected: int,
    entry: FactorEntry | Gate,
    what: str,
) -> None:
    if stored.version != expected:
        raise Conflict(
            what,
            mine=entry.model_dump(mode="json"),
            theirs=json.loads(stored.content) if stored.content else {},
            expected=expected,
            found=stored.version,
            by=who_saved(work, stored.saved_by),
            at=stored.saved_at,
        )
    stored.content = entry.model_dump_json()
    stored.version += 1
    stored.saved_by, stored.saved_at = work.actor.user_id, now()
    work.session.add(stored)
    touch(case)


def _decision_conflict(work: Work, last: DecisionRow | None, mine: Decision, expected: int) -> Conflict:
    theirs = last.model_dump(include={"chosen_option", "rationale", "change_explanation"}) if last else {}
    return Conflict(
        "the decision",
        mine=mine.model_dump(),
        theirs=theirs,
        expected=expected,
        found=last.number if last else 0,
        by=who_saved(work, last.signed_by) if last else None,
    )


def _last_submission(session: Session, case_id: str) -> str | None:
    query = select(col(CaseVersion.submitted_at)).where(col(CaseVersion.case_id) == case_id)
    return session.scalars(query.order_by(col(CaseVersion.number).desc()).limit(1)).first()
