"""Start the web app: one process on loopback, alone or behind a proxy, locked configuration, no outside connection."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import importlib
import logging
import os
import pkgutil
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import tomli

from plea_aid import outbound, pages
from plea_aid.casework import accounts, signin
from plea_aid.casework.errors import CaseworkError
from plea_aid.casework.keyring import first_words
from plea_aid.casework.law_editions import law_of_last_start
from plea_aid.casework.migrate import open_database
from plea_aid.door import Door, doorway
from plea_aid.law.load import LawError, load_law
from plea_aid.pages import batches, provider, session, tickets
from plea_aid.settings import settings

if TYPE_CHECKING:
    from plea_aid.casework.database import Database
    from plea_aid.casework.impact import Check
    from plea_aid.law.catalogue import Law

THEME = {
    # Sizes that let a page of fields be taken in at once; the order of the headings stays as it is read out.
    "theme.headingFontSizes": ["1.9rem", "1.35rem", "1.1rem", "1rem", "1rem", "1rem"],
}


def run_server(port: int | None, *, behind_proxy: bool = False) -> int:
    """Migrate the database, say the address (and the one-time code while there is no account), serve until stopped.

    ``behind_proxy``: people come through a proxy that ends TLS, under ``PLEA_AID_PUBLIC_URL`` and no other name.
    Returns 0 when it was stopped, 2 when it could not start; what was wrong is one line on standard error.
    """
    chosen = settings().port if port is None else port
    reason = _ill_matched(settings().public_url, behind_proxy)
    if reason:
        return _refuse(reason)
    try:
        law = load_law()
        db = open_database()
        code = accounts.first_code(db)
        for line in first_words(db.first_keys, show_code=sys.stdout.isatty()):
            _say(line)
        checked = _check_of_analyses(db, law)
        db.close()
    except LawError as fault:
        return _refuse(f"the law data cannot be used: {fault.problems[0]} (plea-aid law check lists every fault)")
    except CaseworkError as fault:
        return _refuse(str(fault))
    reason = _port_taken(chosen)
    if reason:
        return _refuse(reason)
    here = f"http://127.0.0.1:{chosen} (this machine only)"
    where = f"{settings().public_url}; the proxy finds it at {here}" if behind_proxy else here
    _say(f"Plea Aid runs at {where}. Law {law.version}. Stop it with Ctrl+C.")
    if checked and checked.tally.affected:
        many = checked.tally.affected
        _say(f"The law changed, and {many} of the stored analyses with it; their owners see them on the Cases page.")
    if code:
        _say(f"No account exists yet. Create the first one in the browser with this one-time code: {code}")
    _serve(chosen, behind_proxy)
    return 0


def _check_of_analyses(db: Database, law: Law) -> Check | None:
    """Check the stored analyses if the law is not the one of the last start."""
    if law_of_last_start(db) == law.version:
        return None
    from plea_aid.casework import impact  # with the whole analysis, which waits until the program answers otherwise

    return impact.check_at_start(db, accounts.server_actor(), law)


def _ill_matched(public_url: str | None, behind_proxy: bool) -> str | None:
    """Return why the public address and the way people come do not fit; None when they do."""
    if not behind_proxy:
        if public_url and public_url.startswith("https:"):
            return "PLEA_AID_PUBLIC_URL is an https address, which needs a proxy: start with --behind-proxy"
        return None
    if public_url is None or not public_url.startswith("https:"):
        return "--behind-proxy needs PLEA_AID_PUBLIC_URL, the https address that people open"
    if urlsplit(public_url).path not in ("", "/"):
        return f"PLEA_AID_PUBLIC_URL: '{public_url}' names a path; the program needs a host name of its own"
    return None


def script_path() -> Path:
    """Return the Streamlit script: inside the package when installed, beside it in a checkout."""
    return _beside("streamlit_app.py", "streamlit_app.py")


def locked_configuration() -> dict[str, Any]:
    """Return the locked configuration as dotted keys; a file or variable of the machine does not override it."""
    text = _beside("streamlit_config.toml", ".streamlit/config.toml").read_text(encoding="utf-8")
    return dict(_dotted("", tomli.loads(text)))


def _dotted(within: str, keys: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in keys.items():
        if isinstance(value, dict):
            yield from _dotted(f"{within}{key}.", value)
        else:
            yield f"{within}{key}", value


def _beside(installed: str, checkout: str) -> Path:
    package = Path(__file__).resolve().parent
    inside = package / installed
    return inside if inside.is_file() else package.parent / checkout


def _serve(port: int, behind_proxy: bool) -> None:
    import streamlit as st
    from starlette.middleware import Middleware
    from starlette.routing import Route

    logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.WARNING)
    # uvicorn believes what any program on this machine says of a request's origin, unless it is told whom to believe.
    os.environ["FORWARDED_ALLOW_IPS"] = ",".join(settings().proxy_addresses) if behind_proxy else "nobody"
    if settings().provider is None:
        outbound.stay_inside()
    batches.answer_all()
    locked = locked_configuration()
    way = doorway(port, settings().public_url if behind_proxy else None, locked["server.maxUploadSize"])

    class App(st.App):
        """Streamlit's app with our door around all of it, its answers to its own faults included."""

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await Door(super().__call__, way, tickets.cookie(), _opens_a_session)(scope, receive, send)

    leave_packages_alone()
    app = App(
        script_path(),
        routes=[Route(tickets.ROUTE, _set_cookie, methods=["POST"])],
        middleware=[Middleware(provider.ProviderCookies)],
        on_script_error=_one_sentence,
        lifespan=_once_started,
    )
    address = settings().public_url or f"http://127.0.0.1:{port}"
    office = provider.configuration(settings().home, address)
    fixed = {"server.port": port, "logger.hideWelcomeMessage": True}
    app.run(config={**THEME, **locked, **office, **fixed})


