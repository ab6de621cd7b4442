"""Hostile files are contained: refused, at bounded cost, nothing of this machine read or called."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from tests.files import hostile

UNSEEN = "nobody may see this"


@pytest.fixture(scope="module")
def called():
    """A server that counts who calls."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def listen():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                calls.append(connection.recv(100))
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{port}/x", calls
        server.shutdown(socket.SHUT_RDWR)


def read_each(paths):
    call = [sys.executable, Path(__file__).with_name("read_each.py"), *map(str, paths)]
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory, called):
    folder = tmp_path_factory.mktemp("hostile")
    target = folder / "secret" / "secret.gpkg"
    target.parent.mkdir()
    frame = gpd.GeoDataFrame({"code": [UNSEEN]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    frame.to_file(target, layer="secret")
    paths = hostile.write_all(folder, target, called[0])
    plain = folder / "plain.geojson"
    frame.assign(code="a").to_file(plain)
    return read_each([plain, *paths]), len(paths)


def test_all_are_refused(outcomes):
    rows, count = outcomes
    assert [name for name, row in rows.items() if row["key"] == "read"] == ["plain.geojson"]
    assert len(rows) == count + 1
    assert not any("Traceback" in row["text"] for row in rows.values())


def test_nothing_of_this_machine_is_read_or_called(outcomes, called):
    rows, _ = outcomes
    assert UNSEEN not in json.dumps(rows)
    assert called[1] == []


def test_cost_is_bounded(outcomes, record):
    rows, _ = outcomes
    idle = rows["plain.geojson"]
    for name, row in rows.items():
        # The child itself needs about half a second to warm up.
        assert row["seconds"] <= idle["seconds"] + 2.2, name
        assert row["memory"] <= idle["memory"] + 512, name
    worst = max(rows.values(), key=lambda row: row["seconds"])
    record(
        "Hostile files",
        {
            "files": len(rows) - 1,
            "CPU s above an honest file (worst)": round(worst["seconds"] - idle["seconds"], 2),
            "which": worst["name"],
            "MiB above an honest file": max(r["memory"] for r in rows.values()) - idle["memory"],
        },
    )


def test_what_is_said_of_some(outcomes):
    rows, _ = outcomes
    said = {
        "slip.zip": "files.zip_path",
        "absolute.zip": "files.zip_path",
        "link.zip": "files.zip_link",
        "bomb.zip": "files.bomb",
        "bomb.xlsx": "files.bomb",
        "bomb.geojson.gz": "files.bomb",
        "virtual.gpkg": "files.gpkg_unsafe",
        "laughs.kml": "files.xml_unsafe",
        "laughs.xml": "files.xml_unsafe",
        "file.xml": "files.xml_unsafe",
        "vrt.gpkg": "files.not_what_it_says",
        "corners.xlsx": "files.many_columns",
    }
    assert {name: rows[name]["key"] for name in said} == said


def test_a_star_is_read_but_its_ring_named_at_once(tmp_path):
    """20 KB of self-crossing ring take make_valid over 40 s; telling that it is broken must not."""
    from gridmap.errors import GeometryError
    from gridmap.files.cells import read_grid
    from gridmap.incidents.locate import Locator

    (tmp_path / "star.geojson").write_text(hostile.star(600))
    with pytest.raises(GeometryError):
        Locator(read_grid(tmp_path / "star.geojson"))


def test_only_our_drivers_are_there():
    """Without the cure GDAL in the child would open anything."""
    code = (
        "from gridmap.files.child import drivers; p = drivers.load();"
        "print(sorted(p.list_drivers()), 'geopandas' in __import__('sys').modules)"
    )
    call = [sys.executable, "-I", "-c", code]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    expected = ["ESRI Shapefile", "FlatGeobuf", "GPKG", "GeoJSON", "KML"]
    assert done.stdout.strip() == f"{expected} False"
