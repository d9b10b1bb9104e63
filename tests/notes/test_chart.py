"""The chart of the whole catalogue: complete, dated, safe to open in a spreadsheet, tagged on paper."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from typer.testing import CliRunner

from plea_aid.analysis.classify import classify
from plea_aid.cli import app
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law
from plea_aid.law.records import Penalty
from plea_aid.notes import chart_files
from plea_aid.notes.chart import Chart, Row, chart_of, level_words, tier_words
from plea_aid.notes.chart_files import CSV_HEADS, chart_csv, chart_file, chart_json, chart_pdf, formula_safe
from tests.notes.test_structure import assert_can_be_read_out

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def chart() -> Chart:
    return chart_of(load_law(), DAY)


@pytest.fixture(scope="module")
def pdf(chart: Chart) -> bytes:
    return chart_pdf(chart)


def row(chart: Chart, cite: str) -> Row:
    return next(r for r in chart.rows if r.offense.cite == cite)


def reaches(chart: Chart, cite: str) -> dict[str, tuple[str, str]]:
    return {r.ground: (r.bare, r.most) for r in row(chart, cite).reaches}


def test_every_offense_and_every_ground_has_its_place(chart: Chart) -> None:
    law = load_law()
    assert {r.offense.id for r in chart.rows} == set(law.offenses)
    placed = {r.ground for each in chart.rows for r in each.reaches}
    rest = {g.id for g in (*chart.unreachable, *chart.unreached)}
    assert placed | rest == set(law.grounds)
    assert not placed & rest


def test_rows_follow_the_numbers_of_the_code(chart: Chart) -> None:
    cites = [r.offense.cite for r in chart.rows]
    assert cites.index("MCA 45-5-201(1)(a)") < cites.index("MCA 45-6-301(1)") < cites.index("MCA 45-10-103")
    assert cites.index("MCA 45-6-301(1)") < cites.index("MCA 45-6-301, value over $1,500")


def test_levels_are_those_of_the_engine(chart: Chart) -> None:
    law = load_law()
    for each in chart.rows[::20]:
        assert each.matches == classify(each.offense, law, DAY)


def test_the_sentence_ordered_makes_the_difference_that_the_chart_shows(chart: Chart) -> None:
    pfma = reaches(chart, "MCA 45-5-206(1)(a)")
    assert pfma["agg-felony-cov"] == ("none", "possible")
    assert level_words(
        next(r for r in row(chart, "MCA 45-5-206(1)(a)").reaches if r.ground == "agg-felony-cov"), 365
    ) == ("none; possible with 365 days ordered")
    assert any("364 days or fewer" in f.change for f in row(chart, "MCA 45-5-206(1)(a)").flips)


def test_a_charge_alone_is_shown_as_what_no_plea_avoids(chart: Chart) -> None:
    theft = row(chart, "MCA 45-6-301(1)")
    assert "laken-riley" in theft.incurable
    assert not any(f.change.startswith("No change") for f in theft.flips)


def test_an_infraction_is_analysed_as_a_civil_one(chart: Chart) -> None:
    assert not any(r.ground.startswith("agg-felony") for r in row(chart, "MCA 61-13-103").reaches)


def thefts() -> Law:
    """The law with no other offense than theft, which the chart of takes a moment."""
    law = load_law()
    kept = {name: offense for name, offense in law.offenses.items() if offense.cite.startswith("MCA 45-6-301")}
    return replace(law, offenses=kept)


def test_the_chart_is_that_of_its_day() -> None:
    law = thefts()
    before = row(chart_of(law, date(2025, 9, 30)), "MCA 45-6-301(1)")
    since = row(chart_of(law, date(2025, 10, 1)), "MCA 45-6-301(1)")
    assert (before.maximum_days, since.maximum_days) == (0, 180)
    assert {p.until for p in before.penalties} == {date(2025, 10, 1)}


def test_what_nearly_all_rows_share_is_told_once_with_its_exceptions(chart: Chart) -> None:
    assert chart.common
    for common in chart.common:
        have = {r.offense.cite for r in chart.rows if common.reach in r.reaches}
        assert have | set(common.exceptions) == {r.offense.cite for r in chart.rows}
        shown = chart.column(chart.rows[0], "relief_and_detention")
        assert common.reach not in shown


def test_json_holds_every_reason_and_only_known_authorities(chart: Chart) -> None:
    document = json.loads(chart_json(chart))
    assert document["law"] == {"version": load_law().version, "as_of": "2026-11-22"}
    assert len(document["offenses"]) == len(chart.rows)
    for offense in document["offenses"]:
        assert set(offense["authorities"]) <= set(document["authorities"])
        for category in offense["categories"]:
            assert category["because"]
            assert category["level"] == "not-analysed" or category["authorities"]
    assert {g["ground"] for g in document["unreachable"]} == {g.id for g in chart.unreachable}
    assert all(g["because"] for g in document["unreachable"])


def test_csv_has_a_row_for_each_offense_and_no_formula(chart: Chart) -> None:
    rows = list(csv.reader(io.StringIO(chart_csv(chart).decode("utf-8-sig"))))
    assert tuple(rows[0]) == CSV_HEADS
    assert len(rows) == len(chart.rows) + 1
    assert {len(r) for r in rows} == {len(CSV_HEADS)}
    assert not [cell for r in rows for cell in r if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    low = next(r for r in rows if r[CSV_HEADS.index("confidence")] == "low")
    assert low[CSV_HEADS.index("not verified")]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\r1", "\n=1"])
def test_a_cell_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert formula_safe(cell) == f"'{cell}"


def test_other_cells_are_left_as_they_are() -> None:
    assert [formula_safe(c) for c in ("", "MCA 45-5-201", "a=b")] == ["", "MCA 45-5-201", "a=b"]


def test_a_tier_that_was_not_read_says_so() -> None:
    tier = Penalty(nth=2, jail_max_days=180, fine_max=1500, verified=False)
    assert tier_words(tier) == "2nd: to 180 days, $1,500 [not verified]"
    assert tier_words(Penalty(jail_max_days=0, fine_max=50)) == "1st: no jail, $50"
    assert tier_words(Penalty(jail_max_days=365, fine_max=50)) == "1st: to 365 days, $50"
    assert tier_words(Penalty(nth=4, jail_max_days=1825, fine_max=50, felony=True)) == "4th: to 5 years, $50, felony"


def test_the_pdf_is_tagged_dated_and_landscape(pdf: bytes) -> None:
    assert_can_be_read_out(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata() as metadata:
            assert "November 22, 2026" in str(metadata["dc:title"])
        box = document.pages[0].mediabox
        assert box[2] > box[3]


def test_the_pdf_is_the_same_every_time(chart: Chart, pdf: bytes) -> None:
    assert chart_pdf(chart) == pdf


def test_the_words_of_the_pdf_mark_what_is_not_verified(chart: Chart) -> None:
    words = chart_files._view(chart)
    rows = [r for part in words["parts"] for r in part["rows"]]
    assert len(rows) == len(chart.rows)
    listed = words["unverified"]
    for each, shown in zip(chart.rows, rows, strict=True):
        numbers = [int(n) for n in shown["unverified"].split(", ") if n]
        assert [listed[n - 1] for n in numbers] == list(dict.fromkeys(each.offense.unverified))
    assert any("*" in r["authorities"] for r in rows)
    assert {r[2] for r in words["authorities"]} == {"yes", "not verified"}


def test_the_command_writes_each_kind_and_refuses_others_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plea_aid.commands.law.current_law", thefts)
    run = CliRunner()
    done = run.invoke(app, ["law", "chart", "-o", str(tmp_path / "chart.CSV")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "chart.CSV").read_bytes().startswith(b"\xef\xbb\xbfcitation,")
    wrong = run.invoke(app, ["law", "chart", "-o", str(tmp_path / "chart.docx")])
    assert wrong.exit_code == 2
    assert len(wrong.output.splitlines()) == 1
    assert "accepted: .pdf .csv .json" in wrong.output
    assert not (tmp_path / "chart.docx").exists()
    nowhere = run.invoke(app, ["law", "chart", "-o", str(tmp_path / "none" / "chart.json")])
    assert nowhere.exit_code == 2
    with pytest.raises(ValueError, match="a file without a suffix"):
        chart_file(load_law(), DAY, "")
