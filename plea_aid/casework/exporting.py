"""Everything of an office in open formats: each table as CSV and as JSON lines, each case as one JSON file, each
submitted version as its note.

A manifest says what every file and column is, how many rows there are, and the hash of every file. What is encrypted
in the database is readable here, so the export is as confidential as the cases. Credentials are left out.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from sqlalchemy import select
from sqlmodel import Session, col

from plea_aid import __version__
from plea_aid.casework import audit
from plea_aid.casework.actors import Actor
from plea_aid.casework.backups import kind_of
from plea_aid.casework.canonical import canonical, now, stamp
from plea_aid.casework.column_words import WITHHELD, meanings, models
from plea_aid.casework.database import Database
from plea_aid.casework.errors import Invalid
from plea_aid.casework.migrate import revision_of
from plea_aid.casework.permissions import Action
from plea_aid.casework.submission import VersionView, version_view
from plea_aid.casework.tables import CaseFile, CaseVersion, CaseWall, Table
from plea_aid.casework.views import StepView, names_of, view_of
from plea_aid.casework.work import changing

_BATCH = 500
README = """Plea Aid: everything of one office, as it stood at {at}.

manifest.json  what every file and every column is, how many rows there are, the SHA-256 of every file
tables/        each table twice: .csv for a spreadsheet, .jsonl (one JSON object a line) exactly as it was
cases/         each case as one JSON file: its charges and options, factors, gates, decision, review and versions
notes/         the note of each submitted version as PDF, unless the export was made without; a note that could not be
               made is named in the manifest, with why

In the .csv files a text that a spreadsheet would take for a formula has an apostrophe before it; the .jsonl files
hold it without. Moments are in UTC. Passwords, codes and session marks are not in it.

