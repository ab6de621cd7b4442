"""A plan as it is written to ``plan.json``: times as ISO dates with their offset."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from gridmap.messages import text
from gridmap.patrol.minimums import minimums
from gridmap.patrol.solution import Route, Solution, Unserved, Visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridmap.patrol.model import Patrol, Unit
    from gridmap.patrol.track import Track


def plan_json(
    patrol: Patrol, solution: Solution, tracks: Mapping[str, Track], lang: str = "en"
) -> dict[str, Any]:
    """Return a plan as JSON.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    solution : Solution
        The routes found.
    tracks : mapping of str to Track
        The drawn way of each unit.
    lang : str
        Language of the reasons.

    Returns
    -------
    dict
        Units with their visits, stops unserved with reasons, minimums, the seed.
    """
    shift = patrol.shift
    required = [stop for stop in patrol.stops if stop.required]
    open_ = {item.stop for item in solution.unserved}
    stops = {stop.name: stop for stop in patrol.stops}
    reached = minimums(patrol, solution.routes)
    return {
        "seed": solution.seed,
        "shift": {
            "start": shift.start.isoformat(),
            "end": shift.end.isoformat(),
            "zone": str(shift.start.tzinfo),
        },
        "units": [
            _unit(patrol, unit, route, tracks[unit.name])
            for unit, route in zip(patrol.units, solution.routes, strict=True)
        ],
        "unserved": [
            {
                "stop": item.stop,
                "required": stops[item.stop].required,
                "missing": item.missing,
                "reason": item.reason,
                "values": dict(item.values),
                "message": text(f"patrol.reason_{item.reason}", item.values, lang),
            }
            for item in solution.unserved
        ],
        "prize": solution.prize,
        "required": {
            "wanted": len(required),
            "served": sum(stop.name not in open_ for stop in required),
        },
        "minimums": {
            row.category: {"wanted": row.wanted, "visited": row.visited, "places": row.places}
            for row in reached
            if not row.mode
        },
        "mode_minimums": {
            mode: {
                row.category: {"wanted": row.wanted, "visited": row.visited, "places": row.places}
                for row in reached
                if row.mode == mode
            }
            for mode in patrol.mode_minimums
        },
    }


def _unit(patrol: Patrol, unit: Unit, route: Route, drawn: Track) -> dict[str, Any]:
    stays = sum(visit.leave - visit.arrive for visit in route.visits)
    at = patrol.shift.at
    return {
        "name": unit.name,
        "mode": unit.mode,
        "leave": at(route.leave).isoformat(),
        "back": at(route.back).isoformat(),
        "metres": round(drawn.metres),
        "travel_s": route.back - route.leave - stays,
        "dwell_s": sum(visit.dwell for visit in route.visits if visit.stop),
        "break_s": sum(visit.dwell for visit in route.visits if not visit.stop),
        "wait_s": sum(visit.wait for visit in route.visits),
        "visits": [_visit(patrol, visit) for visit in route.visits],
    }


def _visit(patrol: Patrol, visit: Visit) -> dict[str, Any]:
    return {
        "stop": visit.stop or None,
        "break": not visit.stop,
        "arrive": patrol.shift.at(visit.arrive).isoformat(),
        "leave": patrol.shift.at(visit.leave).isoformat(),
        "dwell_s": visit.dwell,
        "wait_s": visit.wait,
    }


def solution_of(patrol: Patrol, plan: Mapping[str, Any]) -> Solution:
    """Return the routes that a plan of ours holds.

    Parameters
    ----------
    patrol : Patrol
        What was asked.
    plan : mapping
        From :func:`plan_json`.

    Returns
    -------
    Solution
        The same routes, reasons and seed.
    """

    def second(moment: str) -> int:
        return patrol.shift.second(datetime.fromisoformat(moment))

    routes = tuple(
        Route(
            unit["name"],
            second(unit["leave"]),
            second(unit["back"]),
            tuple(
                Visit(v["stop"] or "", second(v["arrive"]), second(v["leave"]), v["dwell_s"])
                for v in unit["visits"]
            ),
        )
        for unit in plan["units"]
    )
    left = tuple(
        Unserved(item["stop"], item["missing"], item["reason"], item["values"])
        for item in plan["unserved"]
    )
    return Solution(routes, left, plan["seed"], plan["prize"])
