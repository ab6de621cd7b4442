"""What visitors would have to wait for, made while nobody waits, and made again after a change."""

from __future__ import annotations

import math
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sqlalchemy.exc import SQLAlchemyError

from gridmap.errors import GridmapError, NotFound
from gridmap.incidents.measure import Filter
from gridmap.journeys.incidents import significance
from gridmap.journeys.incidents.figures import Question, figures
from gridmap.journeys.incidents.public import are_stale, make_tables
from gridmap.journeys.patrol.night import prepare
from gridmap.journeys.remembering import remember
from gridmap.layers import mercator
from gridmap.layers.tiles import bounds_of
from gridmap.layers.zoom import MAX_ZOOM
from gridmap.server.deps import is_public
from gridmap.server.routes.tiles import cell_tiles, city_heat, street_tiles
from gridmap.server.stored import Stored, stored
from gridmap.server.tilecache import PREFIX, Tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gridmap.journeys.city import City
    from gridmap.server.jobs import Job, Jobs
    from gridmap.settings import Settings
    from gridmap.store import Plan

PAUSE = 2.0
"""Seconds between two looks at the store; it must have come to rest for so long."""
MANY = 300
"""Zooms with more tiles than this are not made beforehand."""
TILES = "tiles"
AREAS = ("plans", "incidents", "facts", "layers", "users")


class Upkeep:
    """A thread that looks for changes of the store, whoever made them.

    Parameters
    ----------
    city : City
        The city.
    jobs : Jobs
        Where its work is seen and stopped.
    tiles : Tiles
        Tiles everybody may see.
    settings : Settings
        Smallest count the public is shown.
    """

    def __init__(self, city: City, jobs: Jobs, tiles: Tiles, settings: Settings) -> None:
        self._city, self._jobs, self._tiles = city, jobs, tiles
        self._least = settings.least
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="upkeep")

    def start(self) -> None:
        """Begin, with what the first visitor would wait for."""
        self._thread.start()

    def stop(self) -> None:
        """End, once the work at hand has ended; remember what a restart needs."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        done = before = None
        while True:
            with suppress(SQLAlchemyError):  # a store that closes meanwhile needs nothing any more
                now = self._city.store.database.revision(*AREAS)
                if now != done and (done is None or now == before):
                    self._jobs.run("upkeep", self._ready)
                    self._jobs.run("public", self._tables)
                    done = now
                before = now
            if self._stop.wait(PAUSE):
                break
        with suppress(GridmapError, SQLAlchemyError):
            remember(self._city)

    def _ready(self, job: Job) -> None:
        with suppress(NotFound):  # a city without plans has nothing to make
            ready(self._city, self._tiles, job.progress)

    def _tables(self, job: Job) -> None:
        if self._city.store.users.all() and are_stale(self._city, self._least):
            make_tables(self._city, self._least, job.progress)


def ready(city: City, tiles: Tiles, progress: Callable[[float, float], None]) -> None:
    """Make what the first view of the page asks for, and then what the next ones do.

    Parameters
    ----------
    city : City
        The city.
    tiles : Tiles
        Tiles everybody may see, to be filled.
    progress : callable
        Is told steps done and their number; may raise to stop.
    """
    plan = city.plan()
    public = is_public(plan, plan.head)
    steps: list[Callable[[], object]] = [lambda: figures(city, Question()), city.in_force]
    if public:
        steps.insert(0, lambda: _recall(city, plan, tiles))
        steps.append(lambda: _fill(city, plan, tiles))
    steps += [
        lambda: city_heat(city, Filter()).peak(),
        lambda: _middle(city, plan, range(MAX_ZOOM + 1) if public else ()),
        lambda: _streets(city),
        lambda: significance.hotspots(city, Question()),
        lambda: city.locator(plan.head),
        lambda: remember(city),
        prepare,
    ]
    for done, step in enumerate(steps):
        progress(done, len(steps))
        step()
    progress(len(steps), len(steps))


def _recall(city: City, plan: Plan, tiles: Tiles) -> bool:
    """Take the tiles the store remembers."""
    content = city.store.remembered.get(TILES, {"version": plan.head})
    if content is None:
        return False
    rows = pa.ipc.open_stream(content).read_all()
    for path, body, etag in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        tiles.put(path, Stored.of(body, etag, immutable=True))
    return True


def _fill(city: City, plan: Plan, tiles: Tiles) -> None:
    """Make the tiles of the zooms that show the city as a whole, and let the store remember."""
    if city.store.remembered.get(TILES, {"version": plan.head}) is not None:
        return
    made, found = cell_tiles(city, plan.head), {}
    for z, x, y in _covering(city, plan):
        path = f"{PREFIX}{plan.id}/{plan.head}/{z}/{x}/{y}.mvt"
        found[path] = stored(made.tile(z, x, y), immutable=True)
        tiles.put(path, found[path])
    columns = {
        "path": pa.array(found, pa.string()),
        "body": pa.array([tile.body for tile in found.values()], pa.binary()),
        "etag": pa.array([tile.etag for tile in found.values()], pa.binary()),
    }
    sink, rows = pa.BufferOutputStream(), pa.table(columns)
    with pa.ipc.new_stream(sink, rows.schema) as to:
        to.write_table(rows)
    city.store.remembered.put(TILES, {"version": plan.head}, sink.getvalue().to_pybytes())


def _covering(city: City, plan: Plan) -> Iterator[tuple[int, int, int]]:
    """Yield the tiles of the plan, the zoom that shows it as a whole first."""
    west, south, east, north = bounds_of(city.grid(plan.head))
    corners = mercator.to_square([[west, north], [east, south]])
    first = -math.floor(math.log2(max(np.ptp(corners, axis=0).max(), 2.0**-MAX_ZOOM)))
    for z in sorted(range(MAX_ZOOM + 1), key=lambda z: abs(z - first)):
        (low_x, low_y), (high_x, high_y) = np.floor(corners * (1 << z)).astype(int).tolist()
        if (high_x - low_x + 1) * (high_y - low_y + 1) <= MANY:
            for x in range(low_x, high_x + 1):
                for y in range(low_y, high_y + 1):
                    yield z, x, y


def _middle(city: City, plan: Plan, zooms: range | tuple[int, ...]) -> None:
    """Draw the zooms that are not drawn yet."""
    west, south, east, north = bounds_of(city.grid(plan.head))
    x, y = mercator.to_square([[(west + east) / 2, (south + north) / 2]])[0].tolist()
    for z in zooms:
        cell_tiles(city, plan.head).tile(z, int(x * (1 << z)), int(y * (1 << z)))


def _streets(city: City) -> None:
    if city.store.layers.latest("streets") is not None:
        street_tiles(city)
