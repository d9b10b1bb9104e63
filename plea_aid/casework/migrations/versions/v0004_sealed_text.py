"""Texts that Section 2 protects are kept apart from the record, sealed."""

import sqlalchemy as sa
from alembic import op

from plea_aid.casework.migrations.sealing import seal, unseal

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLE = "sealed_text"


def upgrade() -> None:
    """Create the table and seal it."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sealed_by", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("case_id", "number", name=op.f(f"uq_{_TABLE}_case_id_number")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f(f"fk_{_TABLE}_case_id")),
        sa.ForeignKeyConstraint(["sealed_by"], ["user_account.id"], name=op.f(f"fk_{_TABLE}_sealed_by")),
    )
    seal(_TABLE, ("id",), ("case_id", "number"))


def downgrade() -> None:
    """Take the table away, with the texts in it; the audit trail still tells of them."""
    unseal(_TABLE)
    op.drop_table(_TABLE)
