"""Crosswalk and edits at full size: exact where tobler loses households, and many times faster."""

from __future__ import annotations

import time

import geopandas
import numpy as np
import pytest
import shapely

from gridmap.errors import EditRefused
from gridmap.grid.crosswalk import crosswalk, transfer
from gridmap.grid.diff import diff
from gridmap.grid.edit import Merge, apply
from gridmap.grid.model import Grid
from tests.grid.generate import city, frame
from tests.grid_edit.generate import Hand

pytestmark = pytest.mark.proof


def cpu(work):
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def with_households(shapes):
    cells = frame(shapes)
    rng = np.random.default_rng(1)
    return Grid.from_frame(cells.assign(households=rng.integers(0, 400, len(cells))))


def redrawn(grid, edits):
    """The grid after some edits spread over it, and the number of cells touched."""
    hand, touched = Hand(np.random.default_rng(2)), set()
    while edits:
        try:
            done = apply(grid, hand.draw(grid), [])
        except EditRefused:
            continue
        grid, edits = done.grid, edits - 1
        touched.update(done.touched)
    return grid, len(touched)


def test_crosswalk_beside_tobler(record):
    tobler = pytest.importorskip("tobler.area_weighted")
    old = with_households(city(128, 128))
    new, touched = redrawn(old, 120)
    fresh = new.with_cells(new.cells.drop(columns="households"))
    households = old.cells["households"]
    crosswalk(old, fresh)
    ours, peers, walk, peer = [], [], None, None
    for _ in range(3):
        seconds, walk = cpu(lambda: crosswalk(old, fresh))
        ours.append(seconds)
        seconds, peer = cpu(
            lambda: tobler.area_interpolate(
                old.cells, fresh.cells, extensive_variables=["households"]
            )
        )
        peers.append(seconds)
    carried = transfer(households, walk)
    assert carried.sum() == households.sum()
    theirs = peer["households"].to_numpy()
    assert np.abs(carried.reindex(fresh.codes).to_numpy() - theirs).max() < 3
    ratio = float(np.median(peers) / np.median(ours))
    record(
        "Crosswalk: 16,384 cells",
        {
            "touched": touched,
            "gridmap cpu_s": round(float(np.median(ours)), 3),
            "tobler cpu_s": round(float(np.median(peers)), 2),
            "ratio": round(ratio, 1),
            "households lost": int(households.sum() - carried.sum()),
            "lost by tobler": round(float(abs(theirs.sum() - households.sum())), 4),
        },
    )
    assert ratio >= 20


def test_comparison_beside_an_overlay(record):
    """What became of each cell, as a planner asks it while drawing."""
    old = with_households(city(128, 128))
    new, touched = redrawn(old, 120)
    frames = [grid.cells[["geometry"]].rename_axis("code").reset_index() for grid in (old, new)]
    ours, peers, found, pieces = [], [], None, None
    for _ in range(3):
        seconds, found = cpu(lambda: diff(old, new))
        ours.append(seconds)
        seconds, pieces = cpu(lambda: geopandas.overlay(*frames, how="intersection"))
        peers.append(seconds)
    recoded = dict(found.recoded)
    moved = pieces[pieces["code_1"].replace(recoded) != pieces["code_2"]].area.sum()
    assert found.area_m2 == pytest.approx(moved, rel=1e-6)
    ratio = float(np.median(peers) / np.median(ours))
    record(
        "Comparison of two plans: 16,384 cells",
        {
            "touched": touched,
            "gridmap cpu_s": round(float(np.median(ours)), 3),
            "overlay cpu_s": round(float(np.median(peers)), 2),
            "ratio": round(ratio, 1),
        },
    )
    assert ratio >= 10


@pytest.mark.parametrize("side", [70, 316])
def test_the_proof_does_not_cost_more_in_a_larger_city(side, record):
    from gridmap.grid import _rows

    grid = with_households(city(side, side))
    hand = Hand(np.random.default_rng(3))
    apply(grid, Merge((str(grid.codes[0]), str(grid.codes[1])), "first"))
    whole, accepted = [], 0
    proofs: list[float] = []
    proves = _rows.proves

    def timed(new, old):
        seconds, answer = cpu(lambda: proves(new, old))
        proofs.append(seconds)
        return answer

    _rows.proves = timed
    try:
        while accepted < 300:
            edit = hand.draw(grid)
            try:
                seconds, done = cpu(lambda grid=grid, edit=edit: apply(grid, edit, ["households"]))
            except EditRefused:
                continue
            whole.append(seconds)
            grid, accepted = done.grid, accepted + 1
    finally:
        _rows.proves = proves
    assert shapely.is_valid(grid.shapes).all()
    assert (
        grid.cells["households"].sum()
        == with_households(city(side, side)).cells["households"].sum()
    )
    p99 = float(np.quantile(proofs, 0.99))
    record(
        "Edits: cost of one",
        {
            "cells": side * side,
            "edits": accepted,
            "edit median ms": round(float(np.median(whole)) * 1e3, 2),
            "edit p99 ms": round(float(np.quantile(whole, 0.99)) * 1e3, 2),
            "proof median ms": round(float(np.median(proofs)) * 1e3, 2),
            "proof p99 ms": round(p99 * 1e3, 2),
        },
    )
    assert p99 <= 0.005
