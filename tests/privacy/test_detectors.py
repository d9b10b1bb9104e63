"""The detector file: its faults are named, its lists are all in use, and its time-saving cues lose nothing."""

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from plea_aid.privacy.detectors import DetectorFile, GuardDataError, load_detectors, words_pattern
from plea_aid.privacy.guard import Guard
from plea_aid.privacy.scorecard import load_corpus
from plea_aid.settings import data_dir

PATH = data_dir() / "helena" / "guard.toml"

SMALL = """
version = "1"
[[kind]]
id = "ssn"
label = "number"
why = "for the test"
[[context]]
id = "near"
side = "before"
why = "for the test"
pattern = "ab"
[[detector]]
id = "one"
kind = "ssn"
why = "for the test"
pattern = "cd"
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version = ", "is not a TOML file"),
        (SMALL.replace('label = "number"\n', ""), "kind.0.label"),
        (SMALL + "colour = 1\n", "detector.0.colour"),
        (SMALL.replace('pattern = "cd"', 'pattern = "c(d"'), "one: the pattern is wrong"),
        (SMALL.replace('pattern = "cd"', 'pattern = "{nothing}"'), "{nothing} is no word list"),
        (SMALL.replace('pattern = "cd"', 'pattern = "Cd"'), "write it in lower case"),
        (SMALL.replace('kind = "ssn"', 'kind = "shoe-size"'), "'shoe-size' is not one of the kinds"),
        (SMALL + 'when = ["far"]\n', "'far' is not a context"),
        (SMALL + 'cue = ["{words}"]\n', "{words} is no word list"),
        (SMALL + SMALL[SMALL.index("[[detector]]") :], "the id is given twice"),
        (SMALL.replace('why = "for the test"\npattern = "cd"', 'why = "x"\npattern = "cd"'), "detector.0.why"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "guard.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(GuardDataError, match=re.escape(message)) as fault:
        load_detectors(file).check()
    assert str(file) in str(fault.value)


def test_every_pattern_of_the_published_file_compiles() -> None:
    load_detectors(PATH).check()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(GuardDataError, match="cannot be read"):
        load_detectors(tmp_path / "guard.toml")


def test_everything_defined_is_used() -> None:
    file = DetectorFile.model_validate(tomllib.loads(PATH.read_text(encoding="utf-8")))
    entries = [*file.part, *file.context, *file.detector, *file.allow]
    listed = [word for words in file.words for word in words.words]
    texts = [*(entry.pattern for entry in entries), *listed, *(cue for entry in file.detector for cue in entry.cue)]
    references = {name for text in texts for name in re.findall(r"\{([a-z][a-z0-9-]*)\}", text)}
    assert {entry.id for entry in (*file.words, *file.part)} == references
    assert {context.id for context in file.context} == {
        name for detector in file.detector for name in (*detector.when, *detector.unless)
    }
    assert {detector.kind for detector in file.detector} == {kind.id for kind in file.kind}


def test_cues_save_time_and_lose_nothing() -> None:
    detectors = load_detectors(PATH)
    without = dataclasses.replace(
        detectors, detectors=tuple(dataclasses.replace(each, cues=()) for each in detectors.detectors)
    )
    quick, thorough = Guard(detectors), Guard(without)
    for entry in load_corpus():
        assert quick.scan(entry.line) == thorough.scan(entry.line)


def test_a_word_list_takes_the_longest_word_and_any_hyphen() -> None:
    pattern = re.compile(words_pattern(["co-worker", "cow", "new", "new york", "st. paul"]))
    text = "coworker co worker co-worker cow new york new st. paul stx paul"
    assert [match[0] for match in pattern.finditer(text)] == [
        "coworker",
        "co worker",
        "co-worker",
        "cow",
        "new york",
        "new",
        "st. paul",
    ]
