"""Cambridge, Massachusetts, as a store: the city every new reader meets first."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridmap import __version__
from gridmap.errors import SchemaError
from gridmap.files.reader import READER
from gridmap.files.shapes import shapes_path
from gridmap.incidents.mapping import Mapping
from gridmap.journeys.cells.imports import Reading, import_cells
from gridmap.journeys.city import City
from gridmap.journeys.incidents.intake import import_incidents
from gridmap.journeys.layers import import_layer, import_reference
from gridmap.journeys.patrol.nights import add_from_file
from gridmap.journeys.source import Source
from gridmap.store import open_store, schema

if TYPE_CHECKING:
    from gridmap.store import Store

ZONE = "America/New_York"
START = date(2010, 1, 1)
CODE = "CADRA"
INCIDENTS = "crashes_2010_2016.csv.gz"
NIGHT = "Cambridge by night"
CRASHES = Mapping(
    id="row_id",
    x="lon",
    y="lat",
    when="datetime",
    category="object_1",
    kind="object_2",
    address=("location",),
)
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
    "Fire engine districts": ("fire_engine_districts", "ENGINE"),
    "Block groups 2020": ("blockgroups2020", "GEOID20"),
}
"""Title, file and code column of the layers somebody sent."""


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
        with suppress(SchemaError):  # one of an earlier release is made anew
            store = open_store(path)
            if store.fact("demo") == stamp():
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


def stamp() -> str:
    """Return what a store of Cambridge is made of, so that an older one is made anew."""
    made_of = hashlib.sha256(__version__.encode())
    for module in (__file__, schema.__file__):
        made_of.update(Path(module).read_bytes())
    for path in sorted(shapes_path("cambridge").iterdir()):
        made_of.update(f"{path.name} {path.stat().st_size}".encode())
    return made_of.hexdigest()


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in ("-wal", "-shm")]


def fill(store: Store) -> None:
    """Import Cambridge into an empty store.

    Parameters
    ----------
    store : Store
        The store.
    """
    READER.keep_warm = True
    folder = shapes_path("cambridge")
    for name, value in FACTS.items():
        store.set_fact(name, value)
    import_layer(store, "streets", _source(folder / "streets.geojson.gz", "Streets"))
    blocks = _source(folder / "blocks2000.geojson.gz", "Census blocks 2000")
    import_layer(store, "blocks", blocks, "POP_LAB")
    made = import_cells(
        store,
        _source(folder / "response_districts.geojson.gz", PLAN),
        Reading(CODE, LEVELS, _source(folder / "city.geojson.gz", "")),
    )
    store.plans.publish(made.plan.id, made.plan.head, START, REASON)
    for title, (name, code) in REFERENCES.items():
        import_reference(store, _source(folder / f"{name}.geojson.gz", title), code=code)
    crashes = _source(folder / INCIDENTS, "Crashes")
    import_incidents(City(store), crashes, CRASHES, feed=crashes.title)
    add_from_file(store, folder / "night.toml", NIGHT)
    store.set_fact("demo", stamp())


def _source(path: Path, title: str) -> Source:
    return Source(path, path.name, title)
