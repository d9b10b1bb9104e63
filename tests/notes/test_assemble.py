"""From an assessment and a case file to a note: ids become words, figures stay what they are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from plea_aid.notes import NoteError, NoteWords, note_from_assessment, render_note
from plea_aid.notes.content import Accountability, Authority, Factor, PolicyState


def made(assessment: Any, case: Any, law_words: NoteWords, policy: PolicyState, **more: Any) -> Any:
    return note_from_assessment(assessment, case, law_words=law_words, policy=policy, **more)


def test_ids_become_words(
    assessment: dict[str, Any], case: dict[str, Any], law_words: NoteWords, policy: PolicyState
) -> None:
    note = made(assessment, case, law_words, policy, office="An office", program_version="0.1.0")
    assert [option.name for option in note.options] == ["Charge stage", "As charged", "Amended"]
    (finding,) = note.options[1].findings
    assert (finding.ground, finding.citation) == ("Crime of domestic violence", "8 USC 1227(a)(2)(E)(i)")
    assert finding.postures == ("Lawful permanent resident", "Overstay")
    assert finding.because == ("reason one", "reason two")
    assert finding.authorities[0].verified
    assert note.options[1].warnings == ("a warning",)
    assert [(count.number, count.title, count.maximum_days) for count in note.counts] == [
        (1, "Partner or family member assault", 365)
    ]
    assert [group.name for group in note.posture_groups] == ["Permanent residents", "No status", "DACA"]
    assert {item.label: item.on for item in note.dates} == {
        "Offense date": dt.date(2026, 3, 14), "Plea date": dt.date(2026, 5, 2),
    }  # fmt: skip


def test_an_authority_without_words_is_printed_as_unverified(
    assessment: dict[str, Any], case: dict[str, Any], law_words: NoteWords, policy: PolicyState
) -> None:
    note = made(assessment, case, law_words, policy)
    assert note.options[1].findings[0].authorities[1] == Authority(name="unheard-of", verified=False)


def test_terms_come_from_the_case_file(
    assessment: dict[str, Any], case: dict[str, Any], law_words: NoteWords, policy: PolicyState
) -> None:
    stage, charged, amended = made(assessment, case, law_words, policy).options
    assert (stage.counts[0].disposition, stage.counts[0].jail_days) == ("pending", None)
    first = charged.counts[0]
    assert (first.disposition, first.fine_dollars) == ("guilty plea", 500)
    assert (first.jail_days, first.suspended_days) == (10, 355)
    assert first.served_days == 10, "expected confinement is the jail time unless the file says otherwise"
    assert not first.amended
    last = amended.counts[0]
    assert (last.disposition, last.offense, last.served_days) == ("no contest plea", "Assault", 5)
    assert last.amended


def test_figures_left_out_are_nought_only_beside_one_that_is_given(
    assessment: dict[str, Any], case: dict[str, Any], law_words: NoteWords, policy: PolicyState
) -> None:
    case["option"][0]["count"] = [{"number": 1, "suspended_days": 30}]
    case["option"][1]["count"] = [{"number": 1, "disposition": "dismissed"}]
    assessment["options"][1]["counts"][0] = assessment["options"][1]["counts"][0] | {"disposition": "guilty-plea"}
    _, charged, dismissed = made(assessment, case, law_words, policy).options
    first, last = charged.counts[0], dismissed.counts[0]
    assert (first.jail_days, first.suspended_days, first.served_days, first.fine_dollars) == (0, 30, 0, 0)
    assert first.disposition == "guilty plea", "the file's default is what the assessment says it was"
    assert (last.jail_days, last.suspended_days, last.served_days, last.fine_dollars) == (None, None, None, None)


def test_a_ground_that_nobody_analysed_keeps_that_state(
    assessment: dict[str, Any], case: dict[str, Any], policy: PolicyState, law_words: NoteWords
) -> None:
    assessment["options"][1]["not_analysed"] = [{"ground": "bar-x", "counts": [1]}, {"ground": "unheard-of"}]
    words = NoteWords.model_validate(
        law_words.model_dump()
        | {"grounds": {"bar-x": {"name": "A bar", "citation": "1 P 1", "kind": "relief-bar", "postures": ["daca"]}}}
    )
    known, unknown = made(assessment, case, words, policy).options[1].findings[1:]
    assert (known.ground, known.level, known.kind) == ("A bar", "not-analysed", "relief-bar")
    assert known.postures == ("DACA recipient",)
    assert (unknown.ground, unknown.level, unknown.postures) == ("unheard-of", "not-analysed", ())


def test_options_of_one_name_keep_their_own_terms(
    assessment: dict[str, Any], case: dict[str, Any], law_words: NoteWords, policy: PolicyState
) -> None:
    for document in (case["option"], assessment["options"][1:]):
        for option in document:
            option["name"] = "Same name"
    options = made(assessment, case, law_words, policy).options
    assert [option.counts[0].jail_days for option in options] == [None, 10, 12]


def test_what_the_casework_knows_is_carried_through(
    assessment: dict[str, Any], case: dict[str, Any], law_words: NoteWords, policy: PolicyState
) -> None:
    vector = Accountability(option="Amended", convictions=1)
    factor = Factor(name="A factor", state="considered")
    note = made(
        assessment, case, law_words, policy, accountability=[vector], factors=[factor], unverified=["a point"],
        profile="supervisor", analysis_version=3, content_hash="0123456789abcdef", stage="Plea negotiation",
        prepared_on=dt.date(2026, 5, 4), law_review="drafted",
    )  # fmt: skip
    assert (note.accountability, note.factors, note.unverified) == ((vector,), (factor,), ("a point",))
    assert (note.profile, note.analysis_version, note.law.review) == ("supervisor", 3, "drafted")
    assert render_note(note).startswith(b"%PDF-")


def test_a_case_file_with_charges_alone_makes_a_note(
    assessment: dict[str, Any], law_words: NoteWords, policy: PolicyState
) -> None:
    assessment["options"] = assessment["options"][:1]
    note = made(assessment, {"count": [{"number": 1, "offense": "MCA 45-5-206(1)(a)"}]}, law_words, policy)
    assert note.accountability == ()
    assert render_note(note).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda a: a.pop("law"), "law"),
        (lambda a: a.update(options=[]), "options"),
        (lambda a: a["options"][1]["findings"][0].update(level="perhaps"), "level"),
        (lambda a: a["law"].update(as_of="someday"), "law.as_of"),
    ],
)
def test_a_broken_assessment_is_one_sentence(
    assessment: dict[str, Any], case: dict[str, Any], law_words: NoteWords, policy: PolicyState, spoil: Any, place: str
) -> None:
    spoil(assessment)
    with pytest.raises(NoteError) as caught:
        made(assessment, case, law_words, policy)
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_hash_that_is_none_is_refused(
    assessment: dict[str, Any], case: dict[str, Any], law_words: NoteWords, policy: PolicyState
) -> None:
    with pytest.raises(NoteError, match="content_hash"):
        made(assessment, case, law_words, policy, content_hash="not a hash")
