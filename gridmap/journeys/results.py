"""The results of the demo as files."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import TYPE_CHECKING, Any

from gridmap.files.incidents import read_table
from gridmap.files.patrol import read_patrol
from gridmap.files.replace import replacing
from gridmap.files.shapes import shapes_path
from gridmap.files.tables import write_table
from gridmap.grid.check import check
from gridmap.grid.model import Grid
from gridmap.incidents.measure import totals
from gridmap.journeys.cells import references
from gridmap.journeys.cells.check import check_json
from gridmap.journeys.city import City
from gridmap.journeys.demo import CRASHES, INCIDENTS
from gridmap.journeys.handover import figures_map
from gridmap.journeys.incidents.figures import Question
from gridmap.journeys.incidents.locate import locate
from gridmap.journeys.patrol.night import plan_night, write_night

if TYPE_CHECKING:
    from pathlib import Path

    from gridmap.store import Store

NIGHT, SEED = date(2016, 7, 1), 1
"""Night and seed of the patrol: the day after the last crash, so that results stay the same."""
CHECKS = {"fire": "Fire engine districts", "blockgroups": "Block groups 2020"}
"""File of results and the layer it is about."""


def write_results(store: Store, folder: Path, lang: str = "en") -> dict[str, Any]:
    """Write what the demo shows as files.

    Parameters
    ----------
    store : Store
        Store of Cambridge.
    folder : Path
        Where to; made if it is not there.
    lang : str
        Language of the texts.

    Returns
    -------
    dict
        The verdict on each layer and the totals of the incidents.
    """
    folder.mkdir(parents=True, exist_ok=True)
    city = City(store)
    grid = city.grid(city.plan().head)
    layers = {layer.name: layer.id for layer in store.layers.all("reference")}
    grids = {"check": Grid(grid.cells, None, grid.levels)}
    grids |= {name: references.grid_of(city, layers[title]) for name, title in CHECKS.items()}
    verdicts = {}
    for name, each in grids.items():
        begun = time.perf_counter()
        found = check(each)
        body = check_json(found, lang, time.perf_counter() - begun)
        _write(folder / f"{name}.json", json.dumps(body, ensure_ascii=False, allow_nan=False))
        verdicts[name] = {"ok": found.ok, "counts": found.counts}
    _write_incidents(grid, folder / "incidents.csv")
    _write(folder / "map.html", figures_map(city, Question(), lang))
    night = plan_night(read_patrol(shapes_path("cambridge/night.toml"), NIGHT), SEED)
    write_night(night, folder / "patrol", lang)
    return {**verdicts, "incidents": totals(city.in_force())}


def _write_incidents(grid: Grid, path: Path) -> None:
    """Write the crashes as ``gridmap locate`` does: their own columns and order, cells added."""
    located = locate(read_table(shapes_path(f"cambridge/{INCIDENTS}")), CRASHES, grid)
    write_table(located.frame, path, located.points)


def _write(path: Path, text: str) -> None:
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")
