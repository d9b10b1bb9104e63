"""The offense families of submitted cases, so that comparable decided cases are found without reading every one."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE = "case_family"


def upgrade() -> None:
    """Create the table; a case enters it when it is next submitted."""
    op.create_table(
        _TABLE,
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "family", name=op.f(f"pk_{_TABLE}")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f(f"fk_{_TABLE}_case_id")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_family_submitted_at"), _TABLE, ["family", "submitted_at"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table(_TABLE)
