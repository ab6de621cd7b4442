"""Heat tiles: counts against a plain count, density that keeps its mass and has no seams."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import ValueRefused
from gridmap.layers import mercator, runs
from gridmap.layers.heat import Heat
from gridmap.layers.shades import heat_legend


@pytest.fixture(scope="module")
def crashes(cambridge):
    rows = pd.read_csv(cambridge / "crashes_2010_2016.csv.gz", parse_dates=["datetime"])
    return rows.assign(when=rows["datetime"].dt.tz_localize("UTC"))


@pytest.fixture(scope="module")
def heat(crashes):
    return Heat(crashes["lon"], crashes["lat"], crashes["when"])


def plain_counts(rows, z, x, y):
    square = mercator.to_square(rows[["lon", "lat"]].dropna().to_numpy())
    pixel = np.floor(square * (256 << z)).astype(int) - [x * 256, y * 256]
    column, row = pixel[((pixel >= 0) & (pixel < 256)).all(axis=1)].T
    return np.bincount(row * 256 + column, minlength=256 * 256).reshape(256, 256)


def tile_of(z, lon=-71.1056, lat=42.3736):
    return z, *(mercator.to_square([[lon, lat]])[0] * (1 << z)).astype(int).tolist()


@pytest.mark.parametrize("z", [0, 5, 9, 11, 12, 14, 17, 22])
def test_counts_are_plain_counts(heat, crashes, z):
    assert (heat.counts(*tile_of(z)) == plain_counts(crashes, *tile_of(z))).all()


@pytest.mark.parametrize("z", [3, 8, 10, 11, 13])
def test_a_period_counts_its_own(heat, crashes, z):
    rows = crashes[(crashes["datetime"] >= "2012-03-01") & (crashes["datetime"] < "2012-09-15")]
    assert (
        heat.counts(*tile_of(z), "2012-03-01", "2012-09-15") == plain_counts(rows, *tile_of(z))
    ).all()
    later = heat.counts(*tile_of(z), start="2012-03-01") + heat.counts(
        *tile_of(z), end="2012-03-01"
    )
    assert (later == heat.counts(*tile_of(z))).all()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_period_counts_its_own(data):
    """Short and long ones, ends on a time and beside it, incidents without a time in none."""
    n = data.draw(st.integers(0, 400))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    points = rng.normal([10, 50], 0.1, (n, 2))
    seconds = rng.integers(0, data.draw(st.sampled_from([3, 500, 10**8])), n)
    when = pd.Series(pd.to_datetime(seconds, unit="s", utc=True))
    when[rng.random(n) < 0.1] = pd.NaT
    heat = Heat(points[:, 0], points[:, 1], when)
    ends = st.none() | st.sampled_from([0, 1, 2, 250, 10**7, 10**8, *seconds[:5].tolist()])
    start, end = (data.draw(ends) for _ in range(2))
    asked = [None if at is None else pd.Timestamp(at, unit="s", tz="UTC") for at in (start, end)]
    inside = np.ones(n, dtype=bool)
    if start is not None:
        inside &= (when >= asked[0]).to_numpy()
    if end is not None:
        inside &= (when < asked[1]).to_numpy()
    rows = pd.DataFrame(points[inside], columns=["lon", "lat"])
    with pytest.MonkeyPatch.context() as patch:  # little memory: few sums are kept
        patch.setattr(runs, "BYTES", data.draw(st.sampled_from([runs.BYTES, 30_000, 0])))
        for z in (0, 7, 10, 13):
            tile = tile_of(z, 10, 50)
            wanted = plain_counts(rows, *tile)
            assert (heat.counts(*tile, *asked) == wanted).all()
            assert (heat.between(*asked).counts(*tile) == wanted).all()
    assert heat.between(*asked).n == inside.sum()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_counts_of_any_points(data):
    n = data.draw(st.integers(0, 60))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    points = rng.choice([-180, -90, 0, 1e-9, 45, 89.9, 180, np.nan], (n, 2))
    points[:, 1] = np.where(np.abs(points[:, 1]) > 90, np.nan, points[:, 1])
    heat = Heat(points[:, 0], points[:, 1])
    z = data.draw(st.integers(0, 4))
    total = sum(int(heat.counts(z, x, y).sum()) for x in range(1 << z) for y in range(1 << z))
    assert total == heat.n
    assert heat.n + heat.left_out == n


def test_some_of_them(heat, crashes):
    cars = (crashes["object_1"] == "Auto").to_numpy()
    part = heat.where(cars)
    assert (part.counts(*tile_of(12)) == plain_counts(crashes[cars], *tile_of(12))).all()
    assert part.n == crashes.loc[cars, "lat"].notna().sum()


@pytest.mark.parametrize("z", [9, 11, 13])
def test_density_keeps_its_mass(heat, z):
    pixel_km2 = (mercator.metres_per_square(heat.latitude) / (256 << z) / 1000) ** 2
    _, x, y = tile_of(z)
    reach = 2 << max(z - 11, 0)
    tiles = [(x + dx, y + dy) for dx in range(-reach, reach + 1) for dy in range(-reach, reach + 1)]
    mass = sum(heat.density(z, *tile, bandwidth=150).sum(dtype=float) for tile in tiles)
    assert mass * pixel_km2 == pytest.approx(
        sum(heat.counts(z, *tile).sum() for tile in tiles), rel=2e-3
    )


@pytest.mark.parametrize("z", [10, 12, 14])
def test_no_seam_between_tiles(heat, z):
    _, x, y = tile_of(z)
    left, right = heat.density(z, x, y), heat.density(z, x + 1, y)
    step = np.abs(np.diff(np.hstack([left, right]), axis=1)).max(axis=0)
    assert step[255] <= step[200:310].max() * 1.05


def test_one_scale(heat):
    peak = heat.peak(bandwidth=150)
    z, x, y = tile_of(11)
    around = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    ground = np.concatenate([heat.density(z, *tile, bandwidth=150).ravel() for tile in around])
    assert peak == pytest.approx(np.quantile(ground[ground > 0], 0.99), rel=0.02)
    marks = heat_legend(peak)
    assert marks[-1].density == pytest.approx(peak, rel=0.05)
    assert marks[-1].color == "#bd0026e6"
    assert [mark.density for mark in heat_legend(299)] == [12, 48, 110, 190, 300]
    assert heat_legend(0)[0].density == 0


def test_one_dense_place_does_not_take_the_colour_from_all_others():
    rng = np.random.default_rng(3)
    city = rng.normal([-71.1, 42.37], 0.04, (5000, 2))
    alone = Heat(*city.T)
    beside = Heat(*np.vstack([city, np.tile([-71.09, 42.36], (20_000, 1))]).T)
    dense = tile_of(12, -71.09, 42.36)
    assert beside.density(*dense).max() > 100 * alone.density(*dense).max()
    assert alone.peak() < beside.peak() < 1.5 * alone.peak()
    assert Heat([], []).peak() == 0


def test_the_picture_is_a_picture(heat):
    from PIL import Image

    image = Image.open(io.BytesIO(heat.png(*tile_of(13), peak=heat.peak()))).convert("RGBA")
    assert image.size == (256, 256)
    alpha = np.asarray(image)[:, :, 3]
    assert alpha.min() < 20
    assert alpha.max() > 100
    empty = Image.open(io.BytesIO(heat.png(*tile_of(13, lon=10)))).convert("RGBA")
    assert np.asarray(empty)[:, :, 3].max() == 0


def test_refusals(heat):
    with pytest.raises(ValueRefused):
        Heat([0.0], [0.0]).counts(0, 0, 0, start="2012-01-01")
    with pytest.raises(ValueRefused):
        heat.density(0, 0, 0, bandwidth=0)
    with pytest.raises(ValueRefused):
        heat.counts(23, 0, 0)
