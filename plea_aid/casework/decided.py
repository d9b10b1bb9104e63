"""What the office's figures read of each submitted case: fixed words and numbers, no text that anyone wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from plea_aid.casework.canonical import canonical
from plea_aid.casework.database import Database
from plea_aid.casework.tables import CaseFile, CaseVersion, DecidedCase, ReviewStep
from plea_aid.law.catalogue import Law

Considered = Literal["considered", "not-applicable", "no-information", "not-entered"]
Beside = Literal["none-to-avoid", "all-avoided", "some-avoided", "all-kept", "some-added"]
Weight = Literal["equivalent", "departure", "not-entered"]
_BATCH = 200
OTHER = "other"


@dataclass(frozen=True)
class Facts:
    """What a submitted version says, in fixed words. Days are days, money is dollars."""

    family: str
    """Of the charged count with the highest maximum."""
    counts: int
    substituted: bool
    """Whether the option chosen puts another offense in the place of a charged one."""
    disposition: str
    """How the option chosen ends that count."""
    jail_days: int
    suspended_days: int
    section_5: Considered
    flags_before: int
    """Grounds flagged for the baseline, the first option."""
    flags_avoided: int
    flags_added: int
    weight: Weight
    agreement: str
    review_required: bool
    decided: str
    """The day the decision was signed."""

    @property
    def beside(self) -> Beside:
        """How the option chosen stands to the baseline's flags."""
        if self.flags_added:
            return "some-added"
        if not self.flags_before:
            return "none-to-avoid"
        if not self.flags_avoided:
            return "all-kept"
        return "all-avoided" if self.flags_avoided == self.flags_before else "some-avoided"


@dataclass(frozen=True)
class Submitted:
    """A submitted case as the figures see it."""

    facts: Facts
    stage: str
    days: int
    """From the case's beginning to the signing of the decision."""
    returns: int
    return_kinds: tuple[str, ...]


def submitted_cases(session: Session) -> Iterator[Submitted]:
    """Give every submitted case that the reader may know of, the fictional examples left out."""
    returns, kinds = _returns(session)
    query = select(DecidedCase, col(CaseFile.stage), col(CaseFile.created_at)).join(
        CaseFile, col(CaseFile.id) == col(DecidedCase.case_id)
    )
    for row, stage, created_at in session.execute(query.where(col(CaseFile.example).is_(False))):
        facts = Facts(**json.loads(row.facts))
        days = max(0, (date.fromisoformat(facts.decided) - created_at.date()).days)
        yield Submitted(facts, stage, days, returns.get(row.case_id, 0), tuple(kinds.get(row.case_id, ())))


def bring_up_to_date(db: Database, law: Law) -> None:
    """Read the versions submitted since the figures were last looked at."""
    last = ""
    while True:
        with db.write() as session:
            newest = (
                select(col(CaseVersion.case_id), func.max(col(CaseVersion.number)).label("number"))
                .group_by(col(CaseVersion.case_id))
                .subquery()
            )
            query = (
                select(CaseVersion)
                .join(
                    newest,
                    and_(newest.c.case_id == col(CaseVersion.case_id), newest.c.number == col(CaseVersion.number)),
                )
                .outerjoin(DecidedCase, col(DecidedCase.case_id) == col(CaseVersion.case_id))
                .where(
                    or_(col(DecidedCase.case_id).is_(None), col(DecidedCase.version_number) != col(CaseVersion.number)),
                    col(CaseVersion.case_id) > last,
                )
            )
            rows = session.scalars(query.order_by(col(CaseVersion.case_id)).limit(_BATCH)).all()
            for version in rows:
                facts = canonical(asdict(facts_of(json.loads(version.content), law)))
                row = session.get(DecidedCase, version.case_id)
                if row is None:
                    row = DecidedCase(case_id=version.case_id, version_number=version.number, facts=facts)
                    session.add(row)
                row.version_number, row.facts = version.number, facts
            if len(rows) < _BATCH:
                return
            last = rows[-1].case_id


def facts_of(content: Mapping[str, Any], law: Law) -> Facts:
    """Return the facts of what a version froze."""
    document, decision = content["document"], content["decision"]
    analysed = {one["name"]: one for one in content["analysis"]["options"]}
    names = [one["name"] for one in document["option"]]
    chosen: Mapping[str, Any] = next(
        (one for one in document["option"] if one["name"] == decision["chosen_option"]), {"count": []}
    )
    charged = content["analysis"]["options"][0].get("counts", [])
    gravest: Mapping[str, Any] = max(charged, key=lambda c: c.get("max_possible_days", 0), default={})
    ends = {c["number"]: c for c in analysed.get(decision["chosen_option"], {}).get("counts", ())}
    before, after = _flags(analysed.get(names[0], {})), _flags(analysed.get(decision["chosen_option"], {}))
    section_5 = {f.id for c in law.checklists for f in c.factors if f.section_5}
    entered = [one["state"] for name, one in content["factors"].items() if name in section_5]
    gates = content["gates"]
    charges = {c["number"]: c["offense"] for c in document["count"]}
    parts = chosen.get("count", [])
    return Facts(
        family=_family(gravest.get("offense", ""), gravest.get("cite", ""), law),
        counts=len(document["count"]),
        substituted=any(p.get("offense") and p["offense"] != charges.get(p["number"]) for p in parts),
        disposition=ends.get(gravest.get("number"), {}).get("disposition", "pending"),
        jail_days=sum(p.get("jail_days", 0) for p in parts),
        suspended_days=sum(p.get("suspended_days", 0) for p in parts),
        section_5=entered[0] if entered else "not-entered",
        flags_before=len(before),
        flags_avoided=len(before - after),
        flags_added=len(after - before),
        weight=gates.get("equivalence", {}).get("status") or "not-entered",
        agreement=gates.get("plea-agreement", {}).get("type") or "not-entered",
        review_required=bool(content["review"]["required"]),
        decided=decision["signed_at"][:10],
    )


def _family(offense: str, cite: str, law: Law) -> str:
    """Return the family of an offense, as the law in use has it; a citation for several entries takes the first's."""
    known = law.offenses.get(offense)
    found = (known,) if known else law.find(cite)
    return found[0].family if found else OTHER


def _flags(option: Mapping[str, Any]) -> set[str]:
    return {one["ground"] for one in option.get("findings", ()) if one["level"] in ("certain", "likely")}


def _returns(session: Session) -> tuple[dict[str, int], dict[str, set[str]]]:
    counted: dict[str, int] = {}
    kinds: dict[str, set[str]] = {}
    for step in session.scalars(select(ReviewStep).where(col(ReviewStep.move) == "return")):
        counted[step.case_id] = counted.get(step.case_id, 0) + 1
        kinds.setdefault(step.case_id, set()).update(json.loads(step.detail).get("kinds", ()))
    return counted, kinds
