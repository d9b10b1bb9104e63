"""Released copies: what no profile names is in none, the finished file is read back, and a planted leak is caught."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pikepdf
import pytest

from plea_aid.law.load import load_law
from plea_aid.law.releases import PARTS, Part, ReleaseDataError, Releases, check_releases, load_releases
from plea_aid.notes import render
from plea_aid.notes.content import NoteData
from plea_aid.notes.release import Copy, Release, _strings, carried_data, copy_words, leaks, make_copy, typed_in
from plea_aid.privacy.reread import UnreadableFile, reread, squashed

RELEASES = load_releases(dt.date(2026, 11, 22))
SECRET = "He was born in 1991 in a small town by the sea."


def released(profile: str, *extra: Part, sealed: dict[int, str] | None = None) -> Release:
    found = RELEASES.profile(profile)
    return Release(
        profile=found,
        recipient="Counsel of record",
        basis="Prosecution of this case: plea discussion.",
        on=dt.date(2026, 11, 22),
        parts=found.carries | {*extra},
        sealed=sealed or {},
    )


def copy_of(note: NoteData, profile: str, *extra: Part, withheld: tuple[str, ...] = ()) -> Copy:
    return make_copy(note, released(profile, *extra), RELEASES, withheld)


@pytest.mark.parametrize("profile", [p.id for p in RELEASES.profiles])
def test_a_copy_is_made_read_back_and_holds_no_text_of_a_part_it_leaves_out(full_note: NoteData, profile: str) -> None:
    made = copy_of(full_note, profile, withheld=(SECRET,))
    assert made.leaks == ()
    assert made.read.hiding == ()
    assert {*made.carried} == RELEASES.profile(profile).carries
    assert {*made.carried} | {*made.left_out} == {*PARTS}
    # what it carries is really there, so that the search for what is not can find something
    assert made.read.holds(squashed("Counsel of record"))
    assert made.read.holds(squashed(full_note.counts[0].title))


WORK_PRODUCT = ("factors", "gates", "decision", "review")


def texts_of(note: NoteData, part: str) -> list[str]:
    return [s for s in _strings(note.model_dump(mode="json")[part]) if len(squashed(s)) >= 12]


@pytest.mark.parametrize("profile", ["defense-counsel", "court-filing", "public-record", "legal-process"])
@pytest.mark.parametrize("part", WORK_PRODUCT)
def test_no_copy_that_leaves_the_office_holds_work_product(full_note: NoteData, profile: str, part: str) -> None:
    made = copy_of(full_note, profile)
    texts = texts_of(full_note, part)
    assert texts
    shown = copy_words(full_note, released(profile), RELEASES)
    allowed = squashed(" ".join(_strings(shown)))
    assert [t for t in texts if squashed(t) not in allowed and made.read.holds(squashed(t))] == []
    assert part not in shown


def test_every_field_of_a_note_is_carried_by_a_part_or_by_none(full_note: NoteData) -> None:
    """Without any part only the stamps of the document are left: a new field is left out until a part names it."""
    bare = carried_data(full_note, frozenset())
    kept = {name for name in NoteData.model_fields if getattr(bare, name) == getattr(full_note, name)}
    stamps = {"profile", "law", "policy", "office", "prepared_on", "posture_groups", "level_meanings", "kind_names"}
    empty = {name for name in NoteData.model_fields if not getattr(full_note, name)}
    assert kept - empty == stamps
    assert carried_data(full_note, frozenset(PARTS)).model_dump(exclude={"content_hash"}) == full_note.model_dump(
        exclude={"content_hash"}
    )


@pytest.mark.parametrize("part", PARTS)
def test_an_attorney_can_add_any_part_to_any_copy(full_note: NoteData, part: Part) -> None:
    made = copy_of(full_note, "public-record", part)
    assert part in made.carried
    assert made.leaks == ()


def test_a_sealed_text_goes_with_a_copy_only_when_it_is_added(full_note: NoteData) -> None:
    without = copy_of(full_note, "legal-process", withheld=(SECRET,))
    assert not without.read.holds(squashed(SECRET))
    made = make_copy(full_note, released("legal-process", sealed={3: SECRET}), RELEASES)
    assert made.read.holds(squashed(SECRET))
    assert made.read.holds(squashed("Sealed text 3"))
    assert made.leaks == ()


def spoiled(pdf: bytes, spoil) -> bytes:  # type: ignore[no-untyped-def]
    with pikepdf.open(io.BytesIO(pdf)) as file:
        spoil(file)
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


def test_a_planted_leak_on_the_page_is_caught(full_note: NoteData, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that prints more than it was given would be a fault of the program: the reading back finds it."""
    reason = full_note.factors[0].rationale
    assert len(squashed(reason)) >= 12
    honest = render._compile

    def leaky(template: str, words: dict, content_hash: str, *, plain: bool) -> bytes:  # type: ignore[type-arg]
        return honest(template, {**words, "basis": words["basis"] + " " + reason}, content_hash, plain=plain)

    monkeypatch.setattr(render, "_compile", leaky)
    made = copy_of(full_note, "public-record")
    assert any(squashed(line) in squashed(reason) for line in made.leaks)


