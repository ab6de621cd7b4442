"""Cambridge, Massachusetts, as a store: the city every new reader meets first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap import __version__
from gridmap.files.cells import read_frame, read_grid
from gridmap.files.streets import read_streets
from gridmap.journeys.plans import import_grid
from gridmap.store import Original, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from gridmap.store import Store

ZONE = "America/New_York"
START = date(2010, 1, 1)
CODE = "CADRA"
LEVELS = ("SECTOR", "CAR_RTE", "WALK_RTE")
FACTS: dict[str, Any] = {
    "city": {"en": "Cambridge, Massachusetts", "zh": "剑桥市（马萨诸塞州）"},
    "zone": ZONE,
    "levels": {
        "SECTOR": {"en": "Sector", "zh": "警务区"},
        "CAR_RTE": {"en": "Car route", "zh": "车巡路线"},
        "WALK_RTE": {"en": "Walking route", "zh": "步巡路线"},
    },
}
PLAN = "911 response districts"
REASON = "911 response districts of the Cambridge police"
REFERENCES = {
    "Fire engine districts": "fire_engine_districts",
    "Block groups 2020": "blockgroups2020",
}


def shapes() -> Path:
    """Return the folder of the city's files."""
    from gridmap.files.shapes import shapes_path

    return shapes_path("cambridge")


def demo_store(path: Path) -> Store:
    """Return a store of Cambridge, made if it is not there or of an earlier release.

    Parameters
    ----------
    path : Path
        File of the store.

    Returns
    -------
    Store
        To be closed by the caller.
    """
    if path.exists():
        store = open_store(path)
        if store.fact("demo") == __version__:
            return store
        store.close()
    part = path.with_name(f".{path.name}.new")
    for old in (part, *_beside(part)):
        old.unlink(missing_ok=True)
    with open_store(part) as store:
        fill(store)
        store.backup(path)
    for old in (part, *_beside(part)):
        old.unlink(missing_ok=True)
    return open_store(path)


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in ("-wal", "-shm")]


def fill(store: Store) -> None:
    """Import Cambridge into an empty store.

    Parameters
    ----------
    store : Store
        The store.
    """
    folder = shapes()
    for name, value in FACTS.items():
        store.set_fact(name, value)
    store.layers.add("streets", "Streets", *_streets(folder))
    blocks = read_frame(folder / "blocks2000.geojson.gz")
    about = {"weight": "POP_LAB"}
    store.layers.add("blocks", "Census blocks 2000", blocks, about)
    cells = folder / "response_districts.geojson.gz"
    grid = read_grid(cells, CODE, folder / "city.geojson.gz", LEVELS)
    made = import_grid(store, PLAN, grid, "POP_LAB", blocks, _original(cells))
    store.plans.publish(made.plan.id, made.plan.head, START, REASON)
    for title, name in REFERENCES.items():
        path = folder / f"{name}.geojson.gz"
        store.layers.add("reference", title, read_frame(path), {}, _original(path))
    crashes = folder / "crashes_2010_2016.csv.gz"
    store.incidents.add(_crashes(crashes), _original(crashes))
    store.set_fact("demo", __version__)


def _original(path: Path) -> Original:
    return Original(path.name, path.read_bytes())


def _streets(folder: Path) -> Any:
    path = folder / "streets.geojson.gz"
    return read_streets(path), {}, _original(path)


def _crashes(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    when = pd.to_datetime(raw["datetime"]).dt.tz_localize(
        ZONE, ambiguous=False, nonexistent="shift_forward"
    )
    return raw.drop(columns=["row_id", "datetime", "lat", "lon"]).assign(
        id=raw["row_id"],
        lon=pd.to_numeric(raw["lon"]),
        lat=pd.to_numeric(raw["lat"]),
        when=when,
        day_only=False,
        category=raw["object_1"],
        kind=raw["object_2"],
        source="police",
        status="closed",
        address=raw["location"].str.strip(),
    )
