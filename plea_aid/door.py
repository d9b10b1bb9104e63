"""The one door in front of Streamlit: what a request must be to come in, and what every answer carries.

A page of another site must not reach a program on loopback, neither by a name of its own that leads to this machine
(DNS rebinding) nor by asking in the browser's name. And Streamlit asks the outside for its own address when a WebSocket
comes from an origin it does not know: whatever passes here has the origin of the very host it asks, so it never does.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import cookie_parser

HEADERS = {
    # Streamlit's own page needs inline scripts and 'eval' (charts are compiled in the browser); everything else
    # that is not this server is refused, so a page cannot reach outside even by mistake.
    "content-security-policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
TLS_HEADERS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}

STREAM, HEALTH, FILES, UPLOADS = "/_stcore/stream", "/_stcore/health", "/media/", "/_stcore/upload_file/"
BODY_BYTES = 1024
"""The longest body of a request that uploads no file: the program itself posts 32 letters."""
_READ = frozenset({"GET", "HEAD"})
_DOORS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern), methods)
    for pattern, methods in (
        (r"/plea-aid/session", frozenset({"POST"})),
        (rf"{UPLOADS}[^/]+/[^/]+", frozenset({"PUT", "DELETE"})),
        (rf"{HEALTH}|/_stcore/host-config", _READ),
        (rf"{FILES}[\w.-]+|/static/[\w./@~-]+|/favicon\.png", _READ),
        (r"/auth/(?:login|logout)|/oauth2callback", _READ),
        (r"/[a-z-]*", _READ),  # the pages
    )
)

_log = logging.getLogger("plea_aid")
_App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True)
class Doorway:
    """Under which names the program is asked for, and how much a request may bring."""

    origins: Mapping[str, str]
    """The names accepted in ``Host``, each with the one origin its pages have."""
    health_only: frozenset[str]
    """Names that get an answer to ``HEALTH`` and to nothing else."""
    tls: bool
    """Whether browsers come by TLS, which the proxy ends."""
    upload_bytes: int


def doorway(port: int, public_url: str | None, upload_megabytes: int) -> Doorway:
    """Return the doorway of a program on loopback, or of one behind the proxy that serves ``public_url`` (https)."""
    here = [f"127.0.0.1:{port}", f"localhost:{port}"] + ["127.0.0.1", "localhost"] * (port == 80)
    upload_bytes = upload_megabytes * 1024 * 1024 + 64 * 1024  # what stands around a file in its request
    if public_url is None:
        return Doorway({host: f"http://{host}" for host in here}, frozenset(), False, upload_bytes)
    parts = urlsplit(public_url)
    host = parts.netloc.lower().removesuffix(":443")
    return Doorway({host: f"https://{host}"}, frozenset(here), True, upload_bytes)


class _Refusal(Exception):
    """Why a request goes no further; ``told`` is all that whoever asks learns of it."""

    def __init__(self, status: int, told: str, logged: str = "") -> None:
        super().__init__(told)
        self.status, self.told, self.logged = status, told, logged


class Door:
    """Stands around the whole program, errors included."""

    def __init__(self, app: _App, way: Doorway, cookie: str, is_open: Callable[[str], bool]) -> None:
        self.app, self.way, self.cookie, self.is_open = app, way, cookie, is_open

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send, self.way.tls)
        try:
            limit = await self._admit(scope)
        except _Refusal as refusal:
            if refusal.logged:
                _log.warning("Refused a request: %s", refusal.logged)
            await answer.refuse(refusal.status, refusal.told)
            return
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        try:
            await self.app(scope, _limited(receive, limit, answer), answer.send)
        except Exception:
            if not answer.refused:  # else: the program only noticed that its request was cut off
                raise

    async def _admit(self, scope: Any) -> int:
        """Return how long the body may be; raise _Refusal."""
        method = scope.get("method", "WEBSOCKET")
        host = self._check_host(scope)
        self._check_origin(scope, method, self.way.origins.get(host))
        path = scope["path"]
        if method == "WEBSOCKET":
            if path != STREAM:
                raise _Refusal(404, "Not found.")
            return 0
        methods = next((methods for pattern, methods in _DOORS if pattern.fullmatch(path)), None)
        if methods is None:
            raise _Refusal(404, "Not found.")
        if method not in methods:
            raise _Refusal(405, "Not accepted.")
        limit = self.way.upload_bytes if path.startswith(UPLOADS) else BODY_BYTES
        if any(not said.isdigit() or int(said) > limit for said in _named(scope, b"content-length")):
            raise _Refusal(413, "Too large.")
        if path.startswith((FILES, UPLOADS)) and not await self._is_signed_in(scope):
            raise _Refusal(403, "Sign in first.", f"{method} of a file without an open session")
        return limit

    def _check_host(self, scope: Any) -> str:
        hosts = _named(scope, b"host")
        host = hosts[0] if len(hosts) == 1 else ""
        if host in self.way.health_only and scope["type"] == "http" and scope["path"] == HEALTH:
            return host
        if host not in self.way.origins:
            raise _Refusal(421, "Not this host.", f"Host {', '.join(hosts)[:200]!r} is not this program's name")
        if self.way.tls and scope["scheme"] not in ("https", "wss"):
            raise _Refusal(403, "Only by TLS.", "it did not come by TLS; does the proxy send X-Forwarded-Proto?")
        return host

    def _check_origin(self, scope: Any, method: str, ours: str | None) -> None:
        origins = _named(scope, b"origin")
        if origins != [ours] and (origins or method not in _READ):
            raise _Refusal(403, "Refused.", f"{method} with Origin {', '.join(origins)[:200]!r}")
        if not _named(scope, b"sec-fetch-site") or _named(scope, b"sec-fetch-site")[0] in ("same-origin", "none"):
            return
        opened = (_named(scope, b"sec-fetch-mode"), _named(scope, b"sec-fetch-dest")) == (["navigate"], ["document"])
        if not (opened and method in _READ):
            raise _Refusal(403, "Refused.", f"{method} by a page of another site")

    async def _is_signed_in(self, scope: Any) -> bool:
        cookies = cookie_parser("; ".join(_named(scope, b"cookie")))
        token = cookies.get(self.cookie)
        return bool(token) and await run_in_threadpool(self.is_open, str(token))


class _Answer:
    """What goes back to whoever asked, with the headers that every answer carries."""

    def __init__(self, scope: Any, send: Any, tls: bool) -> None:
        self.scope, self._send, self.tls = scope, send, tls
        self.begun = self.refused = False

    async def send(self, message: Any) -> None:
        if self.refused:
            return
        if message["type"] == "http.response.start":
            self.begun = True
            message = {**message, "headers": self._headers(message["headers"])}
        await self._send(message)

    async def refuse(self, status: int, told: str) -> None:
        if self.scope["type"] == "websocket":
            await self._send({"type": "websocket.close", "code": 1008})
            return
        if not self.begun:
            body = told.encode()
            kind = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
            await self.send({"type": "http.response.start", "status": status, "headers": [*kind, _CLOSE]})
            await self.send({"type": "http.response.body", "body": body})
        self.refused = True

    def _headers(self, given: Any) -> list[tuple[bytes, bytes]]:
        ours = {**HEADERS, **(TLS_HEADERS if self.tls else {})}
        kept: list[tuple[bytes, bytes]] = []
        lasting = False
        for name, value in given:
            lower = name.lower()
            if lower == b"cache-control" and b"immutable" in value:
                lasting = True  # Streamlit's own scripts and fonts, named by their content
            elif lower == b"cache-control" or lower.startswith(b"access-control-") or lower.decode() in ours:
                continue
            secured = lower == b"set-cookie" and self.tls and b"; secure" not in value.lower()
            kept.append((name, value + b"; Secure" if secured else value))
        kept += [(name.encode(), value.encode()) for name, value in ours.items()]
        return kept if lasting else [*kept, (b"cache-control", b"no-store")]


_CLOSE = (b"connection", b"close")  # what is left of the request is not read


def _limited(receive: Any, limit: int, answer: _Answer) -> Callable[[], Awaitable[Any]]:
    read = 0

    async def limited() -> Any:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read <= limit:
            return message
        await answer.refuse(413, "Too large.")
        return {"type": "http.disconnect"}

    return limited


def _named(scope: Any, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]