def _info(file: pikepdf.Pdf, text: str) -> None:
    file.docinfo["/Subject"] = text


def _xmp(file: pikepdf.Pdf, text: str) -> None:
    with file.open_metadata() as metadata:
        metadata["dc:description"] = text


def _alternative_text(file: pikepdf.Pdf, text: str) -> None:
    file.Root.StructTreeRoot["/Alt"] = pikepdf.String(text)


def _bookmark(file: pikepdf.Pdf, text: str) -> None:
    with file.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(text, 0))


@pytest.mark.parametrize("plant", [_info, _xmp, _alternative_text, _bookmark], ids=lambda f: f.__name__.strip("_"))
def test_a_planted_leak_in_what_no_page_shows_is_caught(full_note: NoteData, plant) -> None:  # type: ignore[no-untyped-def]
    reason = full_note.decision.rationale.splitlines()[0] if full_note.decision else ""
    made = copy_of(full_note, "public-record")
    words = copy_words(full_note, released("public-record"), RELEASES)
    assert leaks(full_note, words, reread(made.pdf)) == ()
    planted = reread(spoiled(made.pdf, lambda file: plant(file, reason)))
    assert not planted.text.count(reason)
    assert reason in leaks(full_note, words, planted)


def test_an_attachment_or_a_script_is_seen(full_note: NoteData) -> None:
    made = copy_of(full_note, "public-record")

    def attach(file: pikepdf.Pdf) -> None:
        file.attachments["notes.txt"] = b"all of it"

    def script(file: pikepdf.Pdf) -> None:
        file.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

    assert "/EmbeddedFiles" in reread(spoiled(made.pdf, attach)).hiding
    assert "/OpenAction" in reread(spoiled(made.pdf, script)).hiding


def test_what_is_no_file_is_refused() -> None:
    for damaged in (b"", b"not a pdf", b"%PDF-1.7\n"):
        with pytest.raises(UnreadableFile):
            reread(damaged)


def test_the_same_release_gives_the_same_bytes(full_note: NoteData) -> None:
    assert copy_of(full_note, "defense-counsel").pdf == copy_of(full_note, "defense-counsel").pdf


def test_every_authority_of_the_profiles_is_on_file() -> None:
    assert check_releases(load_law(), RELEASES) == []
    planted = RELEASES.model_copy(
        update={"bases": (RELEASES.bases[0].model_copy(update={"authorities": ("no-such",)}),)}
    )
    assert check_releases(load_law(), planted) == ["release basis inside-city: there is no authority 'no-such'"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('carries = ["cause-number", "charges"]', 'carries = ["status"]', "profile"),
        ('id = "court-filing"', 'id = "internal"', "an id is given twice"),
        ("edition = 2026-11-22", "edition = soon", "cannot be read"),
        ('id = "gates"\nname', 'id = "review"\nname', "every part is named once"),
        ("inside = true", "outside = true", "outside"),
    ],
)
def test_a_wrong_file_of_profiles_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    text = (load_file := Path(__file__).parents[2] / "data/helena/releases/2026-11-22.toml").read_text("utf-8")
    assert before in text, load_file
    folder = tmp_path / "helena" / "releases"
    folder.mkdir(parents=True)
    (folder / "2026-11-22.toml").write_text(text.replace(before, after), "utf-8")
    with pytest.raises(ReleaseDataError, match=said):
        load_releases(dt.date(2026, 11, 22), tmp_path)


def test_an_edition_holds_from_its_day(tmp_path: Path) -> None:
    assert isinstance(RELEASES, Releases)
    with pytest.raises(ReleaseDataError, match="no edition"):
        load_releases(dt.date(2020, 1, 1))
    with pytest.raises(LookupError, match="accepted: internal"):
        RELEASES.profile("everyone")


def test_typed_texts_are_told_from_the_words_of_the_law(full_note: NoteData) -> None:
    """The name of an immigration situation says nothing about a person; what somebody typed may."""
    typed = full_note.model_copy(update={"cause_number": "CR-1, he is here illegally"})
    texts = copy_of(typed, "defense-counsel").texts
    assert "CR-1, he is here illegally" in texts
    postures = {p for group in full_note.posture_groups for p in group.postures}
    assert not postures & {*texts}
    planted = spoiled(copy_of(full_note, "public-record").pdf, lambda file: _info(file, "DOB 03/04/1991"))
    words = copy_words(full_note, released("public-record"), RELEASES)
    assert "DOB 03/04/1991" in typed_in(words, reread(planted))
