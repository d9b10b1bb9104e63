"""What cases and people are called, and what is written about them, is encrypted; search reads marks of words."""

import re

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from plea_aid.casework.migrations.encryption import first_keys, present_keys, rewrite
from plea_aid.casework.migrations.sealing import seal, unseal

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN = {
    "user_account": ("user_name", "display_name"),
    "sign_in_session": ("terminal",),
    "case_file": ("cause_number", "document"),
    "case_wall": ("reason", "lifted_reason"),
    "factor_entry": ("content",),
    "gate_entry": ("content",),
    "law_impact": ("changes",),
}
_SEALED = {
    "decision_entry": ("sha256", "chosen_option", "rationale", "change_explanation"),
    "case_version": ("sha256", "content"),
    "review_step": ("sha256", "reasons", "detail"),
    "sealed_text": ("sha256", "content", "place", "kinds", "reason"),
    "release_entry": ("sha256", "recipient", "authority", "found"),
    "release_copy": ("sha256", "lines"),
    "law_sign_off": ("sha256", "note"),
}
_KEYS_OF_SEALED = {"law_sign_off": ("kind", "entry_id", "number")}
_KEY_OF_ANALYSIS = ("case_id", "version_number")
_AUDIT = ("actor_name", "terminal", "detail", "previous", "hash")


def upgrade() -> None:
    """Make the keys and encrypt what is there; the index of words is filled when the database is next opened."""
    _create_tables()
    keys = first_keys()
    op.add_column("case_file", sa.Column("source", sa.Text(), nullable=True))
    op.execute("UPDATE case_file SET source = source_key")
    op.add_column("linked_identity", sa.Column("email", sa.Text(), nullable=True))
    op.execute("UPDATE linked_identity SET email = email_key")
    with op.batch_alter_table("linked_identity") as identities:
        identities.alter_column("email", existing_type=sa.Text(), nullable=False)
    op.drop_index(op.f("ix_case_file_cause_key"), "case_file")
    op.drop_index(op.f("ix_case_file_cause_tail"), "case_file")
    op.drop_column("case_file", "cause_key")
    op.drop_column("case_file", "cause_tail")
    rewrite("user_account", ["user_key"], lambda place, _, text: keys.mark(place, text))
    rewrite("case_file", ["source_key"], lambda place, _, text: keys.mark(place, text))
    for table, columns in _OPEN.items():
        rewrite(table, columns, keys.encrypt)
    rewrite("case_file", ["source"], keys.encrypt)
    rewrite("stored_analysis", ["content"], keys.encrypt, key=_KEY_OF_ANALYSIS)
    rewrite("linked_identity", ["email_key"], lambda place, _, text: keys.mark(place, text), key=("user_id",))
    rewrite("linked_identity", ["email"], keys.encrypt, key=("user_id",))
    for table, columns in _SEALED.items():
        unseal(table)
        rewrite(table, columns, keys.encrypt)
        seal(table, ("id",), _KEYS_OF_SEALED.get(table, ("case_id", "number")))
    unseal("audit_event")
    rewrite("audit_event", _AUDIT, keys.encrypt, key=("seq",))
    seal("audit_event", ("seq",))


def downgrade() -> None:
    """Put readable text back in every place."""
    keys = present_keys()
    for table, columns in _SEALED.items():
        unseal(table)
        rewrite(table, columns, keys.decrypt)
        seal(table, ("id",), _KEYS_OF_SEALED.get(table, ("case_id", "number")))
    unseal("audit_event")
    rewrite("audit_event", _AUDIT, keys.decrypt, key=("seq",))
    seal("audit_event", ("seq",))
    for table, columns in _OPEN.items():
        rewrite(table, columns, keys.decrypt)
    rewrite("case_file", ["source"], keys.decrypt)
    rewrite("stored_analysis", ["content"], keys.decrypt, key=_KEY_OF_ANALYSIS)
    rewrite("linked_identity", ["email"], keys.decrypt, key=("user_id",))
    op.execute("UPDATE linked_identity SET email_key = email")
    op.drop_column("linked_identity", "email")
    op.execute("UPDATE case_file SET source_key = source")
    op.drop_column("case_file", "source")
    _compare_names_again()
    _compare_cause_numbers_again()
    op.drop_table("search_token")
    op.drop_table("data_key")


def _create_tables() -> None:
    op.create_table(
        "data_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.Column("master", sa.Text(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("swept_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_data_key")),
        sa.CheckConstraint("purpose IN ('content', 'search')", name=op.f("ck_data_key_purpose")),
    )
    op.create_table(
        "search_token",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "part", "token", name=op.f("pk_search_token")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_search_token_case_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_search_token_token_case_id"), "search_token", ["token", "case_id"])


def _compare_names_again() -> None:
    users = sa.table("user_account", sa.column("id"), sa.column("user_name"), sa.column("user_key"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(users)).all():
        key = row.user_name.casefold()
        connection.execute(sa.update(users).where(users.c.id == row.id).values(user_key=key))


def _compare_cause_numbers_again() -> None:
    byte_order = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    for name in ("cause_key", "cause_tail"):
        op.add_column("case_file", sa.Column(name, byte_order, nullable=False, server_default=""))
    names = ("id", "cause_number", "cause_key", "cause_tail")
    cases = sa.table("case_file", *(sa.column(name) for name in names))
    connection = op.get_bind()
    for row in connection.execute(sa.select(cases).where(cases.c.cause_number.is_not(None))).all():
        numbers = re.findall(r"[0-9]+", row.cause_number)
        key = re.sub(r"[^A-Z0-9]", "", row.cause_number.upper())
        tail = numbers[-1].lstrip("0") if numbers else ""
        changed = sa.update(cases).where(cases.c.id == row.id)
        connection.execute(changed.values(cause_key=key, cause_tail=tail))
    # The default was for the rows that were there; on SQLite it goes by building the table anew.
    with op.batch_alter_table("case_file") as table:
        for name in ("cause_key", "cause_tail"):
            table.alter_column(name, server_default=None)
    op.create_index(op.f("ix_case_file_cause_key"), "case_file", ["cause_key"])
    op.create_index(op.f("ix_case_file_cause_tail"), "case_file", ["cause_tail"])
