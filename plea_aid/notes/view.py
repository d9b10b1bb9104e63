"""A note's data in words and reading order: what the templates set, and nothing they need not know.

The three profiles are built from allow-lists. The comparison sheet is given no factor, gate, decision, review or
reason at all, so no template can print one by mistake.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from plea_aid.notes.content import (
    Accountability,
    Authority,
    Finding,
    Level,
    NoteData,
    OptionCount,
    OptionNote,
)
from plea_aid.notes.overview import KIND_ORDER, LEVEL_ORDER, overview
from plea_aid.notes.printable import Tree

View: TypeAlias = dict[str, Any]

COLUMNS = 4  # options side by side on letter paper before a table is continued in another
NOT_STATED = "–"
TITLES = {
    "internal": "Plea case note",
    "supervisor": "Plea case note: summary for the supervising attorney",
    "comparison": "Plea options compared: discussion sheet",
}


def day(date: dt.date) -> str:
    """A date as Americans write it in a letter: May 2, 2026."""
    return f"{date:%B} {date.day}, {date.year}"


def days(number: int | None) -> str:
    """A number of days in words; a dash where it is not stated."""
    if number is None:
        return NOT_STATED
    return f"{number:,} day" if number == 1 else f"{number:,} days"


def dollars(amount: float | None) -> str:
    """An amount of dollars, cents only where there are some; a dash where it is not stated."""
    if amount is None:
        return NOT_STATED
    return f"${amount:,.0f}" if amount == int(amount) else f"${amount:,.2f}"


def number_or_dash(number: int | None) -> str:
    return NOT_STATED if number is None else f"{number:,}"


def paragraphs(text: str) -> list[Tree]:
    """The paragraphs of a free text, empty lines dropped."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def view(data: NoteData) -> View:
    """The words of the document that `data.profile` asks for, as a JSON tree."""
    shared: View = _frame(data) | {
        "facts": _facts(data),
        "policy": {"in_force": data.policy.section_5_in_force, "words": _policy_words(data)},
        "levels": [{"level": level, "meaning": data.level_meanings.get(level, "")} for level in LEVEL_ORDER],
        "counts": [
            [str(count.number), count.title, count.cite, days(count.maximum_days)] for count in data.counts
        ],
        "terms": [row for number, option in enumerate(data.options, 1) for row in _terms(number, option)],
        "overview": overview(data, columns=COLUMNS),
        "equivalence": _equivalence(data.accountability),
    }
    if data.profile == "comparison":
        return shared | {"grounds": _grounds(data)}
    findings = _options(data)
    return shared | {
        "options": findings,
        "warnings": _warnings(data),
        "factors": [
            {"cells": [f"{place}. {factor.name}", factor.state, factor.points, factor.weight],
             "rationale": paragraphs(factor.rationale)}
            for place, factor in enumerate(data.factors, 1)
        ],
        "gates": [[f"{place}. {gate.name}", gate.state, gate.detail] for place, gate in enumerate(data.gates, 1)],
        "decision": None if data.decision is None else {
            "option": data.decision.chosen_option,
            "agreement": data.decision.agreement_type,
            "rationale": paragraphs(data.decision.rationale),
        },
        "review": None if data.review is None else {
            "state": data.review.state,
            "events": [
                [_moment(event.at), event.action, f"{event.by_name}, {event.by_role}", event.reasons]
                for event in data.review.events
            ],
        },
        "authorities": _authorities(data),
        "unverified": list(data.unverified),
    }  # fmt: skip


def _frame(data: NoteData) -> View:
    """What stands outside the text: title, date of the document, running lines."""
    made = data.prepared_on or data.law.as_of
    title = TITLES[data.profile]
    version = data.law.version if len(data.law.version) <= 28 else data.law.version[:12] + "…"
    return {
        "profile": data.profile,
        "title": title,
        "document_title": f"{title}, {data.cause_number}" if data.cause_number else title,
        "office": data.office,
        "date": [made.year, made.month, made.day],
        "running": data.cause_number or "No cause number",
        "law_line": f"Law version {version}, as of {day(data.law.as_of)}",
    }


