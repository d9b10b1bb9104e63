"""Stored analyses can be run again under a later law; what comes out differently is kept for their owners."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; they are filled when the program next starts."""
    op.create_table(
        "law_edition",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_law_edition")),
    )
    op.create_table(
        "law_check",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("law_version", sa.Text(), nullable=False),
        sa.Column("at_start", sa.Boolean(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("analyses", sa.Integer(), nullable=False),
        sa.Column("affected", sa.Integer(), nullable=False),
        sa.Column("not_comparable", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_law_check")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_law_check_number")),
    )
    op.create_table(
        "stored_analysis",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("version_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_version", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("law_version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "version_number", name=op.f("pk_stored_analysis")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_stored_analysis_case_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_stored_analysis_law_version"), "stored_analysis", ["law_version"])
    op.create_table(
        "law_impact",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("check_number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("law_version", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_impact")),
        sa.UniqueConstraint(
            "check_number", "case_id", "version_number", name=op.f("uq_law_impact_check_number_case_id_version_number")
        ),
        sa.ForeignKeyConstraint(["check_number"], ["law_check.number"], name=op.f("fk_law_impact_check_number")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_law_impact_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["user_account.id"], name=op.f("fk_law_impact_acknowledged_by")),
    )
    op.create_index(op.f("ix_law_impact_case_id"), "law_impact", ["case_id"])


def downgrade() -> None:
    """Take the tables away; the audit trail still tells of the checks."""
    for table in ("law_impact", "stored_analysis", "law_check", "law_edition"):
        op.drop_table(table)
