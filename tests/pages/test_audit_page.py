"""The audit trail on the screen: rows in words, narrowed by person, act, case and refusal, with the trail's state."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from plea_aid.casework import anchors, cases, event_words, signin, submission, trail
from plea_aid.casework.actors import Actor
from plea_aid.casework.database import Database
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.permissions import PHRASES
from tests.pages.conftest import Open, colleague, field
from tests.pages.test_walk_pages import PFMA

ROOT = Path(event_words.__file__).parents[1]


def rows(app: AppTest) -> list[dict[str, str]]:
    """The events on the page, without the escapes of Markdown."""
    found = app.table[-1].value.reset_index().to_dict("records")
    return [{str(k): str(v).replace("\\", "") for k, v in row.items()} for row in found]


def actions_recorded() -> Iterator[str]:
    """Every action that the code names for an event."""
    for file in (ROOT / "casework").glob("*.py"):
        yield from re.findall(r"\.(?:record|denied)\(\s*\"([a-z.-]+)\"", file.read_text("utf-8"))


def test_every_action_has_words() -> None:
    named = {*actions_recorded(), *map(str, PHRASES), trail.VERIFIED}
    assert named <= set(event_words.DONE)
    assert event_words.in_words("case.approve", "done") == "approved the analysis"
    assert event_words.in_words("case.approve", "denied") == "was refused: approve an analysis"
    assert event_words.in_words("session.open", "denied") == "could not sign in"


def test_an_auditor_reads_who_did_what_and_narrows_it(db: Database, pat: Actor, open_app: Open, tmp_path: Path) -> None:
    robin = colleague(db, pat, "robin", "auditor")
    one = cases.create_case(db, pat, {**PFMA, "cause_number": "CR-2026-0001"})
    cases.create_case(db, pat, {**PFMA, "cause_number": "CR-2026-0002"})
    for refused in (lambda: submission.submit(db, robin, one.id, one.version), lambda: signin.sign_in(db, "pat", "x")):
        try:
            refused()
        except CaseworkError:
            continue
        raise AssertionError("it was allowed")
    anchors.make_anchor(db, pat, anchors.signing_key(tmp_path / "key"), tmp_path / "a.anchor")
    app = open_app("robin", page="audit")
    state = app.table[0].value.to_string()
    head = json.loads((tmp_path / "a.anchor").read_text())["hashes"][-1]
    assert "anchored up to event" in state
    assert "never verified" in state
    assert len(head) == 64
    told = rows(app)
    assert "made the case" in {row["What"] for row in told}
    assert "was refused: submit an analysis for review" in {row["What"] for row in told}
    assert "could not sign in" in {row["What"] for row in told}
    assert {row["Case"] for row in told if row["What"] == "made the case"} == {"CR-2026-0001", "CR-2026-0002"}

    app.checkbox(key="audit/denied").check().run()
    assert {row["What"].split(":")[0] for row in rows(app)} == {"was refused", "could not sign in"}
    app.checkbox(key="audit/denied").uncheck()
    field(app, "Cause number").set_value("CR-2026-0002").run()
    assert {row["What"] for row in rows(app)} == {"made the case"}
    field(app, "Cause number").set_value("no such").run()
    assert "No event fits." in [one.value for one in app.markdown]
    field(app, "Cause number").set_value("")
    app.selectbox(key="audit/action").set_value("audit.anchor").run()
    (anchor,) = rows(app)
    assert anchor["What"] == "anchored the audit trail outside"
    app.selectbox(key="audit/action").set_value("")
    app.selectbox(key="audit/person").set_value(robin.user_id).run()
    assert {row["Who"] for row in rows(app)} == {"robin (auditor)"}
    assert not app.exception


def test_who_may_not_read_the_trail_is_told_so(db: Database, pat: Actor, open_app: Open) -> None:
    colleague(db, pat, "robin", "prosecutor")
    app = open_app("robin", page="audit")
    assert not app.table
