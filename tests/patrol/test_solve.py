"""The search against every order tried, and the verifier against every rule broken."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import Cancelled, ValueRefused
from gridmap.patrol.plan import plan_json, solution_of
from gridmap.patrol.solve import solve
from gridmap.patrol.track import track
from gridmap.patrol.verify import verify

from . import small


def planned(asked, seed=0, seconds=0.05):
    found = solve(asked, seed, seconds)
    drawn = {route.unit: track(asked, route) for route in found.routes}
    return found, plan_json(asked, found, drawn)


SOFT = {"required", "minimum", "minimum_car", "minimum_foot"}


def soft(breaches):
    """What a plan breaks beyond what nobody could keep."""
    return [breach for breach in breaches if breach.rule not in SOFT]


def visited(found):
    return [name for names in by_unit(found).values() for name in names]


def by_unit(found):
    return {route.unit: [v.stop for v in route.visits if v.stop] for route in found.routes}


@pytest.mark.parametrize("seed", range(200))
def test_small_patrols_are_solved_to_the_optimum(seed):
    asked = small.patrol(seed)
    found, plan = planned(asked)
    assert soft(verify(asked, plan)) == []
    assert small.merit(asked, by_unit(found)) == pytest.approx(small.optimum(asked))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_breaks_and_repeated_visits_keep_every_rule(seed):
    asked = small.patrol(seed, stops=7, fancy=True)
    found, plan = planned(asked, seconds=0.02)
    assert soft(verify(asked, plan)) == []
    assert solution_of(asked, plan) == found


def test_the_same_seed_gives_the_same_plan_and_others_differ():
    asked = small.patrol(11, stops=40, fancy=True)
    assert solve(asked, 3, 0.1) == solve(asked, 3, 0.1)
    assert len({solve(asked, seed, 0.01).routes for seed in range(6)}) > 1


def test_stopping_keeps_the_best_so_far():
    asked = small.patrol(4, stops=12)

    def stop(done, _total):
        if done >= 2:
            raise Cancelled("server.cancelled")

    found = solve(asked, 0, 5.0, stop)
    assert visited(found)


def test_a_patrol_without_stops_or_units():
    empty = small.patrol(1, stops=0)
    found, plan = planned(empty)
    assert verify(empty, plan) == ()
    assert not visited(found)
    with pytest.raises(ValueRefused):
        solve(small.Patrol(empty.shift, (), (), {}, empty.ways))


@pytest.fixture(scope="module")
def good():
    """A plan with a break, repeated visits, windows and minimums that keeps every rule."""
    for seed in range(1000):
        asked = small.patrol(seed, stops=7, fancy=True)
        found, plan = planned(asked, seconds=0.02)
        stops = {stop.name: stop for stop in asked.stops}
        names = visited(found)
        rich = (
            asked.units[0].rest
            and asked.minimums
            and asked.mode_minimums
            and any(names.count(name) == 2 and stops[name].spacing > 600 for name in names)
            and any(stops[name].windows for name in names)
            and any(stops[name].required for name in names)
            and any(stops[name].dwell > 120 for name in names)
            and found.unserved
        )
        if rich and not verify(asked, plan):
            return asked, plan
    pytest.fail("no rich patrol among 1000")


def later(text, seconds):
    return (datetime.fromisoformat(text) + timedelta(seconds=seconds)).isoformat()


def visits_of(plan):
    return [(u, v) for u in plan["units"] for v in u["visits"] if v["stop"]]


def unknown_unit(_asked, plan):
    plan["units"][0]["name"] = "nobody"


def unit_twice(_asked, plan):
    plan["units"].append(plan["units"][0])


def unit_missing(_asked, plan):
    plan["units"].pop()


def shift(_asked, plan):
    plan["units"][0]["back"] = later(plan["shift"]["end"], 1)


def travel(_asked, plan):
    unit, visit = next(
        (u, v) for u, v in visits_of(plan) if v is u["visits"][0] and v["arrive"] > u["leave"]
    )
    unit["leave"] = visit["arrive"]


def break_count(_asked, plan):
    unit = next(u for u in plan["units"] if any(v["break"] for v in u["visits"]))
    unit["visits"] = [v for v in unit["visits"] if not v["break"]]


def break_(_asked, plan):
    rest = next(v for u in plan["units"] for v in u["visits"] if v["break"])
    rest["leave"] = later(rest["arrive"], 899)


def unknown_stop(_asked, plan):
    visits_of(plan)[0][1]["stop"] = "nowhere"


def dwell(asked, plan):
    long = {stop.name: stop.dwell for stop in asked.stops if stop.dwell > 120}
    visit = next(v for _, v in visits_of(plan) if v["stop"] in long)
    visit["leave"] = later(visit["arrive"], long[visit["stop"]] - 1)


def window(asked, plan):
    shut = {stop.name: stop for stop in asked.stops if stop.windows}
    visit = next(v for _, v in visits_of(plan) if v["stop"] in shut)
    stop = shut[visit["stop"]]
    at = asked.shift.at(stop.windows[0][0] - 1)
    visit["arrive"] = at.isoformat()
    visit["leave"] = (at + timedelta(seconds=stop.dwell)).isoformat()


def visits(_asked, plan):
    for unit, visit in visits_of(plan):
        unit["visits"].append(visit)
        unit["visits"].append(visit)
        return


def required(asked, plan):
    must = {stop.name for stop in asked.stops if stop.required}
    for unit in plan["units"]:
        unit["visits"] = [v for v in unit["visits"] if v["stop"] not in must]


def minimum(asked, plan):
    counted = {stop.name for stop in asked.stops if stop.category in asked.minimums}
    for unit in plan["units"]:
        unit["visits"] = [v for v in unit["visits"] if v["stop"] not in counted]


def minimum_foot(asked, plan):
    counted = {stop.name for stop in asked.stops if stop.category in asked.mode_minimums["foot"]}
    for unit in plan["units"]:
        if unit["mode"] == "foot":
            unit["visits"] = [v for v in unit["visits"] if v["stop"] not in counted]


def spacing(asked, plan):
    apart = {stop.name for stop in asked.stops if stop.spacing > 600}
    names = [v["stop"] for _, v in visits_of(plan)]
    name = next(name for name in names if name in apart and names.count(name) == 2)
    one, other = [v for _, v in visits_of(plan) if v["stop"] == name]
    other["arrive"], other["leave"] = one["arrive"], one["leave"]


def unserved(_asked, plan):
    plan["unserved"].pop()


def reason(_asked, plan):
    plan["unserved"][0]["reason"] = ""


def prize(_asked, plan):
    plan["prize"] += 1


@pytest.mark.parametrize(
    "spoil",
    [
        *(unknown_unit, unit_twice, unit_missing, shift, travel, break_count, break_),
        *(unknown_stop, dwell, window, visits, required, minimum, spacing, unserved),
        *(reason, prize, minimum_foot),
    ],
    ids=lambda spoil: spoil.__name__.strip("_"),
)
def test_the_verifier_finds_each_broken_rule(good, spoil):
    asked, plan = good
    spoilt = copy.deepcopy(plan)
    spoil(asked, spoilt)
    assert spoil.__name__.strip("_") in {breach.rule for breach in verify(asked, spoilt)}


def test_the_verifier_finds_a_visit_by_the_wrong_unit():
    for seed in range(200):
        asked = small.patrol(seed)
        _, plan = planned(asked)
        pinned = {stop.name for stop in asked.stops if stop.unit}
        for unit, visit in visits_of(plan):
            if visit["stop"] in pinned:
                unit["visits"].remove(visit)
                plan["units"][0]["visits"].append(visit)
                assert "other_unit" in {breach.rule for breach in verify(asked, plan)}
                return
    pytest.fail("no pinned visit")


@pytest.mark.parametrize("plan", [{}, {"units": 3}, {"units": [{"name": "u0"}]}, {"units": [None]}])
def test_what_is_no_plan_is_refused(plan):
    with pytest.raises(ValueRefused):
        verify(small.patrol(1), plan)


def test_reasons_say_what_stands_in_the_way():
    seen = Counter()
    for seed in range(120):
        found, _ = planned(small.patrol(seed, stops=7, fancy=True), seconds=0.02)
        seen.update(row.reason for row in found.unserved)
    assert {"full", "window", "spacing"} <= set(seen)
    assert seen["room"] <= 1  # a visit that would still fit is not left out
