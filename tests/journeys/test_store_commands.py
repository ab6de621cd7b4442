"""import, export, publish and store on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from gridmap import open_store
from gridmap.cli import app
from gridmap.journeys.cells.references import checked
from gridmap.journeys.city import City
from tests.store.towns import town

if TYPE_CHECKING:
    from pathlib import Path

OK, FINDINGS, INPUT = 0, 1, 2


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'town.db'}"


def run(*arguments: Any, code: int = OK) -> Any:
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exit_code == code, done.output
    return done


def as_json(*arguments: Any) -> Any:
    return json.loads(run(*arguments, "--json", "-").stdout)


def test_from_files_to_a_published_plan_and_back(
    cambridge: Path, store: str, tmp_path: Path
) -> None:
    run("import", "blocks", cambridge / "blocks2000.geojson.gz", "--weight", "POP_LAB",
        "--store", store)  # fmt: skip
    made = as_json(
        "import", "grid", cambridge / "response_districts.geojson.gz", "--code", "CADRA",
        "--levels", "SECTOR,CAR_RTE", "--zone", "America/New_York", "--store", store
    )  # fmt: skip
    assert made["moved_m"] < 0.001
    assert made["outside"] == 25
    run("publish", made["plan"], "--from", "2010-01-01", "--reason", "first", "--store", store)
    run("publish", made["plan"], "--from", "2011-01-01", "--reason", "again", "--store", store,
        code=INPUT)  # fmt: skip
    run("import", "incidents", cambridge / "crashes_2010_2016.csv.gz", "--store", store)
    assert as_json("store", "check", "--store", store)["ok"]
    run("export", tmp_path / "cells.gpkg", "--store", store)
    cells = gpd.read_file(tmp_path / "cells.gpkg")
    assert len(cells) == 117
    assert cells["people"].sum() == 101_330
    run("export", tmp_path / "incidents.csv", "--what", "incidents", "--store", store)
    written = pd.read_csv(tmp_path / "incidents.csv", dtype=str)
    assert written["cell"].notna().sum() == 9019
    sector = cells.set_index("code")["SECTOR"].astype(str)
    there = written[written["cell"].notna()]
    assert (there["cell"].map(sector) == there["cell_SECTOR"]).all()


def test_what_is_no_coverage_becomes_no_plan(cambridge: Path, store: str) -> None:
    path = cambridge / "blockgroups2020.geojson.gz"
    done = run("import", "grid", path, "--store", store, code=INPUT)
    assert "import it as a reference" in done.stderr
    run("store", "plans", "--store", store, code=INPUT)  # not even an empty store
    run("import", "reference", path, "--store", store)


def test_backup_restore_and_a_damaged_store(cambridge: Path, store: str, tmp_path: Path) -> None:
    path = cambridge / "response_districts.geojson.gz"
    run("import", "grid", path, "--code", "CADRA", "--store", store)
    copy = tmp_path / "copy.db"
    run("store", "backup", copy, "--store", store)
    other = f"sqlite:///{tmp_path / 'other.db'}"
    run("store", "restore", copy, "--store", other)
    assert as_json("store", "plans", "--store", other)[0]["name"] == "response_districts"
    broken = bytearray(copy.read_bytes())
    middle = len(broken) // 2
    broken[middle : middle + 4096] = b"\xff" * 4096
    copy.write_bytes(broken)
    run("store", "restore", copy, "--store", other, code=INPUT)
    assert as_json("store", "check", "--store", other)["ok"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "grid", "nowhere.gpkg"], "nowhere.gpkg"),
        (["import", "incidents", "nowhere.csv"], "nowhere.csv"),
        (["store", "check"], "There is no store"),
        (["publish", "1", "--from", "2020-01-01", "--reason", "x"], "There is no store"),
    ],
)
def test_bad_calls_are_one_sentence_and_make_nothing(
    arguments: list[str], says: str, store: str, tmp_path: Path
) -> None:
    done = run(*arguments, "--store", store, code=INPUT)
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_reference_with_its_codes_and_boundary(tmp_path: Path) -> None:
    cells = town().cells.reset_index(drop=True)
    cells.assign(name=[f"n{i}" for i in range(9)]).to_file(tmp_path / "town.geojson")
    area = gpd.GeoDataFrame(geometry=[shapely.box(100, 30, 100.03, 30.04)], crs=4326)
    area.to_file(tmp_path / "area.geojson")
    url = f"sqlite:///{tmp_path / 'town.db'}"
    call = ["import", "reference", str(tmp_path / "town.geojson"), "--store", url]
    more = ["--code", "name", "--boundary", str(tmp_path / "area.geojson")]
    done = CliRunner().invoke(app, [*call, *more])
    assert done.exit_code == 0, done.output
    with open_store(url, create=False) as store:
        city = City(store)
        number = store.layers.all("reference")[0].id
        found = checked(city, number)
        assert found.counts == {"uncovered": 1}
        assert list(found.grid.codes) == [f"n{i}" for i in range(9)]


def test_a_city_with_a_lake_is_imported_by_its_rules(tmp_path: Path) -> None:
    cells = town().cells.reset_index(drop=True)
    cells[cells["code"] != "0101"].to_file(tmp_path / "town.geojson")
    url = f"sqlite:///{tmp_path / 'town.db'}"
    call = ["import", "grid", str(tmp_path / "town.geojson"), "--store", url, "--code", "code"]
    refused = CliRunner().invoke(app, call)
    assert refused.exit_code == 2
    assert "--rules" in refused.output
    rules = '[[allowed]]\npoint = [100.015, 30.015]\nwho = "the mayor"\nwhy = "Fresh Pond"\n'
    (tmp_path / "RULES.toml").write_text(rules, encoding="utf-8")
    done = CliRunner().invoke(app, [*call, "--rules", str(tmp_path / "RULES.toml")])
    assert done.exit_code == 0, done.output
    (tmp_path / "RULES.toml").write_text('required = ["households"]\n' + rules, encoding="utf-8")
    lacking = CliRunner().invoke(app, [*call, "--rules", str(tmp_path / "RULES.toml")])
    assert lacking.exit_code == 2
    assert "households" in lacking.output
    put = ["publish", "1", "--from", "2030-01-01", "--reason", "a lake", "--store", url]
    assert CliRunner().invoke(app, put).exit_code == 0


@pytest.mark.parametrize(
    ("codes", "said"), [(["A", "A"], "the code A."), (["A", None], "1 cell has")]
)
def test_codes_that_cannot_serve_are_named(
    store: str, tmp_path: Path, codes: list[str | None], said: str
) -> None:
    squares = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    path = tmp_path / "cells.geojson"
    gpd.GeoDataFrame({"code": codes}, geometry=squares, crs=4326).to_file(path)
    assert said in run("import", "grid", path, "--store", store, code=INPUT).stderr
