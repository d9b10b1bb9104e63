"""The ledger of releases: complete, sealed, refused to whom it is not for, and never in the way of a lawful release."""

from __future__ import annotations

from typing import Any

import pytest

from plea_aid.casework import releases, sealed_texts, trail
from plea_aid.casework.audit import verify_chain
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid, NotAllowed, NotFound, Sensitive
from plea_aid.casework.releases import ReleaseRequest, checked_request
from plea_aid.casework.views import CaseView
from plea_aid.law.releases import PARTS, load_releases

from .conftest import People

ASKED: dict[str, Any] = {
    "profile": "defense-counsel",
    "recipient": "Counsel of record, R. Voss",
    "basis": "city-service",
    "authority": "Prosecution of this case: plea discussion",
}


def release(db: Database, who: Any, case: CaseView, **more: Any) -> releases.ReleaseView:
    request = checked_request({**ASKED, **more})
    return releases.record_release(
        db, who, case.id, request, document_sha256="a" * 64, lines=["facts: one", "counts: two"]
    )


def test_an_entry_says_who_got_what_on_what_basis_and_is_sealed(db: Database, people: People, case: CaseView) -> None:
    made = release(db, people.prosecutor, case)
    assert (made.number, made.profile, made.added, made.document_sha256) == (1, "defense-counsel", (), "a" * 64)
    assert {*made.carried} == load_releases().profile("defense-counsel").carries
    second = release(db, people.supervisor, case, added=frozenset({"decision"}))
    assert (second.number, second.added) == (2, ("decision",))
    assert releases.ledger(db, people.auditor, case_id=case.id) == (second, made)
    assert releases.ledger(db, people.prosecutor) == (second, made)
    (event, _) = [e for e in trail.list_events(db, people.supervisor, case_id=case.id) if e.action == "release.make"]
    assert event.detail["basis"] == "city-service"
    assert event.detail["document"] == "a" * 64
    assert {s["table"] for s in event.detail["sealed"]} == {"release_entry", "release_copy"}
    assert verify_chain(db).ok
    assert releases.last_lines(db, people.prosecutor, case.id, "defense-counsel") == ("facts: one", "counts: two")
    assert releases.last_lines(db, people.prosecutor, case.id, "public-record") is None


def test_who_may_not_release_does_not_and_the_denial_is_recorded(db: Database, people: People, case: CaseView) -> None:
    for who in (people.other_prosecutor, people.paralegal, people.auditor, people.administrator):
        with pytest.raises(NotAllowed):
            release(db, who, case)
        with pytest.raises(NotAllowed):
            releases.all_sealed(db, who, case.id)
    for who in (people.paralegal, people.administrator):
        with pytest.raises(NotAllowed):
            releases.ledger(db, who)
    assert releases.ledger(db, people.supervisor) == ()
    denied = [e for e in trail.list_events(db, people.supervisor, case_id=case.id) if e.outcome == "denied"]
    assert {e.actor_id for e in denied} >= {people.paralegal.user_id, people.other_prosecutor.user_id}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"recipient": ""}, "recipient"),
        ({"recipient": "x" * 301}, "recipient"),
        ({"authority": "  "}, "authority"),
        ({"basis": "because"}, "accepted: inside-city"),
        ({"basis": ""}, "legal basis"),
        ({"profile": "everyone"}, "accepted: internal"),
        ({"added": frozenset({"status"})}, "added"),
        ({"sealed_texts": frozenset({0})}, "sealed_texts"),
        ({"basis": "inside-city"}, "leaves city government"),
        ({"mask": True}, "mask"),
    ],
)
def test_a_release_without_its_basis_is_refused_in_one_sentence(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        checked_request({**ASKED, **wrong})


@pytest.mark.parametrize("profile", [p.id for p in load_releases().profiles])
@pytest.mark.parametrize("basis", [b.id for b in load_releases().bases if not b.inside])
def test_no_lawful_release_is_refused_whatever_is_added(
    db: Database, people: People, case: CaseView, profile: str, basis: str
) -> None:
    made = release(db, people.prosecutor, case, profile=profile, basis=basis, added=frozenset(PARTS))
    assert {*made.carried} == {*PARTS}
    assert {*made.added} == {*PARTS} - load_releases().profile(profile).carries


def test_sealed_texts_go_only_with_whoever_may_open_them_and_each_opening_is_recorded(
    db: Database, people: People, case: CaseView
) -> None:
    sealed_texts.seal_text(db, people.prosecutor, case.id, "DOB 3/4/1991", "The court asked.", place="a note")
    assert releases.texts_to_release(db, people.prosecutor, case.id, [1]) == {1: "DOB 3/4/1991"}
    with pytest.raises(NotFound):
        releases.texts_to_release(db, people.prosecutor, case.id, [2])
    with pytest.raises(NotAllowed):
        releases.texts_to_release(db, people.paralegal, case.id, [1])
    opened = [e for e in trail.list_events(db, people.supervisor, case_id=case.id) if e.action == "text.read"]
    assert [(e.actor_id, e.detail.get("number")) for e in opened if e.outcome == "done"] == [
        (people.prosecutor.user_id, 1)
    ]


def test_the_ledger_itself_holds_no_sensitive_words(db: Database, people: People, case: CaseView) -> None:
    for words in ({"authority": "Order about his DOB 03/04/1991"}, {"recipient": "A man with SSN 516-84-2203"}):
        with pytest.raises(Sensitive):
            release(db, people.prosecutor, case, **words)
    # a recipient may be called like a country
    assert release(db, people.prosecutor, case, recipient="Ms. Ireland, for the court").number == 1


def test_a_request_is_frozen() -> None:
    request = ReleaseRequest.model_validate(ASKED)
    assert request.parts(load_releases()) == load_releases().profile("defense-counsel").carries
