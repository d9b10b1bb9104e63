"""The law-impact run over a store of many analyses, as a ratio to assessing every one of them in full under both laws.

    python tests/benchmarks/impact.py [--analyses 100000] [--sample 200] [--unlike] [--json]

A store of fictional submitted analyses is made (1 to 3 counts, 1 to 3 options, priors, records; offenses as unevenly
spread as a city's docket; with ``--unlike`` as unlike each other as can be). Then each of a few changes of the law is
run through ``casework.impact``, as the command does. The plain way is timed on a sample and scaled up, since the whole
would take hours; on the sample both must find the same number of analyses before any figure is given. Memory is the
most this process used.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "analysis"))

from planted import random_document

from plea_aid.analysis.assess import assess
from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.rerun import analysed_part, levels_of, uses_of
from plea_aid.casework import impact
from plea_aid.casework.accounts import server_actor
from plea_aid.casework.canonical import canonical, new_id
from plea_aid.casework.database import Database
from plea_aid.casework.encrypted import bound_row
from plea_aid.casework.migrate import open_database
from plea_aid.casework.tables import CaseFile, StoredAnalysis, User
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law

TODAY = date(2026, 11, 22)


def documents(law: Law, many: int, *, unlike: bool = False) -> Iterator[dict[str, Any]]:
    """Give fictional cases as a city's docket has them: a few offenses make up most, and most records are not read yet.

    With ``unlike`` hardly any case is like another: offenses, facts of the record, days and priors all at random.
    """
    rng = random.Random(20261122)
    while many:
        document = random_document(rng, law) if unlike else usual_document(rng, law)
        if unlike and not _accepted(document, law):
            continue
        many -= 1
        yield document


def _accepted(document: dict[str, Any], law: Law) -> bool:
    try:
        assess(validate_case(document), law, today=TODAY)
    except ValueError:
        return False
    return True


def usual_document(rng: random.Random, law: Law) -> dict[str, Any]:
    """Return a case of one to three counts and options, sometimes with a fact of the record or a prior."""
    offenses = list(law.offenses.values())
    often = [1 / place for place in range(1, len(offenses) + 1)]
    counts: list[dict[str, Any]] = []
    for number in range(1, rng.choices((1, 2, 3), (6, 3, 1))[0] + 1):
        offense = rng.choices(offenses, often)[0]
        facts = [f for f in offense.record_facts if f.key not in ("substance", "victim")]
        count: dict[str, Any] = {"number": number, "offense": offense.cite}
        if facts and rng.random() < 0.3:
            fact = rng.choice(facts)
            answer = rng.choice(sorted(fact.answers))
            count["record"] = {fact.key: {"true": True, "false": False}.get(answer, answer)}
        counts.append(count)
    day = date(2025, 1, 1) + timedelta(days=rng.randint(0, 650))
    document: dict[str, Any] = {"cause_number": "CR-2026-1", "offense_date": day.isoformat(), "count": counts}
    document["plea_date"] = (day + timedelta(days=rng.randint(10, 200))).isoformat()
    if rng.random() < 0.2:
        before = (day - timedelta(days=rng.randint(100, 5000))).isoformat()
        prior = {"offense": rng.choices(offenses, often)[0].cite, "date": before}
        document["prior"] = [prior | {"sentence_days": rng.choice((0, 10, 180))}]
    document["option"] = [
        {"name": f"Option {place}", "count": [_usual_part(rng, law, count) for count in counts]}
        for place in range(1, rng.randint(1, 3) + 1)
    ]
    return document


def _usual_part(rng: random.Random, law: Law, count: dict[str, Any]) -> dict[str, Any]:
    disposition = rng.choices(("guilty-plea", "deferred-imposition", "dismissed", "nolo-contendere"), (6, 2, 2, 1))[0]
    part = {"number": count["number"], "disposition": disposition}
    if law.dispositions[disposition].confines:
        most = min(p.jail_max_days for p in law.find(count["offense"])[0].penalties)
        jail = min(most, rng.choice((0, 1, 2, 5, 10, 30)))
        part |= {"jail_days": jail, "suspended_days": rng.choice((0, most - jail, max(0, most - jail - 1)))}
    return part


def fill(db: Database, law: Law, many: int, unlike: bool) -> None:
    """Store ``many`` analyses as the submission of each would."""
    with db.write() as session:
        owner = User(user_name="bench", user_key="bench", display_name="Bench", role="prosecutor")
        session.add(owner)
    cases, stored = CaseFile.__table__, StoredAnalysis.__table__  # type: ignore[attr-defined]
    rows: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for place, document in enumerate(documents(law, many, unlike=unlike), 1):
        content, case_id = analysed_part(document), new_id()
        as_of = document.get("plea_date", TODAY.isoformat())
        case = CaseFile(id=case_id, owner_id=owner.id, document_by=owner.id, document="{}", stage="submitted")
        kept = StoredAnalysis(
            case_id=case_id, version_number=1, document_version=0, uses=canonical(uses_of(content, law)),
            content=canonical({"as_of": as_of, **content}), law_version=law.version,
        )  # fmt: skip
        rows.append((bound_row(cases, case.model_dump()), bound_row(stored, kept.model_dump())))
        if len(rows) == 1000 or place == many:
            with db.write() as session:
                session.execute(cases.insert(), [one for one, _ in rows])
                session.execute(stored.insert(), [two for _, two in rows])
            rows = []


def changed(law: Law) -> dict[str, Law]:
    """Return the law with one change of each kind."""

    def edit(pool: str, name: str, **change: Any) -> Law:
        records = dict(getattr(law, pool))
        records[name] = records[name].model_copy(update=change)
        return replace(law, version=f"{law.version}+", **{pool: records})

    theft = law.offenses["mt-45-6-301-1"] if "mt-45-6-301-1" in law.offenses else next(iter(law.offenses.values()))
    cimt = law.categories["cimt"]
    rule = next(r for r in cimt.rules if r.answer == "yes")
    fewer = tuple(r for r in cimt.rules if r is not rule)
    ground = law.grounds["dep-cimt-one"]
    limbs = tuple(x.model_copy(update={"maximum_at_least": 180}) for x in ground.limbs)
    return {
        "words of an offense only": edit("offenses", theft.id, summary="Said otherwise."),
        "penalties of one offense": edit(
            "offenses", theft.id, penalties=tuple(p.model_copy(update={"felony": True}) for p in theft.penalties)
        ),
        "one doctrine rule of the moral turpitude category": edit("categories", "cimt", rules=fewer),
        "a defined term (bodily injury)": edit(
            "terms", "mt:bodily-injury", means=law.terms["mt:bodily-injury"].means[:1]
        ),
        "the threshold of one ground": edit("grounds", ground.id, limbs=limbs),
        "the petty offense exception": edit("exceptions", "petty-offense", maximum_not_over=180),
        "a disposition": edit("dispositions", "deferred-imposition", is_conviction="no"),
    }


def in_full(document: dict[str, Any], law: Law) -> list[Any]:
    """Assess a case in full, as ``assess`` does."""
    try:
        whole = assess(validate_case(document), law, today=TODAY)
    except ValueError as fault:
        return [str(fault)]
    return [levels_of(o.findings, o.not_analysed, law) for o in whole.options]


def plain_way(sample: list[dict[str, Any]], old: Law, new: Law) -> tuple[int, float]:
    """Return how many of the sample come out differently, and the seconds it took."""
    started = time.perf_counter()
    found = sum(in_full(d, old) != in_full(d, new) for d in sample)
    return found, time.perf_counter() - started


def narrowed(db: Database, old: Law, new: Law) -> tuple[impact.Tally, float]:
    """Run the impact over the whole store; return what it looked at, and the seconds it took."""
    tally, started = impact.Tally(), time.perf_counter()
    for _ in impact.what_if(db, server_actor(), old, new, tally, today=TODAY):
        pass
    return tally, time.perf_counter() - started


def store_of(folder: str, name: str, law: Law, many: int, unlike: bool) -> Database:
    """Return a database with ``many`` stored analyses."""
    db = open_database(f"sqlite:///{folder}/{name}.db")
    fill(db, law, many, unlike)
    return db


def run(analyses: int, sample_size: int, unlike: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures of every change."""
    law, rows = load_law(), []
    sample = list(documents(law, sample_size, unlike=unlike))
    with tempfile.TemporaryDirectory() as folder:
        small = store_of(folder, "small", law, sample_size, unlike)
        big = store_of(folder, "big", law, analyses, unlike)
        say(f"{analyses:,} analyses stored")
        for name, new in changed(law).items():
            expected, seconds = plain_way(sample, law, new)
            check, _ = narrowed(small, law, new)
            if check.affected != expected:
                raise AssertionError(f"{name}: the plain way finds {expected} of the sample, the run {check.affected}")
            tally, took = narrowed(big, law, new)
            plainly = seconds / sample_size * analyses
            rows.append({"change": name, "seconds": round(took, 2), "plain_seconds": round(plainly), "ratio":
                         round(plainly / took), "can_touch": tally.rerun, "options_looked_at": tally.options,
                         "affected": tally.affected})  # fmt: skip
            say(f"{name}: {took:.1f} s, the plain way {plainly:,.0f} s, {plainly / took:,.0f} times as long; "
                f"{tally.rerun:,} could be touched, {tally.affected:,} are")  # fmt: skip
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    say(f"most memory used: {memory} MiB")
    return {"analyses": analyses, "sample": sample_size, "memory_mib": memory, "changes": rows}


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--analyses", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--unlike", action="store_true", help="hardly any case is like another")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = run(given.analyses, given.sample, given.unlike, (lambda _: None) if given.json else print)
    if given.json:
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
