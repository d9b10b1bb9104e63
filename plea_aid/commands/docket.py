"""The command on a whole docket."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from plea_aid.analysis.signs import as_said
from plea_aid.commands.command import AsJson, current_law, one_line_faults, print_json

if TYPE_CHECKING:
    from plea_aid.screening.progress import Progress, Stage


def screen(
    docket: Annotated[Path, typer.Argument(help="The docket: .csv, .parquet or .xlsx.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: .csv or .parquet.")],
    drop: Annotated[list[str] | None, typer.Option(help="A column to leave out; may be given again.")] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="known=theirs, as case_id=CauseNo; may be given again.")
    ] = None,
    as_of: Annotated[str, typer.Option(help="The day whose law applies, as 2026-03-14; today unless given.")] = "",
    engine: Annotated[
        Literal["pandas", "dask"],
        typer.Option(help="dask: over several processes, for a docket larger than memory (extra 'cluster')."),
    ] = "pandas",
    scheduler: Annotated[
        str, typer.Option(help="With dask: the address of a scheduler; two workers on this machine unless given.")
    ] = "",
    worker_memory: Annotated[
        str, typer.Option(help="With dask, on this machine: the most memory of a worker, as 600MiB.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Flag a whole docket: every count against every ground and posture, the counts of a case together."""
    with one_line_faults(str(docket)):
        from plea_aid.screening.run import screen_file

        mapping = dict(_pair(text) for text in map_ or [])
        day = _day(as_of)
        law = current_law()
        if scheduler and engine != "dask":
            raise ValueError("--scheduler goes with --engine dask")
        if worker_memory and (scheduler or engine != "dask"):
            raise ValueError("--worker-memory goes with --engine dask and without --scheduler")
        job = screen_file
        if engine == "dask":
            from plea_aid.screening.cluster import screen_on_cluster

            job = partial(screen_on_cluster, scheduler=scheduler, worker_memory=worker_memory)
        with _progress() as progress, _seldom_collected():
            found = job(docket, output, law, day, mapping=mapping, drop=drop or (), progress=progress)
        if as_json:
            print_json({"law": {"version": law.version, "as_of": day.isoformat()}, **found.as_json()})
        else:
            flags = ", ".join(f"{n:,} {flag}" for flag, n in sorted(found.flags.items()))
            typer.echo(f"Wrote {as_said(str(output))}: {found.rows:,} rows, {found.cases:,} cases: {flags}.")
        if found.wrong:
            rows = "1 row has an error" if found.wrong == 1 else f"{found.wrong:,} rows have an error"
            typer.echo(f"{docket}: {rows}; first: {as_said(found.first_wrong)}", err=True)
            raise typer.Exit(3)


def _pair(text: str) -> tuple[str, str]:
    known, equals, theirs = text.partition("=")
    if not (known and equals and theirs):
        raise ValueError(f"--map '{text}': known=theirs is accepted, as case_id=CauseNo")
    return known.strip(), theirs


def _day(text: str) -> date:
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--as-of '{text}': a day as 2026-03-14 is accepted") from None


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for rubbish among what was made lately only: what is kept of the law is large, and none of it is rubbish."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


@contextmanager
def _progress() -> Iterator[Progress]:
    """Yield what shows how far the whole is and how long the rest takes: a bar on a terminal, now and then a line of a
    long run anywhere else.
    """
    from plea_aid.screening.progress import seconds_left

    started = time.monotonic()
    if not sys.stderr.isatty():
        last = started

        def say(stage: Stage, share: float) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _LINE_EVERY:
                last = now
                left = _time(seconds_left(share, now - started))
                typer.echo(f"{stage}: {share:.0%} of the whole, about {left} left", err=True)

        yield say
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    parts = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    times = (TimeElapsedColumn(), TextColumn("about {task.fields[left]} left"))
    with Progress(*parts, *times, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("Reading", total=1.0, left=_time(None))

        def tell(stage: Stage, share: float) -> None:
            left = _time(seconds_left(share, time.monotonic() - started))
            shown.update(task, description=stage, completed=share, left=left)

        yield tell


_LINE_EVERY = 15.0
"""Seconds between two lines where there is no terminal."""


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-:--"
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
