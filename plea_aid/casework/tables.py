"""The tables, all in one file, since what is asked of a column (is it encrypted, is it sealed) is asked of every one.

Input is validated elsewhere (``entries``): a table model accepts what it is given.

Statuses are text with a CHECK, moments are aware UTC, ids are made here and not by the database. Sealed
tables hold moments as text, so that every byte of a row is under its hash. What people write and what names a case
or a person is ``Encrypted``; ``tests/casework/test_at_rest.py`` asks of every other text column why it is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, MetaData, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from plea_aid.casework.actors import ROLES
from plea_aid.casework.canonical import new_id, now
from plea_aid.casework.data_keys import PURPOSES
from plea_aid.casework.encrypted import Encrypted, Mark
from plea_aid.casework.review import STAGES
from plea_aid.law.entry_hash import KINDS

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def _one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Table(SQLModel):
    """What every table shares: this room's own metadata, constraints named by convention.

    A table model validates nothing, so what pydantic would build for that waits until something asks for it.
    """

    model_config = {"defer_build": True}

    metadata = MetaData(naming_convention=NAMES)


class DataKey(Table, table=True):
    """A key that encrypts what the tables hold, wrapped by the master key outside the database."""

    __tablename__ = "data_key"
    __table_args__ = (_one_of("purpose", PURPOSES),)

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Stands before every value that was encrypted with it."""
    purpose: str = Field(sa_type=Text)
    wrapped: str = Field(sa_type=Text)
    master: str = Field(sa_type=Text)
    """The fingerprint of the master key that wraps it."""
    made_at: datetime = Field(default_factory=now)
    swept_at: datetime | None = None
    """When the places that held readable text before encryption were rewritten; none: still to do."""


class User(Table, table=True):
    """A person with an account."""

    __tablename__ = "user_account"
    __table_args__ = (_one_of("role", ROLES),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=Text)
    user_name: str = Field(sa_type=Encrypted)
    user_key: str = Field(sa_type=Mark, unique=True)
    """The user name as compared: without case."""
    display_name: str = Field(sa_type=Encrypted)
    role: str = Field(sa_type=Text)
    password_hash: str | None = Field(default=None, sa_type=Text)
    """Argon2id; none until the person has used their one-time code."""
    active: bool = True
    created_at: datetime = Field(default_factory=now)
    guide_shown: bool | None = None
    """Whether the person wants the guide of the walk; none: they did not say."""


class LinkedIdentity(Table, table=True):
    """The identity at the office's sign-in provider that opens an account; an administrator names its address."""

    __tablename__ = "linked_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: str = Field(primary_key=True, sa_type=Text, foreign_key="user_account.id")
    email: str = Field(sa_type=Encrypted)
    """The e-mail address, without case. It counts for the first sign-in only."""
    email_key: str = Field(sa_type=Mark, unique=True)
    """The same as compared."""
    issuer: str | None = Field(default=None, sa_type=Text)
    subject: str | None = Field(default=None, sa_type=Text)
    """Who it is at the issuer; none until the first sign-in, and from then on the only thing that counts."""
    linked_at: datetime | None = None


class SignInAttempts(Table, table=True):
    """Failed sign-ins under one typed name, whether or not there is such an account, or under all names."""

    __tablename__ = "sign_in_attempts"

    name_hash: str = Field(primary_key=True, sa_type=Text)
    """The typed name hashed, since people type passwords there; ``all`` for all names together."""
    failures: int = 0
    since: datetime = Field(default_factory=now)
    last_at: datetime = Field(default_factory=now)
    waits_until: datetime | None = None


class SetupCode(Table, table=True):
    """A one-time code by which a person sets a password: at first start, when added, when recovering."""

    __tablename__ = "setup_code"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=Text)
    code_hash: str = Field(sa_type=Text, unique=True)
    user_id: str | None = Field(default=None, sa_type=Text, foreign_key="user_account.id", index=True)
    """None: the code of the first start, when there is no account yet."""
    expires_at: datetime
    used_at: datetime | None = None


class SignInSession(Table, table=True):
    """A signed-in session, kept by the server so that it can end it; only the token's hash is stored."""

    __tablename__ = "sign_in_session"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=Text)
    token_hash: str = Field(sa_type=Text, unique=True)
    user_id: str = Field(sa_type=Text, foreign_key="user_account.id", index=True)
    terminal: str = Field(default="", sa_type=Encrypted)
    proof: str | None = Field(default=None, sa_type=Text, unique=True)
    """The hash of the sign-in at the office's provider that opened it, so that this opens no second session."""
    created_at: datetime = Field(default_factory=now)
    last_seen_at: datetime = Field(default_factory=now)
    expires_at: datetime
    revoked_at: datetime | None = None


