"""What the page shows, handed over as a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridmap.incidents.hotspots import RATE
from gridmap.incidents.units import weighed_in
from gridmap.journeys.incidents.figures import figures, weight_of
from gridmap.journeys.incidents.significance import changes, hotspots, recorded_from
from gridmap.journeys.incidents.words import filter_words
from gridmap.journeys.map import MapRequest, draw, page, why_unsaid
from gridmap.layers import pictures
from gridmap.layers.choropleth import FEWEST, choropleth

if TYPE_CHECKING:
    from gridmap.journeys.city import City
    from gridmap.journeys.incidents.figures import Question
    from gridmap.layers.pictures import Picture


def figures_map(city: City, asked: Question, lang: str, kind: str = "choropleth") -> str:
    """Draw what the page shows as a page of its own.

    Parameters
    ----------
    city : City
        The city.
    asked : Question
        What figures are shown.
    lang : str
        Language of the reader.
    kind : str
        One of :data:`KINDS`; a change without a second period is shown as counts.

    Returns
    -------
    str
        HTML that needs no network.
    """
    found = figures(city, asked)
    plan = city.plan(found.plan)
    per = None if asked.per == "count" else asked.per
    counted = weighed_in(plan.weight) if per == "people" else per
    per = weight_of(plan.weight, per)
    grid = city.grid(found.version)
    title = f"{plan.name} · {filter_words(asked.chosen, lang)}".strip(" ·")
    request = MapRequest(kind, per, asked.level, asked.chosen, title, lang)
    if kind == "heat":
        return draw(grid, city.placed(found.version), request).html
    if kind == "hotspots":
        _, spots = hotspots(city, asked)
        return page(grid, pictures.hotspots_picture(spots, found.totals, RATE, lang), request)
    if kind == "change" and asked.other is not None:
        return page(grid, _change_asked(city, asked, lang), request)
    shown = choropleth(found.frame, found.breaks, least=FEWEST if found.unit == "per_1000" else 0)
    picture = pictures.choropleth_picture(found.frame, shown, counted, found.totals, lang)
    return page(grid, picture, request)


def _change_asked(city: City, asked: Question, lang: str) -> Picture:
    """Compare the two periods the page compares."""
    found, compared = changes(city, asked)
    second = asked.other or asked.chosen
    words = tuple(f"{one.start or '…'} – {one.end or '…'}" for one in (second, asked.chosen))
    first = recorded_from(city, second)
    unsaid = why_unsaid(first, (found.totals2 or found.totals)["total"], lang)
    return pictures.change_picture(compared, (words[0], words[1]), found.totals, unsaid, lang)
