"""What changed between two states of a case, word by word: document, factors, gates, decision, analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plea_aid.analysis.comparison import word_runs

Content = Mapping[str, Any]
_PARTS = ("Charges", "Options", "Analysis", "Gates", "Factors", "Decision")
_NOT_SAID = ("by", "by_name", "at", "factor", "gate", "number", "signed_by", "signed_at", "name", "count")
_WORDS = {
    "nth": "offense number",
    "offense_date": "date of the offense",
    "plea_date": "date of the plea",
    "cause_number": "cause number",
    "hearing_date": "date of the hearing",
    "jail_days": "jail to serve, days",
    "suspended_days": "suspended, days",
    "served_days": "expected to be served, days",
    "supervision_days": "supervision, days",
    "sentence_days": "ordered, days",
    "same_scheme_as": "same scheme as count",
    "rationale": "reasons",
    "chosen_option": "option chosen",
    "change_explanation": "why it changed",
    "signed_by_name": "signed by",
    "points": "which way it points",
}


@dataclass(frozen=True)
class Change:
    """One thing that reads differently: where it stands, and its words kept (=), removed (-) and added (+)."""

    part: str
    where: str
    words: tuple[tuple[str, str], ...]


def changes(before: Content, after: Content) -> tuple[Change, ...]:
    """Return everything that reads differently, in the order of the walk; contents are as ``frozen`` writes them."""
    one, two = dict(_lines(before)), dict(_lines(after))
    keys = [*two, *(key for key in one if key not in two)]
    found = [
        Change(part, where, word_runs(one.get((part, where), ""), two.get((part, where), "")))
        for part, where in keys
        if one.get((part, where), "") != two.get((part, where), "")
    ]
    return tuple(sorted(found, key=lambda change: _PARTS.index(change.part)))


def _lines(content: Content) -> Iterator[tuple[tuple[str, str], str]]:
    document = content["document"]
    for key in ("cause_number", "offense_date", "plea_date"):
        yield ("Charges", _word(key).capitalize()), _text(document.get(key))
    yield ("Charges", "Date of the hearing"), _text(content.get("hearing_date"))
    for count in document.get("count", ()):
        yield ("Charges", f"Count {count['number']}"), _text(count)
    for place, prior in enumerate(document.get("prior", ()), 1):
        yield ("Charges", f"Earlier conviction {place}"), _text(prior)
    yield ("Options", "What a resolution must keep"), _text(document.get("plan"))
    for option in document.get("option", ()):
        for part in option.get("count", ()):
            yield ("Options", f"'{option['name']}', count {part['number']}"), _text(part) or "as charged"
    names = content.get("printed", {}).get("words", {}).get("grounds", {})
    for option in content["analysis"]["options"]:
        flags = dict.fromkeys(f["ground"] for f in option.get("findings", ()) if f.get("flag"))
        said = [names.get(ground, {}).get("name", ground) for ground in flags]
        yield ("Analysis", f"'{option['name']}', flagged"), "; ".join(said)
    for part, key in (("Gates", "gates"), ("Factors", "factors")):
        labels = {one["id"]: one["label"] for one in content["checklist"][key]}
        for id_, label in labels.items():
            for field, value in content[key].get(id_, {}).items():
                if field not in _NOT_SAID:
                    yield (part, f"{label}: {_word(field)}"), _text(value)
    for field in ("chosen_option", "rationale", "change_explanation", "signed_by_name"):
        yield ("Decision", _word(field).capitalize()), _text((content["decision"] or {}).get(field))


def _text(value: Any) -> str:
    """Return a value in words: what is empty says nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, Mapping):
        said = ((key, _text(one)) for key, one in value.items() if key not in ("number",))
        return "; ".join(f"{_word(str(key))}: {one}" for key, one in said if one)
    if isinstance(value, list):
        return " | ".join(_text(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _word(key: str) -> str:
    return _WORDS.get(key, key.replace("_", " "))
