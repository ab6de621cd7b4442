"""A file on its way into the store, and who is told how far it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gridmap.files.cells import read_frame
from gridmap.store import Original

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd


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

    def frame(self, crs: str | None = None) -> gpd.GeoDataFrame:
        """Read the file as shapes.

        Parameters
        ----------
        crs : str, optional
            CRS of the shapes, whatever the file claims.

        Returns
        -------
        GeoDataFrame
            As :func:`gridmap.files.cells.read_frame` reads it.
        """
        return read_frame(self.path, crs, self.tick, self.called)
