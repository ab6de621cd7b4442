"""A hotline's spreadsheet as it comes in China: GBK, Chinese headings, zeros first, GCJ-02.

The shift is written down here once more, by the open formula and point by point, so that what the
program undoes is not its own doing.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

AXIS, FLATNESS = 6378245.0, 0.00669342162296594323
HEADER = ("工单编号", "受理时间", "大类", "经度", "纬度", "事发地点", "联系电话")
KINDS = ("路灯不亮", "井盖缺失", "占道经营", "暴露垃圾")


@dataclass(frozen=True)
class Town:
    """A square town: west and south end and width in degrees."""

    west: float = 115.0
    south: float = 35.7
    width: float = 0.05


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Shift a point of WGS84 as the Chinese map services do."""
    x, y = lon - 105, lat - 35
    waves = 20 * (sin(6 * x * pi) + sin(2 * x * pi))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (waves + 20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (waves + 20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = lat / 180 * pi
    bent = 1 - FLATNESS * sin(phi) ** 2
    return (
        lon + east * 180 / (AXIS / sqrt(bent) * cos(phi) * pi),
        lat + north * 180 / (AXIS * (1 - FLATNESS) / (bent * sqrt(bent)) * pi),
    )


def hotline(count: int, town: Town, seed: int = 5) -> tuple[bytes, dict[str, tuple[float, float]]]:
    """Return a file and where its incidents truly lie (WGS84), by their number."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    truth: dict[str, tuple[float, float]] = {}
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number in range(1, count + 1):
        key = f"{number:06d}"
        lon = town.west + town.width * rng.random()
        lat = town.south + town.width * rng.random()
        truth[key] = (lon, lat)
        shifted = (f"{value:.7f}" for value in to_gcj02(lon, lat))
        when = f"2023/5/{rng.randint(1, 28)} {rng.randint(0, 23)}:{rng.randint(0, 59):02d}"
        address = f"长安路{number}号"
        writer.writerow([key, when, rng.choice(KINDS), *shifted, address, f"138{number:08d}"])
    return out.getvalue().encode("gbk"), truth
