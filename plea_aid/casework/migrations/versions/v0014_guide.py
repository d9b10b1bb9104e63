"""Whether a person wants the guide of the walk is kept with the account."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody has said anything yet."""
    op.add_column("user_account", sa.Column("guide_shown", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("user_account", "guide_shown")
