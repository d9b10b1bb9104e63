"""A note made from an assessment and a case file: ids become words, nothing is concluded here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plea_aid.notes.content import (
    Accountability,
    Authority,
    ChargedCount,
    Decision,
    Factor,
    Finding,
    Gate,
    LabelledDate,
    LawStamp,
    Level,
    NoteData,
    NoteError,
    NoteWords,
    OptionCount,
    OptionNote,
    PolicyState,
    PostureGroup,
    Profile,
    Review,
)

CHARGE_STAGE = "charge stage"


class _Given(BaseModel):
    """What is read of a document that may hold more: the contract lets names be added freely."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Finding(_Given):
    ground: str
    kind: str = ""
    level: Level
    postures: list[str] = Field(default_factory=list)
    counts: list[int] = Field(default_factory=list)
    because: list[str] = Field(default_factory=list)
    authorities: list[str] = Field(default_factory=list)
    avoided_by: list[str] = Field(default_factory=list)


class _NotAnalysed(_Given):
    ground: str
    counts: list[int] = Field(default_factory=list)


class _AssessedCount(_Given):
    number: int
    offense: str = ""
    cite: str = ""
    title: str = ""
    disposition: str = ""
    max_possible_days: int | None = None


class _AssessedOption(_Given):
    name: str
    counts: list[_AssessedCount] = Field(default_factory=list)
    findings: list[_Finding] = Field(default_factory=list)
    not_analysed: list[_NotAnalysed] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)


class _Law(_Given):
    version: str
    as_of: dt.date


class _Assessment(_Given):
    law: _Law
    options: list[_AssessedOption] = Field(min_length=1)


class _CaseCount(_Given):
    number: int
    offense: str = ""


class _CaseOptionCount(_Given):
    number: int
    disposition: str = ""
    offense: str | None = None
    jail_days: int | None = None
    suspended_days: int | None = None
    served_days: int | None = None
    fine: float | None = None


class _CaseOption(_Given):
    name: str
    count: list[_CaseOptionCount] = Field(default_factory=list)


class _Case(_Given):
    cause_number: str = ""
    offense_date: dt.date | None = None
    plea_date: dt.date | None = None
    count: list[_CaseCount] = Field(default_factory=list)
    option: list[_CaseOption] = Field(default_factory=list)


