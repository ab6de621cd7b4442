"""Plan a night: from what is asked to routes, sheet and tracks."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import shapely

from gridmap.files.patrol import read_patrol
from gridmap.files.replace import replacing
from gridmap.patrol.asked import patrol_of
from gridmap.patrol.export import gpx, routes_geojson
from gridmap.patrol.minimums import minimums
from gridmap.patrol.plan import plan_json
from gridmap.patrol.sheet import sheet
from gridmap.patrol.solve import solve
from gridmap.patrol.track import track
from gridmap.patrol.ways import with_ways
from gridmap.streets.model import streets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gridmap.patrol.minimums import Minimum
    from gridmap.patrol.model import Patrol
    from gridmap.patrol.solution import Solution
    from gridmap.patrol.track import Track
    from gridmap.streets.network import Network

SECONDS = 5.0


@dataclass(frozen=True, eq=False)
class Night:
    """A solved patrol with everything that is handed over.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    solution : Solution
        The routes.
    tracks : mapping of str to Track
        The drawn way of each unit.
    """

    patrol: Patrol
    solution: Solution
    tracks: Mapping[str, Track]

    @property
    def ok(self) -> bool:
        """Whether every required visit is made and every minimum reached."""
        required = self.plan()["required"]
        return not self.unmet and required["served"] == required["wanted"]

    @property
    def unmet(self) -> tuple[Minimum, ...]:
        """The minimums that are not reached."""
        return tuple(row for row in minimums(self.patrol, self.solution.routes) if row.unmet)

    def plan(self, lang: str = "en") -> dict[str, Any]:
        """Return the plan as JSON.

        Parameters
        ----------
        lang : str
            Language of the reasons.

        Returns
        -------
        dict
            As in ``plan.json``.
        """
        return plan_json(self.patrol, self.solution, self.tracks, lang)

    def geojson(self) -> dict[str, Any]:
        """Return routes and visits as GeoJSON."""
        return routes_geojson(self.patrol, self.solution, self.tracks)

    def sheet(self, lang: str = "en") -> str:
        """Return the sheet to print.

        Parameters
        ----------
        lang : str
            Language of the crews.

        Returns
        -------
        str
            HTML.
        """
        return sheet(self.patrol, self.solution, self.tracks, _streets(self.patrol), lang)

    def gpx(self) -> dict[str, str]:
        """Return the GPX file of each unit by its name, such as ``Car-1.gpx``."""
        names = file_names([route.unit for route in self.solution.routes])
        return {
            f"{name}.gpx": gpx(self.patrol, route, self.tracks[route.unit])
            for name, route in zip(names, self.solution.routes, strict=True)
        }

    def files(self, lang: str = "en") -> dict[str, str]:
        """Return all that is handed over, by file name.

        Parameters
        ----------
        lang : str
            Language of the sheet and the reasons.

        Returns
        -------
        dict
            ``plan.json``, ``routes.geojson``, ``sheet.html`` and a GPX file a unit.
        """
        return {
            "plan.json": json.dumps(self.plan(lang), ensure_ascii=False, indent=1) + "\n",
            "routes.geojson": json.dumps(self.geojson(), ensure_ascii=False) + "\n",
            "sheet.html": self.sheet(lang),
            **self.gpx(),
        }


def _streets(patrol: Patrol) -> Network:
    """Return the network with the most streets."""
    found = [ways.network for ways in patrol.ways.values()]  # type: ignore[attr-defined]
    return max(found, key=lambda network: len(network.lines))


def file_names(units: list[str]) -> list[str]:
    """Return a safe and distinct file name for each unit.

    Parameters
    ----------
    units : list of str
        Names of units, in any script.

    Returns
    -------
    list of str
        Without extension.
    """
    names: list[str] = []
    for unit in units:
        base = re.sub(r"[^\w-]+", "-", unit).strip("-_")[:60] or "unit"
        taken = {name.casefold() for name in names}
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base}-{number}", number + 1
        names.append(name)
    return names


def prepare() -> None:
    """Have the search compiled: half a minute, once after an installation."""
    ways = {name: [True] for name in ("forward", "backward", "foot")}
    street = streets(
        {"name": [""], "class": ["residential"], "speed": [25.0], **ways},
        shapely.from_wkt(["LINESTRING (0 0, 0.001 0)"]),
    )
    asked = {
        "shift": {"start": "18:00", "end": "19:00"},
        "unit": [{"name": "unit", "start": [0, 0]}],
        "stop": [{"name": "one", "at": [0, 0]}, {"name": "other", "at": [0.001, 0]}],
    }
    solve(with_ways(patrol_of(asked, date(2026, 1, 1)), street), seconds=0)


def plan_night(
    patrol: Patrol,
    seed: int = 0,
    seconds: float = SECONDS,
    progress: Callable[[float, float], None] | None = None,
) -> Night:
    """Find routes and draw them on the streets.

    Parameters
    ----------
    patrol : Patrol
        What is asked, with its ways.
    seed : int
        Seed of the search.
    seconds : float
        About how long to search.
    progress : callable, optional
        Called with what is done and the total; raising :class:`Cancelled` stops the search and
        keeps the best routes so far.

    Returns
    -------
    Night
        The routes with their tracks.
    """
    solution = solve(patrol, seed, seconds, progress)
    return Night(patrol, solution, {route.unit: track(patrol, route) for route in solution.routes})


def write_night(night: Night, folder: Path, lang: str = "en") -> list[Path]:
    """Write all files of a night.

    Parameters
    ----------
    night : Night
        The routes.
    folder : Path
        Made if it is not there.
    lang : str
        Language of the sheet and the reasons.

    Returns
    -------
    list of Path
        As in :meth:`Night.files`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, body in night.files(lang).items():
        with replacing(folder / name) as path:
            path.write_text(body, encoding="utf-8")
        written.append(folder / name)
    return written


def patrol_files(plan: Path, folder: Path, seed: int = 0, seconds: float = SECONDS) -> Night:
    """Go the whole way: read a plan file, solve it, write everything.

    Parameters
    ----------
    plan : Path
        ``PLAN.toml``.
    folder : Path
        Where to write.
    seed : int
        Seed of the search.
    seconds : float
        About how long to search.

    Returns
    -------
    Night
        What was written.
    """
    night = plan_night(read_patrol(plan), seed, seconds)
    write_night(night, folder)
    return night
