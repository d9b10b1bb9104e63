"""Sign-in through the office's own provider; failed attempts are counted by the name that was typed."""

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of identities and attempts; the counts move from the accounts to the names."""
    op.create_table(
        "linked_identity",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("linked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_linked_identity")),
        sa.UniqueConstraint("email_key", name=op.f("uq_linked_identity_email_key")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_linked_identity_issuer_subject")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_linked_identity_user_id")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("name_hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("waits_until", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_session") as sessions:
        sessions.add_column(sa.Column("proof", sa.Text(), nullable=True))
        sessions.create_unique_constraint(op.f("uq_sign_in_session_proof"), ["proof"])
    _carry_counts_over()
    for column in ("failed_attempts", "locked_until"):
        op.drop_column("user_account", column)


def downgrade() -> None:
    """Take them away again; whoever signed in through the provider needs a one-time code then."""
    with op.batch_alter_table("user_account") as accounts:
        accounts.add_column(sa.Column("failed_attempts", sa.Integer(), nullable=False, server_default="0"))
        accounts.add_column(sa.Column("locked_until", UTCDateTime(), nullable=True))
    _carry_counts_back()
    with op.batch_alter_table("user_account") as accounts:
        accounts.alter_column("failed_attempts", server_default=None)
    with op.batch_alter_table("sign_in_session") as sessions:
        sessions.drop_constraint(op.f("uq_sign_in_session_proof"), type_="unique")
        sessions.drop_column("proof")
    op.drop_table("sign_in_attempts")
    op.drop_table("linked_identity")


_USERS = sa.table(
    "user_account",
    sa.column("id", sa.Text()),
    sa.column("user_key", sa.Text()),
    sa.column("failed_attempts", sa.Integer()),
    sa.column("locked_until", UTCDateTime()),
)
_ATTEMPTS = sa.table(
    "sign_in_attempts",
    sa.column("name_hash", sa.Text()),
    sa.column("failures", sa.Integer()),
    sa.column("since", UTCDateTime()),
    sa.column("last_at", UTCDateTime()),
    sa.column("waits_until", UTCDateTime()),
)


def _name_hash(user_key: str) -> str:
    return hashlib.sha256(f"name:{user_key}".encode("utf-8", "surrogatepass")).hexdigest()


def _carry_counts_over() -> None:
    bind, moment = op.get_bind(), datetime.now(UTC)
    for user in bind.execute(sa.select(_USERS)).all():
        if user.failed_attempts or user.locked_until:
            counts = {"failures": user.failed_attempts, "waits_until": user.locked_until}
            times = {"since": moment, "last_at": moment}
            bind.execute(sa.insert(_ATTEMPTS).values(name_hash=_name_hash(user.user_key), **counts, **times))


def _carry_counts_back() -> None:
    bind = op.get_bind()
    counts = {row.name_hash: row for row in bind.execute(sa.select(_ATTEMPTS)).all()}
    for user_id, user_key in bind.execute(sa.select(_USERS.c.id, _USERS.c.user_key)).all():
        kept = counts.get(_name_hash(user_key))
        if kept is not None:
            values = {"failed_attempts": kept.failures, "locked_until": kept.waits_until}
            bind.execute(sa.update(_USERS).where(_USERS.c.id == user_id).values(**values))
