"""Files into the store, each in one transaction: all of it or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import shapely

from gridmap.files.cells import read_frame
from gridmap.files.gazetteer import read_gazetteer
from gridmap.files.rules import read_table
from gridmap.files.streets import read_streets
from gridmap.grid.extent import require_boundary
from gridmap.grid.levels import told_apart
from gridmap.grid.model import Grid
from gridmap.incidents.persons import personal_columns
from gridmap.journeys.cells.plans import Imported, import_grid
from gridmap.journeys.places import import_places
from gridmap.store import Original

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from gridmap.store import Layer, Store

STEPS = 3
"""Steps of an import of a layer, for its progress: read, looked at, stored."""


class Progress(Protocol):
    """Is told how far work is; may raise to stop it."""

    def __call__(self, done: float, total: float, unit: str = "") -> None:
        """Take what is done and the total.

        Parameters
        ----------
        done, total : float
            In the same unit.
        unit : str
            ``bytes`` read, ``addresses`` found, ``rows`` stored; ``""`` for steps.
        """


def silent(done: float, total: float, unit: str = "") -> None:
    """Tell nobody: the progress of work that nobody watches.

    Parameters
    ----------
    done, total, unit
        As for :class:`Progress`.
    """


@dataclass(frozen=True)
class Source:
    """A file to be imported.

    Parameters
    ----------
    path : Path
        Where it lies.
    called : str
        What the user calls it.
    title : str
        Name of what becomes of it.
    progress : Progress
        Is told what is done and the total; may raise to stop.
    """

    path: Path
    called: str
    title: str
    progress: Progress = silent

    def tick(self, share: float) -> None:
        """Tell the one who waits how much is read; that may stop the reading.

        Parameters
        ----------
        share : float
            Share of the file that is read.
        """
        size = self.path.stat().st_size
        self.progress(share * size, size, "bytes")

    @property
    def digest(self) -> str:
        """Hash of the bytes of the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def original(self, notices: Sequence[str] = ()) -> Original:
        """Return the file as it came.

        Parameters
        ----------
        notices : sequence of str
            What was said of it.

        Returns
        -------
        Original
            Its bytes.
        """
        return Original(self.called, self.path.read_bytes(), tuple(notices))


def _area(boundary: Source | None) -> gpd.GeoDataFrame | None:
    """Read the area to be covered."""
    if boundary is None:
        return None
    return read_frame(boundary.path, None, boundary.tick, boundary.called)


def _without_people(
    frame: gpd.GeoDataFrame, wanted: Iterable[str | None] = ()
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Drop the columns that look person-level, but those that were asked for."""
    columns = personal_columns(frame.drop(columns=frame.geometry.name))
    dropped = tuple(name for name in columns if name not in set(wanted))
    return frame.drop(columns=list(dropped)), dropped


def import_reference(
    store: Store,
    source: Source,
    code: str | None = None,
    crs: str | None = None,
    boundary: Source | None = None,
) -> Layer:
    """Bring in a layer somebody sent, whatever defects it has.

    Parameters
    ----------
    store : Store
        The store.
    source : Source
        The file.
    code : str, optional
        Column of the codes; absent means that it is guessed.
    crs : str, optional
        CRS of the cells, whatever the file claims.
    boundary : Source, optional
        File of the area to be covered.

    Returns
    -------
    Layer
        The reference.

    Raises
    ------
    InputError
        If the file cannot be read as cells; nothing was written.
    """
    frame = read_frame(source.path, crs, source.tick, source.called)
    frame, dropped = _without_people(frame, [code])
    grid = Grid.from_frame(frame, code, _area(boundary))
    about: dict[str, Any] = {"code": code, "dropped": dropped}
    if grid.boundary is not None:
        require_boundary(grid.boundary)
        about["boundary"] = shapely.to_wkb(grid.boundary, hex=True)
    source.progress(1, STEPS)
    # a file with columns about people is not kept either
    original = None if dropped else source.original()
    return store.layers.add("reference", source.title, frame, about, original)


def import_layer(store: Store, kind: str, source: Source, weight: str | None = None) -> Layer:
    """Bring in a layer; the newest of a kind is the one used.

    Parameters
    ----------
    store : Store
        The store.
    kind : str
        One of :data:`gridmap.store.layers.KINDS`.
    source : Source
        The file.
    weight : str, optional
        Column of blocks that counts people or households.

    Returns
    -------
    Layer
        The layer.

    Raises
    ------
    InputError
        If the file cannot be read; nothing was written.
    """
    frame: pd.DataFrame
    if kind == "reference":
        return import_reference(store, source)
    if kind == "place":
        return import_places(store, source)
    if kind == "streets":
        frame = read_streets(source.path, source.called, source.tick)
    elif kind == "gazetteer":
        frame = read_gazetteer(source.path, source.called, source.tick)
    else:
        frame = read_frame(source.path, None, source.tick, source.called)
    source.progress(1, STEPS)
    about = {"weight": weight} if weight else {}
    return store.layers.add(kind, source.title, frame, about, source.original())


@dataclass(frozen=True)
class Reading:
    """How a file of cells is to be read.

    Parameters
    ----------
    code : str, optional
        Column of the codes; absent means that it is guessed.
    levels : sequence of str
        Level columns, coarse to fine.
    boundary : Source, optional
        File of the area to be covered.
    crs : str, optional
        CRS of the cells, whatever the file claims.
    weight : str, optional
        Column with people or households.
    nested : bool
        Whether a name in several groups of the coarser level means several groups.
    rules : Path, optional
        File of what the city asks of its cells: allowed holes, locked cells.
    """

    code: str | None = None
    levels: Sequence[str] = ()
    boundary: Source | None = None
    crs: str | None = None
    weight: str | None = None
    nested: bool = False
    rules: Path | None = None


def import_cells(
    store: Store,
    source: Source,
    how: Reading | None = None,
) -> Imported:
    """Bring in cells as a draft.

    Parameters
    ----------
    store : Store
        The store.
    source : Source
        The file.
    how : Reading, optional
        How it is to be read; absent means that everything is guessed.

    Returns
    -------
    Imported
        The draft and what was done to the cells.

    Raises
    ------
    InputError
        If the file cannot be read or its cells are not a coverage; nothing was written.
    """
    how = how or Reading()
    rules = None if how.rules is None else read_table(how.rules)
    frame = read_frame(source.path, how.crs, source.tick, source.called)
    frame, dropped = _without_people(frame, [how.code, *how.levels, how.weight])
    area = _area(how.boundary)
    grid = Grid.from_frame(frame, how.code, area, how.levels)
    grid = told_apart(grid) if how.nested else grid
    source.progress(1, STEPS)
    weight = how.weight
    layer = store.layers.latest("blocks")
    blocks = None if layer is None or weight is not None else store.layers.frame(layer.id)
    counted = weight if layer is None or weight is not None else layer.about.get("weight")
    given = None if dropped else source.original()
    made = import_grid(store, source.title, grid, counted, blocks, given, rules=rules)
    return replace(made, dropped=dropped)
