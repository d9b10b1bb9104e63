"""The records of the law, as the files under ``data/`` hold them: one file, so that a lawyer's question which keys a
data file may have is answered in one place.

Each record forbids keys it does not know, so a slip of the pen in a data file is found on load. Days are whole
days (six months is 180, one year is 365), money is whole dollars.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from plea_aid.law.citation import covers, normalise

DIMENSIONS = ("mental", "mental_effect", "act", "result", "victim", "object", "purpose", "means", "substance")
"""Dimensions in which a way holds alternatives; ``facts`` beside them are proved together."""

Level = Literal["none", "unlikely", "possible", "likely", "certain"]
LEVELS: tuple[Level, ...] = ("none", "unlikely", "possible", "likely", "certain")
Answer = Literal["yes", "no", "unsettled"]
Weight = Literal["text", "binding", "persuasive", "split"]
Confidence = Literal["high", "medium", "low"]
Kind = Literal["deportability", "aggravated-felony", "inadmissibility", "detention", "relief-bar", "gmc", "benefit"]


class Strict(BaseModel):
    """What every record shares: it never changes, and a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))


class Dated(Strict):
    """A record in force from a day until (not including) another; no day means always, or still."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None

    def in_force(self, day: date) -> bool:
        """Say whether the record is in force on ``day``."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day < self.until)


class Review(Strict):
    """Review state of an entry: drafted, or signed off by an attorney against a content hash."""

    state: Literal["drafted", "attorney-reviewed"] = "drafted"
    by: str | None = None
    on: date | None = None
    content: str | None = None


class Authority(Strict):
    """A statute, decision or other source, kept once in ``data/authorities.csv``."""

    id: str
    name: str
    citation: str
    pinpoint: str = ""
    court: str = ""
    year: str = ""
    kind: Literal["statute", "regulation", "decision", "agency", "secondary"]
    proposition: str
    treatment: str
    citation_seen: bool
    proposition_seen: bool
    checked: date
    url: str = ""
    notes: str = ""
    kept: bool = False
    """Kept although nothing rests on it: a trap that a reader might otherwise cite (a withdrawn decision)."""

    @property
    def verified(self) -> bool:
        """True when both the citation and the proposition were read in a source."""
        return self.citation_seen and self.proposition_seen

    @property
    def withdrawn(self) -> bool:
        """True when the authority no longer supports a conclusion."""
        return self.treatment.split(":")[0].strip() in ("withdrawn", "overruled", "superseded", "reversed", "vacated")


class Penalty(Dated):
    """The range for one offense number; it holds for later numbers too until the next entry.

    ``from`` and ``until`` are dates of the OFFENSE: a change of penalty does not reach back.
    """

    nth: Annotated[int, Field(ge=1)] = 1
    jail_min_days: Annotated[int, Field(ge=0)] = 0
    jail_max_days: Annotated[int, Field(ge=0)]
    fine_min: Annotated[int, Field(ge=0)] = 0
    fine_max: Annotated[int, Field(ge=0)]
    felony: bool = False
    when: dict[str, str | bool] = {}
    """Facts of the record that must hold for this tier, for example a child passenger."""
    verified: bool = True
    note: str = ""


