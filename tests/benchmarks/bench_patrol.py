"""Patrol routes on published orienteering instances, beside PyVRP; the night's matrix and paths."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gridmap.files.streets import read_streets
from gridmap.patrol.solve import solve
from gridmap.streets.engines import Contracted, Dijkstra
from gridmap.streets.network import MODES, network
from gridmap.streets.travel import travel
from tests.benchmarks.orienteering import Instance, instances

pytestmark = pytest.mark.proof
SECONDS = 10.0


class Spent:
    """Lets PyVRP stop when it has had its processor seconds, however busy the machine is."""

    def __init__(self, seconds: float) -> None:
        self.until = time.process_time() + seconds

    def __call__(self, _best: float) -> bool:
        return time.process_time() >= self.until


def gap(instance: Instance, prize: float) -> float:
    return 100 * (instance.best_known - prize) / instance.best_known


def ours(instance: Instance) -> tuple[float, float]:
    begun = time.process_time()
    found = solve(instance.patrol, seed=0, seconds=SECONDS)
    return found.prize, time.process_time() - begun


def theirs(instance: Instance) -> tuple[float, float]:
    """PyVRP with prizes far above distances, which suits it best."""
    from pyvrp import Model

    asked = instance.patrol
    steps = asked.seconds["car"]
    starts, ends = asked.start_place(0), asked.end_place(0)
    factor = int(np.median(steps[steps > 0])) * 10
    model = Model()
    finish = asked.shift.seconds
    spots = [model.add_location(0, 0) for _ in range(len(asked.places))]
    depots = [model.add_depot(spots[place]) for place in (starts, ends)]
    for number, stop in enumerate(asked.stops):
        low, high = stop.windows[0] if stop.windows else (0, finish)
        model.add_client(
            spots[asked.stop_place(number)],
            service_duration=stop.dwell,
            tw_early=low,
            tw_late=min(high - stop.dwell, finish),
            prize=int(stop.prize) * factor,
            required=False,
        )
    model.add_vehicle_type(
        len(asked.units), start_depot=depots[0], end_depot=depots[1], tw_early=0, tw_late=finish
    )
    for i, one in enumerate(spots):
        for j, other in enumerate(spots):
            if i != j:
                model.add_edge(one, other, int(steps[i, j]), int(steps[i, j]))
    begun = time.process_time()
    result = model.solve(Spent(SECONDS), seed=0, display=False)
    used = time.process_time() - begun
    return result.best.prizes() / factor, used


def test_orienteering(shared_data, record):
    warm = instances(shared_data / "orienteering")[0]
    solve(warm.patrol, seconds=0.01)
    gaps: dict[str, list[tuple[float, float]]] = {}
    for instance in instances(shared_data / "orienteering"):
        mine, used = ours(instance)
        peer, peer_used = theirs(instance)
        gaps.setdefault(instance.kind, []).append((gap(instance, mine), gap(instance, peer)))
        row = {
            "instance": instance.name,
            "best known": instance.best_known,
            "gridmap": mine,
            "gap %": round(gap(instance, mine), 2),
            "CPU s": round(used, 1),
            "PyVRP": peer,
            "its gap %": round(gap(instance, peer), 2),
            "its CPU s": round(peer_used, 1),
        }
        record("Patrol: orienteering, one seed", row)
    for kind, pairs in gaps.items():
        mean = np.mean(pairs, axis=0)
        row = {"set": kind, "gridmap mean gap %": round(mean[0], 2),
               "worst": round(max(p[0] for p in pairs), 2),
               "PyVRP mean gap %": round(mean[1], 2)}  # fmt: skip
        record("Patrol: orienteering, mean gap", row)
        assert mean[0] <= {"TOP": 0.3, "TOPTW": 0.8}[kind]
        assert max(mine for mine, _ in pairs) <= 2.5


@pytest.mark.parametrize("mode", MODES)
def test_road_matrix(shared_data, record, mode):
    streets = read_streets(shared_data / "roads" / "liechtenstein_valhalla.osm.pbf")
    roads = network(streets, mode)
    rng = np.random.default_rng(1)
    points = roads.nodes[rng.integers(0, len(roads.nodes), 200)]
    begun = time.process_time()
    engine = Contracted(roads)
    prepared = time.process_time()
    trip = travel(roads, points, engine)
    matrix = time.process_time()
    for source in range(200):
        trip.path(source, (source + 7) % 200)
    paths = time.process_time()
    plain = travel(roads, points, Dijkstra)
    scipy_ = time.process_time()
    assert (plain.millis == trip.millis).all()
    row = {
        "network": f"Liechtenstein, {mode}",
        "crossings": len(roads.nodes),
        "prepare s": round(prepared - begun, 3),
        "200×200 s": round(matrix - prepared, 3),
        "200 paths s": round(paths - matrix, 3),
        "scipy matrix s": round(scipy_ - paths, 3),
    }
    record("Patrol: road matrix", row)
