"""Maps of files as standalone pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridmap.errors import ValueRefused
from gridmap.grid.valid import require_valid
from gridmap.incidents.change import change
from gridmap.incidents.foretold import foretold, halves
from gridmap.incidents.hotspots import RATE, hotspots, neighbours
from gridmap.incidents.locate import Locator, place
from gridmap.incidents.measure import Filter, measure, moment, select, totals
from gridmap.incidents.units import units, weights
from gridmap.layers import pictures
from gridmap.layers.choropleth import FEWEST, NO_DATA, STATE_COLORS, choropleth
from gridmap.layers.folium_map import folium_map
from gridmap.layers.heat import BANDWIDTH, Heat
from gridmap.layers.legend import class_rows, number
from gridmap.messages import text

if TYPE_CHECKING:
    from datetime import date

    from scipy import sparse

    from gridmap.grid.model import Grid
    from gridmap.layers.pictures import Picture

KINDS = ("choropleth", "heat", "hotspots", "change")
SEED = 20_240_601
EVERYTHING = Filter()


@dataclass(frozen=True)
class MapRequest:
    """What a map is to show.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    per : str or None
        What counts relate to, as in :func:`gridmap.incidents.measure.measure`.
    level : str or None
        Level whose groups are shown; None stands for cells.
    chosen : Filter
        Which incidents.
    title : str
        Title of the page.
    lang : str
        Language of its texts.
    first : date or None
        First day of all incidents there are; None stands for that of those shown.
    """

    kind: str = "choropleth"
    per: str | None = None
    level: str | None = None
    chosen: Filter = EVERYTHING
    title: str = ""
    lang: str = "en"
    first: date | None = None


@dataclass(frozen=True)
class Drawn:
    """A map and what it says.

    Parameters
    ----------
    html : str
        The page.
    picture : Picture
        What it shows.
    totals : dict or None
        The account of all incidents; None without incidents.
    back_test : DataFrame or None
        Of a map of hot spots, as from :func:`gridmap.incidents.foretold.foretold`: the first half
        of the period foretells the second; None if it cannot be cut.
    notices : tuple of (str, dict)
        What the user should know of the cells.
    """

    html: str
    picture: Picture
    totals: dict[str, Any] | None
    back_test: pd.DataFrame | None = None
    notices: tuple[Any, ...] = ()


def assets() -> dict[str, str]:
    """Return the scripts and styles a standalone map carries.

    Returns
    -------
    dict of str to str
        Text by place; without those that have not been built.
    """
    folder = files("gridmap") / "assets"
    names = ("leaflet/leaflet.js", "leaflet/leaflet.css")
    return {
        name: (folder / name).read_text(encoding="utf-8")
        for name in names
        if (folder / name).is_file()
    }


def file_map(grid: Grid, incidents: pd.DataFrame | None, asked: MapRequest) -> Drawn:
    """Draw a map of a grid and, if there are any, of incidents not yet placed.

    Parameters
    ----------
    grid : Grid
        The cells; overlaps, gaps and repeated codes are drawn and told.
    incidents : DataFrame, optional
        Incident frame; absent means the cells alone, coloured by the column ``per`` if asked.
    asked : MapRequest
        What is to be shown.

    Returns
    -------
    Drawn
        The page.

    Raises
    ------
    GeometryError
        If the ring of a cell is broken.
    ValueRefused
        If the kind needs incidents or a period that is not given.
    """
    require_valid(grid)
    if incidents is None:
        if asked.kind != "choropleth":
            raise ValueRefused("layers.needs_incidents", kind=asked.kind)
        picture = _cells_picture(grid, asked)
        return Drawn(page(grid, picture, asked), picture, None)
    locator = Locator(grid)
    placed = place(incidents, grid, locator)
    return replace(draw(grid, placed, asked), notices=tuple(locator.notices))


def draw(grid: Grid, placed: pd.DataFrame, asked: MapRequest) -> Drawn:
    """Draw a map of placed incidents.

    Parameters
    ----------
    grid : Grid
        The cells.
    placed : DataFrame
        Incidents placed in them.
    asked : MapRequest
        What is to be shown.

    Returns
    -------
    Drawn
        The page.
    """
    account = totals(placed, asked.chosen)
    chosen = select(placed, asked.chosen)
    heat = told = None
    if asked.kind == "heat":
        heat = Heat(chosen["lon"], chosen["lat"])
        count = len(measure(chosen, grid, asked.level))
        picture = pictures.heat_picture(count, heat, BANDWIDTH, account, asked.lang)
    elif asked.kind == "hotspots":
        figures = measure(chosen, grid, asked.level, asked.per)
        near = neighbours(grid, asked.level)
        found = hotspots(figures, near, seed=SEED)
        told = _back_test(grid, placed, asked, near)
        picture = pictures.hotspots_picture(found, account, RATE, asked.lang)
    elif asked.kind == "change":
        picture = _change(grid, placed, asked, account)
    else:
        figures = measure(chosen, grid, asked.level, asked.per)
        shown = choropleth(figures, least=FEWEST if "people" in figures else 0)
        picture = pictures.choropleth_picture(figures, shown, asked.per, account, asked.lang)
    return Drawn(page(grid, picture, asked, heat), picture, account, told)


def _back_test(
    grid: Grid, placed: pd.DataFrame, asked: MapRequest, near: sparse.csr_array
) -> pd.DataFrame | None:
    """Set hot spots beside simply counting, where the period is long enough to be cut in two."""
    try:
        periods = halves(placed, asked.chosen)
    except ValueRefused:
        return None
    return foretold(placed, grid, near, periods, asked.level, asked.per)


def page(grid: Grid, picture: Picture, asked: MapRequest, heat: Heat | None = None) -> str:
    """Return a picture as a page of its own.

    Parameters
    ----------
    grid : Grid
        The cells.
    picture : Picture
        What it shows of them.
    asked : MapRequest
        Level, title and language.
    heat : Heat, optional
        Drawn over the cells.

    Returns
    -------
    str
        HTML that needs no network.
    """
    return folium_map(
        grid,
        picture,
        assets(),
        level=asked.level,
        heat=heat,
        bandwidth=BANDWIDTH,
        title=asked.title,
        lang=asked.lang,
    )


def _cells_picture(grid: Grid, asked: MapRequest) -> Picture:
    """Show the cells alone, or a column of theirs."""
    index = units(grid, asked.level)
    area = pd.Series(grid.areas / 1e6, index=index).groupby(level=0, sort=bool(asked.level)).sum()
    if asked.per is None:
        size = text("layers.area_km2", lang=asked.lang)
        fills = [STATE_COLORS[NO_DATA]] * len(area)
        title = text("layers.plain", lang=asked.lang)
        lines = {size: [number(float(f"{value:.3g}")) for value in area]}
        return pictures.Picture(title, (), (), fills, lines)
    column = pd.Series(weights(grid, asked.per), index=index)
    values = column.groupby(level=0, sort=bool(asked.level)).sum()
    shown = choropleth(pd.DataFrame({"n": 0, "value": values}))
    rows = tuple(class_rows(shown.steps, asked.lang))
    lines = {asked.per: [number(value) for value in values]}
    return pictures.Picture(asked.per, rows, (), shown.fills(), lines)


def _change(
    grid: Grid, placed: pd.DataFrame, asked: MapRequest, account: dict[str, Any]
) -> Picture:
    """Compare the period with the one before it, as the page does."""
    if asked.chosen.start is None or asked.chosen.end is None:
        raise ValueRefused("layers.no_period")
    zone = placed["when"].dt.tz
    start, end = moment(asked.chosen.start, zone), moment(asked.chosen.end, zone)
    begin = _before(start, end)
    earlier = replace(asked.chosen, start=begin, end=start)
    before = measure(select(placed, earlier), grid, asked.level)
    after = measure(select(placed, asked.chosen), grid, asked.level)
    words = (_period(begin, start), _period(start, end))
    first = asked.first or first_day(placed)
    early = first if first is not None and begin.date() < first else None
    unsaid = why_unsaid(early, totals(placed, earlier)["total"], asked.lang)
    days = ((start - begin).days, (end - start).days)
    found = change(before, after, days, recorded=not unsaid)
    return pictures.change_picture(found, words, account, unsaid, asked.lang)


def first_day(incidents: pd.DataFrame) -> date | None:
    """Return the day of the first incident.

    Parameters
    ----------
    incidents : DataFrame
        With ``when``.

    Returns
    -------
    date or None
        None if no incident has a time.
    """
    first = incidents["when"].min()
    return None if pd.isna(first) else first.date()


def why_unsaid(first: date | None, total: int, lang: str) -> str:
    """Say why no change is said to be more than chance.

    Parameters
    ----------
    first : date or None
        Day of the first incident there is, if the earlier period begins before it.
    total : int
        Incidents of the earlier period.
    lang : str
        Language of the reader.

    Returns
    -------
    str
        One sentence; empty if there is nothing in the way.
    """
    if first is not None:
        return text("page.unrecorded", {"first": first.isoformat()}, lang)
    return "" if total else text("page.none_before", lang=lang)


def _before(start: pd.Timestamp, end: pd.Timestamp) -> pd.Timestamp:
    """Return where the period before begins: so many months before whole months, else as long."""
    months = 12 * (end.year - start.year) + end.month - start.month
    if start.day == end.day == 1 and months > 0:
        return start - pd.DateOffset(months=months)
    return start - (end - start)


def _period(start: Any, end: Any) -> str:
    last = pd.Timestamp(end) - pd.Timedelta(days=1)
    return f"{pd.Timestamp(start):%Y-%m-%d} – {last:%Y-%m-%d}"
