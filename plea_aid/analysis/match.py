"""Compare leaf ways with a federal category: the categorical approach, step by step, each step with its authority."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from plea_aid.analysis.leaf import Leaf, Reading
from plea_aid.analysis.levels import flagged, higher, lower, rank
from plea_aid.law.records import Answer, Category, Holding, Level, Weight


@dataclass(frozen=True)
class LeafAnswer:
    """What doctrine says of one leaf: the answer, how firm it is, and the rules or holding that gave it."""

    leaf: Leaf
    answer: Answer | None
    level: Level | None
    reasons: tuple[str, ...]
    authorities: tuple[str, ...]
    settled: bool
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Leaves a jury need not choose between, and what they come to together; level None is 'not analysed'."""

    key: tuple[str, ...]
    answers: tuple[LeafAnswer, ...]
    level: Level | None


@dataclass(frozen=True)
class Match:
    """How an offense stands to a category. ``level`` None means not analysed, never clear."""

    category: str
    level: Level | None
    relief_level: Level | None
    """The level where the applicant carries the burden (Pereida): an open record counts against the person."""
    because: tuple[str, ...]
    authorities: tuple[str, ...]
    groups: tuple[Group, ...]
    turns_on_record: bool

    def as_json(self) -> dict[str, Any]:
        """Return the match in the contract's form."""
        return {
            "category": self.category,
            "level": self.level or "not-analysed",
            "because": list(self.because),
            "authorities": list(self.authorities),
        }


def match_category(category: Category, readings: Sequence[Reading], answers: Iterable[LeafAnswer]) -> Match:
    """Return how a charge (one reading, or several for a charge whose subsection is not named) meets a category.

    ``answers`` are those of every leaf of the readings, in order (``answer_leaf``).
    """
    groups: dict[tuple[str, ...], list[LeafAnswer]] = {}
    for answer in answers:
        groups.setdefault(answer.leaf.group, []).append(answer)
    combined = tuple(Group(key, tuple(members), _means_level(members)) for key, members in groups.items())
    silent = any(reading.silent for reading in readings)
    uncertain = any(reading.uncertain_divisibility for reading in readings)
    level, relief, sentence = _elements_level(combined, silent)
    if uncertain and level is not None:
        capped = _not_extreme(level)
        if capped != level:
            sentence += (
                " Whether a jury must agree on this alternative is not settled, so the answer is less than sure."
            )
        level, relief = capped, _not_extreme(relief) if relief is not None else None
    steps = [s for reading in readings for s in reading.selected]
    steps += _explain(combined)
    if sentence:
        steps.append(sentence)
    turns = len({g.level for g in combined}) > 1
    return Match(
        category=category.id,
        level=level,
        relief_level=relief,
        because=tuple(dict.fromkeys(steps)),
        authorities=tuple(dict.fromkeys(a for g in combined for x in g.answers for a in x.authorities)),
        groups=combined,
        turns_on_record=turns,
    )


def answer_leaf(category: Category, leaf: Leaf, holdings: Iterable[Holding], day: date) -> LeafAnswer:
    """Return what the holdings on the statute, else the doctrine in force on ``day``, say of one leaf."""
    for holding in holdings:
        if holding.category == category.id and (not holding.ways or leaf.way in holding.ways):
            return _from_holding(leaf, holding)
    matching = [r for r in category.rules if r.in_force.in_force(day) and leaf.meets(r.when)]
    if not matching:
        return LeafAnswer(leaf, None, None, ("No rule of doctrine on file reaches this way.",), (), False, ())
    top = max(r.rank for r in matching)
    deciding = [r for r in matching if r.rank == top]
    answers = {r.answer for r in deciding}
    reasons = tuple(dict.fromkeys(r.reason for r in deciding))
    authorities = tuple(dict.fromkeys(a for r in deciding for a in r.authorities))
    rules = tuple(r.id for r in deciding)
    if len(answers) > 1 or "unsettled" in answers:
        return LeafAnswer(leaf, "unsettled", "possible", reasons, authorities, False, rules)
    answer = deciding[0].answer
    weight = max((r.weight for r in deciding), key=_WEIGHT.index)
    level, settled = _leaf_level(answer, weight, exact=False)
    found = LeafAnswer(leaf, answer, level, reasons, authorities, settled, rules)
    return _inchoate(category, found)


_WEIGHT: tuple[Weight, ...] = ("split", "persuasive", "binding", "text")


def _from_holding(leaf: Leaf, holding: Holding) -> LeafAnswer:
    level, settled = _leaf_level(holding.answer, holding.weight, exact=True)
    reasons = (holding.reason, holding.differs_because) if holding.differs_because else (holding.reason,)
    return LeafAnswer(leaf, holding.answer, level, reasons, holding.authorities, settled, ("holding",))


def _leaf_level(answer: Answer, weight: Weight, *, exact: bool) -> tuple[Level, bool]:
    """Return the level of a leaf alone and whether its answer is settled."""
    if answer == "unsettled" or weight == "split":
        return "possible", False
    settled = weight in ("text", "binding")
    if answer == "yes":
        return ("certain" if weight == "text" or (exact and settled) else "likely"), settled
    return ("none" if settled else "unlikely"), settled