def note_from_assessment(
    assessment: Mapping[str, Any],
    case: Mapping[str, Any],
    *,
    law_words: NoteWords,
    policy: PolicyState,
    profile: Profile = "internal",
    office: str = "",
    prepared_on: dt.date | None = None,
    stage: str = "",
    law_review: str = "",
    accountability: Sequence[Accountability] = (),
    warnings: Sequence[str] = (),
    unverified: Sequence[str] = (),
    factors: Sequence[Factor] = (),
    gates: Sequence[Gate] = (),
    decision: Decision | None = None,
    review: Review | None = None,
    analysis_version: int | None = None,
    program_version: str = "",
    content_hash: str | None = None,
) -> NoteData:
    """The note of an `assess --json` document and the case file it came from.

    `accountability` is the weight of each option (`equivalence.accountability`), the baseline marked; without it the
    note says that no comparison is recorded.

    Raises `NoteError` when either document lacks what the contract promises.
    """
    try:
        assessed = _Assessment.model_validate(dict(assessment))
        filed = _Case.model_validate(dict(case))
        return NoteData(
            profile=profile,
            law=LawStamp(version=assessed.law.version, as_of=assessed.law.as_of, review=law_review),
            policy=policy,
            options=_options(assessed, filed, law_words),
            office=office,
            cause_number=filed.cause_number,
            prepared_on=prepared_on,
            dates=_dates(filed),
            stage=stage,
            counts=_charged(assessed, filed, law_words),
            posture_groups=_posture_groups(law_words),
            level_meanings=law_words.levels,
            kind_names=law_words.kinds,
            warnings=tuple(warnings),
            unverified=tuple(unverified),
            accountability=tuple(accountability),
            factors=tuple(factors),
            gates=tuple(gates),
            decision=decision,
            review=review,
            analysis_version=analysis_version,
            program_version=program_version,
            content_hash=content_hash,
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        raise NoteError(f"The note cannot be made: {place}: {first['msg']}.") from error


def _dates(case: _Case) -> tuple[LabelledDate, ...]:
    given = (("Offense date", case.offense_date), ("Plea date", case.plea_date))
    return tuple(LabelledDate(label=label, on=on) for label, on in given if on)


def _posture_groups(words: NoteWords) -> tuple[PostureGroup, ...]:
    return tuple(
        PostureGroup(name=name, postures=tuple(words.postures.get(posture, posture) for posture in postures))
        for name, postures in words.posture_groups.items()
    )


def _charged(assessment: _Assessment, case: _Case, words: NoteWords) -> tuple[ChargedCount, ...]:
    """The counts as charged: from the charge-stage option, whose offenses are resolved; else as the file has them."""
    stage = next((option for option in assessment.options if option.name == CHARGE_STAGE), None)
    resolved = {count.number: count for count in stage.counts} if stage else {}
    numbers = [count.number for count in case.count] or sorted(resolved)
    written = {count.number: count.offense for count in case.count}
    counts = []
    for number in numbers:
        count = resolved.get(number)
        offense = words.offenses.get(count.offense if count else written[number])
        cite = offense.cite if offense else (count.cite if count else "") or written.get(number, "")
        counts.append(
            ChargedCount(
                number=number,
                title=offense.title if offense else (count.title if count else "") or cite,
                cite=cite,
                maximum_days=count.max_possible_days if count else None,
            )
        )
    return tuple(counts)


def _options(assessment: _Assessment, case: _Case, words: NoteWords) -> tuple[OptionNote, ...]:
    """Every assessed option with its terms from the case file, matched by name and, for equal names, by order."""
    filed: dict[str, list[_CaseOption]] = defaultdict(list)
    for option in case.option:
        filed[option.name].append(option)
    return tuple(
        OptionNote(
            name="Charge stage" if option.name == CHARGE_STAGE else option.name,
            counts=_terms(option, filed[option.name].pop(0) if filed[option.name] else None, words),
            findings=(
                *(_finding(finding, words) for finding in option.findings),
                *(_unanalysed(ground, words) for ground in option.not_analysed),
            ),
            warnings=tuple(option.warnings),
        )
        for option in assessment.options
    )


def _terms(option: _AssessedOption, filed: _CaseOption | None, words: NoteWords) -> tuple[OptionCount, ...]:
    terms = {count.number: count for count in filed.count} if filed else {}
    rows = []
    for count in option.counts:
        term = terms.get(count.number)
        offense = words.offenses.get(count.offense)
        disposition = (term.disposition if term else "") or count.disposition or "pending"
        jail, suspended, fine, served = _figures(term)
        rows.append(
            OptionCount(
                number=count.number,
                disposition=words.dispositions.get(disposition, disposition.replace("-", " ")),
                offense=offense.title if offense else count.title,
                cite=offense.cite if offense else count.cite,
                amended=bool(term and term.offense),
                jail_days=jail,
                suspended_days=suspended,
                served_days=served,
                fine_dollars=fine,
            )
        )
    return tuple(rows)


def _figures(term: _CaseOptionCount | None) -> tuple[int | None, int | None, float | None, int | None]:
    """Jail and suspended days, fine in dollars, days expected to be served.

    A count with any figure has them all, as the case file's grammar has it: what is left out is nought, and the
    expected confinement is the executed jail time. A count without any (dismissed, pending) has none.
    """
    if term is None or (term.jail_days, term.suspended_days, term.fine, term.served_days) == (None,) * 4:
        return None, None, None, None
    jail = term.jail_days or 0
    return jail, term.suspended_days or 0, term.fine or 0, jail if term.served_days is None else term.served_days


def _finding(finding: _Finding, words: NoteWords) -> Finding:
    """A finding in words; an id without words is printed as it is, and an authority without words as unverified."""
    ground = words.grounds.get(finding.ground)
    return Finding(
        ground=ground.name if ground else finding.ground,
        citation=ground.citation if ground else "",
        kind=finding.kind or (ground.kind if ground else ""),
        level=finding.level,
        postures=tuple(words.postures.get(posture, posture) for posture in finding.postures),
        counts=tuple(finding.counts),
        because=tuple(finding.because),
        authorities=tuple(_authority(name, words) for name in finding.authorities),
        avoided_by=tuple(finding.avoided_by),
    )


def _unanalysed(ground: _NotAnalysed, words: NoteWords) -> Finding:
    """A ground that no rule on file decides: its own state, never left out and never shown as clear."""
    known = words.grounds.get(ground.ground)
    return Finding(
        ground=known.name if known else ground.ground,
        citation=known.citation if known else "",
        kind=known.kind if known else "",
        level="not-analysed",
        postures=tuple(words.postures.get(posture, posture) for posture in (known.postures if known else ())),
        counts=tuple(ground.counts),
    )


def _authority(name: str, words: NoteWords) -> Authority:
    return words.authorities.get(name) or Authority(name=name)
