"""What visitors would have to wait for, made while nobody waits, and made again after a change."""

from __future__ import annotations

import math
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from gridmap.errors import GridmapError, NotFound
from gridmap.incidents.measure import Filter
from gridmap.journeys.incidents import significance
from gridmap.journeys.incidents.figures import Question, figures
from gridmap.journeys.incidents.public import are_stale, make_tables
from gridmap.journeys.patrol.night import prepare
from gridmap.journeys.remembering import remember
from gridmap.layers import mercator
from gridmap.layers.zoom import MAX_ZOOM
from gridmap.server import firstview
from gridmap.server.deps import is_public
from gridmap.server.routes.tiles import cell_tiles, city_heat, street_tiles
from gridmap.server.stored import Stored, from_bytes, stored, to_bytes
from gridmap.server.tilecache import PREFIX, Tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from gridmap.journeys.city import City
    from gridmap.server.jobs import Job, Jobs
    from gridmap.server.quiet import Quiet
    from gridmap.settings import Settings
    from gridmap.store import Plan

PAUSE = 2.0
"""Seconds between two looks at the store; it must have come to rest for so long."""
PATIENCE = 5.0
"""Seconds it stands back for visitors at most."""
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
    quiet : Quiet
        Whether visitors are being served.
    settings : Settings
        Smallest count the public is shown.
    """

    def __init__(
        self, city: City, jobs: Jobs, tiles: Tiles, quiet: Quiet, settings: Settings
    ) -> None:
        self._city, self._jobs, self._tiles, self._quiet = city, jobs, tiles, quiet
        self._least = settings.least
        self._first = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="upkeep")

    def start(self) -> None:
        """Begin, with what the first visitor would wait for; who finds it there comes first."""
        with suppress(SQLAlchemyError):
            recall(self._city, self._tiles)
            self._first = PAUSE if is_ready(self._city) else 0.0
        self._thread.start()

    def stop(self) -> None:
        """End, once the work at hand has ended; remember what a restart needs."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        done = before = None
        pause = self._first
        while not self._stop.wait(pause):
            with suppress(SQLAlchemyError):  # a store that closes meanwhile needs nothing any more
                now = self._city.store.database.revision(*AREAS)
                if now != done and (done is None or now == before):
                    self._jobs.run("upkeep", self._ready)
                    self._jobs.run("public", self._tables)
                    done = now
                before = now
            pause = PAUSE
        with suppress(GridmapError, SQLAlchemyError):
            remember(self._city)

    def _ready(self, job: Job) -> None:
        with suppress(NotFound):  # a city without plans has nothing to make
            rest = partial(self._quiet.wait, time.monotonic() + PATIENCE)
            ready(self._city, self._tiles, job.progress, rest)

    def _tables(self, job: Job) -> None:
        if self._city.store.users.all() and are_stale(self._city, self._least):
            make_tables(self._city, self._least, job.progress)


def ready(
    city: City,
    tiles: Tiles,
    progress: Callable[[float, float], None],
    rest: Callable[[], None] = lambda: None,
) -> None:
    """Make what the first view of the page asks for, and then what the next ones do.

    Parameters
    ----------
    city : City
        The city.
    tiles : Tiles
        Tiles everybody may see, to be filled.
    progress : callable
        Is told steps done and their number; may raise to stop.
    rest : callable
        Is called before each step that no visitor of the first view waits for.
    """
    plan, there = city.plan(), is_ready(city)
    made: dict[str, Stored] = {}
    zooms = [partial(_fill, city, plan, tiles, zoom, made) for zoom in _missing(city, plan)]
    first: list[Callable[[], object]] = [
        lambda: figures(city, Question()),
        *zooms[:1],
        lambda: firstview.make(city),
    ]
    later: list[Callable[[], object]] = [
        *zooms[1:],
        lambda: _remember(city, plan, made),
        city.in_force,
        lambda: city_heat(city, Filter()).peak(),
        lambda: _middle(city, plan),
        lambda: _streets(city),
        lambda: significance.hotspots(city, Question()),
        lambda: city.locator(plan.head),
        lambda: remember(city),
        prepare,
    ]
    steps = [*first, *later]
    for done, step in enumerate(steps):
        progress(done, len(steps))
        if there or done >= len(first):
            rest()
        step()
    progress(len(steps), len(steps))


