"""Files that someone made to do harm: case files, texts, dockets, archives, anchors. One clear line, and no more."""

from __future__ import annotations

import copy
import io
import json
import random
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plea_aid import settings as installed
from plea_aid.casework import anchors
from plea_aid.casework.accounts import server_actor
from plea_aid.casework.backups import make_backup
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.keyring import keys_at_hand
from plea_aid.casework.migrate import open_database
from plea_aid.casework.restoring import restore_backup
from plea_aid.law.load import load_law
from plea_aid.privacy.guard import load_guard
from plea_aid.privacy.reread import reread
from plea_aid.screening.columns import DocketError
from plea_aid.screening.upload import export_csv, peek, screen_upload

from .hostile import CANARY, FORMULAS, HIDDEN, LINES, MARKUP, PATHS, SQL, TYPST, UNICODE, WORDS, assert_plain, command

CASE: dict[str, Any] = {
    "cause_number": "CR-1",
    "offense_date": "2026-03-14",
    "plea_date": "2026-05-02",
    "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)", "nth": 1, "record": {"victim": "unspecified"}}],
    "prior": [{"offense": "MCA 45-6-301", "date": "2022-01-10", "sentence_days": 0}],
    "option": [{"name": "As charged", "count": [{"number": 1, "disposition": "guilty-plea", "jail_days": 10}]}],
    "plan": {"min_jail_days": 0, "exclude": []},
}
ODD: tuple[Any, ...] = (None, [], {}, True, -1, 10**40, 1e300, float("nan"), [[]], {"a": 1}, *HIDDEN, *LINES, *WORDS)
JOBS = (
    ("assess", "case.toml"),
    ("note", "case.toml", "-o", "note.pdf"),
    ("law", "evaluate", "case.toml"),
    ("law", "draft", "case.toml"),
)
PIECES = (*WORDS[:-1], *HIDDEN[:3], *LINES)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, with something in it that nothing may read."""
    monkeypatch.setenv("PLEA_AID_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    installed.settings.cache_clear()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text(CANARY)
    yield tmp_path
    installed.settings.cache_clear()


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of plain data."""
    pairs = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from places(value, (*path, key))


def altered(path: tuple[Any, ...], value: Any, *, key: bool = False) -> dict[str, Any]:
    """The case with another value, or another key, at one place."""
    document = copy.deepcopy(CASE)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    if key:
        inner[value] = inner.pop(path[-1])
    else:
        inner[path[-1]] = value
    return document


def test_a_case_file_with_anything_anywhere_gets_an_answer_or_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(6)
    for path in places(CASE):
        for value in dice.sample(ODD, 2):
            said = command(monkeypatch, "assess", "-", given=json.dumps(altered(path, value)).encode())
            assert_plain(said)
        if isinstance(path[-1], str):
            for value in dice.sample((*HIDDEN, *LINES, *WORDS), 1):
                document = altered(path, value, key=True)
                assert_plain(command(monkeypatch, "assess", "-", "--json", given=json.dumps(document).encode()))


@pytest.mark.parametrize("value", [*HIDDEN, *LINES])
def test_a_sign_that_no_one_types_is_named_and_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    for path in (("cause_number",), ("option", 0, "name"), ("count", 0, "offense"), ("plan", "exclude")):
        given_ = [value] if path[-1] == "exclude" else value
        said = command(monkeypatch, "assess", "-", given=json.dumps(altered(path, given_)).encode())
        assert_plain(said, codes=(2,))
        assert "holds the hidden sign U+" in said.err
        assert path[0] in said.err


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"9" * 5_000,
        b"null",
        b"[]",
        b"{}",
        b'"\\ud800"',
        b'{"count": [' + b"{}," * 5_000 + b"{}]}",
        b'{"count": 1e999}',
        b"{" + b'"a":1,' * 9_999 + b'"b":2}',
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
@pytest.mark.parametrize("job", ["assess", "options"])
def test_what_is_no_case_gets_some_short_lines(monkeypatch: pytest.MonkeyPatch, job: str, content: bytes) -> None:
    assert_plain(command(monkeypatch, job, "-", given=content), codes=(2,))


@pytest.mark.parametrize(
    "content",
    [
        b"a" * 10,
        b"\xff",
        b"[" * 9_000 + b"]" * 9_000,
        b"a=" + b"[" * 9_000,
        b'"' + b"a." * 9_000,
        b"x = 9" + b"9" * 5_000,
        b"offense_date = 0000-00-00",
        b'cause_number = "\\u202e"',
        b"\x1b[31m = 1",
        b"[count.record]\n\x00=1",
    ],
)
def test_toml_that_is_no_case_gets_some_short_lines(
    monkeypatch: pytest.MonkeyPatch, home: Path, content: bytes
) -> None:
    file = home / "case.toml"
    file.write_bytes(content)
    for job in JOBS:
        assert_plain(command(monkeypatch, *job), codes=(2,))
    assert not (home / "note.pdf").exists()


