"""What a tagged PDF says, in reading order: headings, paragraphs and tables; running heads are no part of it."""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

HEADINGS = {"H1": 1, "H2": 2, "H3": 3, "H4": 4}


@dataclass(frozen=True)
class Text:
    """A heading of a level, or a paragraph of level 0."""

    words: str
    level: int = 0


@dataclass(frozen=True)
class Grid:
    """A table: its rows of cells, the first ``heads`` of which are repeated on every page."""

    rows: tuple[tuple[str, ...], ...]
    heads: int


Block = Text | Grid


def blocks_of(pdf: bytes) -> list[Block]:
    """Return the content of a tagged PDF; raise ImportError where pdfplumber is not installed."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return list(_blocks(document.structure_tree, _marked(document)))


def letters_of_blocks(blocks: Iterable[Block]) -> Counter[str]:
    """Return how often each letter, digit and sign stands in the blocks; where lines break says nothing."""
    cells = (cell for one in blocks if isinstance(one, Grid) for row in one.rows for cell in row)
    return _letters([*(one.words for one in blocks if isinstance(one, Text)), *cells])


def letters_of_pages(pdf: bytes) -> Counter[str]:
    """Return how often each letter, digit and sign stands on the pages of a PDF; raise ImportError as above."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(pdf)) as document:
        # A sign without a name in the font is told by its place there; 127 is where ReportLab keeps the bullet.
        return _letters(char["text"].replace("(cid:127)", "•") for page in document.pages for char in page.chars)


def _letters(texts: Iterable[str]) -> Counter[str]:
    return Counter("".join(unicodedata.normalize("NFKC", "".join(texts)).split()))


def _marked(document: Any) -> dict[tuple[int, int], str]:
    """Return the text of every marked piece of content, by page and number."""
    pieces: dict[tuple[int, int], str] = {}
    for page in document.pages:
        last: dict[str, Any] = {}
        for char in page.chars:
            mark = char.get("mcid")
            if mark is not None:
                key = (page.page_number, mark)
                apart = last and (char["top"] - last["top"] > 3 or char["x0"] - last["x1"] > 1.5)
                pieces[key] = pieces.get(key, "") + (" " if apart else "") + char["text"]
            last = char
    return pieces


def _blocks(elements: Iterable[Any], marked: dict[tuple[int, int], str]) -> Iterator[Block]:
    loose: list[str] = []
    for one in elements:
        kind = one.get("type")
        if kind in ("Span", "Link", "Strong", "Em", "Code"):
            loose.append(_text(one, marked))
            continue
        if loose:
            yield Text(" ".join(" ".join(loose).split()))
            loose = []
        if kind == "Table":
            yield _grid(one, marked)
        elif kind in HEADINGS:
            yield Text(_text(one, marked), HEADINGS[kind])
        elif kind in ("Document", "Div", "L", "Sect", "Part"):
            yield from _blocks(one.get("children", ()), marked)
        else:
            yield Text(_text(one, marked))
    if loose:
        yield Text(" ".join(" ".join(loose).split()))


def _grid(table: Any, marked: dict[tuple[int, int], str]) -> Grid:
    rows: list[tuple[str, ...]] = []
    heads = 0
    for part in table.get("children", ()):
        for row in part.get("children", ()):
            rows.append(tuple(_text(cell, marked) for cell in row.get("children", ())))
            heads += part.get("type") == "THead"
    return Grid(tuple(rows), heads)


def _text(element: Any, marked: dict[tuple[int, int], str]) -> str:
    return " ".join(" ".join(_pieces(element, marked)).split())


def _pieces(element: Any, marked: dict[tuple[int, int], str]) -> Iterator[str]:
    own = [(mark, marked.get((element.get("page_number"), mark), "")) for mark in element.get("mcids") or ()]
    inner = [(_first(child), " ".join(_pieces(child, marked))) for child in element.get("children", ())]
    for _, text in sorted([*own, *inner], key=lambda piece: piece[0]):
        yield text


def _first(element: Any) -> int:
    marks = element.get("mcids") or [_first(child) for child in element.get("children", ())] or [0]
    return int(min(marks))
