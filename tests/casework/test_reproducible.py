"""The note of a frozen version is the same to the byte in another process, under changed law and after later work."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from plea_aid.casework import cases, record, submission
from plea_aid.casework.database import Database
from plea_aid.casework.rules import office_rules
from plea_aid.casework.tables import User
from plea_aid.law.load import law_version, load_law
from plea_aid.notes import render_note
from plea_aid.notes.from_record import made_otherwise, note_of_version

from .conftest import DOCUMENT, People
from .test_rules import fill

NOTES = """
import hashlib, json, sys
from plea_aid.casework import cases, submission
from plea_aid.casework.actors import Actor
from plea_aid.casework.migrate import open_database
from plea_aid.law.load import load_law
from plea_aid.notes import render_note
from plea_aid.notes.from_record import note_of_version

url, case_id, who = sys.argv[1:]
db = open_database(url)
actor = Actor(who, "prosecutor", "Prosecutor", "prosecutor", "another desk")
view = cases.open_case(db, actor, case_id)
found = {"law": load_law().version}
for profile in ("internal", "supervisor", "comparison"):
    version = submission.open_version(db, actor, case_id, 1)
    pdf = render_note(note_of_version(version, view.steps, profile, through=2))
    found[profile] = hashlib.sha256(pdf).hexdigest()
print(json.dumps(found))
"""


def changed_law(folder: Path) -> Path:
    """A copy of the law in which every name that a note prints reads differently."""
    shutil.copytree(load_law().folder, folder)
    for path in folder.rglob("*.toml"):
        if path.parent.name == "examples":
            continue
        renamed = re.sub(r'^(name|title) = "', r'\1 = "Renamed: ', path.read_text(), flags=re.MULTILINE)
        path.write_text(renamed)
    return folder


def digests(url: str, case_id: str, who: str, data: Path) -> dict[str, str]:
    environment = {**os.environ, "PLEA_AID_DATA": str(data), "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", NOTES, url, case_id, who]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def test_a_version_prints_the_same_bytes_whatever_has_changed_since(
    db: Database, people: People, database_url: str, tmp_path: Path
) -> None:
    made = cases.create_case(db, people.prosecutor, DOCUMENT)
    ready = fill(db, people.prosecutor, made)
    submission.submit(db, people.prosecutor, made.id, ready.version)
    submission.return_(db, people.supervisor, made.id, ready.version + 1, "Say more of the harm.")
    then = cases.open_case(db, people.prosecutor, made.id)
    version = submission.open_version(db, people.prosecutor, made.id, 1)
    first = {
        profile: hashlib.sha256(render_note(note_of_version(version, then.steps, profile))).hexdigest()
        for profile in ("internal", "supervisor", "comparison")
    }

    # Later work: a changed document, decision and version, and people who go by other names.
    with db.write() as session:
        for user in session.scalars(select(User)):
            user.display_name, user.role = "Someone Else", "paralegal"
    changed = {**DOCUMENT, "cause_number": "CR-2026-9999"}
    cases.update_document(db, people.prosecutor, made.id, then.document_version, changed)
    other = {"chosen_option": "As charged", "rationale": "Changed.", "change_explanation": "On reflection."}
    record.decide(db, people.prosecutor, made.id, 1, other)
    later = cases.open_case(db, people.prosecutor, made.id)
    section_5 = next(iter(office_rules().must_consider))
    for factor in office_rules().factor_ids:
        entry = {"factor": factor, "state": "considered", "weight": "slight", "rationale": "Other words."}
        points = {} if factor == section_5 else {"As charged": "for"}
        record.save_factor(db, people.prosecutor, made.id, later.factors[factor].version, {**entry, "points": points})
    later = cases.open_case(db, people.prosecutor, made.id)
    submission.submit(db, people.prosecutor, made.id, later.version)
    submission.approve(db, people.supervisor, made.id, later.version + 1)

    data = changed_law(tmp_path / "data")
    again = digests(database_url, made.id, people.prosecutor.user_id, data)
    assert again.pop("law") == law_version(data) != load_law().version
    assert again == first


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_program_that_sets_notes_otherwise_says_so(db: Database, people: People) -> None:
    made = cases.create_case(db, people.prosecutor, DOCUMENT)
    ready = fill(db, people.prosecutor, made)
    version = submission.submit(db, people.prosecutor, made.id, ready.version)
    assert made_otherwise(version) == ""
    version.content["made_with"]["program"] = "0.0.9"
    version.content["made_with"]["typst"] = "0.14.0"
    said = made_otherwise(version)
    assert "the program (0.0.9 then," in said
    assert "the typesetter (0.14.0 then," in said
    assert "layout" not in said.partition("changed.")[0]
