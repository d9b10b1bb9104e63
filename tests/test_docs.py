"""What the documents show is true: commands run, examples are accepted, links lead somewhere, nothing is left out."""

from __future__ import annotations

import importlib
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import typer

from plea_aid.analysis.casefile import parse_case
from plea_aid.analysis.classify import classify
from plea_aid.cli import app
from plea_aid.law.load import read_law
from plea_aid.settings import data_dir

from .shown_session import Session

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "plea_aid"
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "data" / "README.md", *sorted(ROOT.glob("docs/*.md"))]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS}
README = TEXTS["README.md"]
DATA_README = TEXTS["data/README.md"]
SETTINGS_AT = "docs/administrator.md"


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def _prose(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if "\n$ plea-aid" in text])
def test_what_a_document_shows_runs_and_prints_that(name: str, tmp_path: Path) -> None:
    session = Session(tmp_path, ROOT / "data")
    assert session.work_through(TEXTS[name]) == len(re.findall(r"^\$ (?!pip |echo )", TEXTS[name], re.MULTILINE))


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not hasattr(group, "commands"):
        yield path
        return
    for name, command in group.commands.items():
        yield from _commands(command, (*path, name))


COMMANDS = [" ".join(path) for path in _commands(typer.main.get_command(app), ("plea-aid",))]
"""Every command that ``plea-aid --help`` leads to."""


def test_every_command_is_documented() -> None:
    every = "\n".join(TEXTS.values())
    # 'plea-aid users add|list|code' names three; so does a line that goes on with 'users list'.
    for names in re.findall(r"plea-aid ((?:\w+ )?\w+(?:\|\w+)+)", every):
        group, _, last = names.rpartition(" ")
        every += "".join(f"\nplea-aid {group} {one}\n" for one in last.split("|"))
    assert len(COMMANDS) > 15
    assert [c for c in COMMANDS if c != "plea-aid serve" and not re.search(rf"{re.escape(c)}(?![\w-])", every)] == []


def test_no_document_names_a_command_that_does_not_exist() -> None:
    known = {tuple(c.split()[1:]) for c in COMMANDS}
    groups = {path[0] for path in known if len(path) > 1}
    for name, text in TEXTS.items():
        if name == "CHANGELOG.md":
            continue
        for words in re.findall(r"(?:`|^\$ (?:\S+=\S+ )?)plea-aid ([a-z]+(?: [a-z|]+)?)", text, re.MULTILINE):
            first, _, second = words.partition(" ")
            assert first in {path[0] for path in known}, f"{name}: plea-aid {words}"
            for one in second.split("|") if first in groups and second else ():
                assert (first, one) in known, f"{name}: plea-aid {words}"


def test_the_two_commands_are_what_ci_runs() -> None:
    shown = [line for block in _blocks(README, "console") for line in block.splitlines() if "uv run" in line]
    assert shown == ["$ pip install uv && uv run plea-aid", "$ pip install uv && uv run pytest"]
    assert "pip install --quiet uv && uv run pytest" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_case_file_of_the_readme_is_accepted() -> None:
    for block in _blocks(README, "toml"):
        assert parse_case(block, "toml").count


def test_the_worked_offense_of_the_data_guide_is_classified(tmp_path: Path) -> None:
    session = Session(tmp_path, ROOT / "data")
    session.work_through(re.sub(r"^```console.*?^```$", "", DATA_README, flags=re.DOTALL | re.MULTILINE))
    law = read_law(tmp_path / "data")
    offense = law.resolve("MCA 99-1-101")[0]
    levels = {m.category: m.level for m in classify(offense, law, offense.checked)}
    assert levels["cimt"] in ("none", "unlikely")


def test_every_setting_is_documented_in_one_table_and_no_other() -> None:
    sources = "\n".join(p.read_text(encoding="utf-8") for p in [*PACKAGE.rglob("*.py"), ROOT / "streamlit_app.py"])
    read = set(re.findall(r"PLEA_AID_[A-Z_]*[A-Z]\b", sources))
    rows = {name: re.findall(r"^\| (`PLEA_AID_[^|]*) \|", text, re.MULTILINE) for name, text in TEXTS.items()}
    assert [name for name, found in rows.items() if found] == [SETTINGS_AT]
    documented = re.findall(r"PLEA_AID_[A-Z_]+", " ".join(rows[SETTINGS_AT]))
    assert sorted(documented) == sorted(read)