class Way(Strict):
    """One way of committing an offense: what must be proved, by dimension."""

    id: str
    says: str = ""
    """The way in plain words, for the screen."""
    elements: dict[str, tuple[str, ...]] = {}
    facts: frozenset[str] = frozenset()
    divisible: tuple[str, ...] = ()
    """Dimensions whose alternatives are elements (the jury must agree); the others are means."""

    @model_validator(mode="before")
    @classmethod
    def _gather_dimensions(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "elements" in raw:
            return raw
        rest = {k: v for k, v in raw.items() if k not in DIMENSIONS}
        rest["elements"] = {k: tuple([v] if isinstance(v, str) else v) for k, v in raw.items() if k in DIMENSIONS}
        return rest


class RecordFact(Strict):
    """A fact the record of conviction may settle, and what each answer does to the ways of committing the offense."""

    key: str
    question: str
    effect: Literal["selects-way", "selects-value", "adds-fact", "circumstance"]
    dimension: str | None = None
    """For ``selects-value``: the dimension whose value the answer names."""
    answers: dict[str, str]
    """Answer -> way id, vocabulary value or fact; for ``circumstance`` a plain explanation.

    A yes-or-no fact uses the answers "true" and "false"; an empty text changes nothing.
    """


class Holding(Strict):
    """A decision (or text) on the very statute: overrides what the elements alone would say, and says why."""

    category: str
    answer: Answer
    weight: Weight
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    reason: str
    ways: tuple[str, ...] = ()
    """Only these ways; all when empty."""
    differs_because: str = ""


class Alternative(Strict):
    """A lesser or related offense the same facts often support (MCA 46-12-211 allows a plea to one)."""

    offense: str
    differs: str
    needs: str


class Offense(Strict):
    """One catalogue entry: an offense, or a subsection with its own elements or penalty."""

    id: str
    cite: str
    also_cited: tuple[str, ...] = ()
    title: str
    family: str
    grade: Literal["misdemeanor", "felony", "infraction"]
    court: Literal["municipal", "outside", "unverified"]
    """``municipal``: within the jurisdiction of the city's court; ``outside``: a felony neighbour or no offense."""
    summary: str
    ways: Annotated[tuple[Way, ...], Field(min_length=1, alias="way")]
    ways_are: Literal["elements", "means", "unknown"] = "means"
    ways_are_because: str = ""
    penalties: Annotated[tuple[Penalty, ...], Field(min_length=1, alias="penalty")]
    priors_rule: str = ""
    record_facts: Annotated[tuple[RecordFact, ...], Field(alias="record_fact")] = ()
    holdings: Annotated[tuple[Holding, ...], Field(alias="holding")] = ()
    labels: tuple[str, ...] = ()
    """Names under local law that a charge-stage federal rule asks for (theft, shoplifting, burglary ...)."""
    flags: tuple[str, ...] = ()
    """Other things federal rules ask: ``minor-traffic``, ``domestic-violence``, ``dui`` ..."""
    counts_as_prior: tuple[str, ...] = ()
    """Enhancement families in which a conviction counts later: dui, pfma, stalking, theft."""
    deferral: Literal["allowed", "barred", "unverified"] = "allowed"
    nolo: Literal["allowed", "barred"] = "allowed"
    violence: tuple[str, ...] = ()
    """Public-safety marks for the gate: violence, weapon, injury."""
    victim_consultation: bool = False
    alternatives: Annotated[tuple[Alternative, ...], Field(alias="alternative")] = ()
    traps: tuple[str, ...] = ()
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    sources: tuple[str, ...] = ()
    edition: str
    checked: date
    confidence: Confidence
    unverified: tuple[str, ...] = ()
    """Statements in this entry that nothing read confirmed; shown wherever the entry is used."""
    in_force: Dated = Dated()
    history: str = ""
    review: Review = Review()
    jurisdiction: str = ""

    @property
    def way_ids(self) -> tuple[str, ...]:
        """Ids of the ways, in order."""
        return tuple(w.id for w in self.ways)


class Term(Strict):
    """A word state law defines: expands to values of one dimension (MCA 45-2-101 'bodily injury')."""

    id: str
    dimension: str
    means: Annotated[tuple[str, ...], Field(min_length=1)]
    says: str
    alternatives_are: Literal["elements", "means"] = "means"
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    checked: date
    verified: bool = True
    in_force: Dated = Dated()


class Condition(Strict):
    """A condition over one leaf way: every ``all`` literal, at least one ``any``, no ``none`` literal.

    A literal is ``dimension:value`` or ``dimension:value|value``; ``facts:x`` asks for a fact; ``dimension:-``
    asks that the offense has no element in that dimension; ``inchoate:attempt`` asks for an inchoate form.
    """

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class Rule(Strict):
    """One doctrine rule: where ``when`` holds of a leaf way, the answer for the category.

    Of the rules that hold, those of the highest ``rank`` decide; equal ranks that disagree are unsettled.
    """

    id: str
    when: Condition
    answer: Answer
    weight: Weight
    rank: Annotated[int, Field(ge=0, le=9)] = 1
    reason: str
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    in_force: Dated = Dated()
    deference: bool = False
    """The authority rested on deference to the agency, so it can be argued again after Loper Bright (2024)."""


class Category(Strict):
    """A federal category (crime involving moral turpitude, crime of violence ...) and its doctrine."""

    id: str
    name: str
    says: str
    approach: Literal["categorical", "facts"] = "categorical"
    """``facts``: what was done decides, not the elements (a protection order ground); the record is always read."""
    not_formalised: Annotated[tuple[str, ...], Field(min_length=1)]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1, alias="rule")]
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    inchoate: dict[Literal["attempt", "conspiracy", "solicitation"], Answer] = {}
    """Whether an inchoate form of a matching offense matches too; missing means unsettled."""
    checked: date


