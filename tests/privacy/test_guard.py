"""What the guard promises its callers: places in the text as given, the contract's document, safe replacement."""

import pytest

from plea_aid.privacy.guard import Guard, Hit, load_guard


@pytest.fixture(scope="module")
def guard() -> Guard:
    return load_guard()


def kinds(guard: Guard, text: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.text) for hit in guard.scan(text)]


def test_the_kinds_are_those_of_the_contract(guard: Guard) -> None:
    assert set(guard.kinds) == {
        "ssn",
        "itin",
        "a-number",
        "passport-visa",
        "birth-date",
        "birth-place",
        "immigration-status",
        "national-origin",
        "public-assistance",
        "crime-victim",
        "sexual-orientation",
        "disability",
    }


def test_scan_lines_is_the_document_of_the_contract(guard: Guard) -> None:
    assert guard.scan_lines(["His SSN: 516-84-2203\n", "", "nothing here"]) == {
        "lines": [
            {"line": 1, "hits": [{"kind": "ssn", "start": 9, "end": 20, "text": "516-84-2203"}]},
            {"line": 2, "hits": []},
            {"line": 3, "hits": []},
        ]
    }


def test_several_hits_in_a_sentence_are_sorted_and_say_why(guard: Guard) -> None:
    text = "Juan Reyes (DOB 5/6/90), born in Puebla, is undocumented and on SNAP."
    hits = guard.scan(text)
    assert [hit.kind for hit in hits] == ["birth-date", "birth-place", "immigration-status", "public-assistance"]
    assert all(text[hit.start : hit.end] == hit.text and len(hit.why) > 20 for hit in hits)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("SSN ５１６-８４-２２０３ in full-width digits", "ssn", "５１６-８４-２２０３"),
        ("SSN 516\u201184\u20132203 with two kinds of dash", "ssn", "516\u201184\u20132203"),
        ("SSN 516\u00ad84\u00ad2203 with soft hyphens", "ssn", "516\u00ad84\u00ad2203"),
        ("he is undo\u200bcu\u2060mented, I think", "immigration-status", "undo\u200bcu\u2060mented"),
        ("has a green\u00a0card", "immigration-status", "green\u00a0card"),
        ("Ortiz is undосumented", "immigration-status", "undосumented"),
        ("D\u200cO\u200dB\u3000３／４／９１", "birth-date", "３／４／９１"),
        ("born in Michoaca\u0301n", "birth-place", "Michoaca\u0301n"),
        ("𝐬𝐡𝐞 𝐢𝐬 𝐛𝐢𝐬𝐞𝐱𝐮𝐚𝐥", "sexual-orientation", "𝐛𝐢𝐬𝐞𝐱𝐮𝐚𝐥"),
        ("Alien number ②①②③④⑤⑥⑦⑧", "a-number", "②①②③④⑤⑥⑦⑧"),
        ("SSN ٥١٦-٨٤-٢٢٠٣", "ssn", "٥١٦-٨٤-٢٢٠٣"),
    ],
)
def test_odd_characters_hide_nothing_and_places_are_those_of_the_text(
    guard: Guard, text: str, kind: str, words: str
) -> None:
    assert kinds(guard, text) == [(kind, words)]


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
@pytest.mark.parametrize(
    "text",
    [
        "the defendant is a lawful permanent resident",
        "he was born in guadalajara",
        "she is on food stamps",
        "date of birth: march 4, 1991",
        "the victim, maria lopez, was consulted",
        "the witness is a citizen of honduras",
        "client uses a wheelchair",
    ],
)
def test_case_hides_nothing(guard: Guard, text: str, change) -> None:  # type: ignore[no-untyped-def]
    assert len(guard.scan(change(text))) == 1


