"""Every kind of PDF the program makes has the structure that a screen reader goes by."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pikepdf
import pytest

from plea_aid.notes import NoteData, render_note
from tests.notes.test_release import RELEASES, copy_of

KINDS: dict[str, Callable[[NoteData], bytes]] = {
    **{
        kind: lambda note, kind=kind: render_note(NoteData.model_validate(note.model_dump() | {"profile": kind}))  # type: ignore[misc]
        for kind in ("internal", "supervisor", "comparison")
    },
    **{
        f"released: {profile.id}": lambda note, profile=profile: copy_of(note, profile.id).pdf  # type: ignore[misc]
        for profile in RELEASES.profiles
    },
}


def elements(node: Any) -> Iterator[pikepdf.Dictionary]:
    """The elements of a structure tree in reading order."""
    if isinstance(node, pikepdf.Array):
        for item in node:
            yield from elements(item)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def named(node: Any, *tags: str) -> list[pikepdf.Dictionary]:
    return [one for one in elements(node) if str(one.S).lstrip("/") in tags]


def scope(cell: pikepdf.Dictionary) -> str:
    """Whether a header cell says what it is a header of."""
    held = cell.get("/A", pikepdf.Array())
    owned = list(held) if isinstance(held, pikepdf.Array) else [held]
    return next((str(one["/Scope"]) for one in owned if "/Scope" in one), "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_can_be_read_out(full_note: NoteData, kind: str) -> None:
    assert_can_be_read_out(KINDS[kind](full_note))


def assert_can_be_read_out(pdf: bytes) -> None:
    """Language, title, tags, headings in order, tables with headers that say of what, pictures with words."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        assert str(root.Lang) == "en-US"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert len(str(metadata["dc:title"])) > 10
        tree = root.StructTreeRoot
        levels = [int(str(one.S)[2]) for one in named(tree, "H1", "H2", "H3", "H4")]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels
        tables = named(tree, "Table")
        assert tables
        for table in tables:
            heads = named(table, "TH")
            assert heads
            assert {scope(head) for head in heads} <= {"/Column", "/Row", "/Both"}
            assert named(table, "TD")
        assert all(str(figure.get("/Alt", "")).strip() for figure in named(tree, "Figure"))
        assert all(page.obj.get("/Tabs") == pikepdf.Name.S for page in document.pages)