class Limb(Strict):
    """One route into a ground. Every test given must be met; numbers are days or dollars, named by operator."""

    says: str
    basis: Literal["conviction", "charge", "conduct"] = "conviction"
    postures: tuple[str, ...] = ()
    """Only these postures; the ground's own when empty."""
    pending_only: bool = False
    """For a charge basis: the limb holds while the charge is open and ends with it."""
    level_at_most: Level | None = None
    """Cap: for example a discretionary ground is never more than ``possible``."""
    any_category: tuple[str, ...] = ()
    any_label: tuple[str, ...] = ()
    any_flag: tuple[str, ...] = ()
    any_offense: bool = False
    relation: tuple[str, ...] = ()
    """The victim must stand in one of these relations (vocabulary values of ``victim``)."""
    maximum_at_least: int | None = None
    maximum_over: int | None = None
    maximum_not_over: int | None = None
    ordered_at_least: int | None = None
    served_over: int | None = None
    total_ordered_at_least: int | None = None
    total_served_at_least: int | None = None
    loss_over: float | None = None
    convictions_at_least: int | None = None
    separate_schemes: bool = False
    felonies_at_least: int | None = None
    supervision_or_suspended: bool = False
    within_years_of_admission: int | None = None
    within_years: int | None = None
    exceptions: tuple[str, ...] = ()
    described_in: tuple[str, ...] = ()
    described_by: Literal["conviction", "any"] = "conviction"
    ignoring_admission_window: bool = False
    exclude_flags: tuple[str, ...] = ()
    facts: dict[str, str] = {}
    """Record answers that decide the limb: key -> answer that meets it."""
    authorities: tuple[str, ...] = ()


class Ground(Strict):
    """One immigration consequence: a ground of removal, a bar, a detention class or a benefit rule."""

    id: str
    name: str
    citation: str
    ina: str = ""
    kind: Kind
    postures: Annotated[tuple[str, ...], Field(min_length=1)]
    says: str
    burden: Literal["government", "applicant"] = "government"
    limbs: Annotated[tuple[Limb, ...], Field(alias="limb")] = ()
    unreachable: str = ""
    """Why no offense of the catalogue can reach the ground; then it has no limb."""
    waivers: tuple[str, ...] = ()
    notes: str = ""
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    confidence: Confidence
    checked: date
    unverified: tuple[str, ...] = ()
    in_force: Dated = Dated()
    review: Review = Review()

    @model_validator(mode="after")
    def _reachable_or_said_not_to_be(self) -> Ground:
        if bool(self.limbs) == bool(self.unreachable):
            raise ValueError(f"ground {self.id}: give it limbs, or say why it is unreachable, not both or neither")
        return self


class GroundException(Strict):
    """A statutory exception that takes an offense out of a ground (petty offense, 30 grams of marijuana)."""

    id: str
    name: str
    says: str
    category: str
    only_one_ever: bool = False
    maximum_not_over: int | None = None
    ordered_not_over: int | None = None
    substance: str | None = None
    grams_not_over: float | None = None
    requires_any: tuple[str, ...] = ()
    """Literals of which the offense must meet one, for example ``act:possess|use``."""
    not_with_facts: tuple[str, ...] = ()
    """Facts that make the conduct graver than the exception covers (Matter of Davey)."""
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    checked: date


class Posture(Strict):
    """A situation in federal immigration law; every case is analysed for every one of them."""

    id: str
    name: str
    group: str
    who: str
    notes: str = ""
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    checked: date
    unverified: tuple[str, ...] = ()


class DispositionRule(Strict):
    """What a disposition is: a conviction for immigration purposes, under Montana law, and why."""

    id: str
    name: str
    is_conviction: Literal["yes", "no", "depends"]
    says: str
    montana_conviction: bool
    needs: tuple[str, ...] = ()
    """Legal preconditions a prosecutor must have, each with its authority in the text."""
    confines: bool = True
    """Whether a term of confinement can be ordered with it."""
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    checked: date
    unverified: tuple[str, ...] = ()


class AgreementKind(Strict):
    """One kind of plea agreement and what it binds."""

    id: str
    cite: str
    says: str
    force: str


class Offer(Strict):
    """Whether and how an agreement can aim at a disposition."""

    disposition: str
    offered: bool = True
    because: str = ""
    """Why it cannot be offered."""
    agreements: tuple[str, ...] = ()
    sentence: Literal["full", "fine", "none"] = "full"
    """What the court can order with it: jail and fine, a fine alone, or neither."""
    as_charged_only: bool = False
    """It ends the charge as filed; no other offense can be put in its place."""
    fine_only_offense: bool = False
    """Open only for an offense that carries no jail."""
    fine_max: int | None = None
    fine_max_repeat: int | None = None
    supervision_days: Annotated[int, Field(ge=0)] = 0
    """Longest supervision that comes with it of itself, in days."""
    supervision_of_suspension: int | None = None
    """With time suspended: supervision for as long as the offense's maximum, or this many days where that is more."""
    restitution: bool = False
    counts_as_prior_for: tuple[str, ...] = ()
    """Enhancement families in which it counts later, where the offense itself does."""
    unverified: tuple[str, ...] = ()


