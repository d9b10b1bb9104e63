"""What the catalogue covers, counted from the data: nothing absent in silence, nothing claimed that is not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from plea_aid.analysis.evaluate import evaluate, parse_entries
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Ground
from plea_aid.law.words import markdown_table

_KINDS = {
    "aggravated-felony": "aggravated felony",
    "deportability": "deportability",
    "inadmissibility": "inadmissibility",
    "relief-bar": "bar to relief",
    "gmc": "good moral character",
    "detention": "detention",
    "benefit": "benefit",
}


def coverage(law: Law) -> dict[str, Any]:
    """Return every count as plain data, as of the newest day on which an offense of the catalogue was checked.

    Counts are of records; ``evaluation`` says how many published outcomes of each table the engine agrees with.
    Raise CaseError when an evaluation table is not accepted.
    """
    day = max((o.checked for o in law.offenses.values()), default=date.min)
    offenses = list(law.offenses.values())
    return {
        "as_of": day.isoformat(),
        "offenses": _offenses(law),
        "ways": sum(len(o.ways) for o in offenses),
        "penalties": sum(len(o.penalties) for o in offenses),
        "offenses_with_unverified_statements": sum(bool(o.unverified) for o in offenses),
        "offenses_signed_off": sum(o.review.state == "attorney-reviewed" for o in offenses),
        "categories": len(law.categories),
        "rules": sum(len(c.rules) for c in law.categories.values()),
        "grounds": _grounds(law.grounds.values()),
        "unreachable": [
            {"ground": g.id, "name": g.name, "citation": g.citation, "because": g.unreachable}
            for g in law.grounds.values()
            if g.unreachable
        ],
        "postures": len(law.postures),
        "dispositions": len(law.dispositions),
        "definitions": len(law.definitions),
        "authorities": _authorities(law),
        "evaluation": [_agreement(path, law, day) for path in sorted((law.folder / "evaluation").glob("*.toml"))],
    }


def _offenses(law: Law) -> list[dict[str, Any]]:
    counted = Counter((o.jurisdiction, o.grade, o.court) for o in law.offenses.values())
    return [
        {"jurisdiction": j, "grade": g, "court": c, "offenses": n}
        for (j, g, c), n in sorted(counted.items(), key=lambda item: item[0])
    ]


def _grounds(grounds: Iterable[Ground]) -> list[dict[str, Any]]:
    found = list(grounds)
    return [
        {
            "kind": kind,
            "grounds": sum(g.kind == kind for g in found),
            "tested": sum(g.kind == kind and not g.unreachable for g in found),
            "unreachable": sum(g.kind == kind and bool(g.unreachable) for g in found),
        }
        for kind in _KINDS
    ]


def _authorities(law: Law) -> dict[str, int]:
    verified = sum(a.verified for a in law.authorities.values())
    return {"verified": verified, "not_verified": len(law.authorities) - verified}


def _agreement(path: Path, law: Law, day: date) -> dict[str, Any]:
    result = evaluate(parse_entries(path.read_text(encoding="utf-8")), law, day)
    return {
        "table": path.name,
        "entries": len(result.verdicts),
        "agreeing": result.agreeing,
        "named_disagreements": len(result.disagreements),
        "not_expressible": len(result.skipped),
    }


def coverage_markdown(counts: dict[str, Any]) -> str:
    """Return the counts of ``coverage`` as Markdown tables."""
    courts = {"municipal": "city court", "outside": "outside the city court", "unverified": "jurisdiction not verified"}
    places = {"montana": "Montana", "helena": "Helena"}
    offenses = [
        (places.get(r["jurisdiction"], r["jurisdiction"]), r["grade"], courts[r["court"]], r["offenses"])
        for r in counts["offenses"]
    ]
    total = sum(r["offenses"] for r in counts["offenses"])
    authorities = counts["authorities"]
    rows = [
        ("offenses (a subsection with its own elements counts as one)", total),
        ("ways of committing them", counts["ways"]),
        ("penalty tiers", counts["penalties"]),
        ("offenses with a statement that is not verified", counts["offenses_with_unverified_statements"]),
        ("offenses signed off by an attorney", counts["offenses_signed_off"]),
        ("federal categories", counts["categories"]),
        ("doctrine rules", counts["rules"]),
        ("postures", counts["postures"]),
        ("dispositions", counts["dispositions"]),
        ("definitions", counts["definitions"]),
        ("authorities, verified at a source", authorities["verified"]),
        ("authorities, not verified", authorities["not_verified"]),
    ]
    grounds = [(_KINDS[r["kind"]], r["tested"], r["unreachable"]) for r in counts["grounds"]]
    grounds.append(("all", sum(g[1] for g in grounds), sum(g[2] for g in grounds)))
    tables = [
        (f"{r['agreeing']} of {r['entries']} ({_percent(r['agreeing'], r['entries'])})", r)
        for r in counts["evaluation"]
    ]
    return "\n\n".join(
        [
            f"As of {counts['as_of']}, counted from `data/`.",
            markdown_table(("what", "how many"), rows),
            markdown_table(("jurisdiction", "grade", "court", "offenses"), offenses),
            markdown_table(
                ("kind of ground", "with a test an offense is put to", "that no offense here can reach"), grounds
            ),
            markdown_table(
                ("published outcomes", "agreement", "disagreements, each named", "not expressible as elements"),
                [(f"`{r['table']}`", words, r["named_disagreements"], r["not_expressible"]) for words, r in tables],
            ),
        ]
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "no entry"


def unreachable_markdown(counts: dict[str, Any]) -> str:
    """Return the grounds that no offense of the catalogue can reach, each with the reason, as Markdown."""
    rows = [(g["name"], g["citation"], g["because"]) for g in counts["unreachable"]]
    return markdown_table(("ground that no offense here can reach", "citation", "because"), rows)
