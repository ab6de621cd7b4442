"""Journeys over many files and machines, with Dask.

A dataset is a folder of Parquet files (or one file). It is cut into chunks of whole row groups
whose number depends on the files alone, each chunk becomes one file, and every file is written
under another name and renamed: so the result has the same bytes however many workers took part,
and a chunk whose worker was lost is simply done again.
"""

from __future__ import annotations

import os
import shutil
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gridmap.errors import ColumnError, FileError, ValueRefused
from gridmap.incidents.locate import Locator
from gridmap.incidents.mapping import Mapping, guess
from gridmap.incidents.model import own_name
from gridmap.incidents.table import Table
from gridmap.journeys.incidents import locate as journey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dask.distributed import Client

    from gridmap.grid.model import Grid

CHUNK_ROWS = 1_000_000
"""Row groups are put together until a chunk has so many rows."""
TRIES = 4
"""Times a chunk may lose its worker before the run is given up."""


@dataclass(frozen=True)
class Chunk:
    """Consecutive row groups of one file, and the file they become.

    Parameters
    ----------
    source : str
        The Parquet file.
    groups : tuple of int
        Its row groups.
    rows : int
        Their rows.
    target : str
        Path of the result within the output folder.
    """

    source: str
    groups: tuple[int, ...]
    rows: int
    target: str


@dataclass(frozen=True)
class Index:
    """What every worker needs: the grid without its geometry, and the locator made of it."""

    grid: Grid
    locator: Locator


