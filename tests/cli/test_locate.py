"""gridmap locate on Cambridge: every row comes out, in order, with its cell or its reason."""

import csv
import gzip
import json
import resource
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pytest

CELLS = "response_districts.geojson.gz"
CRASHES = "crashes_2010_2016.csv.gz"


def run(*arguments):
    call = [sys.executable, "-m", "gridmap", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def located(cambridge, tmp_path_factory):
    folder = tmp_path_factory.mktemp("locate")
    out, rest = folder / "out.csv", folder / "rest.csv"
    levels = ["--code", "CADRA", "--levels", "SECTOR,CAR_RTE,WALK_RTE"]
    done = run(
        "locate", cambridge / CRASHES, out, "--grid", cambridge / CELLS, *levels,
        "--unplaced", rest, "--json", "-",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), out, rest, done


def test_every_crash_is_accounted_for(located):
    result, out, rest, _ = located
    assert (result["rows"], result["placed"], result["unplaced"]) == (10_335, 9_019, 1_316)
    assert result["reasons"] == {"ok": 9_019, "no-coordinates": 1_225, "outside": 91}
    assert set(result) == {"rows", "placed", "unplaced", "reasons", "seconds", "notices"}
    assert len(pd.read_csv(out)) == 10_335
    unplaced = pd.read_csv(rest, dtype=str, keep_default_na=False)
    assert len(unplaced) == 1_316
    assert set(unplaced["reason"]) == {"no-coordinates", "outside"}


def test_own_columns_and_order_are_kept(cambridge, located):
    with gzip.open(cambridge / CRASHES, "rt", newline="") as source:
        before = list(csv.DictReader(source))
    with located[1].open(newline="") as source:
        after = list(csv.DictReader(source))
    names = list(before[0])
    assert [[row[name] for name in names] for row in after] == [list(r.values()) for r in before]
    added = ["cell", "reason", "match", "score", "cell_SECTOR", "cell_CAR_RTE", "cell_WALK_RTE"]
    assert list(after[0]) == [*names, *added]


def test_placed_as_sjoin_places(cambridge, located):
    cells = gpd.read_file(f"/vsigzip/{cambridge / CELLS}")[["CADRA", "SECTOR", "geometry"]]
    out = pd.read_csv(located[1], dtype={"cell": str}, keep_default_na=False)
    placed = out[out["reason"] == "ok"]
    points = gpd.points_from_xy(placed["lon"].astype(float), placed["lat"].astype(float))
    frame = gpd.GeoDataFrame(placed, geometry=points, crs=4326)
    joined = frame.sjoin(cells, predicate="within")
    assert len(joined) == len(placed)
    assert (joined["cell"] == joined["CADRA"].astype(str)).all()
    assert (joined["cell_SECTOR"].astype(int) == joined["SECTOR"]).all()


def test_stdout_is_the_json_only(located):
    done = located[3]
    assert len(done.stdout.splitlines()) == 1
    assert "EPSG:4326" in done.stderr


def test_help_answers_in_half_a_second():
    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    began = spent()  # processor time: a test beside others may wait for long
    call = [sys.executable, "-m", "gridmap", "--help"]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    assert spent() - began < 0.5
    assert "locate" in done.stdout
    heavy = "import sys, gridmap.cli; print({'numpy', 'pandas', 'shapely'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_what_a_person_would_ask_is_asked(tmp_path, cambridge):
    rows = pd.read_csv(cambridge / CRASHES).dropna(subset=["lon"]).head(400)
    rows.loc[rows.index[:80], ["lon", "lat"]] = [-71.105, 42.373]
    rows.loc[rows.index[80:90], ["lon", "lat"]] = 0.0
    grid = ["--grid", cambridge / CELLS, "--code", "CADRA", "--json", "-"]
    rows.to_csv(tmp_path / "in.csv", index=False)
    done = run("locate", tmp_path / "in.csv", tmp_path / "out.csv", *grid)
    said = " ".join(json.loads(done.stdout)["notices"])
    assert "choose another system if they are not. (--crs)" in said
    assert "80 incidents (20.0 %) stand on one exact coordinate (-71.105, 42.373)" in said
    assert "10 incidents lie at longitude 0, latitude 0" in said
    swapped = ["--x", "lat", "--y", "lon"]
    done = run("locate", tmp_path / "in.csv", tmp_path / "out.csv", *grid, *swapped)
    assert "Exchange the two columns" in done.stderr
    wrong = ["--crs", "EPSG:4547"]
    done = run("locate", tmp_path / "in.csv", tmp_path / "out.csv", *grid, *wrong)
    assert "Check that the file and the cells are of the same city, and the CRS" in done.stderr
