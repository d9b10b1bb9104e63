"""The Section 2 guard over its published corpus: how much it finds, and how much of what it finds was to be found."""

from __future__ import annotations

from collections.abc import Iterator

from plea_aid.bench.row import Row, timed
from plea_aid.privacy.guard import load_guard
from plea_aid.privacy.scorecard import load_corpus, score, total


def guard_rows() -> Iterator[Row]:
    """Yield a row for each kind of protected information, and one for all of them with the time a line takes."""
    guard, corpus = load_guard(), load_corpus()
    scores, seconds = timed(lambda: score(guard, corpus), times=1)
    every = total(scores)
    text = "\n".join(entry.line for entry in corpus)
    _, reading = timed(lambda: [line.casefold() for line in text.split("\n")])
    yield Row(
        "guard",
        f"a line of the published corpus ({len(corpus)} lines)",
        seconds / len(corpus),
        "folding the case of a line",
        reading / len(corpus),
        note=f"recall {every.recall:.3f}, precision {every.precision:.3f}",
    )
    for one in scores:
        said = f"recall {one.recall:.3f}, precision {one.precision:.3f} of {one.found + one.missed} to find"
        yield Row("guard", one.kind, note=said)