def leave_packages_alone() -> None:
    """Let Streamlit take no component from packages beside this program, nor read through all of them to find one."""
    from streamlit.components.v2 import manifest_scanner

    def none_of_them(max_workers: int | None = None) -> list[tuple[manifest_scanner.ComponentManifest, Path]]:
        return []

    manifest_scanner.scan_component_manifests = none_of_them


def _opens_a_session(token: str) -> bool:
    try:
        signin.resume(session.database(), token)
    except CaseworkError:
        return False
    return True


@contextlib.asynccontextmanager
async def _once_started(_app: Any) -> AsyncIterator[None]:
    """Do what can wait until the program answers."""
    gc.freeze()
    gc.enable()
    asyncio.get_running_loop().call_later(0.1, threading.Thread(target=_warm_up, daemon=True).start)
    yield


def _warm_up() -> None:
    """Load what the first page would otherwise wait for; what fails here is said where it is used."""
    with contextlib.suppress(Exception):
        for page in pkgutil.iter_modules(pages.__path__):
            importlib.import_module(f"plea_aid.pages.{page.name}")
        import altair  # noqa: F401
        import pandas  # noqa: F401

        from plea_aid.pages import sensitive

        sensitive.prepare()
    # Streamlit looks through all memory after every run; what stays for good is taken out of that, and a page answers
    # in half the time.
    gc.collect()
    gc.freeze()


async def _set_cookie(request: Any) -> Any:
    """Change a ticket for the session cookie, or for its removal."""
    from starlette.responses import Response

    token = tickets.take((await request.body()).decode("ascii", "replace"))  # the door lets no long body in
    if token is None:
        return Response(status_code=410)
    response = Response(status_code=204)
    if token:
        # No expiry: the cookie goes with the browser, and the server ends the session long before in any case.
        response.set_cookie(tickets.cookie(), token, path="/", httponly=True, samesite="strict")
    else:
        response.delete_cookie(tickets.cookie(), path="/", httponly=True, samesite="strict")
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
