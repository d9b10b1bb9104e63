"""What the screen asks about a count: the facts its offense turns on, and no others."""

from __future__ import annotations

from dataclasses import dataclass

from plea_aid.analysis.charge import VICTIMS, Charge
from plea_aid.law.records import Offense

NOT_STATED = "not stated"
_COMMON = {
    "substance": "Which drug does the record name?",
    "marijuana_grams": "How many grams of marijuana?",
    "loss": "Loss shown by the record, in dollars",
    "victim": "Who is the victim, as the record shows? (a relation, never a person)",
}
_WORTH_MONEY = {"property", "lost-property", "services", "rented-property", "public-benefit", "credit-card"}
"""Objects of an offense whose loss federal law counts in dollars."""


@dataclass(frozen=True)
class Question:
    """One fact of the record: ``answers`` to choose from, or a number when there are none."""

    key: str
    asks: str
    answers: tuple[str, ...] = ()
    number: bool = False


def questions_of(charge: Charge, record: dict[str, object]) -> tuple[Question, ...]:
    """Return the questions for a charge with what is already answered; one that no way turns on is not asked."""
    asked: dict[str, Question] = {}
    for offense in charge.offenses:
        for fact in offense.record_facts:
            known = asked[fact.key].answers if fact.key in asked else ()
            answers = tuple(dict.fromkeys((*known, *fact.answers)))
            asked[fact.key] = Question(fact.key, fact.question, answers)
    if any(_named(o, "substance") for o in charge.offenses) and "substance" not in asked:
        asked["substance"] = Question("substance", _COMMON["substance"], ("unspecified", "marijuana"))
    if record.get("substance") == "marijuana":
        asked["marijuana_grams"] = Question("marijuana_grams", _COMMON["marijuana_grams"], number=True)
    if any(_named(o, "object") & _WORTH_MONEY for o in charge.offenses):
        asked["loss"] = Question("loss", _COMMON["loss"], number=True)
    if any("person" in _named(o, "victim") for o in charge.offenses):
        asked["victim"] = Question("victim", _COMMON["victim"], VICTIMS)
    for key, value in record.items():
        # What the record says stays on the screen even when the offense no longer asks for it.
        if key not in asked:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            known = VICTIMS if key == "victim" else (str(value).lower(),)
            asked[key] = Question(key, _COMMON.get(key, key.replace("_", " ")), () if number else known, number)
    return tuple(asked.values())


def stored_answer(value: object) -> str:
    """Return a stored fact as the answer that stands for it on the screen."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def answer_to_store(answer: str) -> str | bool | None:
    """Return a chosen answer as the case file holds it."""
    return None if answer == NOT_STATED else {"true": True, "false": False}.get(answer, answer)


def _named(offense: Offense, dimension: str) -> set[str]:
    return {value for way in offense.ways for value in way.elements.get(dimension, ())}
