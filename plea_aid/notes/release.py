"""The copy of a record that is released: only what its parts carry is ever handed to the page.

The parts are chosen from the data first. What a copy does not carry is not in the data that is set, so there is
nothing to black out; the finished file is read back all the same (``privacy.reread``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plea_aid.law.releases import PARTS, Part, Profile, Releases
from plea_aid.notes.content import Decision, NoteData, OptionNote
from plea_aid.notes.printable import Tree
from plea_aid.notes.render import render_template
from plea_aid.notes.view import View, day, paragraphs, view
from plea_aid.privacy.reread import Reread, reread, squashed

NOTHING = OptionNote(name="Not part of this copy", analysed=False)
LONG_ENOUGH = 12
"""Signs, blanks not counted, from which a text tells where it comes from; shorter ones occur by chance."""
_OF_PART: dict[str, tuple[Part, ...]] = {
    "counts": ("charges",),
    "terms": ("options", "chosen-option"),
    "equivalence": ("accountability",),
    "overview": ("consequences",),
    "kinds": ("consequences",),
    "grounds": ("consequences",),
    "levels": ("consequences",),
    "unread": ("consequences",),
    "options": ("reasons",),
    "authorities": ("reasons",),
    "warnings": ("warnings",),
    "unverified": ("warnings",),
    "policy": ("policy",),
    "factors": ("factors",),
    "gates": ("gates",),
    "decision": ("decision",),
    "review": ("review",),
}
"""The parts of which one must be carried for a section of the page to exist."""
_LAW_WORDS = frozenset(
    {"overview", "kinds", "grounds", "levels", "unread", "options", "authorities", "policy", "warnings", "unverified",
     "equivalence", "counts", "left_out", "carried"}
)  # fmt: skip
"""Sections in the words of the law data and of this program; the names of options in them stand elsewhere too."""
_ALWAYS = ("profile", "title", "document_title", "office", "date", "running", "law_line")
_FACTS: dict[str, Part] = {
    "Stage": "stage",
    "Review": "review",
    "Option chosen": "decision",
    "Analysis version": "versions",
    "Program version": "versions",
}


@dataclass(frozen=True)
class Release:
    """What is asked for: to whom, by which profile, on what basis, and what is added to the profile."""

    profile: Profile
    recipient: str
    basis: str
    """The basis in words, with what the attorney named for it."""
    on: dt.date
    parts: frozenset[Part]
    sealed: Mapping[int, str]
    """The sealed texts that go with it, by number."""


@dataclass(frozen=True)
class Copy:
    """A finished copy, read back."""

    pdf: bytes
    texts: tuple[str, ...]
    """Its texts one by one, as they were found in the finished file, and its metadata."""
    lines: tuple[str, ...]
    """What it says, line by line, to be compared with another."""
    carried: tuple[Part, ...]
    left_out: tuple[Part, ...]
    read: Reread
    leaks: tuple[str, ...]
    """Texts of parts that it must not carry and that were found in the file all the same."""


def make_copy(
    note: NoteData,
    release: Release,
    releases: Releases,
    withheld: Sequence[str] = (),
    whole: NoteData | None = None,
) -> Copy:
    """Return the copy of ``note`` for a release, read back and compared with what it must not hold.

    ``whole`` is the full internal note where ``note`` has only some of the options; ``withheld`` are further texts
    that must not be in the file, such as sealed texts that do not go with it. Raises NoteError when it cannot be set.
    """
    carried = tuple(part for part in PARTS if part in release.parts)
    words = copy_words(note, release, releases)
    pdf = render_template("release.typ", words, content_hash=str(words["content_hash"]))
    read = reread(pdf)
    return Copy(
        pdf=pdf,
        texts=tuple(typed_in(words, read)),
        lines=tuple(lines_of(words)),
        carried=carried,
        left_out=tuple(part for part in PARTS if part not in release.parts),
        read=read,
        leaks=leaks(whole or note, words, read, withheld),
    )


def copy_words(note: NoteData, release: Release, releases: Releases) -> View:
    """Return the words of a copy: those of the parts it carries, and who gets it on what basis."""
    parts = release.parts
    chosen = carried_data(note, parts)
    full = view(chosen)
    names = releases.part_names
    words: View = {key: full[key] for key in _ALWAYS}
    words |= {key: full[key] for key, needs in _OF_PART.items() if key in full and parts & {*needs}}
    title = f"Plea case record: {release.profile.name.lower()}"
    facts = [[label, value] for label, value in full["facts"] if _FACTS.get(label, "") in {*parts, ""}]
    return words | {
        "title": title,
        "document_title": f"{title}, {chosen.cause_number}" if chosen.cause_number else title,
        "date": [release.on.year, release.on.month, release.on.day],
        "banner": release.profile.banner,
        "facts": [*facts, ["Released to", release.recipient], ["Released on", day(release.on)]],
        "basis": release.basis,
        "agreement": chosen.decision.agreement_type if chosen.decision and "agreement" in parts else "",
        "carried": [names[part] for part in PARTS if part in parts],
        "left_out": [names[part] for part in PARTS if part not in parts] if release.profile.tells else [],
        "names": [option.name for option in chosen.options],
        "sealed": [
            {"label": f"Sealed text {number}", "text": paragraphs(text)}
            for number, text in sorted(release.sealed.items())
        ],
        "content_hash": (note.content_hash or "") if "versions" in parts else "",
    }


def carried_data(note: NoteData, parts: frozenset[Part]) -> NoteData:
    """Return the note less everything that ``parts`` do not carry. A field that no part names is not carried."""
    made = note.decision
    decision = None
    if made and "decision" in parts:
        decision = made if "agreement" in parts else made.model_copy(update={"agreement_type": ""})
    elif made and "agreement" in parts:
        decision = Decision(chosen_option="", agreement_type=made.agreement_type)
    options = tuple(_carried_option(option, parts) for option in _named_options(note, parts))
    return NoteData(
        profile="internal",
        law=note.law,
        office=note.office,
        prepared_on=note.prepared_on,
        posture_groups=note.posture_groups,
        level_meanings=note.level_meanings,
        kind_names=note.kind_names,
        policy=note.policy,
        options=options or (NOTHING,),
        cause_number=note.cause_number if "cause-number" in parts else "",
        dates=note.dates if "dates" in parts else (),
        stage=note.stage if "stage" in parts else "",
        counts=note.counts if "charges" in parts else (),
        warnings=note.warnings if "warnings" in parts else (),
        unverified=note.unverified if "warnings" in parts else (),
        accountability=note.accountability if "accountability" in parts else (),
        factors=note.factors if "factors" in parts else (),
        gates=note.gates if "gates" in parts else (),
        decision=decision,
        review=note.review if "review" in parts else None,
        analysis_version=note.analysis_version if "versions" in parts else None,
        program_version=note.program_version if "versions" in parts else "",
    )


def leaks(note: NoteData, words: View, read: Reread, withheld: Sequence[str] = ()) -> tuple[str, ...]:
    """Return each text of the whole note, or withheld, that the file holds and its words do not."""
    allowed = squashed(" ".join(_strings(words)))
    found = []
    for text in dict.fromkeys([*_strings(note.model_dump(mode="json")), *withheld]):
        for line in text.splitlines():
            sign = squashed(line)
            if len(sign) >= LONG_ENOUGH and sign not in allowed and read.holds(sign):
                found.append(line.strip())
    return tuple(found)


def typed_in(words: View, read: Reread) -> list[str]:
    """Return each text that a person wrote and that the finished file holds, and what it says beside its pages.

    The law's own words are left out: the name of an immigration situation says nothing about any person.
    """
    known = squashed(" ".join(_strings(words)))
    typed = dict.fromkeys(_strings({key: value for key, value in words.items() if key not in _LAW_WORDS}))
    beside = [text for text in read.metadata if any(squashed(word) not in known for word in text.split())]
    return [*(text for text in typed if len(text) > 3 and read.holds(squashed(text))), *beside]


def _named_options(note: NoteData, parts: frozenset[Part]) -> list[OptionNote]:
    if "options" in parts:
        return list(note.options)
    if "chosen-option" in parts:
        name = note.decision.chosen_option if note.decision else ""
        return [option for option in note.options if option.name == name]
    return list(note.options) if "consequences" in parts else []


def _carried_option(option: OptionNote, parts: frozenset[Part]) -> OptionNote:
    findings = option.findings if "consequences" in parts else ()
    if "reasons" not in parts:
        findings = tuple(
            finding.model_copy(update={"because": (), "authorities": (), "avoided_by": ()}) for finding in findings
        )
    return OptionNote(
        name=option.name,
        counts=option.counts if parts & {"options", "chosen-option"} else (),
        findings=findings,
        warnings=option.warnings if "warnings" in parts else (),
        analysed=option.analysed,
    )


def _strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Mapping):
        for value in tree.values():
            yield from _strings(value)
    elif isinstance(tree, Sequence):
        for value in tree:
            yield from _strings(value)


def lines_of(words: View) -> Iterator[str]:
    """What a copy says, one line a fact, in an order that does not change."""
    for key, value in words.items():
        if key in (*_ALWAYS, "carried", "left_out", "levels", "names"):
            continue
        yield from _said(key.replace("_", " "), value)


def _said(label: str, tree: Tree) -> Iterator[str]:
    flat = _flat(tree)
    if flat is not None:
        if flat:
            yield f"{label}: {flat}"
    elif isinstance(tree, list):
        for item in tree:
            yield from _said(label, item)
    elif isinstance(tree, dict):
        own = "; ".join(filter(None, (_flat(value) for value in tree.values())))
        if own:
            yield f"{label}: {own}"
        for key, value in tree.items():
            if _flat(value) is None:
                yield from _said(f"{label}, {key.replace('_', ' ')}", value)


def _flat(tree: Tree) -> str | None:
    """Return what has no parts with parts of their own as one line; None for anything else."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, list) and all(isinstance(item, str) for item in tree):
        return ", ".join(str(item) for item in tree if item)
    return None if isinstance(tree, list | dict) else ""
