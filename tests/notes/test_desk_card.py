"""The desk card: two pages, the levels of the engine, no law of its own."""

from __future__ import annotations

import dataclasses
import io
from datetime import date
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from typer.testing import CliRunner

from plea_aid.analysis.assess import assess
from plea_aid.analysis.case import Case
from plea_aid.analysis.levels import higher
from plea_aid.cli import app
from plea_aid.law.desk_card import CardColumn, CardReminder
from plea_aid.law.load import cross_references, load_law
from plea_aid.notes.desk_card import card_view, desk_card_pdf
from tests.notes.test_structure import assert_can_be_read_out

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def view() -> dict[str, Any]:
    return card_view(load_law(), DAY)


def test_a_cell_is_the_strongest_level_that_assess_finds_with_nothing_and_with_the_most_ordered(
    view: dict[str, Any],
) -> None:
    law = load_law()
    card = law.desk_card(DAY)
    assert card
    told = 0
    for cite, row in zip(card.offenses, view["rows"], strict=True):
        longest = law.penalty(law.find(cite)[0], 1, DAY, {}).jail_max_days
        options = [{"name": f"{d}", "count": [{"number": 1, "jail_days": d}]} for d in dict.fromkeys((0, longest))]
        case = Case.model_validate({"count": [{"number": 1, "offense": cite}], "plea_date": DAY, "option": options})
        _, *assessed = assess(case, law).options
        for column, cell in zip(card.columns, row["cells"], strict=True):
            if column.category:
                continue
            for end, option in (("bare", assessed[0]), ("most", assessed[-1])):
                mine = [f for f in option.findings if f.ground in column.grounds or f.kind in column.kinds]
                if cell[end] != "not-analysed":
                    assert cell[end] == higher(f.level for f in mine), (cite, column.name)
                    told += bool(mine)
    assert told > 30
    assert any(c["bare"] != c["most"] for row in view["rows"] for c in row["cells"])
    # 365 days ordered for a partner assault reaches what nothing ordered does not.
    partner = dict(zip(view["heads"], view["rows"][0]["cells"], strict=True))
    assert partner["Aggravated felony"] == {"bare": "none", "most": "possible"}


def test_what_the_card_says_of_the_law_is_a_definition_or_a_term_and_marks_what_is_not_verified(
    view: dict[str, Any],
) -> None:
    law = load_law()
    said = {d.says for d in law.definitions.values()} | {g.says for g in law.glossary.values()}
    for reminder in view["reminders"]:
        assert reminder["says"] in said
        assert reminder["authorities"], reminder["name"]
    (advice,) = [r for r in view["reminders"] if r["prominent"]]
    assert "every defendant alike" in advice["says"]
    assert advice["unverified"] == list(law.definitions["mt-advisement"].unverified)
    for row in view["rows"]:
        offense = law.find(row["cite"])[0]
        assert row["verified"] == (not offense.unverified and law.penalty(offense, 1, DAY, {}).verified)


def test_the_card_is_two_letter_pages_tagged_and_the_same_every_time(view: dict[str, Any]) -> None:
    content = desk_card_pdf(load_law(), DAY)
    assert content == desk_card_pdf(load_law(), DAY)
    assert_can_be_read_out(content)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages) == 2
        assert {round(float(n)) for n in document.pages[0].mediabox[2:]} == {612, 792}
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        pages = [" ".join((page.extract_text() or "").split()) for page in pdf.pages]
    assert "One factor; a lawyer decides" in pages[0]
    assert "One factor; a lawyer decides" in pages[1]
    assert load_law().version in pages[0]
    for row in view["rows"]:
        assert row["cite"] in pages[0]
    assert "364 days" in pages[1]
    assert "safe" not in " ".join(pages)


def test_a_card_that_names_what_does_not_exist_is_refused_by_name() -> None:
    law = load_law()
    card = law.desk_cards[0]
    wrong = card.model_copy(
        update={
            "offenses": ("MCA 99-1-101", "MCA 45-5-201"),
            "columns": (CardColumn(name="x", grounds=("no-ground",)), CardColumn(name="y", category="no-category")),
            "reminders": (CardReminder(definition="no-rule"), CardReminder(term="no-term")),
        }
    )
    problems = "\n".join(cross_references(dataclasses.replace(law, desk_cards=(wrong,))))
    for name in ("'MCA 99-1-101'", "'MCA 45-5-201'", "no-ground", "no-category", "no-rule", "no-term"):
        assert name in problems
    with pytest.raises(ValueError, match="one of them only"):
        CardColumn(name="x", category="cimt", grounds=("dep-dv",))
    with pytest.raises(ValueError, match="one definition or one term"):
        CardReminder()


def test_the_command_writes_the_card_and_says_in_one_line_where_there_is_none(tmp_path: Path) -> None:
    run = CliRunner()
    done = run.invoke(app, ["law", "card", "--out", str(tmp_path / "card.pdf")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF")
    nowhere = run.invoke(app, ["law", "card", "--out", str(tmp_path / "none" / "card.pdf")])
    assert nowhere.exit_code == 2
    assert len(nowhere.output.splitlines()) == 1
    with pytest.raises(LookupError, match="no desk card for 2020-01-01"):
        card_view(load_law(), date(2020, 1, 1))