def _heading_ids(text: str) -> set[str]:
    ids: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", _prose(text), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
        kept = "".join(c for c in plain if c in " -_" or unicodedata.category(c)[0] in "LN")
        slug, number = kept.replace(" ", "-"), 1
        while slug in ids:
            slug, number = f"{kept.replace(' ', '-')}-{number}", number + 1
        ids.add(slug)
    return ids


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_leads_to_a_file_and_a_heading(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(TEXTS[name])):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, heading = target.partition("#")
        file = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        assert file.exists(), target
        assert file.is_relative_to(ROOT), f"{target} leads out of the project"
        if heading:
            assert heading in _heading_ids(file.read_text(encoding="utf-8")), target


def test_the_pictures_of_the_walk_are_those_its_test_makes_and_are_small() -> None:
    shown = set(re.findall(r"!\[[^\]]{20,}\]\(docs/pictures/(\w+)\.png\)", README))
    walk = (ROOT / "tests" / "browser" / "test_walk.py").read_text(encoding="utf-8")
    assert shown == set(re.findall(r'picture\(page, "(\w+)"\)', walk))
    assert shown == {path.stem for path in (ROOT / "docs" / "pictures").glob("*.png")}
    for name in shown:
        content = (ROOT / "docs" / "pictures" / f"{name}.png").read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 150_000, name


def test_what_a_newcomer_has_to_do_is_what_the_run_counted() -> None:
    counted = json.loads((ROOT / "docs" / "pictures" / "run.json").read_text(encoding="utf-8"))
    said = "{typed} fields to type into, {chosen} answers to choose and {pressed} buttons to press".format(**counted)
    assert said in re.sub(r"\s+", " ", README)


def test_every_document_is_reached_from_the_readme() -> None:
    for path in DOCUMENTS[1:]:
        assert f"]({path.relative_to(ROOT).as_posix()})" in README, path.name


def test_the_house_tree_is_the_house() -> None:
    blocks = re.findall(r"^```\w*\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    tree = next(block for block in blocks if block.startswith("streamlit_app.py"))
    rooms = set(re.findall(r"^  (\w+)/", tree, re.MULTILINE))
    assert rooms == {p.parent.name for p in PACKAGE.glob("*/__init__.py")}
    for name in re.findall(r"^(?:  )?([\w.]+/?) ", tree, re.MULTILINE):
        assert (ROOT / name).exists() or (PACKAGE / name).exists(), name


def test_every_name_on_the_architecture_page_exists() -> None:
    rooms = "|".join(p.stem for p in PACKAGE.iterdir() if p.is_dir() or p.suffix == ".py")
    names = re.findall(rf"`((?:{rooms})(?:\.\w+)+)`", TEXTS["docs/architecture.md"])
    assert len(names) > 30
    for name in names:
        _resolved(name)


def _resolved(name: str) -> Any:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(["plea_aid", *parts[:cut]]))
        except ModuleNotFoundError:
            continue
        return reduce(getattr, parts[cut:], module)
    raise AssertionError(f"there is no plea_aid.{name}")


def test_every_floor_is_on_the_architecture_page() -> None:
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("layers = [")[1].split("]")[0]
    floors = [re.findall(r"plea_aid\.(\w+)", line) for line in contract.splitlines() if "plea_aid." in line]
    table = re.findall(r"^\| \d+ \| ([^|]+) \|", TEXTS["docs/architecture.md"], re.MULTILINE)
    assert [re.findall(r"`(\w+)`", row) for row in table] == floors


def test_every_folder_of_the_data_guide_exists() -> None:
    guide = DATA_README.split("\n## ")[0]
    assert guide.count("| `") > 10
    for path in re.findall(r"^\| `([^`]+)` \|", guide, re.MULTILINE):
        assert (data_dir() / path).exists(), path
