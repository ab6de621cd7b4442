"""Layers kept whole: references, streets, gazetteers, blocks, places."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from gridmap.errors import NotFound
from gridmap.store import schema
from gridmap.store.database import Database, inserted, now
from gridmap.store.files import Original, add_file

if TYPE_CHECKING:
    from collections.abc import Mapping

LAYERS = schema.layers
KINDS = ("reference", "streets", "gazetteer", "blocks", "place")


@dataclass(frozen=True)
class Layer:
    """A layer in the store.

    Parameters
    ----------
    id : int
        Its number.
    kind : str
        One of :data:`KINDS`.
    name : str
        Its name.
    file : int or None
        The file it came from.
    at : str
        When it was imported, ISO 8601 in UTC.
    about : dict
        What is known of it: rows, the column of its codes.
    """

    id: int
    kind: str
    name: str
    file: int | None
    at: str
    about: dict[str, Any]


class Layers:
    """Layers in the store.

    Parameters
    ----------
    database : Database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        kind: str,
        name: str,
        frame: pd.DataFrame,
        about: Mapping[str, Any] | None = None,
        original: Original | None = None,
    ) -> Layer:
        """Store a layer.

        Parameters
        ----------
        kind : str
            One of :data:`KINDS`.
        name : str
            Its name.
        frame : GeoDataFrame or DataFrame
            Its rows, kept as they are, bytes of the geometries and CRS too.
        about : mapping, optional
            What else is known of it.
        original : Original, optional
            The file it came from, kept beside it.

        Returns
        -------
        Layer
            The layer.
        """
        row = {
            "kind": kind,
            "name": name,
            "at": now(),
            "frame": _written(frame),
            "about": {"rows": len(frame), **(about or {})},
        }
        with self._database.write("layers") as connection:
            file = None if original is None else add_file(connection, kind, original)
            layer = inserted(connection.execute(sa.insert(LAYERS).values(file=file, **row)))
        return self.get(layer)

    def all(self, kind: str | None = None) -> list[Layer]:
        """Return the layers of a kind, the newest last.

        Parameters
        ----------
        kind : str, optional
            One of :data:`KINDS`; absent means all.

        Returns
        -------
        list of Layer
            Without their rows.
        """
        query = _select().order_by(LAYERS.c.id)
        chosen = query if kind is None else query.where(LAYERS.c.kind == kind)
        return [Layer(**row) for row in self._database.rows(chosen)]

    def get(self, layer: int) -> Layer:
        """Return one layer without its rows.

        Parameters
        ----------
        layer : int
            Its number.

        Returns
        -------
        Layer
            The layer.

        Raises
        ------
        NotFound
            If there is none.
        """
        rows = self._database.rows(_select().where(LAYERS.c.id == layer))
        if not rows:
            raise NotFound("store.no_layer", layer=layer)
        return Layer(**rows[0])

    def latest(self, kind: str) -> Layer | None:
        """Return the newest layer of a kind.

        Parameters
        ----------
        kind : str
            One of :data:`KINDS`.

        Returns
        -------
        Layer or None
            None if there is none.
        """
        found = self.all(kind)
        return found[-1] if found else None

    def frame(self, layer: int) -> gpd.GeoDataFrame:
        """Return the rows of a layer.

        Parameters
        ----------
        layer : int
            Its number.

        Returns
        -------
        GeoDataFrame
            As it was stored; a plain DataFrame for a gazetteer without geometry.

        Raises
        ------
        NotFound
            If there is none.
        """
        rows = self._database.rows(sa.select(LAYERS.c.frame).where(LAYERS.c.id == layer))
        if not rows:
            raise NotFound("store.no_layer", layer=layer)
        content = rows[0]["frame"]
        try:
            return gpd.read_parquet(io.BytesIO(content))
        except ValueError:  # no geometry column
            return pd.read_parquet(io.BytesIO(content))

    def rewrite(self, layer: int, frame: pd.DataFrame, about: Mapping[str, Any]) -> Layer:
        """Let a layer hold other rows; the file it came from goes if columns were dropped.

        Parameters
        ----------
        layer : int
            Its number, which stays.
        frame : GeoDataFrame or DataFrame
            Its rows now.
        about : mapping
            What is known of it now, with ``dropped``; the rest stays.

        Returns
        -------
        Layer
            The layer.

        Raises
        ------
        NotFound
            If there is none.
        """
        before = self.get(layer)
        known = {**before.about, "rows": len(frame), **about}
        row = {"frame": _written(frame), "about": known}
        mine = LAYERS.c.id == layer
        with self._database.write("layers") as connection:
            connection.execute(sa.update(LAYERS).where(mine).values(**row))
            if about["dropped"]:
                connection.execute(sa.update(LAYERS).where(mine).values(file=None))
                connection.execute(sa.delete(schema.files).where(schema.files.c.id == before.file))
        return self.get(layer)

    def amend(self, layer: int, **about: Any) -> Layer:
        """Change what is known of a layer; its rows never change.

        Parameters
        ----------
        layer : int
            Its number.
        **about : Any
            What is known now; the rest stays.

        Returns
        -------
        Layer
            The layer.

        Raises
        ------
        NotFound
            If there is none.
        """
        known = self.get(layer).about | about
        with self._database.write("layers") as connection:
            connection.execute(sa.update(LAYERS).where(LAYERS.c.id == layer).values(about=known))
        return self.get(layer)

    def remove(self, layer: int) -> None:
        """Take a layer out of the store, and the file it came from.

        Parameters
        ----------
        layer : int
            Its number.

        Raises
        ------
        NotFound
            If there is none.
        """
        with self._database.write("layers") as connection:
            file = connection.scalar(sa.select(LAYERS.c.file).where(LAYERS.c.id == layer))
            gone = connection.execute(sa.delete(LAYERS).where(LAYERS.c.id == layer))
            if not gone.rowcount:
                raise NotFound("store.no_layer", layer=layer)
            connection.execute(sa.delete(schema.files).where(schema.files.c.id == file))


def _select() -> sa.Select[Any]:
    return sa.select(*(column for column in LAYERS.c if column.name != "frame"))


def _written(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()
