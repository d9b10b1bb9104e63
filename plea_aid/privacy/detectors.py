"""The detectors of the Section 2 guard: what `guard.toml` says, checked, and compiled into regular expressions.

The file is written for a reader who knows the law and a little of regular expressions. Patterns run on the plain
form of a text (see `folding`) and are written in lower case, which stands for either case; capitals count inside
`(?-i:…)` only. Line ends and indents inside a pattern are layout. `{id}` in a pattern stands for the word list or
part of that id.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_REFERENCE = re.compile(r"\{([a-z][a-z0-9-]*)\}")
_ESCAPE = re.compile(r"\\.|\(\?P")
_CASED = "(?-i:"
_LAYOUT = re.compile(r"\n\s*")


class GuardDataError(ValueError):
    """The detector file cannot be used: the message names the file, the place and what is wrong there."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    why: str = Field(min_length=8)


class Kind(_Entry):
    """A kind of Section 2 information, and the words the writer and the placeholder use for it."""

    label: str


class Words(_Entry):
    """A word list. In a word, a hyphen stands for a hyphen, a blank or nothing."""

    words: list[str] = Field(min_length=1)


class Part(_Entry):
    """A piece of pattern with a name, used by other patterns."""

    pattern: str


class Context(_Entry):
    """What must, or must not, stand around a match: right before it, right after it, or anywhere in its sentence."""

    side: Literal["before", "after", "sentence"]
    pattern: str


class Allowed(_Entry):
    """Words in which nothing is to be found: legal vocabulary and ordinary speech. Limited to `kinds` if given."""

    pattern: str
    kinds: list[str] = []


class Detector(_Entry):
    """Finds one kind: a match of `pattern` with one of the contexts `when` (if any are named) and none of the contexts
    `unless`. The find is the group `hit` (or `hit2`, `hit3` …, one for each alternative), or else the whole match.
    `why` is what the writer reads. `cue` lists pieces of words of which every find has one in its text, near or far: it
    only saves the time of looking in vain."""

    kind: str
    pattern: str
    cue: list[str] = []
    when: list[str] = []
    unless: list[str] = []


