"""What the page shows, handed over as a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridmap.journeys.incidents.figures import figures
from gridmap.journeys.incidents.significance import changes, recorded_from
from gridmap.journeys.map import FEWEST, MapRequest, draw, page, why_unsaid
from gridmap.layers import pictures
from gridmap.layers.choropleth import choropleth
from gridmap.messages import text

if TYPE_CHECKING:
    from gridmap.incidents.measure import Filter
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
    per = None if found.unit == "count" else asked.per
    per = plan.weight if per == "people" else per
    grid = city.grid(found.version)
    title = f"{plan.name} · {_filter_words(asked.chosen, lang)}".strip(" ·")
    request = MapRequest(kind, per, asked.level, asked.chosen, title, lang)
    if kind in {"heat", "hotspots"}:
        return draw(grid, city.placed(found.version), request).html
    if kind == "change" and asked.other is not None:
        return page(grid, _change_asked(city, asked, lang), request)
    shown = choropleth(found.frame, found.breaks, least=FEWEST if found.unit == "per_1000" else 0)
    picture = pictures.choropleth_picture(found.frame, shown, per, found.totals, lang)
    return page(grid, picture, request)


def _change_asked(city: City, asked: Question, lang: str) -> Picture:
    """Compare the two periods the page compares."""
    found, compared = changes(city, asked)
    second = asked.other or asked.chosen
    words = tuple(f"{one.start or '…'} – {one.end or '…'}" for one in (second, asked.chosen))
    first = recorded_from(city, second)
    unsaid = why_unsaid(first, (found.totals2 or found.totals)["total"], lang)
    return pictures.change_picture(compared, (words[0], words[1]), found.totals, unsaid, lang)


def _filter_words(chosen: Filter, lang: str) -> str:
    """Say what the map was restricted to, so that a printed copy can be understood."""
    parts = [str(value) for value in (*chosen.categories, *chosen.sources, *chosen.statuses)]
    if chosen.start or chosen.end:
        parts.insert(0, f"{chosen.start or '…'} – {chosen.end or '…'}")
    if chosen.weekdays:
        days = ", ".join(str(day + 1) for day in chosen.weekdays)
        parts.append(text("layers.weekdays", {"days": days}, lang))
    if chosen.hours:
        hours = ", ".join(map(str, chosen.hours))
        parts.append(text("layers.hours", {"hours": hours}, lang))
    return " · ".join(parts)
