"""How a charging list is written: the short forms an office uses for offenses, and for attempt and the like.

They are a way of reading and no law: no conclusion rests on one, and where a short form has more than one meaning the
writer is asked.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import Field, model_validator

from plea_aid.law.records import Strict

Form = Literal["attempt", "conspiracy", "solicitation", "accountability"]


class Shorthand(Strict):
    """Words of a charging list, and what they stand for: offenses of the catalogue, or a form of any offense."""

    words: Annotated[tuple[str, ...], Field(min_length=1)]
    stands_for: tuple[str, ...] = ()
    """Citations or catalogue ids; with more than one the writer is asked which."""
    form: Form | None = None
    cites: tuple[str, ...] = ()
    """Sections that say the same as the words of a form, such as 45-4-103 for an attempt."""
    note: str = ""
    """What a reader of the list is told wherever the words stand."""
    authorities: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Shorthand:
        if bool(self.stands_for) == bool(self.form):
            raise ValueError("give either stands_for or form")
        return self


def folded(text: str) -> str:
    """Return ``text`` as words are compared: small letters without accents, points or signs, single blanks."""
    apart = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"[.'’]", "", plain)))
