"""Screen a docket over the workers of a Dask cluster: the same screening, each worker with whole cases.

This process reads the docket once, block by block, and hands the blocks to the workers, which keep what does not fit
in their memory on their disks. Dask brings the rows of each case together, the workers screen them, and Dask puts what
they add back into the order of the docket, in which this process writes it. Nothing here grows with the docket.
"""

from __future__ import annotations

import logging
import pickle
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np
import pandas as pd

from plea_aid.law.catalogue import Law
from plea_aid.screening.columns import ADDED, DocketError
from plea_aid.screening.progress import Progress, of_the_whole
from plea_aid.screening.run import (
    Summary,
    accepted,
    check_output,
    known_columns,
    read_once,
    write_all,
)
from plea_aid.screening.screen import Screening
from plea_aid.screening.sources import Block, Texts, as_columns, as_frame, open_docket
from plea_aid.screening.writing import writer_of

WORKERS = 2
"""Workers that are started on this machine when no scheduler is named."""
PATIENCE = 10
"""Seconds that a scheduler has to answer, and a worker to be there."""
_SPARING = {
    "distributed.worker.memory.target": 0.1,
    "distributed.worker.memory.spill": 0.5,
    "distributed.worker.memory.pause": False,
    "distributed.p2p.comm.buffer": "32 MiB",
    "distributed.p2p.storage.buffer": "32 MiB",
    "distributed.nanny.pre-spawn-environ": {
        "MALLOC_TRIM_THRESHOLD_": "65536",
        "MALLOC_ARENA_MAX": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "DASK_LOGGING__DISTRIBUTED": "critical",
    },
}
"""How a worker that this process starts deals with its memory. Most of it is of the program and the law, so rows go to
disk early; and waiting would not free it, so a worker is not paused."""
_TEXT: Literal["string[pyarrow]"] = "string[pyarrow]"
_CASE, _ROW, _WRONG, _FIRST = "the case", "the row", "what is wrong", "first of its case"
_FOUND = pd.DataFrame({_ROW: np.zeros(0, dtype=np.int64), _FIRST: np.zeros(0, dtype=bool)}).assign(
    **{name: pd.Series([], dtype=_TEXT) for name in ADDED}
)


def screen_on_cluster(
    docket: Path,
    output: Path,
    law: Law,
    day: date,
    *,
    mapping: Mapping[str, str] | None = None,
    drop: Sequence[str] = (),
    progress: Progress = lambda *_: None,
    scheduler: str = "",
    worker_memory: str = "",
) -> Summary:
    """Screen a docket as ``screen_file`` does, with the same output.

    ``scheduler`` is the address of one, whose workers have this program installed; without it two workers are started
    on this machine, on loopback, each with ``worker_memory`` (as 600MiB; the machine's memory shared out unless given),
    beyond which it is ended; long before, what it holds waits on its disk. Raises DocketError, OSError, or ValueError
    when Dask is not installed or its workers could not finish.
    """
    check_output(docket, output)
    source = open_docket(docket)
    kept, columns = accepted(source, mapping or {}, drop)
    tell = of_the_whole(progress)
    with writer_of(output) as write, _client(scheduler, output.parent, worker_memory) as client:
        parts, starts, size = [], [], 0
        for block in read_once(source, kept, write, tell):
            parts.append(client.scatter(_to_send(block, columns, size), hash=False))
            starts.append(size)
            size += len(block)
        found = _Found(_screened(client, parts, starts, size, tuple(columns), law, day, tell), starts)
        flags = write_all(write, found.columns, size, tell)
    return Summary(size, found.cases, flags, found.wrong, found.first_wrong)


class _Found:
    """What the workers added, fetched a block at a time and in order."""

    def __init__(self, frames: Iterator[pd.DataFrame], starts: Sequence[int]) -> None:
        self._frames, self._starts = frames, {start: n for n, start in enumerate(starts)}
        self._frame, self._start = pd.DataFrame(), 0
        self.cases = self.wrong = 0
        self.first_wrong = ""

    def columns(self, start: int, stop: int) -> dict[str, Texts]:
        """Return the columns that screening adds, for the next rows."""
        if start in self._starts:
            self._frame, self._start = next(self._frames), start
            self.cases += int(self._frame[_FIRST].sum())
        part = self._frame.iloc[start - self._start : stop - self._start]
        wrong = np.flatnonzero((part["error"] != "").to_numpy(dtype=bool))
        if len(wrong) and not self.wrong:
            self.first_wrong = f"row {start + int(wrong[0]) + 1}: {part['error'].iloc[int(wrong[0])]}"
        self.wrong += len(wrong)
        return as_columns(part[list(ADDED)])


