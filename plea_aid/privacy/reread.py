"""A finished PDF read back: its text and every string in it, metadata, bookmarks and tags included.

Read with a library that had no part in making the file, so that it says what any reader can find in it.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ByteStringObject, DictionaryObject, IndirectObject, StreamObject, TextStringObject

_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_HIDING = (
    "/AF",
    "/EmbeddedFiles",
    "/JavaScript",
    "/AcroForm",
    "/OpenAction",
    "/AA",
    "/RichMedia",
    "/XFA",
    "/OCProperties",
)
"""Where a PDF can hold what no page shows: attachments, forms, scripts, layers."""


class UnreadableFile(ValueError):
    """The file cannot be read back, so nothing is known of what it holds."""


@dataclass(frozen=True)
class Reread:
    """What a file holds."""

    text: str
    """The text of its pages."""
    metadata: tuple[str, ...]
    """Every other string: document information, XMP, bookmarks, tags, names of destinations."""
    hiding: tuple[str, ...]
    """Places for what no page shows that the file has."""

    def holds(self, sign: str) -> bool:
        """Whether a text, as ``squashed`` gives it, stands on a page or anywhere else in the file."""
        return sign in self._squashed

    @cached_property
    def _squashed(self) -> str:
        return "\n".join(squashed(one) for one in (self.text, *self.metadata))


def reread(pdf: bytes) -> Reread:
    """Return what a PDF holds; raise UnreadableFile when it cannot be read."""
    try:
        reader = PdfReader(io.BytesIO(pdf), strict=False)
        text = "\n".join(page.extract_text() for page in reader.pages)
        objects = list(_objects(reader))
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError) as fault:
        raise UnreadableFile(f"the file cannot be read back: {fault}") from fault
    strings = dict.fromkeys(string for one in objects for string in _strings(one))
    hiding = sorted({key for one in objects if isinstance(one, DictionaryObject) for key in one if key in _HIDING})
    return Reread(text, tuple(strings), tuple(hiding))


def squashed(text: str) -> str:
    """Return a text as compared: one form of each sign, no case, and nothing that a line break could add."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _objects(reader: PdfReader) -> Iterator[Any]:
    """Every object of the file once, reached from its trailer."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            mark = (one.idnum, one.generation)
            if mark in seen:
                continue
            seen.add(mark)
            one = one.get_object()
        if one is None:
            continue
        yield one
        if isinstance(one, DictionaryObject):
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, list):
            waiting += list(one)


def _strings(one: Any) -> Iterator[str]:
    if isinstance(one, TextStringObject):
        yield str(one)
    elif isinstance(one, ByteStringObject):
        yield bytes(one).decode("utf-8", "replace")
    elif isinstance(one, StreamObject) and one.get("/Type") == "/Metadata":
        yield one.get_data().decode("utf-8", "replace")