class CaseFile(Table, table=True):
    """A case and its document: the case file of the contract as JSON text."""

    __tablename__ = "case_file"
    __table_args__ = (
        _one_of("stage", STAGES),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("document_version >= 1", name="document_version"),
        Index(None, "updated_at", "id"),
        Index(None, "stage", "updated_at", "id"),
        Index(None, "owner_id", "updated_at", "id"),
        Index(None, "owner_id", "stage", "updated_at", "id"),
        Index(None, "stage", "review_required", "hearing_date", "submitted_at"),
        Index(None, "stage", "review_required", "submitted_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=Text)
    source: str | None = Field(default=None, sa_type=Encrypted)
    """Where the case was imported from."""
    source_key: str | None = Field(default=None, sa_type=Mark, unique=True)
    """The same as compared, so that the same import twice makes no second case."""
    cause_number: str | None = Field(default=None, sa_type=Encrypted)
    stage: str = Field(default="draft", sa_type=Text)
    owner_id: str = Field(sa_type=Text, foreign_key="user_account.id")
    version: int = 1
    """Grows with every change of anything in the case."""
    document_version: int = 1
    """Grows with every change of the document."""
    document: str = Field(sa_type=Encrypted)
    document_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    hearing_date: date | None = None
    example: bool = False
    submitted_by: str | None = Field(default=None, sa_type=Text, foreign_key="user_account.id")
    submitted_at: datetime | None = None
    review_required: bool = True
    """Whether the office's thresholds ask a supervisor to review the latest submitted version."""
    disposed_at: datetime | None = None
    """When its record was disposed of; a certificate says what and why."""
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class CaseWall(Table, table=True):
    """A case closed to one named colleague, until someone who may opens it to them again."""

    __tablename__ = "case_wall"
    __table_args__ = (
        # Its name is given, since the convention would name it like the plain index on the same columns. Tables are
        # made by the migrations, which say the condition for PostgreSQL too; here it would load that dialect at start.
        Index(
            "uq_case_wall_open",
            "user_id",
            "case_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=Text)
    case_id: str = Field(sa_type=Text, foreign_key="case_file.id", index=True)
    user_id: str = Field(sa_type=Text, foreign_key="user_account.id")
    reason: str = Field(sa_type=Encrypted)
    raised_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    raised_at: datetime = Field(default_factory=now)
    lifted_by: str | None = Field(default=None, sa_type=Text, foreign_key="user_account.id")
    lifted_at: datetime | None = None
    lifted_reason: str = Field(default="", sa_type=Encrypted)


class SearchToken(Table, table=True):
    """A word of a case, as a keyed mark: what search reads instead of the encrypted text."""

    __tablename__ = "search_token"
    __table_args__ = (Index(None, "token", "case_id"),)

    case_id: str = Field(sa_type=Text, foreign_key="case_file.id", primary_key=True, ondelete="CASCADE")
    part: str = Field(sa_type=Text, primary_key=True)
    """Which text of the case the word stands in: saving that text again replaces its words."""
    token: int = Field(sa_type=BigInteger, primary_key=True)


class FactorRow(Table, table=True):
    """What was said about one factor of the office's checklist."""

    __tablename__ = "factor_entry"
    __table_args__ = (UniqueConstraint("case_id", "factor"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=Text)
    case_id: str = Field(sa_type=Text, foreign_key="case_file.id")
    factor: str = Field(sa_type=Text)
    content: str = Field(sa_type=Encrypted)
    """A ``FactorEntry`` as JSON text."""
    version: int = 1
    saved_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    saved_at: datetime = Field(default_factory=now)


class GateRow(Table, table=True):
    """What was said at one gate."""

    __tablename__ = "gate_entry"
    __table_args__ = (UniqueConstraint("case_id", "gate"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=Text)
    case_id: str = Field(sa_type=Text, foreign_key="case_file.id")
    gate: str = Field(sa_type=Text)
    content: str = Field(sa_type=Encrypted)
    """The gate's entry as JSON text."""
    version: int = 1
    saved_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    saved_at: datetime = Field(default_factory=now)


class CaseFamily(Table, table=True):
    """An offense family that a case was last submitted with, so that comparable cases are found."""

    __tablename__ = "case_family"
    __table_args__ = (Index(None, "family", "submitted_at"),)

    case_id: str = Field(sa_type=Text, foreign_key="case_file.id", primary_key=True)
    family: str = Field(sa_type=Text, primary_key=True)
    """The family of an offense charged, as the catalogue names it."""
    submitted_at: datetime = Field(default_factory=now)


class DocketColumns(Table, table=True):
    """Which columns of a docket mean what, remembered for the next docket with the same header."""

    __tablename__ = "docket_columns"

    header_key: str = Field(sa_type=Text, primary_key=True)
    """The hash of the header: the names of its columns in order."""
    mapping: str = Field(sa_type=Encrypted)
    """Known column -> column of the docket, as JSON text."""
    saved_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    saved_at: datetime = Field(default_factory=now)


class SealedTable(Table):
    """A row that never changes: triggers refuse it, its hash is in the row and in the audit trail."""

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=Text)
    sha256: str = Field(default="", sa_type=Encrypted)
    """Over what the row says, not over how it is stored; encrypted, since a hash lets a guess be checked."""


class SealedCaseTable(SealedTable):
    """A sealed row of a case."""

    case_id: str = Field(sa_type=Text, foreign_key="case_file.id")
    number: int
    """Counts the rows of this kind in the case, from 1."""


class DecisionRow(SealedCaseTable, table=True):
    """A decision as it was signed; a changed decision is a further row."""

    __tablename__ = "decision_entry"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    chosen_option: str = Field(sa_type=Encrypted)
    rationale: str = Field(sa_type=Encrypted)
    change_explanation: str = Field(default="", sa_type=Encrypted)
    signed_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    signed_at: str = Field(sa_type=Text)


class CaseVersion(SealedCaseTable, table=True):
    """A submitted analysis, frozen: its content, and the law, policy and program it was made under."""

    __tablename__ = "case_version"
    __table_args__ = (UniqueConstraint("case_id", "number"), Index(None, "law_version"))

    content: str = Field(sa_type=Encrypted)
    law_version: str = Field(sa_type=Text)
    policy_version: str = Field(sa_type=Text)
    program_version: str = Field(sa_type=Text)
    submitted_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    submitted_at: str = Field(sa_type=Text)


class ReviewStep(SealedCaseTable, table=True):
    """One move of a case through review."""

    __tablename__ = "review_step"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    move: str = Field(sa_type=Text)
    from_stage: str = Field(sa_type=Text)
    to_stage: str = Field(sa_type=Text)
    version_number: int | None = None
    """The frozen version it is about."""
    moved_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    moved_at: str = Field(sa_type=Text)
    reasons: str = Field(default="", sa_type=Encrypted)
    detail: str = Field(default="{}", sa_type=Encrypted)
    """What an outcome holds beyond the move, as JSON text."""


class SealedText(SealedCaseTable, table=True):
    """A text with what Section 2 protects, kept for a reason; in the record stands only its placeholder."""

    __tablename__ = "sealed_text"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    content: str = Field(sa_type=Encrypted)
    """The text as it was written."""
    place: str = Field(sa_type=Encrypted)
    """Where in the record the placeholder was to stand, in words."""
    kinds: str = Field(sa_type=Encrypted)
    """The kinds found in it, separated by commas."""
    reason: str = Field(sa_type=Encrypted)
    sealed_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    sealed_at: str = Field(sa_type=Text)


class ReleaseEntry(SealedCaseTable, table=True):
    """A release in the ledger: who received which copy of the record, on what basis."""

    __tablename__ = "release_entry"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    profile: str = Field(sa_type=Text)
    """The profile of the release, by its id in the edition."""
    edition: str = Field(sa_type=Text)
    """The edition of the profiles it was made under."""
    recipient: str = Field(sa_type=Encrypted)
    """Who received it."""
    basis: str = Field(sa_type=Text)
    """The legal basis, by its id in the edition."""
    authority: str = Field(sa_type=Encrypted)
    """The statute, order or function that the attorney named for the basis."""
    carried: str = Field(sa_type=Text)
    """The parts of the record that it carried, separated by commas."""
    added: str = Field(default="", sa_type=Text)
    """Those of them that the attorney added to the profile."""
    sealed_texts: str = Field(default="", sa_type=Text)
    """The numbers of the sealed texts released with it, separated by commas."""
    found: str = Field(default="", sa_type=Encrypted)
    """The kinds of sensitive information seen in the finished file and released knowingly, separated by commas."""
    version_number: int | None = None
    """The frozen version it shows; none for a draft."""
    document_sha256: str = Field(sa_type=Text)
    """The hash of the file that was handed over."""
    released_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    released_at: str = Field(sa_type=Text)


class ReleaseCopy(SealedCaseTable, table=True):
    """What a released copy said, line by line, kept to compare the next one with it."""

    __tablename__ = "release_copy"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    lines: str = Field(sa_type=Encrypted)
    """The lines, as JSON."""


class LegalHold(SealedCaseTable, table=True):
    """A legal hold: nothing of the case is disposed of until it is lifted."""

    __tablename__ = "legal_hold"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    reason: str = Field(sa_type=Encrypted)
    asked_by: str = Field(sa_type=Encrypted)
    """Who asked for it, and under which reference."""
    placed_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    """The account that placed it."""
    placed_at: str = Field(sa_type=Text)
    """When it was placed."""


class HoldLift(SealedCaseTable, table=True):
    """A legal hold taken back."""

    __tablename__ = "hold_lift"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    hold_number: int
    """The hold it lifts, by its number in the case."""
    reason: str = Field(sa_type=Encrypted)
    lifted_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    lifted_at: str = Field(sa_type=Text)


class DisposalRequest(SealedCaseTable, table=True):
    """A request to dispose of a case's record, which another person approves or not."""

    __tablename__ = "disposal_request"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    retention_class: str = Field(sa_type=Text)
    """The class of the record, by its id in the edition."""
    edition: str = Field(sa_type=Text)
    """The edition of the retention classes."""
    reason: str = Field(sa_type=Encrypted)
    requested_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    """The account that asked for it."""
    requested_at: str = Field(sa_type=Text)
    """When it was asked for."""


class DisposalCertificate(SealedCaseTable, table=True):
    """What was disposed of, under which class, by whose request and approval."""

    __tablename__ = "disposal_certificate"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    request_number: int
    """The request it answers."""
    retention_class: str = Field(sa_type=Text)
    """The class of the record, by its id in the edition."""
    edition: str = Field(sa_type=Text)
    """The edition of the retention classes."""
    cause_number: str = Field(sa_type=Encrypted)
    contents: str = Field(sa_type=Text)
    """How many rows of each table were disposed of, as JSON."""
    requested_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    """The account that asked for it."""
    approved_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    """The account that approved it."""
    approved_at: str = Field(sa_type=Text)
    """When it was approved and done."""


class DisposedRow(SealedTable, table=True):
    """A sealed row that a certificate let go: which one, and its hash, by which the audit trail knows it."""

    __tablename__ = "disposed_row"
    __table_args__ = (UniqueConstraint("table_name", "row_id"),)

    certificate_id: str = Field(sa_type=Text, foreign_key="disposal_certificate.id")
    """The certificate."""
    table_name: str = Field(sa_type=Text)
    """The table it was in."""
    row_id: str = Field(sa_type=Text)
    """Its id there."""
    row_sha256: str = Field(sa_type=Encrypted)
    """Its hash."""


class LawSignOff(SealedTable, table=True):
    """An attorney's sign-off of one entry of the law, as its content was then."""

    __tablename__ = "law_sign_off"
    __table_args__ = (UniqueConstraint("kind", "entry_id", "number"), _one_of("kind", KINDS))

    kind: str = Field(sa_type=Text)
    entry_id: str = Field(sa_type=Text)
    number: int
    """Counts the sign-offs of the entry, from 1."""
    content_hash: str = Field(sa_type=Text)
    """The hash of the entry's content that was signed; another hash voids the sign-off."""
    note: str = Field(default="", sa_type=Encrypted)
    signed_by: str = Field(sa_type=Text, foreign_key="user_account.id")
    signed_at: str = Field(sa_type=Text)


class DecidedCase(Table, table=True):
    """What the office's figures count of a case: of its last submitted version, in fixed words and numbers only."""

    __tablename__ = "decided_case"

    case_id: str = Field(sa_type=Text, primary_key=True, foreign_key="case_file.id", ondelete="CASCADE")
    version_number: int
    """The version it was read from."""
    facts: str = Field(sa_type=Encrypted)
    """The facts as JSON text; none of them is a text someone wrote."""


class LawEdition(Table, table=True):
    """The files of one version of the law, so that what was made under it can be compared with a later one."""

    __tablename__ = "law_edition"

    version: str = Field(sa_type=Text, primary_key=True)
    """The version's name: the newest day checked, and the hash of the files."""
    files: bytes = Field(sa_type=LargeBinary)
    """The law files as a zip archive."""
    kept_at: datetime = Field(default_factory=now)
    """When it was first in use here."""


class LawCheck(Table, table=True):
    """One run that compared every stored analysis with the law of the day."""

    __tablename__ = "law_check"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Counts the checks, from 1."""
    law_version: str = Field(sa_type=Text)
    """The law every analysis was compared with."""
    at_start: bool = False
    """Run by the program as it started under this law; by command otherwise."""
    started_at: datetime = Field(default_factory=now)
    """When it began."""
    finished_at: datetime | None = None
    """When it was done; empty while it runs or when it was cut off."""
    analyses: int = 0
    """How many analyses there were."""
    affected: int = 0
    """How many of them come out differently."""
    not_comparable: int = 0
    """Open drafts whose earlier law is not kept or no longer readable."""


class StoredAnalysis(Table, table=True):
    """What an analysis was made from, ready to be run again: a frozen version, or (0) the case as it stands."""

    __tablename__ = "stored_analysis"
    __table_args__ = (Index(None, "law_version"),)

    case_id: str = Field(sa_type=Text, primary_key=True, foreign_key="case_file.id", ondelete="CASCADE")
    version_number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """The frozen version, or 0 for the case as it stands."""
    document_version: int
    """The version of the document it was taken from; 0 for a frozen version."""
    uses: str = Field(sa_type=Text)
    """Offenses (citations and ids only) and dispositions, as JSON text; empty while the case has no count."""
    content: str = Field(sa_type=Encrypted)
    """The case file without cause number, names and plan, and the day it is read as of, as JSON text."""
    law_version: str = Field(sa_type=Text)
    """The latest law under which its findings are known to be what they were when it was made."""


class LawImpact(Table, table=True):
    """An analysis whose findings a change of the law changed, before and after."""

    __tablename__ = "law_impact"
    __table_args__ = (UniqueConstraint("check_number", "case_id", "version_number"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=Text)
    check_number: int = Field(foreign_key="law_check.number")
    """The check that found it."""
    case_id: str = Field(sa_type=Text, foreign_key="case_file.id", index=True, ondelete="CASCADE")
    version_number: int
    """The frozen version, or 0 for the case as it stands."""
    law_version: str = Field(sa_type=Text)
    """The law it is compared from."""
    changes: str = Field(sa_type=Encrypted)
    """What comes out differently, option by option, as JSON text."""
    acknowledged_by: str | None = Field(default=None, sa_type=Text, foreign_key="user_account.id")
    """The owner who has looked at it; empty while nobody has."""
    acknowledged_at: datetime | None = None
    """When the owner had looked at it."""


class AuditEvent(Table, table=True):
    """One event of the audit trail; each holds the hash of the one before."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index(None, "resource_id", "seq"),
        _one_of("outcome", ("done", "denied")),
    )

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str = Field(sa_type=Text)
    actor_id: str = Field(sa_type=Text)
    actor_name: str = Field(sa_type=Encrypted)
    role: str = Field(sa_type=Text)
    terminal: str = Field(sa_type=Encrypted)
    program: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    resource_kind: str = Field(sa_type=Text)
    resource_id: str = Field(sa_type=Text)
    outcome: str = Field(sa_type=Text)
    detail: str = Field(sa_type=Encrypted)
    previous: str = Field(sa_type=Encrypted)
    hash: str = Field(sa_type=Encrypted)


SEALED: dict[str, type[SealedTable]] = {
    "decision_entry": DecisionRow,
    "case_version": CaseVersion,
    "review_step": ReviewStep,
    "law_sign_off": LawSignOff,
    "sealed_text": SealedText,
    "release_entry": ReleaseEntry,
    "release_copy": ReleaseCopy,
    "legal_hold": LegalHold,
    "hold_lift": HoldLift,
    "disposal_request": DisposalRequest,
    "disposal_certificate": DisposalCertificate,
    "disposed_row": DisposedRow,
}
"""Tables whose rows never change, besides the audit trail itself."""
