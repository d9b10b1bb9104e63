"""One typed settings object, read from the environment once, and the place where the law data lives."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path


def data_dir() -> Path:
    """Return the folder that holds ``federal/``, ``montana/`` and ``helena/``.

    ``PLEA_AID_DATA`` names another folder (an office's own copy). Otherwise an installed wheel carries the
    data inside the package and a checkout has it beside the package.
    """
    named = os.environ.get("PLEA_AID_DATA")
    if named:
        return Path(named)
    package = Path(__file__).resolve().parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def _user_dir() -> Path:
    """Return the per-user folder for the embedded database (created by whoever writes to it)."""
    named = os.environ.get("PLEA_AID_HOME")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "plea-aid"
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "plea-aid"


@dataclass(frozen=True)
class Settings:
    """Everything an office may set, each from one environment variable."""

    home: Path
    """``PLEA_AID_HOME``: folder of the embedded database."""
    database_url: str
    """``PLEA_AID_DATABASE_URL``: SQLAlchemy URL; SQLite in ``home`` unless set."""
    key: str
    """``PLEA_AID_KEY``: the master key itself, for containers that hand secrets over as variables; else empty."""
    key_file: Path
    """``PLEA_AID_KEY_FILE``: file of the master key; ``plea-aid.key`` in ``home`` unless set."""
    port: int
    """``PLEA_AID_PORT``: port on loopback, default 8501."""
    idle_minutes: int
    """``PLEA_AID_IDLE_MINUTES``: a signed-in session ends after this long without a click, default 30."""
    session_hours: int
    """``PLEA_AID_SESSION_HOURS``: a signed-in session ends after this long in any case, default 12."""


@cache
def settings() -> Settings:
    """Return the settings of this process; raise ValueError naming the variable that is malformed."""
    home = _user_dir()
    url = os.environ.get("PLEA_AID_DATABASE_URL") or f"sqlite:///{home / 'plea-aid.db'}"
    return Settings(
        home=home,
        database_url=url,
        key=os.environ.get("PLEA_AID_KEY", ""),
        key_file=Path(os.environ.get("PLEA_AID_KEY_FILE") or home / "plea-aid.key"),
        port=_whole_number("PLEA_AID_PORT", 8501),
        idle_minutes=_whole_number("PLEA_AID_IDLE_MINUTES", 30),
        session_hours=_whole_number("PLEA_AID_SESSION_HOURS", 12),
    )


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isdigit() or int(text) == 0:
        raise ValueError(f"{name}: '{text}' is not accepted; give a whole number above 0")
    return int(text)