def _to_send(block: Block, columns: Mapping[str, str], first: int) -> pd.DataFrame:
    """Return the known columns of a block, with the place of each row in the docket and what is wrong with it."""
    frame = as_frame(known_columns(block, columns)).astype(_TEXT)
    wrong = pd.Series("", index=frame.index, dtype=_TEXT)
    for place, said in block.wrong.items():
        wrong[place] = said
    rows = np.arange(first, first + len(frame), dtype=np.int64)
    frame[_CASE], frame[_ROW], frame[_WRONG] = frame["case_id"].str.strip(), rows, wrong
    return frame


@contextmanager
def _client(scheduler: str, folder: Path, worker_memory: str) -> Iterator[Any]:
    try:
        import dask.dataframe
        import dask.utils
        from distributed import Client, LocalCluster
    except ImportError:
        raise ValueError("--engine dask needs the extra 'cluster': pip install 'plea-aid[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is said in one line, here
    if worker_memory:
        try:
            dask.utils.parse_bytes(worker_memory)
        except ValueError:
            raise ValueError(f"--worker-memory '{worker_memory}': an amount as 600MiB is accepted") from None
    if scheduler:
        try:
            client = Client(scheduler, timeout=PATIENCE)
        except (OSError, ValueError):
            raise OSError(f"--scheduler {scheduler}: no scheduler answers; one's address is tcp://host:8786") from None
        with client:
            try:
                client.wait_for_workers(1, timeout=PATIENCE)
            except OSError:
                raise OSError(f"--scheduler {scheduler}: it has no worker; start one with 'dask worker'") from None
            yield client
        return
    # What does not fit in memory waits beside the output, which says the same, and is gone afterwards.
    with (
        dask.config.set(_SPARING),
        tempfile.TemporaryDirectory(dir=folder, prefix=".plea-aid-") as beside,
        LocalCluster(
            n_workers=WORKERS,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=beside,
            memory_limit=worker_memory or "auto",
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _screened(
    client: Any,
    parts: Sequence[Any],
    starts: Sequence[int],
    size: int,
    known: tuple[str, ...],
    law: Law,
    day: date,
    progress: Progress,
) -> Iterator[pd.DataFrame]:
    """Yield, for each block, what screening adds to its rows; raise ValueError when the workers could not finish."""
    import dask
    import dask.dataframe as dd
    from distributed import as_completed

    shipped = pickle.dumps(replace(law))
    names = [*known, _CASE, _ROW, _WRONG]
    meta = pd.DataFrame({name: pd.Series([], dtype="int64" if name == _ROW else _TEXT) for name in names})
    with dask.config.set({"dataframe.convert-string": False}):
        whole = dd.from_delayed(list(parts), meta=meta, verify_meta=False)
        by_case = whole.shuffle(_CASE, npartitions=max(len(parts), WORKERS))
        added = by_case.map_partitions(_screen, shipped, law.version, day, known, meta=_FOUND)
        in_order = client.persist(added.set_index(_ROW, divisions=[*starts, size - 1]))
        blocks = client.compute(in_order.to_delayed())
    try:
        for done, _ in enumerate(as_completed(blocks), start=1):
            progress("Screening", done / len(blocks))
        for block in blocks:
            yield block.result().sort_index()
    except (DocketError, OSError):
        raise
    except Exception as fault:  # whatever went wrong in a worker is raised here
        said = (str(fault).splitlines() or [""])[0]
        raise ValueError(f"the workers could not finish: {type(fault).__name__}: {said[:200]}") from None


# ----- in a worker

_busy = Lock()
"""One docket at a time in a process: a screening holds the rows of one."""
_screenings: dict[tuple[str, date], Screening] = {}


def _screening(shipped: bytes, version: str, day: date) -> Screening:
    """Return the screening of this process for a law and a day; what it worked out of the law is kept."""
    found = _screenings.get((version, day))
    if found is None:
        _screenings.clear()
        found = _screenings[version, day] = Screening(pickle.loads(shipped), day)  # noqa: S301 - from our own client
    found.next_docket()
    return found


def _screen(frame: pd.DataFrame, shipped: bytes, version: str, day: date, known: tuple[str, ...]) -> pd.DataFrame:
    """Return what screening adds to the rows of whole cases."""
    if frame.empty:
        return _FOUND
    frame = frame.sort_values(_ROW)
    with _busy:
        screening = _screening(shipped, version, day)
        wrong = {place: str(said) for place, said in enumerate(frame[_WRONG]) if said}
        screening.take(as_columns(frame[list(known)]), wrong)
        screening.settle()
        added = as_frame(screening.columns(0, len(frame))).astype(_TEXT)
        screening.next_docket()
    first = ~frame[_CASE].duplicated().to_numpy()
    return added.assign(**{_ROW: frame[_ROW].to_numpy(), _FIRST: first})[list(_FOUND.columns)]
