"""Start the web app: one process, loopback only, locked configuration, no outside connection."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import sys
import threading
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from plea_aid.casework import accounts, impact
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.keyring import first_words
from plea_aid.casework.migrate import open_database
from plea_aid.law.load import LawError, load_law
from plea_aid.pages import provider, sensitive, tickets
from plea_aid.settings import settings

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
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


THEME = {
    # Sizes that let a page of fields be taken in at once; the order of the headings stays as it is read out.
    "theme.headingFontSizes": ["1.9rem", "1.35rem", "1.1rem", "1rem", "1rem", "1rem"],
}


def run_server(port: int | None) -> int:
    """Migrate the database, say the address (and the one-time code while there is no account), serve until stopped.

    Returns 0 when it was stopped, 2 when it could not start; what was wrong is one line on standard error.
    """
    chosen = settings().port if port is None else port
    try:
        law = load_law()
        db = open_database()
        code = accounts.first_code(db)
        for line in first_words(db.first_keys, show_code=sys.stdout.isatty()):
            _say(line)
        checked = impact.check_at_start(db, accounts.server_actor(), law)
        db.close()
    except LawError as fault:
        return _refuse(f"the law data cannot be used: {fault.problems[0]} (plea-aid law check lists every fault)")
    except CaseworkError as fault:
        return _refuse(str(fault))
    reason = _port_taken(chosen)
    if reason:
        return _refuse(reason)
    _say(f"Plea Aid runs at http://127.0.0.1:{chosen} (this machine only). Law {law.version}. Stop it with Ctrl+C.")
    if checked and checked.tally.affected:
        many = checked.tally.affected
        _say(f"The law changed, and {many} of the stored analyses with it; their owners see them on the Cases page.")
    if code:
        _say(f"No account exists yet. Create the first one in the browser with this one-time code: {code}")
    _serve(chosen)
    return 0


def script_path() -> Path:
    """Return the Streamlit script: inside the package when installed, beside it in a checkout."""
    return _beside("streamlit_app.py", "streamlit_app.py")


def locked_configuration() -> dict[str, Any]:
    """Return the locked configuration as dotted keys; a file or variable of the machine does not override it."""
    text = _beside("streamlit_config.toml", ".streamlit/config.toml").read_text(encoding="utf-8")
    return {f"{section}.{key}": value for section, keys in tomllib.loads(text).items() for key, value in keys.items()}


def _beside(installed: str, checkout: str) -> Path:
    package = Path(__file__).resolve().parent
    inside = package / installed
    return inside if inside.is_file() else package.parent / checkout


def _serve(port: int) -> None:
    import streamlit as st
    from starlette.middleware import Middleware
    from starlette.routing import Route

    logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.WARNING)
    threading.Thread(target=_warm_up, daemon=True).start()
    app = st.App(
        script_path(),
        routes=[Route(tickets.ROUTE, _set_cookie, methods=["POST"])],
        middleware=[Middleware(_Headers), Middleware(provider.ProviderCookies)],
        on_script_error=_one_sentence,
    )
    address = settings().public_url or f"http://127.0.0.1:{port}"
    office = provider.configuration(settings().home, address)
    fixed = {"server.port": port, "logger.hideWelcomeMessage": True}
    app.run(config={**THEME, **locked_configuration(), **office, **fixed})


def _warm_up() -> None:
    """Load what the first page would otherwise wait for; what fails here is said where it is used."""
    with contextlib.suppress(Exception):
        import altair  # noqa: F401
        import pandas  # noqa: F401

        sensitive.prepare()


class _Headers:
    """Puts the security headers on every answer."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                named = {name.lower() for name, _ in message["headers"]}
                extra = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in named]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


async def _set_cookie(request: Any) -> Any:
    """Change a ticket for the session cookie, or for its removal."""
    from starlette.responses import Response

    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return Response(status_code=403)
    body = (await request.body())[:200]
    token = tickets.take(body.decode("ascii", "replace"))
    if token is None:
        return Response(status_code=410)
    response = Response(status_code=204, headers={"cache-control": "no-store"})
    secure = request.url.scheme == "https"
    if token:
        # No expiry: the cookie goes with the browser, and the server ends the session long before in any case.
        response.set_cookie(tickets.COOKIE, token, path="/", secure=secure, httponly=True, samesite="strict")
    else:
        response.delete_cookie(tickets.COOKIE, path="/", secure=secure, httponly=True, samesite="strict")
    return response


def _one_sentence(fault: Exception) -> bool:
    """Show one sentence instead of a traceback, which goes to the server's log."""
    import streamlit as st

    logging.getLogger("plea_aid").error("A page failed.", exc_info=fault)
    st.error(
        "Something went wrong on this page, and it is not your doing. What was saved is still there: reload the page. "
        "If it happens again, tell whoever runs this program; the server's log has the details."
    )
    return True


def _port_taken(port: int) -> str | None:
    """Return why nothing can listen on the port, None when it is free."""
    with socket.socket(socket.AF_INET) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                return f"port {port} is in use; choose another with --port or PLEA_AID_PORT"
            return f"port {port} cannot be used: {fault.strerror}"
        except OverflowError:
            return f"port {port} is not accepted; give a number from 1 to 65535"
    return None


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _refuse(reason: str) -> int:
    sys.stderr.write(f"serve: {reason}\n")
    return 2
