"""The pictures of the note: what they hold is what the tables say, and whoever cannot see them is told the same."""

from __future__ import annotations

import io
from typing import Any

import pdfplumber
import pikepdf

from plea_aid.notes import NoteData, render_note
from plea_aid.notes.balance import balance
from plea_aid.notes.content import Accountability, Factor, OptionNote
from plea_aid.notes.figures import PLOTTED, balance_figure, heatmaps, weight_plot
from plea_aid.notes.overview import by_posture


def test_a_heatmap_shows_the_levels_of_the_table_beside_it(full_note: NoteData) -> None:
    tables: list[Any] = by_posture(full_note, 4)
    for table, picture in zip(tables, heatmaps(tables), strict=True):
        assert isinstance(picture, dict)
        assert picture["heads"] == table["heads"]
        for row, shown in zip(table["rows"], picture["rows"], strict=True):
            assert shown == {"name": row["name"], "levels": [cell["level"] for cell in row["cells"]]}
            assert row["name"] in picture["alt"]
        assert "As charged: Permanent residents likely" in picture["alt"]


def test_the_plot_sets_days_ordered_against_every_kind_reached(full_note: NoteData) -> None:
    picture: Any = weight_plot(full_note)
    assert picture["most"] == 375
    assert picture["ticks"] == [0, 100, 200, 300]
    points = {(row["name"], p["number"]): (p["value"], p["level"]) for row in picture["rows"] for p in row["points"]}
    assert points["aggravated felony", 2] == (375, "likely")
    assert points["aggravated felony", 3] == (364, "none")
    assert points["bar to relief", 2] == (375, "certain")
    assert "As charged: 375 days ordered; aggravated felony likely" in picture["alt"]


def test_one_option_or_no_weight_is_no_plot_and_many_are_cut_short_and_said(full_note: NoteData) -> None:
    assert weight_plot(full_note.model_copy(update={"accountability": full_note.accountability[:1]})) is None
    names = [f"Option {n}" for n in range(9)]
    many = full_note.model_copy(
        update={
            "options": (*full_note.options, *(OptionNote(name=name) for name in names)),
            "accountability": tuple(Accountability(option=n, custody_days=1, suspended_days=2) for n in names),
        }
    )
    picture: Any = weight_plot(many)
    assert len(picture["rows"][0]["points"]) == PLOTTED
    assert picture["left_out"] == 3
    assert render_note(many).startswith(b"%PDF")


def test_the_balance_shows_each_factor_that_points_and_adds_nothing_up(full_note: NoteData) -> None:
    points: dict[str, Any] = {"As charged": "for", "Count 1 at 364 days, count 2 dismissed": "neutral"}
    first, second, *others = full_note.factors
    factors = (first.model_copy(update={"directions": points}), second.model_copy(update={"weight": ""}), *others)
    note = full_note.model_copy(update={"factors": factors})
    assert balance_figure(full_note) is None
    picture: Any = balance_figure(note)
    assert picture["heads"] == list(points)
    assert picture["rows"] == [{"name": first.name, "weight": "moderate", "points": ["for", "neutral"]}]
    assert f"{first.name}, moderate: As charged for; Count 1 at 364 days" in picture["alt"]
    made = io.BytesIO(render_note(note))
    with pikepdf.open(made) as pdf:
        told = [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
    assert picture["alt"] in told
    with pdfplumber.open(made) as pdf:
        printed = "\n".join(page.extract_text() for page in pdf.pages)
    assert "+ for = neutral" in printed  # as signs: at the start of a text of Typst they would begin a list, a heading


def test_a_balance_keeps_the_order_of_the_case_and_says_what_it_leaves_out() -> None:
    names = [f"Option {n}" for n in range(PLOTTED + 2)]
    factor = Factor(name="Harm", state="considered", directions=dict.fromkeys(reversed(names), "neutral"))
    found = balance([factor, Factor(name="Victim", state="not applicable")], ["Bare", *names, "Gone"])
    assert found is not None
    assert (list(found.options), found.left_out) == (names[:PLOTTED], 2)
    assert [(row.factor, row.weight) for row in found.rows] == [("Harm", "")]
    assert balance([factor], ["Bare"]) is None


def test_the_pictures_words_are_in_the_file(full_note: NoteData) -> None:
    with pikepdf.open(io.BytesIO(render_note(full_note))) as pdf:
        told = [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
    assert any(words.startswith("Highest level for each group") for words in told)
    assert any(words.startswith("Days ordered, suspended time included") for words in told)


def test_the_sheet_stays_one_page_by_listing_only_what_is_flagged(full_note: NoteData) -> None:
    template = full_note.options[1].findings[1]
    grounds = tuple(
        template.model_copy(update={"ground": f"Placeholder ground number {n} with a name of some length"})
        for n in range(40)
    )
    option = full_note.options[1]
    long = option.model_copy(update={"findings": (*option.findings, *grounds)})
    note = full_note.model_copy(update={"options": (full_note.options[0], long, full_note.options[2])})
    with pikepdf.open(io.BytesIO(render_note(note.model_copy(update={"profile": "comparison"})))) as pdf:
        assert len(pdf.pages) == 1
