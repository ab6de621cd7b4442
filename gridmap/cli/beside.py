"""Files beside the cells: a boundary, an earlier plan, blocks, barriers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gridmap.errors import CrsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd


@contextmanager
def beside_cells() -> Iterator[None]:
    """Say that the CRS of such a file must stand in it: ``--cells-crs`` is about the cells only.

    Raises
    ------
    CrsError
        What was raised within, with that advice.
    """
    try:
        yield
    except CrsError as error:
        raise CrsError("cli.beside", said=error) from error


def read_beside(path: Path | None) -> gpd.GeoDataFrame | None:
    """Read such a file.

    Parameters
    ----------
    path : Path, optional
        The file, if the command was given one.

    Returns
    -------
    GeoDataFrame or None
        Its rows.
    """
    from gridmap.files.cells import read_frame

    with beside_cells():
        return None if path is None else read_frame(path)
