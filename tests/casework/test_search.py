"""Cases are found by what is written in them, without the database being able to read it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, text
from sqlmodel import col, select

from plea_aid.casework import cases, record, search_index, submission, walls
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid
from plea_aid.casework.rules import Rules
from plea_aid.casework.search_index import _holding, rebuild
from plea_aid.casework.search_words import (
    alternatives,
    words_of,
    words_of_cause_number,
    words_of_document,
    words_within,
)
from plea_aid.casework.tables import AuditEvent, CaseFile, SearchToken
from plea_aid.casework.views import CaseView

from .conftest import DOCUMENT, GATES, People


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Restitution was PAID.", {"restitution", "paid"}),
        ("Café Zoë, naïve", {"cafe", "zoe", "naive"}),
        ("Straße", {"strasse"}),
        ("MCA 45-6-301(1)(a)", {"mca", "45", "6", "301", "456301", "1"}),
        ("mother-in-law's", {"mother", "law", "motherinlaws"}),
        ("a I — …", set()),
        ("x" * 90, {"x" * 40}),
        ("видео 3", {"видео", "3"}),
    ],
)
def test_the_words_of_a_text(written: str, found: set[str]) -> None:
    assert words_of(written) == found


def test_a_cause_number_is_found_by_its_beginning_and_its_last_number() -> None:
    words = words_of_cause_number("CR-2026-0412")
    assert {"c", "cr", "cr2026", "cr20260412", "412"} <= words
    assert not {"2026", "0412", "26"} & words
    assert words_of_cause_number("") == words_of_cause_number("--") == set()


def test_days_and_choices_are_not_words() -> None:
    gate = {"gate": "public-safety", "violence": "yes", "on": "2026-04-01", "note": "No contact with the store"}
    assert words_within(gate) == {"contact", "store"}
    found = words_of_document('{"cause_number": "CR-1", "offense_date": "2026-03-14", "option": [{"name": "Civil"}]}')
    assert found == {"c", "cr", "cr1", "1", "civil"}


def test_what_a_query_looks_for() -> None:
    assert alternatives("  ") == alternatives("...") == []
    assert alternatives("0412") == [frozenset({"0412"}), frozenset({"412"})]
    assert alternatives("the theft") == [frozenset({"thetheft"}), frozenset({"theft"})]
    assert alternatives("the") == [frozenset({"the"})]
    assert alternatives("MCA 45-6-301") == [frozenset({"mca456301"}), frozenset({"mca", "456301"})]


Found = Callable[..., list[str]]


@pytest.fixture
def found(db: Database, people: People) -> Found:
    def ids(query: str, **by: Any) -> list[str]:
        return [row.id for row in cases.list_cases(db, people.auditor, text=query, **by).rows]

    return ids


def test_every_text_of_a_case_is_found_and_gone_once_it_is_taken_out(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Callable[..., CaseView], found: Found
) -> None:
    who = people.prosecutor
    other = cases.create_case(db, who, {"cause_number": "CR-2026-0500"})
    factor = {
        "factor": "harm",
        "state": "considered",
        "weight": "some",
        "rationale": "The neighbour's Zaun was mended.",
    }
    record.save_factor(db, who, case.id, 0, factor, rules=rules)
    gate = {**GATES[0], "note": "Keeps away from the warehouse."}
    record.save_gate(db, who, case.id, 0, gate, rules=rules)
    record.decide(db, who, case.id, 0, {"chosen_option": "364 days", "rationale": "Proportionate throughout."})
    for query in (
        "zaun",
        "ZAUN mended",
        "warehouse",
        "proportionate",
        "45-5-206",
        "as charged",
        "364",
        "zaun warehouse",
    ):
        assert found(query) == [case.id], query
    assert found("zaun absent") == []
    assert found("zau") == []  # words are found whole
    record.save_factor(db, who, case.id, 1, {**factor, "rationale": "Mended."}, rules=rules)
    assert found("zaun") == []
    assert found("mended") == [case.id]
    document = {**DOCUMENT, "cause_number": "TK-9", "option": DOCUMENT["option"][:1]}
    cases.update_document(db, who, case.id, case.document_version, document)
    assert found("CR-2026") == [other.id]
    assert found("tk9") == [case.id]
    assert found("amended") == []
    filled = fill(case.id, option="As charged")
    submission.submit(db, who, case.id, filled.version, rules=rules)
    view = cases.open_case(db, people.supervisor, case.id)
    submission.return_(db, people.supervisor, case.id, view.version, "Explain the windfall.")
    assert found("windfall") == [case.id]


def test_a_search_keeps_to_stage_owner_and_walls(db: Database, people: People, case: CaseView, found: Found) -> None:
    mine = cases.create_case(db, people.other_prosecutor, {**DOCUMENT, "cause_number": "CR-2026-0413"})
    assert found("45-5-206") == [mine.id, case.id]
    assert found("45-5-206", owner_id=people.prosecutor.user_id) == [case.id]
    assert found("45-5-206", stage="submitted") == []
    walls.close_to(db, people.prosecutor, case.id, people.auditor.user_id, "A relative of the defendant.")
    assert found("45-5-206") == [mine.id]
    assert found("CR-2026-0412") == []
    seen = [row.id for row in cases.list_cases(db, people.prosecutor, text="412").rows]
    assert seen == [case.id]


def test_results_come_in_pages_that_miss_and_repeat_nothing(db: Database, people: People) -> None:
    ids = [cases.create_case(db, people.prosecutor, {"cause_number": f"P-{i}"}).id for i in range(7)]
    seen: list[str] = []
    after = None
    while True:
        page = cases.list_cases(db, people.prosecutor, text="p", limit=3, after=after)
        seen += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == ids[::-1]
    for wrong in ("nonsense", "2026-01-01T00:00:00.000000Z~x"):
        with pytest.raises(Invalid, match="not known"):
            cases.list_cases(db, people.prosecutor, text="p", after=wrong)


@pytest.mark.parametrize(
    "query", ["'; DROP TABLE case_file; --", "\x00", "\ud800", "%", "_", "*" * 5000, "ﬃ", "\u202e412"]
)
def test_whatever_is_typed_is_only_looked_for(db: Database, people: People, case: CaseView, query: str) -> None:
    assert cases.list_cases(db, people.prosecutor, text=query).rows in ((), cases.list_cases(db, people.auditor).rows)


def test_the_trail_tells_that_a_word_was_searched_and_not_the_word(db: Database, people: People, found: Found) -> None:
    found("Zaunkönig")
    with db.read() as session:
        query = select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(1)
        detail = session.scalars(query).one().detail
    assert "zaun" not in detail.lower()
    assert str(db.keyring.opened().token("zaunkonig")) in detail


def test_an_index_built_anew_is_the_one_that_was_kept(
    db: Database, people: People, rules: Rules, case: CaseView, fill: Callable[..., CaseView]
) -> None:
    filled = fill(case.id)
    submission.submit(db, people.prosecutor, case.id, filled.version, rules=rules)
    query = select(SearchToken.case_id, SearchToken.part, SearchToken.token)
    with db.write() as session:
        kept = set(session.execute(query).all())
        rebuild(session)
        assert set(session.execute(query).all()) == kept
    assert len(kept) > 20


def test_a_case_taken_away_takes_its_words_along(db: Database, people: People) -> None:
    view = cases.create_case(db, people.prosecutor, {"cause_number": "GONE-1"})
    with db.write() as session:
        session.execute(text("DELETE FROM case_file WHERE id = :id"), {"id": view.id})
        assert session.execute(select(func.count()).select_from(SearchToken)).scalar_one() == 0


def test_a_search_that_stops_and_goes_on_finds_what_reading_every_case_would_find(
    db: Database, people: People, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "LOOKS", 3)
    monkeypatch.setattr(search_index, "FURTHER_LOOKS", 4)
    dice = random.Random(2026)
    colours = ("red", "blue", "green", "grey")
    owners = (people.prosecutor, people.other_prosecutor)
    held: dict[str, tuple[str, set[str]]] = {}
    for number in range(24):
        owner = dice.choice(owners)
        named, said = (set(dice.sample(colours, dice.randint(0, 3))) for _ in range(2))
        option = {**DOCUMENT["option"][0], "name": " ".join(["any", *named])}
        made = cases.create_case(db, owner, {**DOCUMENT, "option": [option]})
        if number % 3 == 0:  # a word may stand in two parts of a case
            entry = {"factor": "harm", "state": "considered", "weight": "some", "rationale": " ".join(["any", *said])}
            record.save_factor(db, owner, made.id, 0, entry, rules=rules)
            named |= said
        if number % 7 == 0:
            walls.close_to(db, people.supervisor, made.id, people.auditor.user_id, "A relative of the defendant.")
        else:
            held[made.id] = (owner.user_id, named)
    stopped = 0
    for _ in range(12):
        wanted, limit = set(dice.sample(colours, dice.randint(1, 3))), dice.randint(1, 6)
        owned = dice.choice([None, owners[0].user_id])
        fit = [one for one, (owner, has) in held.items() if wanted <= has and owned in (None, owner)]
        seen: list[str] = []
        after, pages = None, 0
        while pages == 0 or after is not None:
            page = cases.list_cases(db, people.auditor, text=" ".join(wanted), owner_id=owned, after=after, limit=limit)
            assert len(page.rows) <= limit
            seen += [row.id for row in page.rows]
            after, pages = page.next, pages + 1
            stopped += len(page.rows) < limit and after is not None
        assert seen == sorted(fit, reverse=True), (wanted, owned, limit)
    assert stopped > 5


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_search_reads_the_index_in_its_order(db: Database, people: People, case: CaseView) -> None:
    """Neither sorted nor scanned: so a page costs the same however many cases there are."""
    where = (col(CaseFile.stage) == "draft",)
    query = _holding([1, 2], 51, "f" * 32, where).compile(db.engine, compile_kwargs={"literal_binds": True})
    with db.read() as session:
        plan = [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    tokens = [step for step in plan if step.startswith("SEARCH search_token")]
    assert len(tokens) == 2, plan
    assert all("COVERING INDEX ix_search_token_token_case_id" in step for step in tokens), plan
    assert not [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step], plan
