from __future__ import annotations

from datetime import date

import pytest

from plea_aid.pages.dates import read_day, typed_day


@pytest.mark.parametrize(
    "typed", ["3/14/2026", "03/14/2026", "2026-03-14", "2026-3-14", "3-14-2026", "March 14, 2026", "mar 14th 2026"]
)
def test_a_date_is_read_however_it_is_typed(typed: str) -> None:
    assert read_day(typed) == date(2026, 3, 14)


@pytest.mark.parametrize("typed", ["31/12/2026", "2/30/2026", "3/14/26", "tomorrow", "14 March 2026", "3/14"])
def test_what_is_no_date_is_refused_in_one_sentence_that_names_what_is_accepted(typed: str) -> None:
    with pytest.raises(ValueError, match="3/14/2026 or 2026-03-14") as fault:
        read_day(typed)
    assert typed in str(fault.value)


def test_an_empty_field_is_no_date() -> None:
    assert read_day("  ") is None
    assert typed_day(None) == ""


def test_what_is_stored_is_shown_as_it_is_typed() -> None:
    assert typed_day("2026-03-04") == "3/4/2026"
    assert read_day(typed_day(date(2026, 12, 31))) == date(2026, 12, 31)
