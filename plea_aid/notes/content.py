"""What a case note may hold: one frozen record of plain data, and the words its ids are shown by.

A note knows nothing of the database, of the law files or of the engine. Whoever makes one hands over names and
citations ready for print, so that the same data gives the same page years later, whatever has changed since.
Nothing here has room for a person's status, origin, birthplace, name of a defendant or date of birth.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class NoteError(ValueError):
    """A note cannot be made; the message is one sentence that says why."""


class Record(BaseModel):
    """Base of everything in a note: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Profile = Literal["internal", "supervisor", "comparison"]
Level = Literal["certain", "likely", "possible", "unlikely", "none", "not-analysed"]
Count = Annotated[int, Field(ge=0)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{8,128}$")]

# The five levels and the state 'not analysed', strongest first: the one meaning they have everywhere.
LEVEL_MEANINGS: dict[Level, str] = {
    "certain": "the statute's text, or binding authority on this statute or an identical one, says so",
    "likely": "binding or persuasive authority on a close analog says so, and nothing contrary",
    "possible": "unsettled, split, or turns on the record of conviction or on facts not known",
    "unlikely": "the better view is no, or only under contrary non-binding authority",
    "none": "settled no, or the ground cannot apply on these numbers",
    "not-analysed": "no rule reached the question; this is not a finding that nothing follows",
}

KIND_NAMES: dict[str, str] = {
    "aggravated-felony": "aggravated felony",
    "deportability": "deportability",
    "inadmissibility": "inadmissibility",
    "relief-bar": "bar to relief",
    "gmc": "good moral character",
    "detention": "detention",
    "benefit": "benefit or visa",
}


class LawStamp(Record):
    """The law version an analysis was made under, and the day whose law it applied."""

    version: str
    as_of: dt.date
    review: str = Field(default="", description="Review state of the law data in words, where it is known")


class PolicyState(Record):
    """The office's own policy on the day of the note."""

    resolution_title: str
    section_5_in_force: bool
    since: dt.date | None = Field(default=None, description="The day from which that state holds")
    sentence: str = Field(default="", description="The state in one plain sentence")


class LabelledDate(Record):
    """A date of the case with its name, such as 'Plea hearing'."""

    label: str
    on: dt.date


class ChargedCount(Record):
    """A count as charged. `maximum_days` is the highest term the statute allows, in days."""

    number: int
    title: str
    cite: str
    maximum_days: Count | None = None


class OptionCount(Record):
    """How one count ends under an option. Days in days, fine in dollars; None = not stated."""

    number: int
    disposition: str
    offense: str = Field(default="", description="Title of the offense of conviction")
    cite: str = ""
    amended: bool = False
    jail_days: Count | None = None
    suspended_days: Count | None = None
    served_days: Count | None = None
    fine_dollars: Dollars | None = None


class Authority(Record):
    """A source that a finding rests on. `verified` is false until someone has read it at the source."""

    name: str
    citation: str = ""
    verified: bool = False
    treatment: str = ""
    proposition: str = ""


class Finding(Record):
    """One ground at one level for some postures: why, on which authority, and what would avoid it."""

    ground: str
    citation: str = ""
    kind: str = Field(default="", description="A kind id such as 'deportability', or words of one's own")
    level: Level
    postures: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    because: tuple[str, ...] = ()
    authorities: tuple[Authority, ...] = ()
    avoided_by: tuple[str, ...] = ()

    def is_left_open(self) -> bool:
        """Whether nobody analysed the ground and there is nothing more to say of it than that."""
        return self.level == "not-analysed" and not (self.because or self.authorities or self.avoided_by)


class OptionNote(Record):
    """A plea option: how each count ends, and what follows. `analysed` false = nobody has looked yet."""

    name: str
    counts: tuple[OptionCount, ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()
    analysed: bool = True

    def findings_left_open(self) -> list[Finding]:
        """The grounds that nobody analysed."""
        return [finding for finding in self.findings if finding.is_left_open()]


class Accountability(Record):
    """What an option asks of the defendant, whoever that is. Days in days, fine in dollars; None = not stated."""

    option: str
    is_baseline: bool = False
    label: str = Field(default="", description="The offenses that end in a conviction under Montana law")
    convictions: Count | None = None
    custody_days: Count | None = None
    suspended_days: Count | None = None
    fine_dollars: Dollars | None = None
    supervision_days: Count | None = None
    supervision_stated: bool = Field(default=True, description="False: the most the law allows stands in for it")
    restitution: str = ""
    treatment_ordered: str = Field(default="", description="Treatment that the law itself orders on a conviction")
    treatment_condition: str = Field(default="", description="Whether treatment can be a condition")
    later_enhancement: str = Field(default="", description="Families in which the result counts as a prior")
    firearm: str = ""


class Factor(Record):
    """One factor of the office's checklist, in the checklist's order."""

    name: str
    state: str = Field(description="considered, not applicable, or no information")
    points: str = Field(default="", description="Which way it points, for which option")
    directions: Mapping[str, Literal["for", "against", "neutral"]] = Field(
        default_factory=dict, description="Which way it points, by option; the figure draws it"
    )
    weight: str = ""
    rationale: str = ""


class Gate(Record):
    """A condition to be met before an offer, with its state in words."""

    name: str
    state: str
    detail: str = ""


class Decision(Record):
    """What the prosecutor decided and why."""

    chosen_option: str
    rationale: str = ""
    agreement_type: str = ""


class ReviewEvent(Record):
    """One step of the review: who did what in which role, when, and the reasons given."""

    action: str
    by_name: str
    by_role: str
    at: dt.datetime | None = None
    reasons: str = ""


class Review(Record):
    """Where the analysis stands, and how it came there, oldest event first."""

    state: str
    because: tuple[str, ...] = Field(default=(), description="Why a supervising attorney had to review it")
    events: tuple[ReviewEvent, ...] = ()


class PostureGroup(Record):
    """Immigration postures that are read together in the overview, by their printed names."""

    name: str
    postures: tuple[str, ...]


class NoteData(Record):
    """Everything a note says. Only the law, the policy and at least one option are required.

    `profile` chooses the document: `internal` is the full note, `supervisor` its summary for review, `comparison`
    the one-page sheet for plea discussion, which carries no work product whatever else is filled in here.
    `prepared_on` dates the document; without it the law's own day does, never the clock.
    """

    profile: Profile = "internal"
    law: LawStamp
    policy: PolicyState
    options: Annotated[tuple[OptionNote, ...], Field(min_length=1)]
    office: str = ""
    cause_number: str = ""
    prepared_on: dt.date | None = None
    dates: tuple[LabelledDate, ...] = ()
    stage: str = ""
    counts: tuple[ChargedCount, ...] = ()
    posture_groups: tuple[PostureGroup, ...] = ()
    level_meanings: dict[Level, str] = Field(default_factory=lambda: dict(LEVEL_MEANINGS))
    kind_names: dict[str, str] = Field(default_factory=lambda: dict(KIND_NAMES))
    warnings: tuple[str, ...] = ()
    unverified: tuple[str, ...] = Field(default=(), description="What beside the authorities is unverified")
    accountability: tuple[Accountability, ...] = ()
    factors: tuple[Factor, ...] = ()
    gates: tuple[Gate, ...] = ()
    decision: Decision | None = None
    review: Review | None = None
    analysis_version: Count | None = None
    program_version: str = ""
    content_hash: Hex | None = None


class GroundWords(Record):
    """How a ground is shown, and for a ground nobody analysed, the ids of the postures it concerns."""

    name: str
    citation: str = ""
    kind: str = ""
    postures: tuple[str, ...] = ()


class OffenseWords(Record):
    """How an offense is shown."""

    cite: str
    title: str


class NoteWords(Record):
    """The printed words of every id an assessment uses. An id that is missing here is printed as it is."""

    grounds: dict[str, GroundWords] = Field(default_factory=dict)
    postures: dict[str, str] = Field(default_factory=dict)
    posture_groups: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Group name -> posture ids, in the order of the overview"
    )
    authorities: dict[str, Authority] = Field(default_factory=dict)
    levels: dict[Level, str] = Field(default_factory=lambda: dict(LEVEL_MEANINGS))
    kinds: dict[str, str] = Field(default_factory=lambda: dict(KIND_NAMES))
    dispositions: dict[str, str] = Field(default_factory=dict)
    offenses: dict[str, OffenseWords] = Field(default_factory=dict)