Confidential criminal justice information and work product: keep it as you keep the case files.
"""


@dataclass(frozen=True)
class Exported:
    """What was written."""

    target: Path
    files: int
    rows: int
    sha256: str
    """Of the manifest, which holds the hash of every other file."""


@dataclass
class _Manifest:
    program: str
    made_at: str
    revision: str
    audit_head: dict[str, Any]
    tables: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    notes_not_made: list[dict[str, str]] = field(default_factory=list)


NoteOf = Callable[[VersionView, Sequence[StepView]], bytes]
"""Makes the PDF of a version and the steps of its case; raises ValueError where it cannot."""


class _Sink(Protocol):
    def open(self, name: str) -> BinaryIO: ...
    def close(self) -> None: ...


def export_office(db: Database, actor: Actor, target: Path, note_of: NoteOf | None = None) -> Exported:
    """Write everything of this moment to ``target``: a new folder, or a new file that ends in .zip.

    ``note_of`` makes the notes; without it there are none.

    Raises NotAllowed, Invalid when the target is there already, OSError.
    """
    with changing(db, actor) as work:
        work.require(Action.OFFICE_EXPORT, kind="office")
        walls = select(col(CaseWall.id)).where(
            col(CaseWall.user_id) == actor.user_id, col(CaseWall.lifted_at).is_(None)
        )
        if work.session.execute(walls).first():
            because = "A case is closed to this person, so everything of the office is not exported in their name."
            raise work.denied(Action.OFFICE_EXPORT, because, "office")
    if target.exists():
        raise Invalid("There is something of this name already, and an export replaces nothing; choose another name.")
    partial = target.with_name(f"{target.name}.unfinished")
    sink: _Sink
    try:
        with closing(_Zip(partial) if target.suffix.lower() == ".zip" else _Folder(partial)) as sink:
            with db.read() as session:
                manifest = _write(session, sink, note_of)
            content = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()
            with sink.open("manifest.json") as out:
                out.write(content)
        partial.rename(target)
    finally:
        shutil.rmtree(partial) if partial.is_dir() else partial.unlink(missing_ok=True)
    digest = hashlib.sha256(content).hexdigest()
    rows = sum(one["rows"] for one in manifest.tables)
    with changing(db, actor) as work:
        work.record(Action.OFFICE_EXPORT, "office", "", manifest=digest, rows=rows, files=len(manifest.files))
    return Exported(target, len(manifest.files) + 1, rows, digest)


def _write(session: Session, sink: _Sink, note_of: NoteOf | None) -> _Manifest:
    seq, head = audit.head(session)
    manifest = _Manifest(
        f"plea-aid {__version__}", stamp(now()), revision_of(session) or "", {"seq": seq, "hash": head}
    )
    with _file(sink, manifest, "README.txt") as out:
        out.write(README.format(at=manifest.made_at).encode())
    for table in Table.metadata.sorted_tables:
        model = models()[table.name]
        words = meanings(model)
        kept = [c.name for c in table.columns if (table.name, c.name) not in WITHHELD]
        with _file(sink, manifest, f"tables/{table.name}.jsonl") as out:
            count = 0
            for row in _rows(session, model):
                out.write(canonical({name: _plain(getattr(row, name)) for name in kept}).encode() + b"\n")
                count += 1
        with _file(sink, manifest, f"tables/{table.name}.csv") as out:
            _write_csv(out, kept, _rows(session, model))
        columns = [
            {
                "name": c.name,
                "kind": kind_of(c) if c.name in kept else "left out",
                "meaning": words.columns[c.name],
                **({} if c.name in kept else {"left_out_because": WITHHELD[table.name, c.name]}),
            }
            for c in table.columns
        ]
        manifest.tables.append({"name": table.name, "meaning": words.table, "rows": count, "columns": columns})
    for row in _rows(session, CaseFile):
        view = view_of(session, row)
        with _file(sink, manifest, f"cases/{_file_name(row)}.json") as out:
            out.write(json.dumps(asdict(view), default=_plain, indent=1, sort_keys=True, ensure_ascii=False).encode())
        if note_of and view.versions:
            _write_notes(session, sink, manifest, row, view.steps, note_of)
    return manifest


def _write_notes(
    session: Session, sink: _Sink, manifest: _Manifest, case: CaseFile, steps: Sequence[StepView], note_of: NoteOf
) -> None:
    query = select(CaseVersion).where(col(CaseVersion.case_id) == case.id).order_by(col(CaseVersion.number))
    for row in session.scalars(query):
        path = f"notes/{_file_name(case)}-v{row.number}.pdf"
        try:
            pdf = note_of(version_view(row, names_of(session, [row.submitted_by])[row.submitted_by]), steps)
        except ValueError as fault:  # one note that cannot be set keeps nobody from everything else
            manifest.notes_not_made.append({"path": path, "because": str(fault)})
            continue
        with _file(sink, manifest, path) as out:
            out.write(pdf)


def _rows(session: Session, model: type[Table]) -> Iterator[Any]:
    key = model.__table__.primary_key.columns  # type: ignore[attr-defined]
    query = select(model).order_by(*key).execution_options(yield_per=_BATCH)
    for row in session.scalars(query):
        yield row
        session.expunge(row)


def _write_csv(out: BinaryIO, names: list[str], rows: Iterator[Any]) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(names)
    for row in rows:
        writer.writerow([spreadsheet_cell(_plain(getattr(row, name))) for name in names])
    text.detach()


def spreadsheet_cell(value: Any) -> Any:
    """Return a value that a spreadsheet does not run as a formula."""
    if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r") and value.strip():
        return "'" + value
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value) if isinstance(value, (set, frozenset)) else list(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return value


def _file_name(row: CaseFile) -> str:
    """Return a name of plain letters: nothing typed by anyone can lead out of the folder."""
    cause = re.sub(r"[^A-Za-z0-9]+", "-", row.cause_number or "").strip("-")[:60]
    return f"{cause}-{row.id}" if cause else row.id


class _Hashing(io.RawIOBase):
    """Counts and hashes what passes through to a file."""

    def __init__(self, under: BinaryIO) -> None:
        self.under = under
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self.under.write(data)


@contextmanager
def _file(sink: _Sink, manifest: _Manifest, name: str) -> Iterator[Any]:
    with sink.open(name) as under:
        through = _Hashing(under)
        yield through
    manifest.files.append({"path": name, "bytes": through.size, "sha256": through.digest.hexdigest()})


class _Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700)

    def open(self, name: str) -> BinaryIO:
        file = self.folder / name
        file.parent.mkdir(exist_ok=True, mode=0o700)
        return file.open("xb")

    def close(self) -> None:
        pass


class _Zip:
    def __init__(self, file: Path) -> None:
        file.touch(mode=0o600, exist_ok=False)
        self.archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)

    def open(self, name: str) -> BinaryIO:
        opened: Any = self.archive.open(name, "w", force_zip64=True)
        return opened  # type: ignore[no-any-return]

    def close(self) -> None:
        self.archive.close()