class DetectorFile(BaseModel):
    """The whole of `guard.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: str
    kind: list[Kind]
    words: list[Words] = []
    part: list[Part] = []
    context: list[Context] = []
    allow: list[Allowed] = []
    detector: list[Detector]


@dataclass(frozen=True, slots=True)
class CompiledContext:
    side: Literal["before", "after", "sentence"]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class CompiledDetector:
    """A detector ready to run: on the plain form if `cased`, else on the plain form in lower case."""

    id: str
    kind: str
    why: str
    pattern: re.Pattern[str]
    cased: bool
    groups: tuple[int, ...]
    cues: tuple[str, ...]
    when: tuple[CompiledContext, ...]
    unless: tuple[CompiledContext, ...]

    def span(self, match: re.Match[str]) -> tuple[int, int]:
        """Where the find of a match stands."""
        return next((match.span(group) for group in self.groups if match.start(group) >= 0), match.span())


@dataclass(frozen=True, slots=True)
class CompiledAllowed:
    pattern: re.Pattern[str]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class DetectorSet:
    """Everything the guard needs to scan."""

    version: str
    labels: dict[str, str]
    detectors: tuple[CompiledDetector, ...]
    allowed: tuple[CompiledAllowed, ...]


def load_detectors(path: Path) -> DetectorSet:
    """Reads and compiles a detector file.

    Raises GuardDataError when the file is missing, is not TOML, has an unknown key, names something that it does
    not define, or holds a pattern that is no regular expression.
    """
    try:
        file = DetectorFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as fault:
        raise GuardDataError(f"{path}: cannot be read: {fault.strerror}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise GuardDataError(f"{path}: is not a TOML file: {fault}") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        raise GuardDataError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from fault
    return _Compiler(path, file).compile()


class _Compiler:
    def __init__(self, path: Path, file: DetectorFile) -> None:
        self.path = path
        self.file = file
        self.parts: dict[str, str] = {}
        self.kinds = {kind.id for kind in file.kind}

    def compile(self) -> DetectorSet:
        file = self.file
        for entries in (file.kind, [*file.words, *file.part], file.context, file.detector, file.allow):
            self._refuse_twins(entries)
        for words in file.words:
            self.parts[words.id] = words_pattern(words.words)
        for part in file.part:
            self.parts[part.id] = f"(?:{self._expand(part)})"
        contexts = {context.id: self._context(context) for context in file.context}
        return DetectorSet(
            version=file.version,
            labels={kind.id: kind.label for kind in file.kind},
            detectors=tuple(self._detector(detector, contexts) for detector in file.detector),
            allowed=tuple(
                CompiledAllowed(self._regex(allowed), frozenset(self._known(allowed, allowed.kinds) or self.kinds))
                for allowed in file.allow
            ),
        )

    def _refuse_twins(self, entries: Iterable[_Entry]) -> None:
        seen: set[str] = set()
        for entry in entries:
            if entry.id in seen:
                raise GuardDataError(f"{self.path}: {entry.id}: the id is given twice")
            seen.add(entry.id)

    def _expand(self, entry: "Part | Context | Detector | Allowed") -> str:
        def value(reference: re.Match[str]) -> str:
            if reference[1] not in self.parts:
                raise GuardDataError(
                    f"{self.path}: {entry.id}: {{{reference[1]}}} is no word list and no part defined above it"
                )
            return self.parts[reference[1]]

        # the reader of TOML drops the line end after the opening quotes and leaves the indent of that line
        pattern = entry.pattern.lstrip() if "\n" in entry.pattern else entry.pattern
        return _REFERENCE.sub(value, _LAYOUT.sub("", pattern))

    def _regex(self, entry: "Context | Detector | Allowed", ending: str = "", cased: bool = True) -> re.Pattern[str]:
        pattern = self._expand(entry)
        if re.search("[A-Z]", _without_cased(_ESCAPE.sub("", pattern))):
            raise GuardDataError(f"{self.path}: {entry.id}: write it in lower case, capitals inside (?-i:…) only")
        try:
            return re.compile(f"(?:{pattern}){ending}", re.IGNORECASE if cased else 0)
        except re.error as fault:
            raise GuardDataError(f"{self.path}: {entry.id}: the pattern is wrong: {fault}") from fault

    def _context(self, context: Context) -> CompiledContext:
        return CompiledContext(context.side, self._regex(context, r"\Z" if context.side == "before" else ""))

    def _known(self, entry: _Entry, kinds: list[str]) -> list[str]:
        for kind in kinds:
            if kind not in self.kinds:
                raise GuardDataError(f"{self.path}: {entry.id}: {kind!r} is not one of the kinds {sorted(self.kinds)}")
        return kinds

    def _detector(self, detector: Detector, contexts: Mapping[str, CompiledContext]) -> CompiledDetector:
        self._known(detector, [detector.kind])
        for name in (*detector.when, *detector.unless):
            if name not in contexts:
                raise GuardDataError(f"{self.path}: {detector.id}: {name!r} is not a context")
        # matching in a lower-cased text is several times as quick as matching without regard to case
        cased = _CASED in self._expand(detector)
        pattern = self._regex(detector, cased=cased)
        return CompiledDetector(
            id=detector.id,
            kind=detector.kind,
            why=detector.why,
            pattern=pattern,
            cased=cased,
            groups=tuple(index for name, index in pattern.groupindex.items() if name.startswith("hit")),
            cues=tuple(cue.lower() for cue in detector.cue),
            when=tuple(contexts[name] for name in detector.when),
            unless=tuple(contexts[name] for name in detector.unless),
        )


def _without_cased(pattern: str) -> str:
    """A pattern (without escapes) less the groups in which capitals count."""
    while (start := pattern.find(_CASED)) >= 0:
        depth, end = 1, start + len(_CASED)
        while depth and end < len(pattern):
            depth += {"(": 1, ")": -1}.get(pattern[end], 0)
            end += 1
        pattern = pattern[:start] + pattern[end:]
    return pattern


class _Branch(dict[str, "_Branch"]):
    """A letter's followers in a tree of words; the empty letter marks the end of a word."""


def words_pattern(words: Iterable[str]) -> str:
    """One pattern for a word list, factored by common beginnings so that a long list costs little more than a short
    one. The longest word wins where several fit."""
    tree = _Branch()
    for word in words:
        branch = tree
        for letter in word.lower():
            branch = branch.setdefault(letter, _Branch())
        branch[""] = _Branch()
    return _branch_pattern(tree)


def _branch_pattern(branch: _Branch) -> str:
    alternatives = [
        ("[- ]?" if letter == "-" else re.escape(letter)) + _branch_pattern(below)
        for letter, below in sorted(branch.items())
        if letter
    ]
    if not alternatives:
        return ""
    if len(alternatives) == 1 and "" not in branch:
        return alternatives[0]
    return f"(?:{'|'.join(alternatives)})" + ("?" if "" in branch else "")
