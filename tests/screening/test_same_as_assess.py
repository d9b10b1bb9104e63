"""A docket's rows, put together by case, say exactly what ``assess`` says of each case."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from plea_aid.analysis.analyst import Analyst
from plea_aid.analysis.assess import OptionAnalysis, assess, situation_of
from plea_aid.analysis.case import Case, Disposition
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import CaseError
from plea_aid.analysis.findings import Finding, findings_of
from plea_aid.analysis.levels import flagged, rank
from plea_aid.analysis.limb import Situation
from plea_aid.law.load import load_law
from plea_aid.screening.answers import INCOMPLETE, Answer
from plea_aid.screening.columns import KNOWN, case_parts, readers
from plea_aid.screening.screen import Screening
from plea_aid.screening.sources import as_columns, as_frame

LAW = load_law()
DAY = date(2026, 11, 22)
DAYS_OF_PENALTIES = sorted(
    {d for o in LAW.offenses.values() for p in o.penalties for d in (p.from_, p.until) if d} | {date(2026, 3, 14)}
)
EDGES = sorted({max(0, n + by) for n in (0, 5, 30, 90, 180, 364, 365, 547, 1825) for by in (-1, 0, 1)})
READERS = readers()


def _sometimes(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), strategy)


def _days() -> st.SearchStrategy[str]:
    return st.sampled_from(EDGES).map(str)


# Pleas of guilt are drawn more often: only convictions of one case act on each other.
MANNERS = ["", *["guilty-plea"] * 8, *(d.value for d in Disposition)]
# Offenses that the tests across counts look at are drawn more often.
OFTEN = ["mt-45-5-206-1-a", "mt-45-6-301-1", "mt-61-8-1002-1-a", "mt-45-9-102", "mt-45-10-103", "mt-45-5-202"]
OFFENSES = [*(o for o in OFTEN if o in LAW.offenses), *LAW.offenses, *(o.cite for o in LAW.offenses.values())]
ODD = ["MCA 45-6-301", "45-5-206", "attempted MCA 45-6-301(1)", "conspiracy to commit 45-9-102", "MCA 1-2-3", "?"]


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, str]]:
    """Draw a docket: cases of one to five counts, their rows mixed, some rows with errors."""
    found = []
    for case in range(draw(st.integers(1, 4))):
        for number in range(1, draw(st.integers(1, 5)) + 1):
            bad = draw(st.integers(0, 19)) == 0
            on = draw(st.sampled_from(DAYS_OF_PENALTIES)) + timedelta(days=draw(st.integers(-1, 1)))
            jail = draw(st.one_of(st.just(""), _days()))
            found.append(
                {
                    "case_id": f"C{case}",
                    "count": str(number),
                    "offense": draw(st.sampled_from(ODD if bad else OFFENSES)),
                    "nth": draw(st.sampled_from(["", "1", "2", "3", "4", "21"] if bad else ["", "1", "2", "3", "4"])),
                    "offense_date": draw(st.sampled_from(["", on.isoformat()])),
                    "disposition": draw(st.sampled_from(MANNERS)),
                    "amended_offense": draw(st.one_of(st.just(""), st.just(""), st.sampled_from(OFFENSES))),
                    "jail_days": jail,
                    "suspended_days": draw(_sometimes(_days())),
                    "served_days": draw(st.sampled_from(["", "", jail, "0", "1", "90", "91", "180"])),
                    "fine": draw(st.sampled_from(["", "", "0", "500", "100000", "x"] if bad else ["", "0", "100"])),
                    "substance": draw(_sometimes(st.sampled_from(["marijuana", "Cocaine", "unspecified", "khat"]))),
                    "marijuana_grams": draw(_sometimes(st.sampled_from(["0", "29.9", "30", "30.1", "60"]))),
                    "loss": draw(_sometimes(st.sampled_from(["0", "9999.99", "10000", "10000.01", "250000"]))),
                    "victim": draw(_sometimes(st.sampled_from(["partner-or-family", "minor", "other", "unspecified"]))),
                }
            )
    return draw(st.permutations(found)) if draw(st.booleans()) else found


def screened(docket: list[dict[str, str]]) -> Screening:
    screening = Screening(LAW, DAY)
    frame = pd.DataFrame(docket, columns=list(KNOWN))
    middle = len(frame) // 2
    for block in (frame[:middle], frame[middle:]):
        screening.take(as_columns(block))
    screening.settle()
    return screening


def case_of(docket: list[dict[str, str]]) -> Case:
    """Return rows as a case file, by the case file's own grammar."""
    counts, parts = [], []
    for row in docket:
        values: dict[str, Any] = {name: READERS[name].value(row[name])[0] for name in READERS}
        count, part = case_parts({k: v for k, v in values.items() if v is not None})
        counts.append(count.model_dump(mode="json", exclude_defaults=True))
        parts.append(part.model_dump(mode="json"))
    document = {"plea_date": DAY.isoformat(), "count": counts, "option": [{"name": "docket", "count": parts}]}
    return validate_case(document)


