"""The Section 2 guard: finds sensitive personal information in free text, says why, and puts placeholders for it.

Deterministic: the same text and the same `guard.toml` give the same hits on every machine. It is a second pair of
eyes for the writer, not a proof: what it cannot know (a nickname, a hint, a photograph) it does not find.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from plea_aid.privacy.detectors import DetectorSet, ReadyContext, ReadyDetector, load_detectors
from plea_aid.privacy.folding import SEALED, fold
from plea_aid.settings import data_dir as installed_data_dir

_SENTENCE_END = re.compile(
    r"\n|; ?"
    r"|(?<=[^\W_]{4})(?<!\bDeft)(?<!\bMont)(?<!\bStat)(?<!\bSept)[.!?]+[\"')\]]* "
    r"|(?<!\b[a-z])(?<!\b(?:mr|ms|dr|st|no|vs|jr|sr|lt|co))(?<!\b(?:mrs|def|dft|nos|sgt|ofc|cpl|det|hon|inc|jan|feb|dec|reg))"
    r"(?<!\b(?:deft|mont|stat|sept))[.!?]+[\"')\]]* (?=[\"'(\[]?(?-i:[A-Z0-9]))",
    re.IGNORECASE,
)
_WINDOW = 160
"""Characters around a match in which a context is looked for; a sentence rarely needs more, and it bounds the work."""


_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Hit:
    """One find: `text` is the scanned text from `start` to `end` (exclusive); `why` is written for its writer."""

    kind: str
    start: int
    end: int
    text: str
    why: str


class HitRecord(TypedDict):
    """A hit as `plea-aid guard --json` prints it."""

    kind: str
    start: int
    end: int
    text: str


class LineRecord(TypedDict):
    """One input line, numbered from 1, and its hits."""

    line: int
    hits: list[HitRecord]


class LinesRecord(TypedDict):
    """The document that `plea-aid guard --json` prints."""

    lines: list[LineRecord]


@dataclass(frozen=True, slots=True)
class _Find:
    detector: ReadyDetector
    start: int
    end: int


class Guard:
    """Scans texts with one set of detectors. Holds no state between texts; safe to share between threads."""

    def __init__(self, detectors: DetectorSet) -> None:
        self._detectors = detectors
        self._placeholder = re.compile(
            "|".join(re.escape(self.placeholder(kind)) for kind in detectors.labels), re.IGNORECASE
        )

    @property
    def kinds(self) -> dict[str, str]:
        """The kinds the guard knows, each with the words a reader knows it by."""
        return dict(self._detectors.labels)

    def check(self) -> None:
        """Raises GuardDataError for the first pattern of the detector file that is no regular expression."""
        self._detectors.check()

    def placeholder(self, kind: str) -> str:
        """What stands in a text for a removed find of this kind. Raises KeyError for an unknown kind."""
        return f"[removed: {self._detectors.labels[kind]}]"

    def scan(self, text: str) -> list[Hit]:
        """All finds in a text, sorted, not overlapping, with offsets into the text as given.

        No text makes it raise. A pattern that is no regular expression does (GuardDataError): `check` finds it first.
        """
        hits = self._scan(text)
        # Whether a line goes on a sentence is read from how the next one begins, and a placeholder may stand there:
        # so a text of several lines is read once more as it will be when its hits are replaced.
        while hits and len(text.splitlines()) > 1 and (more := self._scan(self.replace(text, hits))):
            hits = sorted([*hits, *self._in_original(text, hits, more)], key=lambda hit: hit.start)
        return hits

    def replace(self, text: str, hits: Iterable[Hit]) -> str:
        """The text with a neutral placeholder for each hit. Raises ValueError if a hit is not of this very text."""
        parts: list[str] = []
        at = 0
        for hit in sorted(hits, key=lambda hit: hit.start):
            if hit.start < at or text[hit.start : hit.end] != hit.text:
                raise ValueError("the text has changed since it was scanned: scan it again")
            parts += [text[at : hit.start], self.placeholder(hit.kind)]
            at = hit.end
        return "".join([*parts, text[at:]])

    def field_kind(self, name: str) -> str | None:
        """The kind that a field, column or question of this name asks for; None when it asks for none."""
        words = " ".join(_WORD.findall(_CAMEL.sub(" ", name))).lower()
        return next((kind for kind, pattern in self._detectors.fields if pattern.regex.search(words)), None)

    def scan_lines(self, lines: Iterable[str]) -> LinesRecord:
        """The hits of each line, as `plea-aid guard --json` prints them: one entry for every line."""
        return {
            "lines": [
                {
                    "line": number,
                    "hits": [
                        {"kind": hit.kind, "start": hit.start, "end": hit.end, "text": hit.text}
                        for hit in self.scan(line.rstrip("\r\n"))
                    ],
                }
                for number, line in enumerate(lines, start=1)
            ]
        }

    def _scan(self, text: str) -> list[Hit]:
        folded = fold(text)
        folded = folded.seal([match.span() for match in self._placeholder.finditer(folded.text)])
        hits: list[Hit] = []
        # A find can hide another one, as in "citizen of Chile and Peru". What was found is sealed and its surroundings
        # are read again until nothing turns up: so a text whose hits were all replaced holds no further ones.
        regions = [(0, len(folded.text))]
        while finds := self._finds(folded.text, regions):
            for find in finds:
                start, end = folded.original_span(find.start, find.end)
                hits.append(Hit(find.detector.kind, start, end, text[start:end], find.detector.why))
            folded = folded.seal([(find.start, find.end) for find in finds])
            regions = _around_seals(finds, len(folded.text))
        return sorted(hits, key=lambda hit: hit.start)

    def _in_original(self, text: str, hits: list[Hit], more: list[Hit]) -> list[Hit]:
        """Hits of the text with placeholders for `hits`, moved to where they stand in the text itself."""
        moved: list[Hit] = []
        pending = list(hits)
        shift = 0
        for hit in more:
            while pending and pending[0].start - shift < hit.start:
                replaced = pending.pop(0)
                shift += replaced.end - replaced.start - len(self.placeholder(replaced.kind))
            start, end = hit.start + shift, hit.end + shift
            moved.append(Hit(hit.kind, start, end, text[start:end], hit.why))
        return moved

    def _finds(self, text: str, regions: list[tuple[int, int]]) -> list[_Find]:
        """What begins in the regions; more of the text is read only as far as a context can reach."""
        finds: list[_Find] = []
        for opening, closing in regions:
            offset = max(0, opening - _WINDOW)
            reading = _Reading(text[offset : closing + 2 * _WINDOW])
            found = self._read(reading, opening - offset, closing - offset)
            finds += [_Find(find.detector, find.start + offset, find.end + offset) for find in found]
        return _apart(finds)

    def _read(self, reading: "_Reading", opening: int, closing: int) -> list[_Find]:
        finds: list[_Find] = []
        for detector in self._detectors.detectors:
            if detector.cues and not any(cue in reading.lower for cue in detector.cues):
                continue
            for match in detector.pattern.regex.finditer(reading.text if detector.cased else reading.lower, opening):
                if match.start() > closing:
                    break
                start, end = detector.span(match)
                if start < end and reading.bears_out(detector, start, end):
                    finds.append(_Find(detector, start, end))
        return self._not_allowed(reading.text, finds)

    def _not_allowed(self, text: str, finds: list[_Find]) -> list[_Find]:
        kinds = {find.detector.kind for find in finds}
        for allowed in self._detectors.allowed:
            if not kinds & allowed.kinds:
                continue
            spared = bytearray(len(text))
            for match in allowed.pattern.regex.finditer(text):
                spared[match.start() : match.end()] = b"\1" * (match.end() - match.start())
            finds = [
                find
                for find in finds
                if find.detector.kind not in allowed.kinds or not any(spared[find.start : find.end])
            ]
        return finds


def load_guard(data_dir: Path | None = None) -> Guard:
    """The guard with the detectors of `helena/guard.toml` under the data directory (default: the installed one).

    Raises GuardDataError when the file cannot be used. Read again only when the file has changed.
    """
    path = (data_dir or installed_data_dir()) / "helena" / "guard.toml"
    return _guard_of(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=4)
def _guard_of(path: Path, changed: int) -> Guard:
    return Guard(load_detectors(path))


class _Reading:
    """One text under examination: its sentences, and the contexts already looked at."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = text.lower()
        self.breaks = [0, *(match.end() for match in _SENTENCE_END.finditer(text))]
        self.seen: dict[tuple[int, int, int], bool] = {}

    def bears_out(self, detector: ReadyDetector, start: int, end: int) -> bool:
        """Whether a match is a find, by what stands around it in its sentence."""
        if SEALED in self.text[start:end]:
            return False
        if detector.when and not any(self._holds(context, start, end) for context in detector.when):
            return False
        return not any(self._holds(context, start, end) for context in detector.unless)

    def _holds(self, context: ReadyContext, start: int, end: int) -> bool:
        key = (id(context), start, end)
        if key not in self.seen:
            self.seen[key] = self._look(context, start, end)
        return self.seen[key]

    def _look(self, context: ReadyContext, start: int, end: int) -> bool:
        place = bisect_right(self.breaks, start) - 1
        opening = max(self.breaks[place], start - _WINDOW)
        if context.side == "before":
            return context.pattern.regex.search(self.text[opening:start]) is not None
        later = bisect_left(self.breaks, end, place + 1)
        closing = self.breaks[later] if later < len(self.breaks) else len(self.text)
        closing = min(closing, end + _WINDOW)
        if context.side == "after":
            return context.pattern.regex.match(self.text[end:closing]) is not None
        return context.pattern.regex.search(self.text, opening, closing) is not None


def _around_seals(finds: Sequence[_Find], length: int) -> list[tuple[int, int]]:
    """The stretches, in the text with the sorted finds sealed, where the seals can have changed what stands."""
    regions: list[tuple[int, int]] = []
    shrunk = 0
    for find in finds:
        at = find.start - shrunk
        shrunk += find.end - find.start - 1
        opening, closing = max(0, at - _WINDOW), min(length, at + _WINDOW)
        if regions and opening <= regions[-1][1]:
            regions[-1] = (regions[-1][0], closing)
        else:
            regions.append((opening, closing))
    return regions


def _apart(finds: Sequence[_Find]) -> list[_Find]:
    """Sorted finds without overlap: of finds that overlap the longest stays, of equals the one declared first."""
    chosen: list[_Find] = []
    taken = bytearray(max((find.end for find in finds), default=0))
    for find in sorted(finds, key=lambda find: find.start - find.end):
        if not any(taken[find.start : find.end]):
            taken[find.start : find.end] = b"\1" * (find.end - find.start)
            chosen.append(find)
    return sorted(chosen, key=lambda find: find.start)