def locate(
    dataset: Path | str,
    out: Path | str,
    grid: Grid,
    columns: Mapping | None = None,
    workers: int = 1,
    scheduler: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Place every row of a dataset in its cell.

    Parameters
    ----------
    dataset : path
        A folder of Parquet files, searched to its depth, or one file.
    out : path
        Folder that must not be there yet; it appears when everything is done.
    grid : Grid
        The cells.
    columns : Mapping, optional
        Which columns hold the coordinates, and in what CRS; absent means a guess by name.
    workers : int
        Worker processes on this machine.
    scheduler : str
        Address of a running Dask scheduler, whose workers see the same files; ``""`` means that
        workers are started here.
    progress : callable, optional
        Called with the rows done and all rows.

    Returns
    -------
    dict
        ``rows``, ``placed``, ``unplaced`` and ``reasons``.

    Raises
    ------
    FileError
        If there is nothing to read, or ``out`` is there already.
    ColumnError
        If no columns hold coordinates.
    GeometryError
        If the ring of a cell is broken.
    """
    out = Path(out)
    chunks = chunks_of(dataset)
    mapping = _mapping(chunks, columns)
    if out.exists():
        raise FileError("scale.there", path=str(out))
    if workers < 1:
        raise ValueRefused("scale.workers", count=workers)
    draft = out.with_name(f".gridmap-{out.name}-{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        with _client(workers, scheduler) as client:
            counts = _run(client, chunks, draft, grid, mapping, progress)
        sweep(draft, chunks)
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return _figures(counts)


def chunks_of(dataset: Path | str, rows: int = CHUNK_ROWS) -> list[Chunk]:
    """Cut a dataset into chunks.

    Parameters
    ----------
    dataset : path
        A folder of Parquet files, or one file.
    rows : int
        Rows from which on a chunk is full.

    Returns
    -------
    list of Chunk
        In the order of the file names.

    Raises
    ------
    FileError
        If there is no Parquet file, or one that is broken.
    """
    root = Path(dataset)
    files = [root] if root.is_file() else sorted(root.rglob("*.parquet"))
    if not files:
        raise FileError("scale.nothing", path=str(root))
    chunks: list[Chunk] = []
    for file in files:
        try:
            meta = pq.ParquetFile(file).metadata
        except (OSError, pa.ArrowInvalid) as cause:
            raise FileError("scale.broken", path=str(file)) from cause
        name = file.relative_to(root) if file != root else Path(file.name)
        chunks += _chunks_of_file(file, name, meta, rows)
    return chunks


def _chunks_of_file(file: Path, name: Path, meta: pq.FileMetaData, rows: int) -> list[Chunk]:
    sizes = [meta.row_group(group).num_rows for group in range(meta.num_row_groups)]
    parts: list[list[int]] = [[]]
    for group, size in enumerate(sizes):
        if parts[-1] and sum(sizes[each] for each in parts[-1]) + size > rows:
            parts.append([])
        parts[-1].append(group)
    targets = [name.with_name(f"{name.stem}-{k:05d}.parquet") for k in range(len(parts))]
    if len(parts) == 1:
        targets = [name]
    return [
        Chunk(str(file), tuple(part), sum(sizes[group] for group in part), str(target))
        for part, target in zip(parts, targets, strict=True)
    ]


def _mapping(chunks: Sequence[Chunk], columns: Mapping | None) -> Mapping:
    """Return which columns hold the coordinates; every file must have them."""
    names = pq.read_schema(chunks[0].source).names
    guessed = guess(names)
    asked = columns or Mapping()
    mapping = Mapping(x=asked.x or guessed.x, y=asked.y or guessed.y, crs=asked.crs)
    if not mapping.x or not mapping.y:
        path, shown = chunks[0].source, ", ".join(names)
        raise ColumnError("import.no_place", path=path, columns=shown)
    for source in dict.fromkeys(chunk.source for chunk in chunks):
        mapping.require(pq.read_schema(source).names)
    return mapping


@contextmanager
def _client(workers: int, scheduler: str) -> Iterator[Client]:
    import dask
    from dask.distributed import Client, LocalCluster

    if scheduler:
        with Client(scheduler) as client:
            yield client
        return
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": TRIES}),
        LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _run(
    client: Client,
    chunks: Sequence[Chunk],
    draft: Path,
    grid: Grid,
    mapping: Mapping,
    progress: Callable[[int, int], None] | None,
) -> list[dict[str, int]]:
    from dask.distributed import KilledWorker, as_completed

    with warnings.catch_warnings():
        # The index is a task, not scattered data: a scheduler that loses it makes it anew.
        warnings.filterwarnings("ignore", message="Sending large graph")
        index = client.submit(_index, grid, pure=False)
    index.result()
    client.replicate(index)
    jobs = {
        client.submit(_place, chunk, str(draft), index, mapping, pure=False): chunk
        for chunk in chunks
    }
    total, done = sum(chunk.rows for chunk in chunks), 0
    for job in as_completed(jobs):
        try:
            job.result()
        except KilledWorker as cause:
            raise FileError("scale.lost", path=jobs[job].source, count=TRIES) from cause
        done += jobs[job].rows
        if progress:
            progress(done, total)
    return [job.result() for job in jobs]


def sweep(draft: Path, chunks: Sequence[Chunk]) -> None:
    """Remove what a lost worker left half written.

    Parameters
    ----------
    draft : Path
        The output folder before it gets its name.
    chunks : sequence of Chunk
        The chunks, all done.
    """
    wanted = {draft / chunk.target for chunk in chunks}
    for path in list(draft.rglob("*")):
        if path.is_file() and path not in wanted:
            path.unlink()


def _index(grid: Grid) -> Index:
    locator = Locator(grid)
    bare = grid.cells.set_geometry([None] * len(grid.cells), crs=grid.crs)
    return Index(replace(grid, cells=bare, boundary=None), locator)


def _place(chunk: Chunk, draft: str, index: Index, mapping: Mapping) -> dict[str, int]:
    """Place the rows of a chunk, write its file, return the reasons with their counts."""
    own = pq.ParquetFile(chunk.source).read_row_groups(list(chunk.groups))
    points = own.select([mapping.x, mapping.y]).to_pandas()
    table = Table(chunk.source, points, np.arange(len(points)))
    found = journey.place_rows(table, mapping, index.grid, index.locator).frame
    ours = found.drop(columns=points.columns, errors="ignore")
    taken = frozenset(ours.columns)
    own = own.rename_columns([own_name(name, taken) for name in own.column_names])
    for name in ours.columns:
        kind = pa.float64() if name == "score" else pa.string()
        own = own.append_column(name, pa.array(ours[name], type=kind, from_pandas=True))
    target = Path(draft, chunk.target)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}-{os.getpid()}")
    pq.write_table(own.replace_schema_metadata(None), beside, compression="zstd")
    beside.replace(target)
    return {str(key): int(count) for key, count in found["reason"].value_counts().items()}


def _figures(counts: Sequence[dict[str, int]]) -> dict[str, Any]:
    reasons = pd.DataFrame(counts).sum().astype(int).sort_index().to_dict()
    rows, placed = sum(reasons.values()), reasons.get("ok", 0)
    return {"rows": rows, "placed": placed, "unplaced": rows - placed, "reasons": reasons}
