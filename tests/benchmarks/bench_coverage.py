"""Check, proof of an edit and repair, each beside its peer in the same run."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridmap import crs
from gridmap.grid.cancel import proves
from gridmap.grid.check import check
from gridmap.grid.mend import mended
from gridmap.grid.model import Grid
from gridmap.grid.repair import repair
from tests.conftest import ROOT
from tests.grid.generate import city, faulty, frame
from tests.grid.test_repair import edited

pytestmark = pytest.mark.proof

ROUNDS = 3
ROUNDED = 1e-9
"""Square metres an overlay makes of a vertex that stands half a unit in the last place beside its
edge: no overlap, but an unmatched border."""
MEGABYTE = 1024


def seconds(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def interleaved(ours, theirs, rounds=ROUNDS):
    """Return the median CPU seconds of both, run in turn."""
    ours()
    pairs = [(seconds(ours)[0], seconds(theirs)[0]) for _ in range(rounds)]
    return (float(np.median(side)) for side in zip(*pairs, strict=True))


def memory(name):
    return int(re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / MEGABYTE


def extra_memory(work):
    """Return by how many megabytes the resident memory grew at most."""
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    work()
    return memory("VmHWM") - before


@pytest.mark.parametrize(("columns", "rows"), [(128, 128), (316, 317)])
def test_clean_cells_beside_coverage_is_valid(columns, rows, record):
    grid = Grid.from_frame(frame(city(columns, rows)))
    assert check(grid).defects == ()
    assert shapely.coverage_is_valid(grid.shapes)
    ours, theirs = interleaved(lambda: check(grid), lambda: shapely.coverage_is_valid(grid.shapes))
    grown = extra_memory(lambda: check(grid))
    row = {"cells": len(grid.cells), "check": round(ours, 2), "coverage_is_valid": round(theirs, 2)}
    record("check: clean cells", row | {"ratio": round(theirs / ours, 2), "extra MB": round(grown)})
    assert theirs / ours >= 3
    assert grown < 1024


def overlay(cells):
    """Name pairs and holes as one does with geopandas."""
    sound = cells.set_geometry(shapely.make_valid(cells.geometry.to_numpy()))
    pieces = gpd.overlay(sound, sound, how="intersection", keep_geom_type=True)
    pieces = pieces[(pieces["code_1"] < pieces["code_2"]) & (pieces.area > ROUNDED)]
    union = shapely.get_parts(shapely.union_all(sound.geometry.to_numpy()))
    holes = np.concatenate([shapely.get_rings(part)[1:] for part in union])
    return pieces, shapely.polygons(holes)


def test_dirty_cells_beside_an_overlay(record):
    dirty, faults = faulty(128, 128, 50)
    grid = Grid.from_frame(dirty)
    ours, theirs = interleaved(lambda: check(grid), lambda: overlay(dirty), rounds=1)
    pieces, holes = overlay(dirty)
    found = check(grid, every=True)
    pairs = {frozenset(d.cells) for d in found.defects if len(d.cells) == 2 and d.area_m2 > 0}
    theirs_pairs = {
        frozenset(pair) for pair in zip(pieces["code_1"], pieces["code_2"], strict=True)
    }
    assert {p for p in theirs_pairs if len(p) == 2} <= pairs
    gaps = sum(d.area_m2 for d in found.defects if d.kind == "gap")
    assert gaps == pytest.approx(shapely.area(holes).sum(), rel=1e-6)
    row = {"cells": len(dirty), "faults": len(faults), "check": round(ours, 2)}
    record(
        "check: dirty cells", row | {"overlay": round(theirs, 2), "ratio": round(theirs / ours, 1)}
    )
    assert theirs / ours >= 15


def test_proof_of_an_edit_in_a_large_city(record):
    cells = city(316, 317)
    rng = np.random.default_rng(4)
    proves(cells[:2], cells[:2])
    times = []
    for _ in range(2000):
        rows, new = edited(cells, rng)
        times.append(seconds(lambda r=rows, n=new: proves(n, cells[r]))[0] * 1e3)
    row = {"cells": len(cells), "median ms": float(np.median(times))}
    record("edit: proof", row | {"p99 ms": float(np.quantile(times, 0.99))})
    assert np.quantile(times, 0.99) <= 5


def moved(grid, shapes):
    """Return by how many square metres cells differ from what they were, both sides summed."""
    old = crs.transform(shapely.make_valid(grid.shapes), grid.crs, grid.metric_crs)
    new = crs.transform(shapes, grid.crs, grid.metric_crs)
    differ = np.flatnonzero(~shapely.equals_exact(old, new, 0))
    return shapely.area(shapely.symmetric_difference(old[differ], new[differ])).sum()


def bytes_changed(grid, shapes):
    return int((shapely.to_wkb(grid.shapes) != shapely.to_wkb(shapes)).sum())


def test_repair_beside_coverage_clean(record):
    dirty, _ = faulty(128, 128, 50)
    grid = Grid.from_frame(dirty)
    sound = shapely.make_valid(grid.shapes)
    ours, theirs = interleaved(
        lambda: repair(grid, gap_width=8.0),
        lambda: shapely.coverage_clean(sound, gap_width=8.0),
        rounds=2,
    )
    done = repair(grid, gap_width=8.0)
    cleaned = shapely.coverage_clean(sound, gap_width=8.0)
    for name, cpu, shapes in (
        ("gridmap", ours, done.grid.shapes),
        ("coverage_clean", theirs, cleaned),
    ):
        row = {"tool": name, "seconds": round(cpu, 2), "moved m2": round(moved(grid, shapes))}
        empty = int(shapely.is_empty(shapes).sum())
        record(
            "repair: 500 faults", row | {"changed": bytes_changed(grid, shapes), "emptied": empty}
        )
    assert moved(grid, done.grid.shapes) <= moved(grid, cleaned) * (1 + 1e-6)
    assert theirs / ours >= 5


LAYERS = (
    "messy/nh_precincts",
    "messy/ct_precincts",
    "messy/maup_co_bad_gap_region",
    "messy/maup_denver2020_orig",
    "messy/maup_denver2020_repaired",
    "messy/in_ahmedabad_wards",
    "clean/us_denver_blocks",
    "clean/us_providence_blocks",
    "towns/tw_villages",
    "towns/tw_towns",
    "cambridge/blockgroups2020",
    "cambridge/address_blocks",
    "cambridge/fire_engine_districts",
    "boston/precincts.epsg2249",
)


def read(folder, name):
    path = folder / f"{name}.parquet"
    if path.exists():
        return gpd.read_parquet(path)
    path = folder / f"{name}.geojson.gz"
    path = path if path.exists() else ROOT / "shapes" / f"{name}.geojson.gz"
    cells = gpd.read_file(f"/vsigzip/{path}")
    feet = "epsg2249" in name
    return cells.set_crs(2249, allow_override=True) if feet else cells


@pytest.mark.parametrize("name", LAYERS)
def test_real_layers(name, shared_data, record):
    cells = read(shared_data, name)
    grid = Grid.from_frame(cells)
    cpu, found = seconds(lambda: check(grid))
    row = {"layer": name, "cells": len(cells), "seconds": round(cpu, 3)}
    record("check: real layers", row | {"found": str(found.counts)})
    plane = Grid.from_frame(cells.to_crs(grid.metric_crs), boundary=None)
    cpu, done = seconds(lambda: repair(plane, gap_width=10.0))
    named = {row for defect in check(plane, every=True).defects for row in defect.rows}
    before, after = shapely.to_wkb(plane.shapes), shapely.to_wkb(done.grid.shapes)
    bystanders = set(np.flatnonzero(before != after).tolist()) - named
    left = Counter(each.defect.kind for each in done.left)
    row = {"layer": name, "tool": "gridmap", "seconds": round(cpu, 3), "left": str(dict(left))}
    row |= {"moved m2": moved(plane, done.grid.shapes), "changed": int((before != after).sum())}
    record("repair: real layers", row | {"rows lost": len(cells) - len(done.grid.cells)})
    sound = np.array([s if s.is_valid else mended(s) for s in plane.shapes], dtype=object)
    cpu, clean = seconds(lambda: shapely.coverage_clean(sound, gap_width=10.0))
    counts = check(plane.with_cells(plane.cells.set_geometry(clean, crs=plane.crs))).defects
    left = Counter(each.kind for each in counts if each.is_error)
    row = {"layer": name, "tool": "coverage_clean", "seconds": round(cpu, 3)}
    row |= {"left": str(dict(left)), "moved m2": moved(plane, clean)}
    row |= {"changed": bytes_changed(plane, clean), "rows lost": int(shapely.is_empty(clean).sum())}
    record("repair: real layers", row)
    assert bystanders == set()
    reasons = {"repair.left_wide", "repair.left_by_hand", "repair.left_thin"}
    assert {each.reason for each in done.left} <= reasons