def test_hostile_names_stand_in_the_terminal_and_the_note_as_they_were_typed(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    words = [one for one in (*TYPST, *MARKUP, *FORMULAS, *PATHS, *SQL, *UNICODE) if not set(one) & {"\u2028", "\t"}]
    names = [""]
    for word in words:
        if len(names[-1]) + len(word) > 115:
            names.append("")
        names[-1] += f"{word[:100]} "
    document = {**CASE, "prior": [], "option": [{"name": one} for one in names], "cause_number": TYPST[0]}
    (home / "case.json").write_text(json.dumps(document))
    shown = command(monkeypatch, "assess", "case.json")
    assert_plain(shown, codes=(0,))
    assert_plain(command(monkeypatch, "note", "case.json", "-o", "note.pdf"), codes=(0,))
    pages = reread((home / "note.pdf").read_bytes()).text
    assert "root:x:0" not in shown.out + pages
    for text in (shown.out, pages):
        typed = "".join(text.split())
        for word in words:
            if word.isascii() and len(word) < 24:
                assert "".join(word.split()) in typed, word


@pytest.mark.parametrize("name", [*PATHS, *HIDDEN, "x" * 300, "", "-x", "a\nb"])
def test_no_name_of_a_file_leads_anywhere(monkeypatch: pytest.MonkeyPatch, home: Path, name: str) -> None:
    for job in (("assess",), ("restore",), ("screen", "-o", "out.csv")):
        said = command(monkeypatch, *job, "--", name)
        assert_plain(said, codes=(2,))
        assert "root:x:0" not in said.err
    assert not (home / "out.csv").exists()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from([*PIECES]), max_size=6).map(" ".join)))
def test_any_text_is_scanned(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    said = command(monkeypatch, "guard", given=content)
    assert_plain(said)
    said = command(monkeypatch, "guard", "--json", given=content)
    if said.code == 0:
        assert len(json.loads(said.out)["lines"]) == len([*text.split("\n")]) - (text.endswith("\n") or not text)
    load_guard().scan(text)


# ----- dockets


def sheet(kind: str, rows: list[dict[str, str]]) -> bytes:
    """A docket as a file of one of the three kinds."""
    frame, out = pd.DataFrame(rows), io.BytesIO()
    if kind == "csv":
        return frame.to_csv(index=False).encode("utf-8", "surrogatepass")
    (frame.to_parquet if kind == "parquet" else frame.to_excel)(out, index=False)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_docket_with_anything_in_it_is_screened_and_its_export_runs_nothing(kind: str) -> None:
    hostile = [*WORDS[:-1], *LINES]
    if kind == "xlsx":
        hostile = [
            one
            for one in hostile
            if len(one) < 30_000 and not one.lstrip().startswith("=") and not any("\x7f" <= s < "\xa0" for s in one)
        ]
    rows = [
        {"case_id": f"{n}{one}", "count": "1", "offense": one, "note": one, one[:40] or "x": one}
        for n, one in enumerate(hostile)
    ]
    for part in (rows[:25], rows[25:]):
        screened = screen_upload(f"../../x.{kind}", sheet(kind, part), load_law(), date(2026, 11, 22), mapping={})
        assert len(screened.frame) == len(part)
        assert (screened.frame["error"] != "").all()
        table = pd.read_csv(io.BytesIO(export_csv(screened.frame)), dtype=str, keep_default_na=False)
        for cell in [*table.columns, *table.to_numpy().flatten()]:
            assert (
                cell.lstrip()[:1] not in ("=", "+", "-", "@", "|", "%")
                or cell.strip().lstrip("+-").replace(".", "").isdigit()
            ), cell


def files() -> dict[str, bytes]:
    rows = [{"case_id": f"CR-{n}", "count": "1", "offense": "MCA 45-6-301"} for n in range(30)]
    return {kind: sheet(kind, rows) for kind in ("csv", "xlsx", "parquet")}


FILES = files()
BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as packed:
    packed.writestr("xl/worksheets/sheet1.xml", b"\0" * 600_000_000)
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">' + b"".join(
    b'<!ENTITY b%d "%s">' % (n, b"&b%d;" % (n - 1) * 20 if n else b"lol") for n in range(9)
)