class Apart(Strict):
    """Dispositions that cannot stand together in one agreement."""

    one: Annotated[tuple[str, ...], Field(min_length=1)]
    other: Annotated[tuple[str, ...], Field(min_length=1)]
    says: str
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]


class ConvictionNote(Strict):
    """What a conviction brings besides days and dollars; words beside the comparison, not a measure."""

    offenses: Annotated[tuple[str, ...], Field(min_length=1)]
    """Citations; each stands for every subsection under it."""
    reduced_to: tuple[str, ...] = ()
    """Families: the note is then for a plea to one of these where an offense of ``offenses`` was charged."""
    says: str
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    unverified: tuple[str, ...] = ()

    def covers(self, offense: Offense) -> bool:
        """Say whether the offense is one of ``offenses``."""
        bare = normalise(offense.cite)
        return any(covers(normalise(cite), bare) for cite in self.offenses)


class Limits(Strict):
    """What the parties can agree on and what the court can order: the planner's room."""

    authorities: tuple[str, ...] = ()
    checked: date | None = None
    related_offense: str = ""
    """What a plea to another offense than the one charged needs."""
    record_silent: str = ""
    record_named: str = ""
    dismissal_of_others: str = ""
    agreements: Annotated[tuple[AgreementKind, ...], Field(alias="agreement")] = ()
    offers: Annotated[tuple[Offer, ...], Field(alias="offer")] = ()
    apart: tuple[Apart, ...] = ()
    firearm: tuple[ConvictionNote, ...] = ()
    treatment: tuple[ConvictionNote, ...] = ()
    """Treatment that the law itself orders on a conviction; other treatment is a condition of supervision."""
    unverified: tuple[str, ...] = ()


class Definition(Strict):
    """A federal or Montana rule that several grounds share, in words a lawyer can check."""

    id: str
    name: str
    says: str
    binding: str
    authorities: Annotated[tuple[str, ...], Field(min_length=1)]
    confidence: Confidence
    checked: date
    unverified: tuple[str, ...] = ()


class PolicySection(Strict):
    """One section of the office's policy, dated and switchable."""

    number: int
    title: str
    says: str
    status: tuple[PolicyStatus, ...]


class PolicyStatus(Dated):
    """The state of a policy section from a day on."""

    state: Literal["in-force", "not-in-force", "stayed", "amended", "rescinded"]
    note: str = ""
    authorities: tuple[str, ...] = ()


class Policy(Strict):
    """The resolution the program serves, as a dated record."""

    id: str
    title: str
    office: str
    """The office that follows it, as its notes are headed."""
    adopted: date | None
    says: str
    sections: Annotated[tuple[PolicySection, ...], Field(alias="section")]
    contested: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    checked: date

    def section_status(self, number: int, day: date) -> PolicyStatus | None:
        """Return the status of section ``number`` on ``day``; None when the policy has no such section then."""
        for section in self.sections:
            if section.number == number:
                found = [s for s in section.status if s.in_force(day)]
                return found[-1] if found else None
        return None


class ChecklistItem(Strict):
    """One factor of the office's checklist, the same for every case."""

    id: str
    name: str
    asks: str
    source: str
    section_5: bool = False


class Gate(Strict):
    """One gate to pass before submission, in order."""

    id: str
    name: str
    asks: str
    applies: str
    authorities: tuple[str, ...] = ()


class Checklist(Strict):
    """The office's dated checklist of factors and gates."""

    id: str
    edition: date
    factors: Annotated[tuple[ChecklistItem, ...], Field(alias="factor")]
    gates: Annotated[tuple[Gate, ...], Field(alias="gate")]
    weights: tuple[str, ...]


class GlossaryEntry(Strict):
    """A term explained where it stands on the screen."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    term: str
    says: str
    forms: tuple[str, ...] = ()
    """The words under which the term stands on a screen; the term itself, without what is in brackets, when empty."""
    pages: tuple[str, ...] = ()
    """Pages that always explain the term, whatever case they show."""
    states_law: bool = True
    """False for a word of this program or this office; every other entry rests on an authority."""
    authorities: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _law_has_a_source(self) -> GlossaryEntry:
        if self.states_law and not self.authorities:
            raise ValueError(f"'{self.id}' states law without an authority; or say states_law = false")
        return self
