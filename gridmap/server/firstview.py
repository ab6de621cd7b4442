"""What the first view of the page asks for: made beforehand, and remembered for a restart."""

from __future__ import annotations

import gzip
import json
from datetime import date
from typing import TYPE_CHECKING, Any

from gridmap import __version__
from gridmap.incidents.measure import Filter
from gridmap.journeys.cells.plans import period
from gridmap.journeys.incidents.figures import Question
from gridmap.journeys.incidents.service import unfilled
from gridmap.server.answers import JSON, answered, key_of
from gridmap.server.routes.figures import (
    clock_answer,
    facets_answer,
    figures_answer,
    histogram_answer,
)
from gridmap.server.routes.labels import labels_answer
from gridmap.server.stored import Stored, from_bytes, stored, to_bytes

if TYPE_CHECKING:
    from gridmap.journeys.city import City
    from gridmap.server.answers import Answer
    from gridmap.store import Plan

NAME = "first view"
EVERYTHING = Filter()


def make(city: City) -> None:
    """Make what the first view asks for, and let the store remember it.

    Parameters
    ----------
    city : City
        The city, which keeps it.
    """
    plan = city.plan()
    made_of = _made_of(city, plan)
    made = {answer.key[0]: answered(city, answer) for answer in _answers(city, plan)}
    days = period(city)
    sight: dict[str, Any] = {
        "bounds": city.bounds(),
        "size": city.size(plan.head),
        "period": days and [day.isoformat() for day in days],
        "unfilled": sorted(unfilled(city)),
    }
    if is_remembered(city) or made_of != _made_of(city, plan):
        return
    made["sight"] = stored(json.dumps(sight).encode(), immutable=False, kind=JSON)
    city.store.remembered.put(NAME, made_of, to_bytes(made))


def is_remembered(city: City) -> bool:
    """Tell whether the store remembers what the first view asks for, as it is now.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    bool
        True if a restart has it at once.
    """
    earlier = city.store.remembered.latest(NAME)
    return earlier is not None and earlier[0] == _made_of(city, city.plan())


def recall(city: City) -> None:
    """Take what the store remembers of the first view.

    Parameters
    ----------
    city : City
        The city, which keeps it.
    """
    plan, revision = city.plan(), city.revision()
    content = city.store.remembered.get(NAME, _made_of(city, plan))
    if content is None:
        return
    kept = from_bytes(content)
    sight = json.loads(gzip.decompress(kept["sight"][0]))
    known = sight["period"] and [date.fromisoformat(day) for day in sight["period"]]
    city.keep(("bounds", plan.head), tuple(sight["bounds"]))
    city.keep(("size", plan.head), sight["size"])
    city.keep(("period", revision), known)
    city.keep(("service columns", revision), frozenset(sight["unfilled"]))
    for answer in _answers(city, plan):
        body, etag = kept[answer.key[0]]
        found = Stored.of(body, etag, immutable=answer.immutable, kind=JSON)
        city.keep(key_of(answer), found)


def _answers(city: City, plan: Plan) -> list[Answer]:
    """Return the answers, what is drawn first before what stands beside it."""
    found = [
        figures_answer(city, Question(plan=plan.id, per="count")),
        facets_answer(city, EVERYTHING),
        clock_answer(city, plan.id, EVERYTHING),
        histogram_answer(city, plan.id, EVERYTHING, "month"),
    ]
    return [*found, *(labels_answer(city, plan.head, level) for level in plan.levels[:1])]


def _made_of(city: City, plan: Plan) -> dict[str, Any]:
    """Return what it is made of: another program may write it otherwise."""
    revision = list(city.revision())
    return {
        "plan": plan.id,
        "version": plan.head,
        "weight": plan.weight,
        "revision": revision,
        "program": __version__,
    }
