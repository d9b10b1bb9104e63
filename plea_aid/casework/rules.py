"""What casework asks of the floors below: the law and policy in force, the checklist, and the analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plea_aid.analysis.case import Case
from plea_aid.casework.canonical import faulty_text
from plea_aid.casework.errors import Invalid, invalid_from

Document = dict[str, Any]


class Beginning(BaseModel):
    """A case file before its first count."""

    model_config = ConfigDict(extra="forbid")

    cause_number: Annotated[str, Field(max_length=60)] | None = None
    offense_date: date | None = None
    plea_date: date | None = None
    count: tuple[()] = ()


def validated(document: Mapping[str, Any]) -> Document:
    """Return a case file as plain data, checked against its grammar; without counts it is a beginning.

    Raises Invalid with one sentence and every fault.
    """
    faulty = faulty_text(dict(document))
    if faulty:
        raise Invalid(f"The case cannot be saved: {faulty} holds a character that is not text.")
    try:
        if document.get("count"):
            return Case.model_validate(dict(document)).as_document()
        return Beginning.model_validate(dict(document)).model_dump(mode="json", exclude_defaults=True)
    except ValidationError as error:
        raise invalid_from(error, "The case") from error


@dataclass(frozen=True)
class Rules:
    """The law, the policy and the checklist as of now; a submitted version names them."""

    law_version: str
    policy_version: str
    factor_ids: tuple[str, ...]
    """The office's checklist, in its order, the same for every case."""
    gate_ids: tuple[str, ...]
    """The gates, in their order."""
    analyse: Callable[[Document], Document]
    """The analysis of a document, as ``plea-aid assess --json`` gives it."""
    must_consider: frozenset[str] = frozenset()
    """Factors that must be considered before submission (Section 5 while it is in force)."""
    never_alone: frozenset[str] = frozenset()
    """Factors that can be one reason among others and never the only one."""
    weights: tuple[str, ...] = ()
    """The words in which a factor may weigh; any when empty."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Names of factors and gates, by id."""
    review_because: Callable[[Document, Document], tuple[str, ...]] = lambda _document, _analysis: (
        "This office reviews every submitted analysis.",
    )
    """Why a supervisor must review, from the document and its analysis; nothing when no threshold is met."""
    validate: Callable[[Mapping[str, Any]], Document] = validated

    def label(self, id_: str) -> str:
        """Return the name of a factor or gate as the checklist has it."""
        return self.labels.get(id_, id_)


def office_rules() -> Rules:
    """Return the rules of this installation today: its law, its policy, its checklist."""
    raise NotImplementedError