def _inchoate(category: Category, found: LeafAnswer) -> LeafAnswer:
    """Apply the category's rule for attempts, conspiracies and solicitations to a completed-offense answer."""
    form = found.leaf.inchoate
    if form is None or found.answer != "yes":
        return found
    answer = category.inchoate.get(form, "unsettled")
    said = {
        "yes": "which the category reaches as it does the completed offense.",
        "no": "which the category does not reach.",
        "unsettled": "and whether the category reaches it is not settled on file.",
    }[answer]
    level: dict[Answer, Level | None] = {"yes": found.level, "no": "unlikely", "unsettled": "possible"}
    return replace(
        found,
        answer=answer,
        level=level[answer],
        reasons=(*found.reasons, f"The charge is {'an' if form == 'attempt' else 'a'} {form}, {said}"),
        authorities=(*found.authorities, *category.authorities),
        settled=found.settled and answer == "yes",
    )


def _means_level(answers: Sequence[LeafAnswer]) -> Level | None:
    """Combine leaves that are means of one element: the least conduct the words cover decides."""
    known = [a for a in answers if a.answer is not None]
    if not known:
        return None
    nos = [a for a in known if a.answer == "no"]
    if len(nos) == len(answers):
        return higher(a.level for a in nos if a.level)
    if any(a.settled for a in nos):
        return "unlikely"
    if len(known) < len(answers) or nos or any(a.answer == "unsettled" for a in known):
        return "possible"
    return lower(*(a.level for a in known if a.level))


def _elements_level(groups: Sequence[Group], silent: bool) -> tuple[Level | None, Level | None, str]:
    """Combine groups between which the record of conviction decides; return level, relief level and the reason."""
    levels = [g.level for g in groups]
    known = [level for level in levels if level is not None]
    if not known:
        return None, None, ""
    top, bottom = higher(known), lower(*known)
    if len(known) < len(levels):
        return (
            lower("possible", higher([top, "possible"])),
            "possible",
            ("Some of the alternatives are not analysed, so the answer cannot be better than possible."),
        )
    if top == bottom or rank(top) <= rank("unlikely") or rank(bottom) >= rank("likely"):
        same = bottom if rank(bottom) >= rank("likely") else top
        return same, same, ""
    if silent and flagged(top):
        against_government: Level = "unlikely" if bottom == "none" else "possible"
        return (
            against_government,
            "likely",
            (
                "The alternatives differ and the record is said to name none of them: the government cannot show the "
                "matching one, but a person who applies for relief cannot rule it out (Pereida v. Wilkinson)."
            ),
        )
    return (
        "possible",
        "possible",
        (
            "The alternatives are separate elements and they differ, so the record of conviction decides; until it is "
            "made the answer is possible."
        ),
    )


def _not_extreme(level: Level) -> Level:
    return {"certain": "likely", "none": "unlikely"}.get(level, level)  # type: ignore[return-value]


def _explain(groups: Sequence[Group]) -> list[str]:
    """Return one sentence for each distinct answer, naming the alternatives it holds for where they differ."""
    answers = [a for g in groups for a in g.answers]
    clusters: dict[tuple[object, ...], list[LeafAnswer]] = {}
    for a in answers:
        clusters.setdefault((a.answer, a.level, a.reasons), []).append(a)
    telling = _telling_dimensions(list(clusters.values()))
    lines = []
    for members in clusters.values():
        where = _where(members, telling) if len(clusters) > 1 else ""
        word = _SAID[members[0].answer]
        lead = f"{where}: {word}. " if where else f"{word[0].upper()}{word[1:]}. "
        lines.append(lead + " ".join(members[0].reasons))
    mixed = {a.answer for a in answers}
    if len(groups) == 1 and len(mixed) > 1:
        nos = [a for a in answers if a.answer == "no"]
        if any(a.settled for a in nos):
            lines.append(
                "These are means of one element, so the least conduct covered decides for the whole statute "
                "(overbroad and indivisible)."
            )
        elif nos:
            lines.append(
                "These are means of one element; the statute is broader than the category only if the contrary "
                "authority is followed, so the answer stays open."
            )
    return lines


_SAID: dict[Answer | None, str] = {
    "yes": "it matches",
    "no": "it does not match",
    "unsettled": "it is unsettled",
    None: "not analysed",
}


def _telling_dimensions(clusters: list[list[LeafAnswer]]) -> list[str]:
    """Return the dimensions whose values differ between clusters."""
    names = {name for c in clusters for a in c for name in a.leaf.values}
    spread = {name: {frozenset(a.leaf.values.get(name, "") for a in c) for c in clusters} for name in sorted(names)}
    return [name for name, sets in spread.items() if len(sets) > 1]


def _where(members: list[LeafAnswer], telling: list[str]) -> str:
    parts = []
    for name in telling:
        values = list(dict.fromkeys(a.leaf.values.get(name, "") for a in members))
        words = [v.replace("-", " ") for v in values if v]
        if words:
            parts.append(f"{name.replace('_', ' ')} {' or '.join(words)}")
    if not parts:
        ways = list(dict.fromkeys(a.leaf.way.replace("-", " ") for a in members))
        parts = [" or ".join(ways)]
    return "For " + ", ".join(parts)
