"""The chart as a file: a tagged PDF to print, a CSV for a spreadsheet, JSON for another program."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from plea_aid.analysis.match import Match
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Ground, Offense
from plea_aid.notes.chart import (
    COLUMNS,
    Chart,
    Column,
    Flip,
    Reach,
    Row,
    chart_of,
    cimt_level,
    court_words,
    level_words,
    maximum_words,
    plain,
)
from plea_aid.notes.content import KIND_NAMES, LEVEL_MEANINGS, Level
from plea_aid.notes.render import render_template
from plea_aid.notes.view import LEGEND, counted
from plea_aid.notes.view import day as day_words

SUFFIXES = (".pdf", ".csv", ".json")


def chart_file(law: Law, day: date, suffix: str) -> bytes:
    """Return the chart as of ``day`` as the bytes of a file with ``suffix``; raise ValueError for any other suffix."""
    if suffix.lower() not in SUFFIXES:
        raise ValueError(
            f"a chart cannot be written as '{suffix or 'a file without a suffix'}'; accepted: .pdf .csv .json"
        )
    chart = chart_of(law, day)
    return {".pdf": chart_pdf, ".csv": chart_csv, ".json": chart_json}[suffix.lower()](chart)


def chart_json(chart: Chart) -> bytes:
    """Return the chart as one JSON document, every reason and authority in it."""
    law = chart.law
    document = {
        "law": {"version": law.version, "as_of": chart.day.isoformat()},
        "levels": LEVEL_MEANINGS,
        "offenses": [_row_json(chart, row) for row in chart.rows],
        "unreachable": [
            {"ground": g.id, "name": g.name, "citation": g.citation, "because": g.unreachable}
            for g in chart.unreachable
        ],
        "unreached": [{"ground": g.id, "name": g.name, "citation": g.citation} for g in chart.unreached],
        "grounds": {
            g.id: {"name": g.name, "citation": g.citation, "kind": g.kind, "authorities": list(g.authorities)}
            for g in law.grounds.values()
        },
        "authorities": {
            a: {
                "name": law.authorities[a].name,
                "citation": law.authorities[a].citation,
                "verified": law.authorities[a].verified,
                "treatment": law.authorities[a].treatment,
            }
            for a in _cited(chart)
        },
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _row_json(chart: Chart, row: Row) -> dict[str, Any]:
    o = row.offense
    grounds = chart.law.grounds
    return {
        "id": o.id,
        "cite": o.cite,
        "title": o.title,
        "jurisdiction": o.jurisdiction,
        "family": o.family,
        "grade": o.grade,
        "court": o.court,
        "in_force": o.in_force.model_dump(by_alias=True, mode="json"),
        "maximum": [p.model_dump(by_alias=True, mode="json") for p in row.penalties],
        "analysed_with_days": row.maximum_days,
        "cimt": cimt_level(row),
        **{
            column: [
                {"ground": r.ground, "nothing_ordered": r.bare, "most_ordered": r.most}
                for r in row.reaches
                if grounds[r.ground].kind in kinds
            ]
            for column, kinds in COLUMNS.items()
        },
        "categories": [{**m.as_json(), "turns_on_record": m.turns_on_record} for m in row.matches],
        "what_flips_it": [{"change": f.change, "avoids": list(f.avoids)} for f in row.flips],
        "no_plea_avoids": list(row.incurable),
        "authorities": list(row.authorities),
        "confidence": o.confidence,
        "unverified": list(o.unverified),
        "edition": o.edition,
        "checked": o.checked.isoformat(),
        "review": o.review.state,
    }


CSV_HEADS = (
    "citation", "title", "grade and court", "maximum by offense number", "aggravated felony", "CIMT",
    "other deportability", "inadmissibility", "relief and detention", "why", "what flips it", "authorities",
    "confidence", "not verified", "checked", "review", "law version", "as of",
)  # fmt: skip


def chart_csv(chart: Chart) -> bytes:
    """Return the chart as CSV with a byte order mark; no cell can be taken for a formula by a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_HEADS)
    for row in chart.rows:
        writer.writerow([formula_safe(cell) for cell in _csv_row(chart, row)])
    return text.getvalue().encode("utf-8-sig")


