"""Hold and retention: a hold is placed and lifted, and a record goes only by two people."""

from __future__ import annotations

from plea_aid.casework import cases, retention
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.work import changing
from tests.pages.conftest import Open, colleague, field, press, visible
from tests.pages.test_release import at


def test_a_hold_and_a_disposal_from_end_to_end(db: Database, pat: Actor, open_app: Open) -> None:
    with changing(db, pat) as work:
        case = cases.insert_case(work, {"cause_number": "EX-7"}, example=True).id
    colleague(db, pat, "sam", "supervisor")
    app = at(open_app(case=case), "retention")
    assert "Fictional example case" in visible(app)
    assert "Not verified" in visible(app)
    field(app, "Why it is held").set_value("A lawsuit is expected.").run()
    field(app, "Who asked for it, and their reference").set_value("City clerk").run()
    press(app, "Place the hold")
    assert retention.keeping(db, pat, case).held
    field(app, "Why it is disposed of").set_value("Not needed.").run()
    press(app, "Ask for it")
    assert any("legal hold stands" in e.value for e in app.error)
    field(app, "Why it is lifted").set_value("Settled.").run()
    press(app, "Lift hold 1 now")
    field(app, "Why it is disposed of").set_value("Not needed.").run()
    press(app, "Ask for it")
    assert "another supervisor does" in visible(app)
    other = at(open_app("sam", case=case), "retention")
    assert next(b for b in other.button if b.label == "Approve the disposal").disabled
    field(other, "Type the cause number to approve").set_value("EX-7").run()
    press(other, "Approve the disposal")
    (made,) = retention.certificates(db, pat)
    assert made.cause_number == "EX-7"
    ledger = at(open_app(), "releases")
    assert any("EX" in str(t.value.to_dict()) for t in ledger.table)
    gone = open_app(case=case)
    at(gone, "retention")
    assert any("was disposed of on" in e.value for e in gone.error)
