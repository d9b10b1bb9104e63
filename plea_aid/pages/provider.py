"""The office's sign-in provider (OpenID Connect, a city's Entra ID for example) as Streamlit's own sign-in reaches it.

Streamlit reads its provider from a file. The server writes that file when it starts, from the office's settings, where
only the account that runs the program can read it. Streamlit's cookie tells who signed in there; it opens nothing by
itself and lasts no longer than a session may.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from plea_aid.pages import tickets
from plea_aid.settings import Provider, settings

NAME = "office"
"""What Streamlit calls the provider."""
CALLBACK = "/oauth2callback"
_SIGN_OUT = "/auth/logout"
_COOKIES = ("_streamlit_user",)


def configured() -> Provider | None:
    """Return the office's provider, None when people sign in by user name and password only."""
    return settings().provider


def claims() -> Mapping[str, Any] | None:
    """Return what the provider said of whoever signed in there in this browser; None when nobody did."""
    if configured() is None:
        return None
    said = st.user.to_dict()
    return said if said.get("is_logged_in") else None


def configuration(folder: Path, address: str) -> dict[str, Any]:
    """Write Streamlit's file for the provider into ``folder`` and return the setting that names it.

    ``address`` is where people open the program. The secret that signs Streamlit's cookie is new with every start.
    """
    provider = configured()
    if provider is None:
        return {}
    lines = {
        "auth": {"redirect_uri": address.rstrip("/") + CALLBACK, "cookie_secret": secrets.token_hex(32)},
        f"auth.{NAME}": {
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            "server_metadata_url": provider.metadata_url,
        },
    }
    text = "".join(
        f"[{section}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
        for section, values in lines.items()
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "sign-in-provider.toml"
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    return {"secrets.files": [str(file)]}


class ProviderCookies:
    """Shortens Streamlit's identity cookie to a session's longest time, and ends our own cookie with it."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or configured() is None:
            await self.app(scope, receive, send)
            return

        async def with_cookies(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name, _shortened(value) if name.lower() == b"set-cookie" else value)
                    for name, value in message["headers"]
                ]
                if scope["path"].endswith(_SIGN_OUT):
                    gone = f"{tickets.cookie()}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
                    headers.append((b"set-cookie", gone.encode()))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, with_cookies)


def _shortened(cookie: bytes) -> bytes:
    text = cookie.decode("latin-1")
    if not text.startswith(_COOKIES):
        return cookie
    longest = settings().session_hours * 3600
    parts = [part.strip() for part in text.split(";")]
    ages = [int(part.partition("=")[2]) for part in parts if part.lower().startswith("max-age=")]
    kept = [part for part in parts if not part.lower().startswith("max-age=")]
    return "; ".join([*kept, f"Max-Age={min([*ages, longest])}"]).encode("latin-1")
