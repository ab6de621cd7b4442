"""EPSG by PROJ, always easting first; what cannot be is refused with the likely cause."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import CRS

from gridmap import crs as crs_
from gridmap.errors import CrsError
from gridmap.plausible import PLAIN, PREFIXED, require_plausible

CGCS2000 = sorted({*PREFIXED, *PLAIN})


def around(lon, lat, crs):
    """Return the bounds of a town of 0.1 degrees in a CRS."""
    corners = [(lon - 0.05, lat - 0.05), (lon + 0.05, lat + 0.05)]
    (a, b), (c, d) = crs_.transform_points(corners, crs_.LONLAT, crs)
    return np.array([a, b, c, d])


def middle(crs):
    west, south, east, north = crs.area_of_use.bounds
    return (west + east) / 2, (south + north) / 2


@pytest.mark.parametrize("number", CGCS2000)
def test_cgcs2000_is_easting_first(number):
    crs = crs_.parse(f"EPSG:{number}")
    lon, lat = middle(crs)
    (x, y), *_ = crs_.transform_points([(lon, lat)], crs_.LONLAT, crs)
    back, *_ = crs_.transform_points([(x, y)], crs, crs_.LONLAT)
    assert np.allclose(back, (lon, lat), rtol=0, atol=1e-9)
    false_easting = next(p.value for p in crs.coordinate_operation.params if "east" in p.name)
    assert abs(x - false_easting) < 350_000
    assert abs(y - lat * 110_900) < 40_000
    require_plausible(around(lon, lat, crs), crs)


def test_prefixed_and_plain_share_their_meridians():
    for one, two in zip(PREFIXED, PLAIN, strict=True):
        meridians = {
            next(p.value for p in CRS(code).coordinate_operation.params if "origin" in p.name
                 and "Longitude" in p.name)
            for code in (one, two)
        }  # fmt: skip
        assert len(meridians) == 1


def test_cgcs2000_degrees_are_taken_as_wgs84():
    points = np.array([[115.0, 35.7]])
    assert crs_.transform_points(points, CRS(4490), crs_.LONLAT) is points


@pytest.mark.parametrize("number", [4214, 2414, 4610, 2327, 2379, 4555])
def test_old_datums_are_refused_with_advice(number):
    with pytest.raises(CrsError, match="control points"):
        crs_.parse(f"EPSG:{number}")


def test_unknown_crs_is_refused():
    with pytest.raises(CrsError, match="EPSG:99"):
        crs_.parse("EPSG:99")


def refused(bounds, crs):
    with pytest.raises(CrsError) as caught:
        require_plausible(bounds, crs)
    str(caught.value)
    return caught.value


@pytest.mark.parametrize(("prefixed", "plain"), list(zip(PREFIXED, PLAIN, strict=True))[::4])
def test_zone_numbers_in_eastings(prefixed, plain):
    one, two = CRS(prefixed), CRS(plain)
    town = middle(one)
    error = refused(around(*town, one), two)
    assert (error.key, error.values["other"]) == ("crs.zone_prefix", f"EPSG:{prefixed}")
    error = refused(around(*town, two), one)
    assert (error.key, error.values["other"]) == ("crs.no_zone_prefix", f"EPSG:{plain}")


@pytest.mark.parametrize("number", [4526, 4547, 32650, 26986, 2249])
def test_northing_first_and_degrees(number):
    crs = CRS(number)
    town = middle(crs)
    bounds = around(*town, crs)
    require_plausible(bounds, crs)
    assert refused(bounds[[1, 0, 3, 2]], crs).key == "crs.northing_first"
    degrees = [town[0] - 0.1, town[1] - 0.1, town[0] + 0.1, town[1] + 0.1]
    assert refused(degrees, crs).key == "crs.degrees"


def test_feet_that_say_metres():
    boston = around(-71.06, 42.36, CRS(2249))
    assert refused(boston, CRS(26986)).key == "crs.feet"
    assert refused(boston, CRS(4326)).key == "crs.not_degrees"


def test_layers_without_crs():
    assert refused([-71.2, 42.2, -71.0, 42.4], None).key == "crs.none_degrees"
    assert refused([7e5, 2.9e6, 8e5, 3e6], None).key == "crs.none_metres"


def test_swapped_degrees():
    assert refused([35.6, 114.9, 35.8, 115.2], CRS(4490)).key == "crs.swapped"


@pytest.mark.parametrize("bounds", [[np.nan] * 4, [1e9, 1e9, 1e9, 1e9]])
def test_what_no_other_reading_explains_passes(bounds):
    require_plausible(bounds, CRS(4547))


def test_across_the_antimeridian():
    crs = CRS(3832)
    require_plausible(around(-178.0, -18.0, crs), crs)
    require_plausible(around(178.0, -18.0, crs), crs)
