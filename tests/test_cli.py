"""The command line as another office's script uses it: exit codes, JSON alone on stdout, one line for each fault."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from plea_aid.settings import data_dir

EXAMPLES = sorted((data_dir() / "examples").glob("*.toml"))


def plea_aid(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "plea_aid", *arguments], input=stdin, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_assess_prints_one_json_document_for_every_example(path: Path) -> None:
    done = plea_aid("assess", str(path), "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    document = json.loads(done.stdout)
    assert document["options"][0]["name"] == "charge stage"
    assert document["law"]["version"]
    for option in document["options"]:
        for finding in option["findings"]:
            assert finding["level"] != "none"
            assert finding["because"]
            assert finding["authorities"]
            assert finding["postures"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_assess_for_a_person(path: Path) -> None:
    done = plea_aid("assess", str(path))
    assert done.returncode == 0, done.stderr
    assert "At a glance" in done.stdout
    assert "Section 5" in done.stdout


def test_json_on_standard_input() -> None:
    done = plea_aid("assess", "-", "--json", stdin=json.dumps({"count": [{"number": 1, "offense": "45-6-301(1)"}]}))
    assert done.returncode == 0, done.stderr
    assert [o["name"] for o in json.loads(done.stdout)["options"]] == ["charge stage"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[[count]]\nnumber = 1\noffense = "MCA 1-2-3"\n', "is not an offense of the catalogue"),
        ('[[count]]\nnumber = 1\noffense = "MCA 45-7-302"\ncolor = 1\n', "unknown key 'color'"),
        ("[[count", "not readable as TOML"),
        ("\x00\x01", "not readable as TOML"),
        (
            '[[count]]\nnumber = 1\noffense = "MCA 45-5-206(1)(a)"\n[[option]]\nname = "A"\n[[option.count]]\n'
            "number = 1\njail_days = 400\n",
            "above the maximum of 365 days",
        ),
    ],
)
def test_bad_input_exits_2_with_one_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "case.toml"
    path.write_text(content, encoding="utf-8")
    done = plea_aid("assess", str(path), "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_missing_file_and_a_binary_file_are_one_line(tmp_path: Path) -> None:
    missing = plea_aid("assess", str(tmp_path / "none.toml"))
    assert missing.returncode == 2
    assert "No such file" in missing.stderr
    binary = tmp_path / "case.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    done = plea_aid("assess", str(binary))
    assert done.returncode == 2
    assert "UTF-8 is accepted" in done.stderr


def test_note_writes_a_pdf(tmp_path: Path) -> None:
    target = tmp_path / "note.pdf"
    done = plea_aid("note", str(EXAMPLES[0]), "-o", str(target))
    assert done.returncode == 0, done.stderr
    assert target.read_bytes().startswith(b"%PDF")
    wrong = plea_aid("note", str(EXAMPLES[0]), "-o", str(target), "--profile", "pretty")
    assert wrong.returncode == 2
    assert "accepted: internal" in wrong.stderr


def test_law_show_and_check() -> None:
    assert "Partner or family member assault" in plea_aid("law", "show", "MCA 45-5-206(1)(a)").stdout
    assert json.loads(plea_aid("law", "show", "45-5-206", "--json").stdout)["offenses"]
    assert json.loads(plea_aid("law", "show", "dep-dv", "--json").stdout)["ground"]["id"] == "dep-dv"
    assert plea_aid("law", "show", "nothing at all").returncode == 2
    assert plea_aid("law", "check").returncode == 0


def test_assess_needs_neither_screen_nor_data_frame() -> None:
    code = (
        "import sys; from plea_aid.cli import app; from typer.testing import CliRunner;"
        f"r = CliRunner().invoke(app, ['assess', {str(EXAMPLES[0])!r}, '--json']); assert r.exit_code == 0, r.output;"
        "bad = {'streamlit', 'pandas', 'sqlmodel', 'sqlalchemy'} & set(sys.modules); assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_accounts_and_verification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEA_AID_HOME", str(tmp_path))
    monkeypatch.delenv("PLEA_AID_DATABASE_URL", raising=False)
    added = plea_aid("users", "add", "jdoe", "Jo Doe")
    assert added.returncode == 0, added.stderr
    assert "one-time code" in added.stdout
    assert "jdoe\tJo Doe\tprosecutor\tactive" in plea_aid("users", "list").stdout
    assert plea_aid("users", "add", "jdoe", "Jo Doe").returncode == 2
    wrong = plea_aid("users", "add", "kroe", "Kim Roe", "--role", "king")
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1
    assert plea_aid("users", "code", "nobody").returncode == 2
    checked = plea_aid("verify")
    assert checked.returncode == 0
    assert "nothing was altered" in checked.stdout
