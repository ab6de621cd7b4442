"""gridmap import place and duties: what is about people is dropped and told."""

import json
from datetime import date

import geopandas as gpd
import shapely

from gridmap import open_store
from tests.store.towns import town


def test_places_without_people(run, tmp_path):
    path = tmp_path / "posts.geojson"
    columns = {"name": ["Post", "nowhere"], "phone": ["13800138000", "13800138001"]}
    gpd.GeoDataFrame(columns, geometry=[shapely.Point(100, 30), None], crs=4326).to_file(path)
    store = tmp_path / "town.db"
    done = run("import", "place", path, "--store", f"sqlite:///{store}", "--json", "-")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["rows"] == 1
    assert "phone" in done.stderr
    assert "1 rows without a point" in done.stderr
    with open_store(store) as kept:
        frame = kept.layers.frame(result["layer"])
    assert list(frame.columns) == ["name", "geometry"]


def test_duties_of_a_town(run, tmp_path):
    store = tmp_path / "town.db"
    with open_store(store) as kept:
        plan = kept.plans.add("town", town())
        kept.plans.publish(plan.id, plan.head, date(2019, 1, 1), "first")
    path = tmp_path / "duties.csv"
    path.write_text("level,unit,role,contact\n,0000,Beat desk,ext. 1\nrow,R0,Row desk,ext. 2\n")
    address = f"sqlite:///{store}"
    done = run("import", "duties", path, "--store", address, "--json", "-")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"units": 2}
    with open_store(store) as kept:
        assert [each.roles[0].contact for each in kept.duties.all()] == ["ext. 1", "ext. 2"]
    path.write_text("unit,role\nnone,Desk\n")
    refused = run("import", "duties", path, "--store", address)
    assert refused.returncode == 2
    assert "none" in refused.stderr


def test_cells_without_people(run, tmp_path):
    cells = town().cells.reset_index(drop=True).drop(columns="row")
    cells["网格长姓名"] = "张三"
    cells["联系电话"] = [f"1380013800{n}" for n in range(len(cells))]
    path = tmp_path / "cells.gpkg"
    cells.to_file(path)
    store = tmp_path / "town.db"
    address = f"sqlite:///{store}"
    for kind in ("grid", "reference"):
        done = run("import", kind, path, "--store", address)
        assert done.returncode == 0, done.stderr
        assert "网格长姓名" in done.stderr
        assert "联系电话" in done.stderr
    with open_store(store) as kept:
        (reference,) = kept.layers.all("reference")
        frames = [kept.plans.grid(kept.plans.all()[0].head).cells, kept.layers.frame(reference.id)]
        assert kept.files.all() == [], "the file itself holds the people"
    for frame in frames:
        assert {"code", "people"} <= {*frame.columns, frame.index.name}
        assert not {"网格长姓名", "联系电话"} & set(frame.columns)
    assert b"\xe5\xbc\xa0\xe4\xb8\x89" not in store.read_bytes()
