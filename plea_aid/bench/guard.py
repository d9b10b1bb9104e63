"""The Section 2 guard over its published corpus: how much it finds, and how much of what it finds was to be found."""

from __future__ import annotations

from collections.abc import Iterator

from plea_aid.bench.row import Row, Run, timed
from plea_aid.privacy.guard import load_guard
from plea_aid.privacy.scorecard import UNSEEN, load_corpus, score, total

WHAT, FOLDING = "a line of the published corpus", "folding the case of a line"
NEW = "lines the detectors were not written with"


def lines(run: Run) -> list[tuple[str, str]]:
    """Return what is measured beside what; the kinds are those of the corpus."""
    return [(WHAT, FOLDING), (NEW, ""), *((one.kind, "") for one in score(load_guard(), load_corpus()))]


def guard_rows(run: Run) -> Iterator[Row]:
    """Yield a row for each kind of protected information, and one for all of them with the time a line takes."""
    guard, corpus = load_guard(), load_corpus()
    unseen = total(score(guard, load_corpus(name=UNSEEN)))  # which also compiles every pattern before a line is timed
    scores, seconds = timed(lambda: score(guard, corpus), times=1)
    every = total(scores)
    text = "\n".join(entry.line for entry in corpus)
    _, reading = timed(lambda: [line.casefold() for line in text.split("\n")])
    yield Row(
        "guard",
        WHAT,
        seconds / len(corpus),
        FOLDING,
        reading / len(corpus),
        note=f"{len(corpus)} lines: recall {every.recall:.3f}, precision {every.precision:.3f}",
    )
    said = f"recall {unseen.recall:.3f}, precision {unseen.precision:.3f} of {unseen.found + unseen.missed} to find"
    yield Row("guard", NEW, note=said)
    for one in scores:
        said = f"recall {one.recall:.3f}, precision {one.precision:.3f} of {one.found + one.missed} to find"
        yield Row("guard", one.kind, note=said)