SHEET = b"<worksheet><sheetData><row><c t='inlineStr'><is><t>&a;&b8;</t></is></c></row></sheetData></worksheet>"


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose first sheet is the given XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILES["xlsx"])) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, xml if entry.filename.endswith("sheet1.xml") else old.read(entry))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b""),
        ("x.csv", b"\n\n"),
        ("x.csv", b"\x00"),
        ("x.csv", b"\xff\xfe,\n"),
        ("x.csv", b'"' * 9_999),
        ("x.csv", b"case_id,count,offense\n" + b'"' + b"a" * 12_000_000),
        ("x.csv", b"," * 100_000),
        ("x.csv", b"a,a\n1,2"),
        ("x.csv", b"case_id,count,offense,birthplace\n1,1,x,y"),
        ("x.exe", b"MZ"),
        ("x", b"x"),
        ("x.csv/../../y", b"x"),
        ("x.xlsx", b"PK\x03\x04"),
        ("x.xlsx", BOMB.getvalue()),
        ("x.xlsx", with_sheet(b"<a>")),
        ("x.xlsx", with_sheet(ENTITIES + b"]>" + SHEET)),
        ("x.parquet", b"PAR1" * 9),
        ("x.parquet", b"PAR1\xff\xff\xff\x7fPAR1"),
    ],
)
def test_what_is_no_docket_gets_a_clear_line(name: str, content: bytes) -> None:
    def opened() -> None:
        peek(name, content)
        screen_upload(name, content, load_law(), date(2026, 11, 22), mapping={})

    with pytest.raises(DocketError) as told:
        opened()
    assert all(len(one) < 1_000 for one in told.value.problems)
    assert "root:x:0" not in str(told.value)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_a_damaged_docket_is_screened_or_refused(kind: str, data: st.DataObject) -> None:
    content = bytearray(FILES[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.sampled_from([len(content), len(content) // 2, len(content) - 9]))]
    problems: list[str] = []
    try:
        screen_upload(f"x.{kind}", bytes(content), load_law(), date(2026, 11, 22), mapping={})
    except DocketError as refused:
        problems = refused.problems
    assert all(len(one) < 1_000 for one in problems)


# ----- backups, exports, anchors


@pytest.fixture
def office(home: Path) -> Iterator[Any]:
    database = open_database(f"sqlite:///{home / 'office.db'}")
    yield database
    database.close()


def test_no_altered_backup_is_restored(office: Any, home: Path) -> None:
    keys = keys_at_hand()
    assert keys
    made = make_backup(office, server_actor(), home / "office.backup", keys).file
    good, dice = made.read_bytes(), random.Random(6)
    url = f"sqlite:///{home / 'elsewhere.db'}"
    attempts = [good[:n] for n in (0, 1, 40, 200, len(good) // 2, len(good) - 1)] + [
        good + b"x",
        good + good,
        b"\0" * 99,
    ]
    for at in [*range(0, 400, 23), *dice.sample(range(len(good)), 15)]:
        attempts.append(good[:at] + bytes([good[at] ^ (1 << dice.randrange(8))]) + good[at + 1 :])
    for attempt in attempts:
        made.write_bytes(attempt)
        with pytest.raises((CaseworkError, ValueError)) as told:
            restore_backup(url, server_actor(), made, keys)
        assert "\n" not in str(told.value)
        assert len(str(told.value)) < 500
    assert not (home / "elsewhere.db").exists()
    assert not [one for one in home.iterdir() if "unfinished" in one.name or "part" in one.suffix]


def test_no_altered_anchor_is_believed(office: Any, home: Path) -> None:
    key = anchors.signing_key(home / "anchor.key")
    make_backup(office, server_actor(), home / "office.backup", keys_at_hand())  # type: ignore[arg-type]
    anchors.make_anchor(office, server_actor(), key, home / "a.anchor")
    good, public = (home / "a.anchor").read_bytes(), anchors.public_text(key)
    assert anchors.read_anchor(good, public)
    for at in range(0, len(good), 3):
        for content in (good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], good[:at]):
            if content.strip() == good.strip():
                continue
            with pytest.raises(CaseworkError) as told:
                anchors.read_anchor(content, public)
            assert "\n" not in str(told.value)
    for odd in (b"", b"[" * 100_000, b"{}", b"null", b'{"signature": 1}', b"\xff", b"9" * 5_000):
        with pytest.raises(CaseworkError):
            anchors.read_anchor(odd, public)


@pytest.mark.parametrize(
    "name", ["office.backup", "x\n.backup", "a\u202eb.zip", "x" * 300, "nowhere/office.backup", "~root.zip"]
)
def test_a_backup_and_an_export_stay_where_they_were_asked_for(
    monkeypatch: pytest.MonkeyPatch, office: Any, home: Path, name: str
) -> None:
    monkeypatch.setenv("PLEA_AID_DATABASE_URL", f"sqlite:///{home / 'office.db'}")
    installed.settings.cache_clear()
    for job in ("backup", "export"):
        before = {one for one in home.rglob("*") if one.is_file()}
        said = command(monkeypatch, job, "-o", name)
        assert_plain(said)
        made = {one for one in home.rglob("*") if one.is_file()} - before
        target = home / name
        assert all(one == target or target in one.parents or "office.db" in one.name for one in made), made
