"""Screen a docket in less memory than the docket itself takes, by either engine, and hold the two answers together.

    python tests/benchmarks/larger_than_memory.py [COUNTS] [--worker-memory 600MiB]

The docket is fictional (``docket.py``). The memory of a run is the most that all its processes, the workers of Dask and
what starts them among them, hold at one time, each with what it shares with others; a worker that goes beyond its bound
is ended by Dask, and the run then fails. The docket in memory is a frame of its rows with what screening adds, and
nothing else. Ends with 1 where the two outputs differ, or where a run takes more than the docket.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from docket import write  # type: ignore[import-not-found]  # beside this file

from plea_aid.law.load import load_law

MIB = 1024 * 1024


def held(process: int) -> int:
    """Return the bytes that a process and all it started hold."""
    return _own(process) + sum(held(child) for child in _children(process))


def _own(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # it has ended
        return 0


def _children(process: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return [int(n) for task in tasks for n in (task / "children").read_text().split()]
    except OSError:
        return []


def run(docket: Path, output: Path, *options: str) -> int:
    """Screen a docket by the command line; return the most bytes that its processes held at one time."""
    command = [sys.executable, "-m", "plea_aid", "screen", str(docket), "-o", str(output), "--as-of", "2026-11-22"]
    started, most = time.perf_counter(), 0
    process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        most = max(most, held(process.pid))
        time.sleep(0.1)
    if process.returncode:
        raise SystemExit(f"the screening ended with {process.returncode}")
    print(f"{' '.join(options) or 'one process'}: {most / MIB:,.0f} MiB, {time.perf_counter() - started:.0f} s")
    return most


def in_memory(screened: Path) -> int:
    """Return the bytes of a screened docket as a frame, counted in parts."""
    parts = pd.read_csv(screened, dtype=str, keep_default_na=False, chunksize=20_000)
    return sum(int(part.memory_usage(deep=True, index=False).sum()) for part in parts)


def main() -> None:
    """Screen a docket by both engines and say what each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("counts", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--worker-memory", default="600MiB")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        docket, alone, together = (Path(folder) / name for name in ("docket.csv", "alone.csv", "together.csv"))
        write(given.counts, docket, load_law())
        most = run(docket, alone), run(docket, together, "--engine", "dask", "--worker-memory", given.worker_memory)
        whole, same = in_memory(alone), filecmp.cmp(alone, together, shallow=False)
    print(f"the docket in memory: {whole / MIB:,.0f} MiB")
    if not same:
        raise SystemExit("the two outputs differ")
    if max(most) > whole:
        raise SystemExit("a run took more memory than the docket")


if __name__ == "__main__":
    main()
