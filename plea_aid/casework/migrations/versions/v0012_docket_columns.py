"""Which columns of a docket mean what is remembered by its header."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLE = "docket_columns"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        _TABLE,
        sa.Column("header_key", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("header_key", name=op.f(f"pk_{_TABLE}")),
        sa.ForeignKeyConstraint(["saved_by"], ["user_account.id"], name=op.f(f"fk_{_TABLE}_saved_by")),
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table(_TABLE)
