"""What the public may see: tables made beforehand, small counts hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap.incidents.sums import CITY
from gridmap.incidents.suppress import public_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridmap.journeys.city import City
    from gridmap.store.tables import Row


def made_of(city: City, least: int) -> dict[str, Any]:
    """Return what tables made now would be made of.

    Parameters
    ----------
    city : City
        The city.
    least : int
        Smallest count shown.

    Returns
    -------
    dict
        The version of the plan in force, the state of the incidents, the smallest count.
    """
    revision = city.store.database.revision("incidents", "facts")
    return {"version": city.plan().head, "revision": list(revision), "least": least}


def are_stale(city: City, least: int) -> bool:
    """Tell whether the tables are not those of the present plan and incidents.

    Parameters
    ----------
    city : City
        The city.
    least : int
        Smallest count shown.

    Returns
    -------
    bool
        True as well if there are none; False while there is no published plan.
    """
    if not city.published():
        return False
    table = city.store.tables.get(CITY)
    source = made_of(city, least)
    return table is None or any(table.made_of.get(name) != part for name, part in source.items())


def make_tables(
    city: City, least: int, progress: Callable[[float, float], None] | None = None
) -> int:
    """Make the tables for the public and keep them.

    Parameters
    ----------
    city : City
        The city.
    least : int
        Smallest count shown.
    progress : callable, optional
        Is told months done and their number; may raise to stop.

    Returns
    -------
    int
        Rows in all tables.
    """
    source = made_of(city, least)
    grid = city.grid(source["version"])
    incidents = city.placed(source["version"])
    named = incidents.assign(category=incidents["category"].astype(str))
    earlier = _earlier(city)
    found = public_table(named, grid, grid.levels, least=least, earlier=earlier, progress=progress)
    counts = [None if pd.isna(n) else int(n) for n in found["n"]]
    tables: dict[str, list[Row]] = {}
    names = (found[name] for name in ("level", "unit", "month", "category"))
    for level, unit, month, category, n in zip(*names, counts, strict=True):
        tables.setdefault(str(level), []).append((str(unit), str(month), str(category), n))
    city.store.tables.put(tables, {**source, "digests": found.attrs["digests"]})
    return len(found)


def _earlier(city: City) -> pd.DataFrame | None:
    """Return the tables as they were made last."""
    tables = [city.store.tables.get(level) for level in city.store.tables.levels()]
    rows = [(table.level, *row) for table in tables if table is not None for row in table.rows]
    if not rows:
        return None
    found = pd.DataFrame(rows, columns=["level", "unit", "month", "category", "n"])
    found["n"] = found["n"].astype("Int64")
    found.attrs["digests"] = next(table.made_of.get("digests", {}) for table in tables if table)
    return found
