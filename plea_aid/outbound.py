"""The program opens no connection to the outside: it refuses that to itself, whichever library asks.

Python tells an audit hook of every connection and every look-up of a name before it is made, and a hook cannot be taken
out again. What compiled libraries do by themselves is not seen: PostgreSQL's client is one, and reaches the database
that the office named.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Callable
from typing import Any

_BY_ADDRESS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_BY_NAME = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_standing = False


def stay_inside(note: Callable[[str], None] | None = None) -> None:
    """Refuse, with PermissionError and until the process ends, all that leaves this machine; ``note`` is told of it.

    Loopback and sockets of the file system stay open. Asking twice changes nothing.
    """
    global _standing
    if _standing:
        return
    _standing = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if not event.startswith("socket."):
            return
        where = _outside(event, arguments)
        if where is None:
            return
        if note and not (event == "socket.connect" and arguments[0].type == socket.SOCK_DGRAM):
            note(f"{event} {where}")  # to connect a datagram socket sends nothing yet
        raise PermissionError(f"No connection leaves this machine; {where} was asked for.")

    sys.addaudithook(watch)


def _outside(event: str, arguments: tuple[Any, ...]) -> str | None:
    """Return the host, outside this machine, that an event is about; None when it is about none."""
    if event in _BY_ADDRESS:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None
        return host if isinstance(host, str) and not _is_here(host, by_name=False) else None
    if event in _BY_NAME:
        host = arguments[0].decode("ascii", "replace") if isinstance(arguments[0], bytes) else arguments[0]
        return host if isinstance(host, str) and not _is_here(host, by_name=True) else None
    return None


def _is_here(host: str, *, by_name: bool) -> bool:
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host in ("", "localhost", socket.gethostname())
    if by_name:
        return True  # a number is looked up nowhere
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback or found.is_unspecified
