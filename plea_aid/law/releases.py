"""Release profiles: what each kind of recipient is given, on what basis, with the law to read beside it. Data only."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import tomli
from pydantic import Field, ValidationError, model_validator

from plea_aid.law.catalogue import Law
from plea_aid.law.records import Strict
from plea_aid.settings import data_dir

Part = Literal[
    "cause-number", "dates", "stage", "charges", "options", "chosen-option", "agreement", "accountability",
    "consequences", "reasons", "warnings", "policy", "factors", "gates", "decision", "review", "versions",
]  # fmt: skip
PARTS: tuple[Part, ...] = get_args(Part)
"""The parts of a record that a copy can carry; what each holds is decided where notes are made."""


_T = TypeVar("_T", "Profile", "Basis")


class ReleaseDataError(ValueError):
    """A file of release profiles cannot be used: the message names the file, the place and what is wrong."""


class PartWords(Strict):
    """A part of the record as a reader knows it."""

    id: Part
    name: str


class Profile(Strict):
    """Who is given what. What ``carries`` does not name is not in the copy."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    name: str
    for_: Annotated[str, Field(alias="for")]
    carries: Annotated[frozenset[Part], Field(min_length=1)]
    banner: str
    inside: bool = False
    """The copy stays inside city government, where Section 2 says nothing."""
    tells: bool = True
    """The copy itself tells which parts of the record it leaves out."""
    authorities: tuple[str, ...] = ()


class Basis(Strict):
    """On what a release rests; ``says`` what its attorney is to name."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    name: str
    says: str
    inside: bool = False
    authorities: tuple[str, ...] = ()


class Explanation(Strict):
    """What an attorney should have before their eyes while deciding on a release."""

    title: str
    says: str
    authorities: tuple[str, ...] = ()


class Releases(Strict):
    """One edition of the profiles."""

    id: str
    edition: date
    unverified: tuple[str, ...] = ()
    parts: Annotated[tuple[PartWords, ...], Field(alias="part")]
    profiles: Annotated[tuple[Profile, ...], Field(alias="profile", min_length=1)]
    bases: Annotated[tuple[Basis, ...], Field(alias="basis", min_length=1)]
    explanations: Annotated[tuple[Explanation, ...], Field(alias="explain")] = ()

    @model_validator(mode="after")
    def _whole(self) -> Releases:
        named = [part.id for part in self.parts]
        if sorted(named) != sorted(PARTS):
            raise ValueError(f"part: every part is named once: {', '.join(PARTS)}")
        for kind, ids in (("profile", [p.id for p in self.profiles]), ("basis", [b.id for b in self.bases])):
            if len({*ids}) != len(ids):
                raise ValueError(f"{kind}: an id is given twice")
        return self

    @property
    def part_names(self) -> dict[Part, str]:
        """The parts in their order, each with its words."""
        return {part.id: part.name for part in self.parts}

    def profile(self, id_: str) -> Profile:
        """Return a profile; raise LookupError naming those there are."""
        return _one(self.profiles, id_, "profile")

    def basis(self, id_: str) -> Basis:
        """Return a basis; raise LookupError naming those there are."""
        return _one(self.bases, id_, "legal basis")

    def cited(self) -> dict[str, tuple[str, ...]]:
        """Return the authorities that each entry rests on."""
        return {
            **{f"release profile {p.id}": p.authorities for p in self.profiles},
            **{f"release basis {b.id}": b.authorities for b in self.bases},
            **{f"release explanation '{e.title}'": e.authorities for e in self.explanations},
        }


def _one(entries: tuple[_T, ...], id_: str, what: str) -> _T:
    for entry in entries:
        if entry.id == id_:
            return entry
    raise LookupError(f"'{id_}' is not a {what}; accepted: {', '.join(entry.id for entry in entries)}")


def load_releases(day: date | None = None, folder: Path | None = None) -> Releases:
    """Return the edition in force on ``day`` (default: today); raise ReleaseDataError."""
    place = (folder or data_dir()) / "helena" / "releases"
    editions = [_read(file, file.stat().st_mtime_ns) for file in sorted(place.glob("*.toml"))]
    in_force = [one for one in editions if one.edition <= (day or date.today())]
    if not in_force:
        raise ReleaseDataError(f"{place}: there is no edition of the release profiles for that day")
    return max(in_force, key=lambda one: one.edition)


def check_releases(law: Law, releases: Releases) -> list[str]:
    """Return one line for each authority that is not on file or no longer supports anything."""
    problems = []
    for place, ids in releases.cited().items():
        for id_ in ids:
            if id_ not in law.authorities:
                problems.append(f"{place}: there is no authority '{id_}'")
            elif law.authorities[id_].withdrawn:
                problems.append(f"{place}: rests on {id_}, which is {law.authorities[id_].treatment}")
    return problems


@lru_cache(maxsize=8)
def _read(file: Path, changed: int) -> Releases:
    try:
        return Releases.model_validate(tomli.loads(file.read_text(encoding="utf-8")))
    except (OSError, tomli.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ReleaseDataError(f"{file}: cannot be read: {fault}") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ReleaseDataError(f"{file}: {place}: {first['msg'].removeprefix('Value error, ')}") from fault
