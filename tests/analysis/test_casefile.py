"""Bad input gets one clear line: what, where, what is accepted."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plea_aid.analysis.assess import assess
from plea_aid.analysis.casefile import parse_case, validate_case
from plea_aid.analysis.charge import CaseError
from plea_aid.law.load import load_law

GOOD = """
[[count]]
number = 1
offense = "MCA 45-5-206(1)(a)"
[[option]]
name = "A"
[[option.count]]
number = 1
disposition = "guilty-plea"
jail_days = 10
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'offense = "MCA 45-5-206(1)(a)"',
            'offence = "MCA 45-5-206(1)(a)"',
            "unknown key 'offence'; accepted: number, offense",
        ),
        ("[[count]]", "name = 'x'\n[[count]]", "unknown key 'name'"),
        ("number = 1\noffense", "number = 1\nstatus = 'lpr'\noffense", "unknown key 'status'"),
        ("[[count]]", "birthplace = 'x'\n[[count]]", "unknown key 'birthplace'"),
        (
            '"guilty-plea"',
            '"guilty plea"',
            "'guilty plea' is not a disposition; accepted: guilty-plea, nolo-contendere",
        ),
        ("jail_days = 10", "jail_days = -1", "option 1, count 1, jail_days"),
        ("jail_days = 10", "jail_days = 'ten'", "option 1, count 1, jail_days"),
        ("number = 1\ndisposition", "number = 2\ndisposition", "option 'A': there is no count 2"),
        ("[[count]]", "[[count]", "not readable as TOML"),
        ("number = 1\noffense", "offense", "count 1, number: the key is missing"),
    ],
)
def test_one_line_says_where_and_what(old: str, new: str, said: str) -> None:
    with pytest.raises(CaseError) as fault:
        parse_case(GOOD.replace(old, new, 1), "toml")
    assert any(said in line for line in fault.value.problems), fault.value.problems


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"offense": "MCA 99-9-999"}, "count 1: 'MCA 99-9-999' is not an offense of the catalogue"),
        ({"record": {"shoe_size": "9"}}, "'shoe_size' is not a fact of MCA 45-5-206(1)(a); accepted: substance"),
        ({"record": {"victim": "cousin"}}, "victim 'cousin' is not accepted; accepted: unspecified, partner-or-family"),
    ],
)
def test_faults_the_law_finds(change: dict[str, object], said: str) -> None:
    case = validate_case({"count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)", **change}]})
    with pytest.raises(CaseError) as fault:
        assess(case, load_law())
    assert said in fault.value.problems[0]


@pytest.mark.parametrize(
    ("jail", "suspended", "fine", "said"),
    [
        (366, 0, 0, "366 days is above the maximum of 365 days"),
        (10, 356, 0, "10 + 356 = 366 days is above the maximum of 365 days"),
        (0, 10, 1001, "a fine of $1,001 is above the maximum of $1,000"),
    ],
)
def test_a_sentence_above_the_maximum_names_it(jail: int, suspended: int, fine: int, said: str) -> None:
    case = validate_case(
        {
            "count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}],
            "option": [
                {"name": "A", "count": [{"number": 1, "jail_days": jail, "suspended_days": suspended, "fine": fine}]}
            ],
        }
    )
    with pytest.raises(CaseError) as fault:
        assess(case, load_law())
    assert said in fault.value.problems[0]


@given(st.text(max_size=300), st.sampled_from(["toml", "json"]))
def test_any_text_is_a_case_or_a_plain_fault(text: str, form: Literal["toml", "json"]) -> None:
    problems: list[str] = []
    try:
        parse_case(text, form)
    except CaseError as fault:
        problems = fault.problems
        said = True
    else:
        said = False
    assert said == bool(problems)
