"""Published team orienteering instances as patrols."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from gridmap.patrol.model import Patrol, Shift, Stop, Unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Matrix:
    """Travel known as a matrix only."""

    millis: NDArray[np.int64]


@dataclass(frozen=True)
class Instance:
    """A published instance with its best-known value."""

    name: str
    kind: str
    patrol: Patrol
    best_known: int


def instances(folder: Path) -> list[Instance]:
    """Return all instances that have a best-known value."""
    with (folder / "best_known.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    made = {"TOP": _top, "TOPTW": _toptw}
    return [
        Instance(
            row["instance"],
            row["kind"],
            made[row["kind"]](folder / row["file"], int(row["m"])),
            int(row["best_known"]),
        )
        for row in rows
    ]


def _top(file: Path, units: int) -> Patrol:
    """Unrounded distances, in ten-thousandths rounded up."""
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    limit = float(lines[2][1])
    rows = np.array(lines[3:], dtype=float)
    between = np.hypot(*(rows[:, None, :2] - rows[None, :, :2]).transpose(2, 0, 1))
    steps = np.ceil(between * 10_000 - 1e-7).astype(np.int64)
    finish = math.floor(limit * 10_000 + 1e-6)
    stops = [Stop(f"stop {k}", (0, 0), 0, prize=rows[k, 2]) for k in range(1, len(rows) - 1)]
    return _patrol(steps, [0, len(rows) - 1, *range(1, len(rows) - 1)], stops, (units, finish))


def _toptw(file: Path, units: int) -> Patrol:
    """Distances rounded down to two decimals, as in the set of Cordeau."""
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [[float(value) for value in line] for line in lines[2:]]
    xy = np.array([row[1:3] for row in rows])
    steps = np.floor(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * 100 + 1e-9)
    stops = []
    for row in rows[1:]:
        dwell, low, high = (round(row[k] * 100) for k in (3, -2, -1))
        window = ((low, high + dwell),)
        stops.append(Stop(f"stop {row[0]:.0f}", (0, 0), dwell, window, prize=row[4]))
    order = [0, 0, *range(1, len(rows))]
    return _patrol(steps.astype(np.int64), order, stops, (units, round(rows[0][-1] * 100)))


def _patrol(
    steps: NDArray[np.int64], order: list[int], stops: list[Stop], size: tuple[int, int]
) -> Patrol:
    units, finish = size
    start = datetime(2026, 1, 1, tzinfo=UTC)
    crew = tuple(Unit(f"unit {k}", "car", (0, 0), (0, 0)) for k in range(units))
    spots = [order[0]] * units + [order[1]] * units + order[2:]
    millis = steps[np.ix_(spots, spots)] * 1000
    shift = Shift(start, start + timedelta(seconds=finish))
    return Patrol(shift, crew, tuple(stops), {}, {"car": Matrix(millis)})
