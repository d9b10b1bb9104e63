"""A note's data in words and reading order: what the templates set, and nothing they need not know.

The three profiles are built from allow-lists. The comparison sheet is given no factor, gate, decision, review or
reason at all, so no template can print one by mistake.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeAlias

from plea_aid.notes.content import (
    Accountability,
    Level,
    NoteData,
    OptionCount,
    OptionNote,
)
from plea_aid.notes.explain import explained_options, table_of_authorities, tallied_options
from plea_aid.notes.figures import balance_figure, heatmaps, weight_plot
from plea_aid.notes.overview import by_ground, by_kind, by_posture, numbered, shortened
from plea_aid.notes.printable import Tree

View: TypeAlias = dict[str, Any]

COLUMNS = 4  # options side by side on letter paper before a table is continued in another
NOT_STATED = "–"
LEGEND: tuple[Level, ...] = ("certain", "likely", "possible", "unlikely", "none", "not-analysed")
MONTHS = (  # spelled here: strftime would follow the machine's language, and the page must not
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
TITLES = {
    "internal": "Plea case note",
    "supervisor": "Plea case note: summary for the supervising attorney",
    "comparison": "Plea options compared: discussion sheet",
}


def day(date: dt.date) -> str:
    """A date as Americans write it in a letter: May 2, 2026."""
    return f"{MONTHS[date.month - 1]} {date.day}, {date.year}"


def days(number: int | None) -> str:
    """A number of days in words; a dash where it is not stated."""
    if number is None:
        return NOT_STATED
    return counted(number, "day")


def dollars(amount: float | None) -> str:
    """An amount of dollars, cents only where there are some; a dash where it is not stated."""
    if amount is None:
        return NOT_STATED
    return f"${amount:,.0f}" if amount == int(amount) else f"${amount:,.2f}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: '1 warning', '2 warnings'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def paragraphs(text: str) -> list[Tree]:
    """The paragraphs of a free text, empty lines dropped."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def view(data: NoteData) -> View:
    """The words of the document that `data.profile` asks for, as a JSON tree."""
    shared: View = _frame(data) | {
        "facts": _facts(data),
        "policy": {"in_force": data.policy.section_5_in_force, "words": _policy_words(data)},
        "levels": [{"level": level, "meaning": data.level_meanings.get(level, "")} for level in LEGEND],
        "counts": [[str(count.number), count.title, count.cite, days(count.maximum_days)] for count in data.counts],
        "terms": [_terms(number, option) for number, option in enumerate(data.options, 1) if option.counts],
        "overview": by_posture(data, COLUMNS),
        "equivalence": _equivalence(data),
    }
    authorities = table_of_authorities(data)
    unread = sum(not item["verified"] for item in authorities)
    if unread:
        shared["unread"] = _unread_words(unread, len(authorities))
    if data.profile == "comparison":
        grounds, flagged = by_ground(data, COLUMNS, labelled=False), by_ground(data, 8, labelled=False, flagged=True)
        return shared | {"grounds": grounds, "flagged": flagged}
    shared |= {"heatmaps": heatmaps(shared["overview"]), "plot": weight_plot(data)}
    if data.profile == "supervisor":
        shared["tallies"] = tallied_options(data)
    else:
        shared["kinds"] = by_kind(data, COLUMNS)
        shared["options"] = explained_options(data)
    warnings = _warnings(data)
    return shared | {
        "grounds": by_ground(data, COLUMNS, labelled=True),
        "warnings": warnings,
        "unverified": list(data.unverified),
        "open_points": " and ".join(filter(None, (
            counted(len(warnings), "warning") if warnings else "",
            counted(len(data.unverified), "unverified item") if data.unverified else "",
        ))),
        "balance": balance_figure(data),
        "factors": [
            {
                "name": f"{place}. {factor.name}",
                "state": factor.state,
                "points": factor.points,
                "weight": factor.weight,
                "rationale": paragraphs(factor.rationale),
            }
            for place, factor in enumerate(data.factors, 1)
        ],
        "gates": [
            {"name": f"{place}. {gate.name}", "state": gate.state, "detail": paragraphs(gate.detail)}
            for place, gate in enumerate(data.gates, 1)
        ],
        "decision": None if data.decision is None else {
            "option": data.decision.chosen_option,
            "agreement": data.decision.agreement_type,
            "rationale": paragraphs(data.decision.rationale),
        },
        "review": None if data.review is None else {
            "state": data.review.state,
            "because": list(data.review.because),
            "events": [
                [_moment(event.at), event.action, f"{event.by_name}, {event.by_role}", event.reasons]
                for event in data.review.events
            ],
        },
        "authorities": authorities,
    }  # fmt: skip