def formula_safe(cell: str) -> str:
    """Return the cell so that a spreadsheet shows it: what begins like a formula gets a leading apostrophe."""
    return f"'{cell}" if cell.lstrip()[:1] in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r") else cell


def _csv_row(chart: Chart, row: Row) -> list[str]:
    law, o = chart.law, row.offense
    told = [
        "\n".join(
            f"{law.grounds[r.ground].name}: {level_words(r, row.maximum_days)}"
            for r in row.reaches
            if law.grounds[r.ground].kind in kinds
        )
        for kinds in COLUMNS.values()
    ]
    felony, others = told[0], told[1:]
    return [
        o.cite,
        o.title,
        court_words(o),
        "\n".join(maximum_words(row)),
        felony or "none",
        plain(cimt_level(row)),
        *(cell or "none" for cell in others),
        "\n".join(_why(law, m) for m in row.telling),
        "\n".join([*(_flip_words(f) for f in row.flips), *_incurable_words(law, row)]),
        "\n".join(_authority_words(law, a) for a in row.authorities),
        o.confidence,
        "\n".join(o.unverified),
        o.checked.isoformat(),
        o.review.state,
        law.version,
        chart.day.isoformat(),
    ]


def _why(law: Law, match: Match) -> str:
    return f"{law.categories[match.category].name} ({plain(match.level or 'not-analysed')}): {' '.join(match.because)}"


def _flip_words(flip: Flip) -> str:
    return f"{flip.change} (for: {', '.join(flip.avoids)})"


def _incurable_words(law: Law, row: Row) -> list[str]:
    return [f"No change to the plea avoids: {law.grounds[g].name}" for g in row.incurable]


def _authority_words(law: Law, authority: str) -> str:
    a = law.authorities[authority]
    return f"{a.name}, {a.citation}{'' if a.verified else ' [not verified]'}"


def _cited(chart: Chart) -> list[str]:
    """Return every authority of the chart by id: the rows' in order, then the grounds'."""
    rows = [a for row in chart.rows for a in row.authorities]
    return list(dict.fromkeys([*rows, *(a for g in _shown_grounds(chart) for a in g.authorities)]))


def _shown_grounds(chart: Chart) -> list[Ground]:
    reached = {r.ground for row in chart.rows for r in row.reaches}
    return [g for g in chart.law.grounds.values() if g.id in reached]


def chart_pdf(chart: Chart) -> bytes:
    """Return the chart as a tagged PDF (PDF/UA-1), landscape; the same law and day give the same bytes.

    Raise NoteError when the document cannot be set.
    """
    return render_template("chart.typ", _view(chart))


def _view(chart: Chart) -> dict[str, Any]:
    """The words of the PDF in reading order. Authorities and unverified statements are numbered, told in full once."""
    law = chart.law
    numbers = {a: n for n, a in enumerate(_cited(chart), start=1)}
    remarks = {s: n for n, s in enumerate(dict.fromkeys(s for r in chart.rows for s in r.offense.unverified), start=1)}
    title = "Immigration consequences of Montana and Helena offenses"
    return {
        "document_title": f"{title}, as of {day_words(chart.day)}",
        "title": title,
        "running": f"As of {day_words(chart.day)}",
        "law_line": f"Law {law.version}",
        "office": "",
        "date": [chart.day.year, chart.day.month, chart.day.day],
        "facts": [
            ["As of", day_words(chart.day)],
            ["Law version", law.version],
            ["Offenses", f"{len(chart.rows)}"],
            ["Signed off by an attorney", _signed_off(chart)],
        ],
        "levels": [{"level": level, "meaning": LEVEL_MEANINGS[level]} for level in LEGEND],
        "common": [
            {
                **_reach_view(law, c.reach, 0, short=False),
                "exceptions": ", ".join(c.exceptions),
            }
            for c in chart.common
        ],
        "common_flips": [_flip_words(f) for f in chart.common_flips],
        "parts": [
            {"heading": heading, "rows": [_row_view(chart, row, numbers, remarks) for row in rows]}
            for heading, rows in _parts(chart.rows)
        ],
        "grounds": [
            [g.name, g.citation, KIND_NAMES[g.kind], _numbers(law, g.authorities, numbers)]
            for g in _shown_grounds(chart)
        ],
        "unreached": [[g.name, g.citation, g.says] for g in chart.unreached],
        "unreachable": [[g.name, g.citation, g.unreachable] for g in chart.unreachable],
        "unverified": list(remarks),
        "authorities": [_authority_row(law, a) for a in numbers],
    }


