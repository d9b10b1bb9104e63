"""How well the guard finds what it should: recall and precision over a labelled corpus of case-note lines.

`helena/guard-corpus.csv` is what the detectors were written with. `helena/guard-unseen.csv` was written before them and
no line of it was looked at while they were, so that it tells what a new text meets. Both hold a line of text, and what
is to be found in it as `kind: words`, several parted by ` | `, nothing where nothing is to be found. All persons in
them are invented.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from plea_aid.privacy.detectors import GuardDataError
from plea_aid.privacy.guard import Guard
from plea_aid.settings import data_dir as installed_data_dir


@dataclass(frozen=True, slots=True)
class CorpusLine:
    """A line, and the kinds and words that the guard is to find in it."""

    line: str
    expected: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Score:
    """Counts for one kind. `found`: expected words that a hit of the kind covers; `extra`: hits that cover none."""

    kind: str
    found: int = 0
    missed: int = 0
    extra: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of what was to be found that was found; 1 when there was nothing to find."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    @property
    def precision(self) -> float:
        """Share of the hits that were expected; 1 when there were no hits."""
        return self.found / (self.found + self.extra) if self.found + self.extra else 1.0


CORPUS = "guard-corpus.csv"
UNSEEN = "guard-unseen.csv"


def load_corpus(data_dir: Path | None = None, name: str = CORPUS) -> list[CorpusLine]:
    """A published corpus, ``CORPUS`` or ``UNSEEN``. Raises GuardDataError when a row is wrong, naming it."""
    path = (data_dir or installed_data_dir()) / "helena" / name
    lines: list[CorpusLine] = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            line = row["line"]
            expected: list[tuple[str, str]] = []
            for item in filter(None, row["expected"].split(" | ")):
                kind, _, words = item.partition(": ")
                if not words or words not in line:
                    raise GuardDataError(f"{path}: row {number}: {item!r} is not 'kind: words' with words of the line")
                expected.append((kind, words))
            lines.append(CorpusLine(line, tuple(expected)))
    return lines


def score(guard: Guard, corpus: Iterable[CorpusLine]) -> list[Score]:
    """One score for each kind the guard knows, in the order of the detector file."""
    scores = {kind: Score(kind) for kind in guard.kinds}
    for entry in corpus:
        hits = guard.scan(entry.line)
        spans = [(hit.kind, hit.start, hit.end) for hit in hits]
        useful: set[tuple[str, int, int]] = set()
        for kind, words in entry.expected:
            covering = [span for span in spans if span[0] == kind and _covers(entry.line, words, span[1], span[2])]
            useful.update(covering)
            if covering:
                scores[kind].found += 1
            else:
                scores[kind].missed += 1
                scores[kind].faults.append(f"missed {words!r} in: {entry.line}")
        for hit, span in zip(hits, spans, strict=True):
            if span not in useful:
                scores[hit.kind].extra += 1
                scores[hit.kind].faults.append(f"extra {hit.text!r} in: {entry.line}")
    return list(scores.values())


def total(scores: Sequence[Score]) -> Score:
    """All kinds together."""
    return Score(
        "all",
        found=sum(each.found for each in scores),
        missed=sum(each.missed for each in scores),
        extra=sum(each.extra for each in scores),
        faults=[fault for each in scores for fault in each.faults],
    )


def _covers(line: str, words: str, start: int, end: int) -> bool:
    at = line.find(words)
    while at >= 0:
        if start <= at and at + len(words) <= end:
            return True
        at = line.find(words, at + 1)
    return False
