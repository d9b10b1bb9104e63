"""One typed settings object, read from the environment once, and the place where the law data lives."""

from __future__ import annotations

import ipaddress
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit


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


_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Provider:
    """The office's own sign-in (OpenID Connect), for example a city's Entra ID."""

    metadata_url: str
    """``PLEA_AID_OIDC_METADATA_URL``: the provider's ``.well-known/openid-configuration``."""
    client_id: str
    """``PLEA_AID_OIDC_CLIENT_ID``: the program's id at the provider."""
    client_secret: str
    """``PLEA_AID_OIDC_CLIENT_SECRET``, or the text of the file ``PLEA_AID_OIDC_CLIENT_SECRET_FILE``."""
    name: str
    """``PLEA_AID_OIDC_NAME``: what people call it, as the button says it."""

    @property
    def issuer(self) -> str:
        """What the provider must call itself: where its metadata lies (OpenID Connect Discovery 1.0, section 4.3)."""
        return self.metadata_url.removesuffix(_WELL_KNOWN)


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
    sqlcipher: bool
    """``PLEA_AID_SQLCIPHER``: 1 encrypts the SQLite file whole, beside its fields; needs the extra ``sqlcipher``."""
    anchor_key_file: Path
    """``PLEA_AID_ANCHOR_KEY_FILE``: file of the key that signs anchors of the audit trail; in ``home`` unless set."""
    port: int
    """``PLEA_AID_PORT``: port on loopback, default 8501."""
    idle_minutes: int
    """``PLEA_AID_IDLE_MINUTES``: a signed-in session ends after this long without a click, default 30."""
    session_hours: int
    """``PLEA_AID_SESSION_HOURS``: a signed-in session ends after this long in any case, default 12."""
    public_url: str | None
    """``PLEA_AID_PUBLIC_URL``: where people open the program when that is not loopback; the provider returns there."""
    proxy_addresses: tuple[str, ...]
    """``PLEA_AID_PROXY_ADDRESSES``: whose word on where a request came from counts, behind a proxy; 127.0.0.1."""
    provider: Provider | None
    """The office's own sign-in; None: by user name and password only."""


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
        sqlcipher=_yes("PLEA_AID_SQLCIPHER"),
        anchor_key_file=Path(os.environ.get("PLEA_AID_ANCHOR_KEY_FILE") or home / "plea-aid-anchor.key"),
        port=_whole_number("PLEA_AID_PORT", 8501),
        idle_minutes=_whole_number("PLEA_AID_IDLE_MINUTES", 30),
        session_hours=_whole_number("PLEA_AID_SESSION_HOURS", 12),
        public_url=_web_address("PLEA_AID_PUBLIC_URL"),
        proxy_addresses=_addresses("PLEA_AID_PROXY_ADDRESSES", "127.0.0.1"),
        provider=_provider(),
    )


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isdigit() or int(text) == 0:
        raise ValueError(f"{name}: '{text}' is not accepted; give a whole number above 0")
    return int(text)


def _yes(name: str) -> bool:
    text = os.environ.get(name, "").strip()
    if text not in ("", "0", "1"):
        raise ValueError(f"{name}: '{text}' is not accepted; give 1 for yes or 0 for no")
    return text == "1"


def _addresses(name: str, default: str) -> tuple[str, ...]:
    texts = tuple(part.strip() for part in (os.environ.get(name, "").strip() or default).split(","))
    for text in texts:
        try:
            ipaddress.ip_address(text)
        except ValueError:
            raise ValueError(f"{name}: '{text}' is not accepted; give IP addresses with commas between them") from None
    return texts


def _provider() -> Provider | None:
    url = _web_address("PLEA_AID_OIDC_METADATA_URL")
    client_id = os.environ.get("PLEA_AID_OIDC_CLIENT_ID", "").strip()
    secret = os.environ.get("PLEA_AID_OIDC_CLIENT_SECRET", "").strip()
    file = os.environ.get("PLEA_AID_OIDC_CLIENT_SECRET_FILE", "").strip()
    if not (url or client_id or secret or file):
        return None
    if file and not secret:
        try:
            secret = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"PLEA_AID_OIDC_CLIENT_SECRET_FILE: '{file}' cannot be read as text") from None
    for name, value in (("METADATA_URL", url), ("CLIENT_ID", client_id), ("CLIENT_SECRET", secret)):
        if not value:
            raise ValueError(f"PLEA_AID_OIDC_{name} is missing; a sign-in provider needs its address, id and secret")
    if not str(url).endswith(_WELL_KNOWN):
        raise ValueError(f"PLEA_AID_OIDC_METADATA_URL: '{url}' is not accepted; it ends with {_WELL_KNOWN}")
    name = os.environ.get("PLEA_AID_OIDC_NAME", "").strip() or "your office account"
    return Provider(str(url), client_id, secret, name)


def _web_address(name: str) -> str | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    parts = urlsplit(text)
    on_this_machine = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or not (parts.scheme == "https" or on_this_machine):
        raise ValueError(f"{name}: '{text}' is not accepted; give an https address (http on this machine only)")
    return text
