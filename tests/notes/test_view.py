"""The words of a note before they are set: overview, tables, figures."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from plea_aid.notes.content import Accountability, Finding, Level, NoteData, OptionNote, PostureGroup
from plea_aid.notes.overview import by_ground, by_kind, by_posture
from plea_aid.notes.view import COLUMNS, day, days, dollars, view


def one(level: Level, *, kind: str = "deportability", postures: tuple[str, ...] = ("p",), ground: str = "g") -> Finding:
    return Finding(ground=ground, kind=kind, level=level, postures=postures)


def noted(note: NoteData, *options: OptionNote, groups: tuple[PostureGroup, ...] = ()) -> NoteData:
    return note.model_copy(update={"options": options, "posture_groups": groups})


def cells(tables: list[Any]) -> dict[str, list[tuple[str, str]]]:
    return {row["name"]: [(cell["level"], cell["note"]) for cell in row["cells"]] for row in tables[0]["rows"]}


def test_a_cell_shows_the_strongest_level_and_the_kinds_that_reach_it(minimal_note: NoteData) -> None:
    note = noted(minimal_note, OptionNote(name="A", findings=(
        one("likely"), one("likely", kind="aggravated-felony"), one("certain", postures=("q",)), one("unlikely"),
    )))  # fmt: skip
    assert cells(by_posture(note, 4)) == {
        "p": [("likely", "aggravated felony, deportability")], "q": [("certain", "deportability")],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "shown"),
    [
        (("not-analysed", "none"), ("not-analysed", "deportability")),
        (("not-analysed", "unlikely"), ("not-analysed", "deportability")),  # an open question is never clear
        (("not-analysed", "possible"), ("possible", "deportability; others not analysed")),
        (("none",), ("none", "")),
    ],
)
def test_what_is_not_analysed_is_never_clear(
    minimal_note: NoteData, levels: tuple[Level, ...], shown: tuple[str, str]
) -> None:
    note = noted(minimal_note, OptionNote(name="A", findings=tuple(one(level) for level in levels)))
    assert cells(by_posture(note, 4))["p"] == [shown]


def test_a_posture_outside_every_group_is_not_lost(minimal_note: NoteData) -> None:
    group = PostureGroup(name="Group", postures=("p", "r"))
    note = noted(minimal_note, OptionNote(name="A", findings=(one("likely", postures=("q",)),)), groups=(group,))
    assert cells(by_posture(note, 4)) == {"Group": [("none", "")], "Other postures": [("likely", "deportability")]}


def test_a_finding_that_names_no_posture_touches_every_group(minimal_note: NoteData) -> None:
    group = PostureGroup(name="Group", postures=("p",))
    note = noted(minimal_note, OptionNote(name="A", findings=(one("likely", postures=()),)), groups=(group,))
    assert cells(by_posture(note, 4)) == {"Group": [("likely", "deportability")]}


def test_by_kind_counts_grounds_and_keeps_a_kind_it_does_not_know(minimal_note: NoteData) -> None:
    note = noted(minimal_note, OptionNote(name="A", findings=(
        one("likely", ground="a"), one("likely", ground="b"), one("likely", ground="b", postures=("q",)),
        one("possible", kind="novel"),
    )))  # fmt: skip
    assert cells(by_kind(note, 4)) == {"Deportability": [("likely", "2 grounds")], "Novel": [("possible", "1 ground")]}


def test_by_ground_lists_what_is_flagged_or_open_somewhere(minimal_note: NoteData) -> None:
    note = noted(
        minimal_note,
        OptionNote(name="A", findings=(one("likely", ground="a"), one("none", ground="b"))),
        OptionNote(name="B", findings=(one("unlikely", ground="a"),)),
        OptionNote(name="C", analysed=False),
    )
    levels = {"a": ["likely", "unlikely", "not-analysed"]}
    assert cells(by_ground(note, 4, labelled=False)) == {"a": [(level, "") for level in levels["a"]]}
    assert cells(by_ground(note, 4, labelled=True)) == {"a": list(zip(levels["a"], ["1.1", "2.1", ""], strict=True))}


def test_more_options_than_columns_go_on_in_another_table(minimal_note: NoteData) -> None:
    options = tuple(OptionNote(name=f"Option {place}", findings=(one("likely"),)) for place in range(COLUMNS + 2))
    first, second = by_posture(noted(minimal_note, *options), COLUMNS)
    assert first["heads"] == ["1. Option 0", "2. Option 1", "3. Option 2", "4. Option 3"]
    assert second["heads"] == ["5. Option 4", "6. Option 5"]


def test_equivalence_repeats_the_baseline_in_every_table(minimal_note: NoteData) -> None:
    vectors = (
        *(Accountability(option=f"Option {place}", custody_days=place) for place in range(4)),
        Accountability(option="Base", is_baseline=True, custody_days=2, restitution="paid"),
    )
    first, second = view(minimal_note.model_copy(update={"accountability": vectors}))["equivalence"]
    assert first["heads"] == ["Base (baseline)", "Option 0", "Option 1", "Option 2"]
    assert second["heads"] == ["Base (baseline)", "Option 3"]
    rows = {row[0]: row[1:] for row in first["rows"]}
    assert [(cell["value"], cell["against"]) for cell in rows["Jail to serve"]] == [
        ("2 days", ""), ("0 days", "2 days less"), ("1 day", "1 day less"), ("2 days", "same as baseline"),
    ]  # fmt: skip
    assert "Convictions under Montana law" not in rows, (
        "a measure that no option states is named below the table instead"
    )
    assert first["silent"] == (
        "convictions under montana law, jail suspended, fine, supervision, convicted of, treatment ordered by law, "
        "treatment as a condition, counts as a prior for, firearms"
    )
    assert [cell["value"] for cell in rows["Restitution"]] == ["paid", "not stated", "not stated", "not stated"]


def test_counts_that_all_end_alike_share_a_row(full_note: NoteData) -> None:
    stage, charged, _ = view(full_note)["terms"]
    assert [(row["count"], row["offense"]) for row in stage["rows"]] == [("1, 2", "as charged")]
    assert [row["count"] for row in charged["rows"]] == ["1", "2"]


def test_policy_is_told_once(minimal_note: NoteData) -> None:
    def told(**change: Any) -> str:
        policy = minimal_note.policy.model_copy(update=change)
        return str(view(minimal_note.model_copy(update={"policy": policy}))["policy"]["words"])

    assert told() == "Placeholder resolution. Section 5 is in force."
    assert told(since=dt.date(2026, 1, 26), sentence="More.") == (
        "Placeholder resolution. Section 5 is in force since January 26, 2026. More."
    )
    whole = "Placeholder resolution, Section 5: in force."
    assert told(sentence=whole) == whole


def test_labels_point_to_the_findings_of_the_full_note(full_note: NoteData) -> None:
    note = view(full_note)
    explained = {f["label"]: (f["ground"], f["level"]) for option in note["options"] for f in option["findings"]}
    pointed = {
        (label, row["name"].split(",")[0], cell["level"])
        for table in note["grounds"] for row in table["rows"] for cell in row["cells"]
        for label in cell["note"].split(", ") if label
    }  # fmt: skip
    assert ("2.2", "Aggravated felony: crime of violence", "likely") in pointed
    assert all(explained[label] == (ground, level) for label, ground, level in pointed)


def test_comparison_is_given_nothing_it_may_not_print(full_note: NoteData) -> None:
    words = view(full_note.model_copy(update={"profile": "comparison"}))
    assert set(words) == {
        "profile", "title", "document_title", "office", "date", "running", "law_line", "facts", "policy", "levels",
        "counts", "terms", "equivalence", "unread", "overview", "grounds", "flagged",
    }  # fmt: skip
    assert {label for label, _ in words["facts"]}.isdisjoint({"Review", "Option chosen"})


def test_words_for_figures() -> None:
    assert (days(None), days(0), days(1), days(1825)) == ("–", "0 days", "1 day", "1,825 days")
    assert (dollars(None), dollars(500), dollars(1000.5)) == ("–", "$500", "$1,000.50")
    assert day(dt.date(2026, 5, 2)) == "May 2, 2026"


@pytest.mark.parametrize(
    "wrong",
    [
        {"options": []},
        {"defendant_name": "X"},
        {"content_hash": "#read"},
        {"accountability": [{"option": "A", "fine_dollars": float("inf")}]},
        {"counts": [{"number": 1, "title": "t", "cite": "c", "maximum_days": -1}]},
    ],
)
def test_a_note_refuses_what_it_has_no_room_for(minimal_note: NoteData, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NoteData.model_validate(minimal_note.model_dump() | wrong)


def test_no_field_of_a_note_can_hold_a_person_s_status() -> None:
    def names(model: Any) -> set[str]:
        found = set()
        for name, schema in model["properties"].items():
            found.add(name)
            assert schema is not None
        return found

    schema = NoteData.model_json_schema()
    fields = names(schema).union(*(names(part) for part in schema["$defs"].values() if "properties" in part))
    forbidden = ("status", "origin", "birth", "ssn", "itin", "citizen", "nationality", "defendant", "victim")
    assert not [field for field in fields for word in forbidden if word in field]
