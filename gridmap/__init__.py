"""Divide a city into cells, place its incidents in them and work by the map.

Public names are imported from here; each is loaded when it is first asked for, so that
``gridmap --help`` does not wait for the geometry libraries.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridmap.files.cells import read_grid as read_grid
    from gridmap.files.incidents import read_incidents as read_incidents
    from gridmap.files.patrol import read_patrol as read_patrol
    from gridmap.grid.check import check as check
    from gridmap.grid.crosswalk import crosswalk as crosswalk
    from gridmap.grid.crosswalk import population as population
    from gridmap.grid.crosswalk import transfer as transfer
    from gridmap.grid.diff import diff as diff
    from gridmap.grid.edit import Assign as Assign
    from gridmap.grid.edit import Merge as Merge
    from gridmap.grid.edit import Move as Move
    from gridmap.grid.edit import Recode as Recode
    from gridmap.grid.edit import Split as Split
    from gridmap.grid.edit import apply as apply
    from gridmap.grid.model import Grid as Grid
    from gridmap.grid.redraw import Aim as Aim
    from gridmap.grid.redraw import redraw as redraw
    from gridmap.grid.repair import repair as repair
    from gridmap.grid.rules import Rules as Rules
    from gridmap.incidents.address import Geocoder as Geocoder
    from gridmap.incidents.hotspots import hotspots as hotspots
    from gridmap.incidents.locate import Locator as Locator
    from gridmap.incidents.locate import place as place
    from gridmap.incidents.measure import Filter as Filter
    from gridmap.incidents.measure import measure as measure
    from gridmap.layers.folium_map import folium_map as folium_map
    from gridmap.layers.heat import Heat as Heat
    from gridmap.layers.tiles import CellTiles as CellTiles
    from gridmap.patrol.solve import solve as solve
    from gridmap.patrol.verify import verify as verify
    from gridmap.server.app import create_app as create_app
    from gridmap.settings import Settings as Settings
    from gridmap.store import open_store as open_store

__version__ = "0.1.0"

_HOME = {
    "Aim": "grid.redraw",
    "Assign": "grid.edit",
    "CellTiles": "layers.tiles",
    "Filter": "incidents.measure",
    "Geocoder": "incidents.address",
    "Grid": "grid.model",
    "Heat": "layers.heat",
    "Locator": "incidents.locate",
    "Merge": "grid.edit",
    "Move": "grid.edit",
    "Recode": "grid.edit",
    "Rules": "grid.rules",
    "Settings": "settings",
    "Split": "grid.edit",
    "apply": "grid.edit",
    "check": "grid.check",
    "create_app": "server.app",
    "crosswalk": "grid.crosswalk",
    "diff": "grid.diff",
    "folium_map": "layers.folium_map",
    "hotspots": "incidents.hotspots",
    "measure": "incidents.measure",
    "open_store": "store",
    "place": "incidents.locate",
    "population": "grid.crosswalk",
    "read_grid": "files.cells",
    "read_incidents": "files.incidents",
    "read_patrol": "files.patrol",
    "redraw": "grid.redraw",
    "repair": "grid.repair",
    "solve": "patrol.solve",
    "transfer": "grid.crosswalk",
    "verify": "patrol.verify",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - one list, not two


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'gridmap' has no attribute '{name}'")
    value = getattr(import_module(f"gridmap.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
