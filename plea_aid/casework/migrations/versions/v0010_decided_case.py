"""What the office's figures count of each submitted case, kept apart so that the page need not read every version."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; it is filled when the figures are next looked at."""
    op.create_table(
        "decided_case",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_decided_case")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_decided_case_case_id"), ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Take the table away; everything in it can be read from the versions again."""
    op.drop_table("decided_case")
