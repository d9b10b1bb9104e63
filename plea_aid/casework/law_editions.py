"""The versions of the law that stored analyses were made under, kept so that each can be read again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlmodel import Session, col

from plea_aid.casework.database import Database
from plea_aid.casework.tables import LawCheck, LawEdition
from plea_aid.law.catalogue import Law
from plea_aid.law.load import LawError, law_files, law_version, read_law


def keep_edition(session: Session, law: Law) -> None:
    """Store the files of ``law`` once; a law that was changed in memory has none to store."""
    if session.get(LawEdition, law.version) is None and law_version(law.folder) == law.version:
        session.add(LawEdition(version=law.version, files=_packed(law.folder)))


def kept_law(session: Session, version: str) -> Law | None:
    """Return a version of the law; None when it is not kept, or this program no longer reads its files."""
    edition = session.get(LawEdition, version)
    if edition is None:
        return None
    with TemporaryDirectory(prefix="plea-aid-law-") as folder:
        root = Path(folder)
        with zipfile.ZipFile(io.BytesIO(edition.files)) as archive:
            archive.extractall(root)
        try:
            return read_law(root) if law_version(root) == version else None
        except LawError:
            return None


def law_of_last_start(db: Database) -> str | None:
    """Return the version of the law that the stored analyses were last checked under at a start; None for never."""
    query = select(col(LawCheck.law_version)).where(col(LawCheck.at_start), col(LawCheck.finished_at).is_not(None))
    with db.read() as session:
        return session.execute(query.order_by(col(LawCheck.number).desc()).limit(1)).scalar_one_or_none()


def _packed(root: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in law_files(root):
            archive.write(path, path.relative_to(root).as_posix())
    return packed.getvalue()
