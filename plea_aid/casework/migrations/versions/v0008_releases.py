"""The ledger of releases: who received which copy of a record, on what basis; and what the copy said."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from plea_aid.casework.migrations.sealing import seal, unseal

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES: dict[str, tuple[str, ...]] = {
    "release_entry": (
        "profile", "edition", "recipient", "basis", "authority", "carried", "added", "sealed_texts", "found",
        "document_sha256", "released_by", "released_at",
    ),
    "release_copy": ("lines",),
}  # fmt: skip


def upgrade() -> None:
    """Create both tables and seal them."""
    for table, texts in _TABLES.items():
        more: list[Any] = []
        if table == "release_entry":
            more = [
                sa.Column("version_number", sa.Integer(), nullable=True),
                sa.ForeignKeyConstraint(["released_by"], ["user_account.id"], name=op.f(f"fk_{table}_released_by")),
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


def downgrade() -> None:
    """Take both tables away, with the ledger in them; the audit trail still tells of every release."""
    for table in _TABLES:
        unseal(table)
        op.drop_table(table)
