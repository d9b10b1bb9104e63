"""The detectors of the Section 2 guard: what `guard.toml` says, checked, and made ready to run.

The file is written for a reader who knows the law and a little of regular expressions. Patterns run on the plain
form of a text (see `folding`) and are written in lower case, which stands for either case; capitals count inside
`(?-i:…)` only. Line ends and indents inside a pattern are layout. `{id}` in a pattern stands for the word list or
part of that id.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import tomli
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
    """A word list. In a word, a hyphen stands for a hyphen, a blank or nothing. `{id}` stands for the words of a list
    defined above."""

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
    `why` is what the writer reads. `cue` lists pieces of words, in lower case, of which every find has one beside it:
    it only saves the time of looking in vain."""

    kind: str
    pattern: str
    cue: list[str] = []
    when: list[str] = []
    unless: list[str] = []


class FieldName(_Entry):
    """Names of fields, columns or questions that ask for a kind. The pattern runs on the name as words in lower case
    with single blanks: `birthPlace`, `birth_place` and `Birth place` are all `birth place`."""

    kind: str
    pattern: str


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
    field: list[FieldName] = []


class Pattern:
    """A regular expression, compiled when it is first needed: those that a text has no use for cost nothing."""

    def __init__(self, source: str, flags: int, place: str) -> None:
        self._source = source
        self._flags = flags
        self._place = place

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Raises GuardDataError, with the place in the file, if the pattern is no regular expression."""
        try:
            return re.compile(self._source, self._flags)
        except re.error as fault:
            raise GuardDataError(f"{self._place}: the pattern is wrong: {fault}") from fault


@dataclass(frozen=True, slots=True)
class ReadyContext:
    """A context ready to run, on the side of a match where it is looked for."""

    side: Literal["before", "after", "sentence"]
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class ReadyDetector:
    """A detector ready to run: on the plain form if `cased`, else on the plain form in lower case."""

    id: str
    kind: str
    why: str
    pattern: Pattern
    cased: bool
    cues: tuple[str, ...]
    when: tuple[ReadyContext, ...]
    unless: tuple[ReadyContext, ...]

    @staticmethod
    def span(match: re.Match[str]) -> tuple[int, int]:
        """Where the find of a match stands: in the group `hit`, `hit2` … that took part, or all of it."""
        for name, group in match.re.groupindex.items():
            if name.startswith("hit") and match.start(group) >= 0:
                return match.span(group)
        return match.span()


@dataclass(frozen=True, slots=True)
class ReadyAllowed:
    """Words in which none of ``kinds`` is found, ready to run."""

    pattern: Pattern
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class DetectorSet:
    """Everything the guard needs to scan."""

    version: str
    labels: dict[str, str]
    contexts: tuple[ReadyContext, ...]
    detectors: tuple[ReadyDetector, ...]
    allowed: tuple[ReadyAllowed, ...]
    fields: tuple[tuple[str, Pattern], ...] = ()
    """Kind and pattern of the names that ask for it."""

    def check(self) -> None:
        """Compiles every pattern. Raises GuardDataError for the first that is no regular expression."""
        patterns = [entry.pattern for entry in self.contexts]
        patterns += [entry.pattern for entry in self.detectors]
        patterns += [entry.pattern for entry in self.allowed]
        patterns += [pattern for _, pattern in self.fields]
        for pattern in patterns:
            _ = pattern.regex


def load_detectors(path: Path) -> DetectorSet:
    """Reads a detector file and makes it ready.

    Raises GuardDataError when the file is missing, is not TOML, has an unknown key or names something that it does
    not define. Whether every pattern is a regular expression is seen when it is first used, or by `check`.
    """
    try:
        file = DetectorFile.model_validate(tomli.loads(path.read_text(encoding="utf-8")))
    except OSError as fault:
        raise GuardDataError(f"{path}: cannot be read: {fault.strerror}") from fault
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise GuardDataError(f"{path}: is not a TOML file: {fault}") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        raise GuardDataError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from fault
    return _Builder(path, file).build()


class _Builder:
    def __init__(self, path: Path, file: DetectorFile) -> None:
        self.path = path
        self.file = file
        self.lists: dict[str, list[str]] = {}
        self.parts: dict[str, str] = {}
        self.kinds = {kind.id for kind in file.kind}

    def build(self) -> DetectorSet:
        file = self.file
        for entries in (file.kind, [*file.words, *file.part], file.context, file.detector, file.allow, file.field):
            self._refuse_twins(entries)
        for words in file.words:
            self.lists[words.id] = self._listed(words, words.words)
            self.parts[words.id] = words_pattern(self.lists[words.id])
        for part in file.part:
            self.parts[part.id] = f"(?:{self._expand(part)})"
        contexts = {context.id: self._context(context) for context in file.context}
        return DetectorSet(
            version=file.version,
            labels={kind.id: kind.label for kind in file.kind},
            contexts=tuple(contexts.values()),
            detectors=tuple(self._detector(detector, contexts) for detector in file.detector),
            allowed=tuple(
                ReadyAllowed(self._pattern(allowed), frozenset(self._known(allowed, allowed.kinds) or self.kinds))
                for allowed in file.allow
            ),
            fields=tuple((self._known(field, [field.kind])[0], self._pattern(field)) for field in file.field),
        )

    def _listed(self, entry: _Entry, words: Iterable[str]) -> list[str]:
        """The words with the lists that they name written out."""
        listed: list[str] = []
        for word in words:
            reference = _REFERENCE.fullmatch(word)
            if reference and reference[1] not in self.lists:
                raise GuardDataError(f"{self.path}: {entry.id}: {word} is no word list defined above it")
            listed += self.lists[reference[1]] if reference else [word]
        return listed

    def _refuse_twins(self, entries: Iterable[_Entry]) -> None:
        seen: set[str] = set()
        for entry in entries:
            if entry.id in seen:
                raise GuardDataError(f"{self.path}: {entry.id}: the id is given twice")
            seen.add(entry.id)

    def _expand(self, entry: "Part | Context | Detector | Allowed | FieldName") -> str:
        def value(reference: re.Match[str]) -> str:
            if reference[1] not in self.parts:
                raise GuardDataError(
                    f"{self.path}: {entry.id}: {{{reference[1]}}} is no word list and no part defined above it"
                )
            return self.parts[reference[1]]

        # the reader of TOML drops the line end after the opening quotes and leaves the indent of that line
        pattern = entry.pattern.lstrip() if "\n" in entry.pattern else entry.pattern
        return _REFERENCE.sub(value, _LAYOUT.sub("", pattern))

    def _pattern(
        self, entry: "Context | Detector | Allowed | FieldName", ending: str = "", cased: bool = True
    ) -> Pattern:
        source = self._expand(entry)
        place = f"{self.path}: {entry.id}"
        if re.search("[A-Z]", _without_cased(_ESCAPE.sub("", source))):
            raise GuardDataError(f"{place}: write it in lower case, capitals inside (?-i:…) only")
        return Pattern(f"(?:{source}){ending}", re.IGNORECASE if cased else 0, place)

    def _context(self, context: Context) -> ReadyContext:
        return ReadyContext(context.side, self._pattern(context, r"\Z" if context.side == "before" else ""))

    def _known(self, entry: _Entry, kinds: list[str]) -> list[str]:
        for kind in kinds:
            if kind not in self.kinds:
                raise GuardDataError(f"{self.path}: {entry.id}: {kind!r} is not one of the kinds {sorted(self.kinds)}")
        return kinds

    def _detector(self, detector: Detector, contexts: Mapping[str, ReadyContext]) -> ReadyDetector:
        self._known(detector, [detector.kind])
        for name in (*detector.when, *detector.unless):
            if name not in contexts:
                raise GuardDataError(f"{self.path}: {detector.id}: {name!r} is not a context")
        # matching in a lower-cased text is several times as quick as matching without regard to case
        cased = _CASED in self._expand(detector)
        return ReadyDetector(
            id=detector.id,
            kind=detector.kind,
            why=detector.why,
            pattern=self._pattern(detector, cased=cased),
            cased=cased,
            # a hyphen in a word may be a blank or nothing in the text: the longest piece is what is always there
            cues=tuple(max(cue.split("-"), key=len) for cue in self._listed(detector, detector.cue)),
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
