"""OGC API – Features, read by GDAL as a foreign client and by plain requests."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def ogc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve Cambridge from another process: GDAL's client holds the interpreter's lock."""
    store = tmp_path_factory.mktemp("ogc") / "cambridge.db"
    command = [sys.executable, "-m", "gridmap", "demo", "--port", "0", "--store", str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        found = re.fullmatch(r"gridmap: (\S+/)\n", server.stdout.readline())
        assert found
        yield found[1] + "ogc"
        server.terminate()


def get(url: str) -> dict[str, Any]:
    return json.loads(urllib.request.urlopen(url, timeout=60).read())


def read(ogc: str, layer: str) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(f"OAPIF:{ogc}", layer=layer, use_arrow=False)


def test_gdal_lists_every_collection(ogc: str) -> None:
    ours = {each["id"] for each in get(f"{ogc}/collections")["collections"]}
    theirs = {name for name, _ in pyogrio.list_layers(f"OAPIF:{ogc}")}
    assert ours == theirs
    assert {"cells", "incidents", "level-SECTOR"} <= ours


def test_gdal_pages_through_every_collection(ogc: str) -> None:
    for each in get(f"{ogc}/collections")["collections"]:
        matched = get(f"{ogc}/collections/{each['id']}/items?limit=1")["numberMatched"]
        assert len(read(ogc, each["id"])) == matched > 0


def test_gdal_gets_the_same_cells(ogc: str, cambridge: Path) -> None:
    path = cambridge / "response_districts.geojson.gz"
    file = gpd.read_file(f"/vsigzip/{path}").set_index("CADRA")
    found = get(f"{ogc}/collections/cells/items?limit=200")["features"]
    codes = [feature["id"] for feature in found]
    theirs = read(ogc, "cells").set_axis(codes)
    theirs.index = theirs.index.astype(float).astype(int)
    file.index = file.index.astype(float).astype(int)
    assert set(theirs.index) == set(file.index)
    ours, kept = (frame.geometry.loc[file.index].to_crs(26986) for frame in (file, theirs))
    # the store snaps to 1e-8 degrees: no border moves by more than 1.2 mm
    assert (ours.symmetric_difference(kept).area <= ours.length * 0.0012).all()


def every_feature(url: str) -> Iterator[dict[str, Any]]:
    """Follow the pages to the last one."""
    while url:
        page = get(url)
        yield from page["features"]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")


def test_gdal_gets_the_same_features_with_their_values(ogc: str) -> None:
    """Each collection by GDAL's own paging, beside our pages of another length."""
    for each in get(f"{ogc}/collections")["collections"]:
        ours = list(every_feature(f"{ogc}/collections/{each['id']}/items?limit=3000"))
        theirs = read(ogc, each["id"])
        shapes = [f["geometry"] and shapely.from_geojson(json.dumps(f["geometry"])) for f in ours]
        assert shapely.equals_exact(
            shapely.normalize(np.array(shapes, dtype=object)),
            shapely.normalize(np.array(theirs.geometry, dtype=object)),
            tolerance=1e-9,
        )[[shape is not None for shape in shapes]].all()
        assert theirs.geometry.isna().tolist() == [shape is None for shape in shapes]
        texts = [name for name, value in ours[0]["properties"].items() if isinstance(value, str)]
        for name in set(texts) - {"when", "due", "closed"}:
            mine = [feature["properties"][name] for feature in ours]
            told = theirs[name].astype(object).where(theirs[name].notna(), None)
            assert told.tolist() == mine, name


def test_incidents_are_all_there_and_can_be_chosen(ogc: str) -> None:
    items = f"{ogc}/collections/incidents/items"
    assert get(f"{items}?limit=1")["numberMatched"] == 10_335
    year = get(f"{items}?limit=1&datetime=2012-01-01T00:00:00-05:00/2012-12-31T23:59:59-05:00")
    assert 1000 < year["numberMatched"] < 2500
    box = get(f"{items}?limit=10000&bbox=-71.11,42.36,-71.10,42.37")
    assert box["numberMatched"] == box["numberReturned"] > 100
    for feature in box["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        assert -71.11 <= lon <= -71.10
        assert 42.36 <= lat <= 42.37
    bikes = get(f"{items}?limit=1&kind=Bicycle")["numberMatched"]
    assert 0 < bikes < 10_335


def test_pages_follow_each_other(ogc: str) -> None:
    seen = [each["id"] for each in every_feature(f"{ogc}/collections/cells/items?limit=50")]
    assert len(seen) == len(set(seen)) == 117


def test_one_feature(ogc: str) -> None:
    first = get(f"{ogc}/collections/cells/items?limit=1")["features"][0]
    again = get(f"{ogc}/collections/cells/items/{urllib.parse.quote(str(first['id']))}")
    assert again["geometry"] == first["geometry"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("bbox=1,2,3", 400), ("bbox=a,b,c,d", 400), ("datetime=yesterday", 400), ("colour=red", 400),
     ("limit=0", 422), ("bbox=nan,0,1,1", 400)],
)  # fmt: skip
def test_bad_questions_are_refused(ogc: str, query: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(f"{ogc}/collections/cells/items?{query}")
    assert caught.value.code == status
    assert json.loads(caught.value.read())["status"] == status


def test_what_is_not_there_is_404(ogc: str) -> None:
    for path in ("collections/nothing/items", "collections/cells/items/nothing"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(f"{ogc}/{path}")
        assert caught.value.code == 404