def _frame(data: NoteData) -> View:
    """What stands outside the text: title, date of the document, running lines."""
    made = data.prepared_on or data.law.as_of
    title = TITLES[data.profile]
    return {
        "profile": data.profile,
        "title": title,
        "document_title": f"{title}, {data.cause_number}" if data.cause_number else title,
        "office": data.office,
        "date": [made.year, made.month, made.day],
        "running": shortened(data.cause_number, 28) or "No cause number",
        "law_line": f"Law version {shortened(data.law.version, 28)}, as of {day(data.law.as_of)}",
    }


def _facts(data: NoteData) -> list[Tree]:
    """The title block: label and value, only those that are known."""
    full = data.profile != "comparison"
    law = f"{data.law.version}, as of {day(data.law.as_of)}"
    rows: list[tuple[str, str]] = [
        ("Cause number", data.cause_number),
        ("Prepared on", day(data.prepared_on) if data.prepared_on else ""),
        *((item.label, day(item.on)) for item in data.dates),
        ("Stage", data.stage if full else ""),
        ("Review", (data.review.state if data.review else "not part of a reviewed analysis") if full else ""),
        ("Option chosen", data.decision.chosen_option if full and data.decision else ""),
        ("Analysis version", str(data.analysis_version) if full and data.analysis_version is not None else ""),
        ("Law version", f"{law} ({data.law.review})" if data.law.review else law),
        ("Program version", data.program_version),
    ]
    return [[label, value] for label, value in rows if value]


def _policy_words(data: NoteData) -> str:
    """The policy's state: the caller's sentence where it names the resolution itself, else composed around it."""
    policy = data.policy
    if policy.resolution_title in policy.sentence:
        return policy.sentence
    state = "in force" if policy.section_5_in_force else "not in force"
    since = f" since {day(policy.since)}" if policy.since else ""
    return " ".join(filter(None, (f"{policy.resolution_title}. Section 5 is {state}{since}.", policy.sentence)))


def _terms(number: int, option: OptionNote) -> View:
    """How each count ends under the option; counts that all end alike, without a term, share one row."""
    ends = {count.disposition for count in option.counts}
    bare = all(
        not count.amended and (count.jail_days, count.suspended_days, count.fine_dollars) == (None, None, None)
        for count in option.counts
    )
    if bare and len(ends) == 1 and len(option.counts) > 1:
        numbers = ", ".join(str(count.number) for count in option.counts)
        row = {"count": numbers, "offense": "as charged", "cite": "", "terms": [*ends, *[NOT_STATED] * 4]}
        return {"option": numbered(number, option.name), "rows": [row]}
    return {"option": numbered(number, option.name), "rows": [_term(count) for count in option.counts]}


def _term(count: OptionCount) -> View:
    return {
        "count": str(count.number),
        "offense": f"{count.offense} (amended)" if count.amended else count.offense,
        "cite": count.cite,
        "terms": [
            count.disposition,
            days(count.jail_days),
            days(count.suspended_days),
            dollars(count.fine_dollars),
            days(count.served_days),
        ],
    }


def _warnings(data: NoteData) -> list[Tree]:
    of_options = [f"{option.name}: {warning}" for option in data.options for warning in option.warnings]
    return [*data.warnings, *of_options]


def _unread_words(unread: int, cited: int) -> str:
    rest = "has not been read at its source" if unread == 1 else "have not been read at their sources"
    return f"{unread} of {counted(cited, 'authority', 'authorities')} {rest}"


def _moment(at: dt.datetime | None) -> str:
    """A moment with its time zone, which an office in another zone needs to read it."""
    if at is None:
        return "date not stated"
    return " ".join(filter(None, (day(at.date()), f"{at:%H:%M}", at.tzname() or "")))