def assessed(docket: list[dict[str, str]]) -> OptionAnalysis:
    return assess(case_of(docket), LAW).options[-1]


def levels(findings: tuple[Finding, ...]) -> dict[tuple[str, str], tuple[int, frozenset[int]]]:
    """Return rank and counts by ground and posture."""
    return {(f.ground, p): (rank(f.level), frozenset(f.counts)) for f in findings for p in f.postures}


def row_levels(answer: Answer) -> dict[tuple[str, str], int]:
    return {(f.ground, p): rank(f.level) for f in answer.findings for p in f.postures}


def reasons_of(findings: tuple[Finding, ...]) -> str:
    """Return the reasons of what the flag stands for, as a docket words them."""
    top = max((f.level for f in findings), key=rank, default="none")
    shown = [f for f in findings if f.level == top or (flagged(f.level) and flagged(top))]
    return " ".join(dict.fromkeys(s for f in shown for s in f.because))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(rows())
def test_rows_of_a_random_docket_say_what_assess_says(docket: list[dict[str, str]]) -> None:
    screening = screened(docket)
    table = as_frame(screening.columns(0, len(docket)))
    by_case: dict[str, list[int]] = {}
    for place, row in enumerate(docket):
        wrong = _wrong(row)
        assert bool(table["error"][place]) == bool(wrong), (row, wrong, table["error"][place])
        if wrong:
            assert table["flag"][place] == "not-analysed"
        else:
            by_case.setdefault(row["case_id"], []).append(place)
    for places in by_case.values():
        case = case_of([docket[p] for p in places])
        expected = assess(case, LAW).options[-1]
        answers = {p: a for p in places if (a := screening.answer(p))}
        assert list(answers) == places
        _same_findings(docket, places, expected, answers)
        for n, place in enumerate(places):
            said = table["because"][place].removeprefix(answers[place].lead).removesuffix(INCOMPLETE).strip()
            if len(places) == 1:
                assert said == reasons_of(expected.findings)
                continue
            beside = findings_beside(case, n)
            _as_beside(answers[place], beside, across=answers[place].together)
            known = _unnamed(" ".join(s for f in (*expected.findings, *beside) for s in f.because))
            for sentence in filter(None, _unnamed(said).rstrip(".").split(". ")):
                assert sentence in known, (sentence, known)


def findings_beside(case: Case, place: int) -> tuple[Finding, ...]:
    """Return what the engine finds in one count with the others of its case standing beside it, as priors do."""
    analyst = Analyst(LAW, DAY)
    outcomes = situation_of(case, case.option[0], analyst).outcomes
    others = [replace(o, number=None, scheme=f"beside {n}") if n != place else o for n, o in enumerate(outcomes)]
    return findings_of(Situation(analyst, tuple(others)))[0]


def _unnamed(text: str) -> str:
    """Return reasons without the names of counts: a count that stands beside is called a prior."""
    return re.sub(r"Count \d+ |The prior |, (None|\d{4}-\d\d-\d\d)(?=\))", "", text)


def _as_beside(answer: Answer, beside: tuple[Finding, ...], *, across: bool) -> None:
    """A row holds all that its count comes to beside the others, and nothing more unless counts are taken together."""
    got, wanted = row_levels(answer), {key: level for key, (level, _) in levels(beside).items()}
    assert all(got.get(key, 0) >= level for key, level in wanted.items())
    assert across or got == wanted


def _same_findings(
    docket: list[dict[str, str]], places: list[int], expected: OptionAnalysis, answers: dict[int, Answer]
) -> None:
    """A case comes to what its rows come to; the counts a finding rests on are among the rows of its level."""
    wanted = levels(expected.findings)
    got = {place: row_levels(answer) for place, answer in answers.items()}
    assert {key for found in got.values() for key in found} == set(wanted)
    for key, (level, counts) in wanted.items():
        reached = {place: found.get(key, 0) for place, found in got.items()}
        assert max(reached.values()) == level, (key, level, reached)
        assert counts <= {int(docket[p]["count"]) for p, lv in reached.items() if lv == level}, (key, level, reached)


def _wrong(row: dict[str, str]) -> str:
    for name, column in READERS.items():
        if column.value(row[name])[1]:
            return column.value(row[name])[1]
    try:
        assessed([row])
    except CaseError as fault:
        return str(fault)
    return ""
