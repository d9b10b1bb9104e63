"""A statute drafted on the screen: classified as it is typed, copied out as a file, stored nowhere."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from plea_aid.analysis.draft import draft_json, draft_of, parse_draft
from plea_aid.casework import cases, trail
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.law.load import load_law
from plea_aid.law.records import DIMENSIONS
from plea_aid.pages.draft_toml import draft_toml
from plea_aid.pages.law_draft import LABELS, consequence_rows, lacks
from plea_aid.settings import data_dir
from tests.pages.conftest import field, press, visible
from tests.pages.law_app import OpenLaw, open_law

__all__ = ["open_law"]
LAW = load_law()
COPY = "Copy it to a file; the command plea-aid law draft reads it"


def choose(app: AppTest, label: str, *words: str, place: int = 0) -> None:
    field(app, label, "multiselect", place).set_value(list(words)).run()
    assert not app.exception, app.exception


def oregon_neglect(app: AppTest) -> None:
    field(app, "Citation").set_value("Or. Rev. Stat. 163.545").run()
    field(app, "Title").set_value("Child neglect, second degree").run()
    choose(app, "State of mind", "negligently")
    choose(app, "Conduct", "neglect-duty")
    choose(app, "Result", "risk-of-injury")
    choose(app, "Victim", "minor-under-14")
    choose(app, "What else must be proved, all of it", "parent-or-custodian")
    field(app, "Most jail, days", "number_input").set_value(365).run()


def folds(app: AppTest) -> list[str]:
    return [e.label.replace("\\", "") for e in app.expander]


def test_it_says_what_is_still_needed(open_law: OpenLaw) -> None:
    app = open_law("law-draft")
    assert app.info[0].value == "Still needed: the citation; the title; an element."
    assert not app.text_area
    choose(app, "Conduct", "take")
    assert app.info[0].value == "Still needed: the citation; the title."


def test_the_classification_follows_the_elements(open_law: OpenLaw) -> None:
    app = open_law("law-draft")
    oregon_neglect(app)
    assert not app.info
    assert not app.error
    (child,) = [f for f in folds(app) if "child abuse" in f.lower()]
    assert any(word in child for word in ("▲ likely", "■ certain"))
    first = app.table[0].value
    assert list(first.columns[:1]) == ["Ground"]
    assert any("child" in ground.lower() for ground in first["Ground"])
    shown = visible(app).replace("\\", "")
    assert "Rivera-Mendoza" in shown
    assert "nothing here was checked against the statute" in shown
    assert LAW.vocabulary["act"]["neglect-duty"] in shown
    choose(app, "Victim", "person")
    assert not [f for f in folds(app) if "child abuse" in f.lower() and ("likely" in f.split() or "certain" in f)]


def test_the_text_is_the_file_the_command_reads(open_law: OpenLaw) -> None:
    app = open_law("law-draft")
    oregon_neglect(app)
    typed = parse_draft(field(app, COPY, "text_area").value, LAW, date.today())
    file = (data_dir() / "examples" / "statutes" / "oregon-child-neglect.toml").read_text(encoding="utf-8")
    published = parse_draft(file, LAW, date.today())
    assert (typed.cite, typed.ways[0].elements, typed.ways[0].facts) == (
        published.cite,
        published.ways[0].elements,
        published.ways[0].facts,
    )
    assert typed.penalties[0].jail_max_days == 365


def test_ways_and_later_offenses_are_added_and_removed(open_law: OpenLaw) -> None:
    app = open_law("law-draft")
    oregon_neglect(app)
    press(app, "Add another way")
    assert app.info[0].value == "Still needed: an element in way 2."
    choose(app, "State of mind", "purposely", "knowingly", place=1)
    choose(app, "The jury must agree on one of the alternatives in", "mental")
    field(app, "The ways are", "selectbox").select("elements").run()
    press(app, "Add a later offense")
    field(app, "Highest fine, dollars", "number_input", 1).set_value(2000).run()
    raw = tomllib.loads(field(app, COPY, "text_area").value)
    assert raw["ways_are"] == "elements"
    assert raw["way"][1] == {"id": "way-2", "mental": ["purposely", "knowingly"], "divisible": ["mental"]}
    assert raw["penalty"][1] == {"nth": 2, "jail_max_days": 180, "fine_max": 2000}
    press(app, "Remove way 1")
    press(app, "Remove the second offense")
    raw = tomllib.loads(field(app, COPY, "text_area").value)
    assert "ways_are" not in raw
    assert [w["mental"] for w in raw["way"]] == [["purposely", "knowingly"]]
    assert len(raw["penalty"]) == 1


def test_what_cannot_be_is_said_and_nothing_breaks(open_law: OpenLaw) -> None:
    app = open_law("law-draft")
    oregon_neglect(app)
    field(app, "Title").set_value('*Neglect* \\ "quoted" $x$ <b>').run()
    assert not app.exception
    assert tomllib.loads(field(app, COPY, "text_area").value)["title"] == '*Neglect* \\ "quoted" $x$ <b>'


def test_nothing_is_stored(db: Database, pat: Actor, open_law: OpenLaw) -> None:
    app = open_law("law-draft")
    before = [e.seq for e in trail.list_events(db, pat)]
    oregon_neglect(app)
    assert cases.list_cases(db, pat).rows == ()
    after = [e for e in trail.list_events(db, pat) if e.seq not in before]
    assert {e.action for e in after} <= {"audit.read", "case.list"}


def test_every_dimension_has_a_plain_label() -> None:
    assert set(LABELS) == set(DIMENSIONS)


def test_what_is_lacking_is_named() -> None:
    raw = {"cite": " ", "title": "T", "way": [{"id": "way-1", "facts": ["repeated"]}, {"id": "way-2", "says": "x"}]}
    assert lacks(raw) == ["the citation", "an element in way 2"]


@pytest.mark.parametrize("statute", sorted(p.stem for p in (data_dir() / "examples" / "statutes").glob("*.toml")))
def test_a_published_statute_survives_the_way_through_the_text(statute: str) -> None:
    raw = tomllib.loads((data_dir() / "examples" / "statutes" / f"{statute}.toml").read_text(encoding="utf-8"))
    assert tomllib.loads(draft_toml(raw)) == raw


def test_the_table_has_the_highest_level_of_each_ground_gravest_first() -> None:
    raw = tomllib.loads((data_dir() / "examples" / "statutes" / "arizona-shoplifting.toml").read_text(encoding="utf-8"))
    drafted = draft_json(draft_of(raw, LAW, date.today()), LAW, date.today())
    options = drafted["options"][1:]
    rows = consequence_rows(options, LAW)
    grounds = {f["ground"] for o in options for f in o["findings"] if f["level"] != "none"}
    assert len(rows) == len(grounds)
    order = ["■", "▲", "?", "◆", "○", "·"]
    gravest = [min(order.index(row[key][0]) for key in list(row)[1:]) for row in rows]
    assert gravest == sorted(gravest)


any_text = st.text(st.characters(exclude_categories=("Cs",)))


@given(title=any_text, says=any_text, words=st.lists(any_text, min_size=1), number=st.integers(0, 10**6))
def test_any_text_reads_back_as_it_was(title: str, says: str, words: list[str], number: int) -> None:
    raw = {
        "title": title,
        "way": [{"says": says, "mental": words}, {"act": words}],
        "penalty": [{"nth": 1, "fine_max": number, "felony": True}],
    }
    assert tomllib.loads(draft_toml(raw)) == raw
