"""Alembic migrations, packaged so that an installed wheel migrates its own database."""
