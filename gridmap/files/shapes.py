"""Where the sample grids and city data are."""

from __future__ import annotations

from pathlib import Path

import gridmap
from gridmap.errors import FileError


def shapes_path(name: str = "") -> Path:
    """Return a folder or file of the sample data.

    Parameters
    ----------
    name : str
        Path below ``shapes``; empty means the folder itself.

    Returns
    -------
    Path
        In the wheel beside the package's modules, in a checkout beside the package.

    Raises
    ------
    FileError
        If it is not there.
    """
    package = Path(gridmap.__file__).parent
    for home in (package / "shapes", package.parent / "shapes"):
        if (home / name).exists():
            return home / name
    raise FileError("files.missing", path=str(Path("shapes") / name))
