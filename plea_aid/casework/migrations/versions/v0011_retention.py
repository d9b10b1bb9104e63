"""Legal holds, disposal with approval, and the rows that a certificate lets go."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from plea_aid.casework.migrations.sealing import let_go_by_certificate, never_let_go, seal, unseal

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OF_CASE: dict[str, tuple[str, ...]] = {
    "legal_hold": ("reason", "asked_by", "placed_by", "placed_at"),
    "hold_lift": ("reason", "lifted_by", "lifted_at"),
    "disposal_request": ("retention_class", "edition", "reason", "requested_by", "requested_at"),
    "disposal_certificate": (
        "retention_class", "edition", "cause_number", "contents", "requested_by", "approved_by", "approved_at",
    ),
}  # fmt: skip
_PEOPLE = ("placed_by", "lifted_by", "requested_by", "approved_by")
_NUMBERS = {"hold_lift": "hold_number", "disposal_certificate": "request_number"}
_DISPOSABLE = ("decision_entry", "case_version", "review_step", "sealed_text", "release_copy")


def upgrade() -> None:
    """Create the tables, seal them, and let certified rows of sealed tables go."""
    for table, texts in _OF_CASE.items():
        more: list[Any] = [sa.Column(_NUMBERS[table], sa.Integer(), nullable=False)] if table in _NUMBERS else []
        more += [
            sa.ForeignKeyConstraint([name], ["user_account.id"], name=op.f(f"fk_{table}_{name}"))
            for name in texts
            if name in _PEOPLE
        ]
        op.create_table(
            table,
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("sha256", sa.Text(), nullable=False),
            sa.Column("case_id", sa.Text(), nullable=False),
            sa.Column("number", sa.Integer(), nullable=False),
            *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("case_id", "number", name=op.f(f"uq_{table}_case_id_number")),
            sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f(f"fk_{table}_case_id")),
            *more,
        )
        seal(table, ("id",), ("case_id", "number"))
    op.create_table(
        "disposed_row",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("certificate_id", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("row_sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposed_row")),
        sa.UniqueConstraint("table_name", "row_id", name=op.f("uq_disposed_row_table_name_row_id")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["disposal_certificate.id"], name=op.f("fk_disposed_row_certificate_id")
        ),
    )
    seal("disposed_row", ("id",), ("table_name", "row_id"))
    op.add_column("case_file", sa.Column("disposed_at", UTCDateTime(), nullable=True))
    let_go_by_certificate(_DISPOSABLE)


def downgrade() -> None:
    """Take the tables away; the audit trail still tells of every hold and disposal."""
    never_let_go(_DISPOSABLE)
    op.drop_column("case_file", "disposed_at")
    for table in ("disposed_row", *reversed(_OF_CASE)):
        unseal(table)
        op.drop_table(table)