@pytest.mark.parametrize(
    ("analysis", "statement"),
    [
        ("for the posture lpr: deportable", "the defendant is an lpr: deportable"),
        ("For a lawful permanent resident the finding is likely.", "Our client is a lawful permanent resident."),
        ("If the defendant is undocumented, the ground applies.", "The defendant is undocumented, the ground applies."),
        ("Whether he is a citizen was not asked.", "He is not a citizen."),
        ("Any DACA recipient would lose renewal.", "This DACA recipient would lose renewal."),
        ("ICE detainers are not honored under the policy.", "An ICE detainer was lodged on Friday."),
        ("Born of frustration, the plan failed.", "Born in Puebla, he came here at two."),
        ("The victim was consulted.", "The victim, Maria Lopez, was consulted."),
        ("A blind curve and a deaf ear.", "The clerk is blind and her son deaf."),
        ("Medicaid fraud is charged.", "His Medicaid was cut."),
        ("A welfare check was made at noon.", "She is on welfare."),
        ("He drove straight into Gay Street.", "He is gay."),
    ],
)
def test_law_about_everyone_passes_and_a_fact_about_someone_does_not(
    guard: Guard, analysis: str, statement: str
) -> None:
    assert kinds(guard, analysis) == []
    assert kinds(guard, statement)


def test_replace_puts_a_neutral_placeholder_for_each_hit(guard: Guard) -> None:
    text = "DOB 3/4/91; the victim, Maria Lopez, agrees."
    clean = guard.replace(text, guard.scan(text))
    assert clean == "DOB [removed: birth date]; the victim, [removed: crime victim identity], agrees."
    assert guard.scan(clean) == []


def test_replace_may_be_given_some_of_the_hits_only(guard: Guard) -> None:
    text = "DOB 3/4/91, SSN 516-84-2203"
    first, second = guard.scan(text)
    assert guard.replace(text, [second]) == f"DOB 3/4/91, SSN {guard.placeholder('ssn')}"
    assert guard.replace(text, []) == text
    assert [hit.kind for hit in guard.scan(guard.replace(text, [first]))] == ["ssn"]


def test_replace_refuses_hits_of_another_text(guard: Guard) -> None:
    hits = guard.scan("DOB 3/4/91")
    with pytest.raises(ValueError, match="scan it again"):
        guard.replace("The DOB is 3/4/91", hits)
    overlapping = [Hit("ssn", 0, 5, "abcde", "x"), Hit("ssn", 3, 8, "defgh", "x")]
    with pytest.raises(ValueError, match="scan it again"):
        guard.replace("abcdefgh", overlapping)


def test_a_row_of_facts_is_found_to_its_end(guard: Guard) -> None:
    text = "He has PTSD, a TBI and a prosthetic leg, and is a citizen of Chile and Peru."
    assert guard.scan(guard.replace(text, guard.scan(text))) == []
    assert len(guard.scan(text)) >= 4


def test_a_wrapped_line_is_one_sentence_and_a_list_is_not(guard: Guard) -> None:
    assert kinds(guard, "The defendant is a\nlawful permanent resident.") == [
        ("immigration-status", "lawful permanent resident")
    ]
    assert kinds(guard, "Victim: consulted\nJohn Smith called about the trial date.") == []


def test_the_guard_is_loaded_once_and_again_when_its_file_changes(tmp_path, guard: Guard) -> None:  # type: ignore[no-untyped-def]
    assert load_guard() is guard
    helena = tmp_path / "helena"
    helena.mkdir()
    file = helena / "guard.toml"
    template = (
        'version = "1"\n[[kind]]\nid = "ssn"\nlabel = "number"\nwhy = "for the test"\n'
        '[[detector]]\nid = "one"\nkind = "ssn"\nwhy = "for the test"\npattern = "%s"\n'
    )
    file.write_text(template % "first", encoding="utf-8")
    before = load_guard(tmp_path)
    file.write_text(template % "second word", encoding="utf-8")
    import os

    os.utime(file, ns=(1, 1))
    after = load_guard(tmp_path)
    assert kinds(before, "first second word") == [("ssn", "first")]
    assert kinds(after, "first second word") == [("ssn", "second word")]


def test_a_placeholder_at_the_start_of_a_line_uncovers_nothing(guard: Guard) -> None:
    text = 'He asked if "\n516-84-2203 in a wheelchair" was his, he is gay.'
    hits = guard.scan(text)
    assert [(hit.kind, hit.text) for hit in hits if text[hit.start : hit.end] == hit.text] == [
        ("ssn", "516-84-2203"),
        ("disability", "wheelchair"),
        ("sexual-orientation", "gay"),
    ]
    assert guard.scan(guard.replace(text, hits)) == []
