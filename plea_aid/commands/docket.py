"""The command on a whole docket."""

from __future__ import annotations

import gc
import sys
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
    from plea_aid.screening.run import Progress, Stage


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
        job = screen_file
        if engine == "dask":
            from plea_aid.screening.cluster import screen_on_cluster

            job = partial(screen_on_cluster, scheduler=scheduler)
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
    """Yield what shows progress with the time left on a terminal, and nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    parts = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*parts, *times, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[Stage, TaskID] = {}

        def tell(stage: Stage, share: float) -> None:
            if stage not in tasks:
                tasks[stage] = shown.add_task(stage, total=1.0)
            shown.update(tasks[stage], completed=share)

        yield tell
