"""Typst, kept on a short lead: own templates only, embedded fonts only, data as JSON only, PDF/UA-1 or nothing.

Typst's UA-1 mode is also a gate: it refuses a missing title, a skipped heading level, a picture without words.
"""

from __future__ import annotations

import json
import threading
from functools import cache
from pathlib import Path
from typing import Any

import typst

from plea_aid.notes.content import NoteData, NoteError
from plea_aid.notes.printable import printable_tree
from plea_aid.notes.view import view

TEMPLATES = Path(__file__).parent / "templates"

_one_at_a_time = threading.Lock()  # a Typst compiler keeps its inputs between calls; sessions are threads


def render_note(data: NoteData) -> bytes:
    """The note as a tagged PDF (PDF/UA-1). The same data gives the same bytes, in any process, on any day.

    Raises `NoteError` when the document cannot be set.
    """
    return render_template(f"{data.profile}.typ", view(data), content_hash=data.content_hash or "")


def render_template(template: str, words: dict[str, Any], *, content_hash: str = "") -> bytes:
    """A template of this folder set with `words`, a JSON tree of text that may be hostile, as PDF/UA-1.

    `content_hash` is printed unbroken, so that it can be copied. Raises `NoteError` when it cannot be set.
    """
    try:
        return _compile(template, words, content_hash, plain=False)
    except typst.TypstError as first:
        if "could not be displayed" not in str(first):
            raise NoteError(f"The PDF note could not be made: {first.message}.") from first
    try:
        return _compile(template, words, content_hash, plain=True)
    except typst.TypstError as second:
        raise NoteError(f"The PDF note could not be made: {second.message}.") from second


def _compile(template: str, words: dict[str, Any], content_hash: str, *, plain: bool) -> bytes:
    if template not in _templates():
        raise NoteError(f"There is no note template {template!r}.")
    payload = {"words": printable_tree(words, plain=plain), "content_hash": content_hash}
    # The words come as a file, not as an input of the whole program: what was set with other words stays valid.
    # Files by name are documented by typst, and missing from its types.
    files: Any = {
        "main.typ": f'#include "{template}"'.encode(),
        "data.json": json.dumps(payload, ensure_ascii=True).encode(),
    }
    with _one_at_a_time:
        pdf = _compiler().compile(input=files, format="pdf", pdf_standards=["ua-1"])
    if not isinstance(pdf, bytes):  # a list only for image formats of many pages
        raise NoteError("The PDF note could not be made: Typst returned no single document.")
    return pdf


@cache
def _templates() -> frozenset[str]:
    return frozenset(path.name for path in TEMPLATES.glob("*.typ"))


@cache
def _compiler() -> typst.Compiler:
    """One compiler, kept, with the fonts inside the typst package and no others: a page must not depend on the machine.

    It reads the templates of its folder once, and keeps what it has set: notes that share words share the work.
    """
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return typst.Compiler(None, root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True)
