"""The command that starts the web app."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from plea_aid.commands.command import one_line_faults


def serve(
    port: Annotated[int | None, typer.Option(help="Port on this machine (default 8501, or PLEA_AID_PORT).")] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="People come through a TLS proxy, to PLEA_AID_PUBLIC_URL.")
    ] = False,
) -> None:
    """Start the web app on this machine only and print its address."""
    gc.disable()  # what is loaded at the start is kept; the server looks for garbage again once it answers
    try:
        from plea_aid.server import run_server

        with one_line_faults("serve"):
            sys.exit(run_server(port, behind_proxy=behind_proxy))
    finally:
        gc.enable()
