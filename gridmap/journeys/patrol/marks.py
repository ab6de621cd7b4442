"""What became of the visits of a plan: done, or skipped and why.

Kept by stop and planned arrival. Who pressed the button, when and where is not kept: a plan is
followed, people are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridmap.errors import NotFound

if TYPE_CHECKING:
    from gridmap.journeys.city import City

OPEN, DONE = "open", "done"
SKIPPED = ("closed", "road", "called", "late")
"""Why a visit was left out: no way in, the road blocked, called away, no time left."""


def marks_of(city: City, patrol: int) -> list[dict[str, str]]:
    """Return the marks of a patrol.

    Parameters
    ----------
    city : City
        The city.
    patrol : int
        Its number.

    Returns
    -------
    list of dict
        Stop, planned arrival and state of each visit that is not open any more.
    """
    return list(city.store.patrols.get(patrol).document.get("marks", []))


def mark(city: City, patrol: int, stop: str, arrive: str, state: str) -> list[dict[str, str]]:
    """Keep what became of a visit.

    Parameters
    ----------
    city : City
        The city.
    patrol : int
        Its number.
    stop : str
        Name of the stop.
    arrive : str
        Planned arrival, as in the plan.
    state : str
        :data:`OPEN`, :data:`DONE` or one of :data:`SKIPPED`.

    Returns
    -------
    list of dict
        All marks of the patrol.

    Raises
    ------
    NotFound
        If the plan has no such visit, as after it was solved again.
    """

    def change(document: dict[str, Any]) -> list[dict[str, str]]:
        units = document.get("plan", {}).get("units", [])
        if (stop, arrive) not in {(v["stop"], v["arrive"]) for u in units for v in u["visits"]}:
            raise NotFound("patrol.no_visit", stop=stop, arrive=arrive)
        here = {"stop": stop, "arrive": arrive}
        others = [row for row in document.get("marks", []) if not here.items() <= row.items()]
        return others if state == OPEN else [*others, {**here, "state": state}]

    return city.store.patrols.mark(patrol, change)
