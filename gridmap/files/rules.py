"""Rules and schemes of codes, from TOML files."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from gridmap.errors import FileError
from gridmap.grid.rules import Rules
from gridmap.grid.schemes import Scheme, scheme

ENDING = ".toml"


def read_rules(path: str | Path) -> Rules:
    """Read what a city asks of its cells.

    Parameters
    ----------
    path : str or Path
        A ``RULES.toml``; a scheme it names by a path ending in ``.toml`` is looked for beside it.

    Returns
    -------
    Rules
        The rules.

    Raises
    ------
    FileError
        If a file is not there or is no TOML.
    ValueRefused
        If a name is unknown or a value cannot be what it should be.
    """
    return Rules.from_dict(read_table(path))


def read_table(path: str | Path) -> dict[str, Any]:
    """Read the table of a ``RULES.toml``, a scheme it names by a path written out.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    dict
        What ``Rules.from_dict`` takes.

    Raises
    ------
    FileError
        If a file is not there or is no TOML.
    """
    path = Path(path)
    table = _read(path)
    named = table.get("scheme")
    if isinstance(named, str) and named.endswith(ENDING):
        table["scheme"] = _read(path.parent / named)
    return table


def read_scheme(name: str) -> Scheme:
    """Return a scheme of codes.

    Parameters
    ----------
    name : str
        Name of a shipped scheme, or path of a TOML file with one.

    Returns
    -------
    Scheme
        The scheme.

    Raises
    ------
    FileError
        If the file is not there or is no TOML.
    ValueRefused
        If no shipped scheme has the name, or the file does not describe one.
    """
    if name.endswith(ENDING):
        return Scheme.from_dict(_read(Path(name)))
    return scheme(name)


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FileError("files.missing", path=str(path))
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise FileError("check.no_toml", path=path, reason=str(cause)) from cause
