"""Layers into the store, each in one transaction: all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from gridmap.files.gazetteer import read_gazetteer
from gridmap.files.streets import read_streets
from gridmap.grid.crosswalk import counts_of
from gridmap.grid.extent import require_boundary
from gridmap.grid.model import Grid
from gridmap.incidents.persons import personal_columns
from gridmap.journeys.places import import_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from gridmap.journeys.source import Source
    from gridmap.store import Layer, Store

STEPS = 2
"""Steps of an import of a layer, for its progress: read, stored."""


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
    frame = source.frame(crs)
    frame, dropped = without_people(frame, [code])
    grid = Grid.from_frame(frame, code, None if boundary is None else boundary.frame())
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
        Column that counts people or households: blocks need one.

    Returns
    -------
    Layer
        The layer.

    Raises
    ------
    InputError
        If the file cannot be read, or blocks have no such column of counts; nothing was written.
    """
    if kind == "reference":
        return import_reference(store, source)
    if kind == "place":
        return import_places(store, source)
    frame = _read(kind, source)
    if kind == "blocks":
        counts_of(frame, weight)
    kept, dropped = without_people(frame, [weight])
    source.progress(1, STEPS)
    about = {"weight": weight, "dropped": dropped} if kind == "blocks" else {"dropped": dropped}
    # a file with columns about people is not kept either
    original = None if dropped else source.original()
    return store.layers.add(kind, source.title, kept, about, original)


def _read(kind: str, source: Source) -> pd.DataFrame:
    if kind == "streets":
        return read_streets(source.path, source.called, source.tick)
    if kind == "gazetteer":
        return read_gazetteer(source.path, source.called, source.tick)
    return source.frame()


def without_people(
    frame: pd.DataFrame, wanted: Iterable[str | None] = ()
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Drop the columns that look person-level, but those that were asked for.

    Parameters
    ----------
    frame : DataFrame
        With or without geometry.
    wanted : iterable of str
        Columns that stay.

    Returns
    -------
    DataFrame
        The rows without those columns.
    tuple of str
        The columns dropped.
    """
    columns = personal_columns(frame.drop(columns="geometry", errors="ignore"))
    dropped = tuple(name for name in columns if name not in set(wanted))
    return frame.drop(columns=list(dropped)), dropped
