"""The PDF itself: the same bytes everywhere, every word on the page, tagged, and deaf to what a text tells it to do."""

from __future__ import annotations

import ctypes
import hashlib
import io
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as raw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plea_aid.notes import NoteData, NoteError, render_note
from plea_aid.notes.content import Decision, Finding, OptionNote
from plea_aid.notes.render import TEMPLATES, render_template

PROFILES = ("internal", "supervisor", "comparison")


def squeezed(text: str) -> str:
    """Text without spaces, line ends and break opportunities: what a column's width cannot change."""
    return "".join(text.replace("\u200b", "").split())


def pages_of(pdf: bytes) -> list[str]:
    """Each page's characters in the order in which they were set, so that a cell's lines stay together."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [squeezed(_as_set(page)) for page in document]


def _as_set(page: pypdfium2.PdfPage) -> str:
    text_page, words = page.get_textpage(), ""
    for piece in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        size = raw.FPDFTextObj_GetText(piece, text_page, None, 0)
        buffer = (ctypes.c_ushort * (size // 2))()
        raw.FPDFTextObj_GetText(piece, text_page, buffer, size)
        words += bytes(buffer).decode("utf-16-le").rstrip("\0")
    return words


def text_of(pdf: bytes) -> str:
    return "".join(pages_of(pdf))


def with_profile(data: NoteData, profile: str) -> NoteData:
    return NoteData.model_validate(data.model_dump() | {"profile": profile})


def structure_of(pdf: bytes) -> tuple[pikepdf.Pdf, list[str]]:
    """The open document and the tags of its structure tree, in reading order."""
    document = pikepdf.open(io.BytesIO(pdf))

    def tags(node: Any) -> Iterator[str]:
        if isinstance(node, pikepdf.Array):
            for item in node:
                yield from tags(item)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                yield str(node.S).lstrip("/")
            if "/K" in node:
                yield from tags(node.K)

    return document, list(tags(document.Root.StructTreeRoot))


@pytest.mark.parametrize("profile", PROFILES)
def test_another_process_with_another_clock_and_language_makes_the_same_bytes(
    full_note: NoteData, profile: str
) -> None:
    note = with_profile(full_note, profile)
    script = (
        "import sys, hashlib; from plea_aid.notes import NoteData, render_note;"
        "print(hashlib.sha256(render_note(NoteData.model_validate_json(sys.stdin.read()))).hexdigest())"
    )
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "86400"}
    there = subprocess.run(
        [sys.executable, "-c", script], input=note.model_dump_json(), text=True, capture_output=True,
        env=os.environ | elsewhere, check=True,
    ).stdout.strip()  # fmt: skip
    assert there == hashlib.sha256(render_note(note)).hexdigest()


def test_what_was_set_before_leaves_no_trace(full_note: NoteData, minimal_note: NoteData) -> None:
    """Typst keeps what it has set and uses it again: the order in which notes are made must not be seen in any."""
    other = full_note.model_copy(update={"cause_number": "CR-2026-9999"})
    notes = [with_profile(note, profile) for note in (full_note, other, minimal_note) for profile in PROFILES]
    script = (
        "import sys, hashlib; from plea_aid.notes import NoteData, render_note;"
        "[print(hashlib.sha256(render_note(NoteData.model_validate_json(line))).hexdigest()) for line in sys.stdin]"
    )
    backwards = subprocess.run(
        [sys.executable, "-c", script], input="\n".join(note.model_dump_json() for note in reversed(notes)), text=True,
        capture_output=True, check=True,
    ).stdout.split()  # fmt: skip
    here = [hashlib.sha256(render_note(note)).hexdigest() for note in notes]
    assert here == backwards[::-1]
    assert len(set(here)) == len(notes)


def test_internal_note_shows_every_finding_whole(full_note: NoteData) -> None:
    text = text_of(render_note(full_note))
    for option in full_note.options:
        assert squeezed(option.name) in text
        for finding in option.findings:
            if finding.is_left_open():
                continue
            level = finding.level.replace("-", " ")
            assert squeezed(f"{finding.ground}: {level}") in text
            assert squeezed(finding.citation) in text
            for words in (*finding.because, *finding.avoided_by):
                assert squeezed(words) in text
            for authority in finding.authorities:
                assert squeezed(f"{authority.name}, {authority.citation}") in text
    assert squeezed("Authority B, 2 Placeholder 200 [not verified]") in text
    assert squeezed("Authority C, 3 Placeholder 300 (superseded in part)") in text
    assert squeezed("What would avoid it: 2b, 2c") in text
    domestic = full_note.options[1].findings[1]
    assert squeezed(", ".join(domestic.postures)) in text
    assert squeezed("every posture analysed (16)") in text


def test_a_ground_that_nobody_analysed_is_named_as_such(full_note: NoteData) -> None:
    bare = Finding(ground="A bare ground", citation="1 P 1", level="not-analysed")
    option = full_note.options[1].model_copy(update={"findings": (*full_note.options[1].findings, bare)})
    note = full_note.model_copy(update={"options": (option,)})
    for profile in PROFILES:
        text = text_of(render_note(with_profile(note, profile)))
        assert squeezed("A bare ground, 1 P 1") in text
        assert squeezed("not analysed") in text


def test_internal_note_shows_the_whole_record(full_note: NoteData) -> None:
    text = text_of(render_note(full_note))
    assert full_note.decision is not None
    assert full_note.review is not None
    for factor in full_note.factors:
        assert squeezed(factor.name + factor.state + factor.points) in text
        assert squeezed(factor.rationale) in text
    for gate in full_note.gates:
        assert squeezed(gate.name + gate.state + gate.detail) in text
    for words in (
        *full_note.warnings, *full_note.unverified, full_note.decision.rationale, full_note.policy.sentence,
        full_note.options[2].warnings[0], "Say why the fine rises.", "May 3, 2026 15:02 UTC", "$150 more",
        "11 days less", "same as baseline", full_note.law.version, full_note.law.review, "none claimed",
        "Section 5 is in force since January 26, 2026", "Prosecuting attorney", "Supervising attorney",
        "1 of 3 authorities has not been read at its source", "2 warnings and 1 unverified item",
        str(full_note.content_hash),
    ):  # fmt: skip
        assert squeezed(words) in text, words


@pytest.mark.parametrize("profile", PROFILES)
def test_every_page_says_which_case_which_law_and_which_page(full_note: NoteData, profile: str) -> None:
    pages = pages_of(render_note(with_profile(full_note, profile)))
    banner = "no attorney work product" if profile == "comparison" else "Attorney work product - confidential"
    for number, page in enumerate(pages, 1):
        assert squeezed(f"Page {number} of {len(pages)}") in page
        assert squeezed("Law version 2026.11-3f9a2c71, as of May 2, 2026") in page
        assert "CR-2026-0412" in page
        assert squeezed(banner) in page


def test_no_table_starts_or_goes_on_without_its_header(full_note: NoteData) -> None:
    """The long factor table of many factors: its header row is printed again on each page it reaches."""
    many = tuple(itertools.islice(itertools.cycle(full_note.factors), 60))
    pages = pages_of(render_note(full_note.model_copy(update={"factors": many})))
    with_factors = [page for page in pages if squeezed("weight: moderate") in page]
    assert len(with_factors) >= 3
    assert all(squeezed("Factor State Points, weight Reasons") in page for page in with_factors)


def test_comparison_carries_no_work_product(full_note: NoteData) -> None:
    """Whatever is filled in: no factor, weight, reason, gate, decision, review, warning, nor what avoids a ground."""
    assert full_note.decision is not None
    secrets = {f"secret{number}" for number in range(12)}
    s = sorted(secrets)
    poisoned = NoteData.model_validate(
        full_note.model_dump()
        | {
            "profile": "comparison",
            "factors": [{"name": s[0], "state": s[1], "points": s[2], "weight": s[3], "rationale": s[4]}],
            "gates": [{"name": s[5], "state": s[6], "detail": s[7]}],
            "decision": {"chosen_option": s[8], "rationale": s[9], "agreement_type": s[10]},
            "review": {"state": s[11], "events": [{"action": s[0], "by_name": s[1], "by_role": s[2]}]},
            "warnings": [s[3]],
            "unverified": [s[4]],
        }
    )
    pdf = render_note(poisoned)
    text = text_of(pdf)
    whole_file = b"".join(
        stream.read_bytes() for stream in pikepdf.open(io.BytesIO(pdf)).objects if isinstance(stream, pikepdf.Stream)
    )
    for secret in secrets:
        assert secret not in text
        assert secret.encode() not in whole_file + pdf
    for option in full_note.options:
        for finding in option.findings:
            for words in (*finding.because, *finding.avoided_by, *option.warnings):
                assert squeezed(words) not in text
    for heading in ("rationale", "weight", "Gates", "Decision", "Factors", "Signature"):
        assert heading.casefold() not in text.casefold()
    assert squeezed("Count 1 at 364 days, count 2 dismissed") in text
    assert squeezed("Crime of domestic violence, 8 USC 1227(a)(2)(E)(i)") in text
    assert len(pages_of(pdf)) == 1


def test_comparison_of_four_options_stays_one_page(full_note: NoteData) -> None:
    extra = full_note.options[1].model_copy(update={"name": "A fourth option with a name of some length"})
    note = with_profile(full_note.model_copy(update={"options": (*full_note.options, extra)}), "comparison")
    pages = pages_of(render_note(note))
    assert len(pages) == 1
    assert squeezed("Page 1 of 1") in pages[0]


def test_supervisor_summary_leads_with_the_decision_and_leaves_long_reasons_to_the_note(full_note: NoteData) -> None:
    text = text_of(render_note(with_profile(full_note, "supervisor")))
    assert squeezed("Decision rationale, first paragraph.") in text
    assert text.index("Decisionrationale") < text.index("Ataglance")
    assert squeezed("Aggravated felony: crime of violence") in text
    assert squeezed("Reason four") not in text
    assert squeezed("Authority B, 2 Placeholder 200, used in 1.2") in text


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_renders_with_the_least_data(minimal_note: NoteData, profile: str) -> None:
    pages = pages_of(render_note(with_profile(minimal_note, profile)))
    assert squeezed("No cause number") in pages[0]
    assert squeezed("No finding is recorded under any option.") in pages[0]


def test_policy_out_of_force_is_said_plainly(full_note: NoteData) -> None:
    off = full_note.policy.model_copy(update={"section_5_in_force": False, "sentence": "Stayed by placeholder order."})
    for profile in PROFILES:
        text = text_of(render_note(with_profile(full_note.model_copy(update={"policy": off}), profile)))
        assert squeezed("policy on this factor is not in force") in text
        assert squeezed("one factor among the others") not in text


def test_an_option_nobody_analysed_is_never_shown_as_clear(minimal_note: NoteData) -> None:
    finding = Finding(ground="A ground", kind="deportability", level="none", postures=("Someone",))
    note = minimal_note.model_copy(update={"options": (
        OptionNote(name="Looked at", findings=(finding,)), OptionNote(name="Not looked at", analysed=False),
    )})  # fmt: skip
    text = text_of(render_note(note))
    assert squeezed("Someone none not analysed") in text
    assert squeezed("This option has not been analysed.") in text


HOSTILE = (
    '#read("/etc/passwd") #eval("1") #panic() #import "@preview/x:1.0.0"',
    "$x$ *b* _e_ `raw` = heading - list <label> @ref // comment /* */ \\u{41} \\ ~ --- 'q' \"q\"",
    "[ ] { } ( ) #[ #{ ]] }} ${ #",
    '"}, {"words": {"title": "injected"}} \\" \\n',
    "x" * 3000,
    "A long rationale with many words, " * 150,
    "é ñ ü ß č ɫ ʷ – — “quoted” § ¶ … ≤ 365",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("profile", PROFILES)
def test_hostile_text_is_printed_and_not_obeyed(full_note: NoteData, profile: str, text: str) -> None:
    """In every place a person can type: names, reasons, cause number, office, policy."""
    finding = full_note.options[1].findings[0].model_copy(update={"ground": text, "because": (text,)})
    option = full_note.options[1].model_copy(update={"findings": (finding,), "warnings": (text,)})
    factor = full_note.factors[0].model_copy(update={"name": text, "rationale": text, "weight": text})
    note = with_profile(full_note, profile).model_copy(update={
        "office": text, "cause_number": text, "stage": text, "options": (full_note.options[0], option),
        "factors": (factor,), "decision": Decision(chosen_option=text, rationale=text),
        "warnings": (text,), "unverified": (text,),
    })  # fmt: skip
    pages = pages_of(render_note(note))
    assert squeezed(text) in "".join(pages)
    assert "root:x:" not in "".join(pages)
    assert squeezed("2026.11-3f9a2c71") in pages[0]


@pytest.mark.parametrize("letter", ["W", "(", "-", "_"])
@pytest.mark.parametrize("profile", PROFILES)
def test_no_letter_runs_off_the_paper_or_into_its_neighbor(full_note: NoteData, profile: str, letter: str) -> None:
    """Thousands of letters without a space, in a title block, a heading, a table head and a narrow column."""
    run = letter * 2500
    option = full_note.options[1].model_copy(update={"name": run})
    factor = full_note.factors[0].model_copy(update={"name": run, "state": run, "points": run, "rationale": run})
    note = full_note.model_copy(update={
        "options": (option,), "factors": (factor, factor), "office": run, "cause_number": run,
        "counts": (full_note.counts[0].model_copy(update={"title": run, "cite": run}),),
        "gates": (full_note.gates[0].model_copy(update={"state": run}),),
    })  # fmt: skip
    with closing(pypdfium2.PdfDocument(render_note(with_profile(note, profile)))) as document:
        for page in document:
            width, height = page.get_size()
            lines: dict[float, list[tuple[float, float]]] = {}
            for left, bottom, right, top in boxes_of(page):
                assert left >= 30
                assert right <= width - 30
                assert bottom >= 10
                assert top <= height - 10
                lines.setdefault(round(bottom, 1), []).append((left, right))
            assert lines
            for spans in lines.values():
                for (_, end), (start, _) in itertools.pairwise(sorted(spans)):
                    assert start > end - 2, "letters of two columns stand on each other"


def boxes_of(page: pypdfium2.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    """Left, bottom, right and top of every letter, in points from the corner below on the left."""
    text_page = page.get_textpage()
    for at in range(text_page.count_chars()):
        if not raw.FPDFText_IsGenerated(text_page, at):  # a blank or line end that is not on the paper
            yield text_page.get_charbox(at, loose=True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nul \x00 byte", "nul[U+0000]byte"),
        ("smile 😀", "smile[U+1F600]"),
        ("bell\x07 esc\x1b", "bell[U+0007]esc[U+001B]"),
        ("over\u202eride", "over[U+202E]ride"),
        ("soft\u00adhyphen", "soft[U+00AD]hyphen"),
        ("中文", "[U+4E2D][U+6587]"),
        ("two\r\nlines\u2028three", "twolinesthree"),
    ],
)
def test_what_no_font_holds_is_shown_by_its_number(minimal_note: NoteData, text: str, shown: str) -> None:
    note = minimal_note.model_copy(update={"decision": Decision(chosen_option="x", rationale=text)})
    assert shown in text_of(render_note(note))


@pytest.mark.parametrize("word", ["שלום", "سلام"])
def test_right_to_left_text_is_printed_letter_for_letter(minimal_note: NoteData, word: str) -> None:
    """A page stores such text as it is seen, ligatures apart; what must hold is that every letter is there once."""
    note = minimal_note.model_copy(update={"decision": Decision(chosen_option="x", rationale=word)})
    printed = [char for char in text_of(render_note(note)) if "\u0590" <= char <= "\u06ff"]
    assert sorted(printed) == sorted(word)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_any_text_at_all_makes_a_document(minimal_note: NoteData, text: str) -> None:
    note = minimal_note.model_copy(update={
        "cause_number": text, "office": text, "decision": Decision(chosen_option=text, rationale=text),
        "options": (OptionNote(name=text),),
    })  # fmt: skip
    assert render_note(note).startswith(b"%PDF-")


@pytest.mark.parametrize("profile", PROFILES)
def test_structure_for_a_screen_reader(full_note: NoteData, profile: str) -> None:
    document, tags = structure_of(render_note(with_profile(full_note, profile)))
    root = document.Root
    assert str(root.Lang) == "en-US"
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert str(document.docinfo["/Title"]).endswith("CR-2026-0412")
    assert str(document.docinfo["/Author"]) == full_note.office
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    assert "Title" in tags
    headings = [tag for tag in tags if tag in {"H1", "H2", "H3"}]
    assert headings[0] == "H1"
    assert all(int(after[1]) <= int(before[1]) + 1 for before, after in itertools.pairwise(headings))
    assert tags.count("Table") >= 4
    assert tags.count("THead") == tags.count("Table") == tags.count("TBody")
    assert tags.count("TH") >= 3 * tags.count("Table")
    # A level's shape is decoration; the word beside it is what is read. A figure is read by its own words.
    assert tags.count("Figure") == (0 if profile == "comparison" else 2)


def test_document_dates_come_from_the_note(full_note: NoteData, minimal_note: NoteData) -> None:
    dated, _ = structure_of(render_note(full_note))
    assert str(dated.docinfo["/CreationDate"]).startswith("D:20260504")
    undated, _ = structure_of(render_note(minimal_note))
    assert str(undated.docinfo["/CreationDate"]).startswith("D:20260502"), "the law's own day, never today"


def test_fonts_come_from_the_package_and_are_embedded(full_note: NoteData) -> None:
    document, _ = structure_of(render_note(full_note))
    fonts = {
        str(font.BaseFont).split("+")[-1]: font.DescendantFonts[0].FontDescriptor
        for page in document.pages
        for font in page.Resources.Font.as_dict().values()
    }
    assert {name.split("-")[0] for name in fonts} == {"LibertinusSerif", "DejaVuSansMono"}
    for descriptor in fonts.values():
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())


def test_templates_reach_neither_the_network_nor_other_files() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.typ")}
    assert {"internal.typ", "supervisor.typ", "comparison.typ"} <= set(sources)
    for name, source in sources.items():
        for forbidden in ("@preview", "@local", "http", "eval(", "read(", "plugin(", "image(", "datetime.today"):
            assert forbidden not in source, (name, forbidden)


def test_an_unknown_template_is_one_sentence() -> None:
    with pytest.raises(NoteError, match=r"^There is no note template 'nothing\.typ'\.$"):
        render_template("nothing.typ", {})


def test_what_typst_refuses_is_one_sentence() -> None:
    with pytest.raises(NoteError, match=r"^The PDF note could not be made: .*\.$"):
        render_template("internal.typ", {"title": "words that lack everything else"})