def _facts(data: NoteData) -> list[Tree]:
    """The title block: label and value, only those that are known."""
    full = data.profile != "comparison"
    law = f"{data.law.version}, as of {day(data.law.as_of)}"
    rows: list[tuple[str, str]] = [
        ("Cause number", data.cause_number),
        ("Prepared on", day(data.prepared_on) if data.prepared_on else ""),
        *((item.label, day(item.on)) for item in data.dates),
        ("Stage", data.stage),
        ("Review", (data.review.state if data.review else "not part of a reviewed analysis") if full else ""),
        ("Option chosen", data.decision.chosen_option if full and data.decision else ""),
        ("Analysis version", str(data.analysis_version) if data.analysis_version is not None else ""),
        ("Law version", f"{law} ({data.law.review})" if data.law.review else law),
        ("Program version", data.program_version),
    ]
    return [[label, value] for label, value in rows if value]


def _policy_words(data: NoteData) -> str:
    """The policy's state in a sentence or two, the caller's own words last."""
    policy = data.policy
    state = "in force" if policy.section_5_in_force else "not in force"
    since = f" since {day(policy.since)}" if policy.since else ""
    return " ".join(filter(None, (f"{policy.resolution_title}. Section 5 is {state}{since}.", policy.sentence)))


def _terms(number: int, option: OptionNote) -> list[Tree]:
    """One row a count: how it ends under the option."""
    return [
        [
            f"{number}. {option.name}",
            str(count.number),
            _offense(count),
            count.disposition,
            days(count.jail_days),
            days(count.suspended_days),
            dollars(count.fine_dollars),
            days(count.served_days),
        ]
        for count in option.counts
    ]


def _offense(count: OptionCount) -> str:
    words = ", ".join(filter(None, (count.offense, count.cite)))
    return f"{words} (amended)" if count.amended else words


def _options(data: NoteData) -> list[Tree]:
    """The findings of every option, strongest first; one that an earlier option explains in full points there."""
    explained: dict[tuple[object, ...], str] = {}
    every_posture = {posture for group in data.posture_groups for posture in group.postures}
    options: list[Tree] = []
    for number, option in enumerate(data.options, 1):
        rows: list[Tree] = []
        for place, finding in enumerate(strongest_first(option.findings), 1):
            label = f"{number}.{place}"
            body = (finding.ground, finding.because, finding.authorities, finding.avoided_by)
            said = explained.setdefault(body, label)
            rows.append(_finding(finding, label, "" if said == label else said, every_posture, data.kind_names))
        options.append({
            "name": f"Option {number}. {option.name}",
            "analysed": option.analysed,
            "tally": _tally(option.findings),
            "findings": rows,
            "warnings": list(option.warnings),
        })  # fmt: skip
    return options


