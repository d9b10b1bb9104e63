"""Indexes in the order of the review queue and of one attorney's cases in a stage."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLE = "case_file"
_NEW = (
    ("owner_id", "stage", "updated_at", "id"),
    ("stage", "review_required", "hearing_date", "submitted_at"),
    ("stage", "review_required", "submitted_at"),
)
_OLD = ("stage", "hearing_date", "submitted_at")


def upgrade() -> None:
    """Create them; the one they replace goes."""
    for columns in _NEW:
        op.create_index(_name(columns), _TABLE, list(columns))
    op.drop_index(_name(_OLD), _TABLE)


def downgrade() -> None:
    """Take them away again."""
    op.create_index(_name(_OLD), _TABLE, list(_OLD))
    for columns in _NEW:
        op.drop_index(_name(columns), _TABLE)


def _name(columns: tuple[str, ...]) -> str:
    return op.f(f"ix_{_TABLE}_{'_'.join(columns)}")
