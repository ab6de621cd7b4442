"""Random small patrols, and their optimum by trying every order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np

from gridmap.patrol.model import Break, Patrol, Shift, Stop, Unit
from gridmap.streets.travel import Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

START = datetime(2026, 3, 1, 20, tzinfo=UTC)
HOURS = 3
FINISH = HOURS * 3600


@dataclass(frozen=True)
class Plane:
    """Travel in a plane, straight from place to place."""

    lonlat: NDArray[np.float64]
    millis: NDArray[np.int64]

    def path(self, source: int, target: int) -> Path:
        ends = self.lonlat[[source, target]]
        return Path(ends, np.array([0, self.millis[source, target]]))


def patrol(seed: int, *, stops: int = 5, fancy: bool = False) -> Patrol:
    """Two units, a few stops; fancy ones have breaks and repeated visits too."""
    rng = np.random.default_rng(seed)

    def window() -> tuple[tuple[int, int], ...]:
        if rng.random() < 0.4:
            return ()
        low = int(rng.integers(0, FINISH - 3600))
        spans = [(low, low + int(rng.integers(1500, 3600)))]
        if rng.random() < 0.3 and spans[0][1] + 2000 < FINISH:
            spans.append((spans[0][1] + 100, FINISH))
        return tuple(spans)

    def place() -> tuple[float, float]:
        return tuple(rng.uniform(0, 0.2, 2).round(4).tolist())

    def stop(number: int) -> Stop:
        repeated = fancy and rng.random() < 0.4
        return Stop(
            f"s{number}",
            place(),
            int(rng.integers(0, 25)) * 60,
            window(),
            bool(rng.random() < 0.25),
            float(rng.integers(1, 20)),
            str(rng.choice(["", "a", "b"])),
            visits=2 if repeated else 1,
            spacing=int(rng.integers(0, 60)) * 60 if repeated else 0,
            unit="u1" if rng.random() < 0.1 else "",
        )

    rest = Break(900, (2000, 7000)) if fancy and rng.random() < 0.6 else None
    units = (Unit("u0", "car", place(), place(), rest), Unit("u1", "foot", place(), place()))
    asked = tuple(stop(number) for number in range(stops))
    minimums = {"a": 1, "b": 2} if rng.random() < 0.5 else {}
    shift = Shift(START, START + timedelta(seconds=FINISH))
    bare = Patrol(shift, units, asked, minimums)
    between = np.hypot(*(bare.places[:, None] - bare.places[None]).transpose(2, 0, 1))
    ways = {
        mode: Plane(bare.places, np.rint(between * scale).astype(np.int64))
        for mode, scale in (("car", 12_000_000), ("foot", 20_000_000))
    }
    by_mode = {"car": {"a": 1}, "foot": {"a": 1, "b": 1}} if seed % 3 == 0 else {}
    return Patrol(shift, units, asked, minimums, ways, by_mode)


def merit(asked: Patrol, visited: dict[str, list[str]]) -> tuple[int, int, float]:
    """Required visits, stops that fill minimums, prizes: what a plan is worth, in this order."""
    stops = {stop.name: stop for stop in asked.stops}
    every = [name for names in visited.values() for name in names]
    required = sum(stops[name].required for name in every)
    filled = 0
    for mode, minimums in {"": asked.minimums, **asked.mode_minimums}.items():
        moving = [unit.name for unit in asked.units if mode in {"", unit.mode}]
        mine = {name for unit in moving for name in visited[unit]}
        for group, wanted in minimums.items():
            filled += min(wanted, sum(stops[name].category == group for name in mine))
    prizes = sum(stops[name].prize for name in every if not stops[name].required)
    return required, filled, prizes


def optimum(asked: Patrol) -> tuple[int, int, float]:
    """The best merit, for patrols without breaks and repeated visits."""
    able = [
        {frozenset(order) for order in _orders(asked, unit)} for unit in range(len(asked.units))
    ]
    names = [stop.name for stop in asked.stops]
    best = (0, 0, 0.0)
    for mine in able[0]:
        for other in able[1]:
            if not mine & other:
                visited = {"u0": [names[k] for k in mine], "u1": [names[k] for k in other]}
                best = max(best, merit(asked, visited))
    return best


def _orders(asked: Patrol, unit: int) -> Iterator[tuple[int, ...]]:
    name = asked.units[unit].name
    allowed = [k for k, stop in enumerate(asked.stops) if stop.unit in {"", name}]
    for size in range(len(allowed) + 1):
        for chosen in combinations(allowed, size):
            yield from (order for order in permutations(chosen) if _fits(asked, unit, order))


def _fits(asked: Patrol, unit: int, order: tuple[int, ...]) -> bool:
    seconds = asked.seconds[asked.units[unit].mode]
    here, now = asked.start_place(unit), 0
    for number in order:
        stop, there = asked.stops[number], asked.stop_place(number)
        arrive = now + int(seconds[here, there])
        spans = stop.windows or ((0, FINISH),)
        begins = [max(arrive, low) for low, high in spans if max(arrive, low) + stop.dwell <= high]
        if not begins:
            return False
        here, now = there, min(begins) + stop.dwell
    return bool(now + seconds[here, asked.end_place(unit)] <= FINISH)
