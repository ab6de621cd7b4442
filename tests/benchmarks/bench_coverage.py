"""Check, proof of an edit and repair, each beside its peer in the same run."""

from __future__ import annotations

import ast
import ctypes
import gc
import re
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridmap import crs
from gridmap.grid.cancel import proves
from gridmap.grid.check import check
from gridmap.grid.model import Grid
from gridmap.grid.repair import repair
from tests.benchmarks.peers import Mapshaper, coverage_clean
from tests.grid.generate import city, faulty, frame
from tests.grid.test_repair import edited, read

pytestmark = pytest.mark.proof

ROUNDS = 3
ROUNDED = 1e-9
"""Square metres an overlay makes of a vertex that stands half a unit in the last place beside its
edge: no overlap, but an unmatched border."""
GAPS = 10.0
"""Metres up to which gaps of real layers are closed."""
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


def extra_memory(columns, rows):
    """Return by how many megabytes a check lets resident memory grow at most.

    In a process of its own that gives back what it has free: that would be taken first.
    """
    check(Grid.from_frame(frame(city(4, 4))))  # compiled before
    grid = Grid.from_frame(frame(city(columns, rows)))
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    check(grid)
    return memory("VmHWM") - before


@pytest.mark.parametrize(("columns", "rows"), [(128, 128), (316, 317)])
def test_clean_cells_beside_coverage_is_valid(columns, rows, record):
    grid = Grid.from_frame(frame(city(columns, rows)))
    assert check(grid).defects == ()
    assert shapely.coverage_is_valid(grid.shapes)
    ours, theirs = interleaved(lambda: check(grid), lambda: shapely.coverage_is_valid(grid.shapes))
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        grown = alone.submit(extra_memory, columns, rows).result()
    row = {"cells": len(grid.cells), "check": round(ours, 2), "coverage_is_valid": round(theirs, 2)}
    record("check: clean cells", row | {"ratio": round(theirs / ours, 2), "extra MB": round(grown)})
    assert theirs / ours >= 3
    assert 0 < grown < 1024


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


@pytest.fixture(scope="module")
def mapshaper(tmp_path_factory):
    return Mapshaper(tmp_path_factory.mktemp("mapshaper"))


def moved(grid, shapes):
    """Return by how many square metres cells differ from what they were, both sides summed."""
    old, new = (
        crs.transform(shapely.make_valid(each), grid.crs, grid.metric_crs)
        for each in (grid.shapes, shapes)
    )
    differ = np.flatnonzero(~shapely.equals_exact(old, new, 0))
    return shapely.area(shapely.symmetric_difference(old[differ], new[differ])).sum()


def outcome(tool, grid, shapes, cpu):
    """Return a row of the tables of repairs."""
    after = grid.with_cells(grid.cells.set_geometry(shapes, crs=grid.crs))
    left = Counter(each.kind for each in check(after).defects if each.is_error)
    lost = int((shapely.is_empty(shapes) & ~shapely.is_empty(grid.shapes)).sum())
    return {
        "tool": tool,
        "seconds": cpu,
        "left": str({kind: many for kind, many in left.items() if kind != "empty"}),
        "moved m2": moved(grid, shapes),
        "bytes changed": int((shapely.to_wkb(grid.shapes) != shapely.to_wkb(shapes)).sum()),
        "rows emptied or lost": lost,
    }


def open_errors(row):
    return sum(ast.literal_eval(row["left"]).values())


def assert_least_moved(ours, peers):
    """No peer that leaves as little open moves less ground."""
    able = [each for each in peers if open_errors(each) <= open_errors(ours)]
    assert all(ours["moved m2"] <= each["moved m2"] * (1 + 1e-6) + 1e-3 for each in able)


def test_repair_beside_its_peers(record, mapshaper):
    dirty, _ = faulty(128, 128, 50)
    grid = Grid.from_frame(dirty)
    sound = shapely.make_valid(grid.shapes)
    ours, theirs = interleaved(
        lambda: repair(grid, gap_width=8.0),
        lambda: shapely.coverage_clean(sound, gap_width=8.0),
    )
    rows = [
        outcome("gridmap", grid, repair(grid, gap_width=8.0).grid.shapes, ours),
        outcome("coverage_clean", grid, coverage_clean(grid.shapes, 8.0)[0], theirs),
        outcome("mapshaper, file to file", grid, *mapshaper(grid.shapes, 8.0)),
    ]
    for row in rows:
        record("repair: 500 faults", row | {"times ours": round(row["seconds"] / ours, 1)})
    assert_least_moved(rows[0], rows[1:])
    assert theirs / ours >= 10


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
PUBLISHED = {"messy/maup_denver2020_orig": "messy/maup_denver2020_repaired"}
"""Layers of which somebody published a repaired form, row by row."""


@pytest.mark.parametrize("name", LAYERS)
def test_real_layers(name, shared_data, record, mapshaper):
    cells = read(shared_data, name)
    grid = Grid.from_frame(cells)
    cpu, found = seconds(lambda: check(grid))
    row = {"layer": name, "cells": len(cells), "seconds": cpu}
    record("check: real layers", row | {"found": str(found.counts)})
    plane = Grid.from_frame(cells.to_crs(grid.metric_crs))
    repair(plane, gap_width=GAPS)
    cpu, done = seconds(lambda: repair(plane, gap_width=GAPS))
    rows = [
        outcome("gridmap", plane, done.grid.shapes, cpu),
        outcome("coverage_clean", plane, *coverage_clean(plane.shapes, GAPS)),
        outcome("mapshaper, file to file", plane, *mapshaper(plane.shapes, GAPS)),
    ]
    if name in PUBLISHED:
        other = read(shared_data, PUBLISHED[name]).to_crs(plane.crs).geometry.to_numpy()
        rows.append(outcome("maup, as published", plane, other, None))
    for row in rows:
        record("repair: real layers", {"layer": name} | row)
    named = {row for defect in check(plane, every=True).defects for row in defect.rows}
    before, after = shapely.to_wkb(plane.shapes), shapely.to_wkb(done.grid.shapes)
    assert set(np.flatnonzero(before != after).tolist()) <= named
    assert {each.reason for each in done.left} <= {"repair.left_wide"}
    assert len(done.grid.cells) == len(cells)
    assert_least_moved(rows[0], rows[1:])
