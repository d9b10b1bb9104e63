"""The record in words: stages, moves, factors, gates, outcomes, the same on the screen and in the note."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from plea_aid.notes.view import day

Entry = Mapping[str, Any]

STAGES: dict[str, str] = {
    "draft": "Draft",
    "submitted": "Waiting for review",
    "approved": "Approved",
    "returned": "Returned for changes",
    "offered": "Offered",
    "accepted": "Offer accepted",
    "rejected": "Offer rejected",
    "withdrawn": "Offer withdrawn",
    "entered": "Entered by the court",
}
MOVES = {
    "submit": "Submitted for review",
    "approve": "Approved",
    "return": "Returned with reasons",
    "offer": "Offer made",
    "accept": "Offer accepted",
    "reject": "Offer rejected",
    "withdraw": "Offer withdrawn",
    "enter": "Entered by the court",
    "reopen": "Reopened",
}
FACTOR_STATES = {
    "considered": "considered",
    "not-applicable": "not applicable",
    "no-information": "no information",
}
ENDED = {
    "as-offered": "ended as offered",
    "other-plea": "ended by another plea",
    "dismissed": "dismissed",
    "convicted": "convicted after trial",
    "acquitted": "acquitted",
}
STATES = {"considered": "Considered", "not-applicable": "Does not apply", "no-information": "No information"}
POINTS = {"for": "Speaks for it", "against": "Speaks against it", "neutral": "Neutral"}
YES_NO = {"yes": "Yes", "no": "No"}
AGREEMENTS = {
    "46-12-211(1)(a)": "Dismissal of other charges, MCA 46-12-211(1)(a)",
    "46-12-211(1)(b)": "An agreed sentence, MCA 46-12-211(1)(b)",
    "46-12-211(1)(c)": "A recommendation that does not bind the court, MCA 46-12-211(1)(c)",
    "none": "No plea agreement",
}
VICTIM = {
    "not-covered": "No offense here is covered",
    "consulted": "Consulted",
    "attempted": "Tried, not reached",
    "declined": "Declined to be consulted",
    "pending": "Still to be done",
}
SUBMISSION = {"received": "Received", "none-received": "None received"}
EQUIVALENCE = {"equivalent": "It weighs the same", "departure": "It departs from the baseline"}


def joined(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence: 'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def sentence(text: str) -> str:
    """Return ids and lower-case words with a capital and spaces."""
    words = text.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def gate_words(gate: str, entry: Entry | None) -> tuple[str, str]:
    """Return the state of a gate and its detail in words."""
    if entry is None:
        return ("nothing to show" if gate == "factual-basis" else "nothing entered"), ""
    said = _GATES.get(gate)
    return said(entry) if said else ("entered", "")


def _public_safety(entry: Entry) -> tuple[str, str]:
    asked = ("violence", "weapon", "injury", "repeat")
    if any(entry[name] is None for name in asked):
        return "not complete", entry["note"]
    found = [name for name in asked if entry[name] == "yes"]
    return (sentence(joined(found)) if found else "None of the four", entry["note"])


def _dated(words: Mapping[str, str]) -> Callable[[Entry], tuple[str, str]]:
    def state(entry: Entry) -> tuple[str, str]:
        if entry["status"] is None:
            return "not complete", ""
        details = [day(date.fromisoformat(entry["on"]))] if entry.get("on") else []
        details += [f"reference {entry['reference']}"] if entry.get("reference") else []
        return words[entry["status"]], ", ".join(details)

    return state


def _basis(entry: Entry) -> tuple[str, str]:
    lines = []
    for charge in entry["charges"]:
        lines.append(f"{charge['option']}, count {charge['count']}, {charge['offense']}:")
        lines += [f"– {element}: {fact or 'no fact yet'}" for element, fact in charge["facts"].items()]
    return ("shown" if lines else "nothing to show"), "\n".join(lines)


def _equivalence(entry: Entry) -> tuple[str, str]:
    return EQUIVALENCE.get(entry["status"], "not complete"), entry["explanation"]


def _agreement(entry: Entry) -> tuple[str, str]:
    return AGREEMENTS.get(entry["type"], "not chosen yet"), ""


def _advisement(entry: Entry) -> tuple[str, str]:
    return ("confirmed" if entry["reminded"] else "not confirmed yet"), "Given to every defendant alike."


_GATES: dict[str, Callable[[Entry], tuple[str, str]]] = {
    "public-safety": _public_safety,
    "victim-consultation": _dated(VICTIM),
    "factual-basis": _basis,
    "defense-submission": _dated(SUBMISSION),
    "equivalence": _equivalence,
    "plea-agreement": _agreement,
    "advisement": _advisement,
}
