"""What may be put in: factors, gates, the decision, an outcome. Checked here, stored as JSON text.

An entry may be half filled, because every step is stored as it is made; ``gaps`` says what it still lacks.
Victims appear as a status and a date, defense submissions as a date and a reference; there is no field for more.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from plea_aid.casework.canonical import faulty_text
from plea_aid.casework.errors import Invalid, invalid_from


def storable(text: str) -> str:
    """Return ``text``; raise ValueError when a database cannot hold it."""
    if faulty_text(text):
        raise ValueError("it holds a character that is not text")
    return text


Words = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(storable)]
"""Free text, as written."""
ShortWords = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(storable)]
Answer = Literal["yes", "no"]
AgreementType = Literal["46-12-211(1)(a)", "46-12-211(1)(b)", "46-12-211(1)(c)", "none"]
"""MCA 46-12-211(1): dismiss other charges, a specific sentence, a recommendation; or no plea agreement."""


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactorEntry(_Input):
    """What was said about one factor of the checklist."""

    factor: ShortWords
    state: Literal["considered", "not-applicable", "no-information"]
    points: dict[ShortWords, Literal["for", "against", "neutral"]] = {}
    """Which way the factor points, by name of the option."""
    weight: ShortWords = ""
    """Its weight in words; there are no numbers to add up."""
    rationale: Words = ""

    def gaps(self) -> list[str]:
        """Return what is still missing."""
        if self.state != "considered":
            return []
        missing = [] if self.rationale.strip() else ["say why"]
        return missing if self.weight else [*missing, "say how much it weighs"]


class _Gate(_Input, ABC):
    @abstractmethod
    def gaps(self) -> list[str]:
        """Return what is still missing at this gate."""


class PublicSafety(_Gate):
    """The first gate: violence, a weapon, an injury, repetition."""

    gate: Literal["public-safety"] = "public-safety"
    violence: Answer | None = None
    weapon: Answer | None = None
    injury: Answer | None = None
    repeat: Answer | None = None
    note: Words = ""

    def gaps(self) -> list[str]:
        """Return the questions not answered, and the note that a yes needs."""
        questions = ("violence", "weapon", "injury", "repeat")
        missing = [f"answer the question on {name}" for name in questions if getattr(self, name) is None]
        if any(getattr(self, name) == "yes" for name in questions) and not self.note.strip():
            missing.append("say how public safety is kept")
        return missing


class VictimConsultation(_Gate):
    """Whether and when the victim was consulted, where the offense is covered; never who that is."""

    gate: Literal["victim-consultation"] = "victim-consultation"
    status: Literal["not-covered", "consulted", "attempted", "declined", "pending"] | None = None
    on: date | None = None

    def gaps(self) -> list[str]:
        """Return the status or date not given."""
        if self.status is None:
            return ["say whether the victim was consulted"]
        if self.status == "pending":
            return ["the consultation is still pending"]
        return ["give the date"] if self.status != "not-covered" and self.on is None else []


class SubstitutedCharge(_Input):
    """The factual basis of one charge that takes another's place: each element tied to a fact."""

    option: ShortWords
    count: Annotated[int, Field(ge=1, le=999)]
    offense: ShortWords
    facts: dict[ShortWords, Words] = {}
    """The fact that shows each element, by element."""


class FactualBasis(_Gate):
    """A factual basis for every substituted charge."""

    gate: Literal["factual-basis"] = "factual-basis"
    charges: tuple[SubstitutedCharge, ...] = ()

    def gaps(self) -> list[str]:
        """Return the elements without a fact."""
        return [
            f"{one.offense}, count {one.count}: no fact for '{element}'"
            for one in self.charges
            for element, fact in one.facts.items()
            if not fact.strip()
        ]


class DefenseSubmission(_Gate):
    """Whether the defense sent something: its date and where it is kept, never its contents."""

    gate: Literal["defense-submission"] = "defense-submission"
    status: Literal["received", "none-received"] | None = None
    on: date | None = None
    reference: ShortWords = ""

    def gaps(self) -> list[str]:
        """Return the status, date or reference not given."""
        if self.status is None:
            return ["say whether the defense sent a submission"]
        if self.status == "none-received":
            return []
        missing = [] if self.on else ["give the date it was received"]
        return missing if self.reference else [*missing, "give the reference under which it is kept"]