def is_ready(city: City) -> bool:
    """Tell whether the store remembers all that the first view asks for, as it is now.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    bool
        False for a city without plans.
    """
    with suppress(NotFound):
        return firstview.is_remembered(city) and not _lacks_tiles(city, city.plan())
    return False


def recall(city: City, tiles: Tiles) -> None:
    """Take what the store remembers of the first view: a restart serves it at once.

    Parameters
    ----------
    city : City
        The city.
    tiles : Tiles
        Tiles everybody may see, to be filled.
    """
    with suppress(NotFound):  # a city without plans has no view
        plan = city.plan()
        content = city.store.remembered.get(TILES, {"version": plan.head})
        if content is not None and is_public(plan, plan.head):
            for path, (body, etag) in from_bytes(content).items():
                tiles.put(path, Stored.of(body, etag, immutable=True))
        firstview.recall(city)


def _missing(city: City, plan: Plan) -> Iterator[list[tuple[int, int, int]]]:
    """Yield the tiles that the store does not remember, zoom by zoom."""
    if _lacks_tiles(city, plan):
        yield from _covering(city)


def _lacks_tiles(city: City, plan: Plan) -> bool:
    known = city.store.remembered.get(TILES, {"version": plan.head}) is not None
    return is_public(plan, plan.head) and not known


def _fill(
    city: City,
    plan: Plan,
    tiles: Tiles,
    zoom: Iterable[tuple[int, int, int]],
    made: dict[str, Stored],
) -> None:
    """Make the tiles of a zoom that shows the city as a whole."""
    drawn = cell_tiles(city, plan.head)
    for z, x, y in zoom:
        path = f"{PREFIX}{plan.id}/{plan.head}/{z}/{x}/{y}.mvt"
        made[path] = stored(drawn.tile(z, x, y), immutable=True)
        tiles.put(path, made[path])


def _remember(city: City, plan: Plan, made: dict[str, Stored]) -> None:
    if made:
        city.store.remembered.put(TILES, {"version": plan.head}, to_bytes(made))


def _covering(city: City) -> Iterator[list[tuple[int, int, int]]]:
    """Yield the tiles of the plan, zoom by zoom, the one that shows it as a whole first."""
    corners = _corners(city)
    first = -math.floor(math.log2(max(np.ptp(corners, axis=0).max(), 2.0**-MAX_ZOOM)))
    for z in sorted(range(MAX_ZOOM + 1), key=lambda z: abs(z - first)):
        (low_x, low_y), (high_x, high_y) = np.floor(corners * (1 << z)).astype(int).tolist()
        if (high_x - low_x + 1) * (high_y - low_y + 1) <= MANY:
            columns, rows = range(low_x, high_x + 1), range(low_y, high_y + 1)
            yield [(z, x, y) for x in columns for y in rows]


def _corners(city: City) -> NDArray[np.float64]:
    """Return the north-west and the south-east corner of the plan in the unit square."""
    west, south, east, north = city.bounds() or (0.0, 0.0, 0.0, 0.0)
    return mercator.to_square([[west, north], [east, south]])


def _middle(city: City, plan: Plan) -> None:
    """Draw the zooms that are not drawn yet."""
    if not is_public(plan, plan.head):
        return
    x, y = _corners(city).mean(axis=0).tolist()
    for z in range(MAX_ZOOM + 1):
        cell_tiles(city, plan.head).tile(z, int(x * (1 << z)), int(y * (1 << z)))


def _streets(city: City) -> None:
    if city.store.layers.latest("streets") is not None:
        street_tiles(city)
