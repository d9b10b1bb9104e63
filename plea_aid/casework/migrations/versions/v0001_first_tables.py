"""First tables: people, cases, the record, review, frozen versions, the audit trail."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from plea_aid.casework.migrations.sealing import create_refusal, drop_refusal, seal, unseal

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ROLES = "'prosecutor', 'supervisor', 'paralegal', 'auditor', 'administrator'"
_STAGES = "'draft', 'submitted', 'approved', 'returned', 'offered', 'accepted', 'rejected', 'withdrawn', 'entered'"
_SEALED = ("decision_entry", "case_version", "review_step")


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null)


def _byte_order(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UTCDateTime(), nullable=null)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _key(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def upgrade() -> None:
    """Create every table, then seal those whose rows never change."""
    _people()
    _cases()
    _record()
    _sealed_rows()
    _audit()
    create_refusal()
    for table in _SEALED:
        seal(table, ("id",), ("case_id", "number"))
    seal("audit_event", ("seq",))


def downgrade() -> None:
    """Take every table away."""
    for table in (*_SEALED, "audit_event"):
        unseal(table)
        op.drop_table(table)
    drop_refusal()
    for table in ("gate_entry", "factor_entry", "case_file", "sign_in_session", "setup_code", "user_account"):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "user_account",
        _text("id"),
        _text("user_name"),
        _text("user_key"),
        _text("display_name"),
        _text("role"),
        _text("password_hash", null=True),
        _flag("active"),
        _number("failed_attempts"),
        _moment("locked_until", null=True),
        _moment("created_at"),
        _key("user_account"),
        _unique("user_account", "user_key"),
        _check("user_account", "role", f"role IN ({_ROLES})"),
    )
    op.create_table(
        "setup_code",
        _text("id"),
        _text("code_hash"),
        _text("user_id", null=True),
        _moment("expires_at"),
        _moment("used_at", null=True),
        _key("setup_code"),
        _unique("setup_code", "code_hash"),
        _refers("setup_code", "user_id", "user_account"),
    )
    _index("setup_code", "user_id")
    op.create_table(
        "sign_in_session",
        _text("id"),
        _text("token_hash"),
        _text("user_id"),
        _text("terminal"),
        _moment("created_at"),
        _moment("last_seen_at"),
        _moment("expires_at"),
        _moment("revoked_at", null=True),
        _key("sign_in_session"),
        _unique("sign_in_session", "token_hash"),
        _refers("sign_in_session", "user_id", "user_account"),
    )
    _index("sign_in_session", "user_id")


def _cases() -> None:
    op.create_table(
        "case_file",
        _text("id"),
        _text("source_key", null=True),
        _text("cause_number", null=True),
        _byte_order("cause_key"),
        _byte_order("cause_tail"),
        _text("stage"),
        _text("owner_id"),
        _number("version"),
        _number("document_version"),
        _text("document"),
        _text("document_by"),
        sa.Column("hearing_date", sa.Date(), nullable=True),
        _flag("example"),
        _text("submitted_by", null=True),
        _moment("submitted_at", null=True),
        _flag("review_required"),
        _moment("created_at"),
        _moment("updated_at"),
        _key("case_file"),
        _unique("case_file", "source_key"),
        _check("case_file", "stage", f"stage IN ({_STAGES})"),
        _check("case_file", "version", "version >= 1"),
        _check("case_file", "document_version", "document_version >= 1"),
        _refers("case_file", "owner_id", "user_account"),
        _refers("case_file", "document_by", "user_account"),
        _refers("case_file", "submitted_by", "user_account"),
    )
    _index("case_file", "cause_key")
    _index("case_file", "cause_tail")
    _index("case_file", "updated_at", "id")
    _index("case_file", "stage", "updated_at", "id")
    _index("case_file", "owner_id", "updated_at", "id")
    _index("case_file", "stage", "hearing_date", "submitted_at")


def _record() -> None:
    for table, subject in (("factor_entry", "factor"), ("gate_entry", "gate")):
        op.create_table(
            table,
            _text("id"),
            _text("case_id"),
            _text(subject),
            _text("content"),
            _number("version"),
            _text("saved_by"),
            _moment("saved_at"),
            _key(table),
            _unique(table, "case_id", subject),
            _refers(table, "case_id", "case_file"),
            _refers(table, "saved_by", "user_account"),
        )


def _sealed_rows() -> None:
    own_columns = {
        "decision_entry": (
            _text("chosen_option"),
            _text("rationale"),
            _text("change_explanation"),
            _text("signed_by"),
            _text("signed_at"),
            _refers("decision_entry", "signed_by", "user_account"),
        ),
        "case_version": (
            _text("content"),
            _text("law_version"),
            _text("policy_version"),
            _text("program_version"),
            _text("submitted_by"),
            _text("submitted_at"),
            _refers("case_version", "submitted_by", "user_account"),
        ),
        "review_step": (
            _text("move"),
            _text("from_stage"),
            _text("to_stage"),
            _number("version_number", null=True),
            _text("moved_by"),
            _text("moved_at"),
            _text("reasons"),
            _text("detail"),
            _refers("review_step", "moved_by", "user_account"),
        ),
    }
    for table in _SEALED:
        op.create_table(
            table,
            _text("id"),
            _text("case_id"),
            _number("number"),
            _text("sha256"),
            *own_columns[table],
            _key(table),
            _unique(table, "case_id", "number"),
            _refers(table, "case_id", "case_file"),
        )
    _index("case_version", "law_version")


def _audit() -> None:
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        *(
            _text(name)
            for name in (
                "at", "actor_id", "actor_name", "role", "terminal", "program", "action", "resource_kind",
                "resource_id", "outcome", "detail", "previous", "hash",
            )
        ),
        _key("audit_event", "seq"),
        _check("audit_event", "outcome", "outcome IN ('done', 'denied')"),
    )  # fmt: skip
    _index("audit_event", "resource_id", "seq")