def strongest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by level, then by kind, else as they came."""
    def place(finding: Finding) -> tuple[int, int]:
        kind = KIND_ORDER.index(finding.kind) if finding.kind in KIND_ORDER else len(KIND_ORDER)
        return LEVEL_ORDER.index(finding.level), kind

    return sorted(findings, key=place)


def _finding(
    finding: Finding, label: str, same_as: str, every_posture: set[str], kinds: dict[str, str]
) -> View:
    postures = list(finding.postures)
    if len(every_posture) > 1 and every_posture <= set(postures):
        postures = [f"every posture analysed ({len(set(postures))})"]
    return {
        "label": label,
        "ground": finding.ground,
        "citation": finding.citation,
        "kind": kinds.get(finding.kind, finding.kind),
        "level": finding.level,
        "postures": ", ".join(postures),
        "counts": ", ".join(map(str, finding.counts)),
        "same_as": same_as,
        "because": list(finding.because),
        "authorities": [
            {"words": _authority_words(authority), "verified": authority.verified,
             "treatment": authority.treatment}
            for authority in finding.authorities
        ],
        "avoided_by": list(finding.avoided_by),
    }  # fmt: skip


def _authority_words(authority: Authority) -> str:
    return ", ".join(filter(None, (authority.name, authority.citation)))


def _tally(findings: tuple[Finding, ...]) -> str:
    """How many findings stand at each level, in words."""
    numbers = {level: sum(finding.level == level for finding in findings) for level in LEVEL_ORDER}
    return ", ".join(f"{number} {level.replace('-', ' ')}" for level, number in numbers.items() if number)


def _grounds(data: NoteData) -> list[Tree]:
    """For the discussion sheet: the flagged and open grounds of each option, by name, citation and level alone."""
    worth: tuple[Level, ...] = ("certain", "likely", "possible", "not-analysed")
    rows: list[Tree] = []
    for number, option in enumerate(data.options, 1):
        seen: set[tuple[str, str]] = set()
        for finding in strongest_first(option.findings):
            if finding.level in worth and (finding.ground, finding.level) not in seen:
                seen.add((finding.ground, finding.level))
                rows.append({
                    "option": f"{number}. {option.name}", "ground": finding.ground,
                    "citation": finding.citation, "level": finding.level,
                })  # fmt: skip
    return rows


def _warnings(data: NoteData) -> list[Tree]:
    of_options = [f"{option.name}: {warning}" for option in data.options for warning in option.warnings]
    return [*data.warnings, *of_options]


def _authorities(data: NoteData) -> list[Tree]:
    """The table of authorities, by name: where each is used, and whether anybody has read it at its source."""
    used: dict[tuple[str, str], tuple[list[Authority], list[str]]] = {}
    for number, option in enumerate(data.options, 1):
        for place, finding in enumerate(strongest_first(option.findings), 1):
            for authority in finding.authorities:
                entries, where = used.setdefault((authority.name, authority.citation), ([], []))
                entries.append(authority)
                if (label := f"{number}.{place}") not in where:
                    where.append(label)
    return [
        {
            "name": name,
            "citation": citation,
            "proposition": next((entry.proposition for entry in entries if entry.proposition), ""),
            "treatment": next((entry.treatment for entry in entries if entry.treatment), ""),
            "verified": all(entry.verified for entry in entries),
            "used": ", ".join(where),
        }
        for (name, citation), (entries, where) in sorted(used.items(), key=lambda item: item[0][0].casefold())
    ]


def _moment(at: dt.datetime | None) -> str:
    """A moment with its time zone, which an office in another zone needs to read it."""
    if at is None:
        return "date not stated"
    return " ".join(filter(None, (day(at.date()), f"{at:%H:%M}", at.tzname() or "")))


def _equivalence(vectors: tuple[Accountability, ...]) -> list[Tree]:
    """Baseline and options side by side, continued in another table after `COLUMNS` columns."""
    if not vectors:
        return []
    baseline = next((vector for vector in vectors if vector.is_baseline), None)
    others = [vector for vector in vectors if vector is not baseline]
    first = [baseline] if baseline else []
    room = COLUMNS - len(first)
    chunks = [others[at : at + room] for at in range(0, len(others), room)] or [[]]
    return [_side_by_side(baseline, [*first, *chunk]) for chunk in chunks]


_Measure: TypeAlias = tuple[str, Callable[[Accountability], float | None], Callable[[float], str]]
_MEASURES: tuple[_Measure, ...] = (
    ("Convictions", lambda vector: vector.convictions, lambda number: f"{number:,.0f}"),
    ("Custody ordered", lambda vector: vector.custody_days, lambda number: days(int(number))),
    ("Suspended time", lambda vector: vector.suspended_days, lambda number: days(int(number))),
    ("Fine", lambda vector: vector.fine_dollars, dollars),
    ("Supervision", lambda vector: vector.supervision_days, lambda number: days(int(number))),
)
_WORDS: tuple[tuple[str, Callable[[Accountability], str]], ...] = (
    ("Restitution", lambda vector: vector.restitution),
    ("Counts as a prior later", lambda vector: vector.later_enhancement),
)


def _side_by_side(baseline: Accountability | None, columns: list[Accountability]) -> View:
    rows: list[Tree] = []
    for label, measure, words in _MEASURES:
        at_base = measure(baseline) if baseline else None
        rows.append([label, *(_compared(measure(column), None if column is baseline else at_base, words)
                              for column in columns)])  # fmt: skip
    for label, text in _WORDS:
        rows.append([label, *(_said(text(column), baseline, text, column is baseline) for column in columns)])
    heads = [f"{column.option} (baseline)" if column is baseline else column.option for column in columns]
    return {"heads": list(heads), "rows": rows}


def _compared(value: float | None, base: float | None, words: Callable[[float], str]) -> View:
    """A figure, and beneath it how it differs from the baseline's."""
    if value is None:
        return {"value": "not stated", "against": ""}
    if base is None:
        return {"value": words(value), "against": ""}
    if value == base:
        return {"value": words(value), "against": "same as baseline"}
    return {"value": words(value), "against": f"{words(abs(value - base))} {'more' if value > base else 'less'}"}


def _said(
    value: str, baseline: Accountability | None, text: Callable[[Accountability], str], is_base: bool
) -> View:
    same = baseline is not None and not is_base and bool(value) and value == text(baseline)
    return {"value": value or "not stated", "against": "same as baseline" if same else ""}
