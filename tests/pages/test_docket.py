"""The docket page as a prosecutor uses it: a list in, flags out, cases opened from it once."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from plea_aid.casework import cases
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.law.load import load_law
from plea_aid.pages.docket_words import COLUMNS, fault, reasons, situations
from plea_aid.screening.columns import KNOWN
from plea_aid.screening.upload import export_csv
from tests.pages.conftest import Open, colleague, press, visible

DOCKET = b"""Cause,Ct,Statute,disposition,jail_days,suspended_days
EX-1,1,MCA 45-5-206(1)(a),guilty-plea,10,355
EX-1,2,MCA 45-6-301(1),guilty-plea,0,30
EX-2,1,MCA 45-7-302,dismissed,,
EX-3,1,MCA 1-2-3,,,
"""


@pytest.fixture
def opened(pat: Actor, open_app: Open) -> AppTest:
    return open_app("pat", page="docket")


def screened(app: AppTest, content: bytes = DOCKET) -> AppTest:
    app.file_uploader[0].set_value(("docket.csv", content, "text/csv")).run()
    for known, theirs in (("Cause number", "Cause"), ("Count number", "Ct"), ("Offense charged", "Statute")):
        found = [s for s in app.selectbox if s.label == f"{known} (needed)"]
        if found and found[0].value == "(none)":
            found[0].select(theirs)
    return press(app, "Screen the docket")


def test_a_docket_is_flagged_and_its_columns_are_remembered(opened: AppTest, pat: Actor, db: Database) -> None:
    app = screened(opened)
    text = visible(app)
    assert "**4 counts** in **3 cases**" in text
    assert "1 row could not be analysed" in text
    from plea_aid.casework import docket

    header = DOCKET.decode().splitlines()[0].split(",")
    assert (docket.remembered_columns(db, pat, header) or {})["case_id"] == "Cause"


def test_a_column_that_is_needed_is_asked_for_by_its_plain_name(opened: AppTest) -> None:
    assert "What a docket holds" in visible(opened)
    opened.file_uploader[0].set_value(("docket.csv", DOCKET, "text/csv")).run()
    press(opened, "Screen the docket")
    assert "where to find the cause number, count number and offense charged" in visible(opened)


def test_nothing_on_the_page_is_an_id(opened: AppTest) -> None:
    app = screened(opened)
    law = load_law()
    [rows] = [frame.value for frame in app.dataframe]
    assert list(rows.columns) == [
        "Cause number", "Count", "Offense", "Flag", "Highest level", "Grounds", "What is wrong",
    ]  # fmt: skip
    shown = visible(app) + rows.to_csv() + "".join(table.value.to_csv() for table in app.table)
    shown = re.sub(r"law\?term=[a-z-]+", "", shown)  # the address of a word of the glossary
    ids = [i for i in (*law.grounds, *law.postures) if "-" in i and i in shown]
    assert ids == []
    assert "Bars DACA" in rows["Grounds"][0]
    ground = next(box for box in app.selectbox if box.label == "Ground")
    assert all(option == "All" or option in {g.name for g in law.grounds.values()} for option in ground.options)


def test_a_row_says_its_reasons_in_words() -> None:
    law = load_law()
    levels, rest = reasons("Certain: gmc-probation, bar-daca. Likely: detainer. Count 1: met. Possible: so. x", law)
    names = [law.grounds[g].name for g in ("gmc-probation", "bar-daca", "detainer")]
    assert levels == [("certain", names[:2]), ("likely", names[2:])]
    assert rest == "Count 1: met. Possible: so. x"
    assert situations("; ".join(law.postures), law) == "Every immigration situation"
    assert situations("lpr; daca", law) == f"{law.postures['lpr'].name}; {law.postures['daca'].name}"
    assert fault("row 7: offense_date: 'x' is no day") == "row 7: Date of the offense: 'x' is no day"
    assert fault("no column: at all") == "no column: at all"
    assert {*COLUMNS} == {*KNOWN}


def test_protected_columns_are_refused_until_left_out(opened: AppTest) -> None:
    content = b"case_id,count,offense,DOB\nEX-1,1,MCA 45-7-302,x\n"
    opened.file_uploader[0].set_value(("docket.csv", content, "text/csv")).run()
    assert "By their names these hold" in visible(opened)
    press(opened, "Screen the docket")
    assert "looks like a birth date" in visible(opened)
    opened.multiselect[0].select("DOB")
    press(opened, "Screen the docket")
    assert "**1 count** in **1 case**" in visible(opened)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"case_id,count\n1,1\n", b"PK\x03\x04"])
def test_what_is_no_docket_is_one_sentence(opened: AppTest, content: bytes) -> None:
    opened.file_uploader[0].set_value(("docket.csv", content, "text/csv")).run()
    if not opened.error:
        press(opened, "Screen the docket")
    assert len(opened.error) == 1


def test_an_auditor_screens_nothing(db: Database, pat: Actor, open_app: Open) -> None:
    colleague(db, pat, "kim", "auditor")
    app = open_app("kim", page="docket")
    assert "may not screen a docket" in visible(app)
    assert not app.file_uploader


def test_the_same_docket_twice_makes_no_second_case(db: Database, pat: Actor) -> None:
    from datetime import date

    from plea_aid.casework import docket
    from plea_aid.law.load import load_law
    from plea_aid.screening.upload import case_documents, screen_upload

    mapping = {"case_id": "Cause", "count": "Ct", "offense": "Statute"}
    found = screen_upload("d.csv", DOCKET, load_law(), date(2026, 11, 22), mapping=mapping)
    documents = case_documents(found, [0, 2, 3])
    assert list(documents) == ["EX-1", "EX-2"]
    first = docket.open_as_cases(db, pat, documents)
    again = docket.open_as_cases(db, pat, documents)
    assert (len(first.new), first.there) == (2, ())
    assert (again.new, set(again.there)) == ((), set(first.new))
    view = cases.open_case(db, pat, first.new[0])
    assert len(view.document["count"]) == 2
    assert view.document["option"][0]["count"][0]["suspended_days"] == 355


def test_formulas_are_harmless_in_an_export() -> None:
    import pandas as pd

    frame = pd.DataFrame({"a": ["=1+1", "+cmd|' /C calc'!A0", "-5", "@x", "plain, text", "\t=2"]})
    lines = export_csv(frame).decode("utf-8-sig").split("\r\n")
    assert lines[1:7] == ["'=1+1", "'+cmd|' /C calc'!A0", "-5", "'@x", '"plain, text"', "'\t=2"]
