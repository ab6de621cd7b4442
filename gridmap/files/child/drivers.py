"""GDAL with the drivers of our formats and no others.

GDAL opens a file by its content, whatever it is called and whatever driver is asked for, and some
of its drivers read other files or call other machines (VRT, GDALG, WFS). ``GDAL_SKIP`` takes them
away, if it is set before GDAL is loaded.
"""

from __future__ import annotations

import os
import sys
from importlib.abc import MetaPathFinder
from typing import Any

ALLOWED = frozenset({"GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf", "KML"})
KEPT_OUT = frozenset({"geopandas", "pandas", "pyproj"})


class KeepOut(MetaPathFinder):
    """Tells pyogrio and pyarrow that what they use if they can is not there.

    The child needs none of it and starts twice as fast without.
    """

    def find_spec(self, fullname: str, _path: Any, _target: Any = None) -> None:
        """Refuse the modules kept out.

        Parameters
        ----------
        fullname : str
            Name of the module to be imported.

        Raises
        ------
        ModuleNotFoundError
            If it is one of them.
        """
        if fullname in KEPT_OUT:
            raise ModuleNotFoundError(fullname)


def load() -> Any:
    """Import pyogrio with the allowed drivers; starts the process anew if GDAL_SKIP lacks one.

    Returns
    -------
    module
        pyogrio.

    Raises
    ------
    RuntimeError
        If a driver is there that should not be.
    """
    sys.meta_path.insert(0, KeepOut())
    import pyogrio

    extra = set(pyogrio.list_drivers()) - ALLOWED
    if extra and "GDAL_SKIP" not in os.environ:
        os.environ["GDAL_SKIP"] = ",".join(sorted(extra))
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606  # the same program, no shell
    if extra:
        raise RuntimeError(f"drivers that should not be there: {sorted(extra)}")
    return pyogrio
