"""Alembic's environment: the connection and its transaction come from ``plea_aid.casework.migrate``."""

from alembic import context

from plea_aid.casework.tables import Table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite has no ALTER COLUMN
)
context.run_migrations()
