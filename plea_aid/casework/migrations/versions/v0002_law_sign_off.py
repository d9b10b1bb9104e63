"""Attorneys sign entries of the law off; a sign-off never changes."""

import sqlalchemy as sa
from alembic import op

from plea_aid.casework.migrations.sealing import seal, unseal

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLE = "law_sign_off"


def upgrade() -> None:
    """Create the table and seal it."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("kind", "entry_id", "number", name=op.f(f"uq_{_TABLE}_kind_entry_id_number")),
        sa.CheckConstraint("kind IN ('offense', 'ground', 'category')", name=op.f(f"ck_{_TABLE}_kind")),
        sa.ForeignKeyConstraint(["signed_by"], ["user_account.id"], name=op.f(f"fk_{_TABLE}_signed_by")),
    )
    seal(_TABLE, ("id",), ("kind", "entry_id", "number"))


def downgrade() -> None:
    """Take the table away, with the sign-offs in it; the audit trail still tells of them."""
    unseal(_TABLE)
    op.drop_table(_TABLE)
