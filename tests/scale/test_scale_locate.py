"""A partitioned dataset is placed alike by any number of workers, and nothing is lost."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from gridmap.cli import app
from gridmap.errors import ColumnError, FileError
from gridmap.grid.model import Grid
from gridmap.incidents.locate import Locator, place
from gridmap.scale import Chunk, chunks_of, locate, sweep


@pytest.fixture(scope="module")
def city(cambridge):
    frame = gpd.read_file(f"/vsigzip/{cambridge / 'response_districts.geojson.gz'}")
    return Grid.from_frame(frame, "CADRA", levels=("SECTOR",))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory, cambridge):
    """The crashes in three files, one in a folder of its own and in several row groups."""
    root = tmp_path_factory.mktemp("dataset")
    crashes = pd.read_csv(cambridge / "crashes_2010_2016.csv.gz")
    (root / "year=2010").mkdir()
    for name, part in (("a", crashes[:4000]), ("b", crashes[4000:4001])):
        part.to_parquet(root / f"{name}.parquet", index=False)
    table = pa.Table.from_pandas(crashes[4001:], preserve_index=False)
    pq.write_table(table, root / "year=2010" / "c.parquet", row_group_size=2000)
    return root


def digest(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def alone(tmp_path_factory, dataset, city):
    """The dataset placed by one worker: the folder and the figures."""
    out = tmp_path_factory.mktemp("runs") / "1"
    return out, locate(dataset, out, city)


@pytest.mark.parametrize("workers", [2, pytest.param(4, marks=pytest.mark.proof)])
def test_same_bytes_by_any_number_of_workers(tmp_path, alone, dataset, city, workers):
    told = []
    figures = locate(
        dataset, tmp_path / "n", city, workers=workers, progress=lambda *now: told.append(now)
    )
    assert figures == alone[1]
    assert figures["reasons"] == {"no-coordinates": 1225, "ok": 9019, "outside": 91}
    assert digest(tmp_path / "n") == digest(alone[0])
    assert told[-1] == (10335, 10335)
    assert [path.name for path in tmp_path.iterdir()] == ["n"]


def test_same_cells_as_one_machine(alone, city, cambridge):
    crashes = pd.read_csv(cambridge / "crashes_2010_2016.csv.gz")
    expected = place(crashes, city)
    files = [alone[0] / name for name in ("a.parquet", "b.parquet", "year=2010/c.parquet")]
    found = pd.concat([pq.ParquetFile(path).read().to_pandas() for path in files])
    assert found["row_id"].tolist() == crashes["row_id"].tolist()
    for column in ("cell", "reason", "match", "cell_SECTOR"):
        assert found[column].tolist() == expected[column].tolist()
    assert np.array_equal(found["score"], expected["score"], equal_nan=True)


def test_a_lost_worker_loses_no_rows(tmp_path, city):
    rng = np.random.default_rng(1)
    root = tmp_path / "in"
    root.mkdir()
    rows = 100_000
    for k in range(12):
        lon, lat = rng.uniform(-71.17, -71.05, rows), rng.uniform(42.34, 42.41, rows)
        frame = pd.DataFrame({"n": np.arange(rows) + k * rows, "lon": lon, "lat": lat})
        frame.to_parquet(root / f"{k:02d}.parquet", index=False)
    killed = []

    def kill_one(done, _total):
        if not killed and done:
            from dask.distributed import get_client

            workers = get_client().scheduler_info()["workers"].values()
            processes = get_client().run(os.getpid)
            assert len(workers) == 2
            killed.append(next(iter(processes.values())))
            threading.Thread(target=os.kill, args=(killed[0], signal.SIGKILL)).start()
            time.sleep(0.2)

    figures = locate(root, tmp_path / "hurt", city, workers=2, progress=kill_one)
    assert killed
    assert figures["rows"] == 12 * rows
    locator = Locator(city)
    for path in sorted(root.iterdir()):
        own = pq.ParquetFile(path).read().to_pandas()
        found = pq.ParquetFile(tmp_path / "hurt" / path.name).read().to_pandas()
        assert np.array_equal(found["n"], own["n"])
        assert np.array_equal(found["cell"], locator.codes(own["lon"], own["lat"]))
    assert len(list((tmp_path / "hurt").iterdir())) == 12


def test_chunks_are_whole_row_groups(dataset):
    chunks = chunks_of(dataset, rows=4500)
    assert sum(chunk.rows for chunk in chunks) == 10335
    names = [(chunk.target, chunk.groups) for chunk in chunks[2:]]
    assert names == [
        ("year=2010/c-00000.parquet", (0, 1)),
        ("year=2010/c-00001.parquet", (2, 3)),
    ]


def test_half_files_of_lost_workers_are_swept(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("a/1.parquet", "a/.1.parquet-77", ".2.parquet-78"):
        (tmp_path / name).write_bytes(b"")
    sweep(tmp_path, [Chunk("in/a/1.parquet", (0,), 1, "a/1.parquet")])
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "1.parquet"]


def test_what_cannot_be_done_leaves_nothing(tmp_path, dataset, city):
    (tmp_path / "there").mkdir()
    with pytest.raises(FileError, match="already"):
        locate(dataset, tmp_path / "there", city)
    with pytest.raises(FileError, match="no Parquet file"):
        locate(tmp_path / "there", tmp_path / "out", city)
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "x.parquet").write_text("no")
    with pytest.raises(FileError, match="cannot be read"):
        locate(bad, tmp_path / "out", city)
    pd.DataFrame({"a": [1]}).to_parquet(bad / "x.parquet")
    with pytest.raises(ColumnError, match="coordinates"):
        locate(bad, tmp_path / "out", city)
    assert not (tmp_path / "out").exists()


def test_on_the_command_line(tmp_path, dataset, cambridge):
    cells = str(cambridge / "response_districts.geojson.gz")
    call = ["scale", "locate", str(dataset), str(tmp_path / "out"), "--grid", cells]
    done = CliRunner().invoke(app, [*call, "--code", "CADRA", "--json", "-"])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["placed"] + answer["unplaced"] == answer["rows"] == 10335
    assert answer["notices"][-1].startswith("1225 rows have no coordinates. Addresses are not")
    again = CliRunner().invoke(app, call)
    assert again.exit_code == 2
    assert "already" in again.stderr
