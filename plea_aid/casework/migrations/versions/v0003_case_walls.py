"""A case can be closed to named colleagues."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLE = "case_wall"


def upgrade() -> None:
    """Create the table; a colleague is shut out of a case once at a time."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f(f"fk_{_TABLE}_case_id")),
        *(
            sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_{_TABLE}_{column}"))
            for column in ("user_id", "raised_by", "lifted_by")
        ),
    )
    op.create_index(op.f(f"ix_{_TABLE}_case_id"), _TABLE, ["case_id"])
    still_up = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_case_wall_open",
        _TABLE,
        ["user_id", "case_id"],
        unique=True,
        sqlite_where=still_up,
        postgresql_where=still_up,
    )


def downgrade() -> None:
    """Take the table away: every case is open to everyone again; the audit trail still tells of the walls."""
    op.drop_table(_TABLE)
