"""The published corpus: how much the guard finds and how rarely it is wrong, with stated floors."""

from collections import Counter
from pathlib import Path

import pytest

from plea_aid.privacy.detectors import GuardDataError
from plea_aid.privacy.guard import load_guard
from plea_aid.privacy.scorecard import UNSEEN, CorpusLine, Score, load_corpus, score, total

RECALL_FLOOR = 0.97
PRECISION_FLOOR = 0.97


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return {each.kind: each for each in score(load_guard(), load_corpus())}


@pytest.mark.parametrize("name", load_guard().kinds)
def test_recall_and_precision_stay_above_their_floors(name: str, scores: dict[str, Score]) -> None:
    kind = scores[name]
    assert kind.recall >= RECALL_FLOOR, "\n".join(kind.faults)
    assert kind.precision >= PRECISION_FLOOR, "\n".join(kind.faults)


def test_all_kinds_together_stay_above_the_floors(scores: dict[str, Score]) -> None:
    every = total(list(scores.values()))
    assert every.found + every.missed == sum(len(entry.expected) for entry in load_corpus())
    assert every.recall >= RECALL_FLOOR
    assert every.precision >= PRECISION_FLOOR


def test_lines_that_the_detectors_were_not_written_with_are_found_nearly_as_well() -> None:
    unseen = load_corpus(name=UNSEEN)
    assert not {entry.line for entry in unseen} & {entry.line for entry in load_corpus()}
    every = total(score(load_guard(), unseen))
    assert every.found + every.missed > 150
    assert every.recall >= 0.93
    assert every.precision >= 0.95
    plain = [entry for entry in unseen if not entry.expected]
    assert len(plain) > 40
    assert sum(bool(load_guard().scan(entry.line)) for entry in plain) <= 4


def test_the_corpus_is_large_and_mixed() -> None:
    corpus = load_corpus()
    assert len(corpus) >= 350
    assert len({entry.line for entry in corpus}) == len(corpus)
    assert sum(1 for entry in corpus if not entry.expected) >= 150
    of_kind = Counter(kind for entry in corpus for kind, _ in entry.expected)
    assert set(of_kind) == set(load_guard().kinds)
    assert min(of_kind.values()) >= 15
    assert sum(1 for entry in corpus if len(entry.expected) > 2) >= 10


def test_a_miss_and_an_extra_are_counted_and_told() -> None:
    corpus = [CorpusLine("He is gay.", (("disability", "gay"),)), CorpusLine("DOB 3/4/91", (("birth-date", "3/4/91"),))]
    scores = {each.kind: each for each in score(load_guard(), corpus)}
    assert (scores["disability"].missed, scores["sexual-orientation"].extra, scores["birth-date"].found) == (1, 1, 1)
    assert scores["disability"].recall == 0
    assert scores["sexual-orientation"].precision == 0
    assert scores["ssn"].recall == scores["ssn"].precision == 1
    assert "He is gay." in scores["disability"].faults[0]


def test_a_wrong_row_of_the_corpus_is_named(tmp_path: Path) -> None:
    (tmp_path / "helena").mkdir()
    file = tmp_path / "helena" / "guard-corpus.csv"
    file.write_text("line,expected\nHe is gay.,disability: deaf\n", encoding="utf-8")
    with pytest.raises(GuardDataError, match="row 2"):
        load_corpus(tmp_path)