def _signed_off(chart: Chart) -> str:
    done = sum(row.offense.review.state == "attorney-reviewed" for row in chart.rows)
    return f"{done} of {len(chart.rows)}" if done else "none yet: every entry is a draft"


def _parts(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """Group rows by title and chapter of the code, or by the code they stand in."""
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(_part(row.offense), []).append(row)
    return list(parts.items())


def _part(offense: Offense) -> str:
    section = re.match(r"MCA (\d+)-(\d+)-", offense.cite)
    if section:
        return f"Montana Code, title {section[1]}, chapter {section[2]}"
    return "Helena City Code" if offense.jurisdiction == "helena" else f"Other: {offense.jurisdiction}"


def _row_view(chart: Chart, row: Row, numbers: dict[str, int], remarks: dict[str, int]) -> dict[str, Any]:
    law, o = chart.law, row.offense
    told = {c.reach.ground for c in chart.common}
    record = any(m.turns_on_record and m.category == "cimt" for m in row.matches)
    return {
        "cite": o.cite,
        "title": o.title,
        "court": "; ".join([court_words(o), *_in_force_words(o)]),
        "maximum": list(maximum_words(row)),
        "cimt": cimt_level(row),
        "cimt_note": "turns on the record" if record else "",
        **{column: _cell(chart, row, column) for column in COLUMNS},
        "why": [
            {
                "name": law.categories[m.category].name,
                "level": m.level or "not-analysed",
                "because": " ".join(m.because),
            }
            for m in row.telling
        ],
        "flips": [{"change": f.change, "avoids": ", ".join(f.avoids)} for f in chart.own_flips(row)],
        "incurable": "; ".join(_short(law, g) for g in row.incurable if g not in told),
        "shares_flips": chart.shares_flips(row),
        "authorities": _numbers(law, row.authorities, numbers),
        "confidence": o.confidence,
        "unverified": ", ".join(str(remarks[s]) for s in dict.fromkeys(o.unverified)),
    }


def _in_force_words(offense: Offense) -> list[str]:
    dated = offense.in_force
    said = [f"in force from {day_words(dated.from_)}"] if dated.from_ else []
    return [*said, *([f"until {day_words(dated.until)}"] if dated.until else [])]


def _cell(chart: Chart, row: Row, column: Column) -> list[dict[str, Any]]:
    """The grounds of a cell, those with the same pair of levels together."""
    together: dict[tuple[Level, Level], list[dict[str, Any]]] = {}
    for reach in chart.column(row, column):
        together.setdefault((reach.bare, reach.most), []).append(_reach_view(chart.law, reach, row.maximum_days))
    return [{**group[0], "names": "; ".join(r["name"] for r in group)} for group in together.values()]


def _reach_view(law: Law, reach: Reach, maximum_days: int, *, short: bool = True) -> dict[str, Any]:
    return {
        "name": _short(law, reach.ground) if short else law.grounds[reach.ground].name,
        "bare": reach.bare,
        "most": reach.most,
        "with": counted(maximum_days, "day"),
    }


def _short(law: Law, ground: str) -> str:
    """The name of a ground without the kind that the column's head already says."""
    return re.sub(r"^(Aggravated felony|Deportable|Inadmissible): ", "", law.grounds[ground].name)


def _numbers(law: Law, authorities: Iterable[str], numbers: dict[str, int]) -> str:
    """The authorities by number, those that are not verified with an asterisk."""
    return ", ".join(f"{numbers[a]}{'' if law.authorities[a].verified else '*'}" for a in dict.fromkeys(authorities))


def _authority_row(law: Law, authority: str) -> list[str]:
    a = law.authorities[authority]
    return [f"{a.name}, {a.citation}", a.treatment.split(":")[0], "yes" if a.verified else "not verified"]
