"""The case note beside WeasyPrint and ReportLab setting the same text and tables.

What the note says is read back from its own PDF, by its tags, and given to the others; what they set is read back too
and has to be the same text. Each run sets another cause number. Typst keeps what it has set and uses it again, as it
does in an office; the full note is measured a second time with nothing remembered of any note before it.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count

import typst

from plea_aid.analysis.casefile import parse_case
from plea_aid.bench.note_peers import SETTERS, Setter
from plea_aid.bench.pdf_blocks import Block, Text, blocks_of, letters_of_blocks, letters_of_pages
from plea_aid.bench.row import Row, Run, timed
from plea_aid.law.load import load_law
from plea_aid.notes.from_case import note_of_case
from plea_aid.planning.advice import assess_with_advice
from plea_aid.settings import data_dir

FULL = "full note of an example case"
FIRST = "the same, nothing remembered"
NOTES = {FULL: "internal", FIRST: "internal", "supervisor's note of it": "supervisor"}
KEPT = 12  # documents: Typst forgets what none of the last ten needed
AT_MOST = 0.1
TIMES = 9


def note_rows(run: Run) -> Iterator[Row]:
    """Yield the note's rows: from the assessed case to the PDF, beside peers that are given the finished text."""
    for what, profile in NOTES.items():
        make = _maker(profile)
        pdf = make()
        seconds = statistics.median(_seconds(make, forget=what == FIRST) for _ in range(TIMES))
        try:
            blocks = blocks_of(pdf)
        except ImportError:
            blocks = []
        for name, setter in SETTERS.items():
            row = Row("note", what, seconds, name, at_most=None if what == FIRST else AT_MOST)  # the target is for warm
            try:
                yield _beside(row, setter(), blocks) if blocks else replace(row, note="pdfplumber is not installed")
            except (ImportError, OSError):
                yield replace(row, note=f"{name} is not installed (uv sync --group peers)")


def lines(run: Run) -> list[tuple[str, str]]:
    """Return what is measured beside what."""
    return [(what, name) for what in NOTES for name in SETTERS]


def _seconds(make: Callable[[], bytes], *, forget: bool) -> float:
    if forget:
        for _ in range(KEPT):
            typst.compile(b" ")
    return timed(make, 1)[1]


def _maker(profile: str) -> Callable[[], bytes]:
    law = load_law()
    case = parse_case((data_dir() / "examples" / "pfma.toml").read_text(encoding="utf-8"), "toml")
    assessment = assess_with_advice(case, law)
    numbers = count(1)
    return lambda: note_of_case(
        case.model_copy(update={"cause_number": f"EX-2026-{next(numbers):04d}"}), assessment, law, profile
    )


def _beside(row: Row, setter: Setter, blocks: Sequence[Block]) -> Row:
    numbers = count(1)
    same = letters_of_pages(setter(blocks)) == letters_of_blocks(blocks)
    _, seconds = timed(lambda: setter(_renumbered(blocks, next(numbers))), TIMES)
    tags = "" if row.baseline == "WeasyPrint" else "; its PDF is not tagged"
    return replace(row, baseline_seconds=seconds, same=same, note=f"{len(blocks)} blocks{tags}")


def _renumbered(blocks: Sequence[Block], number: int) -> list[Block]:
    facts = (place for place, one in enumerate(blocks) if isinstance(one, Text) and one.words.startswith("Cause"))
    place = next(facts)
    return [*blocks[:place], Text(f"Cause number: EX-2027-{number:04d}"), *blocks[place + 1 :]]