class Equivalence(_Gate):
    """Whether the chosen option weighs the same as the baseline, or why it departs."""

    gate: Literal["equivalence"] = "equivalence"
    status: Literal["equivalent", "departure"] | None = None
    explanation: Words = ""

    def gaps(self) -> list[str]:
        """Return the answer or explanation not given."""
        if self.status is None:
            return ["say whether the option weighs the same as the baseline"]
        return [] if self.explanation.strip() else ["explain it"]


class PleaAgreement(_Gate):
    """Which kind of plea agreement it is."""

    gate: Literal["plea-agreement"] = "plea-agreement"
    type: AgreementType | None = None

    def gaps(self) -> list[str]:
        """Return the type not given."""
        return [] if self.type else ["choose the type of agreement"]


class Advisement(_Gate):
    """The reminder that the court advises every defendant alike (MCA 46-12-210(1)(f))."""

    gate: Literal["advisement"] = "advisement"
    reminded: bool = False

    def gaps(self) -> list[str]:
        """Return the reminder not confirmed."""
        return [] if self.reminded else ["confirm the reminder that is given to every defendant alike"]


Gate = PublicSafety | VictimConsultation | FactualBasis | DefenseSubmission | Equivalence | PleaAgreement | Advisement
GATES: dict[str, type[Gate]] = {
    "public-safety": PublicSafety,
    "victim-consultation": VictimConsultation,
    "factual-basis": FactualBasis,
    "defense-submission": DefenseSubmission,
    "equivalence": Equivalence,
    "plea-agreement": PleaAgreement,
    "advisement": Advisement,
}
CLERICAL_GATES: frozenset[str] = frozenset({"victim-consultation", "defense-submission", "advisement"})
"""Gates that record a status and a date and weigh nothing: a paralegal may fill them."""


class Decision(_Input):
    """The option chosen and why; whoever saves it signs it."""

    chosen_option: Annotated[ShortWords, Field(min_length=1)]
    rationale: Annotated[Words, Field(min_length=1)]
    change_explanation: Words = ""
    """Why it differs from what was submitted before."""


class Outcome(_Input):
    """What became of an offer."""

    result: Literal["offered", "accepted", "rejected", "withdrawn", "entered"]
    on: date | None = None
    agreement_type: AgreementType | None = None
    ended: Literal["as-offered", "other-plea", "dismissed", "convicted", "acquitted"] | None = None
    """How the case ended, once the court has entered it."""
    court_action: ShortWords = ""
    """What the court did with the agreement: accepted, rejected or deferred, and what it entered."""
    note: Words = ""

    @model_validator(mode="after")
    def _complete_when_entered(self) -> Outcome:
        if self.result == "entered" and not (self.on and self.ended and self.agreement_type and self.court_action):
            raise ValueError(
                "to be entered it needs its date, how it ended, the type of agreement and the court's action"
            )
        return self


T = TypeVar("T", bound=BaseModel)


def parsed(model: type[T], content: T | dict[str, Any], what: str) -> T:
    """Return ``content`` as ``model``; raise Invalid, naming ``what``, when it does not fit."""
    if isinstance(content, model):
        return content
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise invalid_from(error, what) from error


def checked_words(text: str) -> str:
    """Return a free text that stands alone; raise Invalid when it is too long or holds what is not text."""
    if len(text) > 20_000 or faulty_text(text):
        raise Invalid("The text is longer than 20,000 characters or holds a character that is not text.")
    return text


def parsed_gate(content: Gate | dict[str, Any]) -> Gate:
    """Return a gate's entry; raise Invalid for an unknown gate or an entry that does not fit."""
    if not isinstance(content, dict):
        return content
    model = GATES.get(str(content.get("gate")))
    if model is None:
        raise Invalid(f"'{content.get('gate')}' is not a gate; accepted are {', '.join(GATES)}.")
    return cast(Gate, parsed(cast(type[BaseModel], model), content, "The gate"))
