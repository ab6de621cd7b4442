"""What incidents are asked for, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridmap.messages import catalogue, text

if TYPE_CHECKING:
    from gridmap.incidents.measure import Filter


def filter_words(chosen: Filter, lang: str) -> str:
    """Say which incidents were counted, so that a file handed over can be understood.

    Parameters
    ----------
    chosen : Filter
        Which incidents.
    lang : str
        Language of the reader.

    Returns
    -------
    str
        Period, categories, sources, statuses, weekdays and hours; empty for all incidents.
    """
    asked = (
        ("category", chosen.categories),
        ("source", chosen.sources),
        ("status", chosen.statuses),
    )
    parts = [_called(name, str(value), lang) for name, values in asked for value in values]
    if chosen.start or chosen.end:
        parts.insert(0, f"{chosen.start or '…'} – {chosen.end or '…'}")
    if chosen.weekdays:
        names = text("layers.weekday_names", lang=lang).split()
        parts.append(", ".join(names[day] for day in chosen.weekdays))
    if chosen.hours:
        hours = ", ".join(map(str, chosen.hours))
        parts.append(text("layers.hours", {"hours": hours}, lang))
    return " · ".join(parts)


def _called(name: str, value: str, lang: str) -> str:
    """Call a category, source or status as the page does."""
    key = f"page.{name}_{value}" if value else f"page.without_{name}"
    return catalogue(lang).get(key, value)
