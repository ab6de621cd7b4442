"""A map as one HTML file that opens anywhere, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gridmap import crs as crs_
from gridmap.incidents.units import units
from gridmap.layers import mercator
from gridmap.layers.escape import escape_value
from gridmap.layers.legend import legend_html
from gridmap.layers.shades import rgba
from gridmap.layers.standalone import standalone
from gridmap.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gridmap.grid.model import Grid
    from gridmap.layers.heat import Heat
    from gridmap.layers.pictures import Picture

MOST_VERTICES = 200_000
"""A file with more is simplified, as a coverage: a browser has to hold all of it."""
DIGITS = 6
"""Decimals of a degree in the file, 10 cm."""
WIDEST = 5
"""Tiles a heat picture is wide at most."""
BORDER = {"color": "#6b7280", "weight": 0.8}


def folium_map(
    grid: Grid,
    picture: Picture,
    assets: Mapping[str, str],
    *,
    level: str | None = None,
    heat: Heat | None = None,
    bandwidth: float = 200.0,
    title: str = "",
    lang: str = "en",
) -> str:
    """Draw a picture of the cells as a page of its own.

    Every value of a user's file is escaped for every place it is written to; the page's own
    policy forbids it to fetch anything.

    Parameters
    ----------
    grid : Grid
        The cells; where they overlap or leave gaps, the map shows it.
    picture : Picture
        Colours, texts and legend; one a cell, or one a group of ``level`` (sorted).
    assets : mapping of str to str
        Text of ``leaflet/leaflet.js`` and ``leaflet/leaflet.css``.
    level : str, optional
        Level whose groups are shown; absent means cells.
    heat : Heat, optional
        Incidents whose density is drawn over the cells.
    bandwidth : float
        Standard deviation of its kernel in metres.
    title : str
        Title of the page.
    lang : str
        Language of its texts.

    Returns
    -------
    str
        HTML.
    """
    import folium

    names, shapes = _shapes(grid, level)
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    map_ = folium.Map(tiles=None, prefer_canvas=True, control_scale=True, zoom_snap=0.25)
    map_.fit_bounds([[south, west], [north, east]])
    _draw(map_, names, shapes, picture, lang)
    if heat is not None:
        _overlay(map_, heat, bandwidth, (west, south, east, north))
    shown = title or text("layers.title", lang=lang)
    body = f'<header class="gm gm-title"><h1>{escape_value(shown)}</h1></header>' + legend_html(
        picture.title, picture.rows, picture.notes
    )
    return standalone(map_, assets, body, shown, lang)


def _shapes(grid: Grid, level: str | None) -> tuple[list[str], NDArray[np.object_]]:
    """Return name and shape (lon, lat) of each cell or group."""
    shapes = np.asarray(crs_.to_lonlat(grid.shapes, grid.crs), dtype=object)
    tolerance = 1e-6
    while shapely.get_num_coordinates(shapes).sum() > MOST_VERTICES and tolerance < 1:
        shapes = shapely.coverage_simplify(shapes, tolerance)
        tolerance *= 2
    if level is None:
        return [str(code) for code in grid.codes], shapes
    names, members = np.unique(units(grid, level).to_numpy(dtype=str), return_inverse=True)
    joined = [shapely.union_all(shapes[members == group]) for group in range(len(names))]
    return names.tolist(), np.array(joined, dtype=object)


def _draw(
    map_: Any, names: list[str], shapes: NDArray[np.object_], picture: Picture, lang: str
) -> None:
    import folium

    rounded = shapely.transform(shapes, lambda xy: np.round(xy, DIGITS))
    columns = {text("layers.cell", lang=lang): names, **picture.lines}
    keys = [f"v{position}" for position in range(len(columns))]
    frame = gpd.GeoDataFrame(
        {
            "fill": list(picture.fills),
            **{
                key: [escape_value(value) for value in values]
                for key, values in zip(keys, columns.values(), strict=True)
            },
        },
        geometry=rounded,
        crs=crs_.LONLAT,
    )
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    titles = [escape_value(title) for title in columns]
    folium.GeoJson(
        frame,
        style_function=_style,
        highlight_function=lambda _: {"weight": 2.5, "color": "#1b1f24"},
        tooltip=folium.GeoJsonTooltip(fields=keys, aliases=titles, sticky=True),
        smooth_factor=0,
    ).add_to(map_)


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    fill = feature["properties"]["fill"]
    opacity = int(fill[7:9], 16) / 255 if len(fill) == len("#rrggbbaa") else 0.8
    return {**BORDER, "fillColor": fill[:7], "fillOpacity": opacity}


def _overlay(
    map_: Any, heat: Heat, bandwidth: float, bounds: tuple[float, float, float, float]
) -> None:
    import folium

    west, south, east, north = bounds
    corners = mercator.to_square([[west, north], [east, south]])
    z = next(
        z
        for z in range(mercator.DEEPEST, -1, -1)
        if z == 0 or (np.floor(corners[1] * 2**z) - np.floor(corners[0] * 2**z) < WIDEST).all()
    )
    (x0, y0), (x1, y1) = np.floor(corners * 2**z).astype(int).tolist()
    density = np.block(
        [
            [heat.density(z, x, y, bandwidth=bandwidth) for x in range(x0, x1 + 1)]
            for y in range(y0, y1 + 1)
        ]
    )
    edges = mercator.to_lonlat(np.array([[x0, y1 + 1], [x1 + 1, y0]]) / 2**z)
    folium.raster_layers.ImageOverlay(
        rgba(density, heat.peak(bandwidth=bandwidth)),
        bounds=[edges[0, ::-1].tolist(), edges[1, ::-1].tolist()],
        opacity=0.85,
    ).add_to(map_)