def _equivalence(data: NoteData) -> list[Tree]:
    """Baseline and options side by side, continued in another table after `COLUMNS` columns."""
    vectors = data.accountability
    if not vectors:
        return []
    baseline = next((vector for vector in vectors if vector.is_baseline), None)
    others = [vector for vector in vectors if vector is not baseline]
    first = [baseline] if baseline else []
    room = COLUMNS - len(first)
    chunks = [others[at : at + room] for at in range(0, len(others), room)] or [[]]
    numbers = {option.name: number for number, option in reversed(list(enumerate(data.options, 1)))}
    return [_side_by_side(baseline, [*first, *chunk], numbers) for chunk in chunks]


_Measure: TypeAlias = tuple[str, Callable[[Accountability], float | None], Callable[[float], str]]
_MEASURES: tuple[_Measure, ...] = (
    ("Convictions under Montana law", lambda vector: vector.convictions, lambda number: f"{number:,.0f}"),
    ("Jail to serve", lambda vector: vector.custody_days, lambda number: days(int(number))),
    ("Jail suspended", lambda vector: vector.suspended_days, lambda number: days(int(number))),
    ("Fine", lambda vector: vector.fine_dollars, dollars),
    ("Supervision", lambda vector: vector.supervision_days, lambda number: days(int(number))),
)
_WORDS: tuple[tuple[str, Callable[[Accountability], str]], ...] = (
    ("Convicted of", lambda vector: vector.label),
    ("Restitution", lambda vector: vector.restitution),
    ("Treatment ordered by law", lambda vector: vector.treatment_ordered),
    ("Treatment as a condition", lambda vector: vector.treatment_condition),
    ("Counts as a prior for", lambda vector: vector.later_enhancement),
    ("Firearms", lambda vector: vector.firearm),
)


def _side_by_side(baseline: Accountability | None, columns: list[Accountability], numbers: dict[str, int]) -> View:
    """One table: a row for each measure that is stated for some option, and the names of those that never are."""
    rows: list[Tree] = []
    silent: list[Tree] = []
    for label, measure, words in _MEASURES:
        at_base = measure(baseline) if baseline else None
        if all(measure(column) is None for column in columns):
            silent.append(label)
            continue
        cells = [_compared(measure(column), None if column is baseline else at_base, words) for column in columns]
        if label == "Supervision":
            cells = [_supervision(cell, column) for cell, column in zip(cells, columns, strict=True)]
        rows.append([label, *cells])
    for label, text in _WORDS:
        if not any(text(column) for column in columns):
            silent.append(label)
            continue
        rows.append([label, *(_said(text(column), baseline, text, column is baseline) for column in columns)])
    heads: list[Tree] = [
        (numbered(numbers[column.option], column.option) if column.option in numbers else column.option)
        + (" (baseline)" if column is baseline else "")
        for column in columns
    ]
    return {"heads": heads, "rows": rows, "silent": ", ".join(str(label).lower() for label in silent)}


def _compared(value: float | None, base: float | None, words: Callable[[float], str]) -> View:
    """A figure, and beneath it how it differs from the baseline's."""
    if value is None:
        return {"value": "not stated", "against": ""}
    if base is None:
        return {"value": words(value), "against": ""}
    if value == base:
        return {"value": words(value), "against": "same as baseline"}
    return {"value": words(value), "against": f"{words(abs(value - base))} {'more' if value > base else 'less'}"}


def _supervision(cell: View, vector: Accountability) -> View:
    """The cell, with a word where nobody stated the supervision and the most the law allows stands in for it."""
    return cell if vector.supervision_stated else {**cell, "value": f"{cell['value']}, the most the law allows"}


_LONG = 60
"""Characters of a text that is told once: where it is the baseline's, only that is said."""


def _said(value: str, baseline: Accountability | None, text: Callable[[Accountability], str], is_base: bool) -> View:
    same = baseline is not None and not is_base and bool(value) and value == text(baseline)
    if same and len(value) > _LONG:
        return {"value": "same as baseline", "against": ""}
    return {"value": value or "not stated", "against": "same as baseline" if same else ""}
